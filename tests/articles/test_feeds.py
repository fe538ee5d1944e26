"""Feeds: what stands in which, what is told of a story, and when a program that asks again gets nothing."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from django.core.files.storage import default_storage
from django.test import override_settings
from django.utils import timezone

from articles import feeds, workflow
from articles.content import Credit
from articles.models import Article, MediaAsset
from tests import factories

pytestmark = pytest.mark.django_db

BASES = {"rss": "feed/", "atom": "feed/atom/", "json": "feed.json"}


def titles(client, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200, path
    if path.endswith(".json") or ".json?" in path:
        return [item["title"] for item in response.json()["items"]]
    return [entry.title for entry in feedparser.parse(response.content).entries]


@pytest.mark.parametrize("form", feeds.FORMS)
def test_each_list_has_its_feed_with_news_alone(client, form):
    now = timezone.now()
    section, tag, author, series = factories.section(), factories.tag(), factories.author(), factories.series()
    inner = factories.section(parent=section)
    values = {"tag_ids": [tag.pk], "bylines": [Credit(author_id=author.pk)], "series_id": series.pk}
    factories.article(headline="Older", section_id=section.pk, at=now - timedelta(hours=5), **values)
    factories.article(headline="Newer", section_id=inner.pk, at=now - timedelta(hours=2), **values)
    factories.article(headline="Elsewhere", at=now - timedelta(hours=1))
    factories.article(headline="عنوان", language="ar")
    paid = {"section_id": section.pk, "tag_ids": [tag.pk], "kind": "advertorial", "sponsor_name": "Teneru Mills"}
    factories.article(headline="Good flour", **paid)
    end = BASES[form]
    assert titles(client, f"/{end}") == ["Elsewhere", "Newer", "Older"]
    for path in (section, tag, series):
        assert titles(client, path.get_absolute_url() + end) == ["Newer", "Older"]
    assert titles(client, f"/author/{author.slug}/{end}") == ["Newer", "Older"]
    assert titles(client, inner.get_absolute_url() + end) == ["Newer"]
    assert titles(client, f"/ar/{end}") == ["عنوان"]
    assert titles(client, f"/ar/author/{author.slug}/{end}") == []
    assert titles(client, f"/partners/stories/{end}") == ["Paid for by Teneru Mills: Good flour"]
    assert titles(client, f"/ar/partners/stories/{end}") == []


@pytest.mark.parametrize("text", ["summary", "full"])
def test_a_paid_story_says_so_in_its_title_and_its_text(client, settings, text):
    settings.FEED_TEXT = text
    factories.article(
        headline="طحين",
        standfirst="مقدمة",
        language="ar",
        kind="advertorial",
        sponsor_name="مطاحن",
        body='<p>نص <a href="https://mills.example/">رابط</a></p>',
    )
    (item,) = client.get("/ar/partners/stories/feed.json").json()["items"]
    assert item["title"] == "مدفوع من مطاحن: طحين"
    told = item.get("content_html") or item["content_text"]
    assert "مطاحن" in told
    assert "<bdi>" not in told
    assert "مطاحن" in item["summary"].removeprefix("مقدمة")
    assert [author["name"] for author in item["authors"]] == ["مطاحن"]
    if text == "full":
        assert 'rel="sponsored nofollow noopener"' in told
        assert told.startswith('<div lang="ar" dir="rtl">')


def test_a_full_text_can_be_read_anywhere(client, settings):
    settings.FEED_TEXT = "full"
    settings.SITE_URL = "http://testserver"
    inside = factories.picture(factories.jpeg(700, 400), alt="A market", caption="Stalls", credit="Photo: Amina")
    factories.article(
        headline="Prices",
        slug="prices",
        standfirst="They rise & fall",
        body='<p>See <a href="/archive/">all</a>, <a href="#below">below</a>, <a href="//no.example/">no</a> and '
        '<a href="https://o.example/?a=1&amp;b=2">there</a>.</p>'
        f'<figure data-media-id="{inside.pk}"><figcaption>In <em>Kano</em></figcaption></figure>'
        '<figure data-media-id="999999"></figure>'
        '<figure data-embed="https://www.youtube.com/watch?v=abcdefghijk"></figure>',
        at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
    )
    (item,) = client.get("/feed.json").json()["items"]
    told = item["content_html"]
    address = "http://testserver/2026/11/prices/"
    assert re.findall(r'href="([^"]*)"', told) == [
        "http://testserver/archive/",
        f"{address}#below",
        "https://o.example/?a=1&amp;b=2",
        "https://www.youtube.com/watch?v=abcdefghijk",
    ]
    assert re.findall(r'src="([^"]*)"', told) == ["http://testserver" + inside.url("full", 1200)]
    assert "<figcaption>In <em>Kano</em> Photo: Amina</figcaption>" in told
    assert "See it on youtube.com" in told
    assert not re.search(r"<(script|style|iframe|picture|source|button)|data-| srcset| style=", told)
    assert "<p><strong>They rise &amp; fall</strong></p>" in told
    for path, said in (("/feed/", "content:encoded"), ("/feed/atom/", "content")):
        xml = client.get(path).content.decode()
        (whole,) = re.findall(rf"<{said}[^>]*>(.*?)</{said}>", xml, re.DOTALL)
        assert html.unescape(whole) == told


def test_notes_to_readers_and_live_coverage_are_told_in_full_texts(client, settings):
    settings.FEED_TEXT = "full"
    story = factories.article(body="<p>Middle</p>")
    factories.correction(story, text="A name was wrong", place="top")
    Article.objects.filter(pk=story.pk).update(live_until=timezone.now())
    told = client.get("/feed.json").json()["items"][0]["content_html"]
    assert told.index("A name was wrong") < told.index("Middle") < told.index(f"{story.get_absolute_url()}#live")


def test_a_story_without_a_standfirst_is_summed_up_from_its_text(client):
    factories.article(body=f"<p>{'word ' * 80}</p><p>last</p>", standfirst="")
    (item,) = client.get("/feed.json").json()["items"]
    assert item["summary"] == "word " * 49 + "word…"
    Article.objects.update(body="")  # as an import may leave it
    (item,) = client.get("/feed.json").json()["items"]
    assert item["summary"] == item["title"]


def test_a_lead_picture_is_enclosed_with_the_length_and_type_of_its_file(client):
    asset = factories.picture(factories.photo(1600, 900), alt="A market", credit="Photo: Amina")
    factories.article(hero_id=asset.pk)
    parsed = feedparser.parse(client.get("/feed/").content).entries[0]
    (file,) = parsed.enclosures
    got = client.get(file["href"].removeprefix("http://testserver"))
    assert (file["type"], int(file["length"])) == (got["Content-Type"], len(b"".join(got.streaming_content)))
    assert got["Cross-Origin-Resource-Policy"] == "cross-origin"  # or news readers in a browser show a hole
    (shown,) = parsed.media_content
    assert (shown["url"], shown["medium"], int(shown["width"])) == (file["href"], "image", 1280)
    assert parsed.media_credit[0]["content"] == "Photo: Amina"
    (item,) = client.get("/feed.json").json()["items"]
    assert item["image"] == file["href"]
    assert item["attachments"][0]["size_in_bytes"] == int(file["length"])
    (atom,) = feedparser.parse(client.get("/feed/atom/").content).entries
    assert [(link["href"], link["length"]) for link in atom.links if link["rel"] == "enclosure"] == [
        (file["href"], file["length"])
    ]


def test_a_picture_whose_file_is_gone_is_not_promised(client):
    asset = factories.picture()
    factories.article(hero_id=asset.pk)
    for crop, rows in asset.renditions.items():
        for width, _height, form in rows:
            default_storage.delete(asset.path(crop, width, form))
    assert "image" not in client.get("/feed.json").json()["items"][0]


def test_the_id_of_a_story_outlives_its_address(client):
    story = factories.article(slug="first")
    before = client.get("/feed.json").json()["items"][0]
    factories.edit(story, slug="second", headline="Other words")
    workflow.publish(story, by=None, at=timezone.now())
    after = client.get("/feed.json").json()["items"][0]
    assert before["url"] != after["url"]
    assert before["id"] == after["id"]
    assert re.fullmatch(r"tag:testserver,\d{4}-\d\d-\d\d:story/\d+", after["id"])
    with override_settings(FEED_AUTHORITY="old.example"):
        assert client.get("/feed.json").json()["items"][0]["id"].startswith("tag:old.example,")


def test_updated_is_what_readers_see_as_updated(client):
    published = timezone.now().replace(microsecond=0) - timedelta(hours=2)
    story = factories.article(at=published)
    assert "date_modified" not in client.get("/feed.json").json()["items"][0]
    factories.edit(story, headline="Being written")
    assert "date_modified" not in client.get("/feed.json").json()["items"][0]
    story.refresh_from_db()
    later = published + timedelta(hours=1)
    workflow.publish(story, by=None, at=later)
    item = client.get("/feed.json").json()["items"][0]
    assert (item["date_published"], item["date_modified"]) == (published.isoformat(), later.isoformat())
    parsed = feedparser.parse(client.get("/feed/atom/").content)
    assert parsed.entries[0].updated_parsed[:6] == later.utctimetuple()[:6]
    assert parsed.feed.updated_parsed[:6] == later.utctimetuple()[:6]


def test_pages_lead_to_one_another_and_to_nothing_else(client, settings):
    settings.FEED_ITEMS = 2
    now = timezone.now()
    for n in range(5):
        factories.article(headline=f"Story {n}", at=now - timedelta(hours=n + 1))
    seen, path = [], "/feed/"
    while path:
        parsed = feedparser.parse(client.get(path).content)
        seen += [entry.title for entry in parsed.entries]
        links = {link["rel"]: link["href"].removeprefix("http://testserver") for link in parsed.feed.links}
        assert links["self"] == path
        path = links.get("next")
    assert seen == [f"Story {n}" for n in range(5)]
    assert (links["previous"], links["first"]) == ("/feed/?page=2", "/feed/")
    assert client.get("/feed.json").json()["next_url"] == "http://testserver/feed.json?page=2"
    assert "next_url" not in client.get("/feed.json?page=3").json()
    for asked in ("0", "4", "-1", "x", "١", "99999999999", "1.5", "201", ""):
        assert client.get(f"/feed/?page={asked}").status_code == 404, asked


def test_a_hub_is_named_where_there_is_one(client, settings):
    factories.article()
    for path in ("/feed/", "/feed/atom/", "/feed.json"):
        assert b"hub" not in client.get(path).content
    settings.WEBSUB_HUB = "https://hub.example/"
    for path in ("/feed/", "/feed/atom/"):
        response = client.get(path)
        links = {link["rel"]: link["href"] for link in feedparser.parse(response.content).feed.links}
        assert links["hub"] == "https://hub.example/"
        assert response["Link"] == f'<http://testserver{path}>; rel="self", <https://hub.example/>; rel="hub"'
    assert client.get("/feed.json").json()["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]


def test_a_story_names_every_feed_that_it_stands_in(client):
    section, tag, author, series = factories.section(), factories.tag(), factories.author(), factories.series()
    inner = factories.section(parent=section)
    story = factories.article(
        section_id=inner.pk, tag_ids=[tag.pk], bylines=[Credit(author_id=author.pk)], series_id=series.pk
    )
    factories.article(language="ar")
    found = feeds.addresses_of(story)
    assert len(found) == len(set(found)) == 6 * 3
    for address in found:
        assert titles(client, address.removeprefix("http://testserver")) == [story.headline]
    paid = factories.article(section_id=section.pk, kind="advertorial", sponsor_name="Teneru Mills")
    assert feeds.addresses_of(paid) == [f"http://testserver/partners/stories/{end}" for end in BASES.values()]


def newsroom_of(count: int) -> None:
    now = timezone.now()
    section, tag = factories.section(), factories.tag()
    asset = factories.picture()
    for n in range(count):
        author = factories.author()
        factories.article(
            section_id=section.pk,
            tag_ids=[tag.pk],
            hero_id=asset.pk,
            bylines=[Credit(author_id=author.pk)],
            standfirst="Said" if n % 2 else "",
            body=f'<p>Words</p><figure data-media-id="{asset.pk}"></figure>',
            at=now - timedelta(hours=n + 1),
        )


@pytest.mark.parametrize(
    ("text", "asked", "known"),
    [("summary", 5, 4), ("full", 7, 6)],  # what is due, stories, bylines, tags; pictures, notes; texts
)
@pytest.mark.parametrize("form", feeds.FORMS)
def test_a_feed_costs_the_same_few_queries_whatever_its_length(
    client, settings, django_assert_num_queries, text, asked, known, form
):
    settings.FEED_TEXT = text
    newsroom_of(1)
    path = "/" + BASES[form]
    with django_assert_num_queries(asked):
        client.get(path)
    newsroom_of(30)
    with django_assert_num_queries(asked):
        etag = client.get(path)["ETag"]
    with django_assert_num_queries(known):
        response = client.get(path, headers={"if-none-match": etag})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)


@pytest.mark.parametrize("text", ["summary", "full"])
def test_a_feed_has_another_tag_once_anything_in_it_is_another(client, settings, text):
    settings.FEED_TEXT = text
    section, tag, author = factories.section(), factories.tag(), factories.author()
    asset, inside = factories.picture(), factories.picture(factories.jpeg(70, 50))
    story = factories.article(
        section_id=section.pk,
        tag_ids=[tag.pk],
        hero_id=asset.pk,
        bylines=[Credit(author_id=author.pk)],
        body=f'<p>Words</p><figure data-media-id="{inside.pk}"></figure>',
    )

    def got(form: str) -> tuple[str, bytes]:
        response = client.get("/" + BASES[form])
        return response["ETag"], response.content

    def renamed(thing, **values):
        return lambda: type(thing).objects.filter(pk=thing.pk).update(**values)

    def edited() -> None:
        fresh = Article.objects.get(pk=story.pk)
        factories.edit(fresh, body="<p>Others</p>")
        workflow.publish(fresh, by=None, at=timezone.now(), is_editorial=False)

    steps = {
        "author": renamed(author, name="New name"),
        "section": renamed(section, name="New name"),
        "tag": renamed(tag, name="New name"),
        "picture": renamed(asset, alt="New words", credit="New credit"),
        "another story": factories.article,
        "withdrawn": lambda: workflow.withdraw(Article.objects.get(pk=story.pk), by=None, at=timezone.now()),
    }
    if text == "full":
        inner = {"inside": renamed(inside, alt="New words"), "note": lambda: factories.correction(story)}
        steps = inner | {"silent change": edited} | steps
    known = {form: got(form) for form in feeds.FORMS}
    for what, step in steps.items():
        step()
        for form in feeds.FORMS:
            now = got(form)
            assert (now[0] != known[form][0]) == (now[1] != known[form][1]) is True, (what, form)
            known[form] = now


def test_a_draft_moves_neither_tag_nor_date(client):
    story = factories.article()
    before = client.get("/feed/")
    workflow.save_draft(story, factories.content(headline="Being written"), base_revision=1, by=None, at=timezone.now())
    after = client.get("/feed/")
    assert (after["ETag"], after["Last-Modified"], after.content) == (
        before["ETag"],
        before["Last-Modified"],
        before.content,
    )


def test_a_program_that_asks_by_date_gets_nothing_twice(client):
    story = factories.article()
    moment = client.get("/feed/")["Last-Modified"]
    assert client.get("/feed/", headers={"if-modified-since": moment}).status_code == 304
    factories.edit(story, headline="Other words")
    workflow.publish(Article.objects.get(pk=story.pk), by=None, at=timezone.now())
    assert client.get("/feed/", headers={"if-modified-since": moment}).status_code == 200


def test_a_feed_is_kept_shortly_packed_and_the_same_for_everybody(client):
    newsroom_of(3)
    for path, kind in (
        ("/feed/", "application/rss+xml"),
        ("/feed/atom/", "application/atom+xml"),
        ("/feed.json", "application/feed+json"),
    ):
        response = client.get(path, headers={"accept-encoding": "gzip"})
        assert response["Content-Type"] == f"{kind}; charset=utf-8"
        assert response["Content-Encoding"] == "gzip"
        assert response["Cache-Control"] == "public, max-age=60"
        assert response["Access-Control-Allow-Origin"] == "*"
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        head_only = client.head(path)
        assert (head_only.status_code, head_only.content) == (200, b"")
        # The packed answer carries a weak tag, and is known by it.
        again = client.get(path, headers={"accept-encoding": "gzip", "if-none-match": response["ETag"]})
        assert again.status_code == 304


def test_what_readers_have_no_list_of_has_no_feed(client):
    secret, series = factories.tag(slug="secret"), factories.series(slug="secret")
    factories.draft(tag_ids=[secret.pk], series_id=series.pk)
    for kind in ("tag", "series", "section", "author"):
        for end in BASES.values():
            assert client.get(f"/{kind}/secret/{end}").status_code == 404
    sold = factories.tag()
    factories.article(tag_ids=[sold.pk], kind="advertorial", sponsor_name="Teneru Mills")
    assert titles(client, sold.get_absolute_url() + "feed/") == []


def test_pages_point_at_the_feeds_of_the_site_and_of_their_list(client):
    section, tag, author, series = factories.section(), factories.tag(), factories.author(), factories.series()
    story = factories.article(
        section_id=section.pk, tag_ids=[tag.pk], bylines=[Credit(author_id=author.pk)], series_id=series.pk
    )
    paid = factories.article(section_id=section.pk, kind="advertorial", sponsor_name="Teneru Mills")
    expected = {
        "/": None,
        **{one.get_absolute_url(): one.get_absolute_url() for one in (section, tag, author, series)},
        story.get_absolute_url(): section.get_absolute_url(),
        paid.get_absolute_url(): "/partners/stories/",
    }
    for path, base in expected.items():
        page = client.get(path).content.decode()
        feed_type = r"application/(?:rss|atom|feed)\+\w+"
        found = re.findall(rf'<link rel="alternate" type="{feed_type}" title="[^"]+" href="([^"]+)"', page)
        assert found == [(one or "") + end for one in ("/", base) if one for end in BASES.values()], path
        assert all(client.get(one).status_code == 200 for one in found)
        assert ">News feed (RSS)</a>" in page
    for one in (section, tag, author, series):
        page = client.get(one.get_absolute_url()).content.decode()
        assert f'<p class="follow"><a href="{one.get_absolute_url()}feed/"' in page
    assert 'href="/ar/feed/atom/"' in client.get("/ar/").content.decode()


def test_an_address_without_its_slash_leads_to_the_feed(client):
    assert client.get("/feed", follow=True).redirect_chain[-1][0] == "/feed/"


def test_pictures_of_a_shared_library_are_measured_once(client, django_assert_num_queries, monkeypatch):
    """Thirty stories ask a far storage for the length of a file once, and never again."""
    newsroom_of(2)
    asked = []
    real = default_storage.size
    monkeypatch.setattr(default_storage, "size", lambda name: asked.append(name) or real(name))
    for _again in range(2):
        client.get("/feed/")
    assert len(asked) == MediaAsset.objects.count() == 1
