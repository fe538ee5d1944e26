"""What has come of a day and what is still to come are its whole, at the hours of a target too."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from ads.dayparts import Dayparts
from ads.targeting import Where

MONDAY = date(2027, 3, 1)
PROFILE = [[0.0] * 8 + [3.0] * 10 + [1.0] * 6] * 6 + [[0.0] * 24]


def on(day: date, **clock: int) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, **clock))


@given(
    day=st.integers(0, 6),
    minute=st.integers(0, 24 * 60 - 1),
    hours=st.tuples(st.integers(0, 23), st.integers(0, 24)).filter(lambda both: both[0] != both[1]),
    weekdays=st.integers(1, 127),
)
def test_what_came_and_what_is_to_come_are_the_whole(day, minute, hours, weekdays):
    where = Where(weekdays=weekdays, from_hour=hours[0], to_hour=hours[1])
    today = MONDAY + timedelta(days=day)
    parts = Dayparts(PROFILE, at=on(today, hour=minute // 60, minute=minute % 60))
    assert parts.gone(where) + parts.left(where) == pytest.approx(parts.of_day(where, today))
    assert parts.gone() + parts.left() == pytest.approx(1)


def test_hours_weigh_what_comes_in_them():
    parts = Dayparts(PROFILE, at=on(MONDAY, hour=8))
    morning = Where(from_hour=8, to_hour=12)
    assert (parts.gone(), parts.left()) == (0, 1)
    assert parts.of_day(morning, MONDAY) == pytest.approx(12 / 36)
    # A day without any is taken to be even; of a week it is nothing.
    assert parts.of_day(morning, MONDAY + timedelta(days=6)) == pytest.approx(4 / 24)
    assert parts.of_week(morning) == pytest.approx(12 / 36)
