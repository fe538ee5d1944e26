"""The index of the search: a row for each story that is released, written in the transaction that changes the story.

FTS5 on SQLite, a GIN index over a `tsvector` on PostgreSQL, over the same stems. What changes many stories at once (an
author gets another name) marks their rows, and the worker writes them anew.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.db.models.signals import post_save, pre_delete

from . import html, search_words
from .models import Article, Author, Byline, SearchText, SearchWord, Section, Tag
from .word_index import WordIndex

logger = logging.getLogger(__name__)

# Another number where stems are made in another way: every row is then behind.
METHOD = 1
# Stories that are written in one transaction: on SQLite nobody else writes meanwhile, and each takes some milliseconds.
BATCH = 50
# Between two of them, so that others get their turn.
PAUSE = 0.05
# What the worker gives to it at a time: it has more to do, and comes back in a minute.
SECONDS_AT_ONCE = 20.0
# So many stems of a body are kept: some forty pages.
MOST_STEMS = 12_000
FULL_LOOK_EVERY = timedelta(hours=1)

INDEX = WordIndex(
    name="articles_searchwords",
    table="articles_searchtext",
    columns=("head", "words"),
    tokenize="unicode61 remove_diacritics 0",
    postgresql="words",
    prefix="",
)
# Between two fields on SQLite, so that no phrase runs over the end of one.
_END = search_words.SIGN + "end"
_NUMBERS = 1 << 30


def place(at: datetime, number: int = 0) -> int:
    """The number of a row: later stories have higher ones. From 1833 to 2242, and for a billion stories."""
    seconds = min(max(int(at.timestamp()), -1 << 32), (1 << 33) - 1)
    return (seconds << 30) + number % _NUMBERS


def sign(kind: str, value: object) -> str:
    """A mark among the words that no reader can type: of the language (l), a section (s), an author (a)."""
    return f"{search_words.SIGN}{kind}{value}"


def take_in(numbers: Iterable[int]) -> int:
    """Write the rows of some stories anew: one of each that is released, none of the others. Returns how many have
    one now. In the transaction of whatever changed them."""
    wanted = list(numbers)
    bylines = Byline.objects.select_related("author").order_by("order")
    with transaction.atomic():
        # Held until they are written: of two who write the same story, the later one must have read the later text.
        stories = (
            Article.objects.select_for_update(of=("self",))
            .filter(pk__in=wanted)
            .released()
            .order_by("pk")
            .select_related("section__parent")
            .prefetch_related("tags", Prefetch("bylines", queryset=bylines))
        )
        rows, spelt = [], set()
        for story in stories:
            row, words = _row(story)
            rows.append(row)
            spelt |= {(story.language, word) for word in words}
        drop(wanted)
        SearchText.objects.bulk_create(rows)
        SearchWord.objects.bulk_create(
            [SearchWord(language=language, word=word) for language, word in sorted(spelt)], ignore_conflicts=True
        )
    return len(rows)


def drop(numbers: Iterable[int]) -> None:
    SearchText.objects.filter(article__in=list(numbers)).delete()


def _row(story: Article) -> tuple[SearchText, list[str]]:
    """The row of a story, and the words of it that others are spelt by."""
    assert story.publish_at is not None  # noqa: S101  (a constraint: what is released has a time)
    authors = [byline.author for byline in story.bylines.all()]
    section = story.section
    names = " . ".join(
        [
            *(tag.name for tag in story.tags.all()),
            *(name for author in authors for name in (author.name, author.name_ar) if name),
            *([section.name] if section else []),
            story.sponsor_name,
        ]
    )
    fields = [search_words.stems(text) for text in (story.headline, story.standfirst, names)]
    fields.append(search_words.stems(html.text(story.body))[:MOST_STEMS])
    signs = [sign("l", story.language), *(sign("a", author.pk) for author in authors)]
    for shelf in (section, section.parent if section else None):
        if shelf is not None:
            signs.append(sign("s", shelf.pk))
    head, lead, labels = (" ".join(field) for field in fields[:3])
    row = SearchText(
        id=place(story.publish_at, story.pk),
        article=story,
        head=head,
        lead=lead,
        names=labels,
        words=_vector(fields, signs) if connection.vendor == "postgresql" else _line(fields, signs),
        method=METHOD,
    )
    spelt = search_words.words(f"{story.headline} {story.standfirst} {names}")
    return row, [word for word in spelt if 3 < len(word) <= 40 and not any(map(str.isdigit, word))]


def _line(fields: list[list[str]], signs: list[str]) -> str:
    return f" {_END} ".join(" ".join(field) for field in [*fields, signs] if field)


def _vector(fields: list[list[str]], signs: list[str]) -> str:
    """As PostgreSQL writes a `tsvector`: 255 places of a word at most, and none beyond 16,383."""
    places: dict[str, list[str]] = {}
    at = 0
    for weight, field in zip("ABCD", fields, strict=True):
        for stem in field:
            at += 1
            known = places.setdefault(stem, [])
            if len(known) < 250 and at < 16_383:
                known.append(f"{at}{weight}")
        at += 1
    words = [f"'{stem}':{','.join(known)}" if known else f"'{stem}'" for stem, known in places.items()]
    return " ".join([*words, *(f"'{one}'" for one in signs)])


# What is not as it should be


def behind() -> QuerySet[Article]:
    """Stories that are released and have no row, or an old one."""
    current = SearchText.objects.filter(article=OuterRef("pk"), method=METHOD)
    return Article.objects.released().filter(~Exists(current)).order_by("pk")


def surplus() -> QuerySet[SearchText]:
    """Rows of stories that are not released any more."""
    return SearchText.objects.exclude(article__status__in=Article.Status.released())


_looked_at: datetime | None = None


def catch_up(at: datetime) -> int:
    """Write anew what was marked, each time; what is missing, each hour and at the start. Returns how many rows. Stops
    after SECONDS_AT_ONCE; the next call goes on."""
    global _looked_at
    until = time.monotonic() + SECONDS_AT_ONCE
    done = 0
    while marked := list(SearchText.objects.filter(method__lt=METHOD).values_list("article", flat=True)[:BATCH]):
        done += take_in(marked)
        if time.monotonic() >= until:
            return done
        time.sleep(PAUSE)
    if _looked_at is None or not timedelta() <= at - _looked_at < FULL_LOOK_EVERY:
        for written in rebuild():
            done += written
            if time.monotonic() >= until:
                return done
        _looked_at = at
    return done


def wanting(*, everything: bool = False) -> QuerySet[Article]:
    return Article.objects.released().order_by("pk") if everything else behind()


def rebuild(*, everything: bool = False) -> Iterator[int]:
    """Write what is behind, or every row, batch by batch, each in a transaction of its own. Yields how many each time.
    Readers find what they found meanwhile."""
    numbers = list(wanting(everything=everything).values_list("pk", flat=True))
    gone = list(surplus().values_list("article", flat=True))
    drop(gone)
    for begin in range(0, len(numbers), BATCH):
        if begin:
            time.sleep(PAUSE)
        yield take_in(numbers[begin : begin + BATCH])


def watch() -> None:
    """From now on another name of an author, a tag or a section marks the stories that carry it; so does a tag that is
    taken away."""

    def marked(stories: QuerySet) -> None:
        SearchText.objects.filter(article__in=stories, method=METHOD).update(method=0)

    def author(instance: Author, created: bool, **signal) -> None:
        if not created:
            marked(Byline.objects.filter(author=instance).order_by().values("article"))

    def tag(instance: Tag, created: bool = False, **signal) -> None:
        if not created:
            marked(Article.tags.through.objects.filter(tag=instance).values("article"))

    def section(instance: Section, created: bool, **signal) -> None:
        if not created:
            marked(Article.objects.filter(section=instance).order_by().values("pk"))

    for model, receiver in ((Author, author), (Tag, tag), (Section, section)):
        post_save.connect(receiver, sender=model, weak=False, dispatch_uid=f"search-{model.__name__}")
    pre_delete.connect(tag, sender=Tag, weak=False, dispatch_uid="search-tag-gone")
