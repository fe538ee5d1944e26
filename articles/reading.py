"""What stands on the page of a story because it belongs to something: a series, or a live blog."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from . import html
from .coverage import MOST_PINNED
from .figures import media_ids
from .models import Article, LiveEntry, MediaAsset, Series

ENTRIES = 30
EVENTS = 12
AROUND = 3


@dataclass(frozen=True)
class Part:
    number: int
    story: Article


@dataclass(frozen=True)
class PlaceInSeries:
    """Where a story stands among the parts that readers have. `nearby` are the parts around it, itself included."""

    series: Series
    number: int
    total: int
    nearby: list[Part]
    previous: Part | None
    next: Part | None

    @property
    def is_whole(self) -> bool:
        return len(self.nearby) == self.total


def numbered(stories: list[Article], first: int = 1) -> list[Part]:
    """Parts by the number somebody gave them, else by their place."""
    return [Part(story.series_part or place, story) for place, story in enumerate(stories, start=first)]


def place_in_series(story: Article, at: datetime) -> PlaceInSeries | None:
    """None for a story that belongs to no series, or is its only part so far. One query where there is one."""
    if story.series is None or story.is_sponsored:
        return None
    known = story.series.parts(at).only("headline", "slug", "month", "language", "series_part", "series_id")
    parts = numbered(list(known))
    place = next((place for place, part in enumerate(parts) if part.story.pk == story.pk), None)
    if place is None or len(parts) < 2:
        return None
    # As wide at the ends as in the middle.
    first = max(0, min(place - AROUND, len(parts) - 2 * AROUND - 1))
    return PlaceInSeries(
        series=story.series,
        number=parts[place].number,
        total=max(len(parts), *(part.number for part in parts)),
        nearby=parts[first : first + 2 * AROUND + 1],
        previous=parts[place - 1] if place else None,
        next=parts[place + 1] if place + 1 < len(parts) else None,
    )


@dataclass(frozen=True)
class LiveBlog:
    """One page of a live blog, newest first. `version` is what a page that asks for news knows already.

    `is_newest` where it begins with the newest entry, `is_running` while the pill is on, `older` the first entry of the
    next page, `shown` the numbers of the entries on this one.
    """

    version: int
    is_newest: bool
    is_running: bool
    pinned: list[LiveEntry]
    entries: list[LiveEntry]
    events: list[LiveEntry]
    older: LiveEntry | None
    shown: set[int]
    assets: dict[int, MediaAsset]


def live_blog(story: Article, at: datetime, *, up_to: int | None = None) -> LiveBlog | None:
    """The newest entries of a story, or those from the number `up_to` down; None where nobody wrote any. The story
    comes from `with_what_is_owed`, so that what is written meanwhile counts as news. Three queries, or two."""
    version = story.coverage_version  # type: ignore[attr-defined]
    if not version or story.is_sponsored:
        return None
    every = story.live_entries.standing().defer("earlier")
    marked = list(
        every.filter(Q(is_pinned=True) | Q(is_key_event=True)).order_by("-is_pinned", "-number")[: MOST_PINNED + EVENTS]
    )
    pinned = [entry for entry in marked if entry.is_pinned] if up_to is None else []
    stream = every.newest_first()
    stream = stream.filter(is_pinned=False) if up_to is None else stream.filter(number__lte=up_to)
    entries = list(stream[: ENTRIES + 1])
    older = entries.pop() if len(entries) > ENTRIES else None
    for entry in (*marked, *entries, *([older] if older else [])):
        entry.article = story
    pictures = [number for entry in (*pinned, *entries) for number in media_ids(entry.body)]
    return LiveBlog(
        version=version,
        is_newest=up_to is None,
        is_running=story.is_covered_live(at),
        pinned=pinned,
        entries=entries,
        events=sorted((entry for entry in marked if entry.is_key_event), key=lambda entry: -entry.number)[:EVENTS],
        older=older,
        shown={entry.number for entry in (*pinned, *entries)},
        assets=MediaAsset.objects.in_bulk(pictures) if pictures else {},
    )


# Words a minute, and seconds for a picture or an embed in the text.
WORDS_A_MINUTE = {"en": 230, "ar": 180}
FOR_A_FIGURE = 10


def minutes(story: Article, live: LiveBlog | None = None) -> int | None:
    """How long a story takes to read, at least one minute; None for a live blog, which grows, and without a text."""
    if live is not None:
        return None
    words = len(html.text(story.body).split())
    if not words:
        return None
    figures = story.body.count("<figure")
    seconds = words * 60 / WORDS_A_MINUTE.get(story.language, 200) + figures * FOR_A_FIGURE
    return max(1, round(seconds / 60))
