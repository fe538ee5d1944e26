"""What stands around the demo's stories: series, and live blogs with their entries. Safe to repeat."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from articles import coverage
from articles.models import Article, Series, User

from . import reading

# So that a demo made today is still live when somebody looks at it.
LIVE_FOR = timedelta(days=6)
# Keys of the entries' forms, so that an entry is made once.
_KEYS = uuid.UUID("5f2a9a3e-3c70-4c56-9d5c-0f6f8d1b7a11")


def make_series(rows: list[reading.Series]) -> dict[str, tuple[Series, int]]:
    """The series and the number of its part for every story that is one, by slug."""
    places: dict[str, tuple[Series, int]] = {}
    for row in rows:
        series, _created = Series.objects.get_or_create(
            language=row.language, slug=row.slug, defaults={"title": row.title, "description": row.description}
        )
        places |= {slug: (series, number) for number, slug in enumerate(row.parts, start=1)}
    return places


def make_live_blogs(rows: list[reading.Live], *, now: datetime) -> None:
    """Entries as an editor would have posted them, and the pill for some days. One that has entries stays."""
    by = User.objects.get(username="editor")
    for row in rows:
        story = Article.objects.get(slug=row.story)
        if story.live_entries.exists():
            continue
        coverage.go_live(story, now + LIVE_FOR, by=by, at=now)
        for number, entry in enumerate(row.entries):
            words = coverage.Words(
                headline=entry.headline, body=entry.body, is_key_event=entry.is_key_event, is_pinned=entry.is_pinned
            )
            key = uuid.uuid5(_KEYS, f"{row.story}/{number}")
            coverage.post(story, words, key=key, by=by, at=now - timedelta(minutes=entry.minutes_ago))
