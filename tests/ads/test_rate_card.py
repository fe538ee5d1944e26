"""What the rate card says: sizes, maps, prices, readers; on the page and on paper."""

from __future__ import annotations

import io
import re
import unicodedata
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from pypdf import PdfReader

from ads import audience, card, page_map, prices
from ads.models import DayCount, Position
from ads.models.device import Device
from ads.models.event import Kind, Reason
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)
YESTERDAY = TODAY - timedelta(days=1)


def seal(days: int, **counts: int) -> None:
    """So many sealed days up to yesterday, each with pages opened on phones and computers, in English and Arabic."""
    for number in reversed(range(days)):
        for name, many in counts.items():
            device, language = name.split("_")
            facts = {"device": Device[device.upper()], "language": 2 if language == "ar" else 1}
            factories.day_counts(YESTERDAY - timedelta(days=number), pages=many, **facts)


def words(response) -> str:
    """The text of a PDF; Arabic letters as they are typed, not as they are drawn."""
    pages = PdfReader(io.BytesIO(response.content)).pages
    return unicodedata.normalize("NFKC", "\n".join(page.extract_text() for page in pages))


def test_readers_are_those_of_whole_sealed_weeks():
    seal(15, phone_en=600, desktop_en=200, phone_ar=250)
    DayCount.objects.create(day=YESTERDAY, kind=Kind.SERVED, reason=Reason.BOT, device=1, language=1, number=9_000)
    DayCount.objects.create(day=YESTERDAY, kind=Kind.SERVED, position=1, device=1, language=1, number=9_000)
    assert audience.measured() == audience.Audience(
        pages=7_300, phones=81, arabic=24, first_day=date(2026, 11, 11), last_day=YESTERDAY
    )


def test_before_a_week_is_whole_the_card_gives_no_figure_of_readers(client):
    seal(6, phone_en=600)
    assert audience.measured() is None
    html = client.get("/partners/").content.decode()
    assert "We have not counted a whole week of readers yet." in html
    assert "Pages read a week" not in html


def test_the_card_says_when_its_readers_were_counted(client):
    seal(7, phone_en=900, desktop_ar=100)
    html = client.get("/partners/").content.decode()
    assert "7,000" in html
    assert "Counted by us from 18 November 2026 to 24 November 2026" in html


def test_the_card_and_its_paper_say_how_many_confirmed_readers_get_newsletters_and_when(client):
    assert card.read(TODAY).mailed is None
    letters = factories.newsletter(), factories.newsletter()
    for state in ("confirmed", "confirmed", "pending", "unsubscribed", "suppressed"):
        factories.subscriber(*letters, state=state)
    cache.clear()
    assert card.read(TODAY).mailed == audience.Mailed(2, TODAY)
    html = client.get("/partners/").content.decode()
    assert re.search(r"Newsletter readers</dt><dd>2 <small>confirmed, \d+ \w+ \d{4}<", html)
    assert "We have not counted a whole week of readers yet." in html
    assert "2 confirmed readers get our newsletters" in " ".join(words(client.get("/partners/rate-card.pdf")).split())


def test_a_large_number_of_readers_is_said_as_one_says_a_number():
    assert [audience.about(number) for number in (0, 7, 318, 12_345)] == [0, 7, 310, 12_000]


def test_thirty_positions_ask_no_more_than_one(client, django_assert_num_queries):
    seal(7, phone_en=900)
    Position.objects.exclude(code="top-728x90").update(is_active=False)
    client.get("/partners/")
    with django_assert_num_queries(QUERIES):
        client.get("/partners/")
    Position.objects.update(is_active=True)
    for number in range(23):
        Position.objects.create(
            code=f"more-{number}", name="More", where="Somewhere", width=300, height=250, place="rail", pages="every",
            price_per_week=100, price_per_thousand=1,
        )  # fmt: skip
    with django_assert_num_queries(QUERIES):
        client.get("/partners/")


QUERIES = 11


@pytest.mark.parametrize("is_rtl", [False, True])
def test_every_position_stands_on_the_maps_in_its_true_size(is_rtl):
    positions = prices.positions_on_card(TODAY)
    front, story, phone_front, phone_story = page_map.of(positions, is_rtl=is_rtl)
    sizes = {number: position.size for number, position in enumerate(positions, 1)}
    assert {box.numbers[0]: (box.width, box.height) for box in front.boxes} == sizes
    homes = {number for number, position in enumerate(positions, 1) if position.place == "home"}
    assert {box.numbers[0] for box in story.boxes} == set(sizes) - homes
    assert {number for box in phone_front.boxes for number in box.numbers} == set(sizes)
    assert {number for box in phone_story.boxes for number in box.numbers} == set(sizes) - homes
    for drawing in (front, story, phone_front, phone_story):
        for box in drawing.boxes:
            assert box.x >= 0
            assert box.x + box.width <= drawing.width
            assert box.y + box.height < drawing.height
    for one, other in zip(front.boxes, front.boxes[1:], strict=False):
        assert one.y + one.height <= other.y or one.x + one.width <= other.x or other.x + other.width <= one.x


def test_an_arabic_page_is_the_mirror_of_an_english_one():
    positions = prices.positions_on_card(TODAY)
    for one, other in zip(page_map.of(positions, is_rtl=False), page_map.of(positions, is_rtl=True), strict=True):
        assert [one.width - box.x - box.width for box in one.boxes] == [box.x for box in other.boxes]
        assert [box.y for box in one.boxes] == [box.y for box in other.boxes]


def test_what_is_not_on_sale_is_not_on_the_map():
    Position.objects.exclude(code="foot-300x250").update(is_active=False)
    for drawing in page_map.of(prices.positions_on_card(TODAY), is_rtl=False):
        assert [(box.label, box.width, box.height) for box in drawing.boxes] == [("1", 300, 250)]


def test_the_paper_says_what_the_page_says(client):
    seal(7, phone_en=900, desktop_ar=100)
    Position.objects.filter(code="top-728x90").update(price_per_week="1234.50", is_example_price=False)
    response = client.get("/partners/rate-card.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in response.headers
    text = words(response)
    for row in card.read(TODAY).rows:
        assert f"{row.number} · {row.position.name}" in text
        assert f"{row.position.width}×{row.position.height}" in text
    assert "1,234.50 USD" in text
    assert "7,000 pages read a week" in text
    assert "Press release" in text
    assert "http://testserver/partners/request/" in text
    assert '<a href="/partners/rate-card.pdf">' in client.get("/partners/").content.decode()


def test_the_paper_comes_in_arabic(client):
    response = client.get("/ar/partners/rate-card.pdf")
    assert PdfReader(io.BytesIO(response.content)).trailer["/Root"]["/Lang"] == "ar"
    assert "testserver/ar/partners/request/" in words(response)


def test_the_paper_names_who_publishes_as_the_settings_say(client):
    factories.brand(name="The Amaya Courier", name_ar="بريد أمايا")
    text = words(client.get("/partners/rate-card.pdf"))
    assert text.startswith("The Amaya Courier")
    assert "The Amaya Courier · Rate card" in text


def test_the_paper_of_an_empty_card_is_drawn_too(client):
    Position.objects.update(is_active=False)
    assert "Rate card" in words(client.get("/partners/rate-card.pdf"))
    assert "No positions are on sale at the moment." in client.get("/partners/").content.decode()
