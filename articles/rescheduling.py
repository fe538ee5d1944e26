"""Moving a story that readers do not have yet to another time, as the calendar does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import workflow
from .content import head
from .drafting import save_draft, settling_slugs
from .models import Article, User
from .readiness import clashes_of_time
from .refusals import IllegalMove, NotReady

Status = Article.Status

MOVABLE = frozenset({Status.DRAFT, Status.IN_REVIEW, Status.APPROVED, Status.SCHEDULED})


def may_move(article: Article, *, at: datetime) -> bool:
    """Whether a story stands at a time that can still be changed: readers have never seen it."""
    is_ahead = article.status != Status.SCHEDULED or bool(article.publish_at and article.publish_at > at)
    return article.status in MOVABLE and is_ahead and not article.was_public(at)


def same_time_on(day: date, moment: datetime) -> datetime:
    """The local time of day of `moment` on another day. An hour that daylight saving skips becomes the next one."""
    local = timezone.localtime(moment)
    wanted = timezone.make_aware(datetime.combine(day, local.time()), local.tzinfo)
    return timezone.localtime(wanted.astimezone(UTC))


@settling_slugs
def reschedule(
    article: Article, publish_at: datetime, *, base_revision: int, by: User | None, at: datetime, note: str = ""
) -> Article:
    """The same text for another time, as a new revision. What was scheduled is scheduled anew, what was approved stays
    approved, a draft stays a draft.

    `base_revision` is the number that the person saw. Raises IllegalMove for a story that readers have or had, for one
    that somebody saved meanwhile and for a time that is past, NotReady where embargo or expiry forbid the new time.
    """
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        _refuse_what_cannot_move(article, publish_at, base_revision, at=at)
        drafted = head(article)
        content = replace(drafted, publish_at=publish_at)
        if problems := clashes_of_time(content, publish_at, at=at):
            raise NotReady(" ".join(problems))
        was_scheduled, was_approved = article.status == Status.SCHEDULED, article.is_approved
        note = note or _move_in_words(drafted.publish_at, publish_at)
        revision = save_draft(article, content, base_revision=base_revision, by=by, at=at, note=note)
        article.refresh_from_db()
        if was_scheduled:
            article = workflow.publish(article, by=by, at=at, note=note, revision=revision.number)
        elif was_approved:
            # The text is the one that was approved; only its time is new.
            workflow.approve(article, by=by, at=at, note=note, revision=revision.number)
    return article


def _refuse_what_cannot_move(article: Article, publish_at: datetime, base_revision: int, *, at: datetime) -> None:
    if not may_move(article, at=at):
        raise IllegalMove(_("Readers have or had this story, or it was dropped, so its time stays as it is."))
    if article.head_number != base_revision:
        raise IllegalMove(
            _("Somebody saved this story after you opened this page. Look at the story again, then move it.")
        )
    if article.has_unpublished_changes:
        raise IllegalMove(
            _("Its newest text is not the one that is scheduled. Open the story and publish that text for its time.")
        )
    if publish_at <= at:
        raise IllegalMove(_("This time is past. Choose a later one."))


def _move_in_words(old: datetime | None, new: datetime) -> str:
    words = {
        "new": date_format(timezone.localtime(new), "SHORT_DATETIME_FORMAT"),
        "old": old and date_format(timezone.localtime(old), "SHORT_DATETIME_FORMAT"),
    }
    return (_("Moved from %(old)s to %(new)s") if old else _("Moved to %(new)s")) % words
