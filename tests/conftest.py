"""Fixtures that every room uses. Factories for models stand in tests/factories.py."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from ads import plan


@pytest.fixture(autouse=True)
def _fresh_memory(settings):
    """No test sees the limits or the plan of another, and none waits for a password to be hashed slowly."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    plan.forget()


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
