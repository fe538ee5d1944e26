"""How lines that run stand: what should have come by now, what came, and what will be missing in the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from . import forecast, plan, targeting, totals
from .ledger import WHOLE, days_between
from .models import AdRequest, Booking, Creative, Position
from .models.event import Kind
from .page_key import Page
from .targeting import ANYWHERE, Where


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one line, up to a moment. A share is measured in the views of its position that it got, a number in what was
    shown. `missing` is what its number will end short by; for shares always 0."""

    booking: Booking
    expected: int
    came: int
    missing: int = 0

    @property
    def ratio(self) -> float | None:
        """Of what was expected; None where nothing was yet."""
        return self.came / self.expected if self.expected else None


def running(at: datetime) -> list[Booking]:
    """What should be on pages now: booked, not paused, in its days, with approved artwork."""
    today = timezone.localdate(at)
    return list(
        Booking.objects.filter(
            Q(line=None) | Q(request__status__in=AdRequest.Status.delivering()),
            status=Booking.Status.BOOKED,
            paused_at=None,
            first_day__lte=today,
            last_day__gte=today,
            creatives__status=Creative.Status.APPROVED,
        )
        .distinct()
        .select_related("position", "advertiser", "request", "targeting")
        .order_by("position", "last_day", "pk")
    )


def of(bookings: Iterable[Booking], *, at: datetime) -> list[Standing]:
    """In as many queries for thirty lines as for one; one more for each targeted share. What will be missing is what
    the plan says (`ads.pacing`)."""
    bookings = list(bookings)
    if not bookings:
        return []
    had = totals.figures("line", line__in=[booking.pk for booking in bookings])
    wheres = targeting.wheres(bookings)
    views = _views(bookings)
    missing = {line.booking: line.short for slot in plan.load(at).slots.values() for line in slot.lines}
    found = []
    for booking in bookings:
        figures = had.get((booking.pk,), totals.Figures())
        if booking.impressions:
            part = elapsed(booking.position, booking.first_day, booking.last_day, at=at)
            expected, came = round(booking.impressions * part), figures.renders
        else:
            where = wheres.get(booking.pk, ANYWHERE)
            met = _met(booking, where) if where is not ANYWHERE else _between(views, booking)
            expected, came = met * booking.share // WHOLE, figures.net[Kind.SERVED]
        found.append(Standing(booking, expected, came, missing.get(booking.pk, 0)))
    return found


def elapsed(position: Position, first_day: date, last_day: date, *, at: datetime) -> float:
    """Of the views that some days bring, the part that has come by a moment, from 0 to 1: a flight of quiet days and
    busy ones does not run evenly."""
    today = timezone.localdate(at)
    whole = gone = 0.0
    for day in days_between(first_day, last_day):
        views = float(forecast.opportunities(position, day, at=at)) or 1.0
        whole += views
        if day < today:
            gone += views
        elif day == today:
            gone += views * (1 - forecast.rest_of_day(position, at))
    return min(1.0, gone / whole)


def _views(bookings: list[Booking]) -> dict[tuple[int, date], int]:
    """Valid opportunities by position and day, over all flights."""
    shares = [booking for booking in bookings if booking.share]
    if not shares:
        return {}
    figures = totals.figures(
        "position",
        "day",
        position__in=list({booking.position_id for booking in shares}),
        kind=Kind.SERVED,
        first_day=min(booking.first_day for booking in shares),
    )
    return {key: one.net[Kind.SERVED] for key, one in figures.items()}  # type: ignore[misc]  # by position and day


def _between(views: dict[tuple[int, date], int], booking: Booking) -> int:
    day, met = booking.first_day, 0
    while day <= booking.last_day:
        met += views.get((booking.position_id, day), 0)
        day += timedelta(days=1)
    return met


def _met(booking: Booking, where: Where) -> int:
    """The opportunities of its position, in its days, that a target lets it have, but for words and hours."""
    figures = totals.figures(
        "section",
        "language",
        "device",
        position=booking.position_id,
        kind=Kind.SERVED,
        first_day=booking.first_day,
        last_day=booking.last_day,
    )
    return sum(
        one.net[Kind.SERVED]
        for (section, language, device), one in figures.items()
        if where.allows_page(Page(section=section, language=language)) and where.allows_device(device)
    )
