"""When a page is ready to be looked at."""

from __future__ import annotations

from playwright.sync_api import Page, Request

# Two frames: what a script changed is drawn in the second. A movement that ends by itself has ended. A page that the
# browser does not draw has no frames: a second is enough then.
DRAWN = """async () => {
  const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 1000); });
  await frame();
  await frame();
  const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime < Infinity);
  // One that stands still, behind a tab or in a closed panel, never ends.
  const enough = new Promise((done) => setTimeout(done, 2000));
  await Promise.race([Promise.allSettled(ending.map((one) => one.finished)), enough]);
}"""


def go(page: Page, address: str) -> None:
    """Open an address, and wait until all has come that the page asked for, and is drawn. Playwright's "networkidle"
    is the same and half a second of silence, which many pages at many widths make into minutes."""
    under_way: set[Request] = set()

    def begins(request: Request) -> None:
        under_way.add(request)

    def ends(request: Request) -> None:
        under_way.discard(request)

    ears = {"request": begins, "requestfinished": ends, "requestfailed": ends}
    for event, ear in ears.items():
        page.on(event, ear)
    page.goto(address)
    page.evaluate(DRAWN)
    waits = 0
    while under_way:
        page.wait_for_timeout(20)
        waits += 1
        assert waits < 500, [request.url for request in under_way]
    page.evaluate(DRAWN)
    for event, ear in ears.items():
        page.remove_listener(event, ear)
