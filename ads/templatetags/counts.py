"""What was counted, for pages and screens that do not know of counting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from articles.models import Article

from .. import most_read as reading
from .. import totals
from ..models.event import Kind

register = template.Library()


@register.simple_tag
def most_read() -> list[Article]:
    """The stories of the list, in the language of the page."""
    return reading.stories(get_language() or "en", at=timezone.now())


@dataclass(frozen=True, slots=True)
class Readers:
    """How often a story was opened and read by people, in all and in the last seven days."""

    views: int
    reads: int
    views_of_week: int
    reads_of_week: int


@register.simple_tag
def readers_of(article: Any) -> Readers | None:
    """None for a story that nobody opened yet."""
    found = [
        totals.figures(article=article.pk, first_day=first_day).get(())
        for first_day in (None, timezone.localdate() - timedelta(days=6))
    ]
    whole, week = ((one.net[Kind.SERVED], one.net[Kind.READ]) if one else (0, 0) for one in found)
    return Readers(*whole, *week) if any(whole) else None
