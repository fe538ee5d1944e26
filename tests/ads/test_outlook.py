"""What is said to fit can be allocated, and one more cannot: against a plain earliest-deadline allocator."""

import time
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from ads.ledger import WHOLE
from ads.outlook import Outlook, Promise

MONDAY = date(2026, 12, 7)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def can_be_kept(room: list[Fraction], promises: list[tuple[int, int, int]]) -> bool:
    """Earliest deadline first, day by day: what a server would do that knows the days to come."""
    left = [Fraction(number) for _first, _last, number in promises]
    for today, comes in enumerate(room):
        running = sorted((last, n) for n, (first, last, _number) in enumerate(promises) if first <= today <= last)
        for _last, n in running:
            given_out = min(comes, left[n])
            left[n] -= given_out
            comes -= given_out
    return not any(left)


DAYS = 9
spans = st.tuples(st.integers(0, DAYS - 1), st.integers(0, DAYS - 1)).map(sorted)


@st.composite
def worlds(draw):
    """What is expected of each day, in sevenths as in life, what shares take of it, and promises that can be kept."""
    weekly = draw(st.lists(st.integers(0, 60), min_size=DAYS, max_size=DAYS))
    used = draw(st.lists(st.sampled_from([0, 0, 25, 50, 99, 100]), min_size=DAYS, max_size=DAYS))
    expected = [Fraction(8 * amount, 70) for amount in weekly]
    room = [amount * (WHOLE - taken) / WHOLE for amount, taken in zip(expected, used, strict=True)]
    promises: list[tuple[int, int, int]] = []
    for (first, last), number in draw(st.lists(st.tuples(spans, st.integers(1, 15)), max_size=7)):
        if can_be_kept(room, [*promises, (first, last, number)]):
            promises.append((first, last, number))
    return expected, used, room, promises


def outlook(expected, used, promises) -> Outlook:
    return Outlook(
        lambda d: expected[(d - MONDAY).days],
        {day(n): (taken, 0) for n, taken in enumerate(used)},
        [Promise(day(first), day(last), number) for first, last, number in promises],
    )


@settings(max_examples=400, deadline=None)
@given(worlds(), spans)
def test_the_free_number_can_be_allocated_and_one_more_cannot(world, span):
    expected, used, room, promises = world
    first, last = span
    free = outlook(expected, used, promises).free_impressions(day(first), day(last))
    assert can_be_kept(room, [*promises, (first, last, free)])
    assert not can_be_kept(room, [*promises, (first, last, free + 1)])


@settings(max_examples=400, deadline=None)
@given(worlds(), spans)
def test_the_free_share_leaves_every_promise_possible_and_one_percent_more_does_not(world, span):
    expected, used, _room, promises = world
    first, last = span

    def kept_with(share: int) -> bool:
        after = [taken + share if first <= n <= last else taken for n, taken in enumerate(used)]
        rest = [amount * (WHOLE - taken) / WHOLE for amount, taken in zip(expected, after, strict=True)]
        return max(after) <= WHOLE and can_be_kept(rest, promises)

    share = outlook(expected, used, promises).free_share(day(first), day(last))
    assert kept_with(share)
    assert share == WHOLE or not kept_with(share + 1)


def test_what_nobody_can_keep_leaves_nothing_to_sell():
    hopeless = outlook([Fraction(1)] * DAYS, [0] * DAYS, [(2, 3, 50)])
    assert hopeless.free_impressions(day(2), day(3)) == 0
    assert hopeless.free_share(day(3), day(8)) == 0
    assert hopeless.free_share(day(4), day(8)) == WHOLE


def test_a_year_with_eight_hundred_lines_is_answered_at_once():
    promises = [Promise(day(n % 360), day(n % 360 + 1 + n * 7 % 90), 100) for n in range(800)]
    crowded = Outlook(lambda _day: Fraction(8_000, 70), {day(n): (n % 50, 0) for n in range(450)}, promises)
    begun = time.perf_counter()
    crowded.free_impressions(day(0), day(364))
    crowded.free_share(day(100), day(106))
    assert time.perf_counter() - begun < 2  # 0.15 s on a laptop; the margin is for busy machines
