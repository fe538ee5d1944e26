"""How fast lines that were sold by number run: their part of what shares leave, from what they still need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from . import forecast
from .ledger import days_between
from .models import Booking


@dataclass(frozen=True, slots=True)
class Pace:
    """A line's part (0 to 1) of the views that shares leave, and how many decisions one process may make of it until
    paces are computed again."""

    rate: float
    allowance: int


STILL = Pace(0.0, 0)


def paces(bookings: Sequence[Booking], *, at: datetime) -> dict[int, Pace]:
    """By booking, for those that run now or soon."""
    had = forecast.delivered([booking.pk for booking in bookings])
    found = {}
    for booking in bookings:
        left = (booking.impressions or 0) - had.get(booking.pk, 0)
        first = max(booking.first_day, at.date())
        comes = sum(forecast.expected(booking.position, day) for day in days_between(first, booking.last_day))
        found[booking.pk] = Pace(min(1.0, left / float(comes)) if comes else 1.0, max(0, left))
    return found
