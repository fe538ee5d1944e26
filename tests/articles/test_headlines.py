"""Finding a story by the words of its headline."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from articles import headlines, workflow
from articles.models import Article
from tests import factories

pytestmark = pytest.mark.django_db


def found(typed: str) -> list[str]:
    stories = headlines.headed(Article.objects.order_by("pk"), typed)
    return list(stories.values_list("headline", flat=True))


@pytest.fixture
def stories():
    for headline in (
        "The harbour opens at night",
        "Harbour fees rise again",
        "Café owners’ night in Tamaré",
        "الميناء يعمل ليلًا",
    ):
        factories.draft(headline=headline)
    factories.draft(headline="Flour for all", kind="advertorial", sponsor_name="Teneru Mills")


@pytest.mark.parametrize(
    ("typed", "headlines"),
    [
        ("harbour", ["The harbour opens at night", "Harbour fees rise again"]),
        ("HARB night", ["The harbour opens at night"]),
        ("teneru", ["Flour for all"]),
        ("الميناء", ["الميناء يعمل ليلًا"]),
        ("owners'", ["Café owners’ night in Tamaré"]),
        ("nothing of the kind", []),
        ('a"b', []),
        ("*", []),
        ("harbour OR fees", []),
        ("NEAR(harbour", []),
        ("' | zz:*", []),
        ("x" * 3000, []),
        ("&&& --", []),
    ],
)
def test_every_typed_word_begins_a_word_of_the_headline(stories, typed, headlines):
    assert found(typed) == headlines


def test_an_address_finds_its_story(stories):
    story = factories.article(headline="Bridge closed", slug="bridge-closed-for-repairs")
    assert found(f"http://testserver{story.get_absolute_url()}") == ["Bridge closed"]
    assert found("bridge-closed-for-repairs") == ["Bridge closed"]


@pytest.mark.parametrize("typed", ["harbour", "HARB ope", "the-harbour-opens-at-night", "?", "nothing"])
def test_beside_other_filters_it_finds_the_same(stories, typed):
    Article.objects.filter(headline="Harbour fees rise again").update(status="spiked")
    drafts = headlines.headed(Article.objects.filter(status="draft"), typed)
    expected = ["The harbour opens at night"] if "har" in typed.lower() else []
    assert list(drafts.values_list("headline", flat=True)) == expected


def test_a_changed_headline_is_found_by_its_new_words_only(stories):
    story = Article.objects.get(headline="Harbour fees rise again")
    content = factories.content(headline="Port charges go up", section_id=story.section_id)
    workflow.save_draft(story, content, base_revision=1, by=None, at=story.created_at)
    assert (found("fees"), found("charges")) == ([], ["Port charges go up"])
    story.delete()
    assert found("charges") == []


def test_more_matches_than_are_looked_at_give_the_newest(stories, monkeypatch):
    monkeypatch.setattr(headlines, "MOST", 1)
    assert found("harbour") == ["Harbour fees rise again"]


def test_the_index_survives_a_table_that_is_built_anew(stories):
    """As SQLite does it on many migrations: the triggers are gone, and rows come in unseen."""
    connection.check_constraints()  # PostgreSQL changes no table that has checks waiting
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in headlines.INDEX.triggers():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("DROP INDEX articles_headlines")
    factories.draft(headline="Written meanwhile")
    connection.check_constraints()
    call_command("migrate", verbosity=0)
    factories.draft(headline="Written afterwards")
    assert found("written") == ["Written meanwhile", "Written afterwards"]
