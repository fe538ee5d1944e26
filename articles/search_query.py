"""What a reader typed, as words to look for. Every text is a legal question."""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import search_words

LONGEST = 200
MOST_TERMS = 10

_CHUNK = re.compile(r'(-?)(?:["“”„«]([^"“”«»]*)["“”»]?|(\S+))')

Term = tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """Terms that a story must have, and terms it must not have: each a stem, or several that stand side by side.
    `typed` are the words of the first kind as they were written."""

    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    typed: tuple[str, ...] = ()

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(stem for term in self.terms for stem in term)


def read(text: str) -> Question:
    """The question in a text. Words for grammar are left out where others stand; `covid-19` is two words side by side,
    `-word` and `-"two words"` leave out the stories that have them."""
    wanted: list[tuple[Term, tuple[str, ...], bool]] = []
    without: list[Term] = []
    for minus, phrase, chunk in _CHUNK.findall(text[:LONGEST].replace("\0", " ")):
        found = search_words.words(phrase or chunk)
        pairs = [(word, stem) for word in found if (stem := search_words.stem(word))]
        if not pairs:
            continue
        term = tuple(stem for _word, stem in pairs)
        if minus:
            without.append(term)
        else:
            is_grammar = not phrase and all(word in search_words.STOP for word, _stem in pairs)
            wanted.append((term, tuple(word for word, _stem in pairs), is_grammar))
    telling = [one for one in wanted if not one[2]] or wanted
    kept = telling[:MOST_TERMS]
    return Question(
        terms=tuple(dict.fromkeys(term for term, _words, _is_grammar in kept)),
        without=tuple(dict.fromkeys(without[:MOST_TERMS])),
        typed=tuple(word for _term, typed, _is_grammar in kept for word in typed),
    )
