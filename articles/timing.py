"""Doing what is on the agenda when its time has come.

Any number of workers may run this at once. Each action is claimed by a conditional UPDATE with a lease, and done in one
transaction with everything it causes; a worker that dies leaves a lease that runs out, and another does it, once.
Scheduled changes wait for no worker: the first reader after their time has them done (`apply_changes`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import translation

from . import workflow
from .corrections import NoteToReaders
from .models import Article, DueAction
from .signals import article_changed, article_published, article_updated, article_withdrawn

logger = logging.getLogger(__name__)

Kind, State = DueAction.Kind, DueAction.State
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
RETRY_AFTER = timedelta(seconds=30)
# Nobody waits longer than MOST_ATTEMPTS * RETRY_AFTER, nor holds a lease that long: what says so was written by a
# clock that has been put back since.
LONGEST_WAIT = timedelta(minutes=5)
# Milliseconds that a reader waits for somebody who is writing; then the page goes out as it stands.
PATIENCE = 300


def due(at: datetime) -> QuerySet[DueAction]:
    """What should be done at a moment and is nobody's: waiting, or left by a worker that is gone."""
    free = Q(lease_until=None) | Q(lease_until__lte=at) | Q(lease_until__gt=at + LONGEST_WAIT)
    return DueAction.objects.unfinished().filter(free, due_at__lte=at).order_by("due_at", "pk")


def run_due(at: datetime) -> int:
    """Do everything that is due. Returns how many were done; what fails waits for its next attempt."""
    done = 0
    while action := claim(at):
        done += perform(action, at=at)
    return done


def claim(at: datetime) -> DueAction | None:
    """Take the first due action for oneself, until its lease runs out. None when nothing is due."""
    for action in due(at)[:20]:
        # Only in the state it was read in: another worker may have been faster.
        mine = DueAction.objects.filter(
            pk=action.pk, state=action.state, lease_until=action.lease_until, attempts=action.attempts
        )
        if mine.update(state=State.RUNNING, lease_until=at + LEASE, attempts=F("attempts") + 1):
            action.refresh_from_db()
            return action
    return None


def apply_changes(at: datetime) -> int:
    """Put the scheduled changes before readers whose time has come: here, in the process of a reader. Returns how
    many were done.

    One indexed query when nothing is due. The action's row is locked for the one transaction that does it, so a second
    reader waits for the first, for PATIENCE at most, and one that is killed leaves nothing behind. A lease is no reason
    to wait: whose worker died shall not keep readers from the text. Raises nothing that the database says: who cannot
    write (locked, full) leaves it to the next reader, and this one gets the text from before.
    """
    resting = Q(state=State.WAITING, lease_until__gt=at, lease_until__lte=at + LONGEST_WAIT)
    done = 0
    try:
        ripe = list(
            DueAction.objects.unfinished().filter(~resting, kind=Kind.CHANGE, due_at__lte=at).order_by("due_at", "pk")
        )
        if ripe:
            with impatient(PATIENCE):
                for action in ripe:
                    done += perform(action, at=at)
    except (DatabaseError, InterfaceError) as error:
        logger.warning("A scheduled change waits for the next reader: %s", error)
    return done


@contextmanager
def impatient(milliseconds: int) -> Iterator[None]:
    """No statement of this connection waits longer for a lock. Each database has a word of its own for that."""
    if connection.vendor == "postgresql":
        before, after = f"SET lock_timeout = {milliseconds}", "SET lock_timeout = DEFAULT"
    else:
        usual = settings.DATABASES["default"]["OPTIONS"]["timeout"] * 1000
        before, after = f"PRAGMA busy_timeout = {milliseconds}", f"PRAGMA busy_timeout = {usual}"
    with connection.cursor() as cursor:
        cursor.execute(before)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(after)


def perform(action: DueAction, *, at: datetime) -> bool:
    """Do an action as it was read, and mark it done, in one transaction. False when somebody else did it, and when it
    failed; it is then tried again later, and given up after MOST_ATTEMPTS with its error on show. Raises
    OperationalError when the database would not have it; the action stays as it is."""
    try:
        with transaction.atomic():
            article = Article.objects.select_for_update(of=("self",)).get(pk=action.article_id)
            held = DueAction.objects.select_for_update(of=("self",)).select_related("revision").get(pk=action.pk)
            if (held.state, held.attempts) != (action.state, action.attempts):
                return False
            # History notes are the newsroom's, whatever the language of the reader who was first.
            with translation.override(settings.LANGUAGE_CODE):
                happened = _do(held, article, at)
            state = State.DONE if happened else State.CANCELLED
            DueAction.objects.filter(pk=held.pk).update(state=state, done_at=at, lease_until=None, last_error="")
    except OperationalError:
        raise
    except Exception as error:
        logger.exception("Due action %s failed.", action.key)
        _note_failure(action, error, at=at)
        return False
    return True


def _note_failure(action: DueAction, error: Exception, *, at: datetime) -> None:
    # Claiming counted a worker's attempt; a reader's is counted here.
    attempts = action.attempts if action.state == State.RUNNING else action.attempts + 1
    is_over = attempts >= MOST_ATTEMPTS
    DueAction.objects.filter(pk=action.pk, state=action.state, attempts=action.attempts).update(
        state=State.FAILED if is_over else State.WAITING,
        attempts=attempts,
        lease_until=None if is_over else at + RETRY_AFTER * attempts,
        last_error=str(error)[:2000],
    )


def _do(action: DueAction, article: Article, at: datetime) -> bool:
    """The action itself. False when there is nothing left to do: the story was taken back meanwhile."""
    if action.kind == Kind.CHANGE:
        if action.revision is None:
            raise ValueError("A scheduled change names its revision.")
        note = action.said.get("to_readers")
        return workflow.apply_change(
            article,
            action.revision,
            by=action.asked_by,
            at=action.due_at,
            is_editorial=action.said.get("is_editorial", True),
            to_readers=NoteToReaders(**note) if note else None,
        )
    if action.kind == Kind.PUBLISH:
        if not workflow.begin_to_be_live(article, at=at):
            return False
        # A story that was taken back and is published anew goes to nobody a second time.
        announced = DueAction.objects.filter(article=article, kind=Kind.PUBLISH, state=State.DONE)
        article.refresh_from_db()
        (article_updated if announced.exists() else article_published).send(Article, article=article, at=at)
    if action.kind == Kind.EXPIRE and not Article.objects.live(at).filter(pk=article.pk).exists():
        article_withdrawn.send(Article, article=article, at=at)
    transaction.on_commit(lambda: article_changed.send(Article, article=article))
    return True
