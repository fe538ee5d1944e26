"""The offer on the advertiser's page: read, accepted once, and of nobody else's deal."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ads import quoting
from ads.models import Booking, Quote
from tests import factories
from tests.ads.test_quoting import piece, week

pytestmark = pytest.mark.django_db

YES = {"accept-name": "Ada Example", "accept-agree": "on"}


def page_of(quote: Quote) -> str:
    return f"/partners/deal/{factories.deal_token(quote.request)}/"


def offer(*lines, **fields) -> Quote:
    at = timezone.now()
    quote = factories.draft_quote(at=at)
    quoting.save(quote, fields, lines or [week()], based_on=0, by=None, at=at)
    quoting.send(quote, by=None, at=at)
    return quote


def test_the_page_shows_lines_discount_tax_total_and_until_when(guest):
    with time_machine.travel("2026-11-25T09:00:00Z", tick=False):
        quote = offer(
            week(share=50, unit_price=Decimal("55"), discount_percent=Decimal(10), discount_reason="First order"),
            piece(),
            tax_name="VAT",
            tax_rate=Decimal("7.5"),
            words="Welcome, Ada.",
        )
        page = guest.get(page_of(quote)).content.decode()
    for said in ["50 % of all views", "10% off 55.00:", "First order", "$49.50", "VAT", "$6.71", "$96.21"]:
        assert said in page
    assert "Welcome, Ada." in page
    assert "Wednesday 2 December 2026, 00:00 WAT" in page
    assert "6 days left" in page
    assert 'href="#ask"' in page


def test_nothing_of_a_draft_is_shown(guest):
    quote = factories.draft_quote()
    quoting.save(quote, {"words": "Zanzaranth"}, [piece()], based_on=0, by=None, at=timezone.now())
    page = guest.get(page_of(quote)).content.decode()
    assert "Zanzaranth" not in page
    assert 'id="offer"' not in page
    assert guest.post(f"{page_of(quote)}accept/1/", YES).status_code == 404


def test_an_advertiser_says_yes_once_however_often_they_click(guest):
    quote = factories.quote()
    answers = [guest.post(f"{page_of(quote)}accept/1/", YES) for _ in range(2)]
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, f"{page_of(quote)}?said=accepted#offer")}
    assert Booking.objects.count() == 1
    page = guest.get(page_of(quote) + "?said=accepted").content.decode()
    assert "Ada Example" in page
    assert "It is agreed, and a mail" in page
    assert "Accept this offer" not in page


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"accept-name": "", "accept-agree": "on"}, "Write your name."),
        ({"accept-name": "  ", "accept-agree": "on"}, "Write your name."),
        ({"accept-name": "Ada"}, "Tick this if you may agree."),
        ({}, "Write your name."),
        ({"accept-name": "x" * 121, "accept-agree": "on"}, "at most 120 characters"),
        ({"accept-name": "A\x00da", "accept-agree": "on"}, "Null characters"),
    ],
)
def test_a_yes_without_a_name_or_the_tick_is_none(guest, said, sentence):
    quote = factories.quote()
    response = guest.post(f"{page_of(quote)}accept/1/", said)
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert "<title>Error:" in response.content.decode()
    assert Quote.objects.get().status == "sent"


def test_what_became_of_an_offer_is_said_with_what_to_do(guest):
    quote = factories.quote()
    where = page_of(quote)
    with time_machine.travel(quote.valid_until + timedelta(minutes=1)):
        page = guest.get(where).content.decode()
        assert "This offer expired on" in page
        assert "Accept this offer" not in page
        late = guest.post(f"{where}accept/1/", YES)
        assert late.status_code == 409
        assert "This offer is not open any more. Ask for a new one" in late.content.decode()
        assert guest.post(f"{where}accept/1/", {}).status_code == 400
    quoting.withdraw(quote, by=None, at=timezone.now(), note="A mistake")
    page = guest.get(where).content.decode()
    assert "We took this offer back" in page
    assert guest.post(f"{where}accept/1/", YES).status_code == 409


def test_a_replaced_version_is_listed_and_cannot_be_accepted(guest):
    quote = factories.quote()
    newer = quoting.begin(quote.request, by=None, at=timezone.now())
    quoting.save(newer, {}, [week(unit_price=Decimal(90))], based_on=0, by=None, at=timezone.now())
    quoting.send(newer, by=None, at=timezone.now())
    page = guest.get(page_of(quote)).content.decode()
    assert "price of one was 110.00" in page
    assert f"<bdi>{quote.number}</bdi>" in page
    assert guest.post(f"{page_of(quote)}accept/1/", YES).status_code == 409
    assert guest.post(f"{page_of(quote)}accept/2/", YES).status_code == 302
    page = guest.get(page_of(quote)).content.decode()
    assert "What is agreed" in page


def test_nobody_accepts_or_sees_the_quote_of_another_deal(guest):
    mine, theirs = offer(), offer(piece())
    second = quoting.begin(theirs.request, by=None, at=timezone.now())
    quoting.send(second, by=None, at=timezone.now())
    assert guest.post(f"{page_of(mine)}accept/{second.version}/", YES).status_code == 404
    assert theirs.number not in guest.get(page_of(mine)).content.decode()
    assert guest.post("/partners/deal/wrong/accept/1/", YES).status_code == 404
    assert Booking.objects.count() == 0


def test_a_yes_from_another_site_is_refused(guest):
    quote = factories.quote()
    response = guest.post(f"{page_of(quote)}accept/1/", YES, headers={"origin": "https://elsewhere.example"})
    assert response.status_code == 403
    assert Quote.objects.get().status == "sent"


def test_the_page_asks_as_often_for_one_line_as_for_thirty(guest):
    def queries(where: str) -> int:
        with CaptureQueriesContext(connection) as found:
            guest.get(where)
        return len(found)

    one, many = offer(piece()), offer(*(piece() for _ in range(30)))
    guest.get(page_of(one)), guest.get(page_of(many))
    assert queries(page_of(one)) == queries(page_of(many))


def test_the_page_speaks_arabic(guest):
    quote = offer(week(share=50, unit_price=Decimal("55")))
    page = guest.get(f"/ar{page_of(quote)}").content.decode()
    assert 'dir="rtl"' in page
    assert "ما يرد فيه محجوز لكم حتى" in page
    assert "أسبوع واحد" in page
    assert f'action="/ar{page_of(quote)}accept/1/#offer"' in page
