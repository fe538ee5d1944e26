"""What comes of one position, from what was counted of it: arithmetic, without the database.

    opportunities of a day = L * (sum over its hours of p(weekday, hour))

p is the median of the last four such hours, as part of an average day. L is the mean of four weeks, times a trend: an
exponentially weighted mean over that mean, from 0.7 to 1.3. Hours in which nothing came though they ordinarily have
traffic are unknown, not zero: a server was away, or nothing was there to fill the box.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from statistics import median

# Fewer known days are no forecast: the publisher's estimate stands.
ENOUGH_DAYS = 7
SAME_HOURS = 4
BASE_DAYS = 28
# Days back at which a day counts half as much for the trend.
HALF_LIFE = 7
TREND = 0.7, 1.3
# So often the median day is the most that one day may count: a story that everybody reads is not there tomorrow.
MOST_OF_MEDIAN = 2
# An hour, or a day, that ordinarily has so many opportunities is never empty by chance: e^-20.
ORDINARY = 20
# Of what is expected, so much may be promised, until the forecast has a record of its own.
SELLABLE = Fraction(8, 10)
ENOUGH_RECORD = 14
RECORD = 0.3, 1.0
# Fewer decisions with artwork say nothing about how many of them are shown.
ENOUGH_FILLED = 100
LEAST_RHO = 0.05

Hours = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """One day of a position: opportunities by hour of the publisher's clock, and how many got artwork and showed it.
    `forecast` is what was expected of it the day before; None where nobody forecast it."""

    day: date
    hours: Sequence[int]
    filled: int = 0
    renders: int = 0
    forecast: int | None = None


@dataclass(frozen=True, slots=True)
class Traffic:
    """What is known of a position's traffic. `week` holds the opportunities of a Monday, and so on; `profile` how each
    weekday spreads over its hours, as parts of an average day. `record` is how many days k rests on."""

    days: int
    last_day: date
    week: tuple[int, ...]
    profile: tuple[Hours, ...]
    rho: Fraction
    k: Fraction
    record: int

    def rest(self, weekday: int, parts: Sequence[tuple[int, float]], whole: Sequence[int]) -> float:
        """Opportunities in some hours of a day, each with which part of it; `whole` names all hours of the day."""
        profile = self.profile[weekday]
        total = sum(profile[hour] for hour in whole)
        return self.week[weekday] * sum(profile[hour] * part for hour, part in parts) / total if total else 0.0


def read(days: Sequence[Counted]) -> Traffic | None:
    """The traffic that days tell of, in their order; None while fewer than seven of them are known."""
    lit = _lit(days)
    if len(lit) < ENOUGH_DAYS:
        return None
    profile = _profile(lit)
    level = _level(lit, profile)
    k, record = _sellable([day for day, _hours in lit])
    return Traffic(
        days=len(lit),
        last_day=lit[-1][0].day,
        week=tuple(round(level * sum(hours)) for hours in profile),
        profile=profile,
        rho=_rho([day for day, _hours in lit][-BASE_DAYS:]),
        k=k,
        record=record,
    )


def _lit(days: Sequence[Counted]) -> list[tuple[Counted, list[int | None]]]:
    """Days that are known, with None for hours that are not: the days on which something came, and empty ones only
    where that may be chance."""
    usual_day = _usual(sum(day.hours) for day in days)
    usual = [_usual(day.hours[hour] for day in days) for hour in range(24)]
    found: list[tuple[Counted, list[int | None]]] = []
    for day in days:
        if not any(day.hours) and (not found or usual_day >= ORDINARY):
            continue
        hours = [n if n or usual[hour] < ORDINARY else None for hour, n in enumerate(day.hours)]
        if sum(usual[hour] for hour, n in enumerate(hours) if n is not None) * 2 >= sum(usual):
            found.append((day, hours))
    return found


def _usual(numbers) -> float:
    some = [number for number in numbers if number]
    return median(some) if some else 0


def _profile(lit: list[tuple[Counted, list[int | None]]]) -> tuple[Hours, ...]:
    """By weekday and hour, so that an average day adds up to one."""
    seen: list[list[list[int]]] = [[[] for _hour in range(24)] for _weekday in range(7)]
    for day, hours in reversed(lit):
        same = seen[day.day.weekday()]
        for hour, number in enumerate(hours):
            if number is not None and len(same[hour]) < SAME_HOURS:
                same[hour].append(number)
    middle = [[_middle(numbers) for numbers in row] for row in seen]
    for hour in range(24):
        # A weekday that was never known in this hour is like the others.
        others = [row[hour] for row in middle if row[hour] is not None]
        instead = sum(n for n in others if n is not None) / len(others) if others else 0.0
        for empty in middle:
            if empty[hour] is None:
                empty[hour] = instead
    total = sum(number or 0 for row in middle for number in row)
    scale = 7 / total if total else 0.0
    return tuple(tuple((number or 0) * scale for number in row) for row in middle)


def _middle(numbers: list[int]) -> float | None:
    """The median; the mean where most are empty, as on a small site at night."""
    if not numbers:
        return None
    return median(numbers) or sum(numbers) / len(numbers)


def _level(lit: list[tuple[Counted, list[int | None]]], profile: tuple[Hours, ...]) -> float:
    """Opportunities of an average day. Each day counts for those of its hours that are known."""
    days = []
    for day, hours in lit:
        part = sum(p for p, n in zip(profile[day.day.weekday()], hours, strict=True) if n is not None)
        if part:
            days.append((day.day, sum(n or 0 for n in hours), part))
    most = MOST_OF_MEDIAN * median(number / part for _day, number, part in days)
    newest = days[-1][0]

    def mean(of: list[tuple[date, int, float]], half_life: float) -> float:
        weights = [0.5 ** ((newest - day).days / half_life) for day, _number, _part in of]
        came = sum(w * min(number, most * part) for w, (_day, number, part) in zip(weights, of, strict=True))
        return came / sum(w * part for w, (_day, _number, part) in zip(weights, of, strict=True))

    base = mean(days[-BASE_DAYS:], math.inf)
    trend = mean(days, HALF_LIFE) / base if base else 1.0
    return base * min(max(trend, TREND[0]), TREND[1])


def _rho(days: list[Counted]) -> Fraction:
    """Of decisions with artwork, how many are shown and count."""
    filled = sum(day.filled for day in days)
    if filled < ENOUGH_FILLED:
        return Fraction(1)
    return thousandths(min(max(sum(day.renders for day in days) / filled, LEAST_RHO), 1.0))


def _sellable(days: list[Counted]) -> tuple[Fraction, int]:
    """What was reached or passed on four of five days, as a part of what was forecast for them."""
    ratios = sorted(sum(day.hours) / day.forecast for day in days if day.forecast)
    if len(ratios) < ENOUGH_RECORD:
        return SELLABLE, len(ratios)
    reached = ratios[math.ceil(0.2 * len(ratios)) - 1]
    return thousandths(min(max(reached, RECORD[0]), RECORD[1])), len(ratios)


def thousandths(number: float) -> Fraction:
    """Rounded down, so that sums of what may be sold stay short and exact."""
    return Fraction(math.floor(number * 1000 + 1e-9), 1000)
