"""Today: what waits for whom, what is true where nothing waits, and how many questions that takes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from articles import workflow
from articles.models import DueAction, Heartbeat, MediaAsset, Note
from tests import factories

pytestmark = pytest.mark.django_db

ROLES = {
    "Reporter": ["mentions", "drafts", "coming"],
    "Editor": ["problems", "review", "mentions", "drafts", "coming"],
    "Ad manager": [
        "problems",
        "requests",
        "next",
        "quotes",
        "artwork",
        "delivery",
        "bare",
        "still",
        "review",
        "mentions",
        "drafts",
        "coming",
        "expiring",
        "empty",
    ],
    "Publisher": [
        "problems",
        "requests",
        "next",
        "quotes",
        "artwork",
        "delivery",
        "bare",
        "still",
        "review",
        "mentions",
        "drafts",
        "coming",
        "expiring",
        "empty",
    ],
}


@pytest.fixture
def worker():
    return Heartbeat.objects.create(name="worker", at=timezone.now())


def today(client, user) -> dict:
    client.force_login(user)
    return {panel.name: panel for panel in client.get("/admin/").context["panels"]}


def titles(panel) -> list[str]:
    return [row.title for row in panel.rows]


@pytest.mark.parametrize("role", ROLES)
def test_everybody_sees_the_panels_of_their_job(client, role):
    assert list(today(client, factories.user(role))) == ROLES[role]


def fill(user, count: int) -> None:
    at = timezone.now()
    author = factories.author()
    section = factories.section()
    common = {"section_id": section.pk, "bylines": [factories.Credit(author_id=author.pk)]}
    for n in range(count):
        factories.draft(by=user, **common)
        waiting = factories.draft(**common)
        workflow.submit(waiting, by=None, at=at)
        coming = factories.draft(publish_at=at + timedelta(days=2, minutes=n), **common)
        workflow.publish(coming, by=None, at=at)
        note = Note.objects.create(article=waiting, text="Look", revision_number=1, created_at=at)
        note.mentioned.add(user)
        factories.ad_request()
        DueAction.objects.filter(article=coming).update(state="failed", due_at=at - timedelta(hours=1))


# Session, user, permissions twice, and a query a panel; Problems takes one for each place it looks in, the first
# steps of publishers one.
QUERIES = {"Reporter": 7, "Editor": 18, "Ad manager": 25, "Publisher": 30}


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("role", ROLES)
def test_it_asks_the_same_number_of_questions(client, worker, django_assert_num_queries, role, count):
    user = factories.user(role)
    client.force_login(user)
    fill(user, count)
    client.get("/admin/")
    cache.clear()
    with django_assert_num_queries(QUERIES[role]):
        client.get("/admin/")


@pytest.mark.parametrize(("prefix", "sentence"), [("", "You have no draft open."), ("/ar", "ليست لديك مسودة مفتوحة.")])
@pytest.mark.parametrize("role", ROLES)
def test_where_nothing_waits_it_says_so(client, worker, role, prefix, sentence):
    client.force_login(factories.user(role))
    html = client.get(f"{prefix}/admin/").content.decode()
    assert sentence in html
    assert html.count("today-panel__empty") >= len(ROLES[role]) - 1


def test_a_persons_own_drafts_and_nobody_elses(client):
    reporter = factories.user("Reporter")
    factories.draft(headline="Canary of another")
    mine = factories.draft(headline="Mine", by=reporter)
    gone = factories.draft(headline="Dropped", by=reporter)
    workflow.spike(gone, by=None, at=timezone.now())
    handed_in = factories.draft(headline="Handed in", by=reporter)
    workflow.submit(handed_in, by=reporter, at=timezone.now())
    panel = today(client, reporter)["drafts"]
    assert [(row.title, row.state) for row in panel.rows] == [("Handed in", "In review"), ("Mine", "Draft")]
    assert panel.rows[1].url == f"/admin/articles/article/{mine.pk}/change/"


def test_what_waits_longest_for_review_stands_first(client):
    at = timezone.now()
    begun = at - timedelta(hours=5)
    later, earlier = (factories.draft(headline=headline, at=begun) for headline in ("Later", "Earlier"))
    workflow.submit(later, by=None, at=at)
    workflow.submit(earlier, by=None, at=at - timedelta(hours=3))
    changed = factories.article(headline="Changed", at=begun)
    content = factories.content(headline="Changed again", section_id=changed.section_id)
    workflow.save_draft(changed, content, base_revision=1, by=None, at=begun)
    changed.refresh_from_db()
    workflow.submit(changed, by=None, at=at - timedelta(hours=2))
    panel = today(client, factories.user("Editor"))["review"]
    assert titles(panel) == ["Earlier", "Changed", "Later"]
    assert panel.rows[1].state == "Change to a live story"


def test_the_ad_desk_reviews_and_expects_paid_stories_only(client):
    at = timezone.now()
    for headline, fields in (("Canary", {}), ("Paid", {"kind": "video", "sponsor_name": "Firm"})):
        workflow.submit(factories.draft(headline=headline, **fields), by=None, at=at)
        story = factories.draft(headline=headline, publish_at=at + timedelta(days=1), **fields)
        workflow.publish(factories.paid_story(story), by=None, at=at)
    panels = today(client, factories.user("Ad manager"))
    assert (titles(panels["review"]), titles(panels["coming"])) == (["Paid"], ["Paid"])
    assert panels["coming"].rows[0].sponsor == "Firm"


def test_the_next_seven_days_hold_stories_embargoes_and_changes(client):
    at = timezone.now()
    hours = [timedelta(hours=n) for n in range(1, 5)]
    for headline, when in (("Soon", hours[2]), ("Too far", timedelta(days=8))):
        workflow.publish(factories.draft(headline=headline, publish_at=at + when), by=None, at=at)
    factories.draft(headline="Secret", embargo_until=at + hours[0])
    live = factories.article(headline="Live")
    content = factories.content(
        headline="Live",
        section_id=live.section_id,
        bylines=[factories.Credit(author_id=live.bylines.get().author_id)],
    )
    workflow.save_draft(live, content, base_revision=1, by=None, at=at)
    workflow.schedule_change(live, at + hours[1], by=None, at=at)
    rows = today(client, factories.user("Editor"))["coming"].rows
    assert [(row.title, row.state) for row in rows] == [
        ("Secret", "Embargo ends"),
        ("Live", "Change appears"),
        ("Soon", "Appears"),
    ]


def test_notes_that_mention_a_person_until_they_are_resolved(client):
    reporter = factories.user("Reporter")
    mine, foreign = factories.draft(headline="Mine", by=reporter), factories.draft(headline="Canary")
    for story, resolved in ((mine, None), (mine, timezone.now()), (foreign, None)):
        note = Note.objects.create(
            article=story, text="Check the <b>date</b>", revision_number=1, created_at=timezone.now()
        )
        note.mentioned.add(reporter)
        Note.objects.filter(pk=note.pk).update(resolved_at=resolved)
    client.force_login(reporter)
    html = client.get("/admin/").content.decode()
    assert html.count("Check the &lt;b&gt;date&lt;/b&gt;") == 1
    assert "Canary" not in html


def test_the_clock_of_requests_is_in_words(client):
    now = timezone.now()
    for company, hours in (("Late", 60), ("Fresh", 1), ("Urgent", 45)):
        factories.ad_request(company=company, at=now - timedelta(hours=hours))
    rows = today(client, factories.user("Ad manager"))["requests"].rows
    assert [(row.title, row.tone) for row in rows] == [("Late", "overdue"), ("Urgent", "red"), ("Fresh", "green")]
    assert rows[0].state == "Overdue by 12 hours"


def test_bookings_that_end_and_days_that_are_free(client):
    today_ = timezone.localdate()
    factories.booking(last_day=today_ + timedelta(days=3))
    factories.booking("rail-200x200", first_day=today_, last_day=today_ + timedelta(days=40))
    panels = today(client, factories.user("Ad manager"))
    assert [row.about for row in panels["expiring"].rows] == [
        f"{factories.position()}, last day {today_ + timedelta(days=3):%-d %b %Y}"
    ]
    free = {row.title: row.about for row in panels["empty"].rows}
    assert free[str(factories.position())] == "10 days free"
    assert str(factories.position("rail-200x200")) not in free


def test_problems_are_named_with_what_to_do(client):
    now = timezone.now()
    editor = factories.user("Editor")
    Heartbeat.objects.create(name="worker", at=now - timedelta(minutes=6))
    bare = factories.article(headline="Undescribed", hero_id=factories.picture().pk)
    MediaAsset.objects.update(alt="")
    DueAction.objects.filter(article=bare).update(state="done")
    overdue = factories.draft(headline="Overdue", publish_at=now + timedelta(days=1))
    workflow.publish(overdue, by=None, at=now)
    DueAction.objects.filter(article=overdue).update(due_at=now - timedelta(minutes=10))
    failed = factories.draft(headline="Failed", publish_at=now + timedelta(days=1))
    workflow.publish(failed, by=None, at=now)
    DueAction.objects.filter(article=failed).update(
        state="failed", last_error="No section", due_at=now - timedelta(minutes=20)
    )
    rows = today(client, editor)["problems"].rows
    assert rows[0].title.startswith("The worker has been silent since")
    assert [(row.title, row.state) for row in rows[1:]] == [
        ("Overdue", "Overdue"),
        ("Failed", "Failed"),
        ("Undescribed", "No alternative text"),
    ]
    assert "No section" in rows[2].about


def test_a_worker_that_was_seen_lately_is_no_problem(client, worker):
    panel = today(client, factories.user("Editor"))["problems"]
    assert panel.rows == []
    assert str(panel.empty) == "All is well: the worker runs, and nothing failed."


def test_a_panel_shows_eight_and_the_way_to_the_rest(client):
    reporter = factories.user("Reporter")
    section = factories.section()
    for _ in range(9):
        factories.draft(by=reporter, section_id=section.pk, bylines=[])
    panel = today(client, reporter)["drafts"]
    assert (len(panel.rows), panel.more) == (8, "/admin/articles/article/?mine=1")
