"""Moving a story to another time: the text stays, the agenda follows, and nobody's words are in danger."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from articles import workflow
from articles.content import head
from articles.models import Article, DueAction
from articles.refusals import IllegalMove, NotReady
from articles.rescheduling import reschedule, same_time_on
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
TUESDAY, THURSDAY = NOW + timedelta(hours=2), NOW + timedelta(days=2, hours=2)


def scheduled(**fields) -> Article:
    story = factories.draft(at=NOW, publish_at=TUESDAY, **fields)
    return workflow.publish(story, by=None, at=NOW)


def waiting() -> list[datetime]:
    return list(DueAction.objects.filter(state="waiting", kind="publish").values_list("due_at", flat=True))


def test_a_scheduled_story_is_scheduled_anew_and_the_agenda_follows():
    story = scheduled()
    reschedule(story, THURSDAY, base_revision=1, by=None, at=NOW)
    story.refresh_from_db()
    assert (story.status, story.publish_at, story.head_number, story.live_number) == ("scheduled", THURSDAY, 2, 2)
    assert waiting() == [THURSDAY]
    assert not Article.objects.live(TUESDAY).exists()
    assert Article.objects.live(THURSDAY).get() == story


def test_a_story_that_moves_to_another_month_takes_that_months_address():
    story = scheduled()
    reschedule(story, NOW + timedelta(days=30), base_revision=1, by=None, at=NOW)
    story.refresh_from_db()
    assert story.month == date(2026, 12, 1)


def test_an_approved_story_stays_approved_and_a_draft_stays_a_draft():
    approved, draft = (factories.draft(at=NOW, publish_at=TUESDAY) for _ in range(2))
    workflow.submit(approved, by=None, at=NOW)
    workflow.approve(approved, by=None, at=NOW)
    for story in (approved, draft):
        reschedule(story, THURSDAY, base_revision=1, by=None, at=NOW)
        story.refresh_from_db()
        assert (head(story).publish_at, story.publish_at) == (THURSDAY, THURSDAY)
    assert (approved.status, approved.is_approved, draft.status) == ("approved", True, "draft")


@pytest.mark.parametrize(
    ("publish_at", "base", "says"),
    [
        (NOW - timedelta(minutes=1), 1, "This time is past. Choose a later one."),
        (NOW, 1, "This time is past. Choose a later one."),
        (THURSDAY, 7, "Look at the story again, then move it."),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(publish_at, base, says):
    story = scheduled()
    with pytest.raises(IllegalMove, match=says):
        reschedule(story, publish_at, base_revision=base, by=None, at=NOW)
    story.refresh_from_db()
    assert (story.publish_at, story.head_number, waiting()) == (TUESDAY, 1, [TUESDAY])


def test_embargo_and_expiry_forbid_a_time():
    under_embargo = factories.draft(at=NOW, publish_at=THURSDAY, embargo_until=THURSDAY)
    expiring = factories.draft(at=NOW, publish_at=TUESDAY, expire_at=TUESDAY + timedelta(hours=1))
    with pytest.raises(NotReady, match="under embargo until 26 November 2026, 11:00"):
        reschedule(under_embargo, TUESDAY, base_revision=1, by=None, at=NOW)
    with pytest.raises(NotReady, match="expire before anybody could read it"):
        reschedule(expiring, THURSDAY, base_revision=1, by=None, at=NOW)


def test_what_readers_have_or_had_stays_where_it_is():
    live = factories.article(at=NOW)
    gone = factories.article(at=NOW)
    workflow.withdraw(gone, by=None, at=NOW)
    spiked = factories.draft(at=NOW, publish_at=TUESDAY)
    workflow.spike(spiked, by=None, at=NOW)
    came_out = scheduled()
    for story, at in ((live, NOW), (gone, NOW), (spiked, NOW), (came_out, TUESDAY + timedelta(minutes=1))):
        with pytest.raises(IllegalMove, match="so its time stays as it is"):
            reschedule(story, THURSDAY, base_revision=story.head_number, by=None, at=at)


def test_a_draft_that_nobody_released_is_not_released_by_a_move():
    story = scheduled()
    content = factories.content(headline="Unread words", section_id=story.section_id)
    workflow.save_draft(story, content, base_revision=1, by=None, at=NOW)
    story.refresh_from_db()
    with pytest.raises(IllegalMove, match="Its newest text is not the one that is scheduled"):
        reschedule(story, THURSDAY, base_revision=2, by=None, at=NOW)


@pytest.mark.parametrize(
    ("moment", "day", "hour_utc"),
    [
        (datetime(2026, 3, 27, 8, 30, tzinfo=UTC), date(2026, 3, 30), 7),  # summer time begins on the 29th
        (datetime(2026, 10, 23, 7, 30, tzinfo=UTC), date(2026, 10, 26), 8),  # and ends on the 25th
        (datetime(2026, 3, 27, 1, 30, tzinfo=UTC), date(2026, 3, 29), 1),  # 02:30 is skipped that night: 03:30
    ],
)
def test_the_local_time_of_day_is_kept_across_daylight_saving(moment, day, hour_utc):
    with timezone.override(ZoneInfo("Europe/Berlin")):
        moved = same_time_on(day, moment)
    assert (moved.astimezone(UTC).hour, moved.minute, moved.date()) == (hour_utc, 30, day)
