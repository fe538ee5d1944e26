"""Counting: hours from events, days from hours, and the seal on each day.

An hour is one of the publisher's day, by the time of receipt, and closes two minutes after its end. Counting it is to
delete its rows and to write them again from its events, in one transaction under the lock of its `RolledHour`, so it
may be done twice, by two at once, or be killed half way. A day is sealed an hour after its end: all its hours are
counted once more, its rows are written for good, and hashed together with the seal of the day before.

Whoever reads takes the two ends first, of sealed days and of closed hours, and asks for nothing beyond them: both only
ever grow, and what lies before them is there (`ads.totals`).
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import Enum, auto

from django.db import OperationalError, connection, transaction
from django.db.models import Max, Sum
from django.utils import timezone

from . import judging
from .models import Adjustment, DayCount, Event, HourCount, RolledHour, SealedDay
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
# A round of the worker counts about so many events; the next one goes on.
ENOUGH = 200_000


class Broken(Exception):
    """Raised when a sealed day is not what its seal says."""


class Unsettled(Exception):
    """Raised when a day cannot be sealed at this moment: something of it is still being written."""


def begins(day: date) -> datetime:
    return midnight(day).astimezone(UTC)


def ends(day: date) -> datetime:
    return begins(day + timedelta(days=1))


def hour_of(moment: datetime) -> datetime:
    """When the hour of the publisher's day began in which a moment lies, in UTC.

    Hours are told off from midnight, in real time: a day has 23 of them, 24 or 25, and where clocks move by half an
    hour its last one is short. So every moment lies in one hour, and every hour in one day.
    """
    begin = begins(timezone.localdate(moment))
    return begin + (moment - begin) // HOUR * HOUR


def end_of(hour: datetime) -> datetime:
    begin = hour_of(hour)
    return min(begin + HOUR, ends(timezone.localdate(begin)))


def hours_of(day: date) -> Iterator[datetime]:
    """When the hours of a day begin, in UTC."""
    hour = begins(day)
    while hour < ends(day):
        yield hour
        hour = end_of(hour)


def closed_until() -> datetime | None:
    """The first moment that no closed hour holds; None before the first is closed."""
    return RolledHour.objects.order_by("-hour").values_list("until", flat=True).first()


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


def newest_seal() -> SealedDay | None:
    return SealedDay.objects.order_by("-day").first()


def is_sealed(day: date) -> bool:
    return SealedDay.objects.filter(day=day).exists()


def roll_due(at: datetime, *, enough: int = ENOUGH) -> int:
    """Close the hours that are over, one after another, until about `enough` events are counted. Returns how many.

    Of hours in which nothing happened only the last is written: a year without events costs no more than one hour.
    """
    over = hour_of(at - CLOSES_AFTER)
    hours = events = 0
    closed = closed_until()
    while events < enough and (closed is None or closed < over):
        moment = _next_event(closed, over)
        if moment is None and closed is None:
            break
        hour = hour_of(moment or over - timedelta(microseconds=1))
        # The zone may be another one than when the hour before was closed.
        events += roll(max(hour, closed) if closed else hour, at=at)
        hours += 1
        closed = closed_until()
    return hours


def _next_event(begin: datetime | None, end: datetime) -> datetime | None:
    events = Event.objects.filter(at__lt=end)
    if begin:
        events = events.filter(at__gte=begin)
    return events.order_by("at").values_list("at", flat=True).first()


def roll(hour: datetime, *, at: datetime) -> int:
    """Count an hour from its events, whatever was counted before. Returns its number of events. Nothing of a sealed day
    is counted again."""
    with transaction.atomic():
        RolledHour.objects.bulk_create([RolledHour(hour=hour, until=end_of(hour))], ignore_conflicts=True)
        until = RolledHour.objects.select_for_update().get(pk=hour).until
        sealed = newest_seal()
        if sealed and hour < sealed.until:
            return 0
        counts = judging.counted(hour, until)
        HourCount.objects.filter(hour=hour).delete()
        rows = [HourCount(hour=hour, number=number, **facts) for facts, number in counts]
        _write_down(rows)
        events = sum(row.number for row in rows)
        RolledHour.objects.filter(pk=hour).update(events=events, rolled_at=at)
    return events


def _write_down(rows: list[HourCount] | list[DayCount]) -> None:
    """PostgreSQL takes thousands of rows ten times as fast by COPY."""
    if not rows:
        return
    table = type(rows[0])._meta
    if connection.vendor != "postgresql":
        type(rows[0])._default_manager.bulk_create(rows, batch_size=ROWS_AT_ONCE)  # type: ignore[arg-type]
        return
    names = [field.column for field in table.concrete_fields if not field.primary_key]
    statement = f"COPY {table.db_table} ({', '.join(names)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]
        for row in rows:
            copy.write_row([getattr(row, name) for name in names])


def next_day() -> tuple[date, datetime] | None:
    """The day that is to be sealed next, and its first moment; None before anything was counted."""
    if newest := newest_seal():
        return newest.day + timedelta(days=1), newest.until
    first = RolledHour.objects.order_by("hour").values_list("hour", flat=True).first()
    if first is None:
        return None
    # An event may have come so late that the first hour was closed before it.
    stray = _next_event(None, first)
    day = timezone.localdate(stray or first)
    return day, begins(day)


def seal_due(at: datetime, *, enough: int = ENOUGH) -> list[date]:
    """Seal the days that are over, in their order, until about `enough` events are counted. Returns them."""
    done, events = [], 0
    while events < enough:
        closed, coming = closed_until(), next_day()
        if closed is None or coming is None or not is_due(coming[0], closed, at):
            break
        try:
            sealed = seal(coming[0], at=at)
        except Unsettled as reason:
            logger.warning("%s is sealed a little later: %s", coming[0], reason)
            break
        if sealed:
            done.append(sealed.day)
            events += sealed.events
    return done


class Open(Enum):
    """Why a day is not sealed."""

    RUNNING = auto()
    WAITING = auto()
    UNCOUNTED = auto()
    DUE = auto()


def open_days(at: datetime, *, most: int = 31) -> list[tuple[date, Open]]:
    """The days up to today that are not sealed, the oldest first, with why; at most so many."""
    coming, closed, today = next_day(), closed_until(), timezone.localdate(at)
    if coming is None:
        return []
    days = [coming[0] + timedelta(days=n) for n in range(min(most, (today - coming[0]).days + 1))]
    return [(day, _why_open(day, closed, at)) for day in days]


def _why_open(day: date, closed: datetime | None, at: datetime) -> Open:
    if at < ends(day):
        return Open.RUNNING
    if at < ends(day) + SEALS_AFTER:
        return Open.WAITING
    return Open.DUE if closed and ends(day) <= closed else Open.UNCOUNTED


def is_due(day: date, closed: datetime, at: datetime) -> bool:
    return ends(day) <= closed and ends(day) + SEALS_AFTER <= at


def seal(day: date, *, at: datetime) -> SealedDay | None:
    """Count a day again and write it down for good; None when somebody has done it meanwhile. Raises Unsettled.

    No event comes into a day after its seal. Before it is written no insert of events is on its way (PostgreSQL: the
    table is locked for that moment; SQLite has one writer) and there are as many events as were counted; after it a
    trigger refuses events of that time (`ads.sealing`), and `counting.write` gives them the hour that is open.
    """
    coming = next_day()
    if is_sealed(day) or coming is None:
        return None
    if day != coming[0]:
        raise ValueError(f"{coming[0]} is sealed before {day}.")
    begin = coming[1]
    for hour in _hours_to_count(begin, ends(day)):
        roll(hour, at=at)
    with transaction.atomic():
        lock_chain()
        # Whoever holds the hours seals; the other finds it done.
        in_day = RolledHour.objects.select_for_update().filter(hour__gte=begin, hour__lt=ends(day))
        until = max([begin, ends(day), *(hour.until for hour in in_day.order_by("hour"))])
        if is_sealed(day):
            return None
        counts = HourCount.objects.filter(hour__gte=begin, hour__lt=until)
        groups = counts.order_by().values(*COLUMNS).annotate(number=Sum("number"))
        rows = [DayCount(day=day, **group) for group in groups]
        _write_down(rows)
        before = newest_seal()
        corrected = before.adjusted_to if before else 0
        adjustments = list(Adjustment.objects.filter(pk__gt=corrected).order_by("pk"))
        made = SealedDay(
            day=day,
            until=until,
            rows=len(rows),
            events=sum(row.number for row in rows),
            method=METHOD,
            adjusted_to=adjustments[-1].pk if adjustments else corrected,
            previous=before.seal if before else "",
            sealed_at=at,
        )
        made.seal = hash_of(made, rows, adjustments)
        _hold_events()
        if (found := Event.objects.filter(at__gte=begin, at__lt=until).count()) != made.events:
            raise Unsettled(f"{made.events} events were counted, and there are {found}.")
        made.save(force_insert=True)
    return made


def _hours_to_count(begin: datetime, end: datetime) -> list[datetime]:
    """The hours that were closed, and those into which an event came later."""
    hours = RolledHour.objects.filter(hour__gte=begin, hour__lt=end).order_by("hour")
    spans = {hour.hour: hour.until for hour in hours}
    moment = _next_event(begin, end)
    while moment is not None:
        hour = next((hour for hour, until in spans.items() if hour <= moment < until), None)
        if hour is None:
            hour = max(hour_of(moment), begin)
            spans[hour] = end_of(hour)
        moment = _next_event(spans[hour], end)
    return sorted(spans)


def lock_chain() -> None:
    """Hold the first sealed day. Adjustments and seals are written one after another, so that each seal knows which
    adjustments it covers."""
    list(SealedDay.objects.select_for_update().order_by("day")[:1])


def _hold_events() -> None:
    """Let no event be written until this transaction ends. Does not wait long: others would wait behind it."""
    if connection.vendor != "postgresql":
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '3s'")
            cursor.execute("LOCK TABLE ads_event IN SHARE MODE")
    except OperationalError as error:
        raise Unsettled("something has been writing events for a while.") from error


def hash_of(day: SealedDay, rows: list[DayCount], adjustments: list[Adjustment]) -> str:
    """SHA-256, in hexadecimal, over lines of text in UTF-8 with a line feed between them:

    - the day, its end, the counting method, the number of the newest adjustment so far and the seal of the day before
      (nothing for the first day), between single spaces;
    - for every row its columns in the order of COLUMNS and its number, in decimals between commas, the lines sorted;
    - for every adjustment written since the day before was sealed, in the order of their numbers: its number, day,
      columns and figure, by whom (the number of the account), when, and why as a JSON string, between commas.

    Days are written as 2026-12-07, moments in UTC as 2026-12-07T23:00:00+00:00, with microseconds where there are any.
    """
    head = f"{day.day.isoformat()} {_moment(day.until)} {day.method} {day.adjusted_to} {day.previous}"
    lines = sorted(_figures(row) for row in rows)
    corrections = [
        f"{one.pk},{one.day.isoformat()},{_figures(one)},{one.by_id},{_moment(one.at)},{json.dumps(one.why)}"
        for one in adjustments
    ]
    return hashlib.sha256("\n".join([head, *lines, *corrections]).encode()).hexdigest()


def _figures(row: DayCount | Adjustment) -> str:
    return ",".join(str(getattr(row, name)) for name in (*COLUMNS, "number"))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def check(day: SealedDay) -> None:
    """Raises Broken, with what is wrong, when a sealed day, its rows or the adjustments that it covers are not those
    that were sealed."""
    rows = list(DayCount.objects.filter(day=day.day))
    before = SealedDay.objects.filter(day=day.day - timedelta(days=1)).first()
    if (before.seal if before else "") != day.previous:
        raise Broken(f"{day.day}: the day before is missing, or its seal is another one.")
    events = sum(row.number for row in rows)
    if (len(rows), events) != (day.rows, day.events):
        raise Broken(f"{day.day}: {len(rows)} rows with {events} events, sealed were {day.rows} with {day.events}.")
    covered = Adjustment.objects.filter(pk__gt=before.adjusted_to if before else 0, pk__lte=day.adjusted_to)
    if hash_of(day, rows, list(covered.order_by("pk"))) != day.seal:
        raise Broken(f"{day.day}: {len(rows)} rows, {events} events do not match the seal.")


def unsealed_rows() -> list[date]:
    """Days that have counts of a sealed day and no seal: somebody took it away."""
    sealed = SealedDay.objects.values("day")
    return list(DayCount.objects.exclude(day__in=sealed).order_by("day").values_list("day", flat=True).distinct())


def prune_due(at: datetime, *, most: int = 100_000) -> int:
    """Throw away events after 90 days, of sealed days only, at most so many at once. Returns how many went."""
    newest = SealedDay.objects.aggregate(until=Max("until"))["until"]
    if newest is None:
        return 0
    before = min(begins(timezone.localdate(at - KEPT)), newest)
    gone = 0
    while gone < most:
        oldest = Event.objects.filter(at__lt=before).order_by("at").values_list("pk", flat=True)
        keys = list(oldest[: min(ROWS_AT_ONCE, most - gone)])
        if not keys:
            break
        gone += Event.objects.filter(pk__in=keys)._raw_delete(using=connection.alias)
    return gone
