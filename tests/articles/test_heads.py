"""What the head of every public page tells programs, and that pages nobody should find tell them nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import lxml.html
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from articles import heads, workflow
from articles.content import Credit
from articles.models import Article, Series
from tests import factories

pytestmark = pytest.mark.django_db
SITE = "http://testserver"
AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


class Head:
    """The head of a page as a program reads it."""

    def __init__(self, client, path: str, status: int = 200) -> None:
        response = client.get(path)
        assert response.status_code == status, path
        self.tree = lxml.html.fromstring(response.content.decode())
        self.html = response.content.decode()

    def meta(self, name: str) -> list[str]:
        return self.tree.xpath("//head/meta[@name=$name or @property=$name]/@content", name=name)

    def one(self, name: str) -> str:
        (found,) = self.meta(name)
        return found

    def link(self, rel: str) -> list[str]:
        return self.tree.xpath("//head/link[@rel=$rel][not(@hreflang)]/@href", rel=rel)

    @property
    def title(self) -> str:
        return self.tree.findtext(".//title")

    @property
    def alternates(self) -> dict[str, str]:
        links = self.tree.xpath("//head/link[@rel='alternate'][@hreflang]")
        return {link.get("hreflang"): link.get("href") for link in links}


def pair() -> tuple[Article, Article]:
    english = factories.article(headline="Harbour opens", standfirst="Cranes work until four.")
    arabic = factories.article(headline="الميناء يفتح", language="ar", translation_of_id=english.pk)
    return english, arabic


def test_a_story_is_told_with_all_that_the_page_shows(client):
    at = timezone.now() - timedelta(hours=3)
    author, tag = factories.author(name="Amina Bello"), factories.tag(name="Ports")
    hero = factories.picture(factories.jpeg(1500, 1000), alt="A harbour at dawn")
    section = factories.section(name="Business")
    story = factories.article(
        at=at,
        headline="Harbour “opens” & stays open",
        standfirst="Cranes work\nuntil four.",
        hero_id=hero.pk,
        section_id=section.pk,
        tag_ids=[tag.pk],
        bylines=[Credit(author_id=author.pk)],
    )
    head = Head(client, story.get_absolute_url())
    address = SITE + story.get_absolute_url()
    assert head.title == "Harbour “opens” & stays open | Newsroom"
    assert head.link("canonical") == [address]
    assert {
        name: head.one(name)
        for name in (
            *("description", "robots", "og:type", "og:site_name", "og:title", "og:description", "og:url", "og:locale"),
            *("og:image:width", "og:image:height", "og:image:alt", "twitter:card", "article:section", "article:tag"),
            *("article:author", "article:published_time"),
        )
    } == {
        "description": "Cranes work until four.",
        "robots": "max-image-preview:large, max-snippet:-1, max-video-preview:-1",
        "og:type": "article",
        "og:site_name": "Newsroom",
        "og:title": "Harbour “opens” & stays open",
        "og:description": "Cranes work until four.",
        "og:url": address,
        "og:locale": "en_GB",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "Business. Harbour “opens” & stays open. Newsroom",
        "twitter:card": "summary_large_image",
        "article:section": "Business",
        "article:tag": "Ports",
        "article:author": SITE + author.get_absolute_url(),
        "article:published_time": timezone.localtime(story.publish_at).isoformat(),
    }
    assert head.meta("article:modified_time") == []
    picture = client.get(head.one("og:image").removeprefix(SITE))
    assert (picture.status_code, len(picture.getvalue()) > 0) == (200, True)
    picture.close()


def test_the_time_of_a_change_is_told_once_readers_got_another_text(client):
    story = factories.article(at=timezone.now() - timedelta(hours=3))
    factories.edit(story, body="<p>Another text.</p>")
    workflow.publish(story, by=None, at=timezone.now())
    story.refresh_from_db()
    told = Head(client, story.get_absolute_url()).one("article:modified_time")
    assert told == timezone.localtime(story.updated_at).isoformat()


def test_the_label_stands_in_every_title_of_a_paid_story(client):
    story = factories.article(headline="Bread for all", kind="advertorial", sponsor_name="Teneru Mills")
    for path in (story.get_absolute_url(), story.get_lite_url()):
        head = Head(client, path)
        assert head.title == "Paid for by Teneru Mills: Bread for all | Newsroom"
        assert head.one("og:title") == "Paid for by Teneru Mills: Bread for all"


def test_translations_name_one_another_and_the_one_for_everybody_else(client):
    english, arabic = pair()
    expected = {
        "en": SITE + english.get_absolute_url(),
        "ar": SITE + arabic.get_absolute_url(),
        "x-default": SITE + english.get_absolute_url(),
    }
    for story, locale, other in ((english, "en_GB", "ar_AR"), (arabic, "ar_AR", "en_GB")):
        head = Head(client, story.get_absolute_url())
        assert head.alternates == expected
        assert (head.one("og:locale"), head.meta("og:locale:alternate")) == (locale, [other])


def test_a_story_in_one_language_names_no_other(client):
    head = Head(client, factories.article().get_absolute_url())
    assert (head.alternates, head.meta("og:locale:alternate")) == ({}, [])


def test_a_translation_that_is_not_public_is_not_named(client):
    english = factories.article()
    factories.draft(language="ar", headline="سر", translation_of_id=english.pk)
    assert Head(client, english.get_absolute_url()).alternates == {}


def test_the_light_edition_says_that_the_page_with_pictures_is_the_one(client):
    english, _arabic = pair()
    head = Head(client, english.get_lite_url())
    assert head.link("canonical") == [head.one("og:url")] == [SITE + english.get_absolute_url()]
    assert (head.alternates, head.one("description")) == ({}, "Cranes work until four.")
    front = Head(client, "/ar/lite/")
    assert front.link("canonical") == [f"{SITE}/ar/"]


def test_the_page_of_an_entry_says_that_the_story_is_the_one(client):
    story = factories.article()
    entry = factories.live_entry(story)
    head = Head(client, entry.get_absolute_url())
    assert head.link("canonical") == [SITE + story.get_absolute_url()]


def test_each_page_of_a_list_is_its_own_between_its_neighbours(client):
    section = factories.section()
    twin = factories.section(language="ar", translation_of=section)
    for _ in range(41):
        factories.article(section_id=section.pk)
    address = SITE + section.get_absolute_url()
    pages = [Head(client, f"{section.get_absolute_url()}{query}") for query in ("", "?page=2", "?page=3")]
    assert [page.link("canonical") for page in pages] == [[address], [f"{address}?page=2"], [f"{address}?page=3"]]
    assert [page.link("prev") for page in pages] == [[], [address], [f"{address}?page=2"]]
    assert [page.link("next") for page in pages] == [[f"{address}?page=2"], [f"{address}?page=3"], []]
    assert [page.alternates.get("ar") for page in pages] == [SITE + twin.get_absolute_url(), None, None]


def test_what_an_address_carries_beside_its_page_is_not_part_of_it(client):
    story = factories.article()
    for path in (story.get_absolute_url(), story.section.get_absolute_url(), "/"):
        assert Head(client, f"{path}?utm_source=mail&page=1").link("canonical") == [SITE + path]


def test_an_arabic_address_is_told_as_links_have_it(client):
    section = factories.section(name="أخبار", slug="أخبار", language="ar")
    factories.article(language="ar", section_id=section.pk)
    assert Head(client, section.get_absolute_url()).link("canonical") == [SITE + section.get_absolute_url()]
    assert section.get_absolute_url().isascii()


def test_a_list_without_stories_is_not_to_be_found(client):
    section, author = factories.section(), factories.author()
    assert Head(client, section.get_absolute_url()).one("robots") == "noindex"
    assert Head(client, author.get_absolute_url()).one("robots") == "noindex"
    factories.article(section_id=section.pk, bylines=[Credit(author_id=author.pk)])
    assert Head(client, author.get_absolute_url()).one("robots").startswith("max-image-preview:large")
    assert Head(client, "/ar" + author.get_absolute_url()).one("robots") == "noindex"


def test_an_author_has_a_page_in_each_language_they_are_read_in(client):
    author = factories.author(bio="Writes about ports.", photo=factories.picture(factories.jpeg(400, 400)))
    factories.article(bylines=[Credit(author_id=author.pk)])
    assert Head(client, author.get_absolute_url()).alternates == {}
    factories.article(language="ar", headline="خبر", bylines=[Credit(author_id=author.pk)])
    head = Head(client, author.get_absolute_url())
    assert sorted(head.alternates) == ["ar", "en", "x-default"]
    assert (head.one("og:type"), head.one("og:description")) == ("profile", "Writes about ports.")
    assert (head.one("og:image").startswith(f"{SITE}/media/"), head.one("twitter:card")) == (True, "summary")


def test_every_other_public_page_has_its_address_its_words_and_a_picture(client):
    factories.brand(tagline="News from the harbour", name_ar="البريد", tagline_ar="أخبار الميناء")
    story = factories.article(tag_ids=[factories.tag(description="All about ports.").pk])
    series = Series.objects.create(title="Ports", slug="ports", language="en", description="Four parts.")
    Article.objects.filter(pk=story.pk).update(series=series)
    month = [story.publish_at.year, story.publish_at.month]
    paths = [
        "/",
        "/ar/",
        reverse("articles:archive"),
        reverse("articles:archive_month", args=month),
        reverse("articles:corrections"),
        reverse("contact"),
        reverse("ads:rate_card"),
        reverse("ads:availability"),
        reverse("ads:counting"),
        story.tags.get().get_absolute_url(),
        series.get_absolute_url(),
    ]
    for path in paths:
        head = Head(client, path)
        assert head.link("canonical") == [SITE + path] == head.meta("og:url"), path
        assert head.one("description") == head.one("og:description"), path
        assert head.title.startswith(head.one("og:title")), path
        assert not head.one("og:title").endswith("Courier") or path == "/", path
        assert (head.one("og:type"), head.one("twitter:card")) == ("website", "summary"), path
        assert head.one("og:image") == f"{SITE}/icon-512.png?v=1"
        assert head.meta("robots") == ["max-image-preview:large, max-snippet:-1, max-video-preview:-1"] or (
            path == reverse("articles:corrections")
        )
    assert client.get("/icon-512.png?v=1")["Content-Type"] == "image/png"


def test_pages_that_nobody_should_find_say_so_and_tell_nothing_else(client):
    draft = factories.draft(headline="Not yet")
    _link, token = factories.preview_link(draft)
    wait = factories.booking()
    monday = timezone.localdate() + timedelta(days=14 - timezone.localdate().weekday())
    pages = {
        f"/preview/{token}/": 200,
        "/search/": 200,
        "/search/?q=harbour": 200,
        "/nowhere/": 404,
        "/contact/sent/": 200,
        "/partners/deal/" + "A" * 43 + "/": 404,
        "/partners/request/" + "A" * 43 + "/what/": 404,
        reverse("ads:wait_done"): 200,
        reverse("ads:wait", args=[wait.position.code, f"{monday}"]): 200,
        reverse("ads:lost_link_sent"): 200,
    }
    for path, status in pages.items():
        head = Head(client, path, status)
        assert head.one("robots").startswith("noindex"), path
        assert head.link("canonical") == [], path
        assert head.alternates == {}, path
        for absent in ('property="og:', "ld+json", 'name="description"', "article:"):
            assert absent not in head.html.partition("<body")[0], (path, absent)


def test_no_template_writes_the_description_by_itself():
    """One partial draws it, from the block `summary`."""
    templates = Path(__file__).resolve().parents[2] / "templates"
    wrong = [
        path.name
        for path in templates.rglob("*.html")
        if 'name="description"' in (text := path.read_text()) or "block description" in text
    ]
    assert wrong == ["_meta.html"]


@time_machine.travel(AT, tick=False)
def test_a_page_asks_no_more_for_what_it_tells(client, django_assert_num_queries):
    story = Article.objects.select_related("hero").get(pk=factories.article(hero_id=factories.picture().pk).pk)
    with django_assert_num_queries(0), translation.override("en"):
        head = heads.head_of("/", language="en", alternates={"en": "/", "ar": "/ar/"}, article=story)
    assert head.picture["src"].endswith(".webp")
