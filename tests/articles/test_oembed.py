"""A story in somebody else's page."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.utils import timezone

from articles import workflow
from articles.content import Credit
from articles.models import Redirect
from tests import factories

pytestmark = pytest.mark.django_db

SITE = settings.SITE_URL


def ask(client, story, **said):
    return client.get("/oembed", {"url": SITE + story.get_absolute_url(), **said})


def test_a_story_is_a_quotation_with_a_link(client):
    hero, author = factories.picture(factories.jpeg(1300, 867)), factories.author(name="Kelo")
    story = factories.article(
        headline="Bread & <b>butter</b>", standfirst="At night", hero_id=hero.pk, bylines=[Credit(author_id=author.pk)]
    )
    response = ask(client, story)
    said = response.json()
    assert (response.status_code, response["Content-Type"], response["Access-Control-Allow-Origin"]) == (
        200, "application/json", "*",
    )  # fmt: skip
    address = SITE + story.get_absolute_url()
    assert said["html"] == (
        f'<blockquote cite="{address}" lang="en" dir="ltr"><p><a href="{address}">Bread &amp; &lt;b&gt;butter&lt;/b&gt;'
        "</a></p><p>At night</p><p><cite>Newsroom</cite></p></blockquote>"
    )
    assert (said["version"], said["type"], said["title"]) == ("1.0", "rich", "Bread & <b>butter</b>")
    assert (said["provider_name"], said["provider_url"]) == ("Newsroom", f"{SITE}/")
    assert (said["author_name"], said["author_url"]) == ("Kelo", f"{SITE}/author/{author.slug}/")
    assert (said["width"], said["height"]) == (600, 240)
    assert (said["thumbnail_width"], said["thumbnail_height"]) == (640, 427)
    picture = client.get(said["thumbnail_url"].removeprefix(SITE))
    assert picture["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert b"".join(picture.streaming_content)[8:12] == b"WEBP"


def test_a_paid_story_says_so_in_title_and_text(client):
    story = factories.article(kind="advertorial", sponsor_name="Teneru Mills", headline="Bread", bylines=[])
    said = ask(client, story).json()
    assert said["title"] == "Paid for by Teneru Mills: Bread"
    assert "<p><strong>Paid for by Teneru Mills</strong></p>" in said["html"]
    assert "author_name" not in said


def test_sizes_are_kept(client):
    story = factories.article(hero_id=factories.picture(factories.jpeg(1300, 867)).pk)
    said = ask(client, story, maxwidth="400", maxheight="100").json()
    assert (said["width"], said["height"], "thumbnail_url" in said) == (400, 100, False)
    said = ask(client, story, maxwidth="400").json()
    assert (said["thumbnail_width"], said["thumbnail_height"]) == (320, 213)
    for bad in ("0", "-1", "wide", "9" * 400):
        assert ask(client, story, maxwidth=bad).status_code == 400


def test_it_answers_in_xml_too(client):
    story = factories.article(language="ar", headline="الميناء & النهر")
    response = ask(client, story, format="xml")
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)  # noqa: S314, our own
    assert root.tag == "oembed"
    said = ask(client, story).json()
    assert {one.tag: one.text for one in root} == {name: str(value) for name, value in said.items()}
    assert 'lang="ar" dir="rtl"' in said["html"]
    assert (
        client.get("/oembed", {"url": said["url"], "format": "xml"}, headers={"accept": "text/xml"}).status_code == 200
    )
    assert ask(client, story, format="pdf").status_code == 501


def test_the_page_of_a_story_leads_to_it(client):
    for story in (factories.article(), factories.article(language="ar", headline="الميناء")):
        page = client.get(story.get_absolute_url()).content.decode()
        href = re.search(r'<link rel="alternate" type="application/json\+oembed"[^>]* href="([^"]*)"', page)
        assert href
        found = client.get(unescape(href[1]).removeprefix(SITE))
        assert found.json()["url"] == SITE + story.get_absolute_url()


def test_every_address_of_a_story_will_do(client):
    story = factories.article()
    Redirect.objects.create(old_path="/2019/01/old/", article=story)
    entry = factories.live_entry(story)
    for path in (
        story.get_lite_url(),
        entry.get_absolute_url(),
        "/2019/01/old/",
        story.get_absolute_url() + "?utm=x#y",
    ):
        response = client.get("/oembed", {"url": SITE + path, "dnt": "1"})
        assert (response.status_code, response.json()["url"]) == (200, SITE + story.get_absolute_url()), path


def test_nothing_else_is_told(client):
    now = timezone.now()
    draft = factories.draft(headline="Canary")
    gone = factories.article(headline="Canary")
    workflow.withdraw(gone, by=None, at=now)
    early = factories.draft(headline="Canary")
    factories.edit(early, publish_at=now + timedelta(hours=1))
    early = workflow.publish(early, by=None, at=now)
    shown = factories.article()
    section = factories.section()
    Redirect.objects.create(old_path="/2019/01/old/", article=gone)
    never = client.get("/oembed", {"url": f"{SITE}/2026/11/never/"})
    assert (never.status_code, never["Content-Type"]) == (404, "application/problem+json")
    for address in [
        *(SITE + one.get_absolute_url() for one in (draft, gone, early, section)),
        f"{SITE}/2019/01/old/",
        f"https://else.example{shown.get_absolute_url()}",
        f"ftp://{SITE.partition('://')[2]}{shown.get_absolute_url()}",
        f"{SITE}/2026/13/x/",
        f"{SITE}/2026/11/%00/",
        "http://[",
        "javascript:alert(1)",
        "/admin/",
    ]:
        response = client.get("/oembed", {"url": address})
        assert (response.status_code, response.content) == (404, never.content), address
    assert client.get("/oembed").status_code == 400
    assert client.get("/oembed", {"url": "x" * 3000}).status_code == 400
    assert client.get("/oembed?url=a&url=b").status_code == 400
    assert client.post("/oembed").status_code == 405
