"""The calendars say what is free, and the public one never who has the rest."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from ads import free_weeks, quoting
from ads.free_weeks import State
from ads.models import Position, Quote, QuoteLine
from tests import factories

pytestmark = pytest.mark.django_db

# A Wednesday.
NOW = datetime(2026, 11, 25, 12, tzinfo=timezone.get_default_timezone())
MONDAY, SUNDAY = date(2026, 12, 7), date(2026, 12, 13)
WEEK = {"first_day": MONDAY, "last_day": SUNDAY}


@pytest.fixture(autouse=True)
def _a_wednesday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(client):
    client.force_login(factories.user("Ad manager"))
    return client


def week() -> tuple[str, str]:
    """The state and the words of the week, for the Medium rectangle."""
    [[found]] = free_weeks.table([factories.position()], MONDAY, SUNDAY)
    return found.state, found.words


def held(**changes) -> None:
    quote = factories.draft_quote(factories.ad_request(**WEEK))
    quote.lines.update(**changes)
    quoting.send(quote, by=None, at=timezone.now())


def test_a_week_is_free_then_part_then_held_then_sold():
    assert week() == (State.FREE, "free")
    factories.booking(**WEEK, share=75)
    assert week() == (State.PART, "25 % free")
    held(share=25)
    assert week() == (State.HELD, "held")
    quoting.accept(Quote.objects.get(), name="Ada", at=timezone.now())
    assert week() == (State.SOLD, "sold")


def test_days_that_are_left_of_a_week_are_counted():
    factories.booking(first_day=MONDAY, last_day=MONDAY + timedelta(days=3))
    assert week() == (State.PART, "3 days free")


def test_promised_impressions_leave_no_share_in_the_calendar_either():
    Position.objects.update(weekly_impressions=10_000)
    factories.booking(**WEEK, share=0, impressions=4_000)
    assert week() == (State.PART, "50 % free")
    held(kind=QuoteLine.Kind.IMPRESSIONS, share=None, impressions=4_000)
    assert week() == (State.HELD, "held")


def test_the_week_that_runs_begins_today():
    assert free_weeks.weeks(date(2026, 11, 25), date(2026, 12, 6)) == [
        (date(2026, 11, 25), date(2026, 11, 29)),
        (date(2026, 11, 30), date(2026, 12, 6)),
    ]


def test_the_next_free_week_is_on_the_rate_card(client):
    place = factories.position()
    Position.objects.exclude(pk=place.pk).update(is_active=False)
    assert free_weeks.free_from([place], date(2026, 11, 25)) == {place.pk: date(2026, 11, 25)}
    factories.booking(first_day=date(2026, 11, 28), last_day=date(2026, 12, 1))
    assert free_weeks.free_from([place], date(2026, 11, 25)) == {place.pk: MONDAY}
    html = client.get("/partners/").content.decode()
    assert ">7 Dec 2026</time>" in html
    assert "not sold by number" in html
    factories.booking(first_day=MONDAY, last_day=date(2028, 12, 1))
    assert free_weeks.free_from([place], date(2026, 11, 25)) == {place.pk: None}
    assert "sold out" in client.get("/partners/").content.decode()


@pytest.mark.parametrize("path", ["/partners/free/", "/ar/partners/free/", "/partners/free/?position=foot-300x250"])
def test_the_public_calendar_names_nobody_and_sets_no_cookie(client, path):
    firm = factories.advertiser(company="Zanzaranth Mills", email="zanzaranth@firm.example")
    booking = factories.booking(**WEEK, share=75, advertiser=firm, alt="Bread", art=None)
    factories.booking(first_day=date(2026, 12, 14), last_day=date(2026, 12, 20), advertiser=firm, art=None)
    request = factories.ad_request(**WEEK, company="Zanzaranth Mills", name="Zanzaranth")
    quote = factories.draft_quote(request)
    quote.lines.update(share=25)
    quoting.send(quote, by=None, at=timezone.now())
    factories.waiting_entry(booking, name="Zanzaranth", company="Zanzaranth")
    response = client.get(path)
    html = response.content.decode()
    assert "anzaranth" not in html
    assert "Set-Cookie" not in response.headers
    assert "week--held" in html
    assert "week--sold" in html


def test_free_weeks_lead_to_a_request_with_the_days_filled_in_and_sold_ones_to_the_waiting_list(client):
    factories.booking(**WEEK)
    html = client.get("/partners/free/?position=foot-300x250").content.decode()
    link = "/partners/request/?want=foot-300x250&amp;from=2026-11-30&amp;until=2026-12-06"
    assert link in html
    assert "/partners/free/wait/foot-300x250/2026-12-07/" in html
    form = client.get(link.replace("&amp;", "&")).content.decode()
    assert 'value="2026-11-30"' in form
    assert client.get("/partners/request/?from=2026-02-31&until=%3Cx%3E").status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("?month=2026-11", 200),
        ("?month=2028-10", 200),
        ("?month=2026-10", 404),
        ("?month=2028-11", 404),
        ("?month=2026-13", 404),
        ("?month=0000-01", 404),
        ("?month=x", 404),
        ("?position=nowhere", 404),
        ("?position=foot-300x250&month=2027-02&other=1", 200),
    ],
)
def test_months_and_positions_are_those_there_are(client, desk, query, status):
    assert client.get(f"/partners/free/{query}").status_code == status
    assert desk.get(f"/admin/ads/booking/free/{query}").status_code == (400 if status == 404 else 200)


def test_no_week_is_missing_between_two_pages(client):
    shown = []
    for month in ("", "2027-02", "2027-05"):
        for first, _row in client.get(f"/partners/free/?month={month}").context["rows"]:
            shown.append(first.monday)
    assert shown == [date(2026, 11, 23) + timedelta(weeks=n) for n in range(len(shown))]


def test_the_desk_sees_who_has_what_until_when_and_who_waits(desk):
    booking = factories.booking(**WEEK, share=75, advertiser=factories.advertiser(company="Teneru Mills"))
    held(share=25)
    factories.waiting_entry(booking, company="Harbour Radio")
    html = desk.get("/admin/ads/booking/free/").content.decode()
    assert f'<a href="/admin/ads/booking/{booking.pk}/change/"><bdi>Teneru Mills</bdi></a> 75 %' in html
    assert "25 % held until 7 Dec, 00:00" in html  # when its week begins
    assert "<bdi>Harbour Radio</bdi></a> waits" in html
    assert "/admin/ads/booking/free/" in desk.get("/admin/").content.decode()


@pytest.mark.parametrize("path", ["/partners/free/", "/admin/ads/booking/free/"])
def test_thirty_bookings_ask_no_more_than_one(desk, django_assert_num_queries, path):
    Position.objects.update(weekly_impressions=70_000)

    def fill(count: int) -> None:
        for n in range(count):
            days = {"first_day": MONDAY + timedelta(weeks=n % 10), "last_day": SUNDAY + timedelta(weeks=n % 10)}
            factories.booking("top-728x90", share=2, art=None, **days)
            factories.booking("top-728x90", share=0, impressions=100, art=None, **days)
        request = factories.ad_request(**WEEK)
        quote = factories.draft_quote(request)
        quote.lines.update(share=10)
        quoting.send(quote, by=None, at=timezone.now())

    fill(1)
    desk.get(path)
    with django_assert_num_queries(QUERIES[path]):
        assert desk.get(path).status_code == 200
    fill(8)
    with django_assert_num_queries(QUERIES[path]):
        assert desk.get(path).status_code == 200


QUERIES = {"/partners/free/": 8, "/admin/ads/booking/free/": 10}
