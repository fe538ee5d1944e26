# ruff: noqa: S608  (nothing in these statements comes from outside)
"""Counting over many events: an hour rolled up, a line's report, five hundred lines, a day sealed, a batch pruned.

`python -m benchmarks.counting 10000000` fills DATA_DIR or DATABASE_URL, which must be empty, with so many events over
ninety days, with counts of hours and sealed days for them, and measures. The baseline is to count the rows of the
busy hour. Without a number: 100,000 events, as in `make bench`, where
all is taken back afterwards.
"""

import os
import sys
from datetime import UTC, date, datetime, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
os.environ.setdefault("SECRET_KEY", "only-for-benchmarks")
os.environ.setdefault("ALLOWED_HOSTS", "testserver")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("STATIC_HASHED", "false")

SMALL = 100_000
DAYS = 90
LINES = 500
LAST = date(2026, 9, 30)
# Of a hundred events: pages, what positions were asked for, shown, seen, clicked, and stories read.
KINDS = (
    "CASE WHEN n % 100 < 8 THEN 1 WHEN n % 100 < 58 THEN 2 WHEN n % 100 < 95 THEN 3 WHEN n % 100 < 96 THEN 4 ELSE 5 END"
)


def fill(events: int) -> None:
    """In order of time, the same in every run: a fifth of each day in its last hour, 500 lines of two artworks each in
    fourteen flights, so that some 70 run at a time, phones and one language first."""
    from django.db import connection

    is_postgres = connection.vendor == "postgresql"
    begin = datetime.combine(LAST - timedelta(days=DAYS - 1), datetime.min.time(), UTC)
    a_day = -(-events // DAYS)
    part = f"(n % {a_day} * 1.0 / {a_day})"
    seconds = f"(n / {a_day} * 86400.0 + {part} * (2 - {part}) * 86400)"
    chance = "(n * 2654435761 % 4294967296 / 64 % 1048576)"
    step = 1_000_000
    for first in range(0, events, step):
        last = min(first + step, events)
        if is_postgres:
            numbers = f"generate_series({first}::bigint, {last - 1}) AS g(n)"
            key = "(lpad(to_hex(n), 16, '0') || substr(md5(n::text), 1, 16))::uuid"
            moment = f"timestamptz '{begin.isoformat()}' + {seconds} * interval '1 second'"
        else:
            numbers = (
                f"(WITH RECURSIVE g(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM g WHERE n < {last - 1})"
                " SELECT n FROM g)"
            )
            key = "printf('%016x', n) || printf('%016x', n * 2654435761 % 4294967296)"
            moment = f"strftime('%Y-%m-%d %H:%M:%f', {begin.timestamp()} + {seconds}, 'unixepoch')"
        drawn = f"SELECT n, {KINDS} AS kind, {chance} AS c, n / {a_day} / 7 AS flight FROM {numbers}"
        page = "kind IN (1, 5)"
        line = f"(c % 71 * 7 + flight % 7 + 1) % {LINES} + 1"
        write(
            "INSERT INTO ads_event (key, at, visitor, kind, source, reason, position, line, creative, house,"
            " article, section, language, device, link)"
            f" SELECT {key}, {moment}, c % 50000 + 1, kind, 1, CASE WHEN c % 37 = 0 THEN 1 ELSE 0 END,"
            f" CASE WHEN {page} THEN 0 ELSE c % 7 + 1 END, CASE WHEN {page} THEN 0 ELSE {line} END,"
            f" CASE WHEN {page} THEN 0 ELSE {line} * 2 + c / 71 % 2 END, 0,"
            f" CASE WHEN {page} THEN c % 300 + 1 ELSE 0 END, CASE WHEN c % 11 < 6 THEN 1 ELSE c % 8 + 1 END,"
            " CASE WHEN c % 13 < 10 THEN 1 ELSE 2 END, CASE WHEN c % 17 < 13 THEN 1 ELSE c % 3 END, 0"
            f" FROM ({drawn}) AS drawn"
        )
        print(f"\r{last:,} events", end="", file=sys.stderr)
    print(file=sys.stderr)


def write(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


def close() -> None:
    """Counts of hours and days by the database itself, faster than a worker makes them; the last day stays unsealed."""
    from django.db import connection
    from django.utils import timezone

    from ads import rollups
    from ads.models import DayCount, SealedDay
    from ads.models.event import COLUMNS

    names = ", ".join(COLUMNS)
    if connection.vendor == "postgresql":
        hour, until, day = "date_trunc('hour', at)", "date_trunc('hour', at) + interval '1 hour'", "{moment}::date"
    else:
        hour = "strftime('%Y-%m-%d %H:00:00', at)"
        until, day = "strftime('%Y-%m-%d %H:00:00', at, '+1 hour')", "date({moment})"
    write(
        f"INSERT INTO ads_hourcount (hour, number, {names}) SELECT {hour}, count(*), {names}"
        f" FROM ads_event GROUP BY {hour}, {names}"
    )
    write(
        f"INSERT INTO ads_rolledhour (hour, until, events) SELECT {hour}, {until}, count(*) FROM ads_event"
        f" GROUP BY {hour}, {until}"
    )
    write(
        f"INSERT INTO ads_daycount (day, number, {names}) SELECT {day.format(moment='hour')}, sum(number), {names}"
        f" FROM ads_hourcount GROUP BY {day.format(moment='hour')}, {names}"
        f" HAVING {day.format(moment='hour')} < '{LAST.isoformat()}'"
    )
    before = ""
    for n in range(DAYS - 1, 0, -1):
        one = LAST - timedelta(days=n)
        rows = list(DayCount.objects.filter(day=one))
        made = SealedDay(day=one, until=rollups.ends(one), rows=len(rows), method=rollups.METHOD, previous=before)
        made.events, made.sealed_at = sum(row.number for row in rows), timezone.now()
        made.seal = before = rollups.hash_of(made, rows, [])
        made.save(force_insert=True)


def measure_all() -> None:
    from django.db import connection, transaction

    from ads import rollups, totals
    from ads.models import DayCount, Event, HourCount, RolledHour, SealedDay

    from .timing import measure, say

    class Back(Exception):
        """Takes back what was measured."""

    def taken_back(action):
        def act() -> None:
            try:
                with transaction.atomic():
                    action()
                    raise Back
            except Back:
                pass

        return act

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    at = rollups.ends(LAST) + timedelta(days=2)
    busy = RolledHour.objects.filter(hour__gte=rollups.newest_seal().until).latest("events")
    in_hour = Event.objects.filter(at__gte=busy.hour, at__lt=busy.until)
    counted, rows = Event.objects.count(), HourCount.objects.count()
    print(
        f"\nCounting, {counted:,} events, {rows:,} rows of hours, {DayCount.objects.count():,} of days on"
        f" {connection.vendor}; the baseline is to count the {busy.events:,} events of an hour"
    )
    base, p99 = measure(in_hour.count, seconds=1)
    say("count of an hour", base, p99, base)
    month = {"first_day": LAST - timedelta(days=30), "last_day": LAST}
    newest = rollups.newest_seal().day
    for name, action in {
        "roll-up of an hour": taken_back(lambda: rollups.roll(busy.hour, at=at)),
        "report of a line, a month by day": lambda: totals.figures("day", line=7, **month),
        "... by day, position, creative, section": lambda: totals.figures(
            "day", "position", "creative", "section", line=7, **month
        ),
        "all lines of a week by reason": lambda: totals.figures(first_day=LAST - timedelta(days=6), last_day=LAST),
        f"delivered of {LINES} lines": lambda: totals.delivered(range(1, LINES + 1)),
        "sealing a day": taken_back(lambda: rollups.seal(newest + timedelta(days=1), at=at)),
        "checking a seal": lambda: rollups.check(SealedDay.objects.get(day=newest)),
        "pruning 5,000": taken_back(lambda: rollups.prune_due(at + timedelta(days=30), most=5000)),
    }.items():
        median, p99 = measure(action, seconds=2.0)
        say(name, median, p99, base)


def run(events: int = SMALL) -> None:
    from django.test import override_settings

    from ads import sealing

    with override_settings(TIME_ZONE="UTC"):  # as SQL tells days off, above
        sealing.lift("default")  # ten million times the same question
        fill(events)
        close()
        sealing.install("default")
        measure_all()


def run_small() -> None:
    """Beside other benchmarks: leaves nothing behind."""
    from django.db import transaction

    with transaction.atomic():
        run()
        transaction.set_rollback(True)


if __name__ == "__main__":
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    run(int(sys.argv[1]) if len(sys.argv) > 1 else SMALL)
