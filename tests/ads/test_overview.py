"""The publisher sees what was sold and delivered, how full the positions are, and what to sell next."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from ads import deals, overview, plan
from ads.models import AdRequest, Booking, DayCount, Position, SealedDay
from ads.models.event import Kind
from tests import factories

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/ads/overview/"
# A Wednesday.
NOW = datetime(2026, 11, 25, 12, tzinfo=timezone.get_default_timezone())
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _a_wednesday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def publisher(client):
    client.force_login(factories.user("Publisher"))
    return client


def book(first: date, last: date, price: int, **fields) -> Booking:
    """A booking of any days, those that are over too."""
    values = {"position": factories.position(), "advertiser": factories.advertiser(), "booked_at": NOW, "share": 100}
    return Booking.objects.create(**values | {"first_day": first, "last_day": last, "price": price} | fields)


def count(kind: Kind, number: int, day: date = TODAY - timedelta(days=1), **fields) -> None:
    SealedDay.objects.get_or_create(
        day=day, defaults={"rows": 0, "events": 0, "method": 1, "seal": str(day), "sealed_at": NOW}
    )
    DayCount.objects.create(day=day, kind=kind, number=number, position=factories.position().pk, **fields)


def months() -> list[tuple[str, str, str, str]]:
    return [
        (f"{row.month:%Y-%m}", row.currency, str(row.booked), str(row.delivered)) for row in overview.months_of(NOW)
    ]


def test_flights_are_spread_over_their_months_by_the_day():
    book(date(2026, 10, 30), date(2026, 11, 8), 100)
    deals.stop_booking(factories.booking(first_day=TODAY, last_day=TODAY), by=None, at=NOW)
    assert months() == [("2026-10", "USD", "20.00", "0"), ("2026-11", "USD", "80.00", "0")]
    count(Kind.SERVED, 1, date(2026, 11, 3))
    assert months() == [("2026-10", "USD", "20.00", "20.00"), ("2026-11", "USD", "80.00", "30.00")]


def test_impressions_are_delivered_as_they_count_and_never_beyond_what_was_bought():
    goal = book(date(2026, 11, 1), date(2026, 11, 30), 30, share=0, impressions=3_000)
    count(Kind.RENDER, 1_000, line=goal.pk)
    count(Kind.RENDER, 500, line=goal.pk, reason=1)
    assert months() == [("2026-11", "USD", "30.00", "10.00")]
    count(Kind.RENDER, 9_000, TODAY - timedelta(days=2), line=goal.pk)
    assert months() == [("2026-11", "USD", "30.00", "30.00")]


def test_other_currencies_stand_apart_and_posts_are_delivered_with_their_deal(publisher):
    book(date(2026, 11, 1), date(2026, 11, 2), 7, currency="EUR")
    deal = factories.post_deal()
    assert months() == [("2026-11", "EUR", "7.00", "0"), ("2026-11", "USD", "100.00", "0")]
    AdRequest.objects.filter(pk=deal.pk).update(status="delivered")
    assert months()[1] == ("2026-11", "USD", "100.00", "100.00")
    found = publisher.get(ADDRESS).context["overview"]
    assert ([row.currency for row in found.months], [row.currency for row in found.others]) == (["USD"], ["EUR"])


def test_fill_and_price_per_thousand_by_position(publisher):
    line = book(date(2026, 11, 1), date(2026, 11, 30), 300)
    count(Kind.SERVED, 8_000, line=line.pk)
    count(Kind.SERVED, 1_000, house=1)
    count(Kind.SERVED, 1_000)
    count(Kind.RENDER, 7_000, line=line.pk)
    count(Kind.RENDER, 900, house=1)
    found = publisher.get(ADDRESS).context["overview"]
    fill = next(one for one in found.fills if one.position.code == "foot-300x250")
    assert (fill.opportunities, fill.paid_percent, fill.house_percent, fill.empty_percent) == (10_000, 70, 9, 10)
    # 24 of its 30 days lie in the four weeks until yesterday.
    assert (fill.revenue, fill.per_thousand) == (Decimal("240.00"), Decimal("34.29"))
    assert (found.fill_first, found.fill_last) == (date(2026, 10, 28), date(2026, 11, 24))


def test_what_to_sell_next_is_what_is_free_at_the_prices_of_the_card(publisher):
    Position.objects.exclude(code="foot-300x250").update(is_active=False)
    Position.objects.update(price_per_week=100, price_per_thousand=2, weekly_impressions=10_000)
    plan.forget()
    tomorrow = TODAY + timedelta(days=1)
    factories.booking(first_day=tomorrow, last_day=tomorrow + timedelta(days=6), share=75)
    [offer] = publisher.get(ADDRESS).context["overview"].offers
    week, fortnight = offer.windows
    assert (week.share, week.share_value, week.impressions, week.impressions_value) == (25, 25, 2_000, 4)
    assert (fortnight.share, fortnight.share_value, fortnight.impressions) == (25, 50, 10_000)


def test_who_booked_before_and_who_waits_are_named(publisher):
    gone = factories.advertiser(company="Teneru Mills")
    book(date(2026, 10, 1), date(2026, 10, 7), 100, advertiser=gone)
    back = factories.advertiser(company="Harbour Radio")
    book(date(2026, 10, 1), date(2026, 10, 7), 100, advertiser=back)
    book(date(2026, 12, 1), date(2026, 12, 7), 100, advertiser=back, position=factories.position("top-728x90"))
    talking = factories.advertiser(company="Dune Bakery")
    book(date(2026, 10, 1), date(2026, 10, 7), 100, advertiser=talking)
    AdRequest.objects.filter(pk=factories.ad_request().pk).update(advertiser=talking)
    taken = factories.booking(first_day=date(2027, 1, 4), last_day=date(2027, 1, 10))
    factories.waiting_entry(taken, company="Palm Press")
    found = publisher.get(ADDRESS)
    assert [(one.firm.company, one.last_day) for one in found.context["overview"].lapsed] == [
        ("Teneru Mills", date(2026, 10, 7))
    ]
    html = found.content.decode()
    assert "<bdi>Teneru Mills</bdi></a> · until 7 Oct 2026" in html
    assert "<bdi>Palm Press</bdi></a>" in html


def test_an_empty_desk_says_what_will_stand_here(publisher):
    html = publisher.get(ADDRESS).content.decode()
    assert "Nothing is booked in these two years." in html
    assert "Nobody waits for a position." in html
    assert "overview__scroll" not in html


def test_the_table_can_be_downloaded(publisher):
    book(date(2026, 11, 1), date(2026, 11, 10), 100)
    response = publisher.get(f"{ADDRESS}months.csv")
    assert b"".join(response).decode("utf-8-sig").splitlines() == [
        "month,currency,booked,delivered",
        "2026-11,USD,100.00,0",
    ]


def test_bars_are_mirrored_where_text_runs_the_other_way():
    rows = [overview.Month(date(2026, n, 1), "USD", Decimal(100 * n), Decimal(50)) for n in (1, 2)]
    drawn = overview.bars(rows)
    assert [(bar.x, bar.delivered_x, bar.booked_height) for bar in drawn] == [("8", "24", "70"), ("56", "72", "140")]
    mirrored = overview.bars(rows, is_mirrored=True)
    assert [(bar.x, bar.delivered_x) for bar in mirrored] == [("72", "56"), ("24", "8")]


def test_the_navigation_leads_there(publisher):
    assert f'href="{ADDRESS}"' in publisher.get("/admin/").content.decode()


def test_thirty_of_everything_ask_no_more_than_one(publisher, django_assert_num_queries):
    Position.objects.update(weekly_impressions=70_000)

    def fill(times: int) -> None:
        for n in range(times):
            since = TODAY - timedelta(days=20 + n)
            line = book(since, since + timedelta(days=5), 10)
            goal = book(since, TODAY + timedelta(days=n), 10, share=0, impressions=100)
            count(Kind.SERVED, 1, line=line.pk)
            count(Kind.RENDER, 1, line=goal.pk)
            factories.post_deal()

    fill(1)
    publisher.get(ADDRESS)
    for more in (0, 29):
        fill(more)
        plan.forget()
        with django_assert_num_queries(QUERIES):
            assert publisher.get(ADDRESS).status_code == 200


QUERIES = 33
