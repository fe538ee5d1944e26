"""`make screenshots`: draws the pictures of the README and the handbooks anew, from a demo newsroom of its own.

Each is a page as somebody sees it who has just typed `make run`, at one width, in one colour scheme and language.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from benchmarks import http_load

HERE = Path(__file__).resolve().parent
PASSWORD = "newsroom-demo"  # noqa: S105
# Without a screen a browser calls itself headless, and is a robot to the counting.
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"


@dataclass(frozen=True)
class Shot:
    """One picture: its file in `docs/images`, the page, and how it is looked at. `{story}` is the
    story that leads the front page, `{number}` the first on the list of the desk."""

    name: str
    path: str
    user: str = ""
    width: int = 1280
    height: int = 900
    scheme: str = "light"


SHOTS = (
    Shot("front-page", "/"),
    Shot("front-page-arabic-dark", "/ar/", scheme="dark"),
    Shot("front-page-phone", "/", width=360, height=740),
    Shot("story", "{story}"),
    Shot("story-phone-arabic", "{arabic}", width=360, height=740),
    Shot("rate-card", "/partners/"),
    Shot("request", "/partners/request/"),
    Shot("today", "/admin/", user="publisher"),
    Shot("story-screen", "/admin/articles/article/{number}/change/", user="editor"),
    Shot("requests", "/admin/ads/adrequest/", user="desk"),
)


def main() -> None:
    chromium = next(filter(None, map(shutil.which, ["/usr/bin/chromium", "chromium", "google-chrome"])), None)
    if chromium is None:
        sys.exit("No Chromium: install the package chromium, or put chromium or google-chrome on the PATH.")
    port = http_load.free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "SECRET_KEY": "only-for-screenshots-0123456789-0123456789-0123456789",
            "SITE_URL": f"http://127.0.0.1:{port}",
            "ALLOWED_HOSTS": "127.0.0.1",
            "STATIC_HASHED": "0",
            "DATA_DIR": folder,
            "EMAIL_URL": "dummymail://",
        }
        command = [sys.executable, "manage.py", "serve", "--demo", "--with-known-passwords", "--port", str(port)]
        server = subprocess.Popen(command, cwd=HERE.parent, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
        try:
            http_load.wait_for(port, seconds=300)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
                )
                draw(browser, f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(30)


def draw(browser: Browser, base: str) -> None:
    """All pictures, one login a person."""
    found: dict[str, str] = {}
    with browser.new_context(base_url=base, user_agent=AGENT) as context:
        page = context.new_page()
        for name, path in (("story", "/"), ("arabic", "/ar/")):
            page.goto(path)
            found[name] = page.locator("main .card--lead a").first.get_attribute("href") or path
    for user in dict.fromkeys(shot.user for shot in SHOTS):
        with browser.new_context(base_url=base, user_agent=AGENT) as context:
            page = context.new_page()
            if user:
                page.goto("/admin/login/")
                page.fill("#id_username", user)
                page.fill("#id_password", PASSWORD)
                page.click("[type=submit]")
                page.wait_for_url("**/admin/")
            for shot in SHOTS:
                if shot.user != user:
                    continue
                if "{number}" in shot.path:
                    page.goto("/admin/articles/article/")
                    row = page.locator("#result_list a[href*='/change/']").first.get_attribute("href") or ""
                    found["number"] = row.split("/change/")[0].rpartition("/")[2]
                page.set_viewport_size({"width": shot.width, "height": shot.height})
                page.emulate_media(color_scheme="dark" if shot.scheme == "dark" else "light")
                page.goto(shot.path.format(**found))
                page.wait_for_load_state("networkidle")
                file = HERE / "images" / f"{shot.name}.webp"
                Image.open(io.BytesIO(page.screenshot())).save(file, quality=82, method=6)
                print(f"{file.relative_to(HERE.parent)}  {file.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
