"""Drafts shown to people outside: who sees what, for how long, how often, and what they may say."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from articles import previews, workflow
from articles.content import head
from articles.models import Article, PreviewApproval, PreviewComment, PreviewLink
from articles.views.previews import ApprovalForm, CommentForm
from tests import factories

pytestmark = pytest.mark.django_db

ACHIEVED = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}


def address(token: str, rest: str = "") -> str:
    return f"/preview/{token}/{rest}"


def answered(form_class, revision: int = 1, **changes) -> dict:
    """A form as a person sends it, who read for a minute."""
    with time_machine.travel(timezone.now() - timedelta(minutes=1), tick=False):
        key = form_class().initial["key"]
    values = {"key": key, "homepage": "", "name": "Ada Teneru", "revision": str(revision)}
    values |= {"text": "Please name the mill."} if form_class is CommentForm else {"agreed": "on"}
    do = {"do": form_class.prefix}
    return do | {f"{form_class.prefix}-{name}": value for name, value in (values | changes).items()}


def save(story: Article, **changes) -> None:
    story.refresh_from_db()
    content = replace(head(story), **changes)
    workflow.save_draft(story, content, base_revision=story.head_number, by=None, at=timezone.now())


# What a guest sees.


def test_a_link_shows_the_newest_draft_in_the_public_page_with_a_strip(guest):
    story = factories.draft(headline="The mill opens", body="<p>First words.</p>")
    _link, token = factories.preview_link(story)
    save(story, headline="The mill opens early")
    html = guest.get(address(token)).content.decode()
    assert '<h1 dir="auto">The mill opens early</h1>' in html
    assert "First words." in html
    assert "Draft, not published" in html
    assert "Revision 2" in html


def test_a_link_to_one_revision_stays_with_it(guest):
    story = factories.draft(headline="The mill opens")
    _link, token = factories.preview_link(story, revision_number=1)
    save(story, headline="The mill opens early")
    assert '<h1 dir="auto">The mill opens</h1>' in guest.get(address(token)).content.decode()


def test_a_link_to_a_live_story_shows_the_change_and_readers_do_not_see_it(guest):
    story = factories.article(headline="The mill opens")
    save(story, headline="The mill opens early")
    before = guest.get(story.get_absolute_url()).content
    _link, token = factories.preview_link(story)
    assert "opens early" in guest.get(address(token)).content.decode()
    assert guest.get(story.get_absolute_url()).content == before
    assert b"early" not in before


def test_the_page_is_neither_stored_nor_indexed_nor_canonical_and_counts_and_fills_nothing(guest):
    factories.booking("top-728x90")
    story = factories.draft(hero_id=factories.picture().pk, standfirst="Standfirst")
    _link, token = factories.preview_link(story)
    response = guest.get(address(token))
    html = response.content.decode()
    assert {name: response.headers[name] for name in ACHIEVED} == ACHIEVED
    assert "Set-Cookie" not in response.headers
    assert response.headers["X-Frame-Options"] == "DENY"
    for absent in ('rel="canonical"', "og:", "data-slot", "/s/", 'name="description"', "csrf"):
        assert absent not in html
    assert "slot--728x90" in html
    assert '<meta name="robots" content="noindex, nofollow, noarchive">' in html


def test_the_address_is_in_the_language_of_the_story(guest):
    story = factories.draft(language="ar", headline="الميناء")
    _link, token = factories.preview_link(story)
    response = guest.get(address(token))
    assert (response.status_code, response["Location"]) == (302, f"/ar/preview/{token}/")
    assert '<html lang="ar" dir="rtl">' in guest.get(response["Location"]).content.decode()
    assert PreviewLink.objects.get().views == 1


def test_a_paid_draft_carries_its_label(guest):
    _link, token = factories.preview_link(factories.draft(kind="advertorial", sponsor_name="Teneru Mills"))
    assert "Paid for by <bdi>Teneru Mills</bdi>" in guest.get(address(token)).content.decode()


def test_what_was_deleted_since_leaves_no_hole_and_no_error(guest):
    tag, picture = factories.tag(name="Cranes"), factories.picture()
    story = factories.draft(tag_ids=[tag.pk])
    _link, token = factories.preview_link(story, revision_number=1)
    body = f'<p>Words</p><figure data-media-id="{picture.pk}"></figure>'
    _other, second = factories.preview_link(story)
    save(story, tag_ids=[], body=body, section_id=None)
    tag.delete()
    picture.delete()
    for one in (token, second):
        response = guest.get(address(one))
        assert (response.status_code, b"Cranes" in response.content) == (200, False)


# Who may not.


def dead_links() -> dict[str, str]:
    now = timezone.now()
    story = factories.draft(headline="Canary")
    tokens = {"never was": "A" * 43, "too long": "A" * 4000, "in another alphabet": "ميناء"}

    def one(name: str, **fields) -> PreviewLink:
        link, tokens[name] = factories.preview_link(story, **fields)
        return link

    one("tampered")
    tokens["tampered"] = tokens["tampered"][:-2] + ("AA" if tokens["tampered"][-2:] != "AA" else "BB")
    one("expired", at=now - timedelta(days=8))
    previews.revoke(one("revoked"), by=None, at=now)
    previews.open_once(one("spent", max_views=1), at=now)
    PreviewLink.objects.filter(label="Teneru Mills", max_views=1).update(last_seen_at=now - timedelta(days=2))
    gone = factories.user("Editor")
    one("by somebody who left", by=gone)
    gone.is_active = False
    gone.save()
    moved = factories.user("Editor")
    one("by somebody who lost the role", by=moved)
    moved.groups.clear()
    lost = factories.user("Editor")
    one("by somebody who was deleted", by=lost)
    lost.delete()
    published = factories.draft(headline="Canary")
    _link, tokens["to a story that is out"] = factories.preview_link(published)
    workflow.withdraw(workflow.publish(published, by=None, at=now), by=None, at=now)
    return tokens


def test_every_dead_link_is_the_same_page_as_one_that_never_was(guest):
    answers = {}
    for name, token in dead_links().items():
        for prefix in ("", "/ar"):
            response = guest.get(prefix + address(token))
            headers = {k: v for k, v in response.headers.items() if k != "Content-Length"}
            answers[name, prefix] = (response.status_code, response.content, tuple(sorted(headers.items())))
            assert guest.head(prefix + address(token)).status_code == 404
            assert guest.post(prefix + address(token), answered(CommentForm)).status_code == 404
            assert guest.get(prefix + address(token, "received/")).status_code == 404
    for prefix in ("", "/ar"):
        assert {answer for (_name, where), answer in answers.items() if where == prefix} == {
            answers["never was", prefix]
        }
    assert answers["never was", ""][0] == 404
    assert dict(answers["never was", ""][2])["Cache-Control"] == "private, no-store"
    assert PreviewComment.objects.count() == 0


def test_only_a_hash_of_the_token_is_stored():
    link, token = factories.preview_link(factories.draft())
    assert len(token) == 43
    assert token not in str(PreviewLink.objects.filter(pk=link.pk).values().get())


def test_a_token_is_in_no_log(guest, settings, caplog):
    handler = logging.StreamHandler()
    handler.setFormatter(
        logging.config.dictConfigClass(settings.LOGGING).configure_formatter(
            dict(settings.LOGGING["formatters"]["plain"])
        )
    )
    _link, token = factories.preview_link(factories.draft())
    with caplog.at_level(logging.INFO):
        logging.getLogger("django.request").propagate = True
        guest.get(address("x" + token))
        guest.post(address(token), {"do": "approve"})
        logging.getLogger("x").warning("GET http://news.example/ar/preview/%s/media/a.webp HTTP/1.1", token)
    lines = [handler.format(record) for record in caplog.records]
    assert any("/preview/[token]/" in line for line in lines)
    assert [line for line in lines if token in line] == []


# How often.


def test_what_looks_at_links_by_itself_sees_nothing_and_uses_up_nothing(guest):
    _link, token = factories.preview_link(factories.draft(headline="Canary"), max_views=1)
    assert guest.head(address(token)).content == b""
    assert guest.get(address(token), headers={"sec-purpose": "prefetch;prerender"}).status_code == 403
    for agent in ("WhatsApp/2.23", "TelegramBot (like TwitterBot)", "facebookexternalhit/1.1", "", "curl/8"):
        response = Client(headers={"user-agent": agent}).get(address(token))
        assert (response.status_code, b"Canary" in response.content) == (200, False)
    assert PreviewLink.objects.get().views == 0
    assert b"Canary" in Client(headers={"user-agent": "WhatsApp/2"}).get(address(token) + "?open=1").content
    assert guest.get(address(token)).status_code == 404


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_fifty_who_open_a_link_for_seven_at_once_seven_see_it(guest, at_once):
    link, token = factories.preview_link(factories.draft(), max_views=7)
    answers: list[int] = []
    assert at_once(50, lambda: answers.append(guest.get(address(token)).status_code)) == []
    link.refresh_from_db()
    assert (sorted(answers), link.views) == ([200] * 7 + [404] * 43, 7)


def test_who_opened_a_link_last_still_sees_its_pictures_and_may_answer(guest):
    picture = factories.picture()
    story = factories.draft(hero_id=picture.pk)
    _link, token = factories.preview_link(story, max_views=1, can_approve=True)
    html = guest.get(address(token)).content.decode()
    assert f"/preview/{token}/media/{picture.key.hex}/" in html
    assert f'"/media/{picture.key.hex}' not in html
    image = address(token, f"media/{picture.path('full', 320, 'webp')}")
    response = guest.get(image)
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    list(response.streaming_content)
    assert guest.get(address(token)).status_code == 404
    refused = guest.post(address(token), answered(ApprovalForm, agreed=""))
    assert (refused.status_code, b"Text of the story" in refused.content) == (400, False)
    assert guest.post(address(token), answered(ApprovalForm)).status_code == 302
    assert PreviewApproval.objects.get().name == "Ada Teneru"
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert guest.get(image).status_code == 404
        assert guest.post(address(token), answered(CommentForm)).status_code == 404


# Pictures.


def test_a_link_opens_the_pictures_of_the_shown_text_and_no_other(guest):
    lead, inside, other = (factories.picture(factories.jpeg(640, 427, colour)) for colour in ("teal", "gold", "navy"))
    story = factories.draft(hero_id=lead.pk, body=f'<p>x</p><figure data-media-id="{inside.pk}"></figure>')
    factories.draft(hero_id=other.pk)
    _link, token = factories.preview_link(story)
    _other, elsewhere = factories.preview_link(factories.draft())
    assert guest.get(address(token)).status_code == 200

    def status(path: str) -> int:
        response = guest.get(path)
        if response.streaming:
            assert response.headers["Cache-Control"] == "private, no-store"
            list(response.streaming_content)
        return response.status_code

    file = {asset: asset.path("full", 320, "webp") for asset in (lead, inside, other)}
    assert [status(address(token, f"media/{file[asset]}")) for asset in (lead, inside, other)] == [200, 200, 404]
    assert [status(f"/media/{path}") for path in file.values()] == [404, 404, 404]
    assert status(address(elsewhere, f"media/{file[lead]}")) == 404
    assert status(address(token, f"media/{lead.key.hex}/../../newsroom.sqlite3")) == 404
    assert status(address(token, f"media/{lead.key.hex}/nothing.webp")) == 404
    save(story, hero_id=None)
    assert status(address(token, f"media/{file[lead]}")) == 404


# Its end.


def test_publication_ends_the_links_to_what_became_public_in_the_same_transaction(guest):
    now = timezone.now()
    story = factories.article(at=now - timedelta(hours=1))
    save(story, headline="Second")
    save(story, headline="Third")
    tokens = {
        name: factories.preview_link(story, revision_number=number)[1]
        for name, number in (("second", 2), ("third", 3), ("newest", None))
    }
    revision = story.revisions.get(number=2)
    assert workflow.apply_change(story, revision, by=None, at=now)
    assert {name: guest.get(address(token)).status_code for name, token in tokens.items()} == {
        "second": 404,
        "third": 200,
        "newest": 200,
    }
    workflow.publish(story, by=None, at=now)
    assert {guest.get(address(token)).status_code for token in tokens.values()} == {404}
    assert PreviewLink.objects.filter(revoked_at=None).count() == 0


def test_the_link_to_a_scheduled_story_ends_on_the_second_without_a_worker(guest):
    now = timezone.now()
    story = factories.draft(publish_at=now + timedelta(hours=1))
    _link, token = factories.preview_link(story)
    workflow.publish(story, by=None, at=now)
    assert guest.get(address(token)).status_code == 200
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        assert guest.get(address(token)).status_code == 404
        assert guest.get(story.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("verb", ["spike", "withdraw"])
def test_a_story_that_is_taken_back_is_shown_to_nobody(guest, verb):
    if verb == "spike":
        story = factories.draft()
    else:
        story = factories.article()
        save(story, headline="Newer")
    _link, token = factories.preview_link(story)
    getattr(workflow, verb)(story, by=None, at=timezone.now())
    assert guest.get(address(token)).status_code == 404


def test_a_text_that_readers_have_gets_no_link():
    with pytest.raises(previews.PreviewRefused, match="Readers have this text already"):
        factories.preview_link(factories.article())
    assert PreviewLink.objects.count() == 0
