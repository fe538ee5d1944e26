"""Finding stories by their words. One question, one answer, the same on SQLite and PostgreSQL.

The database says which stories have the words, the newest first and no more than MOST, and those with the words in
their headline however old they are. Which of them the public may see is decided by `Article.objects.live`; how well
each one matches is decided here, by the fields that hold the words and by age.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from . import search_query
from .models import Article
from .search_index import place, sign
from .search_query import Question, Term

# Matches that are weighed, the newest first; and those by their headline, which may be old.
MOST = 300
MOST_BY_HEADLINE = 100

# What a word in a field is worth. In the text alone: 1.
IN_HEADLINE, IN_NAMES, IN_STANDFIRST, IN_BODY = 10.0, 5.0, 4.0, 1.0
# All words of the question side by side in the headline.
AS_TYPED = 4.0
# A story of this minute; half of it after HALF_LIFE.
NEW = 6.0
HALF_LIFE = timedelta(days=120)


_SQLITE = """
    SELECT id, article_id, head, lead, names FROM articles_searchtext WHERE id IN (
        SELECT rowid FROM articles_searchwords WHERE articles_searchwords MATCH %(asked)s
        AND rowid BETWEEN %(low)s AND %(high)s ORDER BY rowid DESC LIMIT %(most)s
    )"""
# First among the NEAR newest stories, one after the other, then, where those do not have enough, by the index of words
# among the rest. PostgreSQL guesses how many stories have several words: asked at once, it reads back through all of
# them for words that are common and never stand together. Nothing sorts by `id + 0`, so there it cannot.
NEAR = 4000
_POSTGRESQL = """
    WITH edge AS MATERIALIZED (
        SELECT COALESCE((
            SELECT id FROM articles_searchtext WHERE id BETWEEN %(low)s AND %(high)s
            ORDER BY id DESC OFFSET %(near)s LIMIT 1
        ), %(low)s) AS id
    ), near AS MATERIALIZED (
        SELECT id, article_id, head, lead, names FROM articles_searchtext
        WHERE words @@ %(asked)s::tsquery AND id BETWEEN (SELECT id FROM edge) AND %(high)s
        ORDER BY id DESC LIMIT %(most)s
    )
    SELECT * FROM near UNION ALL (
        SELECT id, article_id, head, lead, names FROM articles_searchtext
        WHERE (SELECT COUNT(*) FROM near) < %(most)s
        AND words @@ %(asked)s::tsquery AND id + 0 >= %(low)s AND id + 0 < (SELECT id FROM edge)
        ORDER BY id + 0 DESC LIMIT %(most)s
    ) ORDER BY id DESC LIMIT %(most)s"""


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a reader narrows a search by. Days are the publisher's, both included."""

    section_id: int | None = None
    author_id: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Found:
    """The numbers of the stories, best first. `is_all` is False where more match than were looked at."""

    numbers: list[int] = field(default_factory=list)
    is_all: bool = True


@dataclass(frozen=True)
class _Match:
    place: int
    number: int
    head: str
    lead: str
    names: str


def find(question: Question, *, language: str, at: datetime, filters: Filters | None = None) -> Found:
    """What the public may see of the stories that answer a question at a moment. Three queries; none for no words."""
    if not question.terms:
        return Found()
    filters = filters or Filters()
    low, high = _span(filters, at)
    newest = list(_matches(question, language, filters, low, high, in_headline=False))
    is_all = len(newest) < MOST
    matches = {match.number: match for match in newest}
    if not is_all:
        matches |= {m.number: m for m in _matches(question, language, filters, low, high, in_headline=True)}
    shown = set(Article.objects.live(at).filter(pk__in=matches).values_list("pk", flat=True))
    weighed = sorted(
        ((_weight(question, match, at), match.place, number) for number, match in matches.items() if number in shown),
        reverse=True,
    )
    return Found([number for _weight, _place, number in weighed], is_all)


def _span(filters: Filters, at: datetime) -> tuple[int, int]:
    """The numbers of rows between two days, and never beyond now."""
    zone = timezone.get_current_timezone()
    try:
        low = place(datetime.combine(filters.since, time.min, zone)) if filters.since else -(1 << 62)
    except (OverflowError, ValueError):  # the first day there is, east of Greenwich
        low = -(1 << 62)
    high = place(at + timedelta(seconds=1)) - 1
    if filters.until and filters.until < timezone.localdate(at):
        high = min(high, place(datetime.combine(filters.until + timedelta(days=1), time.min, zone)) - 1)
    return low, high


def _matches(
    question: Question, language: str, filters: Filters, low: int, high: int, *, in_headline: bool
) -> Iterator[_Match]:
    signs = [sign("l", language)]
    if filters.section_id:
        signs.append(sign("s", filters.section_id))
    if filters.author_id:
        signs.append(sign("a", filters.author_id))
    most = MOST_BY_HEADLINE if in_headline else MOST
    is_postgresql = connection.vendor == "postgresql"
    sql, ask = (_POSTGRESQL, _for_postgresql) if is_postgresql else (_SQLITE, _for_sqlite)
    asked = ask(question, signs, in_headline=in_headline)
    values: dict[str, str | int] = {"asked": asked, "low": low, "high": high, "most": most, "near": NEAR}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for row in cursor.fetchall():
            yield _Match(*row)


def _for_sqlite(question: Question, signs: list[str], *, in_headline: bool) -> str:
    """Every stem in quotes, so that none is read as a command. Stems have no quotes in them."""

    def quoted(term: Term) -> str:
        return f'"{" ".join(term)}"'

    terms = " AND ".join(map(quoted, question.terms))
    column = "head" if in_headline else "words"
    asked = f"{column} : ({terms}) AND words : ({' AND '.join(quoted((one,)) for one in signs)})"
    for term in question.without:
        asked = f"({asked}) NOT words : ({quoted(term)})"
    return asked


def _for_postgresql(question: Question, signs: list[str], *, in_headline: bool) -> str:
    def beside(term: Term, weight: str = "") -> str:
        return "(" + " <-> ".join(f"'{stem}'{weight}" for stem in term) + ")"

    weight = ":A" if in_headline else ""
    parts = [*(beside(term, weight) for term in question.terms), *(beside((one,)) for one in signs)]
    return " & ".join([*parts, *(f"!{beside(term)}" for term in question.without)])


def _weight(question: Question, match: _Match, at: datetime) -> float:
    """The same sum for every story: of each term the best field that holds it, the words as typed, and the age."""
    head, lead, names = (f" {text} " for text in (match.head, match.lead, match.names))
    total = 0.0
    for term in question.terms:
        sought = f" {' '.join(term)} "
        if sought in head:
            total += IN_HEADLINE
        elif sought in names:
            total += IN_NAMES
        elif sought in lead:
            total += IN_STANDFIRST
        else:
            total += IN_BODY
    total /= len(question.terms)
    if len(question.terms) > 1 and f" {' '.join(stem for term in question.terms for stem in term)} " in head:
        total += AS_TYPED
    age = max(at.timestamp() - (match.place >> 30), 0)
    return total + NEW * 0.5 ** (age / HALF_LIFE.total_seconds())


def stories(numbers: list[int], *, at: datetime) -> list[Article]:
    """Those of them that are still live, as cards draw them, in their order."""
    by_number = {story.pk: story for story in Article.objects.live(at).filter(pk__in=numbers).for_cards().defer(None)}
    return [by_number[number] for number in numbers if number in by_number]


def read(text: str) -> Question:
    return search_query.read(text)
