"""What the content API tells of stories, and that it keeps silent about everything else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from articles import coverage, workflow
from articles.content import Credit
from articles.models import Article
from tests import factories

pytestmark = pytest.mark.django_db

LIST = "/api/v1/articles/"


def ask(client, path: str, **said):
    response = client.get(path, said)
    assert response.status_code == 200, response.content
    return response.json()


def numbers(client, **said) -> list[int]:
    return [item["id"] for item in ask(client, LIST, **said)["items"]]


def of(story: Article) -> str:
    return f"{LIST}{story.pk}/"


def test_a_story_is_told_whole(client, settings):
    hero, inside = factories.picture(factories.jpeg(1300, 867)), factories.picture(credit="Photo: Amina Bello")
    section, tag, series = factories.section(), factories.tag(), factories.series()
    author = factories.author(name="Kelo Mandruwe", role="Reporter")
    at = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    story = factories.article(
        at=at,
        headline="The harbour opens",
        standfirst="At night",
        body=f'<p>See <a href="/contact/">us</a> and <a href="https://else.example/">them</a>.</p>'
        f'<figure data-media-id="{inside.pk}"><figcaption>A quay</figcaption></figure>',
        section_id=section.pk,
        tag_ids=[tag.pk],
        series_id=series.pk,
        series_part=2,
        hero_id=hero.pk,
        bylines=[Credit(author_id=author.pk, role="In Semby")],
    )
    twin = factories.article(language="ar", headline="الميناء يفتح", translation_of_id=story.pk)
    note = factories.correction(story, at=timezone.now() - timedelta(minutes=1), text="It is nine cranes.")
    told = ask(client, of(story))
    site = settings.SITE_URL
    assert told["headline"] == told["title"] == "The harbour opens"
    assert told["url"] == site + story.get_absolute_url()
    assert told["lite_url"] == site + story.get_lite_url()
    assert told["api_url"] == site + of(story)
    assert (told["label"], told["sponsor"], told["kind"]) == (None, None, "story")
    assert told["section"] == {
        "id": section.pk,
        "name": section.name,
        "slug": section.slug,
        "url": site + section.get_absolute_url(),
    }
    assert [one["id"] for one in told["tags"]] == [tag.pk]
    assert [(one["name"], one["role"]) for one in told["authors"]] == [("Kelo Mandruwe", "In Semby")]
    assert (told["series"]["id"], told["series"]["part"]) == (series.pk, 2)
    assert told["published_at"] == "2026-11-24T09:30:00Z"
    assert told["lead_picture"]["renditions"][0]["url"].startswith(f"{site}/media/{hero.key.hex}/full-")
    assert [(one["id"], one["credit"]) for one in told["pictures"]] == [(inside.pk, "Photo: Amina Bello")]
    assert told["translations"] == [
        {"id": twin.pk, "language": "ar", "title": "الميناء يفتح", "url": site + twin.get_absolute_url()}
    ]
    assert [(one["kind"], one["text"]) for one in told["corrections"]] == [(note.kind, "It is nine cranes.")]
    assert told["body_text"] == "See us and them.\nA quay"
    assert (told["word_count"], told["reading_minutes"], told["live"]) == (6, 1, None)
    assert f'<a href="{site}/contact/">us</a>' in told["body_html"]
    assert '<a href="https://else.example/" rel="noopener">them</a>' in told["body_html"]
    assert f'<figure><img src="{site}/media/{inside.key.hex}/full-' in told["body_html"]
    assert "<figcaption>A quay <small>Photo: Amina Bello</small></figcaption></figure>" in told["body_html"]
    assert "data-" not in told["body_html"]


def test_a_paid_story_never_leaves_without_its_label(client):
    body = '<p><a href="https://mill.example/">Flour</a></p><figure data-embed="https://vimeo.com/123456789"></figure>'
    story = factories.article(kind="advertorial", sponsor_name="Teneru Mills", headline="Bread", body=body)
    for said in ({}, {"fields": "headline"}, {"fields": "body_html"}):
        told = ask(client, of(story), **said)
        assert (told["label"], told["sponsor"]) == ("Paid for by Teneru Mills", "Teneru Mills")
        (in_list,) = ask(client, LIST, **said)["items"]
        assert (in_list["label"], in_list["sponsor"]) == (told["label"], told["sponsor"])
    told = ask(client, of(story))
    assert told["title"] == "Paid for by Teneru Mills: Bread"
    assert told["body_html"].count('rel="sponsored nofollow noopener"') == 2


def test_an_arabic_story_is_told_in_arabic(client):
    author = factories.author(name="Kelo", name_ar="كيلو")
    picture = factories.picture(alt="A quay", alt_ar="رصيف")
    body = (
        f'<p>نص</p><figure data-media-id="{picture.pk}"></figure><figure data-embed="https://else.example/x"></figure>'
    )
    story = factories.article(language="ar", bylines=[Credit(author_id=author.pk)], body=body, hero_id=picture.pk)
    response = client.get(of(story))
    told = response.json()
    assert response["Content-Language"] == "ar"
    assert told["authors"][0]["name"] == "كيلو"
    assert told["authors"][0]["url"].endswith(f"/ar/author/{author.slug}/")
    assert told["lead_picture"]["alt"] == "رصيف"
    assert 'alt="رصيف"' in told["body_html"]
    assert "else.example</a>" in told["body_html"]
    assert "See it on" not in told["body_html"]


def test_a_live_blog_comes_along_newest_first(client):
    story = factories.article()
    coverage.go_live(story, timezone.now() + timedelta(hours=1), by=None, at=timezone.now())
    picture = factories.picture()
    for number in range(1, 34):
        factories.live_entry(
            story, headline=f"Entry {number}", body=f'<p>x</p><figure data-media-id="{picture.pk}"></figure>'
        )
    pinned = factories.live_entry(story, headline="Pinned", is_pinned=True)
    told = ask(client, of(story))
    assert told["is_live"] is True
    assert told["live"]["is_running"] is True
    assert told["live"]["has_older"] is True
    assert [one["number"] for one in told["live"]["entries"]][:3] == [pinned.number, 33, 32]
    assert len(told["live"]["entries"]) == 31
    assert f"/media/{picture.key.hex}/" in told["live"]["entries"][1]["body_html"]


@pytest.mark.parametrize("state", ["draft", "scheduled", "withdrawn", "spiked", "expired"])
def test_what_is_not_public_answers_as_what_never_was(client, state):
    now = timezone.now()
    shown = factories.article(at=now - timedelta(hours=2))
    before = {path: client.get(path).content for path in (LIST, f"{LIST}?sort=updated", of(shown), "/api/v1/tags/")}
    hidden = factories.draft(
        headline="Canary", tag_ids=[factories.tag(name="canary").pk], translation_of_id=shown.pk, language="ar"
    )
    if state == "scheduled":
        factories.edit(hidden, publish_at=now + timedelta(hours=1))
        workflow.publish(hidden, by=None, at=now)
    if state == "expired":
        factories.edit(hidden, expire_at=now - timedelta(minutes=1))
    if state in ("withdrawn", "expired"):
        hidden = workflow.publish(hidden, by=None, at=now - timedelta(hours=1))
    if state == "withdrawn":
        workflow.withdraw(hidden, by=None, at=now)
    if state == "spiked":
        workflow.spike(hidden, by=None, at=now)
    assert not Article.objects.live(now).filter(pk=hidden.pk).exists()
    answers = [client.get(path) for path in (of(hidden), "/api/v1/articles/999999999/", f"{of(hidden)}?format=ninjs")]
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}
    assert {path: client.get(path).content for path in before} == before
    tag = hidden.tags.first() or factories.tag()
    for question in (
        {"ids": str(hidden.pk)},
        {"q": "Canary"},
        {"tag": str(tag.pk)},
        {"tag": tag.slug},
        {"language": "ar"},
        {"updated_since": "2020-01-01"},
    ):
        assert numbers(client, **question) in ([], [shown.pk]), question
    assert numbers(client, ids=f"{hidden.pk},{shown.pk}") == [shown.pk]


def test_a_filter_finds_what_its_page_shows(client):
    outer = factories.section()
    inner = factories.section(parent=outer)
    tag, author, series = factories.tag(), factories.author(), factories.series()
    now = timezone.now()
    old = factories.article(at=now - timedelta(days=9), section_id=inner.pk, tag_ids=[tag.pk])
    new = factories.article(at=now - timedelta(days=1), bylines=[Credit(author_id=author.pk)], series_id=series.pk)
    paid = factories.article(at=now - timedelta(hours=5), kind="video", sponsor_name="Firm", series_id=series.pk)
    arabic = factories.article(at=now - timedelta(hours=1), language="ar", headline="الميناء")
    assert numbers(client) == [arabic.pk, paid.pk, new.pk, old.pk]
    for said, found in [
        ({"section": outer.slug}, [old]),
        ({"section": str(inner.pk)}, [old]),
        ({"section": "nowhere"}, []),
        ({"tag": tag.slug}, [old]),
        ({"author": author.slug}, [new]),
        ({"author": str(author.pk), "language": "ar"}, []),
        ({"series": series.slug}, [new]),
        ({"kind": "news"}, [arabic, new, old]),
        ({"kind": "sponsored"}, [paid]),
        ({"kind": "video"}, [paid]),
        ({"kind": "interview"}, []),
        ({"language": "ar"}, [arabic]),
        ({"since": (now - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ"), "kind": "news"}, [arabic, new]),
        ({"until": (now - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")}, [old]),
        ({"ids": f"{old.pk},{paid.pk},999"}, [paid, old]),
        ({"q": "الميناء"}, [arabic]),
        ({"q": "quendolorin"}, []),
    ]:
        assert numbers(client, **said) == [story.pk for story in found], said


def test_by_time_of_change_the_changed_come_first(client):
    now = timezone.now()
    stories = [factories.article(at=now - timedelta(days=days)) for days in (9, 6, 3)]
    factories.edit(stories[0], body="<p>Another text.</p>")
    workflow.publish(stories[0], by=None, at=now - timedelta(days=1))
    arabic = factories.article(at=now - timedelta(days=4), language="ar")
    assert numbers(client, sort="updated") == [stories[0].pk, stories[2].pk, arabic.pk, stories[1].pk]
    assert numbers(client, updated_since=(now - timedelta(days=5)).date().isoformat()) == [
        stories[0].pk, stories[2].pk, arabic.pk,
    ]  # fmt: skip
    assert numbers(client, sort="published") == [stories[2].pk, arabic.pk, stories[1].pk, stories[0].pk]


def test_a_question_that_contradicts_itself_is_refused(client):
    response = client.get(LIST, {"updated_since": "2026-01-01", "sort": "published"})
    assert (response.status_code, response.json()["detail"]) == (
        400, "updated_since goes with sort=updated. Leave sort out, or say updated.",
    )  # fmt: skip


def test_a_list_costs_the_same_for_one_story_and_for_thirty(client, django_assert_num_queries):
    def make(number: int) -> None:
        for _ in range(number):
            picture = factories.picture(factories.jpeg(64 + Article.objects.count(), 48))
            story = factories.article(
                hero_id=picture.pk,
                section_id=factories.section().pk,
                series_id=factories.series().pk,
                tag_ids=[factories.tag().pk, factories.tag().pk],
                bylines=[Credit(author_id=factories.author().pk)],
                body=f'<p>x</p><figure data-media-id="{picture.pk}"></figure>',
            )
            factories.correction(story)
            factories.article(language="ar", translation_of_id=story.pk)

    said = {
        "language": "en",
        "limit": "100",
        "fields": "headline,section,tags,authors,series,lead_picture,translations,"
        "corrections,body_html,pictures,word_count",
    }
    for number in (1, 29):
        make(number)
        client.get("/api/v1/")
        with django_assert_num_queries(9):
            assert len(ask(client, LIST, **said)["items"]) == (1 if number == 1 else 30)
    with django_assert_num_queries(5):
        client.get(LIST, {"language": "en", "format": "ninjs"})
