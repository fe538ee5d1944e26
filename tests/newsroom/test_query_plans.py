"""SQLite keeps no statistics here: it takes an index of the status, the kind or the language for one that finds a few
rows, though nearly all stories are live news of one language. In a large newsroom that is a tenth of a second a page.
It plans the same with a few stories."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from ads import most_read
from ads.models.event import Kind
from articles import appearance, archive, mail, related, sitemaps
from articles.content import Credit
from articles.models import Article, Share, Tag
from articles.search_suggest import suggest
from articles.views.stories import neighbours, translations_of
from newsroom import frontpage
from tests import factories

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="The plans are SQLite's."),
]

BY_NUMBER = "SEARCH articles_article USING INTEGER PRIMARY KEY"


class Plans:
    """What SQLite says that it would do for each query that runs."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith("SELECT"):
            explained = f"EXPLAIN QUERY PLAN {sql.replace('%s', '?')}"
            rows = context["cursor"].cursor.execute(explained, params).fetchall()
            self.found.append((sql, "\n".join(str(row[3]) for row in rows)))
        return execute(sql, params, many, context)

    def of(self, table: str) -> str:
        """Those of the queries that begin with a table's columns, in one."""
        return "\n".join(plan for sql, plan in self.found if f'FROM "{table}"' in sql)


@pytest.fixture
def plans():
    found = Plans()
    with connection.execute_wrapper(found):
        yield found


@pytest.fixture
def story() -> Article:
    tag, section, name = factories.tag(), factories.section(), factories.author()
    kept = {"tag_ids": [tag.pk], "section_id": section.pk}
    other = factories.article(at=timezone.now() - timedelta(hours=1), headline="Strike at the harbour ends", **kept)
    factories.event(Kind.READ, at=timezone.now(), article=other.pk, language=1)
    made = factories.article(headline="Harbour strike ends", bylines=[Credit(author_id=name.pk)], **kept)
    most_read.forget()
    return made


@pytest.mark.parametrize(
    "page",
    ["front", "lite", "section", "tag", "author", "article", "month", "corrections", "feed", "partners", "news", "map"],
)
def test_no_page_goes_through_all_that_is_live(client, story, plans, page):
    month = f"{story.month:%Y/%m}"
    addresses = {
        "front": "/",
        "lite": story.get_lite_url(),
        "section": story.section.get_absolute_url(),
        "tag": story.tags.get().get_absolute_url(),
        "author": story.bylines.get().author.get_absolute_url(),
        "article": story.get_absolute_url(),
        "month": f"/{month}/",
        "corrections": "/corrections/",
        "feed": "/feed/",
        "partners": "/partners/stories/feed/",
        "news": "/news-sitemap.xml",
        "map": f"/sitemap/{story.month:%Y-%m}.xml",
    }
    plans.found.clear()
    assert client.get(addresses[page]).status_code == 200
    plan = plans.of("articles_article")
    assert "articles_article USING" in plan
    for wide in ("article_status_by_time", "article_list_by_kind", "article_list_by_language", "SCAN articles_article"):
        assert wide not in plan


def test_what_is_known_by_number_is_looked_up_by_number(story, plans):
    now = timezone.now()
    for asked in (
        lambda: related.related_to(story, now),
        lambda: most_read.stories("en", at=now),
        lambda: frontpage.compose("en", [], at=now),
        lambda: translations_of(story, now),
        lambda: appearance.twin(factories.content(headline=story.headline), None, now),
    ):
        plans.found.clear()
        assert asked()
        *_rest, plan = [plan for sql, plan in plans.found if 'FROM "articles_article"' in sql]
        assert BY_NUMBER in plan or "INDEX 1\nSEARCH articles_article USING INTEGER PRIMARY KEY" in plan
        assert "USING INDEX article_newest" not in plan
        assert "USING COVERING INDEX article_newest" not in plan


def test_a_place_in_time_is_the_end_that_the_index_takes(story, plans):
    """SQLite takes the first of two ends on the same side. With `now` before it, an old story's neighbour is sought
    from the newest story on."""
    plans.found.clear()
    neighbours(story, timezone.now())
    archive.months_around("en", story.month, at=timezone.now())
    asked = [sql for sql, _plan in plans.found]
    assert len(asked) == 3
    for sql in asked:
        place = re.search(r'"publish_at" [<>]', sql)
        assert place
        assert place.start() < sql.index('"status" IN')
    assert sitemaps.news(timezone.now())
    assert "publish_at>?" in plans.found[-1][1]


def test_the_sponsored_band_is_read_from_the_index_of_kinds(story, plans):
    plans.found.clear()
    frontpage.compose("en", [], at=timezone.now())
    assert "USING COVERING INDEX article_newest_of_kind (kind=? AND language=?)" in plans.of("articles_article")


def test_a_section_without_parts_is_counted_and_read_in_the_order_of_its_index(client, story, plans):
    plans.found.clear()
    client.get(story.section.get_absolute_url())
    shelves = [(sql, plan) for sql, plan in plans.found if '"section_id" IN' in sql]
    assert len(shelves) == 2
    for _sql, plan in shelves:
        assert "article_newest_in_section (section_id=? AND publish_at<?)" in plan
        assert "TEMP B-TREE" not in plan
    assert "COVERING INDEX" in shelves[0][1]


def test_suggestions_ask_of_each_name_whether_a_live_story_carries_it(story, plans):
    name = Tag.objects.get().name
    plans.found.clear()
    assert suggest(name[:4], language="en", at=timezone.now())
    assert "article_newest_of_language" not in "\n".join(plan for _sql, plan in plans.found)


def test_the_mails_of_the_last_hour_are_counted_by_time(plans):
    mail.posted("reader", since=timezone.now())
    assert "idempotency_by_time" in plans.found[-1][1]


def test_who_may_open_every_story_has_the_list_of_shares_without_asking_for_them(client, story, plans):
    client.force_login(factories.user("Publisher"))
    plans.found.clear()
    assert client.get("/admin/articles/share/").status_code == 200
    counts = [plan for sql, plan in plans.found if sql.startswith("SELECT COUNT") and Share._meta.db_table in sql]
    assert counts
    assert not any("articles_article" in plan for plan in counts)
