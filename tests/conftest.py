"""Fixtures that every room uses. Factories for models stand in tests/factories.py."""

from __future__ import annotations

import threading
import unittest
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client

from ads import most_read, plan, sealing
from articles.models import Brand


def pytest_addoption(parser):
    parser.addoption(
        "--of-database",
        action="store_true",
        help="Only what may use the database: the rest proves the same on any, and the first run has shown it.",
    )


def pytest_collection_modifyitems(config, items):
    """pytest-django lets no other test than these reach a database, nor do the children of articles/uploads."""
    if config.getoption("of_database"):
        rest = [item for item in items if not _may_use_database(item)]
        items[:] = [item for item in items if _may_use_database(item)]
        config.hook.pytest_deselected(items=rest)


def _may_use_database(item: pytest.Item) -> bool:
    is_marked = item.get_closest_marker("django_db") is not None
    is_case = issubclass(getattr(item, "cls", None) or object, unittest.TestCase)
    return is_marked or is_case or not {"db", "transactional_db"}.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def _fresh_memory(settings):
    """No test sees the limits or the plan of another, and none waits for a password to be hashed slowly."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    plan.begin_anew()
    most_read.forget()
    Brand.know(Brand())  # nobody has said who publishes, and no page has to ask


@pytest.fixture(autouse=True, scope="session")
def _tables_can_be_emptied():
    """Triggers let nobody delete what was counted. On SQLite they would keep tests from emptying their tables too."""
    operations = type(connection.ops)
    empty = operations.execute_sql_flush

    def emptied(self, statements):
        sealing.lift(self.connection.alias)
        empty(self, statements)
        sealing.install(self.connection.alias)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "execute_sql_flush", emptied)
        yield


@pytest.fixture
def at_once():
    """Do something in several threads at the same moment. Returns what they raised."""

    def run(count: int, action: Callable[[], object]) -> list[Exception]:
        gate, errors = threading.Barrier(count), []

        def act() -> None:
            gate.wait()
            try:
                action()
            except Exception as error:
                errors.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=act) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return errors

    return run


@pytest.fixture
def run_jobs():
    """Do what is queued, as the worker does."""

    def run() -> None:
        call_command("work", once=True)

    return run


@pytest.fixture
def guest() -> Client:
    """Somebody without an account, on a phone. The agent matters where programs get another page."""
    agent = "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 21) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36"
    return Client(headers={"user-agent": agent})
