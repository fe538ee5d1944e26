"""Prices by day: on the rate card, for bookings and in quotes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ads import prices, quoting, sales
from ads.models import Position, PositionPrice, PostPrice, QuoteLine, Service
from tests import factories

pytestmark = pytest.mark.django_db

NEW_YEAR = date(2027, 1, 1)


def dearer(position: Position, from_day: date, week: str = "150", thousand: str = "5") -> PositionPrice:
    return PositionPrice.objects.create(
        position=position, from_day=from_day, price_per_week=Decimal(week), price_per_thousand=Decimal(thousand)
    )


def test_a_flight_costs_what_the_card_says_for_the_day_it_begins():
    place = factories.position()
    dearer(place, NEW_YEAR)
    dearer(place, NEW_YEAR + timedelta(days=31), week="170")
    eve = NEW_YEAR - timedelta(days=1)
    assert prices.of_position(place, eve).per_week == Decimal("110")
    assert prices.of_position(place, NEW_YEAR).per_week == Decimal("150")
    assert prices.of_position(place, NEW_YEAR + timedelta(days=40)).per_week == Decimal("170")
    # Three weeks begun, all at the price of the first day.
    assert sales.price_for(place, eve, eve + timedelta(days=14)) == Decimal("330")


def test_a_price_that_the_publisher_dated_is_no_example():
    place = factories.position()
    dearer(place, NEW_YEAR)
    found = [prices.of_position(place, day).is_example for day in (NEW_YEAR - timedelta(days=1), NEW_YEAR)]
    assert found == [True, False]


def test_a_post_costs_by_who_writes_and_by_day():
    product = factories.product()
    PostPrice.objects.create(product=product, from_day=NEW_YEAR, price=Decimal("120"), newsroom_price=Decimal("300"))
    old, new = NEW_YEAR - timedelta(days=1), NEW_YEAR
    assert prices.of_post(product, old) == prices.PostRate(Decimal("100"), None)
    assert prices.of_post(product, new) == prices.PostRate(Decimal("120"), Decimal("300"))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"kind": "weeks", "share": 100}, "110.00"),
        ({"kind": "weeks", "share": 33}, "36.30"),
        ({"kind": "weeks", "share": 1}, "1.10"),
        ({"kind": "impressions", "impressions": 12_345}, "3.50"),
        ({"kind": "newsletter"}, "40.00"),
        ({"kind": "social"}, "25.00"),
    ],
)
def test_one_of_a_line_costs_what_the_card_says(fields, expected):
    if fields["kind"] in QuoteLine.Kind.of_positions():
        fields = {**fields, "position": factories.position(), "first_day": NEW_YEAR, "last_day": NEW_YEAR}
    line = QuoteLine(**fields)
    assert str(prices.of_line(line, services=prices.services(), day=NEW_YEAR)) == expected


def test_design_is_a_quote_of_its_own_until_it_has_a_price():
    line = QuoteLine(kind="design")
    assert prices.of_line(line, services=prices.services(), day=NEW_YEAR) is None


@pytest.mark.parametrize("start", ["", "/ar"])
def test_the_rate_card_shows_todays_price_what_is_coming_and_the_services(client, start):
    place = factories.position()
    today = timezone.localdate()
    dearer(place, today, week="131")
    dearer(place, today + timedelta(days=400), week="177")
    dearer(place, today + timedelta(days=500), week="199")
    Service.objects.filter(kind="social").update(is_active=False)
    html = client.get(f"{start}/partners/").content.decode()
    assert "$131" in html
    assert "$177" in html
    assert "$199" not in html
    assert "$40" in html
    assert ("إشارة في النشرة البريدية" if start else "Newsletter mention") in html
    assert ("مشاركة على وسائل التواصل" if start else "Social share") not in html


def test_the_rate_card_asks_as_often_with_many_dated_prices(client):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get("/partners/")
        return len(found)

    client.get("/partners/")
    before = queries()
    for place in Position.objects.all():
        for months in range(4):
            dearer(place, NEW_YEAR + timedelta(days=31 * months))
    assert queries() == before


def test_a_draft_is_priced_on_the_day_its_flight_begins():
    dearer(factories.position(), NEW_YEAR)
    request = factories.ad_request(first_day=NEW_YEAR, last_day=NEW_YEAR + timedelta(days=13))
    line = quoting.begin(request, by=None, at=timezone.now()).lines.get()
    assert (line.quantity, line.unit_price, line.net) == (2, Decimal("150.00"), Decimal("300.00"))


def test_publishers_set_dated_prices_and_services_and_the_desk_reads_them(client):
    place, service = factories.position(), Service.objects.get(kind="design")
    form = {
        "name": "Medium rectangle", "where": "Below", "price_per_week": "110", "price_per_thousand": "3.50",
        "currency": "USD", "is_active": "on", "max_kilobytes": "150", "order": "6",
        "dated_prices-TOTAL_FORMS": "1", "dated_prices-INITIAL_FORMS": "0",
        "dated_prices-0-from_day": "2027-01-01", "dated_prices-0-price_per_week": "150",
        "dated_prices-0-price_per_thousand": "5",
    }  # fmt: skip
    client.force_login(factories.user("Ad manager"))
    assert client.post(f"/admin/ads/position/{place.pk}/change/", form).status_code == 403
    assert client.get(f"/admin/ads/service/{service.pk}/change/").status_code == 200
    assert client.post(f"/admin/ads/service/{service.pk}/change/", {"price": "60"}).status_code == 403
    client.force_login(factories.user("Publisher"))
    assert client.post(f"/admin/ads/position/{place.pk}/change/", form).status_code == 302
    assert place.dated_prices.get().price_per_week == Decimal("150")
    twice = form | {
        "dated_prices-TOTAL_FORMS": "2", "dated_prices-INITIAL_FORMS": "1",
        "dated_prices-0-id": str(place.dated_prices.get().pk), "dated_prices-0-position": str(place.pk),
        "dated_prices-1-from_day": "2027-01-01", "dated_prices-1-price_per_week": "151",
        "dated_prices-1-price_per_thousand": "5",
    }  # fmt: skip
    assert client.post(f"/admin/ads/position/{place.pk}/change/", twice).status_code == 200
    assert place.dated_prices.count() == 1
