"""Counting: hours from events, days from hours, and the seal on each day.

An hour is one of the publisher's day, by the time of receipt, and closes two minutes after its end. Counting it is to
delete its rows and to write them again from its events, in one transaction under the lock of its `RolledHour`, so it
may be done twice, by two at once, or be killed half way. A day is sealed an hour after its end: all its hours are
counted once more, its rows are written for good, and hashed together with the seal of the day before.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max, Min, Sum
from django.utils import timezone

from . import judging
from .models import DayCount, Event, HourCount, RolledHour, SealedDay
from .models.booking import midnight
from .models.event import COLUMNS

logger = logging.getLogger(__name__)

# Of the rules by which events are judged and counted. Other rules are another number, and a line in decisions.md.
METHOD = 1
HOUR = timedelta(hours=1)
CLOSES_AFTER = timedelta(minutes=2)
SEALS_AFTER = timedelta(hours=1)
KEPT = timedelta(days=90)
ROWS_AT_ONCE = 5000


class Broken(Exception):
    """Raised when a sealed day is not what its seal says."""


def hour_of(moment: datetime) -> datetime:
    """When the hour of the publisher's clock began in which a moment lies, in UTC. Zones may lie half an hour apart,
    and an hour may come twice."""
    local = timezone.localtime(moment)
    return moment - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)


def closed_until() -> datetime | None:
    """The first moment that no closed hour holds; None before the first is closed."""
    newest = RolledHour.objects.aggregate(newest=Max("hour"))["newest"]
    return newest + HOUR if newest else None


def uncounted_since(at: datetime) -> datetime | None:
    """When the oldest hour began that was over at a moment and is not counted; None where none waits."""
    closed = closed_until()
    last = hour_of(at - CLOSES_AFTER)
    if closed and closed >= last:
        return None
    waiting = Event.objects.filter(at__lt=last)
    if closed:
        waiting = waiting.filter(at__gte=closed)
    first = waiting.order_by("at").values_list("at", flat=True).first()
    return hour_of(first) if first else None


def roll_due(at: datetime) -> int:
    """Close the hours that are over, one after another. Returns how many."""
    last = hour_of(at - CLOSES_AFTER) - HOUR
    hour = closed_until() or _first_hour()
    done = 0
    while hour is not None and hour <= last:
        roll(hour, at=at)
        done += 1
        hour += HOUR
    return done


def _first_hour() -> datetime | None:
    first = Event.objects.aggregate(first=Min("at"))["first"]
    return hour_of(first) if first else None


def roll(hour: datetime, *, at: datetime) -> int:
    """Count an hour from its events, whatever was counted before. Returns its number of events. Nothing of a sealed day
    is counted again."""
    with transaction.atomic():
        RolledHour.objects.bulk_create([RolledHour(hour=hour)], ignore_conflicts=True)
        RolledHour.objects.select_for_update().get(pk=hour)
        if is_sealed(timezone.localdate(hour)):
            return 0
        counts = judging.counted(hour, hour + HOUR)
        HourCount.objects.filter(hour=hour).delete()
        rows = [HourCount(hour=hour, number=number, **facts) for facts, number in counts]
        HourCount.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
        events = sum(row.number for row in rows)
        RolledHour.objects.filter(pk=hour).update(events=events, rolled_at=at)
    return events


def seal_due(at: datetime) -> list[date]:
    """Seal the days that are over, in their order. Returns them."""
    newest = SealedDay.objects.aggregate(newest=Max("day"))["newest"]
    if newest is None:
        first = RolledHour.objects.aggregate(first=Min("hour"))["first"]
        if first is None:
            return []
        day = timezone.localdate(first)
    else:
        day = newest + timedelta(days=1)
    done = []
    until = closed_until()
    while until is not None and ends(day) <= until and ends(day) + SEALS_AFTER <= at:
        if seal(day, at=at):
            done.append(day)
        day += timedelta(days=1)
    return done


def is_sealed(day: date) -> bool:
    return SealedDay.objects.filter(day=day).exists()


def ends(day: date) -> datetime:
    return midnight(day + timedelta(days=1))


def hours_of(day: date) -> Iterator[datetime]:
    """When the hours of a day begin, in UTC: 24 of them, or 23 or 25."""
    hour = hour_of(midnight(day).astimezone(UTC))
    while hour < ends(day):
        yield hour
        hour += HOUR


def seal(day: date, *, at: datetime) -> SealedDay | None:
    """Count a day again and write it down for good; None when somebody has done it meanwhile."""
    with transaction.atomic():
        for hour in hours_of(day):
            roll(hour, at=at)
        # Whoever holds the last hour seals; the other finds it done.
        list(RolledHour.objects.select_for_update().filter(hour__in=list(hours_of(day))).order_by("hour"))
        if is_sealed(day):
            return None
        groups = (
            HourCount.objects.filter(hour__gte=midnight(day), hour__lt=ends(day))
            .values(*COLUMNS)
            .annotate(number=Sum("number"))
            .order_by()
        )
        rows = [DayCount(day=day, **group) for group in groups]
        DayCount.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
        before = SealedDay.objects.filter(day=day - timedelta(days=1)).values_list("seal", flat=True).first() or ""
        return SealedDay.objects.create(
            day=day,
            rows=len(rows),
            events=sum(row.number for row in rows),
            method=METHOD,
            previous=before,
            seal=hash_of(day, rows, METHOD, before),
            sealed_at=at,
        )


def hash_of(day: date, rows: list[DayCount], method: int, previous: str) -> str:
    """SHA-256, in hexadecimal, over lines of text: the day, the method and the seal before; then of every row its
    columns in the order of COLUMNS and its number, as decimals between commas, the lines sorted."""
    lines = sorted(",".join(str(getattr(row, name)) for name in (*COLUMNS, "number")) for row in rows)
    text = "\n".join([f"{day.isoformat()} {method} {previous}", *lines])
    return hashlib.sha256(text.encode()).hexdigest()


def check(day: SealedDay) -> None:
    """Raises Broken, with what is wrong, when the rows of a sealed day are not those that were sealed."""
    rows = list(DayCount.objects.filter(day=day.day))
    before = SealedDay.objects.filter(day=day.day - timedelta(days=1)).values_list("seal", flat=True).first() or ""
    if before != day.previous:
        raise Broken(f"{day.day}: the seal of the day before is another one.")
    if hash_of(day.day, rows, day.method, day.previous) != day.seal:
        raise Broken(f"{day.day}: {len(rows)} rows, {sum(row.number for row in rows)} events do not match the seal.")


def prune_due(at: datetime, *, most: int = 100_000) -> int:
    """Throw away events after 90 days, of sealed days only, at most so many at once. Returns how many went."""
    newest = SealedDay.objects.aggregate(newest=Max("day"))["newest"]
    if newest is None:
        return 0
    before = min(midnight(timezone.localdate(at - KEPT)), ends(newest))
    gone = 0
    while gone < most:
        keys = list(Event.objects.filter(at__lt=before).order_by("at").values_list("pk", flat=True)[:ROWS_AT_ONCE])
        if not keys:
            break
        with connection.cursor():
            gone += Event.objects.filter(pk__in=keys)._raw_delete(using=connection.alias)
    return gone
