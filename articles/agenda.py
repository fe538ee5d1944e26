"""What is to be done at a time, written down in the transaction of the verb that causes it (`DueAction`).

`articles.timing` does what is written here. Whoever changes a story and its agenda takes the story's row first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from .models import Article, DueAction, Revision, Transition, User
from .refusals import IllegalMove

Kind, State = DueAction.Kind, DueAction.State
# What can still happen by itself, or by somebody who tries it again.
OPEN = [*State.unfinished(), State.FAILED]


def ask(
    article: Article,
    kind: str,
    due_at: datetime,
    *,
    key: str,
    by: User | None,
    at: datetime,
    revision: Revision | None = None,
    said: dict[str, Any] | None = None,
) -> None:
    """Put something on the agenda. The same `key` again is the same thing: one that was cancelled waits anew, one
    that is done stays done."""
    action, is_new = DueAction.objects.get_or_create(
        key=f"{kind}:{article.pk}:{key}",
        defaults={
            "article": article,
            "kind": kind,
            "due_at": due_at,
            "revision": revision,
            "said": said or {},
            "asked_by": by,
            "created_at": at,
        },
    )
    if not is_new:
        again = DueAction.objects.filter(pk=action.pk, state__in=[State.CANCELLED, State.FAILED])
        again.update(
            state=State.WAITING,
            due_at=due_at,
            said=said or {},
            attempts=0,
            last_error="",
            asked_by=by,
            lease_until=None,
            done_at=None,
        )


def cancel(article: Article) -> int:
    """Take off all that is not done for a story. Returns how much."""
    return _open(article).update(state=State.CANCELLED)


def cancel_changes(article: Article, up_to_revision: int, *, since: datetime) -> int:
    """Take off the scheduled changes that one for `since` makes void: itself at another time, and older text that
    would come later. Returns how many."""
    same, older = Q(revision__number=up_to_revision), Q(revision__number__lt=up_to_revision, due_at__gte=since)
    return _open(article).filter(same | older, kind=Kind.CHANGE).update(state=State.CANCELLED)


def cancel_changes_from(article: Article, number: int) -> int:
    """Take off the scheduled changes to a revision and to newer ones. Returns how many."""
    return _open(article).filter(kind=Kind.CHANGE, revision__number__gte=number).update(state=State.CANCELLED)


def clear(article: Article, number: int, *, is_to_be_announced: bool) -> int:
    """Take off what the publication of revision `number` makes void: changes to older text, the end it had, and where
    it is announced anew, the announcement. Returns how much."""
    void = Q(kind=Kind.CHANGE, revision__number__lte=number) | Q(kind=Kind.EXPIRE)
    if is_to_be_announced:
        void |= Q(kind=Kind.PUBLISH)
    return _open(article).filter(void).update(state=State.CANCELLED)


def was_called_off_unannounced(article: Article) -> bool:
    """Whether the story was taken back after it became public and before anybody was told."""
    states = set(DueAction.objects.filter(article=article, kind=Kind.PUBLISH).values_list("state", flat=True))
    return State.CANCELLED in states and State.DONE not in states


def _open(article: Article) -> QuerySet[DueAction]:
    return DueAction.objects.filter(article=article, state__in=OPEN)


def call_off(action: DueAction, *, by: User | None, at: datetime, note: str = "") -> None:
    """A scheduled change that somebody does not want any more. Raises IllegalMove when it is not waiting."""
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=action.article_id)
        changes = DueAction.objects.filter(pk=action.pk, kind=Kind.CHANGE, state__in=OPEN)
        if not changes.update(state=State.CANCELLED, done_at=at):
            raise IllegalMove(_("This is not waiting any more. Reload the page to see what became of it."))
        _remember(article, action, Transition.What.CHANGE_CALLED_OFF, by=by, at=at, note=note)


def try_again(action: DueAction, *, by: User | None, at: datetime, note: str = "") -> None:
    """Once more, at once, what was given up. Raises IllegalMove when it did not fail."""
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=action.article_id)
        failed = DueAction.objects.failed().filter(pk=action.pk)
        if not failed.update(state=State.WAITING, attempts=0, lease_until=None):
            raise IllegalMove(_("This has not failed, or somebody tries it again already."))
        _remember(article, action, Transition.What.TRIED_AGAIN, by=by, at=at, note=note or str(action.what()))


def _remember(article: Article, action: DueAction, what: str, *, by: User | None, at: datetime, note: str) -> None:
    Transition.objects.create(
        article=article,
        revision=action.revision,
        what=what,
        from_status=article.status,
        to_status=article.status,
        actor=by,
        note=note,
        at=at,
    )
