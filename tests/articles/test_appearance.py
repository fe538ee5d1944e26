"""How a story appears elsewhere: the meters and previews of the story screen, and the checks that go with them."""

from __future__ import annotations

from datetime import timedelta

import lxml.html
import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from articles import appearance, checks
from articles.models import Article
from tests import factories

pytestmark = pytest.mark.django_db


def warnings(story: Article | None = None, **fields) -> list[tuple[str, str]]:
    content = factories.content(standfirst="Cranes work until four.", **fields)
    found = checks.check(content, article=story, number=None, at=timezone.now())
    of_ours = ("search_title", "search_description", "slug", "hero")
    return [(one.field, one.said) for one in found if one.level == checks.WARNING and one.field in of_ours]


def panel(client, path: str):
    tree = lxml.html.fromstring(client.get(path).content.decode())
    (found,) = tree.xpath("//section[@id='found']")
    return found


def said(box, of: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in box.xpath(f".//*[{of}]")]


@pytest.mark.parametrize(
    ("count", "title", "text"),
    [
        (0, "empty", "empty"),
        (29, "short", "short"),
        (30, "fits", "short"),
        (60, "fits", "short"),
        (61, "long", "short"),
        (69, "long", "short"),
        (70, "long", "fits"),
        (160, "long", "fits"),
        (161, "long", "long"),
    ],
)
def test_a_text_is_short_fits_or_is_cut_off(count, title, text):
    assert (appearance.TITLE.verdict("م" * count), appearance.TEXT.verdict("م" * count)) == (title, text)


def test_what_is_left_empty_is_measured_by_what_stands_in_for_it():
    content = factories.content(headline="h" * 40, standfirst="s" * 80)
    assert [meter.count for meter in appearance.meters(content).values()] == [40, 80]
    content = factories.content(headline="h" * 40, standfirst="s" * 80, search_title="t" * 5)
    assert appearance.meters(content)["search_title"].count == 5


def test_another_live_story_with_the_same_title_is_named(django_assert_num_queries):
    same = {"headline": "The harbour opens at night", "hero_id": None}
    other = factories.article(**same)
    expected = (
        "search_title",
        "Another live story has this title for search engines too, "
        "“The harbour opens at night”: they may show only one.",
    )
    assert expected in warnings(**same)
    assert expected in warnings(headline="Other", search_title="The harbour opens at night")
    # Itself, what nobody reads, another language and another title are no matter.
    assert expected not in warnings(other, **same)
    assert expected not in warnings(language="ar", **same)
    assert expected not in warnings(search_title="Harbour at night", **same)
    with django_assert_num_queries(1):
        assert appearance.twin(factories.content(**same), None, timezone.now()) == other
    Article.objects.filter(pk=other.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    assert expected not in warnings(**same)


def test_a_title_for_search_engines_hides_the_headline_from_the_comparison():
    factories.article(headline="The harbour opens at night", search_title="Night work at the port")
    assert appearance.twin(factories.content(headline="The harbour opens at night"), None, timezone.now()) is None
    assert appearance.twin(factories.content(headline="Night work at the port"), None, timezone.now())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="The plan is SQLite's.")
def test_the_comparison_goes_by_an_index():
    with connection.execute_wrapper(explain := Explained()):
        appearance.twin(factories.content(headline="Harbour"), None, timezone.now())
    assert "article_titles" in explain.plan
    assert "SCAN articles_article" not in explain.plan


class Explained:
    """What SQLite says that it would do for the queries that run."""

    plan = ""

    def __call__(self, execute, sql, params, many, context):
        rows = context["cursor"].cursor.execute(f"EXPLAIN QUERY PLAN {sql.replace('%s', '?')}", params).fetchall()
        self.plan += "\n".join(str(row[3]) for row in rows)
        return execute(sql, params, many, context)


def test_a_long_address_and_a_narrow_picture_are_told_with_their_measures():
    narrow = factories.picture(factories.jpeg(800, 600))
    assert warnings(slug="a" * 76, hero_id=narrow.pk) == [
        ("slug", "The address is long: its slug has 76 characters. Above 75, results and mails cut it."),
        ("hero", "The lead picture is 800 pixels wide. Large cards on other sites need 1200: use a larger file."),
    ]
    wide = factories.picture(factories.jpeg(1200, 800))
    assert warnings(slug="a" * 75, hero_id=wide.pk) == []


def test_what_looks_odd_elsewhere_does_not_keep_a_story_from_its_readers():
    twin = factories.article(headline="The harbour opens at night")
    again = factories.article(headline=twin.headline, hero_id=factories.picture(factories.jpeg(200, 100)).pk)
    assert Article.objects.live().filter(pk=again.pk).exists()


def test_the_screen_shows_the_story_as_others_would(client):
    client.force_login(factories.user("Editor"))
    factories.brand(name="The Courier")
    section = factories.section(name="Business")
    story = factories.article(
        headline="The harbour opens at night and stays open until the morning comes",
        standfirst="Cranes work until four.",
        section_id=section.pk,
        hero_id=factories.picture(factories.jpeg(1300, 867)).pk,
    )
    factories.edit(story, search_title="Night work at the harbour of Amaya")
    found = panel(client, reverse("admin:articles_article_change", args=[story.pk]))
    assert said(found, "@data-shown-title") == ["Night work at the harbour of Amaya"] * 3
    assert said(found, "@data-shown-text") == ["Cranes work until four."] * 2
    assert said(found, "@class='story-result__address'") == ["testserver › Business"]
    assert said(found, "@data-meter-said") == ["fits", "short: there is room to say more"]
    assert [one.get("value") for one in found.xpath(".//meter")] == ["34", "23"]
    assert len(found.xpath(".//*[@data-shown-picture]/img")) == 2


def test_the_title_of_a_paid_story_is_shown_with_its_label_in_the_storys_language(client):
    client.force_login(factories.user("Editor"))
    story = factories.draft(
        kind="advertorial", sponsor_name="Teneru Mills", headline="خبز للجميع", language="ar", section_id=None
    )
    found = panel(client, reverse("admin:articles_article_change", args=[story.pk]))
    assert said(found, "@data-shown-title") == ["مدفوع من Teneru Mills: خبز للجميع"] * 3
    (result,) = found.xpath(".//*[@data-result]")
    assert result.get("data-pattern") == "مدفوع من {sponsor}: {headline}"


def test_a_new_story_begins_with_what_will_stand_there(client):
    client.force_login(factories.user("Reporter"))
    found = panel(client, reverse("admin:articles_article_add"))
    assert said(found, "@data-shown-title") == ["The headline stands here."] * 3
    assert said(found, "@data-meter-said") == ["empty", "empty"]


def test_a_draft_that_names_what_is_gone_is_shown_without_it(client):
    client.force_login(factories.user("Editor"))
    picture, section = factories.picture(), factories.section()
    story = factories.article(headline="Harbour")
    factories.edit(story, hero_id=picture.pk, section_id=section.pk)
    picture.delete()
    section.delete()
    found = panel(client, reverse("admin:articles_article_change", args=[story.pk]))
    assert said(found, "@class='story-result__address'") == ["testserver"]
    assert found.xpath(".//*[@data-shown-picture]/img") == []
