"""Writing a story: new drafts, saves and restored revisions. Every one of them is a revision, and none is ever lost.

Each verb says who did it (`by`: a user, or None for a command) and when (`at`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from . import html, uses
from .content import ROW_FIELDS, TIMES, Content
from .models import Article, Byline, MediaUse, Revision, Transition, User
from .refusals import SlugTaken, StaleRevision

Status = Article.Status
P = ParamSpec("P")
R = TypeVar("R")


def settling_slugs(verb: Callable[P, R]) -> Callable[P, R]:
    """Run a verb again when somebody took its slug between the look and the write, as PostgreSQL lets happen."""

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempts_left in range(5, -1, -1):
            try:
                with transaction.atomic():
                    return verb(*args, **kwargs)
            except IntegrityError as error:
                if "slug" not in str(error) or not attempts_left:
                    raise
        raise AssertionError("the loop returns or raises")

    return run


@settling_slugs
def create(
    content: Content,
    *,
    by: User | None,
    at: datetime,
    kind: str = Revision.Kind.MANUAL,
    note: str = "",
    session_key: str = "",
) -> Article:
    """A new draft."""
    content = tidied(content)
    article = Article(created_by=by, created_at=at, month=month_of(content.publish_at or at))
    content = replace(content, slug=free_slug(content, article.month, article))
    copy_to_row(article, content)
    write_revision(article, content, by=by, at=at, kind=kind, note=note, session_key=session_key)
    began = Transition(
        article=article, what=Transition.What.BEGUN, to_status=article.status, actor=by, at=at, note=note
    )
    began.save()
    return article


def save_draft(
    article: Article,
    content: Content,
    *,
    base_revision: int,
    by: User | None,
    at: datetime,
    kind: str = Revision.Kind.MANUAL,
    note: str = "",
    session_key: str = "",
) -> Revision:
    """A new revision on top of the one numbered `base_revision`. What readers see, or saw last, stays as it is.

    An approval that the story had is void: it was given to the text before. Raises StaleRevision, after keeping the
    text, when the newest revision is another one, unless the same window wrote that (`session_key`, from the form).
    """
    result = _save_draft(
        article,
        tidied(content),
        base_revision=base_revision,
        by=by,
        at=at,
        kind=kind,
        note=note,
        session_key=session_key,
    )
    if isinstance(result, StaleRevision):
        raise result
    return result


@settling_slugs
def _save_draft(article: Article, content: Content, *, base_revision: int, by, at, kind, note, session_key):
    article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    if article.head_number != base_revision and not _is_own_echo(article, base_revision, by, session_key):
        return _keep_conflict(article, content, by=by, at=at, session_key=session_key)
    month = article.month if article.was_public(at) else month_of(content.publish_at or article.created_at)
    content = replace(content, slug=free_slug(content, month, article))
    revision = write_revision(article, content, by=by, at=at, kind=kind, note=note, session_key=session_key)
    if not (article.is_released or article.was_public(at)):
        article.month = month
        copy_to_row(article, content)
    if article.status == Status.APPROVED:
        _void_approval(article, revision, by=by, at=at)
    return revision


def _is_own_echo(article: Article, base_revision: int, by: User | None, session_key: str) -> bool:
    """Whether every revision since the base came from the window that saves now: its own answer got lost."""
    newer = article.revisions.filter(number__gt=base_revision, number__lte=article.head_number)
    return bool(session_key) and not newer.exclude(author=by, session_key=session_key).exists()


def _void_approval(article: Article, revision: Revision, *, by, at) -> None:
    Article.objects.filter(pk=article.pk, status=Status.APPROVED).update(
        status=Status.IN_REVIEW, submitted_number=revision.number, approved_number=None
    )
    Transition.objects.create(
        article=article,
        revision=revision,
        what=Transition.What.APPROVAL_VOID,
        from_status=Status.APPROVED,
        to_status=Status.IN_REVIEW,
        actor=by,
        at=at,
    )


# Characters without width or ink: a sponsor is not named by them.
INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\u180e]")


def tidied(content: Content) -> Content:
    """Every text as it may be stored: one line where one line is meant, the body through the one sanitiser."""
    lines: dict[str, Any] = {
        name: re.sub(r"\s+", " ", INVISIBLE.sub("", getattr(content, name))).strip()
        for name in ("headline", "sponsor_name", "search_title", "search_description")
    }
    tags = sorted(set(content.tag_ids))
    return replace(content, body=html.clean(content.body), standfirst=content.standfirst.strip(), tag_ids=tags, **lines)


def month_of(moment: datetime) -> date:
    return timezone.localdate(moment).replace(day=1)


def free_slug(content: Content, month, article: Article) -> str:
    """The chosen slug, which must be free, or one made from the headline and numbered until it is."""
    others = Article.objects.filter(month=month).exclude(pk=article.pk)
    if content.slug and content.slug != article.slug:
        if others.filter(slug=content.slug).exists():
            raise SlugTaken(
                _("Another story of this month already has the slug “%(slug)s”. Choose another.")
                % {"slug": content.slug}
            )
        return content.slug
    wanted = content.slug or slugify(content.headline, allow_unicode=True)[:80].strip("-_") or "story"
    stem = wanted[:90]
    taken = set(others.filter(slug__startswith=stem).values_list("slug", flat=True))
    number, free = 1, wanted
    while free in taken:
        number += 1
        free = f"{stem}-{number}"
    return free


def write_revision(article: Article, content: Content, *, by, at, kind, note="", session_key="") -> Revision:
    """The next revision, which becomes the head. The caller holds the article's row."""
    revision = Revision.objects.create(
        article=article,
        number=_next_number(article),
        kind=kind,
        content=content.as_json(),
        author=by,
        note=note,
        session_key=session_key,
        created_at=at,
    )
    Article.objects.filter(pk=article.pk).update(head_number=revision.number)
    article.head_number = revision.number
    uses.record(article, content, MediaUse.Version.DRAFT)
    return revision


def _next_number(article: Article) -> int:
    newest = article.revisions.order_by("-number").values_list("number", flat=True).first()
    return (newest or 0) + 1


def _keep_conflict(article: Article, content: Content, *, by, at, session_key) -> StaleRevision:
    """The text of somebody who was overtaken, kept beside the head."""
    theirs = Revision.objects.select_related("author").get(article=article, number=article.head_number)
    conflict = Revision.objects.create(
        article=article,
        number=_next_number(article),
        kind=Revision.Kind.CONFLICT,
        content=content.as_json(),
        author=by,
        session_key=session_key,
        created_at=at,
    )
    message = _(
        "%(who)s saved this story at %(time)s, after you opened it. Your text is kept as revision %(number)d and "
        "stands below. Open the story in a second window, bring both together there, and save."
    ) % {
        "who": theirs.author.get_full_name() or theirs.author.username if theirs.author else _("Somebody"),
        "time": timezone.localtime(theirs.created_at).strftime("%H:%M"),
        "number": conflict.number,
    }
    return StaleRevision(message, theirs=theirs, conflict=conflict)


def copy_to_row(article: Article, content: Content) -> None:
    """Make the row say what the content says. Saves the row, its byline and its tags."""
    for name in ROW_FIELDS:
        setattr(article, name, getattr(content, name))
    for name in TIMES:
        setattr(article, name, getattr(content, name))
    article.save()
    wanted = [(credit.author_id, credit.role, order) for order, credit in enumerate(content.bylines)]
    if wanted != list(article.bylines.order_by("order").values_list("author_id", "role", "order")):
        article.bylines.all().delete()
        Byline.objects.bulk_create(
            Byline(article=article, author_id=author, role=role, order=order) for author, role, order in wanted
        )
    article.tags.set(content.tag_ids)
    uses.record(article, content, MediaUse.Version.ROW)
