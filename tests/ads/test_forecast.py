"""The forecast reads counts, keeps its own record, and says which of measurement and estimate stands."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from django.utils.formats import date_format

from ads import forecast, plan, rollups
from ads.models import DayCount, ForecastDay, HourCount, Position, RolledHour, SealedDay
from ads.models.event import Kind
from ads.targeting import ANYWHERE, Where
from tests import factories

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Europe/Paris")
# A Wednesday.
NOW = datetime(2026, 11, 25, 12, tzinfo=ZONE)
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def _a_wednesday(settings):
    settings.TIME_ZONE = "Europe/Paris"
    timezone.get_default_timezone.cache_clear()
    with time_machine.travel(NOW, tick=False), timezone.override(ZONE):
        yield
    timezone.get_default_timezone.cache_clear()


@pytest.fixture
def place():
    return factories.position()


def test_an_estimate_stands_until_seven_days_were_counted(place):
    assert forecast.of(place).is_sold_by_number is False
    place.weekly_impressions = 7_000
    factories.traffic(until=YESTERDAY, days=6)
    plan.forget()
    assert (forecast.opportunities(place, TODAY), forecast.expected(place, TODAY)) == (1_000, 800)
    assert forecast.of(place).last_day is None
    factories.traffic(until=YESTERDAY - timedelta(days=6), days=1)
    plan.forget()
    assert (forecast.opportunities(place, TODAY), forecast.expected(place, TODAY)) == (240, 192)
    assert (forecast.of(place).weekly, forecast.of(place).about, forecast.of(place).last_day) == (1680, 1600, YESTERDAY)
    place.weekly_impressions = None
    assert forecast.of(place).is_sold_by_number is True


def test_the_rest_of_a_day_follows_the_hours(place):
    assert forecast.of(place, at=NOW).rest(NOW) == 0
    place.weekly_impressions = 7_000
    assert forecast.of(place, at=NOW).rest(NOW) == 500
    for n in range(28):
        hours = [0] * 8 + [30] * 10 + [0] * 6
        ForecastDay.objects.create(position=place, day=YESTERDAY - timedelta(days=n), actual=300, hours=hours)
    plan.forget()
    assert forecast.of(place, at=NOW).rest(NOW) == pytest.approx(180)
    evening = NOW.replace(hour=17, minute=45)
    assert forecast.of(place, at=evening).rest(evening) == pytest.approx(7.5)
    assert forecast.rest_of_day(place, evening) == pytest.approx(7.5 / 300)
    assert forecast.of(place, at=NOW.replace(hour=1)).rest(NOW.replace(hour=1)) == pytest.approx(300)
    assert forecast.of(place, at=NOW.replace(hour=18)).rest(NOW.replace(hour=18)) == 0


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 10, 25), 25), (date(2027, 3, 28), 23)])
def test_days_that_are_longer_or_shorter_have_their_hours(place, day, hours):
    begin = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    with time_machine.travel(begin, tick=False):
        factories.traffic(until=day - timedelta(days=1))
        plan.forget()
        whole = forecast.of(place, at=begin).rest(begin)
        assert whole == pytest.approx(240)
        for passed in range(hours + 1):
            at = (begin.astimezone(ZoneInfo("UTC")) + timedelta(hours=passed)).astimezone(ZONE)
            if at.date() == day:
                assert forecast.of(place, at=at).rest(at) == pytest.approx(whole * (hours - passed) / hours)


def count_days(days: int, *, number: int = 10) -> None:
    """Closed hours of some days until yesterday, three of four with artwork that was shown in nine of ten."""
    rows = []
    line = {"position": factories.position().pk, "line": 1}
    for n in range(1, days + 1):
        for hour in rollups.hours_of(TODAY - timedelta(days=n)):
            rows.append(HourCount(hour=hour, kind=Kind.SERVED, number=3 * number, section=1, language=1, **line))
            rows.append(HourCount(hour=hour, kind=Kind.SERVED, number=number, position=line["position"]))
            rows.append(HourCount(hour=hour, kind=Kind.RENDER, number=27 * number // 10, **line))
            rows.append(HourCount(hour=hour, kind=Kind.RENDER, number=5, reason=1, **line))
            RolledHour.objects.get_or_create(hour=hour)
    HourCount.objects.bulk_create(rows)


def seal(day: date) -> None:
    SealedDay.objects.create(day=day, rows=0, events=0, method=1, seal=str(day), sealed_at=NOW)


def test_hours_that_are_not_sealed_count_already(place):
    count_days(8)
    assert [forecast.opportunities(place, TODAY + timedelta(days=n)) for n in range(7)] == [960] * 7
    assert forecast.renders_per_opportunity(place) == 0.9
    assert forecast.expected(place, TODAY) == Fraction(9, 10) * Fraction(8, 10) * 960


def test_each_night_the_record_is_written_once(place):
    count_days(8)
    for n in range(1, 9):
        seal(TODAY - timedelta(days=n))
    assert forecast.record_due(NOW) == 9  # eight days that came, and tomorrow
    assert forecast.record_due(NOW) == 0
    came = ForecastDay.objects.filter(position=place).order_by("day")
    assert list(came.values_list("forecast", "actual", "filled", "renders"))[-2:] == [
        (None, 960, 720, 648),
        (960, None, 0, 0),
    ]
    # Positions without traffic have their zeros, and no forecast.
    assert ForecastDay.objects.filter(day=YESTERDAY).count() == Position.objects.count()
    assert ForecastDay.objects.filter(day__gt=TODAY).count() == 1
    plan.forget()
    assert forecast.opportunities(place, TODAY) == 960
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        seal(TODAY)
        seal(TODAY + timedelta(days=1))
        forecast.record_due(timezone.now())
    tomorrow = ForecastDay.objects.get(position=place, day=TODAY + timedelta(days=1))
    assert (tomorrow.forecast, tomorrow.actual) == (960, 0)


def test_tomorrow_is_forecast_when_yesterday_is_sealed_or_at_noon(place):
    factories.traffic(until=YESTERDAY)
    assert forecast.record_due(NOW.replace(hour=0, minute=1)) == 1
    ForecastDay.objects.filter(day__gte=YESTERDAY).delete()
    assert forecast.record_due(NOW.replace(hour=0, minute=1)) == 0
    assert forecast.record_due(NOW) == 1
    assert ForecastDay.objects.get(day=TODAY + timedelta(days=1)).forecast == 240


def test_all_positions_of_all_days_are_read_in_two_queries_a_minute(place, django_assert_num_queries):
    places = list(Position.objects.all())
    for one in places:
        factories.traffic(one.code, until=YESTERDAY - timedelta(days=1), days=80)
    with django_assert_num_queries(2):
        for one in places:
            for n in range(365):
                forecast.expected(one, TODAY + timedelta(days=n))
    plan.forget()
    with django_assert_num_queries(2):
        forecast.expected(place, TODAY)


def test_the_part_of_a_target_is_measured(place):
    factories.traffic(until=YESTERDAY)
    day = {"day": YESTERDAY, "kind": Kind.SERVED, "position": place.pk}
    for section, language, device, number in [(1, 1, 1, 600), (1, 1, 3, 100), (2, 1, 1, 50), (2, 2, 2, 250)]:
        DayCount.objects.create(section=section, language=language, device=device, number=number, **day)
    parts = {
        ANYWHERE: 1,
        Where(language=2): Fraction(250, 1000),
        Where(device="phone"): Fraction(650, 1000),
        Where(device="large", language=1): Fraction(100, 1000),
        Where(sections=frozenset([1])): Fraction(700, 1000),
        Where(not_sections=frozenset([2]), language=2): 0,
        Where(from_hour=6, to_hour=12): Fraction(250, 1000),
        Where(from_hour=22, to_hour=4, language=2): Fraction(62, 1000),
        Where(weekdays=0b11): Fraction(285, 1000),
    }
    assert {where: forecast.part_of(place, where) for where in parts} == parts
    tuesday = Where(weekdays=0b10, from_hour=0, to_hour=12)
    assert [forecast.part_of(place, tuesday, day=date(2026, 12, n)) for n in (1, 2)] == [Fraction(1, 2), 0]


def test_the_part_of_what_nobody_counted_is_an_even_spread(place):
    place.weekly_impressions = 7_000
    for _ in range(4):
        section = factories.section()
    assert forecast.part_of(place, Where(language=1)) == Fraction(1, 2)
    assert forecast.part_of(place, Where(sections=frozenset([section.pk]), device="phone")) == Fraction(1, 8)
    assert forecast.part_of(place, Where(not_words=frozenset([1]), from_hour=6, to_hour=12)) == Fraction(1, 4)


def test_the_desk_and_the_rate_card_say_which_figure_stands(client):
    page = f"/admin/ads/position/{factories.position().pk}/change/"
    client.force_login(factories.user("Publisher"))
    assert "nothing: sold by the week only" in client.get(page).content.decode()
    Position.objects.update(weekly_impressions=12_345)
    assert "your estimate" in client.get(page).content.decode()
    assert "about 12,000 a week, our estimate" in client.get("/partners/").content.decode()
    factories.traffic(until=YESTERDAY, an_hour=100)
    plan.forget()
    html = client.get(page).content.decode()
    assert f"measured until {date_format(YESTERDAY)}" in html
    assert "16,800 (from 28 days)" in html
    assert "80.0 %, until the forecast has a record of 14 days; so far it has 0 days" in html
    html = client.get("/partners/").content.decode()
    assert "about 16,000 a week<" in html
    assert "Views a week: measured until 24 Nov 2026" in html
    ForecastDay.objects.update(forecast=2_500)
    plan.forget()
    assert "96.0 %: what was reached on four of five of the last 28 days" in client.get(page).content.decode()
