"""Hours are counted from events, days are sealed, and every event is in one hour and one day."""

import itertools
import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ads import adjusting, counting, rollups, rounds, sealing, totals
from ads.models import Adjustment, DayCount, Event, HourCount, RolledHour, SealedDay
from ads.models.event import COLUMNS, Kind, Reason
from tests import factories

NOON = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)  # 12:00 in Lagos
DAY = date(2026, 11, 25)
ZONES = [
    # Half an hour off, three quarters, clocks that move in spring and in autumn, by half an hour, and at midnight.
    ("Asia/Kolkata", datetime(2026, 5, 1, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 5, 1, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 3, 28, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 10, 24, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 10, 31, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 3, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 10, 31, tzinfo=UTC)),
    ("Asia/Beirut", datetime(2026, 3, 28, tzinfo=UTC)),
]


def counts():
    """What hours hold, without the numbers of their rows."""
    return sorted(HourCount.objects.values_list("hour", *COLUMNS, "number"))


def events(*moments, kind=Kind.RENDER, **fields):
    rows = [Event(key=uuid.uuid4(), kind=kind, at=at, visitor=1, **fields) for at in moments]
    return Event.objects.bulk_create(rows)


def sealed_day():
    """A day with three renders of line 7 on position 2, sealed in the night after it."""
    events(NOON, NOON, NOON + timedelta(hours=3), line=7, position=2)
    at = NOON + timedelta(days=1)
    while rollups.roll_due(at):
        pass
    rollups.seal_due(at)
    return SealedDay.objects.get(day=DAY)


@pytest.mark.django_db
def test_counting_an_hour_again_gives_the_same():
    events(NOON, NOON, NOON + timedelta(minutes=59), line=7)
    before = (rollups.roll(NOON, at=NOON + timedelta(hours=2)), counts())
    assert before == (rollups.roll(NOON, at=NOON + timedelta(hours=3)), counts())
    assert [row[-1] for row in counts()] == [3]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_hour_counted_by_eight_at_once_is_counted_once(at_once):
    events(*[NOON] * 40, line=7)
    events(*[NOON] * 2, kind=Kind.VIEW, line=7)
    assert at_once(8, lambda: rollups.roll(NOON, at=NOON)) == []
    assert [(row[1], row[-1]) for row in counts()] == [(Kind.RENDER, 40), (Kind.VIEW, 2)]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_day_sealed_by_four_at_once_is_sealed_once(at_once):
    events(*[NOON] * 40, line=7)
    at = NOON + timedelta(days=1)
    assert at_once(4, lambda: (rollups.roll_due(at), rollups.seal_due(at))) == []
    assert list(SealedDay.objects.values_list("day", "events")) == [(DAY, 40)]
    assert list(DayCount.objects.values_list("number", flat=True)) == [40]


class Killed(Exception):
    pass


def killed_before(statement):
    """Ends the work before the given statement of it, those around transactions left out."""
    left = itertools.count()

    def wrapper(execute, sql, *rest):
        if "SAVEPOINT" not in sql and next(left) == statement:
            raise Killed
        return execute(sql, *rest)

    return connection.execute_wrapper(wrapper)


@pytest.mark.django_db
def test_counting_killed_before_any_statement_leaves_the_old_counts_or_the_new():
    events(NOON)
    rollups.roll(NOON, at=NOON)
    old = counts()
    events(NOON)
    statement, seen = 0, []
    while True:
        try:
            with killed_before(statement):
                rollups.roll(NOON, at=NOON)
        except Killed:
            statement += 1
            seen.append(counts())
        else:
            break
    assert statement > 5
    assert all(one == old for one in seen)
    assert [row[-1] for row in counts()] == [2]


@pytest.mark.django_db
def test_sealing_killed_before_any_statement_leaves_no_seal_and_is_done_later():
    events(NOON)
    at = NOON + timedelta(days=1)
    rollups.roll_due(at)
    statement = 0
    while True:
        try:
            with killed_before(statement):
                rollups.seal(DAY, at=at)
        except Killed:
            statement += 1
            assert (SealedDay.objects.count(), DayCount.objects.count()) == (0, 0)
        else:
            break
    rollups.check(SealedDay.objects.get())


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "begin"), ZONES)
def test_hours_and_days_leave_no_moment_out_and_hold_none_twice(settings, zone, begin):
    settings.TIME_ZONE = zone
    first = timezone.localdate(begin)
    moment = rollups.begins(first)
    for day in [first + timedelta(days=n) for n in range(4)]:
        assert rollups.begins(day) == moment
        for hour in rollups.hours_of(day):
            assert hour == moment
            moment = rollups.end_of(hour)
            last = moment - timedelta(microseconds=1)
            assert (rollups.hour_of(hour), rollups.hour_of(last)) == (hour, hour)
            assert {timezone.localdate(hour), timezone.localdate(last)} == {day}
        assert rollups.ends(day) == moment


def test_days_have_as_many_hours_as_their_clock(settings):
    settings.TIME_ZONE = "Europe/London"
    long_and_short = [date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 25)]
    assert [len(list(rollups.hours_of(day))) for day in long_and_short] == [23, 24, 25]


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "begin"), ZONES)
@hypothesis_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_sealed_days_closed_hours_and_the_open_one_hold_every_event_once(settings, zone, begin, data):
    settings.TIME_ZONE = zone
    span = timedelta(hours=60)
    moments = st.integers(0, span // timedelta(minutes=1)).map(lambda minutes: begin + timedelta(minutes=minutes))
    told = data.draw(st.lists(st.tuples(moments, st.integers(0, 3), st.sampled_from(Kind)), max_size=30))
    now = begin + timedelta(minutes=data.draw(st.integers(60, 66 * 60)))
    told = [one for one in told if one[0] <= now]
    with transaction.atomic():
        for at, number, kind in told:
            events(at, kind=kind, **dict.fromkeys(COLUMNS[3:], number))
        for at in sorted({now - timedelta(hours=20), now}):
            rollups.roll_due(at)
            rollups.seal_due(at)
        for name in COLUMNS[3:]:
            found = totals.figures(name)
            assert {key: sum(one.gross.values()) for key, one in found.items()} == Counter(
                (number,) for _at, number, _kind in told
            )
        by_day = totals.figures("day")
        assert {day: sum(one.gross.values()) for (day,), one in by_day.items()} == Counter(
            timezone.localdate(at) for at, _number, _kind in told
        )
        for day in SealedDay.objects.all():
            rollups.check(day)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_without_a_worker_for_days_everything_is_caught_up_in_order():
    moments = [NOON - timedelta(days=3), NOON - timedelta(days=2, hours=1), NOON - timedelta(hours=2)]
    events(*moments, line=7)
    assert totals.delivered([7]) == {7: 3}
    while rollups.roll_due(NOON, enough=1):
        assert totals.delivered([7]) == {7: 3}
    hours = list(RolledHour.objects.order_by("hour").values_list("hour", "events"))
    assert [hour for hour in hours if hour[1]] == [(moment, 1) for moment in moments]
    sealed = []
    while days := rollups.seal_due(NOON, enough=1):
        sealed += days
        assert totals.delivered([7]) == {7: 3}
    assert sealed == [DAY - timedelta(days=n) for n in (3, 2, 1)]


@pytest.mark.django_db
def test_a_year_without_events_costs_one_hour_and_little_for_each_day():
    events(NOON - timedelta(days=365))
    rollups.roll_due(NOON)
    rollups.seal_due(NOON - timedelta(days=363))
    with CaptureQueriesContext(connection) as queries:
        rollups.roll_due(NOON)
    assert (RolledHour.objects.count(), len(queries) < 40) == (2, True)
    with CaptureQueriesContext(connection) as queries:
        done = rollups.seal_due(NOON)
    assert len(queries) / len(done) < 25
    rollups.check(SealedDay.objects.latest("day"))


@pytest.mark.django_db
def test_the_rounds_ask_little_when_there_is_nothing_to_count(django_assert_num_queries):
    sealed_day()
    at = NOON + timedelta(days=1)
    with django_assert_num_queries(5):
        for duty in rounds.ROUNDS:
            if duty.__module__ == "ads.rollups":
                duty(at)


@pytest.mark.django_db
def test_what_was_written_after_its_hour_was_closed_is_found_in_the_night():
    events(NOON, line=7)
    rollups.roll_due(NOON + timedelta(hours=2))
    events(NOON + timedelta(minutes=59, seconds=59), NOON - timedelta(hours=2), line=7)
    assert totals.delivered([7]) == {7: 1}
    at = NOON + timedelta(days=1)
    rollups.roll_due(at)
    assert rollups.seal_due(at) == [DAY]
    assert totals.delivered([7]) == {7: 3}
    rollups.check(SealedDay.objects.get())


@pytest.mark.django_db
def test_no_event_gets_into_a_sealed_day():
    sealed = sealed_day()
    with pytest.raises(IntegrityError, match="is sealed"), transaction.atomic():
        events(sealed.until - timedelta(microseconds=1))
    counting.write([Event(key=uuid.uuid4(), kind=Kind.RENDER, at=NOON, line=7)])
    assert Event.objects.latest("at").at == rollups.closed_until()
    assert totals.delivered([7]) == {7: 4}


@pytest.mark.django_db
def test_a_day_with_more_events_than_were_counted_is_not_sealed():
    events(NOON)
    at = NOON + timedelta(days=1)
    rollups.roll_due(at)

    def late(execute, sql, *rest):
        if sql.startswith("SELECT COUNT(*)"):
            events(NOON)
        return execute(sql, *rest)

    with connection.execute_wrapper(late):
        assert rollups.seal_due(at) == []
    assert (SealedDay.objects.count(), DayCount.objects.count()) == (0, 0)
    assert rollups.seal_due(at) == [DAY]


@pytest.mark.django_db
def test_when_the_zone_changes_no_hour_and_no_day_overlaps(settings):
    moments = [NOON + timedelta(minutes=10 * n) for n in range(6 * 50)]
    events(*moments[:150])
    rollups.roll_due(moments[150])
    rollups.seal_due(moments[150])
    settings.TIME_ZONE = "Asia/Kolkata"
    events(*moments[150:])
    at = moments[-1] + timedelta(days=2)
    rollups.roll_due(at)
    rollups.seal_due(at)
    assert sum(SealedDay.objects.values_list("events", flat=True)) == 300
    assert totals.figures()[()].renders == 300


@pytest.mark.django_db
def test_sealing_twice_changes_nothing_and_the_chain_holds():
    sealed_day()
    events(NOON + timedelta(days=1))
    at = NOON + timedelta(days=2)
    rollups.roll_due(at)
    first, second = SealedDay.objects.get(), None
    assert rollups.seal_due(at) == [DAY + timedelta(days=1)]
    second = SealedDay.objects.latest("day")
    assert (second.previous, rollups.seal(second.day, at=at), rollups.seal_due(at)) == (first.seal, None, [])
    with pytest.raises(ValueError, match="is sealed before"):
        rollups.seal(DAY + timedelta(days=5), at=at)
    assert check() == "2 sealed days are as they were sealed.\n"


def check():
    said = StringIO()
    try:
        call_command("seal", "--check", stdout=said, stderr=said)
    except CommandError as error:
        return said.getvalue() + str(error)
    return said.getvalue()


@pytest.fixture
def three_days():
    """Sealed, with a correction of the first written before the third."""
    sealed_day()
    events(NOON + timedelta(days=1), NOON + timedelta(days=2))
    for days in (2, 3):
        at = NOON + timedelta(days=days)
        rollups.roll_due(at)
        rollups.seal_due(at)
        if days == 2:
            facts = {"kind": Kind.RENDER, "line": 7, "position": 2}
            adjusting.adjust(DAY, facts, -1, "Tested by us", by=factories.user("Publisher"), at=at)
    assert check() == "3 sealed days are as they were sealed.\n"
    sealing.lift("default")
    yield
    sealing.install("default")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (lambda: DayCount.objects.filter(day=DAY).update(number=2), "2026-11-25: 1 rows with 2 events, sealed were 1"),
        (lambda: DayCount.objects.filter(day=DAY).update(line=8), "2026-11-25: 1 rows, 3 events do not match the seal"),
        (lambda: DayCount.objects.filter(day=DAY).delete(), "2026-11-25: 0 rows with 0 events, sealed were 1 with 3."),
        (lambda: DayCount.objects.create(day=DAY, kind=2, number=1), "2026-11-25: 2 rows with 4 events"),
        (lambda: SealedDay.objects.filter(day=DAY).delete(), "2026-11-26: the day before is missing"),
        (lambda: SealedDay.objects.filter(day__gt=DAY + timedelta(1)).delete(), "2026-11-27: its seal is missing."),
        (lambda: SealedDay.objects.filter(day=DAY).update(seal="0" * 64), "2026-11-25: 1 rows, 3 events do not match"),
        (lambda: SealedDay.objects.filter(day=DAY).update(until=NOON), "2026-11-25: 1 rows, 3 events do not match"),
        (lambda: Adjustment.objects.update(number=-2), "2026-11-27: 1 rows, 1 events do not match the seal."),
        (lambda: Adjustment.objects.update(why="Another"), "2026-11-27: 1 rows, 1 events do not match the seal."),
        (lambda: Adjustment.objects.all().delete(), "2026-11-27: 1 rows, 1 events do not match the seal."),
    ],
)
def test_whatever_is_changed_added_or_taken_away_the_check_finds(three_days, forge, said):
    with transaction.atomic():
        forge()
        assert said in check()
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("model", [SealedDay, DayCount, Adjustment])
def test_what_is_sealed_is_neither_changed_nor_taken_away(model):
    sealed_day()
    by = factories.user("Publisher")
    adjusting.adjust(DAY, {"kind": Kind.RENDER, "line": 7}, 1, "Lost", by=by, at=NOON)
    for change in (lambda rows: rows.update(day=DAY - timedelta(days=9)), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="A sealed day never changes"), transaction.atomic():
            change(model.objects.all())


@pytest.mark.django_db
def test_events_go_after_ninety_days_in_steps_and_never_before_their_day_is_sealed():
    events(*[NOON] * 7)
    rollups.roll_due(NOON + timedelta(days=1))
    at = NOON + timedelta(days=100)
    assert rollups.prune_due(at) == 0
    rollups.seal_due(NOON + timedelta(days=1))
    assert rollups.prune_due(NOON + timedelta(days=89)) == 0
    assert [rollups.prune_due(at, most=5) for _ in range(3)] == [5, 2, 0]
    assert (HourCount.objects.get().number, totals.figures()[()].renders) == (7, 7)
    rollups.check(SealedDay.objects.get())


@pytest.mark.django_db
def test_the_command_counts_all_that_is_due_and_a_dry_run_nothing():
    events(NOON, NOON + timedelta(hours=5))
    said = StringIO()
    with time_machine.travel(NOON + timedelta(hours=20), tick=False):
        call_command("rollup", "--dry-run", stdout=said)
        assert RolledHour.objects.count() == 0
        call_command("rollup", stdout=said)
        call_command("rollup", "--again", "2026-11-25", stdout=said)
        call_command("seal", "--dry-run", stdout=said)
        assert SealedDay.objects.count() == 0
        call_command("seal", stdout=said)
    seal = SealedDay.objects.get().seal
    assert said.getvalue().splitlines() == [
        "3 hours closed.",
        "Dry run: nothing was changed.",
        "3 hours closed.",
        "2 hours counted again, 2 events.",
        f"2026-11-25: 2 events in 1 rows, {seal}",
        "1 days sealed.",
        "Dry run: nothing was changed.",
        f"2026-11-25: 2 events in 1 rows, {seal}",
        "1 days sealed.",
    ]
    with pytest.raises(CommandError, match="is sealed and stays as it is"):
        call_command("rollup", "--again", "2026-11-25", stdout=said)


@pytest.mark.django_db
def test_a_correction_is_of_a_sealed_day_has_a_reason_and_leaves_nothing_below_zero():
    events(NOON, line=7, position=2)
    by = factories.user("Publisher")
    facts = {"kind": Kind.RENDER, "line": 7, "position": 2}

    def refused(number=-1, why="A test of ours", **more):
        with pytest.raises(adjusting.Refused) as refusal:
            adjusting.adjust(DAY, facts | more, number, why, by=by, at=NOON)
        return str(refusal.value)

    assert refused() == "This day is not sealed yet. Until then it is counted again by itself."
    sealed_day()
    assert refused(0) == "An adjustment by nothing changes nothing."
    assert refused(why=" ") == "Say why."
    assert refused(-5) == "That day had 4 of these: no more can be taken away."
    assert refused(-1, line=8) == "That day had 0 of these: no more can be taken away."
    adjusting.adjust(DAY, {"kind": Kind.RENDER, "position": 2}, -2, "Nobody's", by=by, at=NOON)
    assert refused(-3) == "That day had 2 of these: no more can be taken away."
    adjusting.adjust(DAY, facts, -1, "A test of ours", by=by, at=NOON)
    found = totals.figures("day", position=2)[DAY,]
    assert (found.renders, found.corrected, found.is_sealed) == (1, {Kind.RENDER: -3}, True)
    found = totals.figures(line=7, reason=Reason.VALID)[()]
    assert (found.renders, found.corrected) == (3, {Kind.RENDER: -1})
