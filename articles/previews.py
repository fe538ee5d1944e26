"""Showing a draft to people without an account: links that only they have, what they say to it, and their sign-off.

A link is as strong as its token, 256 random bits of which only a hash is stored, and never stronger than the person
who made it: it is dead when they are deactivated or may not open the story any more.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from . import mail
from .models import Article, PreviewApproval, PreviewComment, PreviewLink, Revision, User
from .refusals import WorkflowError

MOST_COMMENTS = 200


class PreviewRefused(WorkflowError):
    """Raised for a link that would show what readers have, and for an answer that cannot be taken."""


class Superseded(PreviewRefused):
    """Raised when somebody approves a text that is not the one the link shows any more."""


def make(
    article: Article,
    *,
    label: str,
    by: User,
    at: datetime,
    lasts: timedelta = PreviewLink.LASTS,
    revision_number: int | None = None,
    max_views: int | None = None,
    can_comment: bool = True,
    can_approve: bool = False,
) -> tuple[PreviewLink, str]:
    """A new link and its token, which is told here and never again. `revision_number` None follows the newest draft.

    Raises PreviewRefused when readers have this text already.
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        link = PreviewLink(
            article=article,
            token_hash=_hash(token),
            label=label,
            revision_number=revision_number,
            max_views=max_views,
            can_comment=can_comment,
            can_approve=can_approve,
            created_by=by,
            created_at=at,
            expires_at=at + lasts,
        )
        if shows_what_readers_have(link, at=at):
            raise PreviewRefused(_("Readers have this text already. Send the address of the story instead."))
        link.save()
    return link, token


def find(token: str, *, at: datetime) -> PreviewLink | None:
    """The link of a token, with its article, if its holder may see or answer something by it; else None, whatever the
    reason. Whether it may be opened once more, `open_once` decides."""
    if len(token) > 100 or not token.isascii():
        return None
    links = PreviewLink.objects.select_related("article", "created_by")
    link = links.filter(token_hash=_hash(token), created_by__is_active=True).first()
    if link is None or not link.may_answer(at) or shows_what_readers_have(link, at=at):
        return None
    # Also dead: a link whose maker lost the story or the role.
    return link if Article.objects.filter(pk=link.article_id).visible_to(link.created_by).exists() else None


def open_once(link: PreviewLink, *, at: datetime) -> bool:
    """Count one view, if the link has one left. Exact whoever else opens it at the same time."""
    left = Q(max_views=None) | Q(views__lt=F("max_views"))
    open_links = PreviewLink.objects.filter(left, pk=link.pk, revoked_at=None, expires_at__gt=at)
    return bool(open_links.update(views=F("views") + 1, last_seen_at=at))


def shown_number(link: PreviewLink) -> int:
    """The revision that a link shows now."""
    return link.revision_number or link.article.head_number


def shown_revision(link: PreviewLink) -> Revision | None:
    return Revision.objects.filter(article=link.article_id, number=shown_number(link)).first()


def shows_what_readers_have(link: PreviewLink, *, at: datetime) -> bool:
    """Whether the public text is this one or a later one. Computed, so that a link to a scheduled story ends on the
    second, whether or not a worker is alive."""
    article = link.article
    is_out = article.is_released and article.publish_at is not None and article.publish_at <= at
    return is_out and shown_number(link) <= (article.live_number or 0)


def revoke(link: PreviewLink, *, by: User, at: datetime) -> bool:
    """The link is dead with the next request. False when it was already."""
    return bool(PreviewLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at))


def close(article: Article, *, at: datetime, up_to_revision: int | None = None) -> None:
    """Revoke the links to texts that became public, or all links of a story that is taken back. The caller holds the
    row of the story, in the transaction of what it does."""
    links = article.preview_links.filter(revoked_at=None)
    if up_to_revision is not None:
        public = Q(revision_number__lte=up_to_revision)
        if article.head_number <= up_to_revision:
            public |= Q(revision_number=None)
        links = links.filter(public)
    links.update(revoked_at=at)


def comment(
    link: PreviewLink, *, revision_number: int, name: str, text: str, at: datetime, is_silent: bool = False
) -> PreviewComment:
    """Keep what a guest wrote, and mail it to who made the link unless `is_silent`. The same words again are the same
    comment."""
    with transaction.atomic():
        _hold(link, at=at)
        if revision_number > link.article.head_number:
            revision_number = shown_number(link)  # a form that was tampered with
        said = {"revision_number": revision_number, "name": name, "text": text}
        if first := link.comments.filter(**said).first():
            return first
        if link.comments.count() >= MOST_COMMENTS:
            raise PreviewRefused(_("This draft has as many comments as it can take. Please write to the newsroom."))
        made = PreviewComment.objects.create(link=link, at=at, **said)
        if not is_silent:
            _tell_maker(link, "comment", {"comment": made})
    return made


def approve(
    link: PreviewLink, *, revision_number: int, name: str, at: datetime, is_silent: bool = False
) -> PreviewApproval:
    """A guest's sign-off of the revision that they read. Once for a link and revision: the same again changes nothing.

    Raises Superseded when the link shows a newer text by now.
    """
    with transaction.atomic():
        _hold(link, at=at)
        if revision_number != shown_number(link):
            raise Superseded(
                _("The newsroom changed the text while you read it. Please read the newer text, then approve that one.")
            )
        approval, is_new = PreviewApproval.objects.get_or_create(
            link=link, revision_number=revision_number, defaults={"article": link.article, "name": name, "at": at}
        )
        if is_new and not is_silent:
            _tell_maker(link, "approval", {"approval": approval})
    return approval


def _hold(link: PreviewLink, *, at: datetime) -> None:
    """Lock the story, so that it does not move on meanwhile, and look at the link again."""
    link.article = Article.objects.select_for_update(of=("self",)).get(pk=link.article_id)
    if not PreviewLink.objects.filter(pk=link.pk, revoked_at=None, expires_at__gt=at).exists():
        raise PreviewRefused(_("This link was closed while you read. Please ask the newsroom for a new one."))


def _tell_maker(link: PreviewLink, what: str, context: dict[str, Any]) -> None:
    """A mail in the language of the story, without the token."""
    to = link.created_by.email if link.created_by and link.created_by.email else settings.NEWSROOM_EMAIL
    with translation.override(link.article.language):
        revision = shown_revision(link)
        headline = revision.content["headline"] if revision else str(link.article)
        facts = {"link": link, "headline": headline, "site_url": settings.SITE_URL}
        said = _("A guest approved a draft") if what == "approval" else _("A guest commented on a draft")
        body = render_to_string(f"articles/mail/preview_{what}.txt", facts | context)
        mail.post(subject=f"{said}: {headline}", body=body, to=[to])


def approval_of(article: Article, revision_number: int) -> PreviewApproval | None:
    """The newest sign-off of a revision by a guest, or None."""
    return article.preview_approvals.filter(revision_number=revision_number).select_related("link").first()


def news_of(article: Article) -> dict[str, Any]:
    """For the story screen: the sign-off of the newest draft, and how many comments guests wrote. Two queries."""
    return {
        "approval": approval_of(article, article.head_number),
        "comments": PreviewComment.objects.filter(link__article=article).count(),
    }


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
