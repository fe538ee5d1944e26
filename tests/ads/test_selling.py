"""Many sellers at once, and any sequence of what may happen to what was sold: nothing is ever sold twice."""

import contextlib
import random
import threading
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from ads import availability, deals, holds, ledger, quoting, sales
from ads.models import AdRequest, Booking, Hold, PositionDay, Quote, QuoteLine
from tests import factories
from tests.ads.test_outlook import can_be_kept

FIRST, LAST = date(2027, 1, 4), date(2027, 1, 10)
OF_THREADS = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def offer(*, share: int | None = 100, impressions: int | None = None, first=FIRST, last=LAST, at=None) -> Quote:
    """A draft of one line: a share, or a number of impressions."""
    at = at or timezone.now()
    quote = factories.draft_quote(factories.ad_request(first_day=first, last_day=last, at=at), at=at)
    if impressions:
        kind = {"kind": QuoteLine.Kind.IMPRESSIONS, "share": None, "impressions": impressions}
    else:
        kind = {"share": share}
    quote.lines.update(**kind)
    return quote


def book(**what) -> Booking:
    return sales.book(
        position=factories.position(),
        first_day=FIRST,
        last_day=LAST,
        price=Decimal(1),
        by=None,
        at=timezone.now(),
        advertiser=factories.advertiser(),
        **what,
    )


def rush(attempts) -> Counter:
    """All of them at the same moment, each in a thread with a connection of its own, of which 24 may be open."""
    gate, connections, said = threading.Barrier(len(attempts)), threading.Semaphore(24), []

    def act(attempt) -> None:
        gate.wait()
        with connections:
            try:
                attempt()
                said.append("sold")
            except ledger.SoldOut:
                said.append("sold out")
            except Exception as error:
                said.append(repr(error))
            finally:
                connection.close()

    threads = [threading.Thread(target=act, args=[attempt]) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(said)


@OF_THREADS
def test_of_two_hundred_takers_exactly_one_gets_the_last_week():
    place = factories.position()
    assert rush([lambda: ledger.take(place, FIRST, LAST)] * 200) == {"sold": 1, "sold out": 199}
    assert list(place.days.values_list("used", flat=True)) == [100] * 7


@OF_THREADS
def test_of_two_hundred_offers_sent_at_once_exactly_one_holds_the_last_week():
    at = timezone.now()
    quotes = [offer(at=at) for _ in range(200)]
    said = rush([lambda quote=quote: quoting.send(quote, by=None, at=at) for quote in quotes])
    assert said == {"sold": 1, "sold out": 199}
    assert Hold.objects.count() == Quote.objects.filter(status="sent").count() == 1
    assert set(PositionDay.objects.values_list("used", "held")) == {(100, 100)}


@OF_THREADS
def test_of_many_who_want_a_quarter_exactly_four_get_it_by_whatever_door():
    at = timezone.now()
    drafts = [offer(share=25, at=at) for _ in range(30)]
    doors = [lambda quote=quote: quoting.send(quote, by=None, at=at) for quote in drafts]
    doors += [lambda: book(share=25)] * 30
    random.Random(4).shuffle(doors)
    assert rush(doors) == {"sold": 4, "sold out": 56}
    assert set(PositionDay.objects.values_list("used", flat=True)) == {100}


@OF_THREADS
def test_impressions_are_never_promised_over_the_number_and_leave_their_room_to_no_share():
    place = factories.position()
    place.weekly_impressions = 10_000
    place.save()
    at = timezone.now()
    drafts = [offer(impressions=1_500, at=at) for _ in range(20)]
    doors = [lambda quote=quote: quoting.send(quote, by=None, at=at) for quote in drafts]
    doors += [lambda: book(impressions=1_500)] * 20 + [lambda: book(share=10)] * 20
    random.Random(4).shuffle(doors)
    said = rush(doors)
    assert set(said) == {"sold", "sold out"}
    promised = 1_500 * (Hold.objects.count() + Booking.objects.filter(impressions=1_500).count())
    shares = 10 * Booking.objects.filter(share=10).count()
    left = 8_000 - 80 * shares - promised
    assert 0 <= left < 800  # not another ten percent: all that could be sold was
    assert said["sold"] == promised / 1_500 + shares / 10


@OF_THREADS
def test_two_deals_that_need_the_same_positions_in_another_order_both_go_on():
    at = timezone.now()
    codes = ["foot-300x250", "top-728x90", "home-970x250"]
    quotes = []
    for n in range(10):
        wishes = [sales.Wish(position=factories.position(code)) for code in (codes if n % 2 else reversed(codes))]
        request = factories.ad_request(wishes, first_day=FIRST, last_day=LAST, at=at)
        quote = factories.draft_quote(request, at=at)
        quote.lines.update(share=10)
        quotes.append(quote)
    assert rush([lambda quote=quote: quoting.send(quote, by=None, at=at) for quote in quotes]) == {"sold": 10}
    assert rush([lambda quote=quote: quoting.accept(quote, name="Ada", at=at) for quote in quotes]) == {"sold": 10}
    assert set(PositionDay.objects.values_list("used", "held")) == {(100, 0)}


@pytest.mark.django_db
def test_a_share_that_would_break_a_promise_is_refused_in_words_and_leaves_nothing():
    place = factories.position()
    place.weekly_impressions = 10_000
    place.save()
    book(impressions=6_000)
    with pytest.raises(ledger.SoldOut, match="beside them 25 % can still be taken"):
        book(share=26)
    assert not PositionDay.objects.filter(used__gt=0).exists()
    assert book(share=25).share == 25
    assert availability.free_impressions(place, FIRST, LAST) == 0
    with pytest.raises(ledger.SoldOut, match="can still take 0 impressions"):
        book(impressions=1)


@pytest.mark.django_db
def test_a_position_without_an_estimate_is_not_sold_by_number():
    with pytest.raises(ledger.SoldOut, match="not sold by number"):
        book(impressions=1)


@pytest.mark.django_db
def test_a_booking_takes_over_what_an_offer_held_past_its_time():
    at = timezone.now()
    quoting.send(offer(at=at), by=None, at=at, valid_until=at + timedelta(seconds=1))
    with pytest.raises(ledger.SoldOut):
        book()
    later = at + timedelta(seconds=1)
    booking = sales.book(
        position=factories.position(),
        first_day=FIRST,
        last_day=LAST,
        price=Decimal(1),
        by=None,
        at=later,
        advertiser=factories.advertiser(),
    )
    assert (booking.share, booking.impressions) == (100, None)


@pytest.mark.django_db
def test_cancelling_a_quarter_gives_back_a_quarter():
    kept, cancelled = book(share=50), book(share=25)
    assert set(PositionDay.objects.values_list("used", flat=True)) == {75}
    deals.stop_booking(cancelled, by=None, at=timezone.now())
    assert set(PositionDay.objects.values_list("used", flat=True)) == {50}
    assert kept.position.days.count() == 7


def test_prices_follow_the_share_and_the_number(db):
    place = factories.position()
    place.price_per_week, place.price_per_thousand = Decimal("100.00"), Decimal("2.50")
    assert sales.price_for(place, FIRST, LAST) == Decimal("100.00")
    assert sales.price_for(place, FIRST, LAST + timedelta(days=1), share=25) == Decimal("50.00")
    assert sales.price_for(place, FIRST, LAST, impressions=50_500) == Decimal("126.25")


STEPS = st.tuples(
    st.sampled_from(["send", "send", "book", "accept", "withdraw", "renew", "expire", "cancel", "stop"]),
    st.integers(0, 9),
    st.integers(0, 5),
    st.sampled_from([(10, None), (25, None), (50, None), (100, None), (None, 300), (None, 1_000)]),
)


class SellingProperties(HypothesisTestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(STEPS, max_size=12))
    def test_whatever_happens_no_day_is_oversold_and_every_hold_returns(self, steps):
        self.place = factories.position()
        self.place.weekly_impressions = 1_750  # 200 a day may be sold
        self.place.save()
        self.at = datetime(2026, 12, 1, 9, tzinfo=timezone.get_current_timezone())
        for step, start, length, (share, impressions) in steps:
            self.first, self.last = FIRST + timedelta(days=start), FIRST + timedelta(days=start + length)
            self.at += timedelta(hours=1)
            with contextlib.suppress(ledger.SoldOut):
                getattr(self, step)(start, share, impressions)
            self.check_the_books()
        for quote in Quote.objects.filter(status="sent"):
            quoting.withdraw(quote, by=None, at=self.at)
        for booking in Booking.objects.all():
            deals.stop_booking(booking, by=None, at=self.at)
        assert not PositionDay.objects.exclude(used=0, held=0).exists()
        assert not Hold.objects.filter(state=Hold.State.HELD).exists()

    def send(self, _n, share, impressions):
        quote = offer(share=share, impressions=impressions, first=self.first, last=self.last, at=self.at)
        quoting.send(quote, by=None, at=self.at, valid_until=self.at + timedelta(hours=3))

    def book(self, _n, share, impressions):
        sales.book(
            position=self.place,
            first_day=self.first,
            last_day=self.last,
            price=Decimal(1),
            by=None,
            at=self.at,
            advertiser=factories.advertiser(),
            share=share or 100,
            impressions=impressions,
        )

    def one_of(self, rows, n):
        rows = list(rows.order_by("pk"))
        return rows[n % len(rows)] if rows else None

    def accept(self, n, *_what):
        if quote := self.one_of(Quote.objects.filter(status="sent", valid_until__gt=self.at), n):
            quoting.accept(quote, name="Ada", at=self.at)

    def withdraw(self, n, *_what):
        if quote := self.one_of(Quote.objects.filter(status="sent"), n):
            quoting.withdraw(quote, by=None, at=self.at)

    def renew(self, n, share, _impressions):
        """A new version replaces the open one, and wants another share."""
        if quote := self.one_of(Quote.objects.filter(status="sent"), n):
            newer = quoting.begin(quote.request, by=None, at=self.at)
            newer.lines.filter(kind="weeks").update(share=share or 10)
            quoting.send(newer, by=None, at=self.at, valid_until=self.at + timedelta(hours=3))

    def expire(self, *_what):
        self.at += timedelta(hours=2)
        quoting.expire_due(self.at)
        holds.expire_due(self.at)

    def cancel(self, n, *_what):
        if request := self.one_of(AdRequest.objects.filter(status__in=["quoted", "accepted"]), n):
            deals.cancel(request, by=None, at=self.at)

    def stop(self, n, *_what):
        if booking := self.one_of(Booking.objects.filter(status="booked"), n):
            deals.stop_booking(booking, by=None, at=self.at)

    def check_the_books(self):
        used, held, promises = Counter(), Counter(), []
        rows = [(hold, True) for hold in Hold.objects.filter(state=Hold.State.HELD)]
        rows += [(booking, False) for booking in Booking.objects.filter(status="booked")]
        for row, is_held in rows:
            for day in ledger.days_between(row.first_day, row.last_day):
                used[day] += row.share
                held[day] += row.share if is_held else 0
            if row.impressions:
                promises.append(((row.first_day - FIRST).days, (row.last_day - FIRST).days, row.impressions))
        assert {row.day: (row.used, row.held) for row in PositionDay.objects.filter(used__gt=0)} == {
            day: (amount, held[day]) for day, amount in used.items() if amount
        }
        assert max(used.values(), default=0) <= 100
        room = [Fraction(200 * (100 - used[FIRST + timedelta(days=n)]), 100) for n in range(20)]
        assert can_be_kept(room, promises)
