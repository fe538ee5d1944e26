"""The index behind the search of the desk: words folded here, so that both databases find alike, and found by their own
full text: FTS5 on SQLite, a GIN index on PostgreSQL. Both are put in place after `migrate`, because SQLite forgets
triggers whenever Django rebuilds a table.

Every word that is typed begins a word of what is found. Arabic words are found with and without the article.
"""

from __future__ import annotations

import re
from typing import Any

from django.db.models import BooleanField, Func, Value

from articles.models.media import folded
from articles.word_index import WordIndex

# What is looked at of a text, of a word, and of what somebody types.
MOST_TEXT = 20_000
MOST_LETTERS = 60
MOST_TYPED = 200
MOST_WORDS = 8

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_ARTICLE = "ال"
# Before the article of an Arabic word, written as one with it: and, with, as, so.
_JOINED = "وبكف"

INDEX = WordIndex(
    name="ads_desktext_words",
    table="ads_desktext",
    columns=("words",),
    tokenize="unicode61 remove_diacritics 0 tokenchars '_'",
    # The words are apart already, so no parser of the database is asked what a word is.
    postgresql="array_to_tsvector(string_to_array(words, ' '))",
)


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: small, without accents, interchangeable Arabic letters as one."""
    found = re.findall(r"[^\W_]+", folded(text[:MOST_TEXT].replace("\0", " ")).translate(_DIGITS))
    return [word[:MOST_LETTERS] for word in found]


def indexed(texts: list[str], *, kind: str) -> str:
    """What the index holds of some texts: their words once each, Arabic ones without the article too, numbers of
    telephones however they are grouped, and a mark of the kind that nobody can type."""
    words: dict[str, None] = {}
    for text in texts:
        for word in words_of(text):
            words[word] = None
            if (bare := without_article(word)) != word:
                words[bare] = None
        for number in re.findall(r"\+?\d[\d ()./-]{5,}\d", text[:200].translate(_DIGITS)):
            digits = re.sub(r"\D", "", number)
            words |= dict.fromkeys([digits, digits[-10:], f"0{digits[-10:]}", digits[-7:]])
    return " ".join([f"_{kind}", *words])


def without_article(word: str) -> str:
    """An Arabic word without the article and what is written as one with it; every other as it is."""
    bare = word[1:] if word[:1] in _JOINED and word[1:3] == _ARTICLE else word
    if bare.startswith(_ARTICLE) and len(bare) > len(_ARTICLE) + 1:
        return bare[len(_ARTICLE) :]
    return word


def typed_words(typed: str) -> list[str]:
    """What somebody looks for. Single letters say nothing beside longer words, and alone they are too few."""
    words = [without_article(word) for word in words_of(typed[:MOST_TYPED])]
    return list(dict.fromkeys(word for word in words if len(word) > 1))[:MOST_WORDS]


class Found(Func):
    """Whether the number in a column is among those that a column of the newest matching rows of the index holds."""

    output_field = BooleanField()

    def __init__(self, number: str, words: list[str], *, column: str, most: int, kind: str = "") -> None:
        super().__init__(number, Value(" ".join(words)))
        self.words, self.column, self.most, self.kind = words, column, most, kind

    def as_sqlite(self, compiler, connection, **extra: Any):
        query = " AND ".join([f'"{word}"*' for word in self.words] + ([f'"_{self.kind}"'] if self.kind else []))
        matched = (
            "SELECT rowid FROM ads_desktext_words WHERE ads_desktext_words MATCH %s "  # noqa: S608
            f"ORDER BY rowid DESC LIMIT {self.most:d}"
        )
        return self._among(compiler, f"id IN ({matched})", "", [query])

    def as_postgresql(self, compiler, connection, **extra: Any):
        query = " & ".join(f"'{word}':*" for word in self.words)
        matched = f"{INDEX.postgresql} @@ %s::tsquery"
        if self.kind:
            # By its own index the planner knows how many there are of a kind, and has the newest first.
            end = f" AND kind = %s ORDER BY object_id DESC LIMIT {self.most:d}"
            return self._among(compiler, matched, end, [query, self.kind])
        return self._among(compiler, matched, f" ORDER BY id DESC LIMIT {self.most:d}", [query])

    def _among(self, compiler, condition: str, end: str, values: list[str]):
        number, params = compiler.compile(self.source_expressions[0])
        rows = f"SELECT {self.column} FROM ads_desktext WHERE {condition}{end}"  # noqa: S608
        return f"{number} IN ({rows})", [*params, *values]
