"""The report of an issue in the admin, what may be done there, and what Today says of issues that do not go out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core import mail as django_mail
from django.urls import reverse
from django.utils import timezone

from newsroom import alarm, today
from newsroom.audience import reporting, sending
from newsroom.audience.models import Consent, Delivery, Issue, LinkClick, MailServer
from tests import factories

from . import mailing

pytestmark = pytest.mark.django_db
BEGAN = datetime(2026, 11, 25, 6, 30, tzinfo=UTC)


@pytest.fixture
def editor(client):
    user = factories.user("Editor")
    client.force_login(user)
    return client


def sent_issue(**fields) -> Issue:
    """13 readers: 4 sent, 3 delivered, 1 of each other end, 1 waiting, 1 without an answer, 2 failed."""
    of = mailing.newsletter()
    facts = {
        "state": "sent",
        "started_at": BEGAN,
        "finished_at": BEGAN + timedelta(hours=2),
        "sent_as": {"links": ["http://testserver/2026/11/rain/", "https://shop.example/"]},
    }
    issue = mailing.issue(of, **facts | fields)
    states = ["sent"] * 4 + ["delivered"] * 3 + ["bounced", "complained", "skipped", "handed", "failed", "failed"]
    errors = {"failed": "550 5.1.1 <a@reader.example> unknown", "bounced": "550 full"}
    Delivery.objects.bulk_create(
        Delivery(
            issue=issue,
            subscriber=reader,
            state=state,
            sent_at=BEGAN + timedelta(minutes=70 * (place % 2)) if state not in ("skipped", "failed") else None,
            error=errors.get(state, ""),
        )
        for place, (reader, state) in enumerate(zip(mailing.readers(of, len(states)), states, strict=True))
    )
    LinkClick.objects.create(issue=issue, link=1, day=BEGAN.date(), clicks=2)
    LinkClick.objects.create(issue=issue, link=1, day=BEGAN.date() + timedelta(days=1), clicks=1)
    return issue


def page(client, issue: Issue) -> str:
    answer = client.get(reverse("admin:audience_issue_report", args=[issue.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_figures_are_those_of_the_rows():
    issue = sent_issue()
    left = Delivery.objects.filter(state="sent").first().subscriber
    for days in (1, 8):
        Consent.objects.create(subscriber=left, kind="left", at=BEGAN + timedelta(days=days))
    report = reporting.of(issue, at=timezone.now())
    assert report.figures == reporting.Figures(
        handed=1, unanswered=1, taken=9, delivered=4, bounced=1, complained=1, failed=2, skipped=1, clicks=3
    )
    assert report.figures.recipients == 13
    assert report.left == 1
    assert [(link.address, link.clicks) for link in report.links] == [
        ("https://shop.example/", 3),
        ("http://testserver/2026/11/rain/", 0),
    ]
    assert [hour.mails for hour in report.hours] == [6, 4]
    assert [hour.height for hour in report.hours] == [100, 66.67]


def test_reasons_are_counted_together_and_name_nobody():
    assert reporting.of(sent_issue(), at=timezone.now()).reasons == [("550 5.1.1 … unknown", 2), ("550 full", 1)]


def test_the_figures_of_a_list_take_three_queries_whatever_its_length(django_assert_num_queries):
    issues = [sent_issue(), mailing.issue()]
    with django_assert_num_queries(3):
        found = reporting.figures([issue.pk for issue in issues], at=timezone.now())
    assert (found[issues[0].pk].taken, found[issues[1].pk].recipients) == (9, 0)


def test_the_page_shows_them_and_names_no_reader(editor):
    text = page(editor, sent_issue())
    assert "https://shop.example/" in text
    assert "33.3" in text  # clicks in 100 mails
    assert "@reader.example" not in text
    assert "Send again to these" in text
    assert "<progress" not in text


def test_the_table_for_spreadsheets_says_the_same(editor):
    issue = sent_issue()
    answer = editor.get(reverse("admin:audience_issue_report_table", args=[issue.pk]))
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert rows[0] == "What,Of which,Number"
    assert "Recipients,,13" in rows
    assert "Clicks,https://shop.example/,3" in rows
    assert "Sent in the hour,2026-11-25 07:00,6" in rows


def test_an_issue_that_was_not_sent_or_had_nobody_says_so(editor):
    assert "Nothing was sent yet." in page(editor, mailing.issue())
    assert "Nobody was written to" in page(editor, mailing.issue(state="sent"))


def test_the_page_is_arabic_for_who_reads_arabic(editor):
    answer = editor.get("/ar" + reverse("admin:audience_issue_report", args=[sent_issue().pk]))
    assert "المستلمون" in answer.content.decode()


def test_an_issue_is_held_up_taken_up_and_stopped_by_confirmed_posts(editor):
    of = mailing.newsletter()
    mailing.readers(of, 3)
    issue = mailing.issue(of)
    sending.start(issue, by=None, at=timezone.now())
    assert "<progress" in page(editor, issue)
    done = []
    for name, word in (("pause", "3 mails wait"), ("go-on", "3 mails wait"), ("stop", "3 readers are left out")):
        address = reverse("admin:audience_issue_sending", args=[issue.pk, name])
        asked = editor.get(address)
        assert word in asked.content.decode()
        issue.refresh_from_db()
        before = issue.state
        answer = editor.post(address, follow=True)
        issue.refresh_from_db()
        done.append((before, issue.state))
        again = editor.post(address, follow=True)
        assert "so this cannot be done" in again.content.decode()
        assert answer.status_code == 200
    assert done == [("sending", "paused"), ("paused", "sending"), ("sending", "cancelled")]
    assert mailing.states(issue) == {"skipped": 3}
    assert [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")] == [
        "Hold up",
        "Go on",
        "Stop for good",
    ]


def test_what_has_no_answer_is_sent_again_by_a_person(editor, run_jobs, settings):
    issue = sent_issue()
    address = reverse("admin:audience_issue_sending", args=[issue.pk, "again"])
    assert "1 mail has no answer." in editor.get(address).content.decode()
    assert "They are sent again." in editor.post(address, follow=True).content.decode()
    Issue.objects.update(
        sent_as={"subject": "Rain", "html": "<p>Rain</p>", "text": "Rain", "links": []},
    )
    run_jobs()
    assert [message.to for message in django_mail.outbox] == [["reader-10@reader.example"]]
    assert "Send again to these" not in page(editor, issue)


@pytest.mark.parametrize("group", ["Ad manager"])
def test_who_may_not_send_sees_figures_and_no_buttons(client, group):
    client.force_login(factories.user(group))
    issue = sent_issue(state="sending")
    assert "desk-buttons" not in page(client, issue)
    assert client.post(reverse("admin:audience_issue_sending", args=[issue.pk, "pause"])).status_code == 403


def test_today_names_an_issue_that_is_held_up_and_a_mail_server_that_takes_none(client):
    editor = factories.user("Editor")
    paused = mailing.issue(state="paused", trouble="The mail server refuses every address: 550 no")
    mailing.issue(state="paused")  # by a person, who knows
    assert [(row.title, row.about) for row in today.problems(editor, at=timezone.now()).rows if row.url] == [
        ("Rain at last", "The mail server refuses every address: 550 no")
    ]
    mailing.issue(state="sending")
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        MailServer.objects.create(free_at=now, failing_since=now - timedelta(minutes=6), error="Connection refused")
        [said] = [trouble for trouble in alarm.sound(now) if trouble.cause == "newsletter"]
        assert said.sentence.endswith("“Connection refused”. They go on by themselves when it does; nothing is lost.")
        rows = [row.title for row in today.problems(editor, at=now).rows]
        assert said.sentence in rows
    assert any("takes no newsletters since" in message.body for message in django_mail.outbox)
    Issue.objects.filter(state="sending").update(state="cancelled")
    assert alarm.newsletter_trouble(timezone.now()) is None
    assert paused.state == "paused"
