"""Stories of every shape, at every width and in both directions: nothing sideways, nothing moves, headings are seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import coverage
from articles.content import Credit
from tests import factories
from tests.browser.looking import go

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

SHIFTS = (
    "window.shift = 0;"
    "new PerformanceObserver((list) => { for (const e of list.getEntries()) window.shift += e.value })"
    ".observe({type: 'layout-shift', buffered: true})"
)
TABLE = "<table><tbody><tr>" + "<td>1,234,567 tonnes</td>" * 12 + "</tr></tbody></table>"
TEXT = "<p>Enough words to wrap over several lines on a narrow phone, as the paragraphs of a story do.</p>"
# Parts of a page that a reader must see whole, where there are any.
SEEN = "h1, .standfirst, .bylines a, .story__body h2, .entry h3, .source, .author-box__name, .correction p, .source"


@pytest.fixture
def shapes(db) -> dict[str, str]:
    """The address of a story of every shape by its name."""
    tall, wide = (factories.picture(factories.jpeg(*size), credit="Photo: A") for size in ((700, 1400), (1300, 867)))
    authors = [factories.author(name=f"Somebody Longname-{n}", bio="Writes.") for n in range(12)]
    row = "".join(f'<figure data-media-id="{one.pk}"></figure>' for one in (wide, tall, wide, wide, tall))
    bodies = {
        "short": "<p>One paragraph.</p>",
        "gallery": TEXT + row + TEXT,
        "table": TEXT + TABLE + TEXT,
        "word": f"<h2>{'Wasser' * 8}</h2><p>{'Wasserstand' * 6}</p>",
        "lists": "<ul><li>one<ul><li>two<ol><li>three</li></ol></li></ul></li></ul>"
        "<hr><p>CO<sub>2</sub> m<sup>2</sup></p>",
        "code": f"<pre><code>{'x = 1234567890; ' * 12}</code></pre><p>Then <code>{'a' * 60}</code>.</p>",
        "quote": f"<blockquote>{TEXT}<p><cite>Mama Diti, of Salt Quay</cite></p></blockquote>",
        "embed": TEXT + '<figure data-embed="https://youtu.be/abcdefghijk"></figure>'
        '<figure data-embed="https://maps.example/place"></figure>',
    }
    paths = {}
    for language, words in (("en", "The harbour opens"), ("ar", "الميناء يعمل مع Teneru Mills 2026")):
        common = {"language": language, "section_id": factories.section(language=language).pk, "standfirst": words}
        made = {
            name: factories.article(headline=f"{words} {name}", body=body, **common) for name, body in bodies.items()
        }
        made |= {
            "portrait": factories.article(headline=words, hero_id=tall.pk, body=TEXT * 9, **common),
            "long headline": factories.article(headline=f"{words} " * 9, hero_id=wide.pk, **common),
            "authors": factories.article(
                headline=words, bylines=[Credit(author_id=one.pk) for one in authors], **common
            ),
            "video": factories.article(
                headline=words, kind="video", sponsor_name="Teneru Mills", body=bodies["embed"], **common
            ),
            "bare": factories.article(headline=words, **(common | {"standfirst": ""})),
        }
        now = timezone.now()
        corrected = factories.article(headline=words, body=TEXT * 3, **common)
        for place in ("top", "bottom"):
            factories.correction(corrected, text=f"It was {place}.", place=place)
        live = factories.article(headline=words, body=TEXT, **common)
        coverage.go_live(live, now + timedelta(hours=2), by=None, at=now)
        for number in range(3):
            flags = {"is_key_event": number < 2, "is_pinned": number == 2}
            factories.live_entry(live, headline=f"{words} {number}", body=bodies["quote"], **flags)
        made |= {"corrected": corrected, "live": live}
        paths |= {f"{language} {name}": story.get_absolute_url() for name, story in made.items()}
    return paths


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_every_shape_fits_stands_still_and_shows_its_headings(page, console, shapes, width):
    page.add_init_script(SHIFTS)
    page.set_viewport_size({"width": width, "height": 900})
    wrong = []
    for name, path in shapes.items():
        go(page, path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{name}: scrolls sideways")
        if (shift := page.evaluate("window.shift")) > 0:
            wrong.append(f"{name}: moved by {shift}")
        out = page.evaluate(
            "(what) => [...document.querySelectorAll(what)].filter((one) => { const box = one.getBoundingClientRect();"
            " return one.checkVisibility() && (box.width < 1 || box.left < 0 || box.right > innerWidth"
            " || one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline') })"
            ".map((one) => one.className || one.tagName)",
            SEEN,
        )
        wrong += [f"{name}: {one} is cut" for one in out]
    assert wrong == []


@pytest.mark.parametrize("width", [360, 1280])
def test_a_tall_picture_is_never_taller_than_the_window(page, shapes, width):
    page.set_viewport_size({"width": width, "height": 700})
    go(page, shapes["en portrait"])
    assert page.locator(".story__hero img").bounding_box()["height"] <= 700 * 0.8 + 1


def test_a_wide_table_scrolls_by_itself_and_by_the_keyboard(page, shapes):
    page.set_viewport_size({"width": 360, "height": 800})
    go(page, shapes["en table"])
    box = page.locator(".scroller")
    box.focus()
    page.keyboard.press("ArrowRight")
    for _ in range(100):  # it scrolls smoothly
        if box.evaluate("(one) => one.scrollLeft") > 0:
            break
        page.wait_for_timeout(20)
    assert box.evaluate("(one) => one.scrollLeft") > 0
    assert (box.get_attribute("role"), box.get_attribute("aria-label")) == ("region", "Table")


def test_the_rest_of_twelve_authors_comes_at_a_press(page, shapes):
    go(page, shapes["en authors"])
    names = page.locator(".story__meta [rel=author]:visible")
    assert names.count() == 3
    page.locator(".bylines__more summary").click()
    assert names.count() == 12
