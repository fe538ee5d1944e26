"""The calendar: what stands on which day, for whom, and how a story gets to another one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from articles import workflow
from articles.content import Credit
from articles.models import Article
from newsroom import planning
from tests import factories

pytestmark = pytest.mark.django_db

CALENDAR = "/admin/calendar/"
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)  # a Tuesday, nine o'clock in Lagos


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor(client):
    user = factories.user("Editor")
    client.force_login(user)
    return user


def days(client, query: str = "") -> dict[str, list[tuple[str, str]]]:
    """{day: [(headline, words)]} of the days that hold something."""
    response = client.get(CALENDAR + query)
    assert response.status_code == 200
    return {
        day.day.isoformat(): [(entry.article.headline, entry.words) for entry in day.entries]
        for week in response.context["weeks"]
        for day in week
        if day.entries
    }


def scheduled(**fields) -> Article:
    story = factories.draft(at=NOW, **{"publish_at": NOW + timedelta(days=1)} | fields)
    return workflow.publish(factories.paid_story(story), by=None, at=NOW)


def test_a_month_holds_stories_embargoes_changes_and_expiries(client, editor):
    factories.article(headline="Out", at=NOW - timedelta(days=2), expire_at=NOW + timedelta(days=3))
    scheduled(headline="Coming")
    factories.draft(headline="Planned", publish_at=NOW + timedelta(days=2))
    factories.draft(headline="Missed", publish_at=NOW - timedelta(days=1))
    factories.draft(headline="No time")
    factories.draft(headline="Secret", embargo_until=NOW + timedelta(days=4))
    spiked = factories.draft(headline="Dropped", publish_at=NOW + timedelta(days=2))
    workflow.spike(spiked, by=None, at=NOW)
    live = factories.article(headline="Live", at=NOW - timedelta(days=60))
    byline = [Credit(author_id=live.bylines.get().author_id)]
    content = factories.content(headline="Live", section_id=live.section_id, bylines=byline)
    workflow.save_draft(live, content, base_revision=1, by=None, at=NOW)
    workflow.schedule_change(live, NOW + timedelta(days=5), by=None, at=NOW)
    assert days(client) == {
        "2026-11-22": [("Out", "Live")],
        "2026-11-23": [("Missed", "Draft, its time has passed")],
        "2026-11-25": [("Coming", "Scheduled")],
        "2026-11-26": [("Planned", "Draft")],
        "2026-11-27": [("Out", "Expires")],
        "2026-11-28": [("Secret", "Embargo ends")],
        "2026-11-29": [("Live", "Change appears")],
    }
    assert days(client, "?status=spiked") == {"2026-11-26": [("Dropped", "Spiked")]}


def test_a_week_and_the_ways_to_others(client, editor):
    scheduled(headline="Coming")
    scheduled(headline="Next week", publish_at=NOW + timedelta(days=7))
    assert days(client, "?view=week&day=2026-11-26") == {"2026-11-25": [("Coming", "Scheduled")]}
    assert days(client, "?view=week&day=2026-12-01") == {"2026-12-01": [("Next week", "Scheduled")]}
    html = client.get(CALENDAR + "?day=2026-01-31").content.decode()
    assert 'href="?view=month&amp;day=2025-12-31"' in html
    assert 'href="?view=month&amp;day=2026-02-01"' in html


def test_filters_by_section_person_and_status_stay_in_the_links(client, editor):
    section = factories.section()
    inner = factories.section(parent=section)
    author = factories.author()
    scheduled(headline="Section", section_id=section.pk)
    scheduled(headline="Inside it", section_id=inner.pk)
    scheduled(headline="Person", bylines=[Credit(author_id=author.pk)])
    factories.draft(headline="Draft", publish_at=NOW + timedelta(days=1))
    shown = {
        query: [h for h, _ in days(client, query).get("2026-11-25", [])]
        for query in (f"?section={section.pk}", f"?author={author.pk}", "?status=draft")
    }
    assert list(shown.values()) == [["Section", "Inside it"], ["Person"], ["Draft"]]
    assert f"&amp;section={section.pk}" in client.get(f"{CALENDAR}?section={section.pk}").content.decode()


def test_only_what_a_person_may_see(client):
    reporter = factories.user("Reporter")
    scheduled(headline="Canary of another", embargo_until=NOW + timedelta(hours=2))
    scheduled(headline="Paid canary", kind="video", sponsor_name="Firm")
    mine = factories.draft(headline="Mine", by=reporter, publish_at=NOW + timedelta(days=1))
    client.force_login(reporter)
    assert days(client) == {"2026-11-25": [("Mine", "Draft")]}
    html = client.get(CALENDAR).content.decode()
    assert ("Canary" in html, "canary" in html, "data-move" in html, "Bookings" in html) == (False,) * 4
    assert client.get(f"{CALENDAR}move/{mine.pk}/").status_code == 403
    client.force_login(factories.user("Ad manager"))
    assert days(client) == {"2026-11-25": [("Paid canary", "Scheduled")]}


def test_bookings_stand_in_lanes_for_those_who_may_see_them(client):
    client.force_login(factories.user("Ad manager"))
    today = timezone.localdate()
    running = factories.booking(first_day=today, last_day=today + timedelta(days=20))
    response = client.get(CALENDAR + "?day=2026-12-01")
    assert response.context["lanes"] == [(str(running.position), [running])]
    assert client.get(CALENDAR + "?day=2027-03-01").context["lanes"] == []


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("view", ["month", "week"])
def test_it_asks_the_same_number_of_questions(client, editor, django_assert_num_queries, view, count):
    for n in range(count):
        factories.draft(publish_at=NOW + timedelta(minutes=n))
    client.get(CALENDAR)
    with django_assert_num_queries(10):
        client.get(f"{CALENDAR}?view={view}")


def test_a_full_day_says_how_many_more_and_shows_what_lies_ahead(client, editor):
    section = factories.section()
    for n in range(10):
        at = NOW - timedelta(hours=n % 5, minutes=n)
        factories.draft(headline=f"Past {n}", publish_at=at, section_id=section.pk, bylines=[])
    scheduled(headline="Ahead", publish_at=NOW + timedelta(hours=5))
    response = client.get(CALENDAR)
    today = next(day for week in response.context["weeks"] for day in week if day.is_today)
    assert (len(today.entries), today.more, today.entries[-1].article.headline) == (5, 6, "Ahead")
    assert "+6 more" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?day=yesterday", 400),
        ("?day=0001-01-01", 400),
        ("?day=9999-12-31", 400),
        ("?view=year", 400),
        ("?section=x", 400),
        ("?author=99999999999999999999", 400),
        ("?status=%00", 400),
        ("?day=1990-01-01&view=week", 200),
        ("?day=2200-12-31", 200),
        ("?other=1", 200),
    ],
)
def test_an_address_that_makes_no_sense_is_said_so(client, editor, query, code):
    assert client.get(CALENDAR + query).status_code == code


@pytest.mark.parametrize(
    ("first_day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_a_day_has_as_many_hours_as_its_zone_gives_it(first_day, hours):
    with timezone.override(ZoneInfo("Europe/Berlin")):
        begin = planning.midnight(first_day).astimezone(UTC)
        end = planning.midnight(first_day + timedelta(days=1)).astimezone(UTC)
        user = factories.user("Editor")
        for headline, at in (("in", begin), ("still in", end - timedelta(seconds=1)), ("out", end)):
            factories.draft(headline=headline, publish_at=at)
        plan = planning.plan(Article.objects.all(), [first_day], per_day=9, at=NOW, user=user)
    assert end - begin == timedelta(hours=hours)
    assert [entry.article.headline for entry in plan[0].entries] == ["in", "still in"]


def test_weeks_begin_on_monday_and_cover_the_month():
    weeks = planning.weeks_of_month(date(2026, 11, 24))
    assert (weeks[0][0], weeks[-1][-1], len(weeks)) == (date(2026, 10, 26), date(2026, 12, 6), 6)
    assert planning.weeks_of_month(date(2027, 2, 1))[-1][-1] == date(2027, 2, 28)


# Moving.


def move(story: Article) -> str:
    return f"{CALENDAR}move/{story.pk}/"


def test_dropping_on_a_day_asks_with_the_same_time_of_day_and_then_moves(client, editor):
    story = scheduled(headline="Coming")  # Wednesday, nine o'clock
    html = client.get(move(story) + "?to=2026-11-27").content.decode()
    assert "Wed 25 Nov 2026, 09:00 (Africa/Lagos)</strong> to <strong>Fri 27 Nov 2026, 09:00 (Africa/Lagos)" in html
    story.refresh_from_db()
    assert story.publish_at == NOW + timedelta(days=1)
    response = client.post(move(story), {"day": "2026-11-27", "clock": "09:00", "base_revision": story.head_number})
    assert parse_qs(urlsplit(response["Location"]).query) == {"day": ["2026-11-27"]}
    assert days(client) == {"2026-11-27": [("Coming", "Scheduled")]}
    html = client.get(f"/admin/articles/article/{story.pk}/history/").content.decode()
    assert "Moved from 25 Nov 2026, 09:00 to 27 Nov 2026, 09:00" in html


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"day": "2026-11-20"}, "This time is past. Choose a later one."),
        ({"base_revision": "0"}, "Somebody saved this story after you opened this page."),
        ({"day": "soon"}, "Enter a valid date."),
        ({"clock": "25:00"}, "Enter a valid time."),
        ({"day": "9999-12-31"}, "The calendar reaches from 1990 to 2200."),
        ({"day": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_is_said_and_the_story_stays(client, editor, fields, says):
    story = scheduled()
    sent = {"day": "2026-11-27", "clock": "09:00", "base_revision": story.head_number}
    response = client.post(move(story), sent | fields)
    assert response.status_code == 400
    assert says in response.content.decode()
    story.refresh_from_db()
    assert story.publish_at == NOW + timedelta(days=1)


def test_a_time_that_the_clock_skips_is_refused_in_words(client, editor, settings):
    with timezone.override(ZoneInfo("Europe/Berlin")):
        story = scheduled()
        sent = {"day": "2027-03-28", "clock": "02:30", "base_revision": story.head_number}
        response = client.post(move(story), sent)
    assert response.status_code == 400
    assert "There is no 02:30 on 28 March 2027" in response.content.decode()


def test_the_page_of_a_public_story_offers_nothing(client, editor):
    story = factories.article(at=NOW - timedelta(hours=1))
    html = client.get(move(story) + "?to=2026-11-27").content.decode()
    assert "so its time stays as it is" in html
    assert 'name="day"' not in html
    sent = {"day": "2026-11-27", "clock": "09:00", "base_revision": "1"}
    assert client.post(move(story), sent).status_code == 400


def test_the_ad_desk_moves_paid_stories_and_no_others(client):
    paid, news = scheduled(kind="video", sponsor_name="Firm"), scheduled()
    client.force_login(factories.user("Ad manager"))
    assert client.get(move(paid)).status_code == 200
    assert client.get(move(news)).status_code == 404
    turned = factories.content(headline="News now", section_id=paid.section_id)
    workflow.save_draft(paid, turned, base_revision=paid.head_number, by=None, at=NOW)
    assert client.get(move(paid)).status_code == 403


@pytest.mark.parametrize("to", ["yesterday", "2026-11-27T00:00", "0000-00-00", "9999-12-31", "<script>"])
def test_a_day_that_is_none_leaves_the_time_as_it_is(client, editor, to):
    response = client.get(move(scheduled()), {"to": to})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
