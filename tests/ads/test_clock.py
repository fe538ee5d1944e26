"""Reminders of the 48-hour clock, and how fast answers went out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from ads import answer_times, clock, deals, sales
from ads.models import AdRequest, Turn
from tests import factories
from tests.newsroom.test_worker import ALONE

pytestmark = pytest.mark.django_db

# Now, so that a worker that runs in a test has nothing to remind of by itself.
START = timezone.now()
HOUR = timedelta(hours=1)


@pytest.fixture
def reminded(run_jobs):
    """Who was reminded by going on from one time to the next, and how."""

    def run(*times: datetime) -> list[tuple[str, str]]:
        run_jobs()
        mail.outbox.clear()
        for at in times:
            clock.remind(at)
        run_jobs()
        return [(sent.to[0], sent.subject.split("] ")[1].split(":")[0]) for sent in mail.outbox]

    return run


def test_the_desk_is_reminded_a_day_and_six_hours_before_when_overdue_and_then_daily_for_a_week(reminded, settings):
    factories.ad_request(at=START)
    desk = settings.ADVERTISING_EMAIL
    minutes = [START + n * timedelta(minutes=30) for n in range(2 * 48 + 1)]
    assert reminded(*minutes) == [(desk, "Please answer"), (desk, "Please answer"), (desk, "Overdue, please answer")]
    days = [START + timedelta(days=2) + n * timedelta(hours=6) for n in range(1, 60)]
    assert reminded(*days) == [(desk, "Overdue, please answer")] * 7


def test_the_owner_is_reminded_instead_of_the_desk(reminded):
    request = factories.ad_request(at=START)
    AdRequest.objects.update(owner=factories.user("Ad manager", email="amal@news.example"))
    assert reminded(START + 24 * HOUR) == [("amal@news.example", "Please answer")]
    assert f"/admin/ads/adrequest/{request.pk}/" in mail.outbox[0].body


def test_a_worker_that_was_away_sends_the_last_reminder_only(reminded, settings):
    factories.ad_request(at=START)
    assert reminded(START + 50 * HOUR, START + 50 * HOUR) == [(settings.ADVERTISING_EMAIL, "Overdue, please answer")]


def test_what_is_answered_or_held_reminds_nobody_until_it_is_released(reminded, settings):
    answered, held = factories.ad_request(at=START), factories.ad_request(at=START)
    deals.answer(answered, by=None, at=START + HOUR)
    AdRequest.objects.filter(pk=held.pk).update(suspected="sent within three seconds")
    assert reminded(START + 24 * HOUR, START + 49 * HOUR) == []
    held.refresh_from_db()
    sales.release(held, by=None, at=START + 49 * HOUR)
    assert reminded(START + 49 * HOUR) == [(settings.ADVERTISING_EMAIL, "Overdue, please answer")]


@ALONE
def test_many_workers_remind_once(at_once, run_jobs):
    factories.ad_request(at=START)
    run_jobs()
    mail.outbox.clear()
    assert at_once(6, lambda: clock.remind(START + 25 * HOUR)) == []
    run_jobs()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("month", [3, 10])
def test_forty_eight_hours_are_forty_eight_where_the_clocks_change_meanwhile(month, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    day = {3: 28, 10: 24}[month]
    at = datetime(2026, month, day, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    request = factories.ad_request(at=at)
    request.refresh_from_db()
    assert request.answer_due_at.astimezone(UTC) - at.astimezone(UTC) == timedelta(hours=48)
    turn = request.turns.get()
    assert timezone.localtime(turn.due_at, ZoneInfo("Europe/Berlin")).hour == {3: 13, 10: 11}[month]
    due = at.astimezone(UTC) + timedelta(hours=48)
    assert [clock.remind(due - left) for left in (25 * HOUR, 24 * HOUR, 6 * HOUR + timedelta(seconds=1), 6 * HOUR)] == [
        0, 1, 0, 1,
    ]  # fmt: skip


def turn(request: AdRequest, *, began: datetime, took: timedelta | None) -> None:
    Turn.objects.create(
        request=request, started_at=began, due_at=began + 48 * HOUR, stopped_at=took and began + took, reminded=10
    )


def test_shares_in_time_and_medians_are_told_for_all_and_by_owner():
    at = START
    amal = factories.user("Ad manager", first_name="Amal", last_name="Haddad")
    hers, nobodys = factories.ad_request(at=at), factories.ad_request(at=at)
    Turn.objects.all().delete()
    AdRequest.objects.filter(pk=hers.pk).update(owner=amal)
    turn(hers, began=at - timedelta(days=5), took=2 * HOUR)
    turn(hers, began=at - timedelta(days=4), took=10 * HOUR)
    turn(hers, began=at - timedelta(days=40), took=60 * HOUR)
    turn(nobodys, began=at - timedelta(days=3), took=None)  # overdue for a day
    turn(hers, began=at - HOUR, took=None)  # has time still
    turn(hers, began=at - timedelta(days=200), took=HOUR)  # long ago
    everybody, amal_line, nobody = answer_times.by_owner(at)
    Figure = answer_times.Figure
    assert (everybody.owner, amal_line.owner, nobody.owner) == (None, "Amal Haddad", "")
    assert everybody.figures == [Figure(3, 2, 6 * HOUR), Figure(4, 2, 10 * HOUR)]
    assert amal_line.figures == [Figure(2, 2, 6 * HOUR), Figure(3, 2, 10 * HOUR)]
    assert nobody.figures == [Figure(1, 0, None), Figure(1, 0, None)]
    assert [figure.percent for figure in everybody.figures] == [66, 50]


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_asks_as_much_for_one_owner_as_for_thirty(client, django_assert_num_queries, count):
    client.force_login(factories.user("Publisher"))
    assert "Nobody waited for an answer" in client.get("/admin/answer-times/").content.decode()
    for _n in range(count):
        request = factories.ad_request(at=timezone.now() - 3 * HOUR)
        AdRequest.objects.filter(pk=request.pk).update(owner=factories.user("Ad manager"))
        deals.answer(request, by=None, at=timezone.now() - HOUR)
    client.get("/admin/answer-times/")
    with django_assert_num_queries(6):
        page = client.get("/admin/answer-times/").content.decode()
    assert "100% in time" in page
    assert "median 2 h 00 min" in page
