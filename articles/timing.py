"""Doing what is on the agenda when its time has come.

Any number of workers may run this at once. Each action is claimed by a conditional UPDATE with a lease, and done in one
transaction with everything it causes; a worker that dies leaves a lease that runs out, and another does it, once.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from . import workflow
from .models import Article, DueAction
from .signals import article_changed, article_published

logger = logging.getLogger(__name__)

Kind, State = DueAction.Kind, DueAction.State
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
RETRY_AFTER = timedelta(seconds=30)


def due(at: datetime):
    """What should be done at a moment and is nobody's: waiting, or left by a worker that is gone."""
    free = Q(state=State.WAITING) & (Q(lease_until=None) | Q(lease_until__lte=at))
    abandoned = Q(state=State.RUNNING, lease_until__lte=at)
    return DueAction.objects.filter(free | abandoned, due_at__lte=at).order_by("due_at", "pk")


def run_due(at: datetime) -> int:
    """Do everything that is due. Returns how many were done; what fails waits for its next attempt."""
    done = 0
    while action := claim(at):
        done += perform(action, at=at)
    return done


def claim(at: datetime, kinds: tuple[str, ...] = tuple(Kind)) -> DueAction | None:
    """Take the first due action for oneself, until its lease runs out. None when nothing is due."""
    for action in due(at).filter(kind__in=kinds)[:20]:
        # Only in the state it was read in: another worker may have been faster.
        mine = DueAction.objects.filter(
            pk=action.pk, state=action.state, lease_until=action.lease_until, attempts=action.attempts
        )
        if mine.update(state=State.RUNNING, lease_until=at + LEASE, attempts=F("attempts") + 1):
            action.refresh_from_db()
            return action
    return None


def perform(action: DueAction, *, at: datetime) -> bool:
    """Do a claimed action and mark it done, in one transaction. False when it failed; it is then tried again later,
    and given up after MOST_ATTEMPTS with its error on show."""
    try:
        with transaction.atomic():
            held = DueAction.objects.select_for_update().get(pk=action.pk)
            if held.state != State.RUNNING or held.attempts != action.attempts:
                return False  # the lease ran out, and somebody else has it
            happened = _do(held, at)
            state = State.DONE if happened else State.CANCELLED
            DueAction.objects.filter(pk=held.pk).update(state=state, done_at=at, lease_until=None, last_error="")
    except Exception as error:
        logger.exception("Due action %s failed.", action.key)
        is_over = action.attempts >= MOST_ATTEMPTS
        DueAction.objects.filter(pk=action.pk, state=State.RUNNING, attempts=action.attempts).update(
            state=State.FAILED if is_over else State.WAITING,
            lease_until=None if is_over else at + RETRY_AFTER * action.attempts,
            last_error=str(error)[:2000],
        )
        return False
    return True


def _do(action: DueAction, at: datetime) -> bool:
    """The action itself. False when there is nothing left to do: the story was taken back meanwhile."""
    article = Article.objects.get(pk=action.article_id)
    if action.kind == Kind.CHANGE:
        if action.revision is None:
            raise ValueError("A scheduled change names its revision.")
        return workflow.apply_change(article, action.revision, by=action.asked_by, at=at)
    if action.kind == Kind.PUBLISH:
        if not workflow.begin_to_be_live(article, at=at):
            return False
        article.refresh_from_db()
        article_published.send(Article, article=article, at=at)
    transaction.on_commit(lambda: article_changed.send(Article, article=article))
    return True
