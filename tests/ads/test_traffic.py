"""What is to come, from what came: worked by hand, and against worlds whose traffic is known."""

import random
import time
from datetime import date, timedelta
from fractions import Fraction

import pytest

from ads.traffic import Counted, read

MONDAY = date(2026, 9, 7)
# A news site: quiet at night, a peak in the morning and one in the evening, Fridays half.
SHAPE = [2, 1, 1, 1, 2, 5, 12, 30, 45, 40, 35, 34, 36, 30, 28, 28, 30, 34, 42, 48, 44, 30, 15, 6]
WEEKDAYS = [1.0, 1.05, 1.0, 1.1, 0.5, 0.8, 0.9]


def world(days: int, *, growth: float = 1.0, noise: float = 0.0, seed: int = 1) -> list[list[int]]:
    chance = random.Random(seed)
    found = []
    for n in range(days):
        factor = WEEKDAYS[n % 7] * growth ** (n / 7)
        found.append([round(40 * part * factor * (1 + noise * chance.uniform(-1, 1))) for part in SHAPE])
    return found


def counted(hours: list[list[int]], **fields) -> list[Counted]:
    return [Counted(MONDAY + timedelta(days=n), row, **fields) for n, row in enumerate(hours)]


def test_less_than_a_week_is_no_forecast():
    assert read(counted(world(6))) is None
    assert read([]) is None
    assert read(counted(world(7))).days == 7


def test_a_steady_week_comes_again_by_weekday_and_hour():
    days = world(28)
    found = read(counted(days))
    assert list(found.week) == pytest.approx([sum(row) for row in days[:7]], abs=1)
    assert [round(found.week[0] * part / sum(found.profile[0])) for part in found.profile[0]] == days[0]
    assert found.rest(0, [(hour, 1.0) for hour in range(12, 24)], range(24)) == pytest.approx(
        sum(days[0][12:]), rel=0.01
    )


@pytest.mark.parametrize("out", [[20], [18, 19], [6, 13, 20, 27]])
def test_days_of_an_outage_change_nothing(out):
    days = world(35)
    whole = read(counted(days))
    for n in out:
        days[n] = [0] * 24
    found = read(counted(days))
    assert found.days == 35 - len(out)
    assert list(found.week) == pytest.approx(list(whole.week), rel=0.001)


def test_an_outage_of_hours_changes_nothing_either():
    days = world(35)
    whole = read(counted(days))
    for n in (33, 34):
        days[n][8:16] = [0] * 8
    assert list(read(counted(days)).week) == pytest.approx(list(whole.week), rel=0.001)


def test_empty_nights_of_a_small_site_are_no_outage():
    days = [[0, 0, 0, 1, 0, 0, 0, 2, 3, 0, 2, 1, 0, 2, 0, 1, 3, 0, 2, 4, 1, 0, 1, 0] for _ in range(28)]
    assert read(counted(days)).week == (23,) * 7


def test_a_day_on_which_everybody_reads_one_story_counts_for_two():
    days = world(28)
    days[20] = [10 * n for n in days[20]]
    assert sum(read(counted(days)).week) / sum(map(sum, world(7))) == pytest.approx(1.03, abs=0.03)


@pytest.mark.parametrize(("factor", "expected"), [(0.5, 0.65), (2, 1.55)])
def test_a_jump_of_the_last_week_moves_the_level_within_bounds(factor, expected):
    days = world(21) + [[round(factor * n) for n in row] for row in world(7)]
    level = sum(read(counted(days)).week) / sum(map(sum, world(7)))
    assert level == pytest.approx(expected, abs=0.1)
    base = (3 + factor) / 4
    assert 0.7 * base - 0.01 <= level <= 1.3 * base + 0.01


def test_growth_and_noise_are_followed_within_a_tenth():
    days = world(63, growth=1.03, noise=0.4)
    coming = sum(map(sum, days[56:]))
    assert sum(read(counted(days[:56])).week) == pytest.approx(coming, rel=0.1)


def test_renders_for_each_decision_are_measured():
    assert read(counted(world(7), filled=1000, renders=870)).rho == Fraction(870, 1000)
    assert read(counted(world(7), filled=10, renders=1)).rho == 1  # too few to tell
    assert read(counted(world(7), filled=1000, renders=0)).rho == Fraction(5, 100)


def test_its_own_record_takes_the_place_of_the_eighty_percent():
    days = world(28)
    told = [Counted(MONDAY + timedelta(days=n), row, forecast=round(sum(row) / 0.9)) for n, row in enumerate(days)]
    assert read(counted(days)).k == read([*counted(days[:15]), *told[15:]]).k == Fraction(8, 10)
    found = read([*counted(days[:14]), *told[14:]])
    assert (found.k, found.record) == (pytest.approx(Fraction(9, 10), abs=0.001), 14)
    worse = [Counted(day.day, day.hours, forecast=10 * sum(day.hours)) for day in told]
    assert read(worse).k == Fraction(3, 10)
    better = [Counted(day.day, day.hours, forecast=sum(day.hours) // 2) for day in told]
    assert read(better).k == 1
    # One bad day of five is what it allows for, and a day without a server says nothing.
    mixed = [*told[:4], *worse[4:5]] * 6
    mixed = [Counted(MONDAY + timedelta(days=n), one.hours, forecast=one.forecast) for n, one in enumerate(mixed)]
    out = Counted(MONDAY + timedelta(days=30), [0] * 24, forecast=9_999)
    assert read(mixed).k == Fraction(3, 10)
    assert read([*mixed, out]).record == 30


def test_seven_positions_of_ninety_days_are_read_at_once():
    days = counted(world(90, noise=0.3), filled=900, renders=800, forecast=20_000)
    begun = time.perf_counter()
    for _position in range(7):
        read(days)
    assert time.perf_counter() - begun < 0.5  # 0.03 s here; the margin is for busy machines
