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

from . import html, merging, uses
from .content import ROW_FIELDS, TIMES, Content
from .models import Article, Autosave, Byline, EditLock, MediaUse, Revision, Tag, Transition, User
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
    _forget_autosave(None, by=by, session_key=session_key)
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
    settles: int | None = None,
) -> Revision:
    """A new revision on top of the one numbered `base_revision`. What readers see, or saw last, stays as it is.

    Where somebody else saved in between, both texts are brought together, and `merged_with` of the revision is theirs.
    Raises StaleRevision, after keeping the text, where both changed the same or somebody else has the story locked.
    The same window (`session_key`, from the form) is never in conflict with itself, and saves the same text once.
    `settles` is the conflict whose words the text holds. An approval that the story had is void: it was given to the
    text before.
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
        settles=settles,
    )
    if isinstance(result, StaleRevision):
        raise result
    return result


@settling_slugs
def _save_draft(article: Article, content: Content, *, base_revision, by, at, kind, note, session_key, settles):
    article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    _forget_autosave(article, by=by, session_key=session_key)
    theirs: Revision | None = None
    if settles:
        settle(article, settles, by=by, at=at)
    lock = EditLock.objects.select_related("owner").filter(article=article, until__gt=at).first()
    if by and lock and lock.owner_id != by.pk:
        message = _("%(who)s has this story alone until %(time)s.") % {
            "who": who(lock.owner),
            "time": clock(lock.until),
        }
        theirs = article.revisions.select_related("author").get(number=article.head_number)
        return _keep_conflict(
            article, content, theirs, message, base_revision=base_revision, by=by, at=at, session_key=session_key
        )
    if article.head_number != base_revision:
        theirs = article.revisions.select_related("author").get(number=article.head_number)
        if _is_own_echo(article, base_revision, by, session_key):
            if kind == Revision.Kind.MANUAL and not merging.adds_to(Content.from_json(theirs.content), None, content):
                return theirs
            theirs = None
        else:
            merged = merging.merge(base_of(article, base_revision), Content.from_json(theirs.content), content)
            if merged.clashes or kind != Revision.Kind.MANUAL:
                message = _("%(who)s saved this story at %(time)s, after you opened it, and you both changed it.") % {
                    "who": who(theirs.author),
                    "time": clock(theirs.created_at),
                }
                return _keep_conflict(
                    article,
                    content,
                    theirs,
                    message,
                    base_revision=base_revision,
                    by=by,
                    at=at,
                    session_key=session_key,
                )
            content = _without_deleted_tags(merged.content)
            note = note or str(_("Merged with revision %(number)d") % {"number": theirs.number})
    month = article.month if article.was_public(at) else month_of(content.publish_at or article.created_at)
    content = replace(content, slug=free_slug(content, month, article))
    revision = write_revision(article, content, by=by, at=at, kind=kind, note=note, session_key=session_key)
    revision.merged_with = theirs
    if not (article.is_released or article.was_public(at)):
        article.month = month
        copy_to_row(article, content)
    if article.status == Status.APPROVED:
        _void_approval(article, revision, by=by, at=at)
    return revision


def keep_conflict(
    article: Article, content: Content, *, base_revision: int, by: User | None, at: datetime, note: str
) -> Revision:
    """Words that somebody did not save, kept beside the newest draft for whoever brings them together."""
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        return _write_conflict(article, tidied(content), base_revision=base_revision, by=by, at=at, note=note)


def settle(article: Article, number: int, *, by: User | None, at: datetime, note: str = "") -> bool:
    """A conflict is dealt with: its words are in the story, or somebody decided that they are not needed. They stay in
    the history. False for what is no conflict, or was dealt with before."""
    with transaction.atomic():
        held = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        conflict = held.revisions.unsettled().filter(number=number).first()
        if conflict is None:
            return False
        Transition.objects.create(
            article=held,
            revision=conflict,
            what=Transition.What.SETTLED,
            from_status=held.status,
            to_status=held.status,
            actor=by,
            note=note,
            at=at,
        )
    return True


def base_of(article: Article, number: int | None) -> Content | None:
    """What somebody began with. None when that cannot be told."""
    base = article.revisions.exclude(kind=Revision.Kind.CONFLICT).filter(number=number or 0).first()
    return Content.from_json(base.content) if base else None


def who(user: User | None) -> str:
    return (user.get_full_name() or user.username) if user else str(_("Somebody"))


def clock(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%H:%M")


def _forget_autosave(article: Article | None, *, by: User | None, session_key: str) -> None:
    """What a window had typed becomes a revision in the transaction in which it stops being a buffer."""
    if by and session_key:
        Autosave.objects.filter(article=article, user=by, session_key=session_key).delete()


def _without_deleted_tags(content: Content) -> Content:
    return replace(content, tag_ids=sorted(Tag.objects.filter(pk__in=content.tag_ids).values_list("pk", flat=True)))


def _is_own_echo(article: Article, base_revision: int, by: User | None, session_key: str) -> bool:
    """Whether every revision since the base came from the window that saves now: its own answer got lost."""
    if not session_key or base_revision > article.head_number:
        return False
    newer = article.revisions.filter(number__gt=base_revision, number__lte=article.head_number)
    others = newer.exclude(kind=Revision.Kind.CONFLICT).exclude(author=by, session_key=session_key)
    return not others.exists()


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


def _keep_conflict(
    article: Article, content: Content, theirs: Revision, message, *, base_revision, by, at, session_key
) -> StaleRevision:
    """The text of somebody who was overtaken, kept beside the head."""
    conflict = _write_conflict(
        article, content, base_revision=base_revision, by=by, at=at, session_key=session_key, note=str(message)
    )
    kept = _("Your text is kept as revision %(number)d.") % {"number": conflict.number}
    return StaleRevision(f"{message} {kept}", theirs=theirs, conflict=conflict)


def _write_conflict(article: Article, content: Content, *, base_revision, by, at, note, session_key="") -> Revision:
    return Revision.objects.create(
        article=article,
        number=_next_number(article),
        kind=Revision.Kind.CONFLICT,
        content=content.as_json(),
        author=by,
        note=note,
        session_key=session_key,
        base_number=base_revision,
        created_at=at,
    )


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
