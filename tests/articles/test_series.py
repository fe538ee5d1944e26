"""Stories that belong together: their page, their place in it, and nothing of what readers may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import workflow
from articles.content import Content
from articles.models import Article
from tests import factories

pytestmark = pytest.mark.django_db


def parts(count: int, series, **fields) -> list[Article]:
    """The parts of a series in their order, the last published first."""
    now = timezone.now()
    return [
        factories.article(
            headline=f"Chapter {n}",
            at=now - timedelta(hours=n),
            series_id=series.pk,
            series_part=n,
            language=series.language,
            **fields,
        )
        for n in range(1, count + 1)
    ]


def headlines(client, series) -> list[str]:
    return [part.story.headline for part in client.get(series.get_absolute_url()).context["parts"]]


def test_parts_stand_in_their_order_and_others_by_their_date(client):
    series, now = factories.series(), timezone.now()
    for headline, part, hours in (("Last", None, 1), ("Before", None, 5), ("Two", 2, 3), ("One", 1, 2)):
        at = now - timedelta(hours=hours)
        factories.article(headline=headline, at=at, series_id=series.pk, series_part=part)
    assert headlines(client, series) == ["One", "Two", "Before", "Last"]


def test_a_story_says_which_part_it_is_and_leads_to_the_others(client):
    series = factories.series(title="The river")
    first, second, third = parts(3, series)
    html = client.get(second.get_absolute_url()).content.decode()
    assert "Part 2 of 3" in html
    box = html[html.index('<nav class="series"') :]
    assert all(path in box for path in (first.get_absolute_url(), third.get_absolute_url(), series.get_absolute_url()))
    assert 'aria-current="true" dir="auto">Chapter 2' in box


@pytest.mark.parametrize("state", ["draft", "withdrawn", "scheduled", "sponsored", "other language"])
def test_what_is_not_public_is_no_part(client, state):
    canary, series, now = "zanzaranth", factories.series(), timezone.now()
    shown = parts(2, series)
    common = {"headline": canary, "series_id": series.pk, "series_part": 3}
    if state == "draft":
        factories.draft(**common)
    elif state == "withdrawn":
        workflow.withdraw(factories.article(**common), by=None, at=now)
    elif state == "scheduled":
        factories.article(publish_at=now + timedelta(days=1), **common)
    elif state == "sponsored":
        factories.article(kind="advertorial", sponsor_name="Firm", **common)
    else:
        factories.article(language="ar", **common)
    pages = [client.get(path).content.decode() for path in (series.get_absolute_url(), shown[0].get_absolute_url())]
    box = pages[1][pages[1].index('<nav class="series"') :].split("</nav>")[0]
    assert canary not in pages[0] + box
    assert "of 2" in pages[1]


def test_a_series_without_a_live_part_does_not_exist_yet(client):
    series = factories.series(title="Canary")
    factories.draft(series_id=series.pk)
    assert client.get(series.get_absolute_url()).status_code == 404
    story = factories.article(series_id=series.pk)
    assert client.get(series.get_absolute_url()).status_code == 200
    assert "Part 1 of" not in client.get(story.get_absolute_url()).content.decode()
    assert client.get("/ar" + series.get_absolute_url()).status_code == 404


# What is related of a series that is longer than its box is one question more.
@pytest.mark.parametrize(("count", "queries"), [(3, 12), (8, 13), (30, 13)])
def test_a_series_asks_the_same_whatever_its_length(client, django_assert_num_queries, count, queries):
    series = factories.series()
    story = parts(count, series)[1]
    factories.booking()
    client.get("/")
    with django_assert_num_queries(7):
        assert len(client.get(series.get_absolute_url()).context["parts"]) == min(count, 20)
    with django_assert_num_queries(queries):
        box = client.get(story.get_absolute_url()).context["series"]
    assert (len(box.nearby), box.total, box.is_whole) == (min(count, 7), count, count == 3)


def test_a_part_keeps_its_number_when_one_before_it_is_withdrawn(client):
    series = factories.series()
    _one, two, three = parts(3, series)
    workflow.withdraw(two, by=None, at=timezone.now())
    assert "Part 3 of 3" in client.get(three.get_absolute_url()).content.decode()


def test_a_draft_outlives_its_series(client):
    series = factories.series()
    draft = factories.draft(series_id=series.pk)
    series.delete()
    draft.refresh_from_db()
    story = workflow.publish(draft, by=None, at=timezone.now())
    assert (story.status, story.series_id) == ("live", None)


def test_the_form_of_a_story_keeps_series_apart_by_language_and_from_what_is_paid_for(client):
    client.force_login(factories.user("Publisher"))
    section = factories.section()
    english, arabic = factories.series(), factories.series(language="ar")

    def save(**fields):
        common = {"headline": "H", "body": "<p>B</p>", "language": "en", "section": section.pk, "kind": "story"}
        rows = {"bylines-TOTAL_FORMS": "0", "bylines-INITIAL_FORMS": "0"}
        response = client.post("/admin/articles/article/add/", common | rows | fields)
        return response.context["adminform"].form.errors if response.status_code == 200 else {}

    assert list(save(series=arabic.pk)) == ["series"]
    assert list(save(series_part="2")) == ["series_part"]
    assert list(save(series=english.pk, kind="advertorial", sponsor_name="Firm")) == ["series"]
    assert save(series=english.pk, series_part="2") == {}
    draft = Article.objects.get()
    content = Content.from_json(draft.revisions.get().content)
    assert (content.series_id, content.series_part) == (english.pk, 2)
