"""The demo's channels: one that is shared on by hand, with links, and networks that nobody gave a key yet. None calls
anybody. Safe to repeat."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from articles import sharing
from articles.models import Article, Channel, Share, User

# Name, kind, and what else is said of it.
CHANNELS: list[tuple[str, str, dict[str, Any]]] = [
    ("Instagram", Channel.Kind.HAND, {"is_active": True}),
    ("Telegram", Channel.Kind.TELEGRAM, {"account": "@courier", "is_automatic": False}),
    ("Bluesky", Channel.Kind.BLUESKY, {"account": "courier.example", "language": "en"}),
    ("X", Channel.Kind.X, {"stories": Channel.Stories.NEWS}),
]
SHARED = 6


def make(now: datetime) -> None:
    for name, kind, values in CHANNELS:
        Channel.objects.get_or_create(name=name, defaults={"kind": kind, **values})
    by_hand = Channel.objects.get(name="Instagram")
    if by_hand.shares.exists():
        return
    editor = User.objects.get(username="editor")
    live = Article.objects.live(now).newest_first()
    for story in [*live.news()[:SHARED], *live.sponsored()[:SHARED]]:
        at = min(now, story.publish_at + timedelta(minutes=20))
        sharing.prove(story, by_hand, f"https://instagram.example/p/{story.pk:06d}/", by=editor, at=at)
        Share.objects.filter(article=story, channel=by_hand).update(made_at=at)
