"""Stories found by the words of their headline, for the desk: in a million of them as fast as in a thousand.

Every word that is typed begins a word of the headline or of the sponsor's name. The database's own full text does it:
FTS5 on SQLite, a GIN index on PostgreSQL. Both are put in place after `migrate`, because SQLite forgets triggers
whenever Django rebuilds a table.
"""

from __future__ import annotations

import re
from typing import Any

from django.db.models import BooleanField, Func, Value

from .models.article import ArticleQuerySet
from .word_index import WordIndex

# How many matches are looked at, newest first. Whoever types “the” has not asked for more.
MOST = 200
# And how many where other filters have their say too: on SQLite, which cannot estimate what a word will find.
MOST_FILTERED = 10_000

POSTGRESQL_TEXT = "to_tsvector('simple', {0}headline || ' ' || {0}sponsor_name)"
INDEX = WordIndex(
    name="articles_headlines",
    table="articles_article",
    columns=("headline", "sponsor_name"),
    tokenize="unicode61 remove_diacritics 2",
    postgresql=POSTGRESQL_TEXT.format(""),
)


def headed(stories: ArticleQuerySet, typed: str) -> ArticleQuerySet:
    """Of some stories those whose headline has all the typed words, or whose slug stands in the address typed.

    Among all stories the few are looked up here and now: a page of a list asks for them twice, to count and to show.
    """
    is_filtered = bool(stories.query.where)
    found = stories.filter(_Found("pk", typed, is_filtered=is_filtered))
    return found if is_filtered else stories.filter(pk__in=list(found.order_by().values_list("pk", flat=True)))


class _Found(Func):
    """Whether the story with this number is among the newest that were asked for."""

    output_field = BooleanField()

    def __init__(self, number: str, typed: str, *, is_filtered: bool) -> None:
        super().__init__(number, Value(typed))
        self.words = re.findall(r"\w+", typed.lower())[:10]
        self.slug = typed.strip().rstrip("/").rpartition("/")[2]
        self.is_filtered = is_filtered

    def as_sqlite(self, compiler, connection, **extra: Any):
        matched = "SELECT rowid FROM articles_headlines WHERE articles_headlines MATCH %s ORDER BY rowid DESC LIMIT "
        most = MOST_FILTERED if self.is_filtered else MOST
        return self._among(compiler, f"{matched}{most}", " ".join(f'"{word}"*' for word in self.words))

    def as_postgresql(self, compiler, connection, **extra: Any):
        query = " & ".join(f"'{word}':*" for word in self.words)
        if self.is_filtered and self.words:
            # Beside other filters as one more of them: the planner knows which is the narrowest.
            number, params = compiler.compile(self.source_expressions[0])
            table = number.rpartition(".")[0] + "."
            text = POSTGRESQL_TEXT.format(table)
            return f"({text} @@ to_tsquery('simple', %s) OR {table}slug = %s)", [*params, query, self.slug]
        text = POSTGRESQL_TEXT.format("")
        matched = f"SELECT id FROM articles_article WHERE {text} @@ to_tsquery('simple', %s)"  # noqa: S608
        return self._among(compiler, f"{matched} ORDER BY id DESC LIMIT {MOST}", query)

    def _among(self, compiler, matched: str, query: str):
        number, params = compiler.compile(self.source_expressions[0])
        arms, values = ["SELECT id FROM articles_article WHERE slug = %s"], [self.slug]
        if self.words:
            arms.append(f"SELECT * FROM ({matched}) AS matched")  # noqa: S608
            values.append(query)
        return f"{number} IN ({' UNION ALL '.join(arms)})", [*params, *values]
