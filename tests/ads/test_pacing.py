"""Lines by number run as fast as they must, whatever traffic does, and stop at their number."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ads import decision, forecast, ledger, pacing, plan
from ads.models import Booking, Creative, DayCount, Position, SealedDay, Targeting
from ads.models.booking import midnight
from ads.models.event import Kind
from ads.slots import Line
from ads.targeting import Where
from articles.models import Heartbeat
from benchmarks import simulation
from tests import factories

pytestmark = pytest.mark.django_db

CODE = "foot-300x250"
MONDAY = date(2027, 3, 1)
BEGINS = midnight(MONDAY)
A_DAY = 1_000


@pytest.fixture(autouse=True)
def _a_thousand_a_day():
    Position.objects.update(weekly_impressions=7 * A_DAY)


def sold(impressions: int, first: int = 0, last: int = 9) -> Booking:
    """A line by number, whether that fits or not; days from Monday on."""
    line = Booking.objects.create(
        position=factories.position(CODE),
        advertiser=factories.advertiser(),
        first_day=MONDAY + timedelta(days=first),
        last_day=MONDAY + timedelta(days=last),
        share=0,
        impressions=impressions,
        price=1,
        booked_at=BEGINS,
    )
    art = {"file": "a.jpg", "format": "JPEG", "bytes": 1, "alt": "Bread", "click_url": "https://bakery.example/"}
    line.creatives.create(version=1, created_at=BEGINS, **art)
    plan.forget()
    return line


def line_of(booking, at: datetime = BEGINS) -> Line:
    return {line.booking: line for line in plan.load(at).slots[CODE].lines}[booking.pk]


def counted(day: int, kind: Kind, number: int, **facts) -> None:
    DayCount.objects.create(day=MONDAY + timedelta(days=day), kind=kind, number=number, **facts)


def seal(*days: int) -> None:
    for day in days:
        ends = midnight(MONDAY + timedelta(days=day + 1))
        sealed = MONDAY + timedelta(days=day)
        SealedDay.objects.create(day=sealed, rows=1, events=1, method=1, seal=str(day), sealed_at=ends)


def test_a_line_takes_the_part_that_it_needs_a_little_faster_at_first():
    # 5,000 of 10,000 that come in ten days, of which one in a hundred is left for the end; five in a hundred faster.
    assert line_of(sold(5_000)).pace == pytest.approx(0.5 * 1.05 / 0.99)


def test_a_line_that_has_what_it_bought_stops():
    line = sold(1_000)
    counted(0, Kind.RENDER, 1_000, line=line.pk)
    seal(0)
    found = line_of(line, midnight(MONDAY + timedelta(days=1)))
    assert (found.pace, found.allowance) == (0, 0)


def test_what_is_served_and_not_yet_shown_is_reckoned_with():
    line = sold(100)
    now = BEGINS + timedelta(hours=5)
    for n in range(20):
        factories.event(Kind.SERVED, at=now - timedelta(seconds=10), line=line.pk)
        if n < 5:
            factories.event(Kind.RENDER, at=now - timedelta(seconds=9), line=line.pk)
    usual = (5 + pacing.OWN_COUNT) / (20 + pacing.OWN_COUNT)
    assert line_of(line, now).allowance == -int(-(100 - 5 - (20 * usual - 5)) // 1)


def test_pages_that_take_a_choice_and_tell_nothing_do_not_keep_a_line_from_its_number():
    line = sold(10)
    view = decision.View(at=midnight(MONDAY + timedelta(days=10)) - timedelta(minutes=5))
    assert sum(bool(decision.decide([CODE], view)[0].line) for _ in range(50)) == 10
    plan.forget()
    assert decision.decide([CODE], view)[0].line is None
    view = decision.View(at=view.at + pacing.UNTOLD)
    assert decision.decide([CODE], view)[0].line.booking == line.pk


def test_shares_that_run_are_not_reckoned_with():
    days = {"first_day": MONDAY, "last_day": MONDAY + timedelta(days=9)}
    share = factories.booking(CODE, share=50, **days)
    line = sold(2_500)
    assert line_of(line).pace == pytest.approx(0.5 * 1.05 / 0.99)
    Targeting.objects.create(booking=share, device="phone")  # on half of the pages
    assert line_of(line).pace == pytest.approx(0.25 / 0.75 * 1.05 / 0.99)


def test_what_is_sold_and_does_not_run_takes_nothing_from_goals():
    days = {"first_day": MONDAY, "last_day": MONDAY + timedelta(days=9)}
    paused, bare = (factories.booking(CODE, share=20, **days) for _n in range(2))
    Booking.objects.filter(pk=paused.pk).update(paused_at=BEGINS)
    bare.creatives.update(status=Creative.Status.WAITING)
    ledger.take(bare.position, MONDAY, MONDAY + timedelta(days=9), share=30, is_held=True)
    assert line_of(sold(2_500)).pace == pytest.approx(0.25 * 1.05 / 0.99)


def test_shares_that_begin_later_are_made_room_for():
    factories.booking(CODE, share=50, first_day=MONDAY + timedelta(days=5), last_day=MONDAY + timedelta(days=9))
    assert line_of(sold(3_000)).pace == pytest.approx(3_000 / 7_500 * 1.05 / 0.99)


def test_choices_that_are_not_shown_are_made_up_for():
    line = sold(4_000)
    counted(0, Kind.SERVED, 1_000, line=line.pk)
    counted(0, Kind.RENDER, 500, line=line.pk)
    seal(0)
    renders = (500 + pacing.OWN_COUNT) / (1_000 + pacing.OWN_COUNT)
    found = line_of(line, midnight(MONDAY + timedelta(days=1)))
    assert found.pace == pytest.approx(3_500 / (renders * 9_000) * (1 + 0.05 * 0.9) / (1 - 0.01 / 0.9))
    assert found.allowance == 3_500


def test_traffic_that_differs_from_the_forecast_changes_the_pace():
    line = sold(2_500)
    place = line.position
    for day in range(-7, 0):
        counted(day, Kind.SERVED, A_DAY // 2, position=place.pk)
    seal(*range(-7, 0))
    # Half of what was forecast, but for half a day of doubt.
    ratio = (7 * 500 + 500) / (7 * 1000 + 500)
    assert line_of(line).pace == pytest.approx(0.25 / ratio * 1.05 / 0.99)


def test_a_target_is_paced_by_the_traffic_that_it_gets():
    sport = factories.section()
    line = sold(1_000)
    Targeting.objects.create(booking=line, device="phone").sections.add(sport)
    even = forecast.part_of(line.position, Where(sections=frozenset({sport.pk}), device="phone"), at=BEGINS)
    assert line_of(line).pace == pytest.approx(1_000 / (10_000 * float(even)) * 1.05 / 0.99, rel=0.01)
    factories.traffic(CODE, until=MONDAY - timedelta(days=1), an_hour=50)
    plan.begin_anew()
    for day in range(-14, 0):
        for section, device, number in ((sport.pk, 1, 300), (sport.pk, 3, 300), (sport.pk + 1, 1, 600)):
            counted(day, Kind.SERVED, number, position=line.position_id, section=section, device=device, language=1)
    seal(*range(-14, 0))
    assert line_of(line).pace == pytest.approx(1_000 / (12_000 * 0.25) * 1.05 / 0.99)


def test_a_target_of_some_days_and_hours_is_paced_by_those():
    line = sold(1_000, last=6)
    Targeting.objects.create(booking=line, weekdays=0b0011111, from_hour=22, to_hour=4)
    # Five days, a quarter of each.
    assert line_of(line).pace == pytest.approx(1_000 / (5 * 250) * 1.05 / 0.99)
    # On Friday after its hours of the morning, two of eight hours of Friday night are left until midnight.
    friday = midnight(MONDAY + timedelta(days=4)) + timedelta(hours=4)
    assert line_of(line, friday).pace == 1


def test_the_last_day_ends_in_the_publishers_zone():
    line = sold(1_000)
    ends = midnight(MONDAY + timedelta(days=10))
    assert line_of(line, ends - timedelta(hours=1)).pace == 1
    assert line.pk not in {one.booking for one in plan.load(ends).slots[CODE].lines}


def test_lines_that_begin_later_are_made_room_for():
    early, _later = sold(5_000, 0, 9), sold(3_000, 5, 9)
    # Alone, the first would take half of every day, and the second 0.6 of its own: more than there is.
    found = line_of(early)
    assert (found.pace, found.short) == (pytest.approx(0.6 * 1.05 / 0.99, abs=0.003), 0)


def test_what_cannot_be_met_is_said_and_the_earliest_to_end_has_its_part():
    first, last = sold(8_000, 0, 9), sold(9_000, 0, 11)
    found = plan.load(BEGINS).slots[CODE]
    assert {line.booking: line.short for line in found.lines} == {first.pk: 0, last.pk: 5_000}


def test_an_allowance_is_divided_among_the_processes_that_deliver():
    line = sold(11)
    assert line_of(line).allowance == 11
    for name, ago in (("web:one", 10), ("web:two", 170), ("web:gone", 181), ("worker:one", 1)):
        Heartbeat.objects.create(name=name, at=BEGINS - timedelta(seconds=ago))
    assert line_of(line).allowance == 6
    found = plan.current(BEGINS).slots[CODE]  # this process makes itself the third
    assert found.lines[0].allowance == 4


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_fifty_readers_at_once_get_no_more_of_a_line_than_it_has_left(at_once):
    sold(10, last=0)
    view = decision.View(at=midnight(MONDAY + timedelta(days=1)) - timedelta(minutes=5))
    plan.current(view.at)
    chosen: Counter[bool] = Counter()
    assert at_once(50, lambda: chosen.update([bool(decision.decide([CODE], view)[0].line)])) == []
    assert chosen[True] <= 10 == sum(line.allowance for line in plan.current(view.at).slots[CODE].lines)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_line_ends_on_its_number_however_many_views_there_are(processes):
    """Forty views a second, told after ten seconds; each process reads its plan once a minute, in turn."""
    assert simulation.rush(processes=processes) == simulation.IN_A_RUSH


@pytest.mark.parametrize("wrong", [-0.3, 0.3])
def test_some_simulated_days_end_as_they_were_sold(wrong):
    result = simulation.Month(days=4, step=timedelta(hours=1), wrong=wrong, forecast=2_000).run()
    assert result.holds, simulation.table(wrong, result)
    assert all(one.off <= simulation.OVER_GOAL for one in result.outcomes)


@settings(max_examples=30, deadline=None)
@example(needs=[(0, 0, 500), (0, 1, 201)])
@given(
    needs=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 900)), min_size=1, max_size=5),
)
def test_paces_reach_what_an_allocator_reaches_that_knows_the_days_to_come(needs):
    """Day by day with the traffic that was forecast, each line has its number unless it was said to be short."""
    runs = [(min(a, b), max(a, b), number) for a, b, number in needs]
    comes = {MONDAY + timedelta(days=n): 1_000.0 for n in range(7)}
    lines = []
    for first, last, number in runs:
        days = {"first_day": MONDAY + timedelta(days=first), "last_day": MONDAY + timedelta(days=last)}
        made = pacing._Run(type("Line", (), {**days, "pk": len(lines), "impressions": number})(), number * 2, 1.0)
        made.comes = {day: n for day, n in comes.items() if days["first_day"] <= day <= days["last_day"]}
        lines.append(made)
    lacks = pacing._lacks(lines, comes)
    weights = pacing._even_out(lines, comes, lacks)
    for run in lines:
        got = sum(run.rate * weights[day] * number for day, number in run.comes.items())
        assert got == pytest.approx(run.need - lacks[run.booking.pk])
    for day, number in comes.items():
        load = sum(run.rate * weights[day] * run.comes.get(day, 0) for run in lines)
        assert load <= number * 1.1
