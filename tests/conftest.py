"""Fixtures that every room uses. Factories for models stand in tests/factories.py."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client

from ads import most_read, plan


@pytest.fixture(autouse=True)
def _fresh_memory(settings):
    """No test sees the limits or the plan of another, and none waits for a password to be hashed slowly."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    plan.forget()
    most_read.forget()


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
