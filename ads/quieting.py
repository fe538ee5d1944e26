"""“No advertising on this story”: an editor decides, and within a minute no page view has any."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from articles.models import Article, User

from .models import QuietStory

PERMISSION = "ads.quieten_story"


class QuietRefused(Exception):
    """Raised when advertising cannot be kept off a story; its text is a sentence for the person who tried."""


def quieten(article: Article, why: str, *, by: User | None, at: datetime) -> QuietStory:
    """Keep advertising off a story from now on. Said twice, the first reason stands. Raises QuietRefused."""
    why = " ".join(why.split())
    if not why:
        raise QuietRefused(_("Say why; the ad desk reads it."))
    with transaction.atomic():
        locked = Article.objects.select_for_update(of=("self",)).only("pk", "kind").get(pk=article.pk)
        if locked.is_sponsored:
            raise QuietRefused(_("This story was paid for, so nobody can keep advertising off it."))
        quiet, _made = QuietStory.objects.get_or_create(article=locked, defaults={"why": why[:300], "by": by, "at": at})
    return quiet


def unquiet(article: Article) -> bool:
    """Let advertising stand beside a story again. False when it did already."""
    found = QuietStory.objects.filter(article=article).first()
    if found is None:
        return False
    found.delete()
    return True
