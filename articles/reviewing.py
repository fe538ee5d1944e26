"""Where a story stands between its writers and its editors: who said yes to what, and what to compare a draft with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .models import Article, Revision, Transition, User

Status, What = Article.Status, Transition.What
YES = (What.APPROVED, What.CHANGE_SCHEDULED, What.PUBLISHED, What.SCHEDULED)


@dataclass(frozen=True)
class Approval:
    """An editor's yes to one revision. `is_void`: somebody saved since, so the newest text needs another."""

    number: int
    by: User | None
    at: datetime
    is_void: bool


def fits(article: Article, move: str) -> bool:
    """Whether a move of the review makes sense for where a story stands now; of other moves the table of legal moves
    alone decides. `submit` and `approve` do not for what is submitted or approved, `changes` does for what was handed
    in, `return` for what left the review."""
    if move == "submit":
        return not (article.is_released and article.is_in_review)
    if move == "approve":
        return not (article.is_released and article.is_approved)
    if move == "changes":
        if article.is_released:
            return article.has_unpublished_changes and article.is_in_review
        return article.status in (Status.IN_REVIEW, Status.APPROVED)
    if move == "return":
        return article.status in (Status.SCHEDULED, Status.WITHDRAWN, Status.SPIKED)
    return True


def approval_of(article: Article) -> Approval | None:
    """The last yes that a story got, to whichever of its revisions. None when it never had one, or when an editor has
    asked for changes or took the story back since."""
    undone = (What.CHANGES_ASKED, What.RETURNED)
    last = (
        article.transitions.filter(what__in=[*YES, *undone], revision__isnull=False)
        .select_related("actor", "revision")
        .defer("revision__content")
        .first()
    )
    if last is None or last.revision is None or last.what in undone:
        return None
    number = last.revision.number
    return Approval(number, last.actor, last.at, is_void=number != article.head_number)


def last_agreed(article: Article) -> Revision | None:
    """What a draft is compared with before somebody approves or publishes it: what readers see, or would; else what an
    editor approved last. None for a text that nobody has agreed to yet."""
    number = article.live_number
    if number is None:
        last = article.transitions.filter(what=What.APPROVED, revision__isnull=False)
        number = last.values_list("revision__number", flat=True).first()
    return article.revisions.filter(number=number).first() if number else None
