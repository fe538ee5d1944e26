"""What is expected of positions and what bookings have had of it: the seam to the counting.

Until there is traffic to forecast from, the publisher's own estimate per position stands for the forecast.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from fractions import Fraction

from django.utils import timezone

from . import totals
from .models import Position

# Of what is expected, so much may be promised.
SELLABLE = Fraction(8, 10)


def expected(position: Position, day: date) -> Fraction:
    """Impressions of a day that may be sold, were nobody there yet. Exact, so that no two ways of adding disagree."""
    return SELLABLE * (position.weekly_impressions or 0) / 7


def delivered(bookings: Collection[int]) -> dict[int, int]:
    """Impressions that bookings (by number) have had; those that are not named had none."""
    return totals.delivered(bookings)


def opportunities(position: Position, day: date) -> Fraction:
    """How often a position is on a page that somebody looks at, on a whole day. Not reduced for safety."""
    return Fraction(position.weekly_impressions or 0) / 7


def rest_of_day(position: Position, at: datetime) -> float:
    """The part (0 to 1) of the day's opportunities that is still to come."""
    local = timezone.localtime(at)
    return 1 - (local.hour + local.minute / 60) / 24


def renders_per_opportunity(position: Position) -> float:
    return 1.0
