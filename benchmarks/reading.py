"""How pages come to a cheap phone on a slow network: largest paint, shift of the layout, time the script blocks.

Chromium is slowed as Lighthouse slows it (mobile, applied throttling): 1.6 Mbit/s down, 150 ms round trips that cost
3.75 of them a request, a processor at a quarter. The baseline is a page of a few bytes from the same server.
"""

from __future__ import annotations

import statistics
import sys

from django.conf import settings
from playwright.sync_api import Browser, sync_playwright

from articles.models import Article, Section

from . import http_load

RUNS = 5
AGENT = "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 21) AppleWebKit/537.36 Chrome/141 Mobile Safari/537.36"
# Lighthouse's constants: https://github.com/GoogleChrome/lighthouse/blob/main/core/config/constants.js
SLOW_4G = {
    "offline": False,
    "latency": 150 * 3.75,
    "downloadThroughput": 1.6 * 1024 * 1024 / 8 * 0.9,
    "uploadThroughput": 750 * 1024 / 8 * 0.9,
}
WATCH = """
window.seen = {largest: 0, shift: 0, blocked: 0};
const watch = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note))
  .observe({type, buffered: true});
watch('largest-contentful-paint', (one) => { seen.largest = one.startTime });
watch('layout-shift', (one) => { seen.shift += one.hadRecentInput ? 0 : one.value });
watch('longtask', (one) => { seen.blocked += Math.max(0, one.duration - 50) });
"""


def run() -> None:
    if not settings.CHROMIUM:
        print("\nReading on a phone: not measured, there is no Chromium.", file=sys.stderr)
        return
    story = Article.objects.live().filter(hero__isnull=False, language="en").newest_first().first()
    arabic = Article.objects.live().filter(hero__isnull=False, language="ar").newest_first().first()
    section = Section.objects.filter(language="en").first()
    pages = {
        "a few bytes": "/livez",
        "front page": "/",
        "front page, Arabic": "/ar/",
        "article": story.get_absolute_url(),
        "article, Arabic": arabic.get_absolute_url(),
        "section": section.get_absolute_url(),
        "rate card": "/partners/",
        "light front page": "/lite/",
    }
    print("\nReading on a phone: slow 4G, a quarter of the processor; medians of", RUNS)
    with http_load.server("newsroom.wsgi:application", workers=1) as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=settings.CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        baseline = 0.0
        for name, path in pages.items():
            loads = [load(browser, f"http://{http_load.HOST}:{port}{path}") for _run in range(RUNS)]
            largest, shift, blocked, size, requests = (statistics.median(column) for column in zip(*loads, strict=True))
            baseline = baseline or largest
            print(
                f"{name:<22} largest paint {largest / 1000:5.2f} s ({largest / baseline:4.1f} x baseline)   "
                f"shift {shift:.3f}   blocked {blocked:4.0f} ms   {size / 1024:6.1f} KB in {requests:.0f} requests"
            )
        browser.close()


def load(browser: Browser, address: str) -> tuple[float, float, float, float, float]:
    """Largest paint and blocked time in milliseconds, shift, bytes on the wire, requests; of one cold load."""
    with browser.new_context(
        viewport={"width": 360, "height": 640}, device_scale_factor=2, is_mobile=True, user_agent=AGENT
    ) as context:
        page = context.new_page()
        page.add_init_script(WATCH)
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", SLOW_4G)
        wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        arrived: list[int] = []
        wire.on("Network.loadingFinished", lambda done: arrived.append(int(done["encodedDataLength"])))
        page.goto(address, wait_until="networkidle")
        seen = page.evaluate("window.seen")
    return seen["largest"], seen["shift"], seen["blocked"], float(sum(arrived)), float(len(arrived))
