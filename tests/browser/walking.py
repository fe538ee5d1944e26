"""What is wrong with a page: at every width, in both colour schemes, and by keyboard, as short lines."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.looking import DRAWN, go

AXE = Axe().axe_script
WIDTHS = (360, 768, 1280)
HEIGHT = 900
# What a colour scheme can change; everything else is the same page.
OF_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"], "preload": False}
EVERYTHING = {"resultTypes": ["violations"], "preload": False}

# What can be reached by Tab, in the order of the document; of a group of radio buttons, the one that has the focus.
REACHABLE = """() => [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, iframe, [tabindex], [contenteditable]')]
  .filter((one) => one.tabIndex >= 0 && !one.disabled && one.type !== 'hidden' && one.checkVisibility({
      visibilityProperty: true, contentVisibilityAuto: true }) && !one.closest('[inert]'))
  .map((one, n) => { one.dataset.walk = n; return one.tabIndex })"""
# Where the focus is, and whether it can be seen: a ring of 3 pixels, on an element that the window shows.
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2.9 || one.tagName === 'IFRAME';
  return { number: one.dataset.walk === undefined ? -1 : +one.dataset.walk, ring,
    shown: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    name: `${one.tagName.toLowerCase()}#${one.id}.${one.className} ${one.textContent.trim().slice(0, 30)}` };
}"""


def axe(page: Page, options: dict = EVERYTHING, within: str = "document") -> list[str]:
    """What axe minds, each with the first place where it does."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    late = "new Promise((_done, fail) => setTimeout(() => fail(new Error('axe took a minute')), 60000))"
    found = page.evaluate(f"(options) => Promise.race([axe.run({within}, options), {late}])", options)["violations"]
    return [f"{one['id']} {one['nodes'][0]['target']}" for one in found]


def faults(page: Page, path: str) -> list[str]:
    """What is wrong with a page that is opened once, and looked at in three widths and two colour schemes: each fault
    once, with where it shows."""
    page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    page.emulate_media(color_scheme="light")
    go(page, path)
    wrong: dict[str, list[str]] = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme, rules in (("light", EVERYTHING), ("dark", OF_COLOURS)):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(DRAWN)
            found = axe(page, rules)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append("scrolls sideways")
            for fault in found:
                wrong.setdefault(fault, []).append(f"{width} {scheme}")
    return [f"{path}: {fault} ({', '.join(where)})" for fault, where in wrong.items()]


def keyboard_faults(page: Page, path: str, *, width: int, most: int = 80) -> list[str]:
    """What is wrong for somebody who goes through the first `most` places of a page with the Tab key."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.emulate_media(reduced_motion="reduce")  # else a page still glides to where the focus is
    go(page, path)
    page.evaluate("document.activeElement.blur()")
    page.evaluate("getSelection().removeAllRanges(); scrollTo(0, 0)")
    stops = page.evaluate(REACHABLE)
    wrong = [f"{path} {width}: a positive tabindex" for order in stops if order > 0]
    last = -1
    for _ in range(min(len(stops), most)):
        page.keyboard.press("Tab")
        now = page.evaluate(FOCUSED)
        if now["number"] < 0:  # past the last, or into a frame of the browser itself
            break
        if now["number"] < last:
            wrong.append(f"{path} {width}: out of order at {now['name']}")
        if not now["ring"]:
            wrong.append(f"{path} {width}: no visible focus on {now['name']}")
        if not now["shown"]:
            wrong.append(f"{path} {width}: focus outside the window on {now['name']}")
        last = now["number"]
    return wrong
