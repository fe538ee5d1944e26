"""What is most read comes from what was read: live news of the page's language, and nothing where nobody read."""

import re
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from ads import most_read, rollups
from ads.models.event import Kind, Reason, Source
from articles import workflow
from tests import factories

pytestmark = pytest.mark.django_db


def read(story, times=1, *, at=None, **fields):
    values = {"article": story.pk, "language": 1 if story.language == "en" else 2}
    for _ in range(times):
        factories.event(Kind.READ, at=at or timezone.now(), **values | fields)


def newest(client, path: str) -> list[str] | None:
    """The headlines of what stands in its place, None where nothing does."""
    part = re.search(r'id="newest".*?</section>', client.get(path).content.decode(), re.DOTALL)
    return part and re.findall(r'dir="auto">(.*?)</a>', part[0])


def listed(client, path="/"):
    """The headlines of the list, None where the page has none."""
    most_read.forget()
    page = client.get(path).content.decode()
    part = re.search(r'id="most-read".*?</section>', page, re.DOTALL)
    return part and re.findall(r'dir="auto">(.*?)</a>', part[0])


def test_before_anybody_reads_there_is_no_list(client):
    story = factories.article()
    factories.event(Kind.SERVED, at=timezone.now(), article=story.pk, language=1)
    assert listed(client) is None


def test_before_anybody_reads_the_newest_news_stand_beside_stories_and_sections(client):
    section, now = factories.section(), timezone.now()
    for n in range(7):
        at = now - timedelta(hours=n + 1)
        story = factories.article(headline=f"Story {n}", section_id=section.pk, at=at)
    factories.article(headline="Paid", kind="advertorial", sponsor_name="Firm", section_id=section.pk)
    factories.article(headline="عنوان", language="ar")
    for path in (story.get_absolute_url(), section.get_absolute_url()):
        assert listed(client, path) is None
        assert newest(client, path) == [f"Story {n}" for n in range(5)]
    # There the newest stand anyway.
    assert newest(client, "/") is None
    read(story, 1)
    assert listed(client, story.get_absolute_url()) == ["Story 6"]
    assert newest(client, story.get_absolute_url()) is None


def test_the_most_read_come_first_on_the_front_page_and_beside_stories_and_sections(client):
    section = factories.section()
    stories = [factories.article(headline=f"Story {n}", section_id=section.pk) for n in range(7)]
    for number, story in enumerate(stories):
        read(story, number)
    expected = [f"Story {n}" for n in (6, 5, 4, 3, 2)]
    assert listed(client) == expected
    assert listed(client, stories[0].get_absolute_url()) == expected
    assert listed(client, section.get_absolute_url()) == expected
    assert listed(client, "/ar/") is None
    assert listed(client, "/contact/") is None


def test_reads_that_do_not_count_and_what_nobody_may_see_do_not_stand_there(client):
    now = timezone.now()
    calm, robots = factories.article(headline="Calm"), factories.article(headline="Robots")
    withdrawn, draft = factories.article(headline="Withdrawn"), factories.draft(headline="Draft")
    paid = factories.article(headline="Paid", kind="advertorial", sponsor_name="Teneru Mills")
    arabic = factories.article(headline="ميناء", language="ar")
    read(robots, 9, reason=Reason.BOT)
    for story in (withdrawn, draft):
        read(story, 5)
    read(paid, 5, source=Source.STORY)
    read(paid, 5)
    read(calm)
    read(arabic)
    workflow.withdraw(withdrawn, by=None, at=now)
    assert listed(client) == ["Calm"]
    assert listed(client, "/ar/") == ["ميناء"]


def test_a_quiet_day_shows_the_week(client):
    now = timezone.now()
    today, older = factories.article(headline="Today"), factories.article(headline="Older")
    ancient = factories.article(headline="Ancient")
    read(today)
    read(older, 3, at=now - timedelta(days=4))
    read(ancient, 9, at=now - timedelta(days=9))
    rollups.roll_due(now)
    assert listed(client) == ["Older", "Today"]


@pytest.mark.parametrize("count", [2, 12])
def test_the_list_costs_one_query_a_page(client, django_assert_num_queries, count):
    for number in range(count):
        read(factories.article(), number + 1)
    most_read.current(timezone.now())
    with django_assert_num_queries(1):
        assert len(most_read.stories("en", at=timezone.now())) == min(count, 5)


def test_editors_see_how_often_a_story_was_opened_and_read(client):
    now, story = timezone.now(), factories.article()
    address = f"/admin/articles/article/{story.pk}/change/"
    client.force_login(factories.user("Editor"))
    assert "Opened:" not in client.get(address).content.decode()
    read(story, 2)
    for at in (now, now, now - timedelta(days=30)):
        factories.event(Kind.SERVED, at=at, article=story.pk, language=1)
    rollups.roll_due(now)
    page = " ".join(client.get(address).content.decode().split())
    assert "Opened: 3, read: 2. In the last 7 days opened: 2, read: 2." in page


def test_while_the_database_is_away_it_is_asked_once_in_a_while(caplog):
    now = timezone.now()

    def away(*_args):
        raise OperationalError("away")

    def asked_at(at):
        caplog.clear()
        most_read.current(at)
        return len(caplog.records)

    with connection.execute_wrapper(away):
        assert [asked_at(now + timedelta(seconds=n)) for n in (0, 1, 4, 5, 6)] == [1, 0, 0, 1, 0]
