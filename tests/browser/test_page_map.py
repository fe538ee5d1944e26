"""The map of the rate card: what is chosen, pointed at or has the focus lights up, with and without script."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from .looking import go

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

# The labels of boxes by drawing whose colour is another than that of a box that nobody chose.
LIT = """() => [...document.querySelectorAll(".map")].map((map) =>
  [...map.querySelectorAll(".map__box")]
    .filter((box) => getComputedStyle(box.querySelector("text")).fill === window.paid)
    .map((box) => box.textContent))"""
PAID = """() => {
  const probe = document.createElement("i");
  probe.style.color = "var(--paid)";
  document.body.append(probe);
  window.paid = getComputedStyle(probe).color;
  probe.remove();
}"""
EACH = {
    "Billboard": [["1"], [], ["1"], []],
    "Leaderboard": [["2"], ["2"], ["2"], ["2"]],
    "Half page": [["5"], ["5"], ["5 6"], ["5 6"]],
    "Medium rectangle": [["7"], ["7"], ["7"], ["7"]],
}


def test_a_chosen_size_lights_up_where_it_stands(page, console):
    go(page, "/partners/")
    page.evaluate(PAID)
    assert page.evaluate(LIT) == EACH["Billboard"]
    for name, boxes in EACH.items():
        page.locator("label.size", has_text=name).click()
        page.mouse.move(5, 5)
        assert page.evaluate(LIT) == boxes
        assert page.locator(".chosen__one:visible h3").inner_text().split(maxsplit=1)[1] == name


def test_a_row_of_the_table_lights_up_what_it_prices(page):
    go(page, "/partners/")
    page.evaluate(PAID)
    page.locator(".prices tr", has_text="Leaderboard").locator("td").first.hover()
    assert page.evaluate(LIT) == EACH["Leaderboard"]
    page.mouse.move(5, 5)
    assert page.evaluate(LIT) == EACH["Billboard"]


def test_the_keyboard_walks_the_sizes(page):
    go(page, "/partners/")
    page.evaluate(PAID)
    page.locator(".size input").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(LIT) == EACH["Leaderboard"]
    assert page.evaluate("getComputedStyle(document.querySelector('.size:has(:checked)')).outlineWidth") == "3px"


def test_the_map_needs_no_script(browser, live_server):
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 360, "height": 900}
    )
    page = context.new_page()
    page.goto("/partners/")
    page.locator("label.size", has_text="Medium rectangle").click()
    assert page.locator(".chosen__one:visible h3").inner_text().split(maxsplit=1)[1] == "Medium rectangle"
    context.close()


@pytest.mark.parametrize("path", ["/partners/", "/ar/partners/", "/partners/free/", "/ar/partners/free/"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_for_partners_fit_and_are_clean(page, console, path, scheme):
    page.emulate_media(color_scheme=scheme)
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        go(page, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        results = Axe().run(page)
        assert [(one["id"], one["nodes"][0]["html"]) for one in results.response["violations"]] == []
