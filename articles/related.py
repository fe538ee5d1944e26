"""What to read after a story, and why: stories about the same things, of the same series, with the same words, or of
the same section.

Worked out anew for each page, so that what was withdrawn a moment ago stands nowhere. Work is bounded: of each tag and
of the words in headlines only the newest stories are looked at, and they are weighed here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log
from typing import Any

from django.db import connection
from django.db.models import F, IntegerField, Value
from django.utils.translation import gettext as _

from . import search_words
from .models import Article, Tag
from .search_index import place, sign

SHOWN = 4
# The newest of each that are looked at.
OF_A_TAG, OF_A_SECTION, OF_WORDS = 40, 12, 60
MOST_TAGS, MOST_WORDS = 8, 6
# Stories that are read from the database, the best by what is known before.
WEIGHED = 20
# A word in a headline says little alone.
LEAST_WORDS = 2

# What each is worth: a tag that few stories have, the series, all words of the headline, the section, being new.
RARE_TAG, SAME_SERIES, SAME_WORDS, SAME_SECTION, NEW = 4.0, 3.0, 5.0, 0.5, 1.5
HALF_LIFE = timedelta(days=60)


@dataclass(frozen=True)
class Related:
    """A story with why it stands there, in words of the page's language; empty where it is only the next of all."""

    story: Article
    reason: str
    is_by_section: bool = False


@dataclass
class _Likeness:
    tag: Tag | None = None
    tags: float = 0.0
    words: float = 0.0
    is_of_series: bool = False
    is_of_section: bool = False

    @property
    def weight(self) -> float:
        return (
            self.tags * RARE_TAG
            + self.is_of_series * SAME_SERIES
            + self.words * SAME_WORDS
            + self.is_of_section * SAME_SECTION
        )


def related_to(story: Article, at: datetime, *, beside: Collection[int] = ()) -> list[Related]:
    """At most SHOWN live news of the story's language, best first, without those that stand `beside` it already. Three
    queries at most. The story comes with its tags."""
    likenesses = _likenesses(story, at)
    for number in (story.pk, *beside):
        likenesses.pop(number, None)
    best = sorted(likenesses, key=lambda number: (likenesses[number].weight, number), reverse=True)[:WEIGHED]
    if not best:
        return []
    # By their numbers. What language and kind they are of is looked at here: SQLite would go through all the stories of
    # the language.
    live = Article.objects.live(at).filter(pk__in=best).select_related("section", "hero").defer("body")
    found = [one for one in live if one.language == story.language and not one.is_sponsored]

    def weight(one: Article) -> float:
        age = max((at - one.publish_at).total_seconds(), 0) if one.publish_at else 0
        return likenesses[one.pk].weight + NEW * 0.5 ** (age / HALF_LIFE.total_seconds())

    shown = sorted(found, key=lambda one: (weight(one), one.pk), reverse=True)[:SHOWN]
    return [_with_reason(one, likenesses[one.pk]) for one in shown]


def _with_reason(story: Article, like: _Likeness) -> Related:
    if like.tag is not None:
        return Related(story, _("Also about %(topic)s") % {"topic": like.tag.name})
    if like.is_of_series:
        return Related(story, _("From the same series"))
    if like.words:
        return Related(story, _("On a similar subject"))
    if like.is_of_section and story.section:
        return Related(story, _("More from %(name)s") % {"name": story.section.name}, is_by_section=True)
    return Related(story, "")


def _likenesses(story: Article, at: datetime) -> dict[int, _Likeness]:
    """What is alike in other stories, by their numbers; nothing yet of who may see them."""
    found: dict[int, _Likeness] = {}
    tags = {tag.pk: tag for tag in story.tags.all()[:MOST_TAGS]}
    of_tags: dict[int, list[int]] = {}
    for number, kind, tag in _gathered(story, at, tags):
        like = found.setdefault(number, _Likeness())
        if kind == TAG:
            of_tags.setdefault(tag, []).append(number)
        elif kind == SERIES:
            like.is_of_series = True
        else:
            like.is_of_section = True
    rarities = {tag: _rarity(numbers) for tag, numbers in of_tags.items()}
    for tag, numbers in sorted(of_tags.items(), key=lambda one: rarities[one[0]]):
        for number in numbers:  # the rarest comes last, and is the one that is named
            found[number].tags += rarities[tag]
            found[number].tag = tags[tag]
    for number, share in _alike_in_words(story, at).items():
        found.setdefault(number, _Likeness()).words = share
    return found


TAG, SERIES, SECTION = 1, 2, 3


def _gathered(story: Article, at: datetime, tags: Collection[int]) -> list[tuple[int, int, int]]:
    """(number, why, tag) of the newest stories of the tags, the series and the section. One query."""
    through = Article.tags.through.objects
    arms: list[Any] = []
    for tag in tags:
        # By when the tag was given, which an index has, and not by time: about the same, and no sorting of all.
        newest = through.filter(tag=tag).order_by("-pk").values("pk")[:OF_A_TAG]
        arms.append(
            through.filter(pk__in=newest)
            .order_by()
            .values_list(F("article_id"), Value(TAG, IntegerField()), F("tag_id"))
        )
    stories = Article.objects.live(at).order_by("-publish_at", "-pk")
    wanted = []
    if story.series_id:
        wanted.append((SERIES, stories.filter(series=story.series_id)))
    if story.section_id:
        wanted.append((SECTION, stories.filter(section=story.section_id)))
    for kind, of_it in wanted:
        arms.append(
            Article.objects.filter(pk__in=of_it.values("pk")[:OF_A_SECTION])
            .order_by()
            .values_list(F("pk"), Value(kind, IntegerField()), Value(0, IntegerField()))
        )
    if not arms:
        return []
    return list(arms[0].union(*arms[1:], all=True) if len(arms) > 1 else arms[0])


def _rarity(numbers: list[int]) -> float:
    """From 1 for a tag that only a few stories have, towards 0 for one that every other story has: as many as the
    window holds, over the span of numbers that they lie in."""
    if len(numbers) < OF_A_TAG:
        return 1 / log(2.72 + len(numbers) / 10)
    every = max(1, (max(numbers) - min(numbers)) / len(numbers))  # one in so many stories
    return min(0.8, log(1 + every) / 10)


def _alike_in_words(story: Article, at: datetime) -> dict[int, float]:
    """The share of the headline's words that stand in the headlines of other stories, by number. One query."""
    words = search_words.words(f"{story.headline} {story.standfirst}")
    telling = [word for word in words if len(word) > 3 and word not in search_words.STOP and not word.isdigit()]
    stems = list(dict.fromkeys(filter(None, map(search_words.stem, telling))))[:MOST_WORDS]
    if len(stems) < LEAST_WORDS:
        return {}
    language = sign("l", story.language)
    if connection.vendor == "postgresql":
        where = "words @@ %s::tsquery AND id < %s ORDER BY id DESC LIMIT %s"
        asked = f"({' | '.join(pair for pair in _pairs(stems, postgresql=True))}) & '{language}'"
    else:
        where = (
            "id IN (SELECT rowid FROM articles_searchwords WHERE articles_searchwords MATCH %s"
            " AND rowid < %s ORDER BY rowid DESC LIMIT %s)"
        )
        asked = f'head : ({" OR ".join(_pairs(stems, postgresql=False))}) AND words : ("{language}")'
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT article_id, head FROM articles_searchtext WHERE {where}",  # noqa: S608
            [asked, place(at + timedelta(seconds=1)), OF_WORDS],
        )
        rows = cursor.fetchall()
    shares = {number: len(set(head.split()).intersection(stems)) for number, head in rows}
    return {number: many / len(stems) for number, many in shares.items() if many >= LEAST_WORDS}


def _pairs(stems: list[str], *, postgresql: bool) -> list[str]:
    """Every two neighbours among the words: one word alone is in too many headlines."""
    form = "('{0}':A & '{1}':A)" if postgresql else '("{0}" AND "{1}")'
    pairs = [(one, other) for number, one in enumerate(stems) for other in stems[number + 1 : number + 4]]
    return [form.format(one, other) for one, other in pairs]
