"""What positions really get, beside what was forecast: read once an hour by each process, for pacing."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.utils import timezone

from . import forecast, rollups, totals
from .models import Position
from .models.event import Kind, Reason

# Whole weeks, so that no weekday weighs more than another.
COMPARED = timedelta(days=7)
# So much of a day is taken to have come as forecast, so that an odd first hour changes little.
DOUBT = 0.5
LEAST, MOST = 0.25, 4.0


_known: dict[int, tuple[datetime, float]] = {}
_lock = threading.Lock()


def ratios(positions: Iterable[Position], *, at: datetime) -> dict[int, float]:
    """By position, opportunities that came for each one that was forecast, lately; no older than this hour."""
    hour = rollups.hour_of(at)
    positions = list(positions)
    with _lock:
        stale = [position for position in positions if _known.get(position.pk, (None,))[0] != hour]
        if stale:
            for number, ratio in _measured(stale, at=at).items():
                _known[number] = hour, ratio
        return {position.pk: _known[position.pk][1] for position in positions}


def forget() -> None:
    with _lock:
        _known.clear()


def _measured(positions: list[Position], *, at: datetime) -> dict[int, float]:
    today = timezone.localdate(at)
    came: dict[int, dict[date, int]] = {position.pk: {} for position in positions}
    opportunities: dict[str, Any] = {"kind": Kind.SERVED, "reason": Reason.VALID}
    found = totals.figures("position", "day", first_day=today - COMPARED, position__in=list(came), **opportunities)
    for (number, day), figures in found.items():
        came[number][day] = figures.net[Kind.SERVED]
    # The first day of all that was ever counted is seldom a whole one.
    first = min((day for days in came.values() for day in days), default=today)
    begin = first + timedelta(days=1) if today - COMPARED < first < today else first
    return {position.pk: _ratio(position, came[position.pk], begin, at) for position in positions}


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
