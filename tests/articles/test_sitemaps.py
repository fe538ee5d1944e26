"""Sitemaps: every page that readers have and no other, when it last changed, and files that stay what they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from lxml import etree

from articles import sitemaps, workflow
from articles.content import Credit
from articles.models import Article
from tests import factories

pytestmark = pytest.mark.django_db

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parents[1] / "schemas" / "sitemap.xsd"))
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def read(client, path: str):
    response = client.get(path)
    assert response.status_code == 200, path
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    tree = etree.fromstring(response.content)
    SCHEMA.assertValid(tree)
    return tree


def listed(client, path: str) -> dict[str, str | None]:
    """The paths in a sitemap, with the time of their last change."""
    rows = {}
    for one in read(client, path):
        address = one.findtext(f"{SITEMAP}loc")
        assert address.startswith("http://testserver/")
        rows[address.removeprefix("http://testserver")] = one.findtext(f"{SITEMAP}lastmod")
    return rows


def walk(client) -> set[str]:
    """Every page that a robot finds from the index on."""
    return {page for file in listed(client, "/sitemap.xml") for page in listed(client, file)}


def test_a_robot_finds_every_page_from_the_index_and_each_exists(client):
    section, tag = factories.section(), factories.tag()
    inner = factories.section(parent=section)
    author, series = factories.author(), factories.series()
    arabic = factories.section(language="ar", translation_of=section)
    shown = factories.article(
        section_id=inner.pk, tag_ids=[tag.pk], bylines=[Credit(author_id=author.pk)], series_id=series.pk, at=NOW
    )
    paid = factories.article(section_id=inner.pk, kind="advertorial", sponsor_name="Mills", at=NOW - timedelta(days=40))
    other = factories.article(
        language="ar", section_id=arabic.pk, bylines=[Credit(author_id=author.pk)], slug="سعر", at=NOW
    )
    factories.section(), factories.tag(), factories.author(), factories.series()
    found = walk(client)
    assert found == {
        *("/", "/ar/", "/archive/", "/ar/archive/", "/corrections/", "/ar/corrections/", "/contact/", "/ar/contact/"),
        *("/partners/", "/ar/partners/", "/2026/11/", "/2026/10/", "/ar/2026/11/"),
        *(one.get_absolute_url() for one in (section, inner, arabic, tag, series, shown, paid, other)),
        *(f"{prefix}/author/{author.slug}/" for prefix in ("", "/ar")),
    }
    assert {path: client.get(path).status_code for path in found} == dict.fromkeys(found, 200)


def test_what_only_drafts_carry_is_not_listed(client):
    factories.article(at=NOW)
    tag, author = factories.tag(), factories.author()
    series, section = factories.series(), factories.section()
    before = walk(client)
    values = {
        "tag_ids": [tag.pk],
        "bylines": [Credit(author_id=author.pk)],
        "series_id": series.pk,
        "section_id": section.pk,
    }
    factories.draft(**values)
    workflow.withdraw(factories.article(at=NOW - timedelta(days=70), **values), by=None, at=NOW)
    factories.article(at=NOW - timedelta(hours=3), expire_at=NOW - timedelta(hours=1), **values)
    later = factories.draft(publish_at=NOW + timedelta(days=40), **values)
    workflow.publish(later, by=None, at=NOW)
    assert walk(client) == before
    with time_machine.travel(NOW + timedelta(days=41), tick=False):
        assert walk(client) - before >= {one.get_absolute_url() for one in (later, tag, series, section)}


def test_lastmod_is_when_readers_last_got_something_new(client):
    early = NOW - timedelta(days=3)
    story = factories.article(at=early, slug="story")
    month, path = "/sitemap/2026-11.xml", story.get_absolute_url()

    def lastmod() -> tuple[str | None, str | None]:
        return listed(client, month)[path], listed(client, "/sitemap.xml")[month]

    assert lastmod() == (early.isoformat(), early.isoformat())
    factories.edit(story, at=NOW, headline="Other words")
    assert lastmod() == (early.isoformat(), early.isoformat())
    workflow.publish(Article.objects.get(pk=story.pk), by=None, at=NOW - timedelta(days=2))
    assert lastmod() == ((NOW - timedelta(days=2)).isoformat(),) * 2
    factories.correction(story, at=NOW - timedelta(days=1))
    assert lastmod() == ((NOW - timedelta(days=1)).isoformat(),) * 2


def test_a_story_names_its_translations_both_ways_and_across_months(client):
    old = NOW - timedelta(days=60)
    story = factories.article(at=old, slug="price")
    other = factories.article(at=NOW, slug="سعر", language="ar", translation_of_id=story.pk)
    alone = factories.article(at=NOW, slug="alone")
    factories.draft(language="ar", slug="draft", translation_of_id=alone.pk)
    expected = {
        "en": "http://testserver" + story.get_absolute_url(),
        "ar": "http://testserver" + other.get_absolute_url(),
    }
    for one, month in ((story, "2026-09"), (other, "2026-11"), (alone, "2026-11")):
        rows = {row.findtext(f"{SITEMAP}loc"): row for row in read(client, f"/sitemap/{month}.xml")}
        row = rows["http://testserver" + one.get_absolute_url()]
        links = {link.get("hreflang"): link.get("href") for link in row.findall(f"{XHTML}link")}
        assert links == ({} if one is alone else expected)
    workflow.withdraw(other, by=None, at=NOW)
    assert b"hreflang" not in client.get("/sitemap/2026-09.xml").content


def test_a_story_names_its_picture(client):
    asset = factories.picture()
    factories.article(at=NOW, hero_id=asset.pk)
    for path in ("/sitemap/2026-11.xml", "/news-sitemap.xml"):
        (image,) = read(client, path).iter(f"{IMAGE}loc")
        response = client.get(image.text.removeprefix("http://testserver"))
        assert b"".join(response.streaming_content)[8:12] == b"WEBP"


def test_a_long_month_goes_on_in_a_second_file(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PER_FILE", 2)
    stories = [factories.article(at=NOW - timedelta(hours=5 - n)) for n in range(5)]
    tags = [factories.tag() for _n in range(3)]
    factories.article(at=NOW - timedelta(days=90), tag_ids=[tag.pk for tag in tags])
    files = [path for path in listed(client, "/sitemap.xml") if "2026-11" in path or "tags" in path]
    assert files == [
        *("/sitemap/tags.xml", "/sitemap/tags-2.xml"),
        *("/sitemap/2026-11.xml", "/sitemap/2026-11-2.xml", "/sitemap/2026-11-3.xml"),
    ]
    found = [list(listed(client, path)) for path in files]
    assert found == [
        [tags[0].get_absolute_url(), tags[1].get_absolute_url()],
        [tags[2].get_absolute_url()],
        *([story.get_absolute_url() for story in stories[n : n + 2]] for n in (0, 2, 4)),
    ]
    # A new story touches the last file alone.
    before = [client.get(path)["ETag"] for path in files]
    factories.article(at=NOW)
    assert [client.get(path)["ETag"] == etag for path, etag in zip(files, before, strict=True)] == [True] * 4 + [False]


def test_a_file_of_nothing_does_not_exist(client):
    factories.article(at=NOW)
    for path in ("2026-10.xml", "2026-11-2.xml", "2026-13.xml", "2026-11-1.xml", "tags.xml", "authors-2.xml", "x.xml"):
        assert client.get(f"/sitemap/{path}").status_code == 404, path
    assert client.get("/ar/sitemap.xml").status_code == 404


def test_no_file_is_larger_than_the_protocol_lets_it_be(client):
    """With the longest address that a story can have, in a script that takes nine signs a letter."""
    story = factories.article(at=NOW, slug="ア" * 100)
    other = factories.article(
        at=NOW, slug="イ" * 100, language="ar", translation_of_id=story.pk, hero_id=factories.picture().pk
    )
    row = sitemaps.write(sitemaps.month(date(2026, 11, 1), 1, NOW)).split("<url>")[2]
    assert other.get_absolute_url() in row
    assert len(row.encode()) * sitemaps.PER_FILE < 50 * 1024 * 1024


def test_the_news_sitemap_has_the_news_of_two_days_in_both_languages(client):
    factories.brand(name="The Courier", name_ar="البريد", at=NOW)
    fresh = factories.article(headline="Prices & more", at=NOW - timedelta(hours=47))
    arabic = factories.article(headline="أسعار", language="ar", at=NOW - timedelta(hours=1))
    factories.article(at=NOW - timedelta(hours=49))
    factories.article(kind="advertorial", sponsor_name="Mills", at=NOW)
    factories.draft()
    rows = [
        (
            row.findtext(f"{SITEMAP}loc"),
            *(row.findtext(f".//{NEWS}{name}") for name in ("name", "language", "publication_date", "title")),
        )
        for row in read(client, "/news-sitemap.xml")
    ]
    assert rows == [
        (f"http://testserver{arabic.get_absolute_url()}", "البريد", "ar", "2026-11-25T11:00:00+00:00", "أسعار"),
        (
            f"http://testserver{fresh.get_absolute_url()}",
            "The Courier",
            "en",
            "2026-11-23T13:00:00+00:00",
            "Prices & more",
        ),
    ]


def test_the_news_sitemap_ends_where_google_stops_reading(client, monkeypatch):
    assert sitemaps.MOST_NEWS == 1000
    monkeypatch.setattr(sitemaps, "MOST_NEWS", 2)
    for n in range(3):
        factories.article(at=NOW - timedelta(hours=n), slug=f"s{n}")
    assert list(listed(client, "/news-sitemap.xml")) == ["/2026/11/s0/", "/2026/11/s1/"]


def test_a_quiet_site_has_sitemaps_too(client):
    assert list(listed(client, "/sitemap.xml")) == ["/sitemap/pages.xml"]
    assert len(listed(client, "/sitemap/pages.xml")) == 10
    assert listed(client, "/news-sitemap.xml") == {}


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemap/pages.xml", "/sitemap/2026-11.xml", "/news-sitemap.xml"])
def test_who_knows_a_file_gets_nothing_until_it_changes(client, path):
    factories.article(at=NOW, tag_ids=[factories.tag().pk])
    first = client.get(path, headers={"accept-encoding": "gzip"})
    assert first.get("Content-Encoding") == "gzip" or len(first.content) < 200
    assert first["Cache-Control"].startswith("public, max-age=")
    assert not first.cookies
    known = client.get(path, headers={"if-none-match": first["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    factories.article(at=NOW - timedelta(minutes=1))
    factories.article(at=NOW - timedelta(days=100))
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        factories.article(at=timezone.now())
        assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 200


def fill(count: int) -> None:
    section, asset = factories.section(), factories.picture()
    for n in range(count):
        tag, author = factories.tag(), factories.author()
        story = factories.article(
            at=NOW - timedelta(hours=n),
            section_id=section.pk,
            tag_ids=[tag.pk],
            bylines=[Credit(author_id=author.pk)],
            hero_id=asset.pk,
        )
        factories.article(at=NOW - timedelta(hours=n), language="ar", translation_of_id=story.pk)


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/sitemap.xml", 7),  # what is due; tags, authors; the first month and the last, all between; notes
        ("/sitemap/pages.xml", 10),
        ("/sitemap/tags.xml", 2),
        ("/sitemap/authors.xml", 4),
        ("/sitemap/2026-11.xml", 4),
        ("/news-sitemap.xml", 2),
    ],
)
def test_a_sitemap_costs_the_same_queries_whatever_its_length(client, django_assert_num_queries, path, queries):
    fill(1)
    with django_assert_num_queries(queries):
        client.get(path)
    fill(12)
    with django_assert_num_queries(queries):
        client.get(path)
