"""A dead worker, a late agenda and mail that does not leave: the admin says it, /readyz names it, one mail an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import OperationalError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ads import plan, rollups
from articles import jobs, mail
from articles.models import DueAction, Heartbeat
from newsroom import alarm
from tests import factories

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=1)


@pytest.fixture
def now():
    return timezone.now()


def causes(at) -> list[str]:
    return [trouble.cause for trouble in alarm.troubles(at)]


def test_nothing_is_wrong_where_a_worker_lives_and_nothing_is_late(client, now):
    jobs.beat("one", at=now)
    factories.article(at=now)
    client.force_login(factories.user("Editor"))
    assert causes(now) == []
    assert 'class="desk-troubles"' not in client.get("/admin/").content.decode()
    assert client.get("/readyz").json() | {} == {
        "database": True,
        "migrations": True,
        "disk": True,
        "worker": True,
        "agenda": True,
        "mail": True,
        "counting": True,
        "plan": True,
    }


@pytest.mark.parametrize(("silent", "expected"), [(4, []), (6, ["worker"]), (-4, []), (-60, ["worker"])])
def test_a_worker_silent_for_more_than_five_minutes_is_gone_whatever_the_clock_did(now, silent, expected):
    jobs.beat("one", at=now - silent * MINUTES)
    assert causes(now) == expected


def test_what_is_late_and_what_failed_is_counted_apart(now):
    jobs.beat("one", at=now)
    for state in ("waiting", "running", "failed"):
        DueAction.objects.filter(article=factories.article(at=now - 6 * MINUTES)).update(state=state)
    DueAction.objects.filter(article=factories.article(at=now - 4 * MINUTES)).update(state="waiting")
    assert [trouble.sentence for trouble in alarm.troubles(now)] == [
        "2 things on the agenda are more than five minutes late.",
        "1 thing on the agenda failed and is given up. Read why, and try it again.",
    ]


@pytest.mark.parametrize(("group", "sees"), [("Editor", True), ("Publisher", True), ("Reporter", False)])
def test_the_red_line_stands_on_every_page_of_those_who_publish(client, now, group, sees):
    jobs.beat("one", at=now - 6 * MINUTES)
    client.force_login(factories.user(group))
    for path in ("/admin/", "/admin/articles/article/", "/admin/articles/article/add/"):
        page = client.get(path).content.decode()
        assert ("The worker has been silent since" in page) is sees


def test_the_red_line_costs_one_question(now, django_assert_num_queries):
    with django_assert_num_queries(1):
        alarm.troubles(now)


def test_readyz_names_a_dead_worker_and_stays_ready_for_readers(client, now):
    jobs.beat("one", at=now - 6 * MINUTES)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["worker"]) == (200, False)


def test_the_operator_gets_one_mail_an_hour_for_a_cause(now, settings):
    settings.OPERATOR_EMAIL = "operator@news.example"
    jobs.beat("one", at=now - 6 * MINUTES)
    assert [trouble.cause for trouble in alarm.sound(now)] == ["worker"]
    assert alarm.sound(now + 59 * MINUTES) == []
    [message] = django_mail.outbox
    assert message.to == ["operator@news.example"]
    assert "The worker has been silent since" in message.body
    assert "/admin/articles/dueaction/" in message.body
    DueAction.objects.filter(article=factories.article(at=now)).update(state="failed")
    assert [trouble.cause for trouble in alarm.sound(now + 59 * MINUTES)] == ["failed"]
    assert [trouble.cause for trouble in alarm.sound(now + 60 * MINUTES)] == ["worker"]
    assert len(django_mail.outbox) == 3


def test_nobody_is_woken_because_a_new_site_has_no_worker_yet(now):
    assert [trouble.is_news for trouble in alarm.troubles(now)] == [False]
    assert alarm.sound(now) == []


def test_mail_that_waits_or_was_given_up_is_named(client, now):
    jobs.beat("one", at=now)
    assert alarm.mail_trouble(now) is None
    mail.post(subject="S", body="B", to=["a@reader.example"])
    assert alarm.mail_trouble(now) is None
    assert "waiting" in alarm.mail_trouble(now + 6 * MINUTES).sentence
    job = DBTaskResult.objects.get()
    job.set_failed(OSError("refused"))
    assert "given up" in alarm.mail_trouble(timezone.now()).sentence
    assert client.get("/readyz").json()["mail"] is False
    assert alarm.mail_trouble(timezone.now() + timedelta(days=2)) is None


def test_a_mail_server_that_is_away_does_not_break_who_noticed(now, settings, caplog):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = 9
    Heartbeat.objects.create(name="worker", at=now - 6 * MINUTES)
    assert len(alarm.sound(now)) == 1
    assert "The operator could not be told" in caplog.text


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_web_process_tells_the_operator_when_no_worker_can(client, settings):
    import time

    settings.WATCH_EVERY = 0.001
    jobs.beat("one", at=timezone.now() - 6 * MINUTES)
    client.get("/contact/")
    client.get("/contact/")
    end = time.monotonic() + 10
    while not django_mail.outbox and time.monotonic() < end:
        time.sleep(0.05)
    settings.WATCH_EVERY = 0
    assert len(django_mail.outbox) == 1


def test_hours_that_wait_to_be_counted_are_named(client, now):
    jobs.beat("one", at=now)
    factories.event(at=now - timedelta(hours=2))
    assert client.get("/readyz").json()["counting"] is False
    assert "not counted yet" in alarm.counting_trouble(now).sentence
    rollups.roll_due(now)
    assert client.get("/readyz").json()["counting"] is True


def test_a_plan_that_could_not_be_renewed_for_ten_minutes_is_named(now):
    plan.current(now)
    assert alarm.plan_trouble(now + timedelta(hours=5)) is None  # nobody asked for it

    def away(*_query):
        raise OperationalError("the database is away")

    with connection.execute_wrapper(away):
        for minutes in (5, 11):
            plan.current(now + timedelta(minutes=minutes))
    assert alarm.plan_trouble(now + timedelta(minutes=5)) is None
    assert "11 minutes old" in alarm.plan_trouble(now + timedelta(minutes=11)).sentence
