"""What to read next stands there with its reason, and only where readers may read it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import related, workflow
from articles.models import Article
from articles.reading import minutes
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def port():
    """A tag, a section, and a story about both."""
    tag, section = factories.tag(name="Harbour reform"), factories.section(name="Business")
    story = factories.article(headline="Harbour strike ends", tag_ids=[tag.pk], section_id=section.pk, at=ago(hours=2))
    return story, tag, section


def ago(**span):
    return timezone.now() - timedelta(**span)


def reasons(story: Article, **options) -> dict[str, str]:
    return {one.story.headline: one.reason for one in related.related_to(story, timezone.now(), **options)}


def test_each_says_why_it_stands_there(port):
    story, tag, section = port
    elsewhere = factories.section().pk
    series = factories.series()
    factories.article(headline="By its tag", tag_ids=[tag.pk], section_id=elsewhere, at=ago(days=9))
    factories.article(headline="Strike at the harbour of Tema ends", section_id=elsewhere, at=ago(days=9))
    factories.article(headline="By its section", section_id=section.pk, at=ago(days=9))
    part = factories.article(headline="By its series", section_id=elsewhere, series_id=series.pk, at=ago(days=9))
    Article.objects.filter(pk=story.pk).update(series=series)
    factories.article(headline="Of nothing of all this", section_id=elsewhere)
    story.refresh_from_db()
    assert reasons(story) == {
        "By its tag": "Also about Harbour reform",
        "By its series": "From the same series",
        "Strike at the harbour of Tema ends": "On a similar subject",
        "By its section": "More from Business",
    }
    assert "By its series" not in reasons(story, beside={part.pk})


def test_the_rarer_tag_counts_more_and_is_the_one_that_is_named(port):
    story, rare, _section = port
    common = factories.tag(name="Nigeria")
    Article.objects.get(pk=story.pk).tags.add(common)
    for number in range(6):
        factories.article(headline=f"Common {number}", tag_ids=[common.pk], at=ago(hours=1))
    factories.article(headline="Rare", tag_ids=[rare.pk], at=ago(days=1))
    factories.article(headline="Both", tag_ids=[rare.pk, common.pk], at=ago(days=1))
    found = reasons(story)
    assert list(found)[:2] == ["Both", "Rare"]
    assert found["Both"] == "Also about Harbour reform"
    assert found["Common 5"] == "Also about Nigeria"


def test_of_equals_the_newer_comes_first(port):
    story, tag, _section = port
    for days in (200, 3, 40):
        factories.article(headline=f"{days} days old", tag_ids=[tag.pk], at=ago(days=days))
    assert list(reasons(story)) == ["3 days old", "40 days old", "200 days old"]


def test_what_nobody_may_see_or_was_paid_for_or_is_in_another_language_does_not_stand_there(port, client):
    story, tag, section = port
    fields = {"tag_ids": [tag.pk], "section_id": section.pk}
    factories.draft(headline="Draft", **fields)
    factories.article(headline="Later", publish_at=timezone.now() + timedelta(hours=1), **fields)
    factories.article(headline="Over", at=ago(days=3), expire_at=ago(days=1), **fields)
    factories.article(headline="Paid", kind="advertorial", sponsor_name="X", **fields)
    factories.article(headline="عنوان", language="ar", translation_of_id=story.pk, tag_ids=[tag.pk])
    gone = factories.article(headline="Gone in a moment", at=ago(days=1), **fields)
    assert list(reasons(story)) == ["Gone in a moment"]
    workflow.withdraw(gone, by=None, at=timezone.now())
    assert reasons(story) == {}
    assert "Related stories" not in client.get(story.get_absolute_url()).content.decode()


def test_what_stands_on_the_page_already_is_not_repeated(port, client):
    story, tag, section = port
    for hours in (1, 3, 9):
        factories.article(headline=f"{hours} hours", tag_ids=[tag.pk], section_id=section.pk, at=ago(hours=hours))
    html = client.get(story.get_absolute_url()).content.decode()
    below = html[html.index('id="related"') : html.index("<footer", html.index('id="related"'))]
    assert "9 hours" in below
    assert "Also about Harbour reform" in below
    # The one before and the one after.
    assert "1 hours" not in below
    assert "3 hours" not in below


def test_where_they_share_the_section_alone_the_heading_says_so_once(client):
    section = factories.section(name="Business")
    first, *_ = (
        factories.article(headline=f"{word} {word}", section_id=section.pk, at=ago(hours=hours))
        for hours, word in enumerate(("Alpha", "Bravo", "Cacao", "Delta", "Elbow"), start=1)
    )
    html = client.get(first.get_absolute_url()).content.decode()
    assert html.count("More from Business") == 1
    assert "Related stories" not in html


def test_arabic_stories_say_it_in_arabic(client):
    tag = factories.tag(name="الموانئ", language="ar")
    first, _second, _third = (
        factories.article(headline=f"عنوان {n}", language="ar", tag_ids=[tag.pk], at=ago(hours=n)) for n in (1, 2, 3)
    )
    html = client.get(first.get_absolute_url()).content.decode()
    assert "أيضا عن الموانئ" in html
    assert "قصص ذات صلة" in html


@pytest.mark.parametrize("count", [1, 30])
def test_it_is_three_questions_however_much_there_is(port, django_assert_num_queries, count):
    story, tag, section = port
    others = [factories.tag() for _ in range(5)]
    for number in range(count):
        factories.article(
            headline=f"Harbour strike {number}", tag_ids=[tag.pk, *(o.pk for o in others)], section_id=section.pk
        )
    story = Article.objects.select_related("section", "series").prefetch_related("tags").get(pk=story.pk)
    with django_assert_num_queries(3):
        related.related_to(story, timezone.now())


def test_a_story_without_anything_has_nothing_related():
    story = factories.draft(headline="x", section_id=None, bylines=[])
    assert related.related_to(story, timezone.now()) == []


@pytest.mark.parametrize(
    ("language", "words", "figures", "expected"),
    [("en", 50, 0, 1), ("en", 920, 0, 4), ("en", 920, 6, 5), ("ar", 720, 0, 4), ("en", 0, 0, None)],
)
def test_reading_takes_as_long_as_the_words_and_pictures_need(language, words, figures, expected):
    body = f"<p>{'word ' * words}</p>" + '<figure data-media-id="1"></figure>' * figures
    assert minutes(Article(language=language, body=body if words else "")) == expected


def test_a_page_says_how_long_it_takes_to_read_and_a_live_blog_does_not(client):
    story = factories.article(body=f"<p>{'word ' * 920}</p>")
    assert "4 min read" in client.get(story.get_absolute_url()).content.decode()
    assert "4 min read" in client.get(story.get_lite_url()).content.decode()
    factories.live_entry(story)
    assert "min read" not in client.get(story.get_absolute_url()).content.decode()
    arabic = factories.article(language="ar", headline="عنوان", body=f"<p>{'كلمة ' * 720}</p>")
    assert "قراءة 4 دقائق" in client.get(arabic.get_absolute_url()).content.decode()


def test_the_page_of_a_topic_introduces_it_counts_and_leads_on(client):
    topic = factories.tag(name="Harbour", description="Why the harbour matters.\n\nAnd since when.")
    beside, draft_only = factories.tag(name="Customs"), factories.tag(name="Secret plans")
    for _ in range(3):
        factories.article(tag_ids=[topic.pk, beside.pk])
    factories.draft(tag_ids=[topic.pk, draft_only.pk])
    html = client.get(topic.get_absolute_url()).content.decode()
    assert "<p>Why the harbour matters.</p>" in html
    assert "<p>And since when.</p>" in html
    assert "3 stories" in html
    assert f'<a href="{beside.get_absolute_url()}">Customs</a>' in html
    assert "Secret plans" not in html
