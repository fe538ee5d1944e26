"""Showing a draft from the admin: the page in a frame, and the links of a story."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from articles import previews, workflow
from articles.content import Credit, head
from articles.models import Article, PreviewLink
from tests import factories
from tests.articles.test_admin_story import typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    user = factories.user("Editor", email="editor@newsroom.example")
    client.force_login(user)
    return user


def screen(story: Article, rest: str = "") -> str:
    return f"/admin/articles/article/{story.pk}/preview/{rest}"


def test_the_frame_is_the_page_that_readers_will_get(client, editor):
    hero, tag, author = factories.picture(), factories.tag(name="Cranes"), factories.author(bio="Covers the port.")
    fields = {
        "headline": "The harbour opens",
        "standfirst": "At night.",
        "body": "<p>Words.</p>",
        "hero_id": hero.pk,
        "tag_ids": [tag.pk],
        "section_id": factories.section().pk,
        "bylines": [Credit(author_id=author.pk)],
    }
    factories.article(section_id=fields["section_id"])
    story = factories.draft(**fields)
    drafted = client.get(screen(story, "page/")).content.decode()
    workflow.publish(story, by=None, at=timezone.now())
    public = client.get(story.get_absolute_url()).content.decode()
    assert main_of(drafted) == main_of(public)


def main_of(html: str) -> str:
    """What stands in <main>, without what differs by the clock and what delivery knows of a page."""
    inner = html.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<time.*?</time>|data-page=\"[^\"]*\"", "", inner)).replace(" >", ">").strip()


def test_the_frame_may_be_framed_by_us_and_is_neither_stored_nor_filled(client, editor):
    factories.booking("top-728x90")
    response = client.get(screen(factories.draft(), "page/"))
    headers, html = response.headers, response.content.decode()
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in headers["X-Robots-Tag"]
    assert "Draft, not published" in html
    assert "data-slot" not in html
    assert "canonical" not in html


def test_any_revision_edition_and_language_can_be_shown(client, editor):
    story = factories.draft(headline="First", body="<p>Words</p>")
    workflow.save_draft(story, replace(head(story), headline="Second"), base_revision=1, by=None, at=timezone.now())
    page = screen(story, "page/")
    assert ">Second</h1>" in client.get(page).content.decode()
    assert ">First</h1>" in client.get(page + "?revision=1").content.decode()
    assert '<html lang="ar" dir="rtl">' in client.get(page + "?chrome=ar").content.decode()
    lite = client.get(page + "?show=lite").content.decode()
    assert "lite.css" in lite
    assert "Draft, not published" in lite
    assert client.get(page + "?revision=7").status_code == 404
    assert client.get(screen(story) + "?revision=7").status_code == 404
    for nonsense in ("?revision=x&show=wall&chrome=fr", "?revision=" + "9" * 40):
        assert client.get(page + nonsense).status_code == 200
        assert client.get(screen(story) + nonsense).status_code == 200


def test_what_is_typed_is_shown_before_anybody_saves_it(client, editor):
    story = factories.draft(headline="Saved")
    typing = typed(headline="As typed", body="<p>Words</p><script>alert(1)</script>", base_revision="1")
    response = client.post(screen(story, "unsaved/"), typing)
    html = response.content.decode()
    assert response.status_code == 200
    assert ">As typed</h1>" in html
    assert "As typed, not saved" in html
    assert "<script>alert" not in html
    story.refresh_from_db()
    assert (story.headline, story.head_number) == ("Saved", 1)
    refused = client.post(screen(story, "unsaved/"), typed(headline=""))
    assert refused.status_code == 400
    assert "This cannot be shown as a page yet" in refused.content.decode()


def test_the_public_text_is_called_public(client, editor):
    html = client.get(screen(factories.article(), "page/")).content.decode()
    assert "Readers have this text" in html
    assert "Draft, not published" not in html


def test_a_draft_without_anything_can_be_shown(client, editor):
    story = factories.draft(headline="Bare", body="", bylines=[], section_id=None)
    for rest in ("", "page/", "page/?show=lite", "links/"):
        assert client.get(screen(story, rest)).status_code == 200


def test_the_picture_beside_links_is_shown_of_a_draft_and_kept_nowhere(client, editor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    story = factories.draft(headline="Port reopens")
    answer = client.get(screen(story, "page/?show=share"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert {"private", "no-store"} < set(answer["Cache-Control"].split(", "))
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert not default_storage.exists(f"share/{story.pk}")
    foreign = client.get(screen(factories.draft(headline="港口重開"), "page/?show=share")).content.decode()
    assert foreign == "This headline has letters that we cannot draw. Links to the story show its lead picture."
    assert client.get(screen(factories.draft(headline=""), "page/?show=share")).status_code == 200


def test_the_screen_has_a_link_for_every_width_and_language(client, editor):
    html = client.get(screen(factories.draft())).content.decode()
    for show in ("phone", "tablet", "desktop", "lite", "share"):
        assert f'data-show="{show}"' in html
    assert "chrome=ar" in html


def made(client, story: Article, **changes) -> str:
    """Make a link through the form; its address."""
    data = {"label": "Teneru Mills", "revision_number": "", "lasts": "7", "max_views": "", "can_comment": "on"}
    response = client.post(screen(story, "links/"), data | changes)
    assert response.status_code == 200
    return re.search(r'value="http://testserver(/[^"]*)"', response.content.decode())[1]


def test_a_link_is_made_shown_once_and_revoked(client, guest, editor):
    story = factories.draft()
    address = made(client, story, max_views="3", can_approve="on", lasts="1")
    link = PreviewLink.objects.get()
    assert (link.label, link.max_views, link.can_approve, link.created_by) == ("Teneru Mills", 3, True, editor)
    assert link.expires_at - link.created_at == timedelta(days=1)
    assert guest.get(address).status_code == 200
    html = client.get(screen(story, "links/")).content.decode()
    assert address not in html
    assert "Opened 1 of 3 times" in html
    response = client.post(screen(story, f"links/{link.pk}/revoke/"), follow=True)
    assert "Revoked. The link opens nothing any more." in response.content.decode()
    assert guest.get(address).status_code == 404


def test_the_link_of_another_story_is_not_revoked_from_here(client, editor):
    link, _token = factories.preview_link(factories.draft())
    assert client.post(screen(factories.draft(), f"links/{link.pk}/revoke/")).status_code == 404
    link.refresh_from_db()
    assert link.revoked_at is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"label": ""}, "This field is required."),
        ({"label": "x" * 121}, "at most 120 characters"),
        ({"lasts": "9999"}, "Select a valid choice"),
        ({"max_views": "0"}, "greater than or equal to 1"),
        ({"revision_number": "9"}, "Select a valid choice"),
    ],
)
def test_a_link_that_cannot_be_made_says_why(client, editor, changes, sentence):
    story = factories.draft()
    data = {"label": "Teneru", "revision_number": "", "lasts": "7", "max_views": ""} | changes
    response = client.post(screen(story, "links/"), data)
    assert (response.status_code, PreviewLink.objects.count()) == (400, 0)
    assert sentence in response.content.decode()


def test_a_link_to_what_readers_have_is_refused_in_words(client, editor):
    response = client.post(screen(factories.article(), "links/"), {"label": "Teneru", "lasts": "7"})
    assert response.status_code == 400
    assert "Readers have this text already." in response.content.decode()


def test_the_story_screen_and_its_history_say_who_signed_off(client, editor):
    story = factories.draft()
    link, _token = factories.preview_link(story, can_approve=True)
    previews.approve(link, revision_number=1, name="Ada Teneru", at=timezone.now())
    previews.comment(link, revision_number=1, name="Ada Teneru", text="Good.", at=timezone.now())
    html = client.get(f"/admin/articles/article/{story.pk}/change/").content.decode()
    assert "Approved by <bdi>Ada Teneru</bdi>" in html
    assert "1 comment of a guest" in html
    history = client.get(f"/admin/articles/article/{story.pk}/history/").content.decode()
    assert "<strong>Approved by a guest</strong> (revision 1)" in history
    assert "Ada Teneru" in history
    workflow.save_draft(story, replace(head(story), headline="New"), base_revision=1, by=None, at=timezone.now())
    assert "Approved by" not in client.get(f"/admin/articles/article/{story.pk}/change/").content.decode()
    assert "The story has changed since." in client.get(screen(story, "links/")).content.decode()


@pytest.mark.parametrize("count", [2, 30])
def test_the_list_of_links_asks_the_same_number_of_questions(client, editor, django_assert_num_queries, count):
    story = factories.draft()
    for n in range(count):
        link, _token = factories.preview_link(story, by=editor, can_approve=True)
        previews.comment(link, revision_number=1, name="Ada", text=f"{n}", at=timezone.now())
        previews.approve(link, revision_number=1, name="Ada", at=timezone.now())
    with django_assert_num_queries(12):
        assert client.get(screen(story, "links/")).status_code == 200


def test_a_reporter_shows_stories_of_their_own_and_no_others(client, guest):
    reporter = factories.user("Reporter")
    client.force_login(reporter)
    own, other = factories.draft(by=reporter), factories.draft()
    assert guest.get(made(client, own)).status_code == 200
    for rest in ("", "page/", "links/"):
        assert client.get(screen(other, rest)).status_code == 404
    assert client.post(screen(other, "links/"), {"label": "x", "lasts": "7"}).status_code == 404
