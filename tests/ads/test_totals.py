"""What was delivered is told right at every moment, also while it is counted and sealed."""

import os
import subprocess
import sys
import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from ads import adjusting, rollups, totals
from ads.models import Event, SealedDay
from ads.models.event import Kind, Reason
from tests import factories
from tests.ads.count_beside_others import AT_ONCE, BEGIN, ROUNDS

NOON = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)  # 12:00 in Lagos
DAY = date(2026, 11, 25)


def events(count, at, kind=Kind.RENDER, **fields):
    Event.objects.bulk_create([Event(key=uuid.uuid4(), kind=kind, at=at, visitor=1, **fields) for _ in range(count)])


def worker(at):
    rollups.roll_due(at)
    rollups.seal_due(at)


def interrupted(query, work):
    """Has `work` done before the given query, as another process would."""
    asked = -1

    def wrapper(execute, sql, *rest):
        nonlocal asked
        asked += 1
        if asked == query:
            work()
        return execute(sql, *rest)

    return connection.execute_wrapper(wrapper)


@pytest.mark.django_db
@pytest.mark.parametrize("by", [(), ("day",)])
@pytest.mark.parametrize("hours", [3, 14, 30, 60])
@pytest.mark.parametrize("query", range(8))
def test_no_event_is_missed_or_told_twice_when_it_is_counted_or_sealed_between_two_queries(by, hours, query):
    events(1, NOON, line=7, position=2)
    events(2, NOON + timedelta(hours=2), line=7, position=2)
    events(4, NOON + timedelta(hours=26), line=7, position=3)
    worker(NOON + timedelta(hours=1, minutes=5))
    later = NOON + timedelta(hours=hours)
    with interrupted(query, lambda: worker(later)):
        found = totals.figures(*by, line=7)
    assert sum(one.renders for one in found.values()) == 7
    if by == ("day",):
        assert {day: one.renders for (day,), one in found.items()} == {DAY: 3, DAY + timedelta(days=1): 4}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_reader_beside_a_worker_sees_every_event_once():
    for hour in range(40):
        events(5, NOON + timedelta(hours=hour), line=7)
    gate, seen = threading.Barrier(2), []

    def count():
        gate.wait()
        for hour in range(44):
            worker(NOON + timedelta(hours=hour, minutes=10))
        connection.close()

    thread = threading.Thread(target=count)
    thread.start()
    gate.wait()
    while thread.is_alive():
        seen.append(totals.figures("day", line=7))
    thread.join()
    seen.append(totals.figures("day", line=7))
    assert {sum(one.renders for one in found.values()) for found in seen} == {200}
    assert [one.is_sealed for _day, one in sorted(seen[-1].items())] == [True, True, False]


@pytest.mark.django_db
def test_figures_say_what_does_not_count_and_what_was_corrected():
    events(5, NOON, line=7, position=2)
    events(2, NOON, line=7, position=2, reason=Reason.BOT)
    events(1, NOON + timedelta(days=1), line=7, position=2)
    worker(NOON + timedelta(days=1))
    by = factories.user("Publisher")
    adjusting.adjust(DAY, {"kind": Kind.RENDER, "line": 7, "position": 2}, -2, "Ours", by=by, at=NOON)
    first, second = (one for _day, one in sorted(totals.figures("day", line=7).items()))
    assert (first.net[Kind.RENDER], first.gross[Kind.RENDER], first.is_sealed) == (3, 7, True)
    assert (first.refused, first.corrected) == ({(Kind.RENDER, Reason.BOT): 2}, {Kind.RENDER: -2})
    assert (second.net[Kind.RENDER], second.corrected, second.is_sealed) == (1, {}, False)
    first.take(second)
    assert (first.net[Kind.RENDER], first.corrected, first.is_sealed) == (4, {Kind.RENDER: -2}, False)


@pytest.mark.django_db
@pytest.mark.parametrize("until", [0, 2, 40, 80])
def test_some_days_are_told_alike_whatever_is_sealed(until):
    for days in range(3):
        events(days + 1, NOON + timedelta(days=days), line=7)
    worker(NOON + timedelta(hours=until))

    def told(first, last):
        first, last = (None if n is None else DAY + timedelta(days=n) for n in (first, last))
        return [one.renders for one in totals.figures(first_day=first, last_day=last, line=7).values()]

    assert [told(0, 0), told(1, 1), told(2, None), told(None, 1), told(3, 9)] == [[1], [2], [3], [3], []]
    assert totals.delivered([7, 8]) == {7: 6}


@pytest.mark.django_db
def test_figures_are_as_many_queries_for_thirty_lines_as_for_one(django_assert_num_queries):
    for line in range(1, 31):
        events(1, NOON, line=line)
        events(1, NOON + timedelta(days=1), line=line)
    worker(NOON + timedelta(days=1))
    for lines in ([1], list(range(1, 31))):
        with django_assert_num_queries(6):
            assert set(totals.delivered(lines).values()) == {2}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="Several machines share a PostgreSQL database.")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_three_processes_that_write_and_two_that_count_come_to_the_totals_of_one(tmp_path):
    made = connection.settings_dict
    host = f"{made['USER']}:{made['PASSWORD']}@{made['HOST']}:{made['PORT']}"
    env = os.environ | {"DATABASE_URL": f"postgres://{host}/{made['NAME']}", "DEBUG": "1"}
    program = [sys.executable, "-m", "tests.ads.count_beside_others"]
    done = tmp_path / "done"
    counters = [subprocess.Popen([*program, "count", str(done)], env=env) for _ in range(2)]
    writers = [subprocess.Popen([*program, "write", str(number)], env=env) for number in (1, 2, 3)]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    done.touch()
    assert [counter.wait(60) for counter in counters] == [0, 0]
    # What all three wrote is there once, what each wrote alone three times. A writer that lags behind the newest event
    # by more than an hour writes into one that is closed; the recount of the night takes that in.
    written = {n + 1: ROUNDS * (3 if n % 3 else 1) for n in range(AT_ONCE)}
    worker(BEGIN + timedelta(hours=ROUNDS + 30))
    assert totals.delivered(written) == written
    sealed = list(SealedDay.objects.order_by("day"))
    for day in sealed:
        rollups.check(day)
    assert sum(day.events for day in sealed) == sum(written.values())


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL sees by itself that an index fits")
@pytest.mark.parametrize(
    ("column", "where"),
    [("line", {"line": 7}), ("line", {"line__in": [7, 8]}), ("article", {"article": 7}), ("position", {"position": 7})],
)
def test_counts_of_one_line_story_or_position_are_found_by_their_index(column, where):
    events(3, NOON, line=7, position=7, article=7)
    worker(NOON + timedelta(days=1))
    events(3, NOON + timedelta(days=1), line=7)
    worker(NOON + timedelta(days=1, hours=2))
    asked = []

    def explain(execute, sql, params, many, context):
        if "count" in sql and f'"{column}"' in sql:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        totals.figures(**where)
    plans = []
    for sql, params in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            plans.append(cursor.fetchall()[0][-1])
    assert [
        f"USING INDEX {part}_count_{column}" in plan for part, plan in zip(("day", "hour"), plans, strict=True)
    ] == [
        True,
        True,
    ]
