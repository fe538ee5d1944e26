"""Booking and cancelling, by the verb and by the desk's form."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.html import strip_tags

from ads import billing, deals, ledger, sales
from ads.models import AdRequest, Advertiser, Booking, Position, PositionDay
from tests import factories

pytestmark = pytest.mark.django_db

ADD = "/admin/ads/booking/add/"


@pytest.fixture
def desk(client):
    client.force_login(factories.user("Ad manager", username="desk"))
    return client


def filled(**changes) -> dict:
    """The booking form, for the Medium rectangle from today for a week."""
    today = timezone.localdate()
    values = {
        "position": factories.position().pk,
        "advertiser": "",
        "request": "",
        "first_day": today.isoformat(),
        "last_day": (today + timedelta(days=6)).isoformat(),
        "price": "",
    }
    return values | changes


def errors(response) -> dict[str, list[str]]:
    return {name: [str(e) for e in found] for name, found in response.context["adminform"].errors.items()}


def steps(booking: Booking) -> list[tuple[str, str, str]]:
    return list(booking.moves.order_by("pk").values_list("from_status", "to_status", "note"))


def test_booking_and_cancelling_leave_their_history(desk):
    desk.post(ADD, filled(advertiser=factories.advertiser().pk))
    booking = Booking.objects.get()
    assert steps(booking) == [("", "booked", "")]
    desk.post(f"/admin/ads/booking/{booking.pk}/move/cancel/", {"note": "They moved to June"})
    assert steps(booking) == [("", "booked", ""), ("booked", "cancelled", "They moved to June")]
    assert {move.actor.username for move in booking.moves.all()} == {"desk"}
    html = desk.get(f"/admin/ads/booking/{booking.pk}/change/").content.decode()
    _before, _heading, history = html.partition("What happened")
    assert "They moved to June" in history
    assert "Cancelled" in history
    assert history.index("Cancelled") < history.index("Booked")


def test_cancelling_twice_is_one_step(desk):
    booking = factories.booking()
    for _ in range(2):
        deals.stop_booking(booking, by=None, at=timezone.now())
    assert steps(booking) == [("", "booked", ""), ("booked", "cancelled", "")]


def test_cancelling_gives_back_the_days_that_are_left_and_none_that_ran():
    first, last = date(2026, 12, 7), date(2026, 12, 13)
    with time_machine.travel("2026-12-09T12:00:00Z", tick=False):
        booking = factories.booking(first_day=first, last_day=last)
        deals.stop_booking(booking, by=None, at=timezone.now())
    taken = booking.position.days.filter(used=100).values_list("day", flat=True).order_by("day")
    assert list(taken) == [date(2026, 12, 7), date(2026, 12, 8)]


def test_cancelling_what_has_ended_gives_nothing_back():
    booking = factories.booking(first_day=date(2026, 12, 7), last_day=date(2026, 12, 8))
    with time_machine.travel("2026-12-20T12:00:00Z", tick=False):
        deals.stop_booking(booking, by=None, at=timezone.now())
    assert booking.position.days.filter(used=100).count() == 2


def test_the_database_knows_the_statuses_of_a_booking():
    booking = factories.booking()
    with pytest.raises(IntegrityError, match="booking_status_is_known"):
        Booking.objects.filter(pk=booking.pk).update(status="gone")


@pytest.mark.parametrize(
    ("first", "last", "field", "says"),
    [
        (-1, 5, "first_day", "Choose today or a later day."),
        (800, 801, "first_day", "Choose a day within the next two years."),
        (1, 800, "last_day", "Choose a day within the next two years."),
        (1, 2_900_000, "last_day", "Choose a day within the next two years."),
        (5, 4, "last_day", "The last day lies before the first."),
    ],
)
@pytest.mark.parametrize("price", ["", "100"])
def test_days_that_cannot_be_booked_are_refused_by_their_field(desk, first, last, field, says, price):
    today = timezone.localdate()
    days = {
        "first_day": (today + timedelta(days=first)).isoformat(),
        "last_day": (today + timedelta(days=last)).isoformat(),
    }
    response = desk.post(ADD, filled(**days, price=price, advertiser=factories.advertiser().pk))
    assert errors(response)[field] == [says]
    assert Booking.objects.count() == 0


def test_artwork_is_added_to_a_booking_that_runs_already(desk):
    booking = factories.booking(first_day=timezone.localdate() - timedelta(days=3))
    assert desk.post(f"/admin/ads/booking/{booking.pk}/change/", {}).status_code == 302


def test_two_years_are_taken_and_given_back_with_short_queries():
    today = timezone.localdate()
    last = today + timedelta(days=730)
    with CaptureQueriesContext(connection) as queries:
        ledger.take(factories.position(), today, last)
        ledger.give_back(factories.position(), today, last)
    assert max(len(q["sql"]) for q in queries if q["sql"].startswith("UPDATE")) < 400


def test_a_material_whose_file_is_gone_is_refused_by_its_field(desk):
    place = factories.position()
    art = factories.jpeg(*place.size)
    wish = sales.Wish(position=place, file=art, file_name="a.jpg", file_format="JPEG", size=place.size)
    request = factories.ad_request([wish])
    material = request.material.get()
    material.file.storage.delete(material.file.name)
    data = filled(request=request.pk, material=material.pk, alt="Bread", click_url="https://bakery.example/")
    response = desk.post(ADD, data)
    assert response.status_code == 200
    assert errors(response) == {"material": ["This file is gone from the disk. Choose another, or ask for it again."]}
    assert Booking.objects.count() == 0


def test_a_booking_that_is_refused_puts_no_firm_on_file(desk):
    factories.booking()
    request = factories.ad_request(company="Teneru Mills")
    assert desk.post(ADD, filled(request=request.pk)).status_code == 409
    assert not Advertiser.objects.filter(company="Teneru Mills").exists()
    assert AdRequest.objects.get(pk=request.pk).advertiser is None


def test_a_booking_from_a_request_puts_its_firm_on_file(desk):
    request = factories.ad_request(company="Teneru Mills")
    assert desk.post(ADD, filled(request=request.pk)).status_code == 302
    assert Booking.objects.get().advertiser == Advertiser.objects.get(company="Teneru Mills")


def test_a_booking_for_nobody_is_a_mistake_of_the_caller():
    today = timezone.localdate()
    with pytest.raises(ValueError, match="advertiser"):
        sales.book(
            position=factories.position(), first_day=today, last_day=today, price=Decimal(1), by=None, at=timezone.now()
        )
    assert not PositionDay.objects.filter(used__gt=0).exists()


@pytest.mark.parametrize("change", [{"place": "moon"}, {"pages": "some"}])
def test_the_database_knows_where_positions_stand(change):
    [field] = change
    with pytest.raises(IntegrityError, match=f"position_{field}_is_known"):
        Position.objects.filter(code="top-728x90").update(**change)


def test_the_desk_books_a_share_or_a_number_at_the_price_of_that(desk):
    place = factories.position()
    Position.objects.filter(pk=place.pk).update(
        weekly_impressions=20_000, price_per_week=Decimal(100), price_per_thousand=Decimal(2)
    )
    firm = factories.advertiser().pk
    for what in ({"share": "25"}, {"impressions": "5000"}, {"share": "10", "impressions": "1000"}):
        assert desk.post(ADD, filled(advertiser=firm, **what)).status_code == 302
    bought = Booking.objects.order_by("pk").values_list("share", "impressions", "price")
    assert list(bought) == [(25, None, Decimal(25)), (0, 5000, Decimal(10)), (0, 1000, Decimal(2))]
    assert [booking.bought for booking in Booking.objects.order_by("pk")] == [
        "25 %",
        "5,000 impressions",
        "1,000 impressions",
    ]
    assert desk.post(ADD, filled(advertiser=firm, share="75")).status_code == 409
    for what, field, says in (
        ({"share": "0"}, "share", "A share is from 1 to 100."),
        ({"share": "101"}, "share", "A share is from 1 to 100."),
        ({"impressions": "0"}, "impressions", "Write a number above zero."),
    ):
        assert errors(desk.post(ADD, filled(advertiser=firm, **what)))[field] == [says]


def test_the_publisher_says_how_often_a_position_is_shown(client):
    client.force_login(factories.user("Publisher"))
    html = client.get(f"/admin/ads/position/{factories.position().pk}/change/").content.decode()
    assert "Until seven days were counted your estimate stands" in html


def cells(response) -> dict[str, list[str]]:
    """The words of each column of a list in the admin."""
    found = re.findall(r'class="field-(\w+)[^"]*"[^>]*>(.*?)</t[dh]>', response.content.decode(), re.DOTALL)
    columns: dict[str, list[str]] = {}
    for name, html in found:
        columns.setdefault(name, []).append(" ".join(strip_tags(html).split()))
    return columns


def test_the_list_says_what_came_of_what_was_bought_and_whether_artwork_is_there(desk):
    with time_machine.travel("2026-12-09T12:00:00Z", tick=False):
        Position.objects.update(weekly_impressions=14_000)
        factories.booking(first_day=date(2026, 12, 7), last_day=date(2026, 12, 13), share=0, impressions=1000)
        factories.booking("top-728x90", first_day=date(2026, 12, 14), last_day=date(2026, 12, 20), art=None)
        columns = cells(desk.get("/admin/ads/booking/"))
    names = ["position", "sold", "pacing", "artwork", "paid"]
    assert sorted(zip(*(columns[name] for name in names), strict=True)) == [
        ("Leaderboard 728×90", "100 %", "–", "Missing", "–"),
        ("Medium rectangle 300×250", "1,000 impressions", "0 % behind", "Approved", "–"),
    ]


def test_the_list_says_how_much_of_its_deal_was_paid(desk):
    invoice = factories.invoice()
    paid = {"paid_on": timezone.localdate(), "by": None, "at": timezone.now()}
    assert cells(desk.get("/admin/ads/booking/"))["paid"] == ["Not paid"]
    billing.pay(invoice, amount=Decimal(1), **paid)
    assert cells(desk.get("/admin/ads/booking/"))["paid"] == [f"1.00 of {invoice.total:,.2f}"]
    billing.pay(invoice, amount=invoice.total - 1, **paid)
    assert cells(desk.get("/admin/ads/booking/"))["paid"] == ["Paid"]


def test_what_was_typed_before_the_other_way_of_selling_was_chosen_is_left_out(desk):
    Position.objects.update(weekly_impressions=14_000)
    typed = {"share": "30", "impressions": "900", "advertiser": factories.advertiser().pk}
    desk.post(ADD, filled(sold_by="share", **typed))
    desk.post(ADD, filled(sold_by="number", position=factories.position("top-728x90").pk, **typed))
    assert list(Booking.objects.order_by("pk").values_list("share", "impressions")) == [(30, None), (0, 900)]


def test_a_number_is_asked_for_where_numbers_are_sold(desk):
    response = desk.post(ADD, filled(sold_by="number", advertiser=factories.advertiser().pk))
    assert errors(response)["impressions"] == ["Write a number above zero."]


@pytest.mark.parametrize(
    ("language", "days"), [("en", "7 Dec 2026 – 13 Dec 2026"), ("ar", "7 ديسمبر 2026 – 13 ديسمبر 2026")]
)
def test_a_booking_is_named_after_its_days_in_the_language_of_who_reads(language, days):
    with time_machine.travel("2026-12-01T12:00:00Z", tick=False):
        booking = factories.booking(first_day=date(2026, 12, 7), last_day=date(2026, 12, 13))
    with translation.override(language):
        assert str(booking).rpartition(" · ")[2] == days
