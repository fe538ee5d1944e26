"""What the W3C's feed validator asks of feeds, as far as it can be told from the file; and the schemas of Atom and JSON
Feed. On feeds as awkward as newsrooms make them."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from lxml import etree

from articles import xml_text
from articles.content import Credit
from articles.models import Article
from tests import factories

SCHEMAS = Path(__file__).parents[1] / "schemas"
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
DC = "{http://purl.org/dc/elements/1.1/}"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d "
    r"([+-]\d{4}|GMT)"
)
# Orders of elements that RSS has once at most.
ONCE = ("title", "link", "description", "guid", "pubDate", "enclosure", f"{ATOM}updated", f"{CONTENT}encoded")
PATHS = [
    prefix + path
    for prefix in ("", "/ar")
    for path in ("/feed/", "/section/{section}/feed/", "/author/{author}/feed/", "/partners/stories/feed/")
]


@pytest.fixture(params=["summary", "full"])
def world(request, db, settings) -> dict[str, dict[str, str]]:
    """Stories in both languages, with all that a story can have. Slugs by language."""
    settings.FEED_TEXT = request.param
    settings.WEBSUB_HUB = "https://hub.example/"
    settings.FEED_ITEMS = 4
    now = timezone.now().replace(microsecond=0)
    author = factories.author(name="Amina & Sons <b>", name_ar="أمينة")
    slugs = {}
    for language, words in (("en", "A\x07 <b>bold</b> claim & “quotes”\u0085"), ("ar", "ادعاء «جريء» & <b>")):
        section, tag = factories.section(language=language), factories.tag(language=language, name="Q&A <1>")
        asset = factories.picture(
            factories.photo(700, 500, seed=len(slugs)), alt='A "market" <1>', caption="Stalls & more", credit="Amina"
        )
        common = {"language": language, "section_id": section.pk, "tag_ids": [tag.pk], "hero_id": asset.pk}
        for n in range(6):
            story = factories.article(
                headline=f"{words} {n}",
                standfirst=words if n % 2 else "",
                body=f'<h2>{n}</h2><p>{words} <a href="/x/?a=1&amp;b=2">more</a> <a href="#b">b</a></p>'
                f'<figure data-media-id="{asset.pk}"><figcaption>{n}</figcaption></figure>'
                '<figure data-embed="https://www.youtube.com/watch?v=abcdefghijk"></figure><p>&lt;script&gt;</p>',
                bylines=[Credit(author_id=author.pk)],
                at=now - timedelta(hours=n + 1),
                **common,
            )
            if n % 2:
                story.bylines.all().delete()  # as an import may leave it
            Article.objects.filter(pk=story.pk).update(updated_at=now - timedelta(minutes=n))
        factories.article(kind="advertorial", sponsor_name="Mills & Co <x>", headline=words, at=now, **common)
        slugs[language] = {"section": section.slug, "author": author.slug}
    return slugs


def paths_of(world: dict[str, dict[str, str]], end: str) -> list[str]:
    found = []
    for path in PATHS:
        slugs = world["ar" if path.startswith("/ar") else "en"]
        found.append(path.format(**slugs).replace("/feed/", end))
    return [*found, f"{end}?page=2"]


def is_absolute(address: str) -> bool:
    return urlsplit(address).scheme in ("http", "https") and address.isascii() and not re.search(r"[\s<>\"]", address)


def check_html(text: str) -> None:
    """Nothing that runs, nothing relative, nothing that is open: as programs will put it into their own pages."""
    assert not re.search(r"<(script|style|iframe|object|embed|form|meta|link)|\son\w+=|javascript:", text, re.I)
    assert all(is_absolute(one.replace("&amp;", "&")) for one in re.findall(r'(?:href|src)="([^"]*)"', text))
    closed = re.sub(r"<(img|br|hr)([^>]*)>", r"<\1\2/>", text)
    etree.fromstring(f"<x>{closed}</x>")


def test_rss_keeps_every_rule_of_the_validator(client, world):
    for path in paths_of(world, "/feed/"):
        response = client.get(path)
        assert not xml_text.CONTROLS.search(response.content.decode())
        rss = etree.fromstring(response.content)
        assert (rss.tag, rss.get("version")) == ("rss", "2.0")
        language = "ar" if path.startswith("/ar") else "en"
        assert rss.get("{http://www.w3.org/XML/1998/namespace}lang") == language
        (channel,) = rss
        for name in ("title", "link", "description", "language", "lastBuildDate", "ttl", "image"):
            assert len(channel.findall(name)) == 1, (path, name)
            assert channel.find(name).text or name == "image", (path, name)
        assert channel.findtext("language") == language
        (own,) = (link.get("href") for link in channel.findall(f"{ATOM}link") if link.get("rel") == "self")
        assert own == "http://testserver" + path
        image = channel.find("image")
        assert [image.findtext(name) for name in ("title", "link")] == [
            channel.findtext(name) for name in ("title", "link")
        ]
        assert int(image.findtext("width")) <= 144
        icon = client.get(image.findtext("url").removeprefix("http://testserver"))
        assert icon["Content-Type"] == "image/png"
        items = channel.findall("item")
        assert items
        assert len({item.findtext("guid") for item in items}) == len(items)
        moments = [parsedate_to_datetime(item.findtext("pubDate")) for item in items]
        assert moments == sorted(moments, reverse=True)
        for item in items:
            check_rss_item(item)
        built = parsedate_to_datetime(channel.findtext("lastBuildDate"))
        changes = [datetime.fromisoformat(one.text) for one in rss.iter(f"{ATOM}updated")]
        assert built == max(moments + changes)


def check_rss_item(item) -> None:
    for name in ONCE:
        assert len(item.findall(name)) <= 1, name
    assert all(item.findtext(name) for name in ("title", "link", "guid", "pubDate", "description"))
    assert item.find("guid").get("isPermaLink") == "false"
    assert re.fullmatch(r"tag:[a-z0-9.-]+,\d{4}-\d\d-\d\d:[!-~]+", item.findtext("guid"))
    assert RFC822.fullmatch(item.findtext("pubDate"))
    assert is_absolute(item.findtext("link"))
    # The validator takes an author for a mail address; a name stands in dc:creator.
    assert item.find("author") is None
    assert all(one.text for one in item.findall(f"{DC}creator"))
    assert len(item.findall(f"{DC}creator")) == 1
    file = item.find("enclosure")
    assert is_absolute(file.get("url"))
    assert int(file.get("length")) > 0
    assert file.get("type") == "image/webp"
    shown = item.find(f"{MEDIA}content")
    assert (shown.get("url"), shown.get("fileSize")) == (file.get("url"), file.get("length"))
    assert shown.findtext(f"{MEDIA}description") == 'A "market" <1>'
    assert shown.findtext(f"{MEDIA}credit") == "Amina"
    assert is_absolute(shown.find(f"{MEDIA}thumbnail").get("url"))
    check_html(item.findtext("description"))
    if (text := item.find(f"{CONTENT}encoded")) is not None:
        check_html(text.text)
    if (changed := item.find(f"{ATOM}updated")) is not None:
        assert RFC3339.fullmatch(changed.text)


def test_atom_is_valid_and_keeps_every_rule_of_the_validator(client, world):
    schema = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
    for path in paths_of(world, "/feed/atom/"):
        response = client.get(path)
        feed = etree.fromstring(response.content)
        schema.assertValid(feed)
        links = {link.get("rel"): link for link in feed.findall(f"{ATOM}link")}
        assert links["self"].get("href") == "http://testserver" + path
        assert links["alternate"].get("type") == "text/html"
        assert feed.find(f"{ATOM}author") is not None
        entries = feed.findall(f"{ATOM}entry")
        ids = [one.findtext(f"{ATOM}id") for one in (feed, *entries)]
        assert len(set(ids)) == len(ids)
        assert all(re.fullmatch(r"tag:[a-z0-9.-]+,\d{4}(-\d\d-\d\d)?:[!-~]+", one) for one in ids)
        for one in entries:
            assert [link.get("rel") for link in one.findall(f"{ATOM}link")] == ["alternate", "enclosure"]
            assert all(is_absolute(link.get("href")) for link in one.findall(f"{ATOM}link"))
            assert one.findtext(f"{ATOM}summary")
            moments = [one.findtext(f"{ATOM}{name}") for name in ("published", "updated")]
            assert all(RFC3339.fullmatch(moment) for moment in moments)
            assert moments == sorted(moments)
            if (text := one.find(f"{ATOM}content")) is not None:
                assert text.get("type") == "html"
                check_html(text.text)
        assert feed.findtext(f"{ATOM}updated") == max(one.findtext(f"{ATOM}updated") for one in entries)


def test_json_is_valid(client, world):
    schema = json.loads((SCHEMAS / "jsonfeed.json").read_text())
    Draft202012Validator.check_schema(schema)
    for path in paths_of(world, "/feed.json"):
        feed = client.get(path).json()
        Draft202012Validator(schema).validate(feed)
        assert feed["feed_url"] == "http://testserver" + path
        assert len({item["id"] for item in feed["items"]}) == len(feed["items"]) > 0
        for item in feed["items"]:
            check_html(item.get("content_html", ""))


def test_a_program_reads_every_form_without_complaint(client, world):
    for end in ("/feed/", "/feed/atom/"):
        for path in paths_of(world, end):
            response = client.get(path)
            read = feedparser.parse(response.content, response_headers={"content-type": response["Content-Type"]})
            assert not read.bozo, read.get("bozo_exception")
            assert read.version == {"/feed/": "rss20", "/feed/atom/": "atom10"}[end]
            assert read.feed.language == ("ar" if path.startswith("/ar") else "en")
            by_json = client.get(path.replace(end, "/feed.json")).json()["items"]
            assert [(one.id, one.title, one.link) for one in read.entries] == [
                (one["id"], one["title"], one["url"]) for one in by_json
            ]


@pytest.mark.parametrize("end", ["/feed/", "/feed/atom/", "/feed.json"])
def test_an_empty_feed_is_valid_too(client, db, end):
    response = client.get(end)
    if end == "/feed.json":
        Draft202012Validator(json.loads((SCHEMAS / "jsonfeed.json").read_text())).validate(response.json())
        return
    read = feedparser.parse(response.content, response_headers={"content-type": response["Content-Type"]})
    assert (read.bozo, read.entries) == (False, [])
    if end == "/feed/atom/":
        etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng")).assertValid(etree.fromstring(response.content))


def test_the_schemas_refuse_what_is_wrong(client, world):
    """A schema that takes everything proves nothing."""
    schema = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
    for name in ("id", "title", "updated"):
        feed = etree.fromstring(client.get("/feed/atom/").content)
        feed.remove(feed.find(f"{ATOM}{name}"))
        assert not schema.validate(feed), name
    feed = client.get("/feed.json").json()
    check = Draft202012Validator(json.loads((SCHEMAS / "jsonfeed.json").read_text()))
    for broken in (
        feed | {"version": "1"},
        feed | {"colour": "red"},
        feed | {"home_page_url": "/"},
        feed | {"items": [{"id": "1"}]},
        feed | {"items": [{"id": 1, "content_text": "x"}]},
        feed | {"items": [feed["items"][0] | {"date_published": "yesterday"}]},
    ):
        assert not check.is_valid(broken)


@hypothesis_settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_makes_xml_that_says_the_same(text, value):
    text, value = (one.encode("utf-8", "ignore").decode() for one in (text, value))
    read = etree.fromstring(xml_text.element("x", text, {"y": value, "z": None}))
    expected = xml_text.plain(text).replace("\r\n", "\n").replace("\r", "\n")
    assert (read.text or "") == expected
    assert sorted(read.attrib) == ["y"]
    assert read.get("y").split() == xml_text.plain(value).split()
