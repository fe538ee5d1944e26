"""What guests say to a draft: comments, and the sign-off of one revision."""

from __future__ import annotations

import pytest
from django.core import mail
from django.utils import timezone

from articles import previews
from articles.models import PreviewApproval, PreviewComment, PreviewLink
from articles.views.previews import ApprovalForm, CommentForm
from tests import factories
from tests.articles.test_previews import address, answered, save

pytestmark = pytest.mark.django_db


def test_a_comment_is_kept_with_its_revision_and_mailed_to_who_made_the_link(guest, run_jobs):
    story = factories.draft(headline="The mill opens")
    _link, token = factories.preview_link(story)
    for _ in range(2):  # a second click changes nothing
        response = guest.post(address(token), answered(CommentForm))
        assert (response.status_code, response["Location"]) == (302, address(token, "received/"))
    comment = PreviewComment.objects.get()
    assert (comment.name, comment.text, comment.revision_number) == ("Ada Teneru", "Please name the mill.", 1)
    run_jobs()
    [sent] = mail.outbox
    assert sent.to == ["editor@newsroom.example"]
    assert sent.subject == "A guest commented on a draft: The mill opens"
    assert "Please name the mill." in sent.body
    assert token not in sent.body
    assert "Please name the mill." in guest.get(address(token)).content.decode()


def test_an_approval_names_who_and_what_and_is_written_once(guest, run_jobs):
    story = factories.draft()
    link, token = factories.preview_link(story, can_approve=True)
    assert previews.approval_of(story, 1) is None
    assert guest.post(address(token), answered(ApprovalForm)).status_code == 302
    assert guest.post(address(token), answered(ApprovalForm, name="Somebody else")).status_code == 302
    approval = previews.approval_of(story, 1)
    assert (approval.name, approval.revision_number, approval.link) == ("Ada Teneru", 1, link)
    run_jobs()
    assert [sent.subject for sent in mail.outbox] == [f"A guest approved a draft: {story.headline}"]
    with pytest.raises(TypeError):
        approval.save()
    page = guest.get(address(token)).content.decode()
    assert "<bdi>Ada Teneru</bdi> approved revision 1" in page
    assert "Approve this text" not in page
    assert "<bdi>Ada Teneru</bdi> approved revision 1" in guest.get(address(token, "received/")).content.decode()
    save(story, headline="Newer")
    assert previews.approval_of(story, 2) is None
    assert "Approve this text" in guest.get(address(token)).content.decode()


def test_the_approval_of_a_text_that_changed_meanwhile_is_refused_and_the_newer_text_shown(guest):
    story = factories.draft(headline="The mill opens")
    _link, token = factories.preview_link(story, can_approve=True)
    guest.get(address(token))
    save(story, headline="The mill opens early")
    response = guest.post(address(token), answered(ApprovalForm, revision=1))
    html = response.content.decode()
    assert response.status_code == 409
    assert "The newsroom changed the text while you read it." in html
    assert "The mill opens early" in html
    assert '<input type="hidden" name="approve-revision" value="2"' in html
    assert 'name="approve-agreed" class="checkboxinput form-check-input is-invalid" checked' not in html
    assert PreviewApproval.objects.count() == 0


def test_a_link_allows_what_it_was_made_for(guest):
    _link, reading = factories.preview_link(factories.draft(), can_comment=False)
    assert "This link is for reading." in guest.get(address(reading)).content.decode()
    assert guest.post(address(reading), answered(CommentForm)).status_code == 403
    assert guest.post(address(reading), answered(ApprovalForm)).status_code == 403
    assert (PreviewComment.objects.count(), PreviewApproval.objects.count()) == (0, 0)


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> \"' {{ 7|add:7 }}"


def test_what_guests_write_is_text_wherever_it_is_shown(guest, client):
    story = factories.draft()
    _link, token = factories.preview_link(story, label=HOSTILE[:120], can_approve=True)
    guest.post(address(token), answered(CommentForm, name=HOSTILE, text=HOSTILE))
    guest.post(address(token), answered(ApprovalForm, name=HOSTILE))
    client.force_login(factories.user("Editor"))
    screens = [
        guest.get(address(token)),
        guest.get(address(token, "received/")),
        client.get(f"/admin/articles/article/{story.pk}/preview/links/"),
        client.get(f"/admin/articles/article/{story.pk}/change/"),
        client.get(f"/admin/articles/article/{story.pk}/history/"),
    ]
    for screen in screens:
        html = screen.content.decode()
        assert screen.status_code == 200
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "&lt;script&gt;alert" in html


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"text": ""}, 400),
        ({"text": "x" * 4001}, 400),
        ({"text": "x" * 2_000_000}, 400),
        ({"text": "a\0b"}, 400),
        ({"name": ""}, 400),
        ({"name": "x" * 121}, 400),
        ({"revision": "x"}, 400),
        ({"revision": "9" * 30}, 400),
        ({"revision": "-1"}, 400),
        ({"key": "forged"}, 403),
    ],
)
def test_a_comment_that_cannot_be_taken_says_why_and_loses_no_word(guest, changes, status):
    _link, token = factories.preview_link(factories.draft())
    response = guest.post(address(token), answered(CommentForm, **changes))
    html = response.content.decode()
    assert response.status_code == status
    assert "There is a problem" in html
    assert "text" in changes or "Please name the mill." in html
    assert PreviewComment.objects.count() == 0


def test_a_comment_names_a_revision_that_exists(guest):
    _link, token = factories.preview_link(factories.draft())
    guest.post(address(token), answered(CommentForm, revision=77))
    assert PreviewComment.objects.get().revision_number == 1


def test_a_hundred_answers_from_one_network_are_limited(guest):
    _link, token = factories.preview_link(factories.draft())
    statuses = [guest.post(address(token), answered(CommentForm, text=f"No. {n}")).status_code for n in range(100)]
    assert (statuses.count(302), statuses.count(429)) == (20, 80)
    assert PreviewComment.objects.count() == 20


def test_a_draft_takes_only_so_many_comments(monkeypatch):
    monkeypatch.setattr(previews, "MOST_COMMENTS", 2)
    link, _token = factories.preview_link(factories.draft())
    said = {"revision_number": 1, "name": "Ada", "at": timezone.now()}
    for n in range(2):
        previews.comment(link, text=str(n), **said)
    with pytest.raises(previews.PreviewRefused, match="as many comments as it can take"):
        previews.comment(link, text="one more", **said)


def test_a_filled_hidden_field_is_kept_and_mailed_to_nobody(guest, run_jobs):
    _link, token = factories.preview_link(factories.draft())
    guest.post(address(token), answered(CommentForm, homepage="https://spam.example"))
    run_jobs()
    assert (PreviewComment.objects.count(), mail.outbox) == (1, [])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 302),
        ({"origin": "null"}, 302),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
    ],
)
def test_answers_come_from_our_own_page_which_sends_no_referrer(guest, headers, status):
    _link, token = factories.preview_link(factories.draft())
    assert guest.post(address(token), answered(CommentForm), headers=headers).status_code == status


def test_an_answer_to_a_link_that_was_revoked_meanwhile_is_not_taken():
    link, _token = factories.preview_link(factories.draft(), can_approve=True)
    stale = PreviewLink.objects.get(pk=link.pk)
    assert previews.revoke(link, by=None, at=timezone.now())
    assert not previews.revoke(link, by=None, at=timezone.now())
    with pytest.raises(previews.PreviewRefused, match="This link was closed"):
        previews.approve(stale, revision_number=1, name="Ada", at=timezone.now())
