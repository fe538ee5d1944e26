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


@register.simple_tag
def newest_unless(popular: list[Article], besides: Article | None = None) -> list[Article]:
    """What stands in the place of the list where nothing was read: the newest stories, without the one that is being
    read. No query where there is one."""
    number = besides.pk if besides and besides.pk else 0
    return [] if popular else reading.newest(get_language() or "en", besides=number, at=timezone.now())


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
    begin = timezone.localdate() - timedelta(days=6)
    whole, week = totals.Figures(), totals.Figures()
    for (day,), figures in totals.figures("day", article=article.pk, kind__in=(Kind.SERVED, Kind.READ)).items():
        whole.take(figures)
        if day >= begin:
            week.take(figures)
    views, reads = whole.net[Kind.SERVED], whole.net[Kind.READ]
    return Readers(views, reads, week.net[Kind.SERVED], week.net[Kind.READ]) if views or reads else None
