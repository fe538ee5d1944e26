"""The plan stays when the database goes away, and keeps no reader waiting."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from ads import decision, forecast, plan
from ads.models import Booking, Creative, Position, Targeting
from articles.models import Heartbeat
from tests import factories

pytestmark = pytest.mark.django_db

CODE = "foot-300x250"
AT = datetime(2026, 12, 7, 9, tzinfo=UTC)
QUERIES = 18


class Away:
    """A database that does not answer, and how often it was asked."""

    def __init__(self):
        self.asked = 0

    def __call__(self, execute, *query):
        self.asked += 1
        raise OperationalError("the server closed the connection")


def lines(count: int, first: int = 0) -> None:
    """By number, with artwork, half of them with a target."""
    Position.objects.update(weekly_impressions=700_000)
    places, firm = list(Position.objects.all()), factories.advertiser()
    art = {"file": "a.jpg", "format": "JPEG", "bytes": 1, "alt": "Bread", "click_url": "https://bakery.example/"}
    fields = {"advertiser": firm, "first_day": AT.date(), "share": 0, "impressions": 9_000, "price": 1, "booked_at": AT}
    for n in range(first, first + count):
        last_day = AT.date() + timedelta(days=3 + n % 20)
        line = Booking.objects.create(position=places[n % len(places)], last_day=last_day, **fields)
        Creative.objects.create(booking=line, version=1, created_at=AT, **art)
        if n % 2 == 0:
            Targeting.objects.create(booking=line, device="phone").sections.add(factories.section())


def test_many_lines_are_read_in_as_many_queries_as_a_few(django_assert_num_queries):
    lines(7)
    plan.load(AT)
    with django_assert_num_queries(QUERIES):
        plan.load(AT)
    lines(93, first=7)
    plan.load(AT)  # what comes to new targets is read once an hour
    with django_assert_num_queries(QUERIES):
        found = plan.load(AT)
    assert sum(len(slot.lines) for slot in found.slots.values()) == 100


def test_while_the_database_is_away_the_old_plan_goes_on_and_is_tried_again_in_five_seconds():
    factories.booking(CODE, first_day=AT.date(), last_day=AT.date())
    old, later, away = plan.current(AT), AT + plan.FRESH_FOR, Away()
    with connection.execute_wrapper(away):
        for seconds in (0, 1, 4.9):
            assert plan.current(later + timedelta(seconds=seconds)) is old
        assert away.asked == 1
        assert plan.current(later + plan.RETRY_AFTER) is old
        assert away.asked == 2
    assert plan.current(later + 2 * plan.RETRY_AFTER) is not old
    assert plan.out_of_date(later + 2 * plan.RETRY_AFTER) is None


def test_without_any_plan_nothing_is_shown_and_nothing_fails(client):
    factories.booking(CODE)
    away = Away()
    with connection.execute_wrapper(away):
        for _n in range(3):
            body = json.dumps({"positions": [CODE]})
            response = client.post("/s/fill", body, content_type="application/json")
            assert (response.status_code, response.json()["fills"]) == (200, [])
    assert away.asked == 1


def test_an_old_plan_shows_shares_and_no_goals():
    days = {"first_day": AT.date(), "last_day": AT.date()}
    share = factories.booking(CODE, share=50, **days)
    Position.objects.update(weekly_impressions=7_000)
    goal = factories.booking(CODE, share=0, impressions=400, **days)
    plan.current(AT)

    def shown(at):
        choices = [decision.decide([CODE], decision.View(at=at))[0].line for _n in range(40)]
        return {line.booking for line in choices if line}

    assert shown(AT) == {share.pk, goal.pk}
    with connection.execute_wrapper(Away()):
        assert shown(AT + plan.STALE_AFTER) == {share.pk, goal.pk}
        assert shown(AT + plan.STALE_AFTER + timedelta(seconds=1)) == {share.pk}


def test_a_process_is_known_only_while_it_delivers_goals_and_beats_seldom():
    plan.current(AT)
    assert Heartbeat.objects.count() == 0
    lines(1)
    for seconds in (0, 1, 29):
        plan.forget()
        plan.current(AT + timedelta(seconds=seconds))
    assert [beat.at for beat in Heartbeat.objects.all()] == [AT]
    plan.forget()
    plan.current(AT + plan.BEAT_EVERY)
    assert [beat.at for beat in Heartbeat.objects.all()] == [AT + plan.BEAT_EVERY]
    plan.load(AT + timedelta(hours=1))  # to look at, not to deliver by
    assert Heartbeat.objects.get().at == AT + plan.BEAT_EVERY


def test_a_full_disk_does_not_make_a_plan_old(client):
    lines(1)

    def full(execute, sql, *rest):
        if sql.startswith(("INSERT", "UPDATE")):
            raise OperationalError("database or disk is full")
        return execute(sql, *rest)

    with connection.execute_wrapper(full):
        found = plan.current(AT)
        assert (found.made_at, found.is_blank, found.salts) == (AT, False, {})
        assert [line.allowance for slot in found.slots.values() for line in slot.lines] == [9_000]
        later = AT + plan.FRESH_FOR
        assert plan.current(later).made_at == later
        asked = client.post("/s/fill", json.dumps({"positions": [CODE]}), content_type="application/json")
        assert asked.status_code == 200
    assert Heartbeat.objects.count() == 0
    plan.forget()
    assert (len(plan.current(later).salts), Heartbeat.objects.count()) == (2, 1)


def test_to_look_at_a_plan_writes_nothing():
    lines(1)
    plan.load(AT)  # makes the salts of the day
    with CaptureQueriesContext(connection) as asked:
        plan.load(AT)
    assert {query["sql"].split()[0] for query in asked} == {"SELECT"}


def test_a_line_with_hours_is_read_in_as_many_queries_as_one_without():
    lines(2)
    plan.load(AT)  # makes the salts of the day
    asked = []
    for _n in range(2):
        plan.begin_anew()
        with CaptureQueriesContext(connection) as queries:
            plan.load(AT)
        asked.append(len(queries))
        Targeting.objects.update(from_hour=8, to_hour=20)
    assert asked[0] == asked[1]


def test_who_asks_about_another_day_or_is_late_has_nothing_read_anew(django_assert_num_queries):
    place = factories.position(CODE)
    factories.traffic(until=AT.date() - timedelta(days=1))
    with time_machine.travel(AT, tick=False):
        forecast.of(place, at=AT)
        forecast.of(place, at=AT + timedelta(days=3))
        with django_assert_num_queries(0):
            forecast.of(place, at=AT)
    with time_machine.travel(AT + timedelta(seconds=90), tick=False):
        forecast.of(place)
        with django_assert_num_queries(0):
            for _n in range(3):
                forecast.of(place, at=AT)
                forecast.of(place)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_in_the_web_server_no_reader_waits_for_an_aged_plan(monkeypatch):
    monkeypatch.setattr(plan, "in_background", True)
    old = plan.current(AT)
    factories.booking(CODE, first_day=AT.date(), last_day=AT.date())
    monkeypatch.setattr(plan, "_current", old)  # the change is not told to other processes
    later = AT + plan.FRESH_FOR
    assert plan.current(later) is old
    for thread in threading.enumerate():
        if thread.name == "plan":
            thread.join()
    fresh = plan.current(later)
    assert (fresh.made_at, len(fresh.slots[CODE].lines)) == (later, 1)
