"""A page view as a browser makes it: what is asked, what is told, and that nothing moves or breaks whatever fails."""

from __future__ import annotations

import json
import time
from collections import Counter

import pytest
from axe_playwright_python.sync_playwright import Axe

from ads import artwork, plan
from ads.models import Event, Position
from ads.models.event import Kind, Source
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

CODES = {
    "top-728x90",
    "home-970x250",
    "rail-336x280",
    "rail-200x200",
    "rail-300x600",
    "rail-300x1050",
    "foot-300x250",
}
PARAGRAPH = "<p>" + "Words that fill a line of a paragraph on a narrow phone. " * 12 + "</p>"
SHIFT = (
    "window.shift = 0;"
    "new PerformanceObserver((list) => { for (const e of list.getEntries()) window.shift += e.value })"
    ".observe({type: 'layout-shift', buffered: true})"
)
# Another tab in front, as the page sees it.
HIDE = (
    "(hidden) => {"
    "  Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});"
    "  document.dispatchEvent(new Event('visibilitychange'));"
    "}"
)


@pytest.fixture
def sold(db, live_server) -> dict[str, int]:
    """Every position, booked whole, with artwork for phones where it takes some. The numbers of positions by code."""
    for code in sorted(CODES):
        place = factories.position(code)
        phone = place.phone_size and artwork.check(place, factories.jpeg(*place.phone_size), phone=True)
        factories.booking(
            code, click_url=f"{live_server.url}/contact/?{code}", **({"phone_art": phone} if phone else {})
        )
    return dict(Position.objects.values_list("code", "pk"))


@pytest.fixture
def story(sold) -> str:
    """The path of a long story, with others around it."""
    section = factories.section()
    for number in range(8):
        factories.article(headline=f"Another story {number}", section_id=section.pk, body=PARAGRAPH)
    return factories.article(section_id=section.pk, body=PARAGRAPH * 24).get_absolute_url()


class Wire:
    """What a page asked for and told, as it left."""

    def __init__(self, page) -> None:
        self.asked: list[dict] = []
        self.told: list[list] = []
        page.on("request", self._hear)

    def _hear(self, request) -> None:
        if request.url.endswith("/s/fill"):
            self.asked.append(json.loads(request.post_data))
        if request.url.endswith("/s/seen"):
            self.told += json.loads(request.post_data)["told"]


def displayed(page) -> set[str]:
    """Of the boxes in the page, those that a reader could scroll to."""
    return set(
        page.evaluate(
            "[...document.querySelectorAll('[data-slot]')].filter((box) => {"
            "  const at = box.getBoundingClientRect(), frame = box.closest('.rail__long')?.getBoundingClientRect();"
            "  return at.width && (!frame?.width || at.x < frame.right);"
            "}).map((box) => box.dataset.slot)"
        )
    )


def in_view(page) -> set[str]:
    """Of the boxes in the page, those of whose artwork enough is on the screen."""
    return set(
        page.evaluate(
            "[...document.querySelectorAll('[data-slot] img')].filter((img) => {"
            "  const at = img.getBoundingClientRect();"
            "  const seen = Math.min(at.bottom, innerHeight) - Math.max(at.top, 0);"
            "  return at.height && seen >= at.height * (img.naturalWidth * img.naturalHeight < 242500 ? 0.5 : 0.3);"
            "}).map((img) => img.closest('[data-slot]').dataset.slot)"
        )
    )


def pictures(page) -> dict[str, str]:
    """What is drawn in each box: the address of the picture, as the browser chose it."""
    found = page.evaluate(
        "[...document.querySelectorAll('[data-slot] img')]"
        ".map((img) => [img.closest('[data-slot]').dataset.slot, img.currentSrc])"
    )
    return {code: address for code, address in found if address}


def kept(numbers: dict[str, int]) -> dict[Kind, Counter]:
    """Events in the database by kind, with how many of each position; "page" for the page itself."""
    names = {number: code for code, number in numbers.items()} | {0: "page"}
    found: dict[Kind, Counter] = {kind: Counter() for kind in Kind}
    for kind, position, reason in Event.objects.values_list("kind", "position", "reason"):
        assert reason == 0
        found[Kind(kind)][names[position]] += 1
    return found


def flush(page) -> None:
    """As when somebody looks at another tab: all is told, and kept before this returns."""
    before = Event.objects.count()
    page.evaluate(HIDE, True)
    deadline = time.monotonic() + 5
    while Event.objects.count() == before and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    page.wait_for_timeout(150)


def advance(page, milliseconds: int) -> None:
    page.clock.run_for(milliseconds)
    page.wait_for_timeout(100)


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_what_is_displayed_is_asked_for_once_and_each_thing_is_told_once(
    page, console, live_server, sold, story, width
):
    page.set_viewport_size({"width": width, "height": 800})
    page.add_init_script(SHIFT)
    wire = Wire(page)
    page.goto(story)
    page.wait_for_selector("[data-slot='top-728x90'] img")
    page.wait_for_load_state("networkidle")
    assert [set(one["positions"]) for one in wire.asked] == [displayed(page)]
    assert "home-970x250" not in displayed(page)
    page.wait_for_timeout(1300)
    flush(page)
    events = kept(sold)
    assert events[Kind.SERVED] == Counter([*displayed(page), "page"])
    assert events[Kind.RENDER]["foot-300x250"] == 0  # far below
    assert events[Kind.VIEW] == Counter(in_view(page))
    assert ("top-728x90" in in_view(page), "foot-300x250" in in_view(page)) == (True, False)
    page.evaluate(HIDE, False)
    for code in sorted(displayed(page), key=lambda code: code.startswith("foot")):
        page.evaluate(
            "(code) => [...document.querySelectorAll(`[data-slot='${code}']`)].find((box) => box.clientWidth)"
            ".scrollIntoView({block: 'center', behavior: 'instant'})",
            code,
        )
        page.wait_for_timeout(1400)
    flush(page)
    events = kept(sold)
    assert events[Kind.RENDER] == events[Kind.VIEW] == Counter(displayed(page))
    assert events[Kind.READ] == Counter(["page"])  # its end came by
    is_phone = width == 360
    top = plan.current().slots["top-728x90"].art[0]
    assert pictures(page)["top-728x90"].endswith(top.phone_src if is_phone else top.src)
    assert page.evaluate("window.shift") == 0
    assert page.context.cookies() == []


def test_a_click_is_a_plain_link_and_counts(page, sold, story):
    page.goto(story)
    page.wait_for_selector("[data-slot='top-728x90'] img")
    link = page.locator("[data-slot='top-728x90'] a")
    with page.context.expect_page() as by_mouse:
        link.click(button="middle")
    with page.context.expect_page() as by_key:
        link.focus()
        page.keyboard.press("Enter")
    for opened in (by_mouse.value, by_key.value):
        opened.wait_for_url("**/contact/?top-728x90")
    assert kept(sold)[Kind.CLICK] == {"top-728x90": 1}


def test_links_of_a_paid_story_are_told_by_their_number(page, sold):
    page.context.route("https://**", lambda route: route.fulfill(body="Elsewhere", content_type="text/html"))
    links = '<p><a href="https://one.example/">one</a> and <a href="https://two.example/">two</a></p>'
    paid = factories.article(kind="advertorial", sponsor_name="Teneru Mills", body=PARAGRAPH * 9 + links)
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(paid.get_absolute_url())
    page.wait_for_selector("[data-slot='top-728x90'] img")
    page.get_by_role("link", name="two", exact=True).click()
    page.wait_for_url("https://two.example/")
    page.wait_for_timeout(300)
    clicks = Event.objects.filter(kind=Kind.CLICK)
    assert [(one.source, one.article, one.key.bytes[14] & 15) for one in clicks] == [(Source.STORY, paid.pk, 1)]


def test_time_counts_only_while_somebody_looks(page, sold):
    """With a clock that is moved by hand: a view, a read of a long story, and of one that ends on the first screen."""
    long = factories.article(body=PARAGRAPH * 24).get_absolute_url()
    short = factories.article(body="<p>That is all.</p>").get_absolute_url()
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.add_init_script(f"({HIDE})(true)")
    wire = Wire(page)
    page.goto(long)
    advance(page, 60_000)
    assert (wire.asked, wire.told) == ([], [])  # opened in a tab behind
    page.evaluate(HIDE, False)
    page.wait_for_selector("[data-slot='top-728x90'] img")
    page.wait_for_load_state("networkidle")
    advance(page, 100)  # the next frame
    advance(page, 600)
    page.evaluate(HIDE, True)
    advance(page, 60_000)
    page.evaluate(HIDE, False)
    advance(page, 900)
    flush(page)
    events = kept(sold)
    assert (events[Kind.RENDER]["top-728x90"], sum(events[Kind.VIEW].values()), events[Kind.READ]) == (1, 0, {})
    page.evaluate(HIDE, False)
    advance(page, 1100)
    flush(page)
    assert kept(sold)[Kind.VIEW]["top-728x90"] == 1
    assert kept(sold)[Kind.READ] == {}
    page.evaluate(HIDE, False)
    advance(page, 30_000)
    flush(page)
    assert kept(sold)[Kind.READ] == {"page": 1}
    assert len(wire.asked) == 1
    page.goto(short)
    page.evaluate(HIDE, False)
    page.wait_for_selector("[data-slot='top-728x90'] img")
    advance(page, 3_000)
    flush(page)
    assert kept(sold)[Kind.READ] == {"page": 1}
    page.evaluate(HIDE, False)
    advance(page, 4_000)
    flush(page)
    assert kept(sold)[Kind.READ] == {"page": 2}


def test_a_page_that_is_prepared_sends_nothing_before_it_is_shown(page, sold, story):
    page.add_init_script("Object.defineProperty(document, 'prerendering', {configurable: true, get: () => true})")
    wire = Wire(page)
    page.goto(story)
    page.wait_for_load_state("networkidle")
    assert wire.asked == []
    page.evaluate(
        "Object.defineProperty(document, 'prerendering', {get: () => false});"
        "document.dispatchEvent(new Event('prerenderingchange'))"
    )
    page.wait_for_selector("[data-slot='top-728x90'] img")
    assert len(wire.asked) == 1


def test_back_and_forth_counts_nothing_again_and_a_refused_message_is_kept(page, sold, story):
    page.add_init_script(
        "const beacon = navigator.sendBeacon.bind(navigator); window.refuse = true;"
        "navigator.sendBeacon = (...what) => !window.refuse && beacon(...what)"
    )
    wire = Wire(page)
    page.goto(story)
    page.wait_for_selector("[data-slot='top-728x90'] img")
    page.wait_for_load_state("networkidle")
    page.evaluate(HIDE, True)
    assert wire.told == []
    page.evaluate("window.refuse = false")
    page.evaluate(HIDE, False)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    page.wait_for_timeout(1300)
    flush(page)
    events = kept(sold)
    assert (events[Kind.RENDER]["top-728x90"], events[Kind.VIEW]["top-728x90"]) == (1, 1)
    assert len(wire.asked) == 1


def test_boxes_fill_in_a_browser_that_can_neither_watch_nor_send_in_passing(page, console, sold, story):
    page.add_init_script("delete self.IntersectionObserver; delete Navigator.prototype.sendBeacon")
    page.goto(story)
    page.wait_for_selector("[data-slot='top-728x90'] img")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(100)
    flush(page)
    assert kept(sold)[Kind.RENDER]["top-728x90"] == 1


@pytest.mark.parametrize("trouble", ["slow artwork", "all blocked", "artwork gone", "broken answer"])
def test_nothing_moves_and_everything_reads_when_delivery_fails(page, sold, story, trouble):
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(SHIFT)
    page.set_viewport_size({"width": 360, "height": 800})
    if trouble == "slow artwork":
        page.route("**/media/p/**", lambda route: (time.sleep(0.3), route.continue_()))
    elif trouble == "all blocked":
        page.route("**/s/**", lambda route: route.abort())
    elif trouble == "artwork gone":
        page.route("**/media/p/**", lambda route: route.fulfill(status=404, body=""))
    else:
        page.route("**/s/fill", lambda route: route.fulfill(body="<html>Log in to the wireless network", status=200))
    page.goto(story)
    page.wait_for_load_state("networkidle")
    for step in range(8):
        page.evaluate("(y) => scrollTo(0, y)", step * 1500)
        page.wait_for_timeout(60)
    assert page.evaluate("window.shift") == 0
    assert errors == []
    assert "Words that fill a line" in page.locator(".story__body").inner_text()
    assert page.locator("[data-slot='top-728x90']").inner_text().strip() == "Advertisement"
    assert bool(pictures(page)) == (trouble in ("slow artwork", "artwork gone"))


def test_previews_and_errors_count_nothing(page, sold):
    story = factories.draft(body=PARAGRAPH)
    _link, token = factories.preview_link(story)
    deal = factories.ad_request()
    wire = Wire(page)
    for path in (f"/preview/{token}/", f"/partners/deal/{factories.deal_token(deal)}/", "/no-such-page/"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.locator("h1").count() == 1
    assert (wire.asked, wire.told, Event.objects.count()) == ([], [], 0)


def test_without_script_pictures_and_links_stand_there_and_nothing_counts(browser, live_server, sold, story):
    Position.objects.filter(code="foot-300x250").get().bookings.get().creatives.all().delete()
    house = factories.house("foot-300x250", language="en")
    factories.house("foot-300x250", language="ar")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(story)
    page.wait_for_load_state("networkidle")
    boxes = page.locator("[data-slot] noscript img, [data-slot] img")
    assert boxes.count() >= 6
    links = {
        code: page.locator(f"[data-slot='{code}'] a[rel~=sponsored]").first.get_attribute("href")
        for code in ("top-728x90", "foot-300x250")
    }
    followed = {code: context.request.get(link, max_redirects=0).headers["location"] for code, link in links.items()}
    assert followed == {"top-728x90": f"{live_server.url}/contact/?top-728x90", "foot-300x250": house.click_url}
    picture = page.locator("[data-slot='foot-300x250'] img").first.get_attribute("src")
    assert context.request.get(picture, max_redirects=0).headers["location"] == house.file.url
    assert (Event.objects.count(), context.cookies()) == (0, [])
    context.close()


def test_a_keyboard_goes_past_the_advertisement_inside_a_text_and_axe_is_content(page, sold, story):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(story)
    page.wait_for_selector("[data-slot='top-728x90'] img")
    skip = page.locator(".story__body .slot .skip-link")
    skip.focus()
    assert skip.bounding_box()["width"] > 100
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text-goes-on"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.slot')") is None
    assert [one["id"] for one in Axe().run(page, context=".slot").response["violations"]] == []
