"""The request in steps: what is asked, and what it costs."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ads.asking import Asked
from ads.models import AdRequest, Position, PostProduct, QuoteLine, RequestDraft
from tests import factories
from tests.ads import steps
from tests.ads.steps import FIRST, FOOT, errors

pytestmark = pytest.mark.django_db
QUERIES = {"dates": 10, "material": 9, "check": 9}


# What is asked


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_every_step_asks_what_the_steps_before_it_chose(client, prefix):
    chosen = {"want_press-release": "on", "want_interview": "on", "writer_interview": "newsroom"}
    path = steps.begin(client, prefix, **chosen)
    assert path.startswith(f"{prefix}/partners/request/")
    asked = {name: client.get(f"{path}{name}/") for name in ("what", "dates", "material", "check")}
    assert [page.status_code for page in asked.values()] == [200] * 4
    names = set(
        re.findall(r'name="((?:first|last|file|brief)_[^"]+)"', "".join(p.content.decode() for p in asked.values()))
    )
    assert names == {
        f"first_{FOOT}",
        f"last_{FOOT}",
        "first_press-release",
        "first_interview",
        f"file_{FOOT}",
        "file_press-release",
        "brief_interview",
    }
    sent = client.post(f"{path}check/", steps.WHO)
    assert sent["Location"] == f"{prefix}/partners/request/{AdRequest.objects.get().reference}/"
    assert AdRequest.objects.get().language == (prefix.strip("/") or "en")


def test_the_first_page_knows_what_is_wanted_and_when_from_its_address(client):
    monday = timezone.localdate() + timedelta(days=14)
    page = client.get(f"{FIRST}?want={FOOT}&from={monday}&until={monday + timedelta(days=6)}").content.decode()
    assert re.search(rf'name="want_{FOOT}"[^>]*checked', page)
    days = {"from": monday.isoformat(), "until": (monday + timedelta(days=6)).isoformat()}
    path = steps.begin(client, **days)
    assert f'value="{monday.isoformat()}"' in client.get(f"{path}dates/").content.decode()


def test_nothing_chosen_is_said_in_words_and_keeps_what_was_typed(client):
    response = client.post(FIRST, steps.what(**{f"want_{FOOT}": None, f"way_{FOOT}": "25"}))
    assert response.status_code == 400
    assert list(errors(response).values()) == [
        ["Choose at least one position or sponsored post, so that we know what to offer."]
    ]
    html = response.content.decode()
    assert ("<title>Error:" in html, 'role="alert"' in html, '<option value="25" selected>' in html) == (True,) * 3
    # Of the step, not of the position that stands first; the summary leads to where one begins to choose.
    assert re.findall(r'<li><a href="#([^"]+)">Choose', html) == [f"id_want_{Asked({}).positions[0].code}"]
    assert "wish--open" not in html
    assert RequestDraft.objects.count() == 0


@pytest.mark.parametrize("number", ["", "0", "9" * 30, "many", "-5000", "\x00", "1e9"])
def test_a_number_of_impressions_that_cannot_be_is_refused_by_its_field(client, number):
    Position.objects.update(weekly_impressions=100_000)
    response = client.post(FIRST, steps.what(**{f"way_{FOOT}": "number", f"number_{FOOT}": number}))
    assert (response.status_code, set(errors(response))) == (400, {f"number_{FOOT}"})


def test_impressions_are_not_offered_where_nobody_knows_how_many_come(client):
    Position.objects.update(weekly_impressions=None)
    assert 'value="number"' not in client.get(FIRST).content.decode()


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(-1, 5, "first"), (5, 4, "last"), (800, 801, "first"), (1, 800, "last"), (3, None, "last"), (None, 3, "first")],
)
def test_days_that_cannot_be_are_refused_by_their_field(client, first, last, field):
    today = timezone.localdate()
    days = {
        f"{name}_{FOOT}": "" if ahead is None else (today + timedelta(days=ahead)).isoformat()
        for name, ahead in (("first", first), ("last", last))
    }
    response = client.post(f"{steps.begin(client)}dates/", days)
    assert (response.status_code, f"{field}_{FOOT}" in errors(response)) == (400, True)
    assert "Medium rectangle, " in response.content.decode()


def test_a_week_that_is_sold_is_refused_and_offers_the_waiting_list(client):
    booking = factories.booking(FOOT)
    days = {f"first_{FOOT}": booking.first_day.isoformat(), f"last_{FOOT}": booking.last_day.isoformat()}
    path = steps.begin(client)
    response = client.post(f"{path}dates/", days)
    assert response.status_code == 400
    assert "is not free on all days" in errors(response)[f"first_{FOOT}"][0]
    assert f"/partners/free/wait/{FOOT}/{booking.first_day.isoformat()}/" in response.content.decode()
    # Kept all the same, and asked about again wherever one goes on.
    assert client.get(f"{path}check/")["Location"] == f"{path}dates/?again"


def test_a_week_that_is_sold_between_two_steps_is_said_before_anything_is_sent(client):
    path = steps.begin(client)
    client.post(f"{path}dates/", steps.days(ahead=21))
    assert client.get(f"{path}check/").status_code == 200
    first = timezone.localdate() + timedelta(days=21)
    factories.booking(FOOT, first_day=first, last_day=first + timedelta(days=6))
    sent = client.post(f"{path}check/", steps.WHO)
    assert sent["Location"] == f"{path}dates/?again"
    assert "is not free on all days" in client.get(sent["Location"]).content.decode()
    assert AdRequest.objects.count() == 0


def test_a_free_week_is_chosen_with_its_button(client):
    path = steps.begin(client)
    (button,) = re.findall(rf'value="(use:{FOOT}:[^"]+)"', client.get(f"{path}dates/").content.decode())[:1]
    answer = client.post(f"{path}dates/", {"go": button, f"first_{FOOT}": "", f"last_{FOOT}": ""})
    assert answer["Location"] == f"{path}dates/#days"
    assert f'value="{button.rpartition(":")[2]}"' in client.get(f"{path}dates/").content.decode()


def test_the_days_for_all_are_the_first_whole_ones(client):
    top = "top-728x90"
    path = steps.begin(client, **{f"want_{top}": "on", f"way_{top}": "100"})
    whole = steps.days(top, ahead=7)
    client.post(f"{path}dates/", {**steps.days(), f"last_{FOOT}": "", **whole, "go": "use:all"})
    answers = RequestDraft.objects.get().answers["dates"]
    assert answers == whole | {f"first_{FOOT}": whole[f"first_{top}"], f"last_{FOOT}": whole[f"last_{top}"]}


def test_who_writes_is_said_from_the_side_of_the_rate_card_at_every_step(client):
    html = client.get(f"{FIRST}?want=article").content.decode()
    writers = re.search(r'name="writer_article".*?</select>', html, re.DOTALL)
    assert re.findall(r'value="(\w+)"[^>]*>([^<]+)<', writers[0]) == [
        ("client", "You write it"),
        ("newsroom", "We write it"),
    ]
    path = steps.begin(client, want_article="on", writer_article="newsroom")
    said = client.get(f"{path}check/").content.decode()
    assert ("Who writes it</dt><dd>We write it" in said, "we write it" in said) == (True, True)


def test_the_address_that_the_link_went_to_is_offered_at_the_end(client):
    path = steps.begin(client)
    client.post(f"{path}save/", {"email": "ada@mills.example"})
    assert 'value="ada@mills.example"' in client.get(f"{path}check/").content.decode()


@pytest.mark.parametrize(
    "go", ["use:", "use:::", f"use:{FOOT}:2027-02-31", "use:x:2027-01-04", "use:all", "remove:x", "?"]
)
def test_buttons_that_nobody_drew_do_nothing(client, go):
    path = steps.begin(client)
    assert client.post(f"{path}dates/", {"go": go}).status_code == 302
    assert RequestDraft.objects.get().answers["dates"].get(f"first_{FOOT}", "") == ""


# The price


def test_the_price_is_that_of_the_rate_card_whatever_the_browser_says(client):
    Position.objects.filter(code=FOOT).update(price_per_week=Decimal("120.00"), is_example_price=False)
    path = steps.begin(client, **{f"way_{FOOT}": "50", "want_interview": "on", "writer_interview": "newsroom"})
    assert "$60" in client.get(f"{path}dates/").content.decode()
    fragment = client.post(f"{path}price/dates/", steps.days(length=8) | {"price": "1", "total": "1"})
    html = fragment.content.decode()
    assert ("$120" in html, "a quote" in html, "2 weeks" in html, "<html" in html) == (True, True, True, False)
    assert RequestDraft.objects.get().answers["dates"] == {}
    client.post(f"{path}dates/", steps.days(length=8))
    client.post(f"{path}check/", steps.WHO)
    position, post = AdRequest.objects.get().items.order_by("pk")
    assert (position.share, position.asked_price, position.asked_currency) == (50, Decimal("120.00"), "USD")
    assert (post.written_by, post.asked_price, post.asked_currency) == ("newsroom", None, "")


def test_the_price_of_the_first_page_needs_no_draft(client):
    html = client.post(f"{FIRST}price/", {"want_press-release": "on"}).content.decode()
    assert ("Press release" in html, "$100" in html) == (True, True)
    assert RequestDraft.objects.count() == 0


def test_the_desk_gets_a_quote_of_what_was_asked_with_its_own_days(client):
    Position.objects.update(weekly_impressions=1_000_000)
    top = "top-728x90"
    what = {f"want_{top}": "on", f"way_{top}": "number", f"number_{top}": "20000", f"way_{FOOT}": "25"}
    steps.send(client, **what, **steps.days(FOOT, ahead=7), **steps.days(top, ahead=14, length=14))
    deal = AdRequest.objects.get()
    quote = factories.draft_quote(deal)
    today = timezone.localdate()
    assert list(quote.lines.values_list("kind", "share", "impressions", "first_day", "last_day").order_by("kind")) == [
        ("impressions", None, 20000, today + timedelta(days=14), today + timedelta(days=27)),
        ("weeks", 25, None, today + timedelta(days=7), today + timedelta(days=13)),
    ]
    assert (deal.first_day, deal.last_day) == (today + timedelta(days=7), today + timedelta(days=27))
    client.force_login(factories.user("Ad manager"))
    page = client.get(f"/admin/ads/adrequest/{deal.pk}/change/").content.decode()
    assert ("20,000 impressions" in page, "25 percent of the times" in page, "Price as asked:" in page) == (True,) * 3


def test_steps_ask_the_database_as_often_for_one_thing_as_for_all(client):
    everything = {f"want_{p.code}": "on" for p in Position.objects.all()}
    everything |= {f"want_{p.kind}": "on" for p in PostProduct.objects.all()}
    for chosen in ({}, everything):
        path = steps.begin(client, **chosen)
        counted = {}
        for name in ("dates", "material", "check"):
            client.get(f"{path}{name}/")
            with CaptureQueriesContext(connection) as queries:
                client.get(f"{path}{name}/")
            counted[name] = len(queries)
        assert counted == QUERIES, chosen


def test_the_forms_read_their_answers_and_nothing_else():
    asked = Asked({"what": {f"want_{FOOT}": "on", "evil": "x"}, "dates": {}, "nonsense": {"a": "b"}})
    assert [line.code for line in asked.read_all()] == [FOOT]
    assert asked.price().totals == []
    assert QuoteLine.objects.count() == 0
