"""What readers read most: a list for the side of public pages.

The order comes from the counts, kept in memory for a minute; whether a story may be shown is asked for each page.
Reads are net and without sponsored posts. The last day is today and yesterday by the publisher's clock, as counts are
kept by days.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from articles.models import Article

from . import page_key, plan, totals
from .models.event import Kind, Source

logger = logging.getLogger(__name__)

SHOWN = 5
# Of so many it is asked whether they are still live, for each span of time.
CONSIDERED = 15
FRESH_FOR = timedelta(seconds=60)
# With fewer than SHOWN live stories in the first, the next is taken.
SPANS = (timedelta(days=1), timedelta(days=7))


@dataclass(frozen=True, slots=True)
class Ranking:
    """The numbers of stories by language (as in `page_key`) and span, the most read first."""

    made_at: datetime
    stories: dict[tuple[int, timedelta], list[int]] = field(default_factory=dict)


_current: Ranking | None = None
_tried_at: datetime | None = None
_lock = threading.Lock()  # held by the one thread that counts


def forget() -> None:
    global _current, _tried_at
    _current = _tried_at = None


def current(at: datetime) -> Ranking:
    """The ranking of this minute. One thread counts while the others go on with what they have, which at first is
    nothing. While the database is away it is asked no more often than for the plan."""
    global _current, _tried_at
    ranking = _current
    if ranking is not None and timedelta(0) <= at - ranking.made_at < FRESH_FOR:
        return ranking
    was_tried = _tried_at is not None and timedelta(0) <= at - _tried_at < plan.RETRY_AFTER
    if not was_tried and _lock.acquire(blocking=False):
        try:
            _tried_at = at
            ranking = _current = rank(at)
        except plan.AWAY as error:
            logger.warning("What is most read is not counted, the database does not answer: %s", error)
        finally:
            _lock.release()
    return ranking or Ranking(at)


def rank(at: datetime) -> Ranking:
    """Counted anew. Of equals the newer story comes first."""
    stories: dict[tuple[int, timedelta], list[int]] = {}
    for span in SPANS:
        found = totals.figures(
            "language",
            "article",
            first_day=timezone.localdate(at - span),
            kind=Kind.READ,
            source=Source.PAGE,
            article__gt=0,  # so that SQLite takes the index of stories
        )
        by_reads = sorted(found.items(), key=lambda one: (one[1].net[Kind.READ], one[0][1]), reverse=True)
        for (language, article), figures in by_reads:
            if figures.net[Kind.READ] > 0:
                stories.setdefault((language, span), []).append(article)
    return Ranking(at, {key: numbers[:CONSIDERED] for key, numbers in stories.items()})


def stories(language: str, *, at: datetime) -> list[Article]:
    """The most read live news of a language, at most five: of the last day, or of the last week where the day has
    fewer. One query; none, and no stories, where nothing was read."""
    ranking = current(at)
    lists = [ranking.stories.get((page_key.LANGUAGES.get(language, 0), span), []) for span in SPANS]
    numbers = {number for ranked in lists for number in ranked}
    if not numbers:
        return []
    # By their numbers. What language and kind they are of is looked at here: SQLite would go through all the stories of
    # the language.
    found = Article.objects.live(at).only("headline", "slug", "month", "language", "kind").in_bulk(numbers)
    live = {n: story for n, story in found.items() if story.language == language and not story.is_sponsored}
    shown: list[Article] = []
    for ranked in lists:
        shown = [live[number] for number in ranked if number in live][:SHOWN]
        if len(shown) == SHOWN:
            break
    return shown


def newest(language: str, *, besides: int = 0, at: datetime) -> list[Article]:
    """As many news of a language, the newest first, without the one that is being read. One query."""
    news = Article.objects.live(at).news().in_language(language).exclude(pk=besides).newest_first()
    return list(news.only("headline", "slug", "month", "language")[:SHOWN])
