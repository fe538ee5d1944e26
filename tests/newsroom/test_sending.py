"""Issues on their way out: once each, at their pace, through servers that fail, and held up by people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles import mail, workflow
from newsroom.audience import composing, pace, recipients, rounds, sending
from newsroom.audience.models import Consent, Delivery, Issue, MailServer, Subscriber
from newsroom.worker import Worker
from tests import factories

from . import mailing
from .mailing import states

pytestmark = pytest.mark.django_db
ALONE = pytest.mark.django_db(transaction=True, serialized_rollback=True)
MORNING = datetime(2026, 11, 25, 6, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _without_a_pace(settings):
    settings.NEWSLETTER_PER_MINUTE = 0


@pytest.fixture
def server(settings):
    """A real one, to which the settings lead. Set `answers` to have it misbehave."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with mailing.mail_server() as running:
        settings.EMAIL_HOST, settings.EMAIL_PORT = running.server_address
        yield running


def start(count: int = 3, **fields) -> Issue:
    of = mailing.newsletter()
    mailing.readers(of, count)
    issue = mailing.issue(of, **fields)
    sending.start(issue, by=None, at=timezone.now())
    return issue


def work() -> None:
    call_command("work", once=True)


def pass_time(clock, **time) -> None:
    clock.shift(timedelta(**time))


# Once each.


def test_everybody_gets_an_issue_once_over_one_connection(server):
    issue = start(250)
    work()
    assert len(server.taken) == 250
    assert set(server.counted.values()) == {1}
    assert states(issue) == {"sent": 250}
    # A batch is 100 mails.
    assert server.connections == 3
    issue.refresh_from_db()
    assert issue.state == "sent"
    assert issue.finished_at is not None
    rows = Delivery.objects.all()
    assert not rows.filter(lease_until__isnull=False).exists()
    assert {row.attempts for row in rows} == {1}
    assert all(b"\r\nMessage-ID: " in b"\r\n" + content for _to, content in server.taken)


def test_what_the_server_got_is_what_was_frozen_though_the_issue_changed_since(server):
    issue = start(1)
    Issue.objects.update(subject="Another subject")
    work()
    [(_to, content)] = server.taken
    assert b"Subject: Rain at last\r\n" in content
    assert issue.sent_as["subject"] == "Rain at last"


def test_other_backends_are_given_the_same_mail():
    start(2)
    work()
    assert [message.to for message in django_mail.outbox] == [["reader-0@reader.example"], ["reader-1@reader.example"]]
    [first, _second] = django_mail.outbox
    reader = Subscriber.objects.get(email="reader-0@reader.example")
    assert first.extra_headers["List-Unsubscribe"].startswith("<http://testserver/newsletter/leave/")
    assert first.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"/leave/{reader.pk}-" in first.body
    assert "preferences.invalid" not in first.alternatives[0][0]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_an_issue_without_readers_is_sent_to_nobody(server):
    issue = start(0)
    assert (issue.state, issue.run) == ("sent", 1)
    assert issue.finished_at is not None
    work()
    assert server.connections == 0


def test_starting_twice_is_refused_and_sends_once(server):
    issue = start(3)
    with pytest.raises(sending.SendingRefused, match="“Going out” now"):
        sending.start(Issue.objects.get(), by=None, at=timezone.now())
    work()
    assert len(server.taken) == 3
    assert states(issue) == {"sent": 3}


@ALONE
def test_of_eight_who_start_at_once_one_does(at_once):
    of = mailing.newsletter()
    mailing.readers(of, 20)
    mailing.issue(of, state="scheduled", send_at=timezone.now())
    errors = at_once(8, lambda: sending.start_due(timezone.now()))
    assert errors == []
    assert Issue.objects.get().run == 1
    assert Delivery.objects.count() == 20
    assert DBTaskResult.objects.count() == pace.LANES


@ALONE
def test_four_workers_at_once_send_everything_once(server, at_once):
    issue = start(600)
    errors = at_once(4, lambda: Worker().run(once=True))
    work()
    assert errors == []
    assert len(server.taken) == 600
    assert set(server.counted.values()) == {1}
    assert states(issue) == {"sent": 600}


def test_the_rows_of_100_readers_are_made_with_as_many_queries_as_those_of_one(django_assert_num_queries):
    of = mailing.newsletter()
    for count in (1, 100):
        mailing.readers(of, count, name=f"of-{count}")
        issue = mailing.issue(of)
        with django_assert_num_queries(3):
            recipients.write_down(issue, at=timezone.now())
    assert Delivery.objects.count() == 1 + 101


# Who gets it.


def test_only_who_said_yes_to_this_newsletter_gets_it(server):
    of, other = mailing.newsletter(), mailing.newsletter("sport")
    mailing.readers(of, 1)
    mailing.readers(other, 1, name="sport")
    for state in ("pending", "unsubscribed", "suppressed"):
        mailing.readers(of, 1, name=state, state=state)
    sending.start(mailing.issue(of), by=None, at=timezone.now())
    work()
    assert set(server.counted) == {"reader-0@reader.example"}


@pytest.mark.parametrize(
    ("wish", "hours", "is_sent"),
    [
        ("each", 0, True),
        ("daily", 0, False),
        ("daily", 16, False),  # 22:30 UTC is 23:30 in Lagos, still the same day
        ("daily", 17, True),
        ("weekly", 7 * 24 - 1, False),
        ("weekly", 7 * 24 + 1, True),
    ],
)
def test_nobody_gets_more_than_they_want(server, wish, hours, is_sent):
    of = mailing.newsletter()
    mailing.readers(of, 1, most_often=wish)
    with time_machine.travel(MORNING, tick=False) as clock:
        sending.start(mailing.issue(of), by=None, at=timezone.now())
        work()
        pass_time(clock, hours=hours)
        second = mailing.issue(mailing.newsletter())
        assert sending.start(second, by=None, at=timezone.now()) == int(is_sent)


def test_of_two_issues_that_start_together_who_wants_one_a_day_gets_one():
    of = mailing.newsletter()
    mailing.readers(of, 2, most_often="daily")
    assert [sending.start(mailing.issue(of), by=None, at=timezone.now()) for _ in range(2)] == [2, 0]


def test_breaking_news_comes_when_it_breaks_and_takes_no_editions_place(server):
    of = mailing.newsletter()
    alarm = mailing.newsletter("breaking", rhythm="breaking")
    [reader] = mailing.readers(of, 1, most_often="daily")
    reader.newsletters.add(alarm)
    counts = [sending.start(mailing.issue(one), by=None, at=timezone.now()) for one in (alarm, of, alarm, of)]
    assert counts == [1, 1, 1, 0]


@pytest.mark.parametrize("how", ["leaves", "is suppressed", "leaves this newsletter", "is erased"])
def test_who_goes_away_between_start_and_sending_gets_nothing(server, how):
    issue = start(2)
    reader = Subscriber.objects.get(email="reader-0@reader.example")
    if how == "leaves this newsletter":
        reader.newsletters.clear()
    elif how == "is erased":
        reader.delete()
    else:
        state = {"leaves": "unsubscribed", "is suppressed": "suppressed"}[how]
        Subscriber.objects.filter(pk=reader.pk).update(state=state)
    work()
    assert set(server.counted) == {"reader-1@reader.example"}
    assert states(issue) == {"sent": 1, "skipped": 1}


@ALONE
def test_who_leaves_while_the_mail_is_on_its_way_gets_no_last_line(server):
    issue = start(2)
    reader = Subscriber.objects.filter(email="reader-0@reader.example")
    at_recipient(server, "reader-0", lambda: reader.update(state="unsubscribed"))
    work()
    assert set(server.counted) == {"reader-1@reader.example"}
    assert states(issue) == {"sent": 1, "skipped": 1}


def at_recipient(server, recipient: str, action) -> None:
    """Do something, once and in another connection, while the mail of one recipient is on the way."""
    done = []

    def answers(verb, argument):
        if verb == "RCPT" and f"<{recipient}@" in argument and not done:
            done.append(recipient)
            action()
            connection.close()

    server.answers = answers


# Servers that fail.


def test_a_mail_that_is_put_off_is_tried_again_later_with_the_same_message_id(server):
    refusals = ["450 4.2.1 try again", "451 4.3.0 greylisted"]

    def answers(verb, argument):
        if verb == "RCPT" and "reader-1@" in argument and len(refusals) == 2:
            return refusals.pop()
        if verb == "DOT" and argument.startswith("reader-1@") and refusals:
            return refusals.pop()
        return None

    server.answers = answers
    with time_machine.travel(MORNING, tick=False) as clock:
        issue = start(3)
        work()
        assert states(issue) == {"sent": 2, "waiting": 1}
        late = Delivery.objects.get(state="waiting")
        assert (late.attempts, late.error) == (1, "451 4.3.0 greylisted")
        pass_time(clock, minutes=4)
        work()
        assert len(server.taken) == 2
        pass_time(clock, minutes=2)
        work()
        late.refresh_from_db()
        assert (late.state, late.attempts, late.error) == ("waiting", 2, "450 4.2.1 try again")
        assert late.sent_at is None
        name = late.message_id
        pass_time(clock, minutes=16)
        work()
    assert set(server.counted.values()) == {1}
    assert states(issue) == {"sent": 3}
    late.refresh_from_db()
    assert late.message_id == name
    assert name.encode() in server.taken[-1][1]


def test_after_five_attempts_a_mail_is_given_up_and_the_issue_ends(server):
    server.answers = lambda verb, argument: "452 4.2.2 full" if verb == "RCPT" and "reader-1@" in argument else None
    with time_machine.travel(MORNING, tick=False) as clock:
        issue = start(2)
        for _ in range(5):
            work()
            pass_time(clock, hours=5)
    failed = Delivery.objects.get(state="failed")
    assert (failed.attempts, failed.error) == (5, "452 4.2.2 full")
    issue.refresh_from_db()
    assert issue.state == "sent"
    # Full is not gone.
    assert Subscriber.objects.filter(state="confirmed").count() == 2


@pytest.mark.parametrize(
    ("answer", "is_gone"),
    [
        ("550 5.1.1 no such user", True),
        ("550 no such user here", True),
        ("550 5.7.1 we do not like you", False),
        ("554 rejected by a list, see http://list.example", False),
        ("550 relaying denied", False),
    ],
)
def test_an_address_where_nobody_lives_is_not_written_to_again(server, answer, is_gone):
    server.answers = lambda verb, argument: answer if verb == "RCPT" and "reader-1@" in argument else None
    issue = start(3)
    work()
    assert states(issue) == {"sent": 2, "failed": 1}
    assert Delivery.objects.get(state="failed").error == answer
    reader = Subscriber.objects.get(email="reader-1@reader.example")
    assert reader.state == ("suppressed" if is_gone else "confirmed")
    assert Consent.objects.filter(kind="bounced", said=answer).count() == int(is_gone)


def test_a_server_that_refuses_everybody_holds_the_issue_up_and_loses_no_reader(server):
    server.answers = lambda verb, argument: "550 5.1.1 no such user" if verb == "RCPT" else None
    issue = start(30)
    work()
    issue.refresh_from_db()
    assert issue.state == "paused"
    assert issue.trouble == "The mail server refuses every address: 550 5.1.1 no such user"
    assert states(issue) == {"waiting": 30}
    assert Subscriber.objects.filter(state="confirmed").count() == 30
    server.answers = lambda verb, argument: None
    sending.go_on(issue, by=None, at=timezone.now())
    Delivery.objects.update(try_at=None)  # five minutes pass
    work()
    assert states(issue) == {"sent": 30}


def test_a_server_that_is_down_for_an_hour_loses_nothing_and_blames_no_reader(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with mailing.mail_server() as probe:
        settings.EMAIL_HOST, settings.EMAIL_PORT = probe.server_address
    with time_machine.travel(MORNING, tick=False) as clock:
        issue = start(150)
        for _ in range(20):
            work()
            pass_time(clock, minutes=3)
        assert states(issue) == {"waiting": 150}
        assert set(Delivery.objects.values_list("attempts", flat=True)) == {0}
        server = MailServer.objects.get()
        assert server.failing_since == MORNING
        assert server.error == "ConnectionRefusedError: [Errno 111] Connection refused"
        # Every ten minutes in the end, not every second.
        assert server.failures < 12
        with mailing.mail_server(settings.EMAIL_PORT) as back:
            pass_time(clock, minutes=11)
            work()
        readers = {to: number for to, number in back.counted.items() if to != "newsroom@testserver"}  # it was told
        assert len(readers) == 150
        assert set(readers.values()) == {1}
    assert states(issue) == {"sent": 150}
    server.refresh_from_db()
    assert (server.failing_since, server.failures, server.error) == (None, 0, "")


def test_after_half_a_day_without_a_server_the_issue_waits_for_a_person(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with mailing.mail_server() as probe:
        settings.EMAIL_HOST, settings.EMAIL_PORT = probe.server_address
    with time_machine.travel(MORNING, tick=False) as clock:
        issue = start(2)
        work()
        pass_time(clock, hours=12, minutes=1)
        work()
        issue.refresh_from_db()
        assert issue.state == "paused"
        assert issue.trouble.startswith("The mail server took nothing since 25 November 2026, 07:30: Conn")
        assert states(issue) == {"waiting": 2}
        with mailing.mail_server(settings.EMAIL_PORT) as back:
            sending.go_on(issue, by=None, at=timezone.now())
            work()
        assert len(back.taken) == 2


def test_a_server_that_hangs_up_after_so_many_mails_is_called_again(server):
    counts = {"mails": 0}

    def answers(verb, argument):
        if verb == "CONNECT":
            counts["mails"] = 0
        if verb == "MAIL":
            counts["mails"] += 1
            return "421 4.7.0 too many on one line" if counts["mails"] > 10 else None
        return None

    server.answers = answers
    issue = start(45)
    work()
    assert states(issue) == {"sent": 45}
    assert set(server.counted.values()) == {1}
    assert server.connections == 5
    assert MailServer.objects.get().failures == 0


def test_a_sender_that_the_server_refuses_is_no_fault_of_the_readers(server):
    server.answers = lambda verb, argument: "553 5.7.1 not your address" if verb == "MAIL" else None
    issue = start(5)
    work()
    assert states(issue) == {"waiting": 5}
    assert MailServer.objects.get().error == "553 5.7.1 not your address"


def test_silence_after_the_last_byte_is_told_and_never_sent_again_by_itself(server):
    server.answers = lambda verb, argument: "" if verb == "DOT" and argument.startswith("reader-1@") else None
    with time_machine.travel(MORNING, tick=False) as clock:
        issue = start(3)
        for _ in range(3):
            work()
            pass_time(clock, hours=1)
        assert states(issue) == {"sent": 2, "handed": 1}
        issue.refresh_from_db()
        assert issue.state == "sent"
        assert Delivery.objects.unanswered(timezone.now()).count() == 1
        server.answers = lambda verb, argument: None
        ended = issue.finished_at
        assert sending.send_again(issue, by=None, at=timezone.now()) == 1
        work()
        assert states(issue) == {"sent": 3}
        issue.refresh_from_db()
        assert (issue.state, issue.finished_at) == ("sent", ended)
        with pytest.raises(sending.SendingRefused, match="has its answer"):
            sending.send_again(issue, by=None, at=timezone.now())


# Pace.


def test_no_more_leave_in_a_minute_than_the_pace_allows(server, settings):
    settings.NEWSLETTER_PER_MINUTE = 30
    with time_machine.travel(MORNING, tick=False) as clock:
        issue = start(40)
        times: list[datetime] = []
        for _round in range(30):
            work()  # each time by another worker
            times += [timezone.now()] * (len(server.taken) - len(times))
            pass_time(clock, seconds=3)
    assert len(server.taken) == 40
    assert states(issue) == {"sent": 40}
    windows = [sum(1 for one in times if begin <= one < begin + timedelta(minutes=1)) for begin in times]
    assert max(windows) == 30
    # And not much fewer: the last batch of five leaves after the time of seven.
    assert timedelta(seconds=70) <= times[-1] - times[0] <= timedelta(seconds=78)


def test_the_pace_is_one_for_all_workers_and_issues(settings):
    settings.NEWSLETTER_PER_MINUTE = 600
    assert pace.take(MORNING) == pace.Turn(100, MORNING)
    later = MORNING + timedelta(seconds=10)
    assert pace.take(MORNING) == pace.Turn(0, later)
    assert pace.take(MORNING + timedelta(seconds=5)) == pace.Turn(0, later)
    assert pace.take(later) == pace.Turn(100, later)


def test_a_pace_that_is_none_is_refused_loudly():
    import subprocess
    import sys

    from tests.newsroom.test_worker import environment

    for bad in ("-1", "fast", "1000001"):
        ran = subprocess.run(
            [sys.executable, "-c", "import newsroom.settings"],
            env=environment(NEWSLETTER_PER_MINUTE=bad),
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 1
        assert "NEWSLETTER_PER_MINUTE" in ran.stderr or "invalid literal" in ran.stderr


def test_letters_go_before_all_mails_of_a_newsletter(server):
    start(250)
    mail.post(subject="A letter", body="Words", to=["editor@house.example"])
    work()
    assert server.taken[0][0] == "editor@house.example"


def test_rounds_are_made_while_a_newsletter_goes_out(server, monkeypatch):
    """Or what is scheduled would wait behind 100,000 mails."""
    start(300)
    made: list[int] = []
    monkeypatch.setattr(rounds, "make", lambda at: made.append(len(server.taken)))
    worker = Worker()
    while worker.turn():
        pass
    assert made[0] == 0


# People.


@ALONE
def test_an_issue_is_held_up_within_a_batch_and_taken_up_again(server):
    issue = start(50)
    at_recipient(server, "reader-20", lambda: sending.pause(Issue.objects.get(), by=None, at=timezone.now()))
    work()
    assert len(server.taken) == 20
    assert states(issue) == {"sent": 20, "waiting": 30}
    assert not Delivery.objects.filter(state="waiting", lease_until__isnull=False).exists()
    issue.refresh_from_db()
    sending.go_on(issue, by=None, at=timezone.now())
    work()
    assert set(server.counted.values()) == {1}
    assert states(issue) == {"sent": 50}


def test_a_stopped_issue_sends_nothing_more_and_its_rest_can_be_sent_as_another(server):
    issue = start(50)
    assert sending.cancel(issue, by=None, at=timezone.now()) == 50
    work()
    assert server.taken == []
    assert states(issue) == {"skipped": 50}
    Issue.objects.update(state="draft")
    issue.refresh_from_db()
    assert sending.start(issue, by=None, at=timezone.now()) == 50
    work()
    assert states(issue) == {"sent": 50}


@pytest.mark.parametrize("verb", [sending.pause, sending.go_on, sending.cancel, sending.start])
@pytest.mark.parametrize("state", Issue.State.values)
def test_every_move_is_made_from_its_states_alone(verb, state):
    allowed = {
        sending.pause: {"sending"},
        sending.go_on: {"paused"},
        sending.cancel: {"sending", "paused"},
        sending.start: {"draft", "scheduled"},
    }
    mailing.readers(mailing.newsletter(), 1)
    issue = mailing.issue(state=state, send_at=timezone.now())
    if state in allowed[verb]:
        verb(issue, by=None, at=timezone.now())
    else:
        with pytest.raises(sending.SendingRefused):
            verb(issue, by=None, at=timezone.now())
        issue.refresh_from_db()
        assert issue.state == state


# By the clock.


def test_a_scheduled_issue_goes_out_at_its_time_and_not_before(server):
    with time_machine.travel(MORNING, tick=False) as clock:
        mailing.readers(mailing.newsletter(), 2)
        issue = mailing.issue(state="scheduled", send_at=MORNING + timedelta(minutes=10))
        rounds.make(timezone.now())
        issue.refresh_from_db()
        assert issue.state == "scheduled"
        pass_time(clock, minutes=10)
        rounds.make(timezone.now())
        rounds.make(timezone.now())
        work()
    assert set(server.counted.values()) == {1}
    issue.refresh_from_db()
    assert (issue.state, issue.run) == ("sent", 1)


def test_what_was_due_half_a_day_ago_waits_for_a_look(server):
    mailing.readers(mailing.newsletter(), 2)
    issue = mailing.issue(state="scheduled", send_at=timezone.now() - timedelta(hours=13))
    rounds.make(timezone.now())
    work()
    issue.refresh_from_db()
    assert (issue.state, issue.send_at) == ("draft", None)
    assert "and no worker ran" in issue.trouble
    assert server.taken == []


def test_an_issue_whose_job_was_given_up_is_set_going_again_once(server):
    issue = start(3)
    DBTaskResult.objects.all().update(status="FAILED")
    assert sending.look_after(timezone.now()) == 1
    assert sending.look_after(timezone.now()) == 0
    work()
    assert set(server.counted.values()) == {1}
    assert states(issue) == {"sent": 3}


# What is withdrawn meanwhile.


def _with_stories(of, *stories):
    words = composing.Words(subject=stories[0].headline)
    blocks = [composing.Block(kind="story", article_id=story.pk) for story in stories]
    return composing.make(of, by=None, at=timezone.now(), words=words, blocks=blocks)


def test_a_story_that_is_withdrawn_while_its_issue_goes_out_reaches_nobody_more(server, settings):
    settings.NEWSLETTER_PER_MINUTE = 6
    of = mailing.newsletter()
    mailing.readers(of, 3)
    gone, stays = factories.article(headline="The canary sings"), factories.article(headline="Rain at last")
    issue = _with_stories(of, gone, stays)
    sending.start(issue, by=None, at=timezone.now())
    work()
    assert len(server.taken) == 1
    before = Issue.objects.get().sent_as["links"]
    workflow.withdraw(gone, by=None, at=timezone.now())
    issue.refresh_from_db()
    assert (issue.state, "The canary sings" in issue.trouble) == ("paused", True)
    settings.NEWSLETTER_PER_MINUTE = 0
    MailServer.objects.update(free_at=timezone.now())
    sending.go_on(issue, by=None, at=timezone.now())
    work()
    assert sorted(server.counted.values()) == [1, 1, 1]
    assert ["canary" in str(content) for _to, content in server.taken] == [True, False, False]
    assert all(b"Rain at last" in content for _to, content in server.taken)
    issue.refresh_from_db()
    assert issue.state == "sent"
    assert issue.sent_as["links"][: len(before)] == before


def test_an_issue_of_which_nothing_is_left_does_not_go_on(server):
    of = mailing.newsletter()
    mailing.readers(of, 2)
    story = factories.article()
    issue = _with_stories(of, story)
    sending.start(issue, by=None, at=timezone.now())
    workflow.withdraw(story, by=None, at=timezone.now())
    issue.refresh_from_db()
    with pytest.raises(sending.SendingRefused, match="Nothing of it is public any more"):
        sending.go_on(issue, by=None, at=timezone.now())
    assert states(issue) == {"waiting": 2}
