"""What is to be done at a time, written down in the transaction of the verb that causes it (`DueAction`).

`articles.timing` does what is written here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from .models import Article, DueAction, Revision, User

Kind, State = DueAction.Kind, DueAction.State


def ask(
    article: Article,
    kind: str,
    due_at: datetime,
    *,
    key: str,
    by: User | None,
    at: datetime,
    revision: Revision | None = None,
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
            "asked_by": by,
            "created_at": at,
        },
    )
    if not is_new:
        again = DueAction.objects.filter(pk=action.pk, state__in=[State.CANCELLED, State.FAILED])
        again.update(state=State.WAITING, due_at=due_at, attempts=0, last_error="", asked_by=by)


def cancel(
    article: Article,
    kinds: Iterable[str] = tuple(Kind),
    *,
    up_to_revision: int | None = None,
    from_revision: int | None = None,
) -> int:
    """Take off what waits for a story, or of it what concerns revisions up to or from a number. Returns how many."""
    waiting = DueAction.objects.filter(article=article, kind__in=kinds, state=State.WAITING)
    if up_to_revision is not None:
        waiting = waiting.filter(revision__number__lte=up_to_revision)
    if from_revision is not None:
        waiting = waiting.filter(revision__number__gte=from_revision)
    return waiting.update(state=State.CANCELLED)
