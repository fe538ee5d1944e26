"""The live screen of a story and the desk of the strip: who may do what, and what is said when it cannot be done."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from articles import coverage
from articles.content import Credit
from articles.models import Article, BreakingNews, LiveEntry
from tests import factories

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def screen(story: Article, number: int | None = None) -> str:
    return f"/admin/articles/article/{story.pk}/live/" + (f"{number}/" if number else "")


def typed(**fields) -> dict:
    return {"do": "post", "key": str(uuid.uuid4()), "headline": "", "body": "<p>Goal</p>"} | fields


def signed_by(reporter, **fields) -> Article:
    author = factories.author(user=reporter)
    return factories.article(bylines=[Credit(author_id=author.pk)], **fields)


def test_an_editor_opens_moves_and_ends_live_coverage(client):
    story = factories.article()
    client.force_login(factories.user("Editor"))
    before = timezone.now()
    client.post(screen(story), {"do": "go_live", "hours": "3"})
    story.refresh_from_db()
    assert before + 3 * HOUR <= story.live_until <= timezone.now() + 3 * HOUR
    wanted = timezone.localtime(before + 5 * HOUR).replace(second=0, microsecond=0)
    client.post(screen(story), {"do": "go_live", "hours": "other", "until": f"{wanted:%Y-%m-%dT%H:%M}"})
    story.refresh_from_db()
    assert story.live_until == wanted
    client.post(screen(story), {"do": "end_live"})
    story.refresh_from_db()
    assert not story.is_covered_live(timezone.now())


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"hours": "99"},
        {"hours": "other"},
        {"hours": "other", "until": "2020-01-01T10:00"},
        {"hours": "other", "until": "yesterday"},
        {"hours": "other", "until": "9999-12-31T23:59"},
    ],
)
def test_an_end_that_makes_no_sense_is_refused_and_says_why(client, said):
    story = factories.article()
    client.force_login(factories.user("Editor"))
    response = client.post(screen(story), {"do": "go_live", **said})
    assert (response.status_code, response.context["until_form"].errors != {}) == (400, True)
    assert Article.objects.get().live_until is None


def test_an_editor_writes_changes_pins_removes_and_puts_back(client):
    story = factories.article()
    client.force_login(factories.user("Editor"))
    response = client.post(screen(story), typed(headline="One nil", is_key_event="on"), follow=True)
    assert "Done. Readers have it." in response.content.decode()
    entry = LiveEntry.objects.get()
    assert (entry.headline, entry.body, entry.is_key_event) == ("One nil", "<p>Goal</p>", True)
    client.post(screen(story, 1), {"do": "pin"})
    client.post(screen(story, 1), typed(do="change", headline="Two nil", is_pinned="on"))
    entry.refresh_from_db()
    assert (entry.headline, entry.is_pinned, entry.is_key_event, entry.number) == ("Two nil", True, False, 1)
    assert "One nil" in client.get(screen(story, 1)).content.decode()
    client.post(screen(story, 1), {"do": "remove"})
    entry.refresh_from_db()
    assert entry.removed_at is not None
    client.post(screen(story, 1), {"do": "put_back"})
    entry.refresh_from_db()
    assert entry.removed_at is None


@pytest.mark.parametrize(
    "fields",
    [
        {"body": ""},
        {"headline": "", "body": "<p>My words</p>", "is_key_event": "on"},
        {"headline": "x" * 201},
        {"headline": "a\0b"},
        {"key": "no key"},
        {"body": "x" * 30_000},
        {"do": "nonsense"},
    ],
)
def test_an_entry_that_is_refused_keeps_its_words(client, fields):
    story = factories.article()
    client.force_login(factories.user("Editor"))
    response = client.post(screen(story), typed(**{"headline": "My words"} | fields))
    assert response.status_code in (200, 400)
    assert (fields.get("headline") or "My words").replace("\0", "") in response.content.decode().replace("\0", "")
    assert not LiveEntry.objects.exists()


def test_a_reporter_writes_while_an_editor_has_it_covered_and_changes_own_entries_only(client):
    reporter = factories.user("Reporter")
    story, now = signed_by(reporter), timezone.now()
    theirs = factories.live_entry(story)
    client.force_login(reporter)
    assert "Ask one to open it" in client.get(screen(story)).content.decode()
    assert client.post(screen(story), typed()).status_code == 403
    assert client.post(screen(story), {"do": "go_live", "hours": "1"}).status_code == 403
    coverage.go_live(story, now + HOUR, by=None, at=now)
    assert client.post(screen(story), typed()).status_code == 302
    assert client.post(screen(story, theirs.number), {"do": "remove"}).status_code == 403
    assert client.post(screen(story, 2), {"do": "remove"}).status_code == 302
    coverage.end_live(story, by=None, at=now)
    assert client.post(screen(story, 2), {"do": "put_back"}).status_code == 403
    assert [bool(entry.removed_at) for entry in LiveEntry.objects.order_by("number")] == [False, True]


def test_the_paragraphs_of_an_entry_are_told_apart_in_the_list(client):
    client.force_login(factories.user("Editor"))
    story = factories.article()
    client.post(screen(story), {"do": "go_live", "hours": "3"})
    client.post(screen(story), typed(body="<p>Lorries go round.</p><p>Buses end at the market.</p>"))
    assert "Lorries go round. Buses end at the market." in client.get(screen(story)).content.decode()


def test_breaking_news_has_one_button_that_saves_and_no_doors_beside_its_choices(client):
    client.force_login(factories.user("Editor"))
    html = client.get("/admin/articles/breakingnews/add/").content.decode()
    assert [
        html.count(name) for name in ('name="_save"', "_addanother", "_continue", "related-widget-wrapper-link")
    ] == [1, 0, 0, 0]


def test_nobody_else_opens_the_screen(client):
    story = factories.article()
    paid = factories.article(kind="advertorial", sponsor_name="Firm")
    for group, opened in (("Reporter", story), ("Ad manager", story), ("Ad manager", paid), ("Publisher", paid)):
        client.force_login(factories.user(group))
        assert client.get(screen(opened)).status_code == 404
        assert client.post(screen(opened), typed()).status_code == 404
    assert client.get(screen(story, 10**8)).status_code == 404


def test_entries_of_a_draft_wait_for_it_and_the_screen_says_so(client):
    draft = factories.draft()
    client.force_login(factories.user("Editor"))
    response = client.post(screen(draft), typed(), follow=True)
    assert "once the story is published" in response.content.decode()


@pytest.mark.parametrize("count", [3, 30])
def test_the_live_screen_asks_the_same_whatever_it_holds(client, django_assert_num_queries, count):
    editor, story = factories.user("Editor"), factories.article()
    for _n in range(count):
        factories.live_entry(story, by=editor)
    client.force_login(editor)
    client.get(screen(story))
    with django_assert_num_queries(11):
        client.get(screen(story))


# The strip.


def test_an_editor_breaks_news_changes_it_and_ends_it(client):
    story = factories.article()
    client.force_login(factories.user("Editor"))
    add = "/admin/articles/breakingnews/add/"
    client.post(add, {"text": "The bridge is closed.", "language": "en", "article": story.pk, "hours": "1"})
    news = BreakingNews.objects.get()
    assert (news.text, news.article, news.ends_at - news.starts_at) == ("The bridge is closed.", story, HOUR)
    change = f"/admin/articles/breakingnews/{news.pk}/change/"
    assert "End now" in client.get(change).content.decode()
    client.post(change, {"text": "It is open again.", "article": "", "hours": "3"})
    news.refresh_from_db()
    assert (news.text, news.article, news.language) == ("It is open again.", None, "en")
    end = change.replace("change", "end")
    assert client.get(end).status_code == 405
    client.post(end)
    news.refresh_from_db()
    assert news.ends_at <= timezone.now()
    assert "End now" not in client.get(change).content.decode()
    assert client.post(change, {"text": "Too late", "hours": "1"}).status_code == 403


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 161}, "text"),
        ({"hours": ""}, "hours"),
        ({"hours": "other", "until": "2020-01-01T00:00"}, "until"),
        ({"hours": "other", "until": "2126-01-01T00:00"}, "until"),
        ({"language": "de"}, "language"),
        ({"article": "draft"}, "article"),
        ({"article": "999999"}, "article"),
    ],
)
def test_a_sentence_that_cannot_run_is_refused_beside_its_field(client, said, field):
    client.force_login(factories.user("Editor"))
    if said.get("article") == "draft":
        said = {"article": factories.draft().pk}
    response = client.post(
        "/admin/articles/breakingnews/add/", {"text": "T", "language": "en", "hours": "1", "article": ""} | said
    )
    assert field in response.context["adminform"].form.errors
    assert not BreakingNews.objects.exists()


def test_chosen_sentences_are_ended_from_the_list(client):
    client.force_login(factories.user("Editor"))
    chosen = [factories.breaking_news(), factories.breaking_news(language="ar")]
    said = {"action": "end_chosen", "_selected_action": [news.pk for news in chosen]}
    response = client.post("/admin/articles/breakingnews/", said, follow=True)
    assert "2 sentences were ended." in response.content.decode()
    assert not BreakingNews.objects.running(timezone.now()).exists()
