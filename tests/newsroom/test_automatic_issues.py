"""Editions that the clock makes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from ads import most_read, page_key
from ads.models.event import Kind
from articles import workflow
from newsroom import front_desk
from newsroom.audience import automatic
from newsroom.audience.models import Issue
from newsroom.front_desk import Seen
from tests import factories
from tests.newsroom import issues

pytestmark = pytest.mark.django_db

LAGOS = ZoneInfo("Africa/Lagos")
MORNING = datetime(2026, 11, 25, 6, 30, tzinfo=LAGOS)
WEDNESDAY = 2


def daily(**fields):
    return issues.newsletter(**{"rhythm": "daily", "send_at": time(6, 30)} | fields)


def story(hours_before: float = 2, **fields):
    return factories.article(at=MORNING - timedelta(hours=hours_before), **fields)


def made(at: datetime = MORNING) -> list[Issue]:
    return automatic.make_due(at)


def headlines(issue: Issue) -> list[str]:
    return [block.article.headline for block in issue.blocks.select_related("article")]


def test_a_morning_edition_is_scheduled_for_its_time_with_what_is_new():
    letter = daily()
    story(2, headline="Newest")
    story(5, headline="Older")
    story(30, headline="Of the day before yesterday")
    (issue,) = made()
    assert (issue.newsletter, issue.day, issue.state) == (letter, date(2026, 11, 25), "scheduled")
    assert issue.send_at == MORNING
    assert headlines(issue) == ["Newest", "Older"]
    assert (issue.subject, issue.preheader) == ("Newest", "Older")


@pytest.mark.parametrize(("minutes", "count"), [(-1, 0), (0, 1), (359, 1), (360, 0)])
def test_a_worker_that_comes_back_makes_it_up_to_six_hours_late(minutes, count):
    daily()
    story()
    at = MORNING + timedelta(minutes=minutes)
    assert [issue.send_at for issue in made(at)] == [max(at, MORNING)] * count


def test_an_edition_of_the_evening_is_made_after_midnight_too():
    daily(send_at=time(22, 0))
    at = datetime(2026, 11, 26, 1, 0, tzinfo=LAGOS)
    factories.article(at=at - timedelta(hours=4))
    assert [issue.day for issue in made(at)] == [date(2026, 11, 25)]


def test_a_day_has_one_edition_however_often_it_is_asked_for():
    daily()
    story()
    assert len(made()) == 1
    story(0)
    assert made(MORNING + timedelta(minutes=1)) == []
    assert Issue.objects.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_workers_make_one_edition(at_once):
    daily()
    story()
    assert at_once(4, made) == []
    assert Issue.objects.count() == 1


def test_a_weekly_edition_comes_on_its_day_and_looks_back_a_week():
    issues.newsletter(rhythm="weekly", weekday=WEDNESDAY, send_at=time(6, 30))
    story(6 * 24, headline="Six days ago")
    story(9 * 24, headline="Nine days ago")
    assert made(MORNING - timedelta(days=1)) == []
    assert headlines(made()[0]) == ["Six days ago"]


def test_nothing_new_makes_no_edition_and_none_later_that_day():
    letter = daily()
    story(40)
    assert made() == []
    letter.refresh_from_db()
    assert letter.skipped_on == date(2026, 11, 25)
    factories.article(at=MORNING + timedelta(minutes=2))
    assert made(MORNING + timedelta(minutes=5)) == []
    assert automatic.skipped(MORNING) == [letter]
    assert len(made(MORNING + timedelta(days=1))) == 1


def test_no_story_comes_twice_and_what_came_between_is_not_lost():
    daily()
    story(2, headline="First day")
    made()
    story(-3, headline="After the edition")
    assert headlines(made(MORNING + timedelta(days=1))[0]) == ["After the edition"]


def test_a_draft_that_nobody_sent_took_nothing_from_the_next_edition():
    daily(needs_review=True)
    story(0.5, headline="Waiting")
    made()
    assert headlines(made(MORNING + timedelta(hours=23))[0]) == ["Waiting"]


def test_an_edition_has_the_stories_of_its_sections_and_language_and_none_that_was_paid_for():
    port, town = factories.section(name="Port"), factories.section(name="Town")
    quay = factories.section(name="Quay", parent=port)
    daily().sections.set([port])
    story(2, headline="Port", section_id=port.pk)
    story(3, headline="Quay", section_id=quay.pk)
    story(4, headline="Town", section_id=town.pk)
    story(4, headline="Arabic", language="ar")
    factories.article(
        at=MORNING - timedelta(hours=1),
        headline="Paid",
        kind="advertorial",
        sponsor_name="Firm",
        section_id=port.pk,
    )
    assert headlines(made()[0]) == ["Port", "Quay"]


def test_what_is_pinned_comes_first_then_the_most_read_then_the_newest():
    daily(stories=4)
    newest, read, pinned = story(1, headline="Newest"), story(5, headline="Read"), story(8, headline="Pinned")
    story(2, headline="Second newest")
    story(3, headline="Too many")
    assert newest.headline == "Newest"
    factories.event(Kind.READ, at=MORNING - timedelta(hours=1), article=read.pk, language=page_key.LANGUAGES["en"])
    most_read.forget()
    editor = factories.user("Editor")
    early = MORNING - timedelta(minutes=30)
    front_desk.place("en", pinned.pk, "small-1", seen=Seen(0, 0), by=editor, at=early)
    front_desk.put_draft_live("en", seen=Seen(1, 0), by=editor, at=early)
    assert headlines(made()[0]) == ["Pinned", "Read", "Newest", "Second newest"]


def test_what_is_not_public_at_that_time_is_in_no_edition():
    daily()
    story(2, headline="Live")
    factories.draft(headline="Draft", at=MORNING - timedelta(hours=2))
    workflow.withdraw(story(1, headline="Withdrawn"), by=None, at=MORNING - timedelta(minutes=5))
    workflow.publish(
        factories.draft(headline="Later", publish_at=MORNING + timedelta(hours=1), at=MORNING - timedelta(hours=2)),
        by=None,
        at=MORNING - timedelta(hours=1),
    )
    (issue,) = made()
    assert headlines(issue) == ["Live"]
    assert issue.preheader == ""


def test_an_edition_to_be_looked_at_waits_as_a_draft_and_editors_are_told_once(run_jobs):
    letter = daily(needs_review=True)
    editor = factories.user("Editor", email="editor@newsroom.example")
    factories.user("Reporter", email="reporter@newsroom.example")
    story()
    early = MORNING - automatic.FOR_REVIEW
    (issue,) = made(early)
    assert (issue.state, issue.send_at) == ("draft", None)
    assert made(early + timedelta(minutes=1)) == []
    run_jobs()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([editor.email], f"{letter.name}: an edition waits for you")
    assert f"/admin/audience/issue/{issue.pk}/change/" in sent.body


@pytest.mark.parametrize(
    ("day", "at"),
    [
        (date(2026, 3, 28), datetime(2026, 3, 28, 1, 30, tzinfo=UTC)),
        # 02:30 is skipped: an hour later by the clock, and the same pause since the day before.
        (date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (date(2026, 3, 30), datetime(2026, 3, 30, 0, 30, tzinfo=UTC)),
        # 02:30 comes twice: the first.
        (date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 10, 26), datetime(2026, 10, 26, 1, 30, tzinfo=UTC)),
    ],
)
def test_editions_follow_the_clock_through_both_changes(day, at):
    letter = daily(send_at=time(2, 30))
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert automatic.moment_of(letter, day) == at
        factories.article(at=at - timedelta(hours=3))
        assert not automatic.is_due(letter, day, at=at - timedelta(seconds=1))
        assert [issue.day for issue in made(at)] == [day]
        assert made(at + timedelta(hours=1)) == []
