"""The list of stories: what a row says, the filters, the search, and how many questions it asks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import workflow
from articles.content import Credit
from articles.models import Article, EditLock, Note
from tests import factories

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/article/"


@pytest.fixture
def editor(client):
    user = factories.user("Editor", first_name="Amina", last_name="Bello")
    client.force_login(user)
    return user


def shown(client, query: str = "") -> list[str]:
    response = client.get(LIST + query)
    assert response.status_code == 200, response["Location"]
    return [story.headline for story in response.context["cl"].result_list]


@pytest.mark.parametrize("count", [2, 30])
def test_a_page_asks_the_same_number_of_questions(client, editor, django_assert_num_queries, count):
    for _ in range(count):
        story = factories.draft(by=editor)
        Note.objects.create(article=story, text="?", revision_number=1, created_at=timezone.now())
        until = timezone.now() + timedelta(hours=1)
        EditLock.objects.create(article=story, owner=editor, reason="", taken_at=timezone.now(), until=until)
    client.get(LIST)
    with django_assert_num_queries(13):
        client.get(LIST)


def test_a_row_says_who_saved_it_who_locked_it_and_what_is_open(client, editor):
    story = factories.draft(headline="Night ferries", by=editor, kind="video", sponsor_name="Teneru", bylines=[])
    at = timezone.now()
    until = at + timedelta(hours=1)
    EditLock.objects.create(article=story, owner=editor, reason="Figures", taken_at=at, until=until)
    note = Note.objects.create(article=story, text="Check", revision_number=1, created_at=at)
    Note.objects.create(article=story, text="Done", revision_number=1, created_at=at, reply_to=note)
    Note.objects.create(article=story, text="Old", revision_number=1, created_at=at, resolved_at=at)
    html = client.get(LIST).content.decode()
    assert f'href="{story.pk}/change/"' in html
    assert "Paid for by Teneru" in html
    assert f"Locked by Amina Bello until {timezone.localtime(until):%H:%M}" in html
    assert "1 open note" in html
    assert "<bdi>Amina Bello</bdi>" in html


def test_a_lock_that_ran_out_is_not_shown(client, editor):
    story = factories.draft()
    past = timezone.now() - timedelta(minutes=1)
    EditLock.objects.create(article=story, owner=editor, reason="", taken_at=past, until=past)
    assert "Locked by" not in client.get(LIST).content.decode()


def test_each_filter_shows_what_it_names(client, editor):
    at = timezone.now()
    section = factories.section(name="Harbour")
    signed = factories.author()
    factories.draft(headline="mine", by=editor)
    factories.draft(headline="here", section_id=section.pk)
    factories.draft(headline="signed", bylines=[Credit(author_id=signed.pk)])
    factories.draft(headline="paid", kind="video", sponsor_name="Firm")
    arabic = factories.section(language="ar")
    factories.draft(headline="arabic", language="ar", section_id=arabic.pk)
    waiting = factories.draft(headline="waiting")
    workflow.submit(waiting, by=None, at=at)
    live = factories.article(headline="live")
    changed = factories.article(headline="changed")
    content = factories.content(headline="changed", section_id=changed.section_id)
    workflow.save_draft(changed, content, base_revision=1, by=None, at=at)
    assert shown(client, "?mine=1") == ["mine"]
    assert shown(client, f"?section={section.pk}") == ["here"]
    assert shown(client, f"?author={signed.pk}") == ["signed"]
    assert shown(client, "?kind=paid") == shown(client, "?kind=video") == ["paid"]
    assert "paid" not in shown(client, "?kind=news")
    assert shown(client, "?language=ar") == ["arabic"]
    assert shown(client, "?state=needs-review") == ["waiting"]
    assert shown(client, "?state=in-review") == ["waiting"]
    assert shown(client, "?state=changed") == ["changed"]
    assert shown(client, "?state=live") == ["changed", "live"]
    workflow.submit(Article.objects.get(pk=changed.pk), by=None, at=at)
    assert shown(client, "?state=needs-review") == ["waiting", "changed"]
    workflow.approve(Article.objects.get(pk=changed.pk), by=None, at=at)
    assert shown(client, "?state=needs-review") == ["waiting"]
    day = timezone.localdate(live.publish_at)
    assert shown(client, f"?from={day}&until={day}&state=live&section={live.section_id}") == ["live"]
    assert shown(client, f"?from={day + timedelta(days=1)}") == []
    assert shown(client, "?state=&section=&kind=&q=live") == ["live"]


def test_days_are_those_of_the_publisher_and_the_list_then_goes_by_time(client, editor):
    begin = timezone.make_aware(timezone.datetime(2026, 3, 2))
    for headline, at in (
        ("before", begin - timedelta(seconds=1)),
        ("first", begin),
        ("last", begin + timedelta(hours=23, minutes=59, seconds=59)),
        ("after", begin + timedelta(days=1)),
    ):
        factories.article(headline=headline, at=at)
    assert shown(client, "?from=2026-03-02&until=2026-03-02") == ["last", "first"]
    html = client.get(LIST + "?from=2026-03-02").content.decode()
    assert 'aria-sort="descending"' in html


@pytest.mark.parametrize(
    "query",
    [
        "?state=nonsense",
        "?section=999999",
        "?section=x",
        "?author=" + "9" * 40,
        "?from=yesterday",
        "?until=0001-01-01T",
        "?kind=story%00",
        "?language=fr",
        "?headline__contains=x&p=abc",
        "?p=99999",
    ],
)
def test_a_filter_that_makes_no_sense_never_breaks_the_list(client, editor, query):
    factories.draft()
    response = client.get(LIST + query, follow=True)
    assert response.status_code in (200, 400)


def test_empty_lists_say_what_is_true_and_what_to_do(client, editor):
    assert "There is no story here yet." in client.get(LIST).content.decode()
    assert "No story matches." in client.get(LIST + "?state=live").content.decode()


def test_a_reporter_finds_their_own_stories_only(client):
    reporter = factories.user("Reporter")
    author = factories.author(user=reporter)
    client.force_login(reporter)
    factories.draft(headline="Begun by me", by=reporter)
    factories.draft(headline="Signed by me", bylines=[Credit(author_id=author.pk)])
    factories.draft(headline="Canary of another")
    assert shown(client) == ["Signed by me", "Begun by me"]
    assert shown(client, "?q=canary") == []
    assert shown(client, "?q=me&mine=1") == ["Signed by me", "Begun by me"]


def test_a_long_list_has_pages_and_keeps_its_filters(client, editor):
    section = factories.section()
    for n in range(60):
        factories.draft(headline=f"Story {n}", section_id=section.pk, bylines=[])
    html = client.get(f"{LIST}?section={section.pk}").content.decode()
    assert "Page 1 of 2" in html
    assert f'href="?p=2&amp;section={section.pk}"' in html
    assert len(shown(client, f"?section={section.pk}&p=2")) == 10


def test_what_the_list_is_narrowed_to_is_said_in_words_and_taken_away_one_by_one(client):
    client.force_login(factories.user("Editor"))
    page = client.get("/admin/articles/article/?state=live&mine=1&from=2026-01-02&q=ferry").content.decode()
    chips = page[page.index('class="desk-chips"') :]
    chips = chips[: chips.index("</ul>")]
    assert [chip.partition("</bdi>")[0] for chip in chips.split("<bdi>")[1:]] == [
        "“ferry”",
        "Live",
        "2026-01-02",
        "Yes",
    ]
    assert 'href="?from=2026-01-02&amp;mine=1&amp;state=live"' in chips
