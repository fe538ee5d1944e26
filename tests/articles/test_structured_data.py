"""The structured data of every kind of page: it has what Google asks for, in both languages, and says nothing else
than the page does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import lxml.html
import pytest
from django.urls import reverse
from django.utils import timezone

from articles import branding, coverage, workflow
from articles.content import Credit
from articles.models import Article, Series
from tests import factories

pytestmark = pytest.mark.django_db
SITE = "http://testserver"

# A small validator: what kind of value stands where.

Thing = dict[str, Any]


def text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and "<" not in value


def address(value: Any) -> bool:
    parts = urlsplit(value) if isinstance(value, str) else None
    return bool(parts and parts.scheme in ("http", "https") and parts.netloc and value.isascii() and " " not in value)


def moment(value: Any) -> bool:
    """ISO 8601 with a zone."""
    return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None


def number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def yes(value: Any) -> bool:
    return value is True


def language(value: Any) -> bool:
    return value in ("en", "ar")


def of(*names: str) -> Callable[[Any], bool]:
    """One thing, or several, of these types, each in order by the table."""

    def check(value: Any) -> bool:
        things = value if isinstance(value, list) else [value]
        return bool(things) and all(isinstance(one, dict) and one.get("@type") in names for one in things)

    return check


def texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(text, value))


def addresses(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(address, value))


def named(value: Any) -> bool:
    """A thing that stands elsewhere in the page."""
    return isinstance(value, dict) and address(value.get("@id"))


WHO = ("Person", "Organization", "NewsMediaOrganization")
# What Google requires and recommends of each type, and what else we say of it:
# https://developers.google.com/search/docs/appearance/structured-data/search-gallery (article, breadcrumb,
# organization, profile-page, video, image-license-metadata) and .../docs/data-types/article of live blogs.
# Of a type the fields that are required, those that may stand there too; nothing else may.
_ARTICLE: dict[str, Callable[[Any], bool]] = {
    "@id": address,
    "mainEntityOfPage": address,
    "url": address,
    "headline": text,
    "datePublished": moment,
    "dateModified": moment,
    "author": of(*WHO),
    "publisher": of("NewsMediaOrganization"),
    "wordCount": number,
    "inLanguage": language,
    "isAccessibleForFree": yes,
}
_ARTICLE_MAY: dict[str, Callable[[Any], bool]] = {
    "image": of("ImageObject"),
    "description": text,
    "articleSection": text,
    "keywords": texts,
    "correction": of("CorrectionComment"),
    "isPartOf": of("CreativeWorkSeries"),
    "position": number,
}
TABLE: dict[str, tuple[dict[str, Callable[[Any], bool]], dict[str, Callable[[Any], bool]]]] = {
    "NewsArticle": (_ARTICLE, _ARTICLE_MAY),
    "AdvertiserContentArticle": (
        _ARTICLE | {"sponsor": of("Organization"), "alternativeHeadline": text},
        _ARTICLE_MAY | {"video": of("VideoObject")},
    ),
    "LiveBlogPosting": (
        _ARTICLE | {"coverageStartTime": moment, "coverageEndTime": moment, "liveBlogUpdate": of("BlogPosting")},
        _ARTICLE_MAY,
    ),
    "BlogPosting": (
        {"headline": text, "url": address, "datePublished": moment, "dateModified": moment, "articleBody": text},
        {},
    ),
    "Person": (
        {"name": text},
        {
            "@id": address,
            "url": address,
            "jobTitle": text,
            "description": text,
            "image": of("ImageObject"),
            "sameAs": addresses,
            "worksFor": of("NewsMediaOrganization"),
        },
    ),
    "Organization": ({"name": text}, {}),
    "NewsMediaOrganization": (
        {"name": text, "url": address},
        {
            "@id": address,
            "logo": of("ImageObject"),
            "image": of("ImageObject"),
            "alternateName": text,
            "description": text,
            "email": text,
            "sameAs": addresses,
            "correctionsPolicy": address,
            "contactPoint": of("ContactPoint"),
        },
    ),
    "ContactPoint": ({"contactType": text, "url": address}, {"availableLanguage": texts}),
    "ImageObject": ({"url": address, "width": number, "height": number}, {"caption": text, "creditText": text}),
    "VideoObject": (
        {"name": text, "thumbnailUrl": addresses, "uploadDate": moment},
        {"description": text, "embedUrl": address},
    ),
    "CorrectionComment": ({"text": text, "datePublished": moment, "url": address}, {}),
    "CreativeWorkSeries": ({"name": text, "url": address}, {}),
    "BreadcrumbList": ({"itemListElement": of("ListItem")}, {}),
    "ListItem": ({"position": number}, {"name": text, "item": address, "url": address}),
    "ItemList": ({"itemListElement": of("ListItem")}, {}),
    "CollectionPage": (
        {"url": address, "name": text, "inLanguage": language, "isPartOf": of("WebSite")},
        {"description": text, "about": of("CreativeWorkSeries"), "mainEntity": of("ItemList")},
    ),
    "ProfilePage": ({"url": address, "mainEntity": of(*WHO), "inLanguage": language}, {}),
    "WebSite": (
        {"@id": address},
        {
            "url": address,
            "name": text,
            "description": text,
            "inLanguage": language,
            "publisher": named,
            "potentialAction": of("SearchAction"),
        },
    ),
    "SearchAction": ({"target": of("EntryPoint"), "query-input": text}, {}),
    "EntryPoint": ({"urlTemplate": text}, {}),
}


def faults(thing: Thing, where: str = "") -> list[str]:
    """What is wrong with a thing and all that stands in it."""
    kind = thing.get("@type")
    if kind not in TABLE:
        return [f"{where}: a {kind}"] if set(thing) != {"@id"} else []
    required, allowed = TABLE[kind]
    found = [f"{where}{kind} without {name}" for name in required if name not in thing]
    for name, value in thing.items():
        if name == "@type":
            continue
        check = (required | allowed).get(name)
        if check is None:
            found.append(f"{where}{kind}.{name} is not in the table")
        elif not check(value):
            found.append(f"{where}{kind}.{name} is {value!r}")
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                found += faults(one, f"{where}{kind}.{name}.")
    return found


def test_the_validator_hears_what_is_wrong():
    good = {"@type": "CorrectionComment", "text": "Nine.", "datePublished": "2026-11-25T09:00:00+01:00"}
    assert faults(good | {"url": "http://testserver/"}) == []
    assert faults(good) == ["CorrectionComment without url"]
    assert faults(good | {"url": "/2026/"}) == ["CorrectionComment.url is '/2026/'"]
    assert len(faults(good | {"url": SITE, "datePublished": "2026-11-25T09:00:00"})) == 1
    assert len(faults(good | {"url": SITE, "text": " "})) == 1
    assert len(faults(good | {"url": SITE, "more": "x"})) == 1


# Pages.


class Page:
    def __init__(self, client, path: str) -> None:
        response = client.get(path)
        assert response.status_code == 200, path
        self.html = response.content.decode()
        self.tree = lxml.html.fromstring(self.html)
        scripts = self.tree.xpath("//script[@type='application/ld+json']/text()")
        assert len(scripts) == 1, path
        self.data = json.loads(scripts[0])
        self.things = {thing["@type"]: thing for thing in self.data["@graph"]}

    @property
    def story(self) -> Thing:
        kinds = ("NewsArticle", "AdvertiserContentArticle", "LiveBlogPosting")
        (found,) = (thing for kind, thing in self.things.items() if kind in kinds)
        return found

    @property
    def times(self) -> set[datetime]:
        return {datetime.fromisoformat(one).replace(microsecond=0) for one in self.tree.xpath("//time/@datetime")}

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        links = self.tree.xpath("//nav[contains(@class, 'crumbs')]//a")
        return [(link.text_content().strip(), link.get("href")) for link in links]


def checked(client, path: str) -> Page:
    page = Page(client, path)
    assert page.data["@context"] == "https://schema.org"
    wrong = [fault for thing in page.data["@graph"] for fault in faults(thing)]
    assert wrong == [], path
    trail = page.things.get("BreadcrumbList")
    if trail:
        items = trail["itemListElement"]
        assert [item["position"] for item in items] == list(range(1, len(items) + 1))
        assert len(items) >= 2
        assert ["item" in item for item in items] == [True] * (len(items) - 1) + [False]
        if page.crumbs:
            assert [(item["name"], item["item"]) for item in items[:-1]] == [
                (name, SITE + path) for name, path in page.crumbs
            ]
    return page


def agrees(page: Page, story: Article) -> None:
    """What is told is what the page shows."""
    told = page.story
    h1 = " ".join(page.tree.findtext(".//h1").split())
    assert (told.get("alternativeHeadline") or told["headline"]) == h1 == story.headline
    assert told["headline"] in page.tree.findtext(".//title")
    for name in ("datePublished", "dateModified"):
        assert datetime.fromisoformat(told[name]) in page.times, name
    assert told["url"] == SITE + story.get_absolute_url()
    assert told["inLanguage"] == page.tree.get("lang") == story.language
    names = {name.text_content().strip() for name in page.tree.xpath("//ul[@class='bylines']//bdi")}
    if names:
        assert {one["name"] for one in told["author"]} == names
    for one in told.get("image", []):
        assert one["url"].startswith(f"{SITE}/media/")


def text_in(lang: str) -> dict[str, Any]:
    if lang == "ar":
        return {"language": "ar", "headline": "الميناء يفتح ليلا", "standfirst": "تعمل الرافعات حتى الرابعة."}
    return {"language": "en", "headline": "The harbour opens at night", "standfirst": "Cranes work until four."}


@pytest.fixture(params=["en", "ar"])
def words(request) -> dict[str, Any]:
    return text_in(request.param)


def test_a_story_with_everything(client, words):
    lang = words["language"]
    outer = factories.section(language=lang, name="Business")
    inner = factories.section(language=lang, name="Markets", parent=outer)
    hero = factories.picture(factories.jpeg(1500, 1200), credit="Photo: Amina Bello", caption="At dawn")
    tags = [factories.tag(language=lang, name=name).pk for name in ("Ports", "Trade")]
    author = factories.author(name="Amina Bello", role="Reporter")
    at = timezone.now() - timedelta(hours=3)
    story = factories.article(
        at=at,
        section_id=inner.pk,
        hero_id=hero.pk,
        tag_ids=tags,
        bylines=[Credit(author_id=author.pk)],
        body="<p>Five words stand in here.</p>",
        **words,
    )
    factories.edit(story, body="<p>Six words stand in here now.</p>")
    workflow.publish(story, by=None, at=timezone.now())
    note = factories.correction(story, text="It was nine.", kind="correction")
    factories.correction(story, text="More is known.", kind="update")
    page = checked(client, story.get_absolute_url())
    agrees(page, story)
    told = page.things["NewsArticle"]
    assert (told["wordCount"], told["articleSection"], sorted(told["keywords"])) == (6, "Markets", ["Ports", "Trade"])
    assert told["dateModified"] > told["datePublished"]
    assert set(_ARTICLE_MAY) - set(told) == {"isPartOf", "position"}
    assert [(one["@type"], one["name"], one["jobTitle"]) for one in told["author"]] == [
        ("Person", "Amina Bello", "Reporter")
    ]
    # Two shapes there are: that of cards, and its own.
    assert [(one["width"], one["height"], one["creditText"]) for one in told["image"]] == [
        (1280, 1024, "Photo: Amina Bello"),
        (1280, 853, "Photo: Amina Bello"),
    ]
    assert [(one["text"], one["url"]) for one in told["correction"]] == [
        ("It was nine.", f"{SITE}{story.get_absolute_url()}#note-{note.pk}")
    ]
    assert told["publisher"]["name"] == ("غرفة الأخبار" if lang == "ar" else "Newsroom")


def test_a_bare_story_of_the_newsroom_itself(client, words):
    newsroom = factories.author(name="Our Reporters", name_ar="مراسلونا", is_newsroom=True)
    story = factories.article(bylines=[Credit(author_id=newsroom.pk)], **words)
    page = checked(client, story.get_absolute_url())
    agrees(page, story)
    assert "image" not in page.story
    assert [one["@type"] for one in page.story["author"]] == ["NewsMediaOrganization"]
    assert page.story["dateModified"] == page.story["datePublished"]


def test_a_story_of_twelve_names_all_twelve(client, words):
    authors = [factories.author() for _ in range(12)]
    story = factories.article(bylines=[Credit(author_id=one.pk) for one in authors], **words)
    told = checked(client, story.get_absolute_url()).story
    assert [one["name"] for one in told["author"]] == [one.name for one in authors]


@pytest.mark.parametrize("kind", ["press-release", "advertorial", "video", "article", "interview"])
def test_a_paid_story_says_who_paid_in_its_headline_and_beside_it(client, words, kind):
    story = factories.article(kind=kind, sponsor_name="Teneru Mills", **words)
    page = checked(client, story.get_absolute_url())
    agrees(page, story)
    told = page.things["AdvertiserContentArticle"]
    label = "مدفوع من Teneru Mills" if words["language"] == "ar" else "Paid for by Teneru Mills"
    assert told["headline"].startswith(label)
    assert page.things["BreadcrumbList"]["itemListElement"][-1]["name"] == told["headline"]
    assert told["sponsor"] == {"@type": "Organization", "name": "Teneru Mills"}
    assert told["author"] == [{"@type": "Organization", "name": "Teneru Mills"}]
    assert "video" not in told


def test_a_video_is_told_where_a_picture_can_stand_for_it(client, words):
    embed = '<figure data-embed="https://www.youtube.com/watch?v=dQw4w9WgXcQ"></figure><p>Text.</p>'
    paid = {"kind": "video", "sponsor_name": "Firm", "body": embed}
    bare = factories.article(**paid, **words)
    assert "video" not in checked(client, bare.get_absolute_url()).story
    hero = factories.picture(factories.jpeg(1300, 867))
    told = checked(client, factories.article(hero_id=hero.pk, **paid, **words).get_absolute_url()).story["video"]
    assert told["embedUrl"] == "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"
    assert told["name"].endswith(words["headline"])
    assert len(told["thumbnailUrl"]) == 1


def test_a_live_blog_tells_its_entries_while_it_runs_and_after(client, words):
    at = timezone.now() - timedelta(hours=2)
    story = factories.article(at=at, **words)
    coverage.go_live(story, timezone.now() + timedelta(hours=1), by=None, at=at)
    first = factories.live_entry(story, at=at + timedelta(minutes=5), body="<p>Gates open.</p><p>Crowds come.</p>")
    second = factories.live_entry(story, at=at + timedelta(minutes=9), headline="Cranes move", is_pinned=True)
    story.refresh_from_db()
    page = checked(client, story.get_absolute_url())
    agrees(page, story)
    told = page.things["LiveBlogPosting"]
    assert [(one["headline"], one["url"]) for one in told["liveBlogUpdate"]] == [
        ("Cranes move", SITE + second.get_absolute_url()),
        ("Gates open.", SITE + first.get_absolute_url()),
    ]
    assert told["liveBlogUpdate"][1]["articleBody"] == "Gates open.\nCrowds come."
    assert datetime.fromisoformat(told["dateModified"]) == second.published_at.replace(microsecond=0)
    assert told["coverageStartTime"] == told["datePublished"]
    assert datetime.fromisoformat(told["coverageEndTime"]) > timezone.now()
    coverage.end_live(story, by=None, at=timezone.now())
    told = checked(client, story.get_absolute_url()).things["LiveBlogPosting"]
    assert second.published_at < datetime.fromisoformat(told["coverageEndTime"]) <= timezone.now()
    checked(client, first.get_absolute_url())


def test_a_part_of_a_series_says_so(client, words):
    series = Series.objects.create(title="Ports", slug="ports", language=words["language"], description="Two parts.")
    parts = [factories.article(series_id=series.pk, **words) for _ in range(2)]
    told = checked(client, parts[1].get_absolute_url()).story
    address = SITE + series.get_absolute_url()
    assert told["isPartOf"] == {"@type": "CreativeWorkSeries", "name": "Ports", "url": address}
    assert told["position"] == 2
    page = checked(client, series.get_absolute_url()).things["CollectionPage"]
    assert [one["url"] for one in page["mainEntity"]["itemListElement"]] == [
        SITE + part.get_absolute_url() for part in parts
    ]


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_the_front_page_says_who_publishes_and_how_to_search(client, prefix):
    factories.brand(
        name_ar="البريد",
        about="We write about ports.",
        email="desk@courier.example",
        social=[{"network": "mastodon", "url": "https://social.example/@courier"}],
        logo=branding.draw("logo", factories.logo((464, 112))),
    )
    page = checked(client, f"{prefix}/")
    who, site = page.things["NewsMediaOrganization"], page.things["WebSite"]
    assert who["name"] == site["name"] == ("البريد" if prefix else "The Courier")
    assert who["sameAs"] == ["https://social.example/@courier"]
    assert who["correctionsPolicy"] == f"{SITE}{prefix}/corrections/"
    assert min(who["logo"]["width"], who["logo"]["height"]) >= 112
    assert site["potentialAction"]["target"]["urlTemplate"] == f"{SITE}{prefix}/search/?q={{search_term_string}}"
    assert site["publisher"] == {"@id": who["@id"]}
    logo = client.get(who["logo"]["url"].removeprefix(SITE))
    assert logo.status_code == 200
    logo.close()


def test_a_publisher_without_a_logo_has_its_icon(client):
    logo = checked(client, "/").things["NewsMediaOrganization"]["logo"]
    assert (logo["width"], logo["height"]) == (512, 512)
    assert client.get(logo["url"].removeprefix(SITE))["Content-Type"] == "image/png"


def test_lists_tell_their_stories_in_the_order_of_the_page(client, words):
    lang = words["language"]
    section = factories.section(language=lang, description="What moves.")
    tag = factories.tag(language=lang)
    stories = [factories.article(section_id=section.pk, tag_ids=[tag.pk], **words) for _ in range(22)]
    for path in (section.get_absolute_url(), tag.get_absolute_url()):
        told = checked(client, path).things["CollectionPage"]["mainEntity"]["itemListElement"]
        assert (len(told), told[0]["position"]) == (20, 1)
        assert told[0]["url"] == SITE + stories[-1].get_absolute_url()
        later = checked(client, f"{path}?page=2").things["CollectionPage"]
        assert later["url"] == f"{SITE}{path}?page=2"
        assert [one["position"] for one in later["mainEntity"]["itemListElement"]] == [21, 22]


def test_an_empty_list_and_the_other_pages_of_the_archive_are_in_order(client, words):
    prefix = "/ar" if words["language"] == "ar" else ""
    empty = factories.section(language=words["language"])
    assert "mainEntity" not in checked(client, empty.get_absolute_url()).things["CollectionPage"]
    story = factories.article(**words)
    factories.correction(story)
    month = f"{prefix}/{timezone.localtime(story.publish_at):%Y/%m}/"
    for path in (f"{prefix}/archive/", month, f"{prefix}/corrections/"):
        checked(client, path)


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_the_page_of_an_author_is_a_profile(client, prefix):
    photo = factories.picture(factories.jpeg(400, 400))
    person = factories.author(
        name="Amina Bello",
        name_ar="أمينة بيلو",
        role="Reporter",
        bio="Writes about ports.",
        photo=photo,
        links="https://social.example/@amina mailto:amina@courier.example",
    )
    newsroom = factories.author(name="Our Reporters", is_newsroom=True)
    who = checked(client, f"{prefix}{person.get_absolute_url()}").things["ProfilePage"]["mainEntity"]
    assert (who["@type"], who["name"]) == ("Person", "أمينة بيلو" if prefix else "Amina Bello")
    assert (who["sameAs"], who["image"]["width"]) == (["https://social.example/@amina"], 320)
    house = checked(client, f"{prefix}{newsroom.get_absolute_url()}").things["ProfilePage"]["mainEntity"]
    assert (house["@type"], house["logo"]["width"]) == ("NewsMediaOrganization", 512)


def test_no_text_of_a_story_can_end_the_script(client):
    bad = '</script><script>alert("&amp;")</script>\u2028<!--'
    story = factories.article(headline=f"Harbour {bad}", standfirst=bad)
    html = client.get(story.get_absolute_url()).content.decode()
    inside = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[1]
    assert not set("<>&\u2028") & set(inside)
    assert json.loads(inside)["@graph"][0]["headline"].startswith("Harbour </script>")


def test_previews_and_faults_tell_nothing(client):
    draft = factories.draft(headline="Not yet", kind="advertorial", sponsor_name="Firm")
    _link, token = factories.preview_link(draft)
    client.force_login(factories.user("Editor"))
    pages = [f"/preview/{token}/", reverse("admin:articles_article_preview_page", args=[draft.pk])]
    for path in (*pages, f"{pages[1]}?edition=lite", "/nowhere/", "/search/"):
        assert b"ld+json" not in client.get(path).content
