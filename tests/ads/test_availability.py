"""What is said to be free can be placed, and one more cannot: with real rows, against a flow that tries everything."""

from collections import deque
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import lcm

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from ads import availability, forecast, ledger
from ads.models import Booking, DayCount, ForecastDay, Hold, PositionDay, Targeting
from ads.models.event import Kind
from ads.page_key import Page
from ads.targeting import ANYWHERE, Where
from tests import factories

TODAY = date(2027, 3, 3)
DAYS = 8
ARABIC = Where(language=2)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def placeable(room: list[Fraction], promises: list[tuple[int, int, int]]) -> bool:
    """Whether promises (first, last, number) find room on their days: as a flow from promises to days, which is
    enlarged by any path there is until there is none."""
    scale = lcm(*{amount.denominator for amount in room})
    source, sink = "source", "sink"
    edges: dict[object, dict[object, int]] = {source: {}, sink: {}}
    for n, amount in enumerate(room):
        edges["day", n] = {sink: int(amount * scale)}
        edges[sink]["day", n] = 0
    for n, (first, last, number) in enumerate(promises):
        edges[source]["promise", n] = number * scale
        edges["promise", n] = {source: 0}
        for d in range(max(first, 0), last + 1):
            edges["promise", n]["day", d] = number * scale
            edges["day", d]["promise", n] = 0
    while True:
        came, waiting = {source: source}, deque([source])
        while waiting and sink not in came:
            here = waiting.popleft()
            for there, left in edges[here].items():
                if left and there not in came:
                    came[there] = here
                    waiting.append(there)
        if sink not in came:
            return not any(edges[source].values())
        path = [sink]
        while path[-1] != source:
            path.append(came[path[-1]])
        steps = list(zip(path[1:], path, strict=False))
        most = min(edges[a][b] for a, b in steps)
        for a, b in steps:
            edges[a][b] -= most
            edges[b][a] += most


spans = st.tuples(st.integers(0, DAYS - 1), st.integers(0, DAYS - 1)).map(sorted)
# Days from some that are over to the last; how many were bought, and how many of them came.
promised = st.tuples(st.integers(-5, DAYS - 1), st.integers(-2, DAYS - 1), st.integers(1, 150), st.integers(0, 150))


class AvailabilityProperties(HypothesisTestCase):
    def setUp(self):
        self.place = factories.position()
        quote = factories.draft_quote()
        self.lines = [quote.lines.create(kind="design", quantity=1, unit_price=1) for _ in range(3)]
        self.firm = factories.advertiser()

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(st.integers(1, 3), min_size=7, max_size=7),
        st.lists(st.sampled_from([0, 0, 25, 60, 100]), min_size=DAYS, max_size=DAYS),
        st.lists(promised, max_size=5),
        st.lists(st.tuples(spans, st.integers(1, 40)), max_size=2),
        st.integers(0, 23),
        spans,
    )
    def test_the_free_number_and_the_free_share_fit_and_one_more_does_not(self, week, used, bookings, held, hour, span):
        at = datetime(2027, 3, 3, hour, tzinfo=timezone.get_default_timezone())
        self.write(week, used)
        promises = []
        for n, ((first, last), number) in enumerate(held):
            Hold.objects.create(
                line=self.lines[n], position=self.place, first_day=day(first), last_day=day(last),
                impressions=number, expires_at=at,
            )  # fmt: skip
            promises.append((first, last, number))
        for first, last, number, had in bookings:
            if last < first:
                continue
            booking = self.book(first, last, number)
            if first <= 0 and had:
                factories.hour_count(
                    Kind.RENDER, had, at=at - timedelta(hours=1), line=booking.pk, position=self.place.pk
                )
            left = number - had if first <= 0 else number
            if last >= 0 and left > 0:
                promises.append((first, last, left))
        expected = [Fraction(8, 10) * 24 * week[day(n).weekday()] for n in range(DAYS)]
        expected[0] = Fraction(8, 10) * (24 - hour) * week[TODAY.weekday()]
        room = [amount * (100 - taken) / 100 for amount, taken in zip(expected, used, strict=True)]
        first, last = span
        free = availability.free_impressions(self.place, day(first), day(last), at=at)
        share = availability.free_share(self.place, day(first), day(last), at=at)
        if not placeable(room, promises):
            # More is promised than can come: at least nothing is sold where that would make it worse.
            assert placeable(room, [(first, last, free)])
            return
        assert placeable(room, [*promises, (first, last, free)])
        assert not placeable(room, [*promises, (first, last, free + 1)])

        def fits(share: int) -> bool:
            after = [taken + share if first <= n <= last else taken for n, taken in enumerate(used)]
            rest = [amount * (100 - taken) / 100 for amount, taken in zip(expected, after, strict=True)]
            return max(after) <= 100 and placeable(rest, promises)

        assert fits(share)
        assert share == 100 or not fits(share + 1)

    def write(self, week: list[int], used: list[int]) -> None:
        forecast.forget()
        ForecastDay.objects.bulk_create(
            ForecastDay(
                position=self.place, day=TODAY - timedelta(days=n),
                actual=24 * each, hours=[each] * 24, filled=24 * each, renders=24 * each,
            )
            for n in range(1, 57)
            for each in [week[(TODAY - timedelta(days=n)).weekday()]]
        )  # fmt: skip
        PositionDay.objects.bulk_create(
            PositionDay(position=self.place, day=day(n), used=taken) for n, taken in enumerate(used)
        )

    def book(self, first: int, last: int, number: int) -> Booking:
        return Booking.objects.create(
            position=self.place, advertiser=self.firm, first_day=day(first), last_day=day(last),
            share=0, impressions=number, price=1, booked_at=timezone.now(),
        )  # fmt: skip


@pytest.fixture
def place(db):
    """Measured: 240 opportunities a day of which 192 may be sold, a quarter of them on Arabic pages."""
    place = factories.position()
    factories.traffic(until=TODAY - timedelta(days=1))
    for language, number in ((1, 750), (2, 250)):
        DayCount.objects.create(
            day=TODAY - timedelta(days=1), kind=Kind.SERVED, position=place.pk, language=language, number=number
        )
    return place


AT = datetime(2027, 3, 3, tzinfo=timezone.get_default_timezone())
WEEK = {"first_day": day(1), "last_day": day(7)}


def goal(place, number: int, **targeting) -> Booking:
    booking = Booking.objects.create(
        position=place, advertiser=factories.advertiser(), share=0, impressions=number, price=1, booked_at=AT, **WEEK
    )
    if targeting:
        Targeting.objects.create(booking=booking, **targeting)
    return booking


def test_a_target_must_leave_a_booking_enough(place):
    whole = goal(place, 400)
    availability.check_target(whole, Where(language=1), at=AT)
    availability.check_target(goal(place, 336), ARABIC, at=AT)
    with pytest.raises(ledger.SoldOut, match="about 336 impressions can still come on its days"):
        availability.check_target(whole, ARABIC, at=AT)
    factories.hour_count(Kind.RENDER, 64, at=AT, line=whole.pk, position=place.pk)
    with pytest.raises(ledger.SoldOut):  # it has not begun: nothing of it can have come
        availability.check_target(whole, Where(language=2, weekdays=0b11), at=AT)
    availability.check_target(whole, ANYWHERE, at=AT)


def test_goals_of_one_target_share_its_part(place):
    goal(place, 200, language="ar")
    goal(place, 100, language="ar", device="phone")
    goal(place, 500)
    with pytest.raises(ledger.SoldOut, match="about 36 impressions"):
        availability.check_target(goal(place, 37), ARABIC, at=AT)
    availability.check_target(goal(place, 36), Where(language=2), at=AT)
    assert availability.free_impressions(place, day(1), day(7), where=ARABIC, at=AT) == 36
    # All pages have 1,344: less what is promised, wherever.
    assert availability.free_impressions(place, day(1), day(7), at=AT) == 1344 - 200 - 100 - 500 - 37 - 36


def test_a_share_leaves_goals_with_a_target_their_part(place):
    goal(place, 252, language="ar")
    with pytest.raises(ledger.SoldOut, match="beside them 25 % can still be taken"):
        availability.take(place, day(1), day(7), share=26, at=AT)
    assert availability.free_share(place, day(1), day(7), at=AT) == 25


def test_a_narrower_target_leaves_the_wider_one_its_goal(place):
    goal(place, 300, language="ar")
    mornings = Where(language=2, from_hour=0, to_hour=12)
    assert availability.free_impressions(place, day(1), day(7), where=mornings, at=AT) == 36
    with pytest.raises(ledger.SoldOut):
        availability.claim(place, day(1), day(7), 37, where=Where(language=2, device="phone"), at=AT)


def test_a_begun_promise_needs_what_is_left_of_it_on_the_days_that_are_left(place):
    booking = goal(place, 1_000)
    Booking.objects.filter(pk=booking.pk).update(first_day=day(-6), last_day=day(0))
    noon = AT + timedelta(hours=12)
    assert availability.free_impressions(place, day(0), day(0), at=noon) == 0
    factories.hour_count(Kind.RENDER, 950, at=AT, line=booking.pk, position=place.pk)
    assert availability.free_impressions(place, day(0), day(0), at=noon) == 96 - 50
    assert availability.free_impressions(place, day(-3), day(-1), at=noon) == 0
    assert availability.free_impressions(place, day(1), day(1), at=noon) == 192


LIMITS = [
    ANYWHERE,
    Where(language=1),
    Where(language=1, device="phone"),
    Where(sections=frozenset([1])),
    Where(sections=frozenset([1, 2])),
    Where(sections=frozenset([1, 2]), not_sections=frozenset([2])),
    Where(not_sections=frozenset([3])),
    Where(from_hour=22, to_hour=6),
    Where(from_hour=23, to_hour=2, weekdays=0b11),
    Where(not_words=frozenset([5])),
]


@pytest.mark.parametrize("one", LIMITS)
@pytest.mark.parametrize("other", LIMITS)
def test_what_lies_within_a_target_is_what_it_allows_too(one, other):
    views = [
        (Page(section=section, language=language, word_lists=frozenset(words)), device, weekday, hour)
        for section in range(5)
        for language in (1, 2)
        for words in ((), (5,))
        for device in (1, 3)
        for weekday in (0, 3)
        for hour in (0, 5, 12, 23)
    ]
    allowed = [view for view in views if one.allows(view[0], view[1], weekday=view[2], hour=view[3])]
    inside = all(other.allows(view[0], view[1], weekday=view[2], hour=view[3]) for view in allowed)
    assert availability.is_within(one, other) == inside
