"""The verbs of the desk. Every write of a story goes through here: admin, command, import and Word file alike.

Each verb says who did it (`by`: a user, or None for a command) and when (`at`), moves a story only as
`Article.MOVES` allows, and leaves a revision or a transition behind, in one transaction.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import unquote

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from . import html
from .content import ROW_FIELDS, Content, head
from .figures import media_ids
from .models import Article, Author, Byline, MediaAsset, Redirect, Revision, Section, Tag, Transition, User
from .signals import article_changed

Status = Article.Status
P = ParamSpec("P")
R = TypeVar("R")


class WorkflowError(Exception):
    """A verb that cannot be done; its text is a sentence for the person who tried."""

    @property
    def message(self) -> str:
        return str(self.args[0])


class IllegalMove(WorkflowError):
    """Raised when the story's status does not allow the move, or changed while somebody decided."""


class NotReady(WorkflowError):
    """Raised by `publish` for a story that readers must not get as it is."""


class SlugTaken(WorkflowError):
    """Raised when another story of the month has the slug that somebody chose."""


class StaleRevision(WorkflowError):
    """Raised when somebody else saved in between. The text is kept: `conflict` is the revision that holds it."""

    def __init__(self, message: str, *, theirs: Revision, conflict: Revision) -> None:
        super().__init__(message)
        self.theirs = theirs
        self.conflict = conflict


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
) -> Article:
    """A new draft."""
    content = tidied(content)
    article = Article(created_by=by, created_at=at, month=month_of(content.publish_at or at))
    content = replace(content, slug=_free_slug(content, article.month, article))
    _copy_to_row(article, content)
    _write_revision(article, content, by=by, at=at, kind=kind, note=note)
    Transition.objects.create(article=article, from_status="", to_status=article.status, actor=by, at=at, note=note)
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
) -> Revision:
    """A new revision on top of the one numbered `base_revision`. What readers see, or saw last, stays as it is.

    Raises StaleRevision, after keeping the text, when the newest revision is another one.
    """
    result = _save_draft(article, tidied(content), base_revision=base_revision, by=by, at=at, kind=kind, note=note)
    if isinstance(result, StaleRevision):
        raise result
    return result


@settling_slugs
def _save_draft(article: Article, content: Content, *, base_revision: int, by, at, kind, note):
    article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    if article.head_number != base_revision:
        return _keep_conflict(article, content, by=by, at=at)
    month = article.month if article.was_public(at) else month_of(content.publish_at or article.created_at)
    content = replace(content, slug=_free_slug(content, month, article))
    revision = _write_revision(article, content, by=by, at=at, kind=kind, note=note)
    if not (article.is_released or article.was_public(at)):
        article.month = month
        _copy_to_row(article, content)
    return revision


def submit(article: Article, *, by: User | None, at: datetime, note: str = "") -> None:
    """Hand a draft to the editors."""
    _move(article, Status.IN_REVIEW, by=by, at=at, note=note)


def return_to_draft(article: Article, *, by: User | None, at: datetime, note: str = "") -> None:
    """Ask for changes, take a scheduled story back, or pick a spiked one up again."""
    _move(article, Status.DRAFT, by=by, at=at, note=note)


def spike(article: Article, *, by: User | None, at: datetime, note: str = "") -> None:
    """Drop a story that never was, or no longer is, public. Its text stays."""
    _move(article, Status.SPIKED, by=by, at=at, note=note)


def withdraw(article: Article, *, by: User | None, at: datetime, note: str = "") -> None:
    """Take a story from the public. It is gone with the next request."""
    _move(article, Status.WITHDRAWN, by=by, at=at, note=note)


@settling_slugs
def publish(article: Article, *, by: User | None, at: datetime, note: str = "", revision: int | None = None) -> Article:
    """Give the newest draft to readers: at once, or at the time its content names.

    `revision` is the number that somebody looked at and confirmed. Raises IllegalMove when
    the draft has moved on since or the status forbids it, NotReady with everything that is missing, SlugTaken where
    the month it moves to has that slug already.
    """
    article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    if revision is not None and revision != article.head_number:
        raise IllegalMove(_("Somebody saved this story after you opened it. Read the newer text, then publish."))
    drafted = head(article)
    problems = obstacles(drafted)
    if problems:
        raise NotReady(" ".join(problems))
    publish_at = publication_time(article, drafted, at=at)
    if drafted.expire_at and drafted.expire_at <= max(at, publish_at):
        raise NotReady(str(_("The story would expire before anybody could read it. Change “expire at”.")))
    was_public = article.was_public(at)
    old_path = article.get_absolute_url() if was_public else None
    if not was_public:
        article.month = month_of(publish_at)
        article.public_since = publish_at
    content = _without_what_is_gone(replace(drafted, slug=_free_slug(drafted, article.month, article)))
    if content != drafted:
        _write_revision(article, content, by=by, at=at, kind=Revision.Kind.PUBLISH, note=note)
    _move(
        article,
        Status.LIVE if publish_at <= at else Status.SCHEDULED,
        by=by,
        at=at,
        note=note,
        publish_at=publish_at,
        expire_at=content.expire_at,
    )
    if was_public and article.live_number != article.head_number:
        article.updated_at = at
    article.live_number = article.head_number
    _copy_to_row(article, replace(content, publish_at=publish_at))
    _leave_redirect(old_path, article)
    return article


def publication_time(article: Article, content: Content, *, at: datetime) -> datetime:
    """When readers get a draft that is published at a moment: at the time it names, else at once. A story that is
    public already keeps its time."""
    if content.publish_at:
        return content.publish_at
    is_public = article.is_released and article.publish_at is not None and article.publish_at <= at
    return article.publish_at if is_public and article.publish_at else at


def obstacles(content: Content) -> list[str]:
    """What stands between a text and its readers, as sentences; empty when nothing does."""
    problems = []
    if not Section.objects.filter(pk=content.section_id or 0).exists():
        problems.append(str(_("Choose a section.")))
    if not html.text(content.body).strip():
        problems.append(str(_("The body is empty.")))
    names = {credit.author_id for credit in content.bylines}
    if content.kind == Article.Kind.STORY and not names:
        problems.append(str(_("Say who wrote it: add at least one author, or the newsroom itself.")))
    if Author.objects.filter(pk__in=names).count() != len(names):
        problems.append(str(_("An author of the byline is gone. Save the byline again.")))
    shown = {*media_ids(content.body), *([content.hero_id] if content.hero_id else [])}
    if content.hero_id and not MediaAsset.objects.filter(pk=content.hero_id).exists():
        problems.append(str(_("The lead picture is gone from the library. Choose another.")))
    bare = MediaAsset.objects.filter(pk__in=shown, alt="", decorative=False).count() if shown else 0
    if bare:
        problems.append(
            ngettext(
                "%(count)d picture has no alternative text. Describe it in the media library, or tick “decorative”.",
                "%(count)d pictures have no alternative text. Describe them in the media library, or tick "
                "“decorative”.",
                bare,
            )
            % {"count": bare}
        )
    return problems


def _without_what_is_gone(content: Content) -> Content:
    """Without tags and an original that were deleted since the draft was saved."""
    original = content.translation_of_id or 0
    return replace(
        content,
        tag_ids=list(Tag.objects.filter(pk__in=content.tag_ids).order_by("pk").values_list("pk", flat=True)),
        translation_of_id=original if original and Article.objects.filter(pk=original).exists() else None,
    )


# Characters without width or ink: a sponsor is not named by them.
INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\u180e]")


def tidied(content: Content) -> Content:
    """Every text as it may be stored: one line where one line is meant, the body through the one sanitiser."""
    lines: dict[str, Any] = {
        name: re.sub(r"\s+", " ", INVISIBLE.sub("", getattr(content, name))).strip()
        for name in ("headline", "sponsor_name", "updated_note", "search_title", "search_description")
    }
    tags = sorted(set(content.tag_ids))
    return replace(content, body=html.clean(content.body), standfirst=content.standfirst.strip(), tag_ids=tags, **lines)


def month_of(moment: datetime) -> date:
    return timezone.localdate(moment).replace(day=1)


def _free_slug(content: Content, month, article: Article) -> str:
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


def _write_revision(article: Article, content: Content, *, by, at, kind, note) -> Revision:
    """The next revision, which becomes the head. The caller holds the article's row."""
    revision = Revision.objects.create(
        article=article,
        number=_next_number(article),
        kind=kind,
        content=content.as_json(),
        author=by,
        note=note,
        created_at=at,
    )
    Article.objects.filter(pk=article.pk).update(head_number=revision.number)
    article.head_number = revision.number
    return revision


def _next_number(article: Article) -> int:
    newest = article.revisions.order_by("-number").values_list("number", flat=True).first()
    return (newest or 0) + 1


def _keep_conflict(article: Article, content: Content, *, by, at) -> StaleRevision:
    """The text of somebody who was overtaken, kept beside the head."""
    theirs = Revision.objects.select_related("author").get(article=article, number=article.head_number)
    conflict = Revision.objects.create(
        article=article,
        number=_next_number(article),
        kind=Revision.Kind.CONFLICT,
        content=content.as_json(),
        author=by,
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


def _copy_to_row(article: Article, content: Content) -> None:
    """Make the row say what the content says. Saves the row, its byline and its tags."""
    for name in ROW_FIELDS:
        setattr(article, name, getattr(content, name))
    article.publish_at = content.publish_at
    article.expire_at = content.expire_at
    article.save()
    wanted = [(credit.author_id, credit.role, order) for order, credit in enumerate(content.bylines)]
    if wanted != list(article.bylines.order_by("order").values_list("author_id", "role", "order")):
        article.bylines.all().delete()
        Byline.objects.bulk_create(
            Byline(article=article, author_id=author, role=role, order=order) for author, role, order in wanted
        )
    article.tags.set(content.tag_ids)


def _move(
    article: Article,
    target: str,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
    **values,
) -> None:
    """One legal move: a conditional UPDATE, its row count checked, and a history row, in one transaction."""
    origin = article.status
    if target not in Status.released() and article.public_since and article.public_since > at:
        values["public_since"] = None  # taken back before anybody saw it
    with transaction.atomic():
        allowed = [status for status, targets in Article.MOVES.items() if target in targets]
        moved = origin in allowed and Article.objects.filter(pk=article.pk, status=origin).update(
            status=target, **values
        )
        if not moved:
            raise IllegalMove(
                _("A story that is “%(from)s” cannot become “%(to)s”. Reload the page to see where it stands.")
                % {"from": Status(origin).label, "to": Status(target).label}
            )
        Transition.objects.create(
            article=article,
            revision=Revision.objects.filter(article=article, number=article.head_number).first(),
            from_status=origin,
            to_status=target,
            actor=by,
            note=note,
            at=at,
        )
        article.status = target
        transaction.on_commit(lambda: article_changed.send(Article, article=article))


def _leave_redirect(old_path: str | None, article: Article) -> None:
    new_path = unquote(article.get_absolute_url())
    if old_path and unquote(old_path) != new_path:
        Redirect.objects.filter(old_path=new_path).delete()
        Redirect.objects.update_or_create(old_path=unquote(old_path), defaults={"article": article, "new_path": ""})
