"""Words that advertising keeps away from: lists ready to be looked for, and which of them a text has words of.

A word is found whole, in whatever letters (case, accents, vowel signs, alef and its like). An Arabic word is also found
behind what is written as one with it: the article, and one letter for and, so, with, as, for or will, of which the last
leave three letters at least. So “حرب” finds “وبالحرب”, “الحرب” on a list finds “للحرب” and not “حرب”, and “حر” does not
find “بحر”.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from articles import html
from articles.models.media import folded

from .models import WordList

# Longer ones are on no list (`ads.admin.word_lists`).
MOST_LETTERS = 60
MOST_WORDS = 8
# How many stories a process remembers the lists of.
REMEMBERED = 2000

_MARKS = "\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
_WORD = re.compile(rf"(?:[^\W_]|[{_MARKS}])+")
_SOFT_HYPHEN = "\u00ad"
_THE = "ال"
# And, so; then with, as, for, will.
_JOINED = ("وف", "بكلس")
# The end of a phrase in a tree of them.
_END = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A word list, ready to be looked for. `print` is another for other words."""

    number: int
    single: frozenset[str]
    # By their first word, and so on: {"civil": {"war": {"": {}}}}.
    phrases: dict[str, Any]
    is_for_all: bool
    print: bytes = b""

    @classmethod
    def of(cls, word_list: WordList) -> Words:
        single, phrases, fingerprint = _ready(word_list.words)
        return cls(word_list.pk, single, phrases, word_list.is_for_all, fingerprint)


@lru_cache(maxsize=256)
def _ready(lines: str) -> tuple[frozenset[str], dict[str, Any], bytes]:
    single: set[str] = set()
    phrases: dict[str, Any] = {}
    for line in lines.splitlines():
        words = words_of(line)
        if not 0 < len(words) <= MOST_WORDS:
            continue
        if len(words) == 1:
            single.add(words[0])
            continue
        node = phrases
        for word in words:
            node = node.setdefault(word, {})
        node[_END] = {}
    return frozenset(single), phrases, hashlib.blake2b(lines.encode(), digest_size=8).digest()


def words_of(line: str) -> list[str]:
    """The words of a line as they are compared."""
    return [forms[0] for forms in _read(line)]


def found_in(text: str, lists: Collection[Words]) -> frozenset[int]:
    """The lists that have a word of a text. In time linear in the text."""
    return frozenset(number for number, _found in _search(text, lists, every=False))


def words_found(text: str, lists: Collection[Words]) -> dict[int, list[str]]:
    """By list, all of its words and phrases that a text has, as they are compared."""
    found: dict[int, set[str]] = {}
    for number, word in _search(text, lists, every=True):
        found.setdefault(number, set()).add(word)
    return {number: sorted(words) for number, words in found.items()}


_remembered: dict[bytes, frozenset[int]] = {}
_lock = threading.Lock()


def of_story(headline: str, standfirst: str, body: str, lists: Collection[Words]) -> frozenset[int]:
    """`found_in` for what readers see of a story; the same texts are looked through once in a process."""
    lists = [one for one in lists if one.single or one.phrases]
    if not lists:
        return frozenset()
    key = hashlib.blake2b(digest_size=16)
    for part in (headline, standfirst, body):
        key.update(part.encode(errors="surrogatepass") + b"\0")
    for one in lists:
        key.update(one.number.to_bytes(8) + one.print)
    known = _remembered.get(key.digest())
    if known is None:
        known = found_in(f"{headline}\n{standfirst}\n{html.text(body)}", lists)
        with _lock:
            if len(_remembered) >= REMEMBERED:
                _remembered.pop(next(iter(_remembered)))
            _remembered[key.digest()] = known
    return known


def _search(text: str, lists: Collection[Words], *, every: bool) -> Iterator[tuple[int, str]]:
    """(list, word or phrase), all of them or one for each list."""
    if not lists:
        return
    running = list(_read(text))
    there = {form for forms in running for form in forms}
    places: dict[str, list[int]] = {}
    for one in lists:
        if every:
            for word in one.single & there:
                yield one.number, word
        elif not one.single.isdisjoint(there):
            yield one.number, ""
            continue
        firsts = one.phrases.keys() & there
        if firsts and not places:
            for place, forms in enumerate(running):
                for form in forms:
                    places.setdefault(form, []).append(place)
        for phrase in _phrases(one.phrases, firsts, places, running):
            yield one.number, phrase
            if not every:
                break


def _phrases(
    tree: dict[str, Any], firsts: Collection[str], places: dict[str, list[int]], running: list[tuple[str, ...]]
) -> Iterator[str]:
    for first in firsts:
        for place in places[first]:
            branches = [(first, tree[first])]
            for forms in (*running[place + 1 : place + MOST_WORDS], ()):
                yield from (said for said, branch in branches if _END in branch)
                branches = [
                    (f"{said} {form}", branch[form]) for said, branch in branches for form in forms if form in branch
                ]
                if not branches:
                    break


def _read(text: str) -> Iterator[tuple[str, ...]]:
    """The words of a text, each in the forms in which a list may have it, as it stands first."""
    for word in _WORD.findall(text.replace(_SOFT_HYPHEN, "")):
        if len(word) <= MOST_LETTERS:
            yield from _forms(word)
        else:
            yield (word[:MOST_LETTERS],)


@lru_cache(maxsize=8192)
def _forms(word: str) -> tuple[tuple[str, ...], ...]:
    """Of one written word the forms of each word that it is: a ligature may be several, a sign none."""
    return tuple(tuple(dict.fromkeys(_bare(one))) for one in _WORD.findall(folded(word)))


def _bare(word: str) -> Iterator[str]:
    yield word
    if not "\u0620" <= word[0] <= "\u064a":
        return
    rests = [word]
    for letters in _JOINED:
        if rests[-1][0] in letters and len(rests[-1]) > 3:
            rests.append(rests[-1][1:])
    for rest in rests:
        yield rest
        if rest.startswith(_THE) and len(rest) > 3:
            yield rest[2:]
        if rest.startswith("لل") and len(rest) > 3:  # for + the
            yield from (_THE + rest[2:], rest[2:], f"ا{rest}")
