"""A newsletter whose worker is killed: everybody gets it once, as the mail server counts."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from django.utils import timezone

from newsroom.audience import sending
from newsroom.audience.models import Delivery

from . import mailing
from .test_worker import environment

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
READERS, KILLS = 600, 3


def sender(port: int, *words: str) -> subprocess.Popen:
    more = {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "NEWSLETTER_PER_MINUTE": "0"}
    command = [sys.executable, "-m", "tests.newsroom.killed_sender", *words]
    return subprocess.Popen(command, env=environment(**more), stderr=subprocess.DEVNULL)


def test_a_worker_killed_three_times_sends_everything_once():
    of = mailing.newsletter()
    mailing.readers(of, READERS)
    issue = mailing.issue(of)
    sending.start(issue, by=None, at=timezone.now())
    chance = random.Random()
    with mailing.mail_server() as server:
        port = server.server_address[1]
        for kill in range(KILLS):
            seen = len(server.taken)
            worker = sender(port, *(["after-a-death"] if kill else []))
            # Somewhere in the next hundred mails, wherever it stands then.
            until = seen + chance.randint(1, 100)
            end = time.monotonic() + 60
            while len(server.taken) < until and time.monotonic() < end:
                time.sleep(0.001)
            time.sleep(chance.random() * 0.01)
            os.kill(worker.pid, signal.SIGKILL)
            assert worker.wait(10) == -signal.SIGKILL
            assert until <= len(server.taken) < READERS
        last = sender(port, "after-a-death")
        assert last.wait(120) == 0
        counted = server.counted
    issue.refresh_from_db()
    assert issue.state == "sent"
    assert max(counted.values()) == 1
    # At each death one mail, at most, was past the point of no return and has no answer here: taken by the server, or
    # lost with the process between the two. It is told and not sent twice; nobody else is missing.
    left = set(Delivery.objects.filter(state="handed").values_list("subscriber__email", flat=True))
    assert len(left) <= KILLS
    everybody = {f"reader-{number}@reader.example" for number in range(READERS)}
    assert everybody - set(counted) <= left
    assert mailing.states(issue).get("sent", 0) == READERS - len(left)


def test_a_worker_killed_between_the_text_and_the_last_line_has_sent_nothing():
    """Standing still where the server has everything but the dot, and the row is not handed over yet."""
    of = mailing.newsletter()
    mailing.readers(of, 1)
    issue = mailing.issue(of)
    sending.start(issue, by=None, at=timezone.now())
    with mailing.mail_server() as server:
        port = server.server_address[1]
        died: list[subprocess.Popen] = []

        def answers(verb, argument):
            if verb == "DATA" and len(died) == 1 and died[0].poll() is None:
                os.kill(died[0].pid, signal.SIGKILL)
            return

        server.answers = answers
        died.append(sender(port))
        died[0].wait(60)
        assert mailing.states(issue) == {"waiting": 1}
        assert server.taken == []
        assert sender(port, "after-a-death").wait(60) == 0
        assert len(server.taken) == 1
    assert mailing.states(issue) == {"sent": 1}


def test_a_worker_killed_after_the_last_line_leaves_a_mail_that_is_told_and_not_sent_again():
    of = mailing.newsletter()
    mailing.readers(of, 3)
    issue = mailing.issue(of)
    sending.start(issue, by=None, at=timezone.now())
    with mailing.mail_server() as server:
        port = server.server_address[1]
        died: list[subprocess.Popen] = []

        def answers(verb, argument):
            if verb == "DOT" and argument.startswith("reader-1@") and died[0].poll() is None:
                os.kill(died[0].pid, signal.SIGKILL)
                died[0].wait(10)
            return

        server.answers = answers
        died.append(sender(port))
        died[0].wait(60)
        assert sender(port, "after-a-death").wait(60) == 0
        assert server.counted == {f"reader-{number}@reader.example": 1 for number in range(3)}
    assert mailing.states(issue) == {"sent": 2, "handed": 1}
    issue.refresh_from_db()
    assert issue.state == "sent"
    [left] = Delivery.objects.unanswered(timezone.now())
    assert left.subscriber.email == "reader-1@reader.example"
