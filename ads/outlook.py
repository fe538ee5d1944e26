"""What may still be sold of one position: arithmetic on its days and promises, without the database.

A share takes its part of every day. A promise of impressions may be kept on any of its days, so it fits as long as in
every stretch of days at least as much comes, beside the shares, as is promised to those who run inside the stretch.
Of a promise that has begun only what is left of it is looked at, on the days that are left; of today the rest.
Days on which nothing is promised cannot make that harder, so only promises that overlap, one with the next, are looked
at together. Whole numbers throughout: at the edge, one impression decides.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import accumulate

from .ledger import WHOLE, days_between


@dataclass(frozen=True, slots=True)
class Promise:
    """So many impressions, on any of these days; held for an offer, or sold."""

    first_day: date
    last_day: date
    number: int
    is_held: bool = False


class Outlook:
    """`expected` says what of a day may be sold; `days` holds (used, held) of the days that are taken in part.
    `narrower` are outlooks of parts of the same traffic, with the promises that only those parts can keep: a share
    takes its part of each of them too."""

    def __init__(
        self,
        expected: Callable[[date], Fraction],
        days: Mapping[date, tuple[int, int]],
        promises: Iterable[Promise],
        narrower: Iterable[Outlook] = (),
    ) -> None:
        self._expected, self._days = expected, days
        self._groups = _groups(promises)
        self._narrower = tuple(narrower)

    def without_holds(self) -> Outlook:
        """As it would be if all that open offers hold were free."""
        days = {day: (used - held, 0) for day, (used, held) in self._days.items()}
        bought = (p for group in self._groups for p in group if not p.is_held)
        return Outlook(self._expected, days, bought, [one.without_holds() for one in self._narrower])

    def free_share(self, first_day: date, last_day: date) -> int:
        """The largest share, in percent, that every day of a range can still give."""
        most = self.unused(first_day, last_day)
        return min(most, self.share_beside_promises(first_day, last_day)) if most else 0

    def unused(self, first_day: date, last_day: date) -> int:
        """What the ledger leaves on every day of a range, whatever is promised by number."""
        return WHOLE - max(self._used(day) for day in days_between(first_day, last_day))

    def share_beside_promises(self, first_day: date, last_day: date) -> int:
        """The largest share of a range that leaves every promise possible; 100 where there are none."""
        here = self._share_here(first_day, last_day)
        return min([here, *(one.share_beside_promises(first_day, last_day) for one in self._narrower)])

    def _share_here(self, first_day: date, last_day: date) -> int:
        promises = self._linked(first_day, last_day)
        if not promises:
            return WHOLE
        begin, whole, room, unit = self._sums(promises, first_day, last_day)
        least = WHOLE
        for a, b, number in _stretches(promises, until=last_day, since=first_day):
            slack = _between(room, begin, a, b) - number * unit
            # In units of a hundredth of what comes: a share of x takes x times `comes` of the room.
            comes = _between(whole, begin, max(a, first_day), min(b, last_day))
            if slack < 0:
                return 0
            if comes:
                least = min(least, slack // comes)
        return least

    def free_impressions(self, first_day: date, last_day: date) -> int:
        """How many impressions a range of days can still be promised, whatever is promised before, in and after it.

        It is what an earliest-deadline allocation can still place.
        """
        promises = self._linked(first_day, last_day)
        begin, _whole, room, unit = self._sums(promises, first_day, last_day)
        nothing = Promise(first_day, last_day, 0)
        least = min(
            _between(room, begin, a, b) - number * unit
            for a, b, number in _stretches([*promises, nothing], until=first_day, since=last_day)
        )
        return max(0, least // unit)

    def _used(self, day: date) -> int:
        return self._days.get(day, (0, 0))[0]

    def _linked(self, first_day: date, last_day: date) -> list[Promise]:
        """The promises that may compete for a range of days."""
        return [
            promise
            for group in self._groups
            if group[0].first_day <= last_day and max(p.last_day for p in group) >= first_day
            for promise in group
        ]

    def _sums(self, promises: list[Promise], first_day: date, last_day: date) -> tuple[date, list[int], list[int], int]:
        """The first day, running sums from it of what is expected and of what shares leave of that, and how many units
        of the latter make one impression."""
        begin = min([first_day, *(p.first_day for p in promises)])
        end = max([last_day, *(p.last_day for p in promises)])
        dates = days_between(begin, end)
        exact = [self._expected(day) for day in dates]
        parts = math.lcm(*{amount.denominator for amount in exact})
        whole = [amount.numerator * (parts // amount.denominator) for amount in exact]
        room = [amount * (WHOLE - self._used(day)) for amount, day in zip(whole, dates, strict=True)]
        return begin, list(accumulate(whole, initial=0)), list(accumulate(room, initial=0)), parts * WHOLE


def _between(sums: list[int], begin: date, a: date, b: date) -> int:
    return sums[(b - begin).days + 1] - sums[(a - begin).days]


def _stretches(promises: list[Promise], *, until: date, since: date) -> Iterator[tuple[date, date, int]]:
    """Every stretch [a, b] that begins with a promise, at `until` or before, and ends with one, at `since` or after;
    and how many impressions are promised to those who run inside it."""
    ends = sorted({p.last_day for p in promises if p.last_day >= since})
    at_end = [0] * len(ends)
    by_start = sorted(promises, key=lambda p: p.first_day, reverse=True)
    for place, promise in enumerate(by_start):
        if (n := bisect_left(ends, promise.last_day)) < len(ends):
            at_end[n] += promise.number
        a = promise.first_day
        is_last_of_day = place + 1 == len(by_start) or by_start[place + 1].first_day != a
        if is_last_of_day and a <= until:
            for b, number in zip(ends, accumulate(at_end), strict=True):
                if b >= a:
                    yield a, b, number


def _groups(promises: Iterable[Promise]) -> list[list[Promise]]:
    """Promises that hang together by overlapping, one with the next."""
    groups: list[list[Promise]] = []
    last = date.min
    for promise in sorted(promises, key=lambda p: p.first_day):
        if promise.first_day > last:
            groups.append([])
        groups[-1].append(promise)
        last = max(last, promise.last_day)
    return groups
