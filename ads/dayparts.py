"""Which part of a position's opportunities comes at which hours of the clock, as far as a target may run then.

One measure for selling, pacing and what is expected by now. Days of 23 hours are no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from .targeting import ANYWHERE, Where

EVEN = (1.0,) * 24


class Dayparts:
    """`profile`: how opportunities spread over 24 hours, by weekday from Monday on, in whatever unit (see
    `traffic.Traffic`); None: evenly. `at` is the moment that `gone` and `left` tell of."""

    def __init__(self, profile: Sequence[Sequence[float]] | None, *, at: datetime) -> None:
        self._profile = profile or (EVEN,) * 7
        local = timezone.localtime(at)
        self._weekday, self._now = local.weekday(), local.hour + local.minute / 60 + local.second / 3600
        # Of whole days, which are alike on a weekday: flights are long.
        self._whole: dict[tuple[Where, int], float] = {}

    def of_day(self, where: Where, day: date) -> float:
        """The part (0 to 1) of a whole day."""
        key = where, day.weekday()
        if key not in self._whole:
            self._whole[key] = self._part(where, day.weekday(), 0, 24)
        return self._whole[key]

    def of_week(self, where: Where) -> float:
        """The part (0 to 1) of a whole week."""
        total = sum(map(sum, self._profile))
        allowed = sum(self._profile[n][hour] for n in range(7) for hour in where.hours_on(n))
        return allowed / total if total else 0.0

    def gone(self, where: Where = ANYWHERE) -> float:
        """The part (0 to 1) of today that has come."""
        return self._part(where, self._weekday, 0, self._now)

    def left(self, where: Where = ANYWHERE) -> float:
        """The part (0 to 1) of today that is still to come."""
        return self._part(where, self._weekday, self._now, 24)

    def _part(self, where: Where, weekday: int, begin: float, end: float) -> float:
        hours = self._profile[weekday]
        if not sum(hours):
            hours = EVEN
        came = sum(hours[n] * max(0.0, min(n + 1, end) - max(n, begin)) for n in where.hours_on(weekday))
        return came / sum(hours)
