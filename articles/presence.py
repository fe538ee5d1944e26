"""Who has a story open. Advice for people: what counts when they save is the revision they began with."""

from __future__ import annotations

from datetime import datetime, timedelta

from .models import Article, Presence, User

FORGOTTEN_AFTER = timedelta(hours=1)


def seen(article: Article, *, session_key: str, mode: str, by: User, at: datetime) -> None:
    """A window said that it is open."""
    here = Presence.objects.filter(article=article, user=by, session_key=session_key)
    if not here.update(mode=mode, seen_at=at):
        Presence.objects.filter(seen_at__lt=at - FORGOTTEN_AFTER).delete()
        new = Presence(article=article, user=by, session_key=session_key, mode=mode, seen_at=at)
        Presence.objects.bulk_create([new], ignore_conflicts=True)


def left(article: Article, *, session_key: str, by: User) -> None:
    Presence.objects.filter(article=article, user=by, session_key=session_key).delete()


def others(article: Article, *, than: User, at: datetime) -> list[Presence]:
    """The other people who have the story open, one row each, those who write first."""
    here = Presence.objects.filter(article=article, seen_at__gt=at - Presence.LASTS).exclude(user=than)
    people: dict[int, Presence] = {}
    for row in here.select_related("user").order_by("mode", "user__username")[:100]:
        people.setdefault(row.user_id, row)
    return list(people.values())
