"""Having a story to oneself for a while, for a reason that others read. No words are refused because of it: what
others save meanwhile is kept beside the story (`articles.drafting`)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import autosave
from .content import Content
from .drafting import keep_conflict, who
from .models import Article, EditLock, Revision, User
from .refusals import WorkflowError


class Until(TextChoices):
    HALF_AN_HOUR = "30m", _("for 30 minutes")
    TWO_HOURS = "2h", _("for 2 hours")
    TONIGHT = "tonight", _("until midnight")

    def after(self, at: datetime) -> datetime:
        """The end of a lock that begins at a moment; midnight is the publisher's."""
        if self == Until.TONIGHT:
            tomorrow = timezone.localdate(at) + timedelta(days=1)
            return timezone.make_aware(datetime.combine(tomorrow, time.min))
        return at + (timedelta(minutes=30) if self == Until.HALF_AN_HOUR else timedelta(hours=2))


class Locked(WorkflowError):
    """Raised when somebody else has the story to himself."""


class NotLocked(WorkflowError):
    """Raised when there is nothing to take over or to release."""


def current(article: Article, *, at: datetime) -> EditLock | None:
    """Who has the story alone. A lock that ran out is none."""
    return EditLock.objects.select_related("owner").filter(article=article, until__gt=at).first()


def lock(article: Article, *, until: datetime, reason: str = "", by: User, at: datetime) -> EditLock:
    """Have the story alone, or longer than before. Raises Locked."""
    with transaction.atomic():
        Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        held = current(article, at=at)
        if held and held.owner_id != by.pk:
            raise Locked(_("%(who)s has this story alone. Take it over if you must.") % {"who": who(held.owner)})
        return _give(article, until=until, reason=reason, by=by, at=at)


def take_over(
    article: Article, *, until: datetime, typed: Content | None, by: User, at: datetime, reason: str = ""
) -> Revision | None:
    """Move somebody's lock to oneself, after keeping what its owner has not saved (`typed`, of the owner's buffer) as
    a conflict, which is the result. The owner's window and buffer stay too. Raises NotLocked."""
    with transaction.atomic():
        Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        held = current(article, at=at)
        if held is None or held.owner_id == by.pk:
            raise NotLocked(_("Nobody else has this story alone any more. You can go on."))
        kept = None
        if typed:
            base = autosave.buffer(article, of=held.owner)
            note = _("Not saved yet when %(who)s took the story over") % {"who": who(by)}
            number = base.base_number if base else 0
            kept = keep_conflict(article, typed, base_revision=number, by=held.owner, at=at, note=str(note)[:300])
        _give(article, until=until, reason=reason, by=by, at=at)
        return kept


def release(article: Article, *, by: User, at: datetime) -> None:
    """Give one's lock back. Raises NotLocked."""
    if not EditLock.objects.filter(article=article, owner=by, until__gt=at).delete()[0]:
        raise NotLocked(_("You do not have this story alone any more."))


def _give(article: Article, *, until: datetime, reason: str, by: User, at: datetime) -> EditLock:
    values = {"owner": by, "reason": reason[:200], "taken_at": at, "until": until}
    return EditLock.objects.update_or_create(article=article, defaults=values)[0]
