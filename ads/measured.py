"""What positions really get, beside what was forecast: read once an hour by each process, for pacing."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.utils import timezone

from . import forecast, rollups, totals
from .models import Position, Targeting
from .models.device import Device
from .models.event import Kind, Reason
from .targeting import ANYWHERE, Where

# Whole weeks, so that no weekday weighs more than another.
COMPARED = timedelta(days=7)
MIXED = timedelta(days=28)
# So much of a day is taken to have come as forecast, so that an odd first hour changes little.
DOUBT = 0.5
LEAST, MOST = 0.25, 4.0


@dataclass(frozen=True, slots=True)
class Measured:
    """`ratio`: opportunities that came for each one that was forecast, lately. `mix`: opportunities by section,
    language and device; empty where nobody's target needs it, or nothing came."""

    ratio: float = 1.0
    mix: Counter[tuple[int, int, int]] = field(default_factory=Counter)

    def part(self, where: Where) -> float:
        """The part of the opportunities (0 to 1) that are on pages and devices of a target; the whole where that is not
        known. Words are not looked at: few stories have any."""
        whole = self.mix.total()
        if not whole or where is ANYWHERE:
            return 1.0
        return sum(number for traits, number in self.mix.items() if _allows(where, *traits)) / whole


def _allows(where: Where, section: int, language: int, device: int) -> bool:
    return (
        (not where.sections or section in where.sections)
        and section not in where.not_sections
        and where.language in (0, language)
        and (not where.device or (where.device == Targeting.Device.PHONE) == (device == Device.PHONE))
    )


_known: dict[int, tuple[datetime, bool, Measured]] = {}
_lock = threading.Lock()


def known(positions: Iterable[Position], targeted: Collection[int], *, at: datetime) -> dict[int, Measured]:
    """By position, no older than this hour; the mix of those alone in which something is `targeted`."""
    hour = rollups.hour_of(at)
    positions = list(positions)

    def is_fresh(position: Position) -> bool:
        since, has_mix, _found = _known.get(position.pk, (None, False, None))
        return since == hour and (has_mix or position.pk not in targeted)

    with _lock:
        stale = [position for position in positions if not is_fresh(position)]
        if stale:
            for number, one in _measured(stale, targeted, at=at).items():
                _known[number] = hour, number in targeted, one
        return {position.pk: _known[position.pk][2] for position in positions}


def forget() -> None:
    with _lock:
        _known.clear()


def _measured(positions: list[Position], targeted: Collection[int], *, at: datetime) -> dict[int, Measured]:
    today = timezone.localdate(at)
    came: dict[int, dict[date, int]] = {position.pk: {} for position in positions}
    opportunities: dict[str, Any] = {"kind": Kind.SERVED, "reason": Reason.VALID}
    found = totals.figures("position", "day", first_day=today - COMPARED, position__in=list(came), **opportunities)
    for (number, day), figures in found.items():
        came[number][day] = figures.net[Kind.SERVED]
    mixes: dict[int, Counter[tuple[int, int, int]]] = {position.pk: Counter() for position in positions}
    if mixed := [number for number in came if number in targeted]:
        traits = ("position", "section", "language", "device")
        whole = totals.figures(*traits, first_day=today - MIXED, position__in=mixed, **opportunities)
        for (number, *rest), figures in whole.items():
            mixes[number][rest[0], rest[1], rest[2]] += figures.net[Kind.SERVED]
    # The first day of all that was ever counted is seldom a whole one.
    first = min((day for days in came.values() for day in days), default=today)
    begin = first + timedelta(days=1) if today - COMPARED < first < today else first
    return {
        position.pk: Measured(_ratio(position, came[position.pk], begin, at), mixes[position.pk])
        for position in positions
    }


def _ratio(position: Position, came: dict[date, int], begin: date, at: datetime) -> float:
    today = timezone.localdate(at)
    doubt = DOUBT * float(forecast.opportunities(position, today, at=at))
    expected, actual = doubt, doubt
    day = begin
    while day <= today:
        part = 1.0 if day < today else 1 - forecast.rest_of_day(position, at)
        expected += float(Fraction(forecast.opportunities(position, day, at=at))) * part
        actual += came.get(day, 0)
        day += timedelta(days=1)
    return min(MOST, max(LEAST, actual / expected)) if expected else 1.0
