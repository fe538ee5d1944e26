"""Workers that die, hang, lose their database or their mail server: nothing is lost, and nothing happens twice."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.core import mail as django_mail
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from articles import jobs, mail
from articles.models import Article, DueAction, Heartbeat, IdempotencyKey, Transition
from newsroom.worker import Worker
from tests import factories

pytestmark = pytest.mark.django_db
ALONE = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@task()
def noop(word: str = "") -> str:
    return word


def environment(**more: str) -> dict[str, str]:
    """For another process on the database of this test."""
    data = connection.settings_dict
    if connection.vendor == "sqlite":
        address = f"sqlite:///{data['NAME']}"
    else:
        address = f"postgres://{data['USER']}:{data['PASSWORD']}@{data['HOST']}:{data['PORT']}/{data['NAME']}"
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "newsroom.settings", "DATABASE_URL": address, **more}


@contextmanager
def killable(**more: str):
    """Start and kill workers: `kill(what)` returns when one that stood still in the middle is dead."""
    command = [sys.executable, "-m", "tests.newsroom.killed_worker"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(**more), bufsize=1
    )

    def start(what: str, *, kill: bool) -> None:
        process.stdin.write(f"{what}\n")
        pid = int(process.stdout.readline())
        if kill:
            assert process.stdout.readline() == "middle\n"
            os.kill(pid, signal.SIGKILL)
        assert process.stdout.readline() == "gone\n"

    try:
        yield start
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


@contextmanager
def mail_server(port: int):
    """A real one; the mails that it took."""
    taken: list = []

    class Keep:
        async def handle_DATA(self, server, session, envelope):
            taken.append(message_from_bytes(envelope.content))
            return "250 OK"

    controller = Controller(Keep(), hostname="127.0.0.1", port=port, loop=asyncio.new_event_loop())
    controller.start()
    try:
        yield taken
    finally:
        controller.stop()
        controller.loop.close()


@pytest.fixture
def port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@ALONE
def test_a_worker_killed_fifty_times_in_the_middle_of_publishing_publishes_once():
    due_at = timezone.now() - timedelta(minutes=1)
    article = factories.article(at=due_at - timedelta(hours=1), publish_at=due_at)
    with killable() as start:
        for _ in range(50):
            start("publish", kill=True)
            [left] = DueAction.objects.all()
            assert left.state == "running"
            assert not DBTaskResult.objects.exists()  # what the transaction asked for is gone with it
            DueAction.objects.update(lease_until=timezone.now())  # a minute passes
        assert Article.objects.get().status == "scheduled"
        assert list(Article.objects.live()) == [article]  # readers had it all the time
        start("work", kill=False)
        start("work", kill=False)
    [action] = DueAction.objects.all()
    assert (action.state, action.attempts) == ("done", 51)
    assert Transition.objects.filter(article=article, to_status="live").count() == 1
    assert [job.args_kwargs["kwargs"]["subject"] for job in DBTaskResult.objects.all()] == ["Published"]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@ALONE
def test_a_worker_killed_after_the_server_took_a_mail_sends_it_once_more_with_the_same_message_id(port):
    mail.post(subject="Hello", body="Words", to=["somebody@reader.example"])
    with mail_server(port) as taken, killable(EMAIL_URL=f"smtp://127.0.0.1:{port}") as start:
        start("mail", kill=True)
        assert [job.status for job in DBTaskResult.objects.all()] == ["RUNNING"]
        assert jobs.revive(timezone.now() + timedelta(seconds=41)) == 1
        start("work", kill=False)
        start("work", kill=False)
    assert [job.status for job in DBTaskResult.objects.all()] == ["SUCCESSFUL"]
    assert len(taken) == 2
    assert len({message["Message-ID"] for message in taken}) == 1


@ALONE
def test_mail_waits_for_its_server_and_then_leaves_once_each(port, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    for number in range(3):
        mail.post(subject=f"Number {number}", body="Words", to=["somebody@reader.example"])
    call_command("work", once=True)  # nobody listens there
    waiting = DBTaskResult.objects.filter(status="READY")
    assert waiting.count() == 3
    waiting.update(run_after=timezone.now())  # a minute passes
    with mail_server(port) as taken:
        call_command("work", once=True)
    assert sorted(message["Subject"] for message in taken) == ["Number 0", "Number 1", "Number 2"]
    assert len({message["Message-ID"] for message in taken}) == 3
    assert not DBTaskResult.objects.ready().exists()


def test_a_retry_is_queued_once_though_its_worker_died_after_queuing_it(settings, port):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    message = {"subject": "S", "body": "B", "to": ["a@reader.example"], "reply_to": None, "message_id": "<1@here>"}
    for _ in range(2):
        assert mail.deliver.call(**message) == "postponed"
    assert DBTaskResult.objects.count() == 1


def test_the_worker_does_what_is_due_and_what_is_queued(run_jobs):
    article = factories.article(publish_at=None)
    noop.enqueue(word="done")
    run_jobs()
    assert [action.state for action in article.due_actions.all()] == ["done"]
    assert [(job.status, job.return_value) for job in DBTaskResult.objects.all()] == [("SUCCESSFUL", "done")]
    assert list(Heartbeat.objects.values_list("name", flat=True)) == ["worker"]  # its own went with it


def test_a_job_is_queued_once_for_a_key_and_not_at_all_when_what_asked_for_it_is_undone():
    with transaction.atomic():
        assert jobs.enqueue_once(noop, "digest:1", word="first") is True
        transaction.set_rollback(True)
    assert jobs.enqueue_once(noop, "digest:1", word="second") is True
    assert jobs.enqueue_once(noop, "digest:1", word="third") is False
    assert [job.args_kwargs["kwargs"] for job in DBTaskResult.objects.all()] == [{"word": "second"}]
    assert mail.post(subject="S", body="B", to=["a@reader.example"], key="welcome:7") is True
    assert mail.post(subject="S", body="B", to=["a@reader.example"], key="welcome:7") is False


def running(worker_id: str, *, since: timedelta, lives: int = 1) -> DBTaskResult:
    noop.enqueue()
    job = DBTaskResult.objects.ready().get()
    for _ in range(lives):
        job.claim(worker_id)
    DBTaskResult.objects.filter(pk=job.pk).update(started_at=timezone.now() - since)
    return job


def test_the_job_of_a_silent_worker_is_queued_again_and_that_of_a_living_one_is_not():
    now = timezone.now()
    left, kept = running("gone", since=timedelta(minutes=1)), running("alive", since=timedelta(hours=1))
    Heartbeat.objects.create(name="worker:gone", at=now - timedelta(seconds=41))
    jobs.beat("alive", at=now - timedelta(seconds=11))
    assert jobs.revive(now) == 1
    assert jobs.revive(now) == 0
    found = {job.pk: job.status for job in DBTaskResult.objects.all()}
    assert found == {left.pk: "READY", kept.pk: "RUNNING"}


def test_a_job_that_five_workers_died_of_is_given_up_with_a_reason():
    job = running("gone", since=timedelta(minutes=1), lives=5)
    jobs.revive(timezone.now())
    job.refresh_from_db()
    assert (job.status, job.traceback) == ("FAILED", "Given up: 5 workers died while they did it.")


def test_old_keys_jobs_and_actions_are_forgotten_but_not_that_a_story_was_announced(run_jobs):
    article = factories.article(expire_at=timezone.now() + timedelta(days=1))
    jobs.enqueue_once(noop, "old")
    run_jobs()
    assert jobs.prune(timezone.now()) == 0
    DueAction.objects.filter(kind="expire").update(state="done")
    assert jobs.prune(timezone.now() + timedelta(days=92)) == 3
    assert list(article.due_actions.values_list("kind", "state")) == [("publish", "done")]
    assert not IdempotencyKey.objects.exists()
    assert not DBTaskResult.objects.exists()


@contextmanager
def worker_process():
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py"), "work"]
    process = subprocess.Popen(manage, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(what, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


@ALONE
def test_a_worker_that_is_asked_to_stop_goes_at_once_and_says_so():
    with worker_process() as process:
        wait_for(lambda: Heartbeat.objects.filter(name__startswith="worker:").exists())
        process.terminate()
        assert process.wait(10) == 0
    assert list(Heartbeat.objects.values_list("name", flat=True)) == ["worker"]


@ALONE
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite has one lock for all who write.")
def test_a_worker_goes_on_after_its_database_was_locked():
    with worker_process() as process:
        wait_for(lambda: Heartbeat.objects.exists())
        with transaction.atomic():
            noop.enqueue()
            time.sleep(2)
        wait_for(lambda: DBTaskResult.objects.successful().exists())
        assert process.poll() is None


def test_a_worker_that_meets_an_error_of_the_database_goes_on_as_another(monkeypatch, caplog):
    from django.db import OperationalError

    monkeypatch.setattr("newsroom.worker.AFTER_AN_ERROR_SECONDS", 0)
    worker = Worker()
    first, turns = worker.id, []

    def turn() -> bool:
        turns.append(worker.id)
        if len(turns) == 1:
            raise OperationalError("the connection is lost")
        worker.stop()
        return False

    worker.turn = turn
    worker.run()
    assert turns[0] == first
    assert turns[1] != first
    assert "The worker goes on" in caplog.text
    assert django_mail.outbox == []
