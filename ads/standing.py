"""How lines stand: what should have come by now, what came, and what will be missing in the end.

What should have come is said here alone, for alarms, reports and the list of the desk. Of a number it is the part of
its flight's views that has come by the forecast, in the days and hours in which it may run. Of a share it is that part
of the views of its position that it could meet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Min
from django.utils import timezone

from . import forecast, plan, targeting, totals
from .ledger import WHOLE, days_between
from .models import Booking, Creative, Event, RolledHour, SealedDay
from .models.event import Kind
from .targeting import ANYWHERE, Where


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one line, up to a moment. A share is measured in the views of its position that it got, a number in what was
    shown. `missing` is what its number will end short by; for shares always 0."""

    booking: Booking
    expected: int
    came: int
    missing: int = 0
    where: Where = ANYWHERE

    @property
    def ratio(self) -> float | None:
        """Of what was expected; None where nothing was yet."""
        return self.came / self.expected if self.expected else None


def running(at: datetime) -> list[Booking]:
    """What should be on pages now: booked, not paused, in its days, with approved artwork."""
    today = timezone.localdate(at)
    return list(
        Booking.objects.delivering(today, today)
        .filter(creatives__status=Creative.Status.APPROVED)
        .distinct()
        .select_related("position", "advertiser", "request", "targeting")
        .order_by("position", "last_day", "pk")
    )


def of(bookings: Iterable[Booking], *, at: datetime) -> list[Standing]:
    """In as many queries for thirty lines as for one. What will be missing is what the plan says (`ads.pacing`)."""
    bookings = list(bookings)
    if not bookings:
        return []
    had = totals.figures("line", line__in=[booking.pk for booking in bookings])
    wheres = targeting.wheres(bookings)
    views = met(bookings, wheres, at=at)
    missing = {line.booking: line.short for slot in plan.load(at).slots.values() for line in slot.lines}
    found = []
    for booking in bookings:
        where, figures = wheres.get(booking.pk, ANYWHERE), had.get((booking.pk,), totals.Figures())
        came = figures.renders if booking.impressions else figures.net[Kind.SERVED]
        due = expected(booking, where, views.get(booking.pk, 0), at=at)
        found.append(Standing(booking, due, came, missing.get(booking.pk, 0), where))
    return found


def expected(booking: Booking, where: Where, views: int, *, at: datetime) -> int:
    """What a line should have by a moment: of its number, or of the `views` (see `met`) that a share could have."""
    if booking.impressions:
        return round(booking.impressions * elapsed(booking, where, at=at))
    return views * booking.share // WHOLE


def elapsed(booking: Booking, where: Where, *, at: datetime) -> float:
    """Of the views that a flight brings a target, the part that has come by a moment, from 0 to 1: quiet days and busy
    ones do not run evenly, and what runs at weekends has nothing to show on a Friday."""
    if booking.ends_at <= at:
        return 1.0
    known, today = forecast.of(booking.position, at=at), timezone.localdate(at)
    dayparts = known.dayparts(at)
    whole = came = 0.0
    for day in days_between(booking.first_day, booking.last_day):
        views, of_day = float(known.opportunities(day)) or 1.0, dayparts.of_day(where, day)
        whole += views * of_day
        if day <= today:
            came += views * (of_day if day < today else dayparts.gone(where))
    return min(1.0, came / whole) if whole else 0.0


def met(
    bookings: Collection[Booking], wheres: Mapping[int, Where], *, at: datetime, kind: Kind = Kind.SERVED
) -> dict[int, int]:
    """How many views of their position, or showings, shares could have had by now: all of their days, or what their
    target allows but for words. Counts of days know no hours, which are taken from the forecast."""
    shares = [booking for booking in bookings if booking.share]
    if not shares:
        return {}
    traits = ("section", "language", "device") if any(booking.pk in wheres for booking in shares) else ()
    conditions: dict[str, Any] = {"position__in": list({booking.position_id for booking in shares}), "kind": kind}
    rows: dict[int, list[tuple[date, tuple[int, ...], int]]] = {}
    for (position, day, *of_page), figures in totals.figures(
        "position",
        "day",
        *traits,
        first_day=min(booking.first_day for booking in shares),
        last_day=timezone.localdate(at),
        **conditions,
    ).items():
        rows.setdefault(position, []).append((day, tuple(of_page), figures.net[kind]))
    return {
        booking.pk: _met(booking, wheres.get(booking.pk, ANYWHERE), rows.get(booking.position_id, []), at)
        for booking in shares
    }


def _met(booking: Booking, where: Where, rows: list[tuple[date, tuple[int, ...], int]], at: datetime) -> int:
    theirs = [row for row in rows if booking.first_day <= row[0] <= booking.last_day]
    if where is ANYWHERE:
        return sum(number for _day, _traits, number in theirs)
    dayparts, today = forecast.of(booking.position, at=at).dayparts(at), timezone.localdate(at)
    gone = dayparts.gone()
    of_today = dayparts.gone(where) / gone if gone else 0.0
    return round(
        sum(
            number * (of_today if day == today else dayparts.of_day(where, day))
            for day, traits, number in theirs
            if where.allows_traits(*traits)
        )
    )


def counting_began() -> date | None:
    """The first day of which there are counts; days before have none, which is not nought."""
    if first := SealedDay.objects.aggregate(first=Min("day"))["first"]:
        return first
    hour = RolledHour.objects.aggregate(first=Min("hour"))["first"] or Event.objects.aggregate(first=Min("at"))["first"]
    return timezone.localdate(hour) if hour else None
