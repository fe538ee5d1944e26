"""How much of a position's traffic a line meets with its limits: the seam to the forecast."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from .models import Booking, Position
from .targeting import Where


def part_of(position: Position, where: Where) -> Fraction | None:
    """Of the views of a position those that limits meet, from 0 to 1; None while there is no forecast by page and
    hour."""
    return None


def check(booking: Booking, where: Where, *, at: datetime) -> None:
    """Raises `ledger.SoldOut` when a number of impressions does not fit with these limits any more."""
