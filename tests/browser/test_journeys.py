"""Points one and three of the journeys in a real browser: the command that starts it all, and a request."""

from __future__ import annotations

import html
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from ads.models import AdRequest
from tests import factories
from tests.ads.test_intake import word_file

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Served:
    """`manage.py serve --demo`, as `make run` calls it, on the embedded default."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "serve.log"
        env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        env |= {"DEBUG": "1", "DATA_DIR": str(folder), "SITE_URL": self.url, "EMAIL_URL": "consolemail://"}
        env |= {"ALLOWED_HOSTS": "127.0.0.1", "STATIC_HASHED": "false"}
        command = [sys.executable, "manage.py", "serve", "--demo", "--port", str(self.port)]
        started = time.monotonic()
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)
        while not self.is_up():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() - started < 180, self.log.read_text()
            time.sleep(0.1)
        self.seconds = time.monotonic() - started

    def is_up(self) -> bool:
        try:
            return urllib.request.urlopen(f"{self.url}/livez", timeout=1).status == 200  # noqa: S310
        except OSError:
            return False

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=30)


def test_1_one_command_makes_a_newsroom_and_a_second_start_keeps_it(browser, tmp_path):
    served = Served(tmp_path)
    try:
        page = browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(served.url)
        lead = page.locator("h2").first.inner_text()
        page.wait_for_selector("[data-slot] a img")
        page.get_by_role("link", name=lead).first.click()
        page.wait_for_url(re.compile(r"/20\d\d/\d\d/"))
        assert page.locator("h1").inner_text() == lead
        said = served.log.read_text()
        assert f"{served.url}/admin/" in said
        name, password = re.search(r"(editor)\s+(\S+)", said).groups()
        page.goto(f"{served.url}/admin/")
        page.fill("#id_username", name)
        page.fill("#id_password", password)
        page.click("[type=submit]")
        page.goto(f"{served.url}/admin/articles/article/")
        assert page.locator("#result_list tbody tr").count() >= 38
        assert complaints == []
        page.close()
    finally:
        assert served.stop() == 0
    again = Served(tmp_path)
    try:
        assert "Demo:" not in again.log.read_text()
        assert lead in html.unescape(urllib.request.urlopen(again.url).read().decode())  # noqa: S310
    finally:
        again.stop()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("width", [360, 1280])
def test_3_an_advertiser_sends_a_request_and_gets_a_reference(page, console, width, tmp_path):
    (tmp_path / "wrong.jpg").write_bytes(factories.jpeg(700, 90))
    (tmp_path / "right.jpg").write_bytes(factories.jpeg(728, 90))
    (tmp_path / "release.docx").write_bytes(word_file())
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/partners/")
    assert page.locator("table").first.is_visible()
    page.locator("table a[href*='request/?want=top-728x90']").click()
    assert page.locator("[name='want_top-728x90']").is_checked()
    page.check("[name=want_press-release]")
    page.locator("[data-price]", has_text="Press release").wait_for()
    on = page.locator(".ask__buttons .button")
    on.click()
    page.wait_for_url("**/dates/")
    page.locator(".week-pick").first.click()
    page.locator("[data-price]", has_text="1 week").wait_for()
    on.click()
    page.wait_for_url("**/material/")
    page.set_input_files("[name='file_top-728x90']", str(tmp_path / "wrong.jpg"))
    page.set_input_files("[name=file_press-release]", str(tmp_path / "release.docx"))
    on.click()
    page.wait_for_selector("[role=alert]")
    # The browser writes every answer of 400 into its console; here it is meant.
    console[:] = [said for said in console if "400 (Bad Request)" not in said]
    assert "728 × 90 pixels; yours is 700 × 90" in page.locator("[role=alert]").inner_text().replace("\u2068", "")
    assert page.title().startswith("Error:")
    assert "release.docx" in page.locator(".slot-file__kept").inner_text()
    page.set_input_files("[name='file_top-728x90']", str(tmp_path / "right.jpg"))
    page.locator(".in-place__view canvas").nth(1).wait_for()
    assert page.locator(".in-place__view canvas").count() == 2
    on.click()
    page.wait_for_url("**/check/")
    page.fill("[name=name]", "Ada Example")
    page.fill("[name=email]", "ada@mills.example")
    page.fill("[name=company]", "Teneru Mills")
    page.fill("[name=website]", "mills.example")
    page.select_option("[name=country]", "NG")
    page.wait_for_timeout(3100)  # faster than that is taken for a machine
    on.click()
    page.wait_for_url("**/partners/request/R-*/")
    request = AdRequest.objects.get()
    assert request.reference in page.locator("main").inner_text()
    assert request.suspected == ""
    assert request.material.count() == 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
