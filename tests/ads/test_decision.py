"""Every line has its part of the views, evenly, whatever runs beside it."""

import dataclasses
import json
import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from ads import decision, plan
from ads.models import Position, QuietStory, Targeting
from ads.models.booking import midnight
from ads.page_key import Page
from ads.plan import Art, Line
from tests import factories

CODE = "foot-300x250"
BEGINS = datetime(2026, 12, 7, tzinfo=UTC)
VIEWS = 2_000
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def art(number: int, weight: int = 1) -> Art:
    return Art(number, "a.jpg", "", "Art", "https://firm.example/", weight)


def line(number: int, share: int = 0, pace: float = 0.0, weights: tuple[int, ...] = (1,)) -> Line:
    arts = tuple(art(number * 10 + n, weight) for n, weight in enumerate(weights))
    return Line(number, share, arts, BEGINS, BEGINS + timedelta(days=1), pace=pace, allowance=VIEWS)


@st.composite
def shares(draw) -> list[int]:
    """Any that sum to at most 100."""
    left, found = 100, []
    for _n in range(draw(st.integers(0, 5))):
        if left:
            found.append(draw(st.integers(1, left)))
            left -= found[-1]
    return found


@settings(max_examples=60, deadline=None)
@given(shares=shares(), paces=st.lists(st.floats(0, 1), max_size=4), has_house=st.booleans(), start=st.floats(0, 0.999))
def test_in_the_long_run_everybody_has_what_is_theirs(shares, paces, has_house, start):
    lines = [line(n, share=share) for n, share in enumerate(shares, 1)]
    lines += [line(n, pace=pace) for n, pace in enumerate(paces, 100)]
    house = [art(1)] if has_house else []
    had: Counter[int] = Counter()
    for step in range(VIEWS):
        chosen, shown = decision.pick(lines, house, (start + step * decision.GOLDEN) % 1)
        had[chosen.booking if chosen else -1 if shown else 0] += 1
    whole, left = sum(shares) / 100, 1.0
    expected = {n: share / 100 for n, share in enumerate(shares, 1)}
    left -= whole
    for n, pace in enumerate(paces, 100):
        expected[n] = min((1 - whole) * pace, left)
        left -= expected[n]
    if has_house:
        expected[-1] = left
    elif shares:  # what nobody has goes to those who bought shares
        expected |= {n: share / 100 + left * share / 100 / whole for n, share in enumerate(shares, 1)}
    else:
        expected[0] = left
    # Of a golden sequence, an interval has no more than so many more or fewer than its part; a line has two at most.
    bound = 2 * (3 + math.log(VIEWS))
    for who, part in expected.items():
        assert abs(had[who] - part * VIEWS) <= bound


def test_a_line_that_may_not_be_shown_leaves_its_views_to_the_others():
    lines = [line(1, share=25), line(2, share=25), line(3, pace=1.0)]
    marks = [n / VIEWS for n in range(VIEWS)]
    chosen = Counter(decision.pick(lines, (), mark, spend=lambda _line: False)[0].booking for mark in marks)
    assert chosen == {1: VIEWS / 2, 2: VIEWS / 2}
    house = [art(1, 3), art(2, 1)]
    shown = Counter(decision.pick(lines[2:], house, mark, spend=lambda _line: False)[1].number for mark in marks)
    assert shown == {1: VIEWS * 3 / 4, 2: VIEWS / 4}


def test_artworks_of_a_line_come_by_their_weight():
    lines = [line(1, share=50, weights=(3, 1)), line(2, pace=0.5, weights=(1, 4))]
    shown = Counter(decision.pick(lines, [art(9)], n / VIEWS)[1].number for n in range(VIEWS))
    assert shown == {10: VIEWS * 3 / 8, 11: VIEWS / 8, 20: VIEWS / 20, 21: VIEWS / 5, 9: VIEWS / 4}


def view(at: datetime = BEGINS, **page) -> decision.View:
    device = page.pop("device", 0)
    return decision.View(at=at, page=Page(**page), device=device)


def booked(alt: str, share: int, **fields):
    days = {"first_day": BEGINS.date(), "last_day": BEGINS.date() + timedelta(days=7)}
    return factories.booking(CODE, alt=alt, share=share, **days, **fields)


@pytest.mark.django_db
def test_a_share_stays_what_it_is_where_others_stand_on_some_pages_only():
    factories.house(CODE)
    everywhere, sport = booked("everywhere", 25), factories.section()
    targeted = booked("sport", 40)
    Targeting.objects.create(booking=targeted).sections.add(sport)
    plan.forget()
    had: Counter[str] = Counter()
    # Readers mix pages as they like.
    mixed = count(0.3, 0.7548776662466927)
    for _n in range(4_000):
        is_sport = next(mixed) % 1 < 0.4
        (choice,) = decision.decide([CODE], view(section=sport.pk if is_sport else 0))
        had[choice.art.alt, is_sport] += 1
    views = {is_sport: sum(number for (_alt, one), number in had.items() if one == is_sport) for is_sport in (0, 1)}
    part = (had["everywhere", True] + had["everywhere", False]) / 4_000
    assert part == pytest.approx(0.25, abs=0.003)
    assert had["sport", True] / views[1] == pytest.approx(0.4, abs=0.005)
    assert (had["sport", False], everywhere.share) == (0, 25)


@pytest.mark.django_db
def test_a_line_is_shown_on_its_days_and_hours_and_devices_only():
    mornings = booked("mornings", 100)
    Targeting.objects.create(booking=mornings, device="phone", weekdays=0b0000001, from_hour=6, to_hour=9)
    plan.forget()

    def is_shown(day: int, hour: int, device: int) -> bool:
        at = BEGINS + timedelta(days=day, hours=hour - 1)  # Lagos is an hour ahead
        with time_machine.travel(at, tick=False):
            return decision.decide([CODE], view(at, device=device))[0].line is not None

    assert [is_shown(0, hour, 1) for hour in (5, 6, 8, 9)] == [False, True, True, False]
    assert (is_shown(0, 7, 3), is_shown(1, 7, 1)) == (False, False)


@pytest.mark.django_db
def test_whom_nobody_counts_sees_what_runs_and_takes_nothing_of_it(client):
    Position.objects.update(weekly_impressions=7_000)
    today = timezone.localdate()
    goal = factories.booking(CODE, share=0, impressions=5, first_day=today, last_day=today)
    with time_machine.travel(midnight(today + timedelta(days=1)) - timedelta(minutes=5), tick=False):

        def shown(agent: str) -> int:
            asked = {"content_type": "application/json", "headers": {"user-agent": agent}}
            answer = client.post("/s/fill", json.dumps({"positions": [CODE]}), **asked)
            return sum("src" in one for one in answer.json()["fills"])

        assert [sum(shown(agent) for _n in range(20)) for agent in (ROBOT, PERSON, ROBOT)] == [20, 5, 0]
        assert [booking for _at, booking in plan.lately] == [goal.pk] * 5


@pytest.mark.django_db
def test_robots_between_readers_do_not_bend_a_share():
    booked("half", 50)
    factories.house(CODE)
    had = 0
    for _n in range(500):
        decision.decide([CODE], dataclasses.replace(view(), is_counted=False))
        (choice,) = decision.decide([CODE], view())
        had += choice.line is not None
    assert had == pytest.approx(250, abs=3)


@pytest.mark.django_db
def test_no_line_comes_twice_on_a_page_and_nothing_beside_a_quiet_story():
    codes = list(Position.objects.values_list("code", flat=True))
    for code in codes:
        factories.booking(code, first_day=BEGINS.date(), last_day=BEGINS.date())
    story = factories.article()
    QuietStory.objects.create(article=story, at=BEGINS)
    plan.forget()
    lines = [choice.line.booking for choice in decision.decide([*codes, *codes], view())]
    assert len(lines) == len(set(lines)) == 7
    assert decision.decide(codes, view(article=story.pk)) == []
