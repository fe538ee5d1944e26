"""A Chromium of the system, a server, and an ear on the browser's console. Playwright's own browsers are not used.

Tests with a browser are marked `django_db(transaction=True, serialized_rollback=True)`.
"""

from __future__ import annotations

import os
import shutil

import pytest
from django.db import connection
from playwright.sync_api import sync_playwright

from articles.models import User
from tests.factories import PASSWORD

CHROMIUM = next(filter(None, map(shutil.which, ["/usr/bin/chromium", "chromium", "google-chrome"])), None)
# Without a screen it calls itself headless, and is a robot to the counting.
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", f"--user-agent={AGENT}"]


@pytest.fixture(scope="session")
def browser(django_db_setup):
    if CHROMIUM is None:
        why = "No Chromium: install the package chromium, or put chromium or google-chrome on the PATH."
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    # Where an event loop runs Django opens another connection. The rows that migrations made, which
    # `serialized_rollback` brings back before every test, are remembered by the first.
    first_rows = getattr(connection, "_test_serialized_contents", None)
    with sync_playwright() as playwright:
        if first_rows is not None:
            connection._test_serialized_contents = first_rows
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, live_server):
    """A page of 1280 by 900 pixels whose relative addresses are the server's."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.set_offline(True)  # what the page says on leaving reaches no server of another test
    context.close()


@pytest.fixture
def console(page):
    """What the console of the page complains of: errors of scripts, of loading, of the content policy. Fails the
    test at its end when anything is left on the list."""
    complaints: list[str] = []

    def listen(said) -> None:
        # Browsers ask for an icon at this address on pages that name none.
        if said.type in ("error", "warning") and not said.location["url"].endswith("/favicon.ico"):
            complaints.append(said.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(
        "addEventListener('securitypolicyviolation', (e) => "
        "console.error(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`))"
    )
    yield complaints
    assert complaints == []


@pytest.fixture
def log_in(page, live_server):
    """Log somebody in through the form, as people do."""

    def do(user: User, password: str = PASSWORD) -> None:
        page.goto("/admin/login/")
        page.fill("#id_username", user.username)
        page.fill("#id_password", password)
        page.click("[type=submit]")
        page.wait_for_url("**/admin/")

    return do
