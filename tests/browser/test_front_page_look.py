"""How reader pages are laid out: rows that fill, columns that end together, and how much of a phone is advertising."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from ads import artwork
from newsroom.frontpage import NEWEST
from tests import factories
from tests.browser.looking import go

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
# Cards narrower than 200 pixels, and rows that end before their container does.
ROWS = """() => [...document.querySelectorAll('.cards, .first-and-rest')].flatMap((row) => {
  const frame = row.getBoundingClientRect(), wrong = [];
  const cards = [...row.children].map((card) => card.getBoundingClientRect());
  const padding = parseFloat(getComputedStyle(row).paddingInlineStart);
  if (cards.some((card) => Math.round(card.width) < 200)) wrong.push(`${row.className}: narrow`);
  const last = Math.max(...cards.map((card) => card.top));
  const reaching = cards.filter((card) => card.bottom > last);
  const filled = Math.max(...reaching.map((card) => card.right)) - Math.min(...reaching.map((card) => card.left));
  if (filled < frame.width - padding - 1) wrong.push(`${row.className}: a hole in the last row`);
  return wrong;
})"""
# By how much the side column, as far as it is seen, is longer than the main one.
LONGER = """() => {
  const bottom = (element) => element.getBoundingClientRect().bottom;
  const main = Math.max(...[...document.querySelectorAll('.layout__first, .layout__then')].map(bottom));
  const frame = document.querySelector('.rail__long').getBoundingClientRect();
  const seen = [...document.querySelectorAll('.rail .slot, .rail section')].filter((one) => {
    const at = one.getBoundingClientRect();
    return at.width && !(one.closest('.rail__long') && at.left >= frame.right);
  });
  return Math.round(Math.max(...seen.map(bottom)) - main);
}"""
ADVERTISING = """() => {
  const height = (selector) => [...document.querySelectorAll(selector)]
    .reduce((sum, one) => sum + one.getBoundingClientRect().height, 0);
  return height('.slot') / (height('main') + height('.site-header > .slot') + height('.foot-slots'));
}"""
# What of the footer is wider than the room it has.
TOO_WIDE = """() => [...document.querySelectorAll('.site-footer :is(li, p, h2)')]
  .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent.trim())"""


@pytest.fixture
def sold(db) -> None:
    for code in sorted(CODES):
        place = factories.position(code)
        phone = place.phone_size and artwork.check(place, factories.jpeg(*place.phone_size), phone=True)
        factories.booking(code, **({"phone_art": phone} if phone else {}))


@pytest.fixture
def newsroom(sold) -> dict[str, str]:
    """A front page whose blocks have one, two, three and four stories, every third without a picture."""
    hero = factories.picture(factories.jpeg(1300, 867))
    now = timezone.now()
    made = 0

    def stories(count: int, **fields) -> None:
        nonlocal made
        for _ in range(count):
            made += 1
            factories.article(
                at=now - timedelta(minutes=made),
                headline=f"A headline of an ordinary length about harbour number {made}",
                standfirst="What a reader should know before the first paragraph, said in one line or in two.",
                hero_id=hero.pk if made % 3 else None,
                body="<p>" + "Words that fill a line and then another one. " * 8 + "</p>",
                **fields,
            )

    top = factories.section(name="Harbour")
    stories(NEWEST, section_id=top.pk)
    for count in (1, 2, 3, 4):
        stories(count, section_id=factories.section(name=f"Section {count}").pk)
    stories(2, kind="advertorial", sponsor_name="Teneru Mills", section_id=top.pk)
    stories(9, section_id=top.pk)
    story = factories.article(
        section_id=top.pk, hero_id=hero.pk, body="<p>" + "Words that fill a line. " * 20 + "</p>" * 9
    )
    return {"front page": "/", "section": top.get_absolute_url(), "article": story.get_absolute_url()}


@pytest.mark.parametrize("width", [768, 1024, 1280])
def test_rows_fill_whatever_the_number_of_stories(page, console, newsroom, width):
    page.set_viewport_size({"width": width, "height": 900})
    for prefix in ("", "/ar"):
        go(page, f"{prefix}/")
        if not prefix:
            classes = page.evaluate(
                "[...document.querySelectorAll('main .block > :last-child')].map((row) => row.className)"
            )
            assert classes.count("cards cards--1") == 1
            assert classes.count("cards cards--2") == 2  # a section, and what was paid for
            assert classes.count("first-and-rest") >= 2
        assert page.evaluate(ROWS) == []
        assert page.evaluate("document.documentElement.scrollWidth > innerWidth") is False


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("width", [768, 1024, 1280])
def test_the_stories_below_a_story_fill_their_rows(page, db, width, count):
    hero = factories.picture(factories.jpeg(1300, 867))
    section = factories.section()
    for _ in range(count + 1):  # the one before it stands there as such
        factories.article(section_id=section.pk, hero_id=hero.pk)
    story = factories.article(section_id=section.pk, hero_id=hero.pk)
    page.set_viewport_size({"width": width, "height": 900})
    go(page, story.get_absolute_url())
    assert page.locator(f".cards--{count} > .card").count() == count
    assert page.evaluate(ROWS) == []
    heights = page.evaluate("[...document.querySelectorAll('.cards .card__picture')].map((one) => one.clientHeight)")
    assert max(heights) == min(heights) or (count, width) == (3, 1024)


def test_the_second_half_of_a_list_is_ruled_off_as_all_its_rows_are(page, newsroom):
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        go(page, newsroom["section"])
        lines = page.evaluate(
            "[...document.querySelectorAll('.layout__first > .card + .card, .layout__then > .card:first-child')]"
            ".map((one) => getComputedStyle(one)).map((one) => [one.borderBlockStartWidth, one.paddingBlockStart])"
        )
        assert lines == [["1px", "16px"]] * 6


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_the_footer_keeps_its_words_in_their_columns(page, db, prefix):
    factories.brand(
        name="The Courier", email="a-rather-long-address-of-the-newsroom@the-long-name-of-the-courier.example"
    )
    for width in (320, 768, 1024, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        go(page, f"{prefix}/")
        assert page.evaluate(TOO_WIDE) == []
        assert page.evaluate("document.documentElement.scrollWidth > innerWidth") is False


def test_latin_words_among_arabic_ones_have_no_serifs(page, db):
    words = "الميناء مع Teneru Mills 2026"
    story = factories.article(language="ar", headline=words, standfirst=words, body=f"<p>{words}</p>")
    tools = page.context.new_cdp_session(page)
    for path in (story.get_absolute_url(), story.get_lite_url()):
        go(page, path)
        tools.send("DOM.enable")
        tools.send("CSS.enable")
        root = tools.send("DOM.getDocument")["root"]["nodeId"]
        for selector in ("h1", ".standfirst"):
            node = tools.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
            fonts = tools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            families = [font["familyName"] for font in fonts]
            assert (len(families), [name for name in families if "Serif" in name or "Times" in name]) == (2, [])


@pytest.mark.parametrize("where", ["front page", "section", "article"])
def test_the_side_column_ends_with_the_main_one(page, newsroom, where):
    go(page, newsroom[where])
    assert page.evaluate(LONGER) <= 0


@pytest.mark.parametrize("where", ["front page", "section", "article"])
def test_advertising_is_at_most_a_fifth_of_a_phone(page, newsroom, where):
    page.set_viewport_size({"width": 360, "height": 740})
    go(page, newsroom[where])
    share = page.evaluate(ADVERTISING)
    assert 0.05 < share <= 0.20


def test_on_a_phone_the_header_is_one_row_and_search_is_one_step_away(page, newsroom):
    page.set_viewport_size({"width": 360, "height": 740})
    go(page, "/")
    assert page.locator(".site-header > .slot").bounding_box()["y"] <= 60
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hash") == "#search-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/search/"
    page.set_viewport_size({"width": 1280, "height": 740})
    go(page, "/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "search"


def test_own_artwork_says_whose_it_is(page, db, settings):
    settings.SITE_NAME = "The Amaya Courier"
    factories.house("foot-300x250", language="en")
    go(page, "/")
    box = page.locator("[data-slot='foot-300x250']")
    box.scroll_into_view_if_needed()
    box.locator("img").wait_for()
    assert box.locator(".slot__label").inner_text() == "From The Amaya Courier"
    assert box.get_attribute("aria-label") == "From The Amaya Courier"
