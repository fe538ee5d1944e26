"""What somebody may have meant who found nothing: words of the index that differ by a letter or two.

A word is proposed only when a live story shows it: the list of words also holds those of stories that are scheduled,
withdrawn or expired, and nobody shall read them here.
"""

from __future__ import annotations

from datetime import datetime
from difflib import SequenceMatcher

from . import search, search_query, search_words
from .models import Article, SearchWord

SHORTEST, LONGEST = 4, 20
LETTERS = {"en": "abcdefghijklmnopqrstuvwxyz", "ar": "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي"}
# Words that begin alike and are compared one by one, and how alike they must be.
COMPARED = 300
ALIKE = 0.75
TRIED = 4
# Words of a question that are looked at; a longer one gets no proposal.
MOST_WORDS = 6
# Live stories that are read to see whether one shows the word.
READ = 20


def meant(text: str, *, language: str, at: datetime) -> str:
    """Another question that finds something, or an empty text."""
    question = search.read(text)
    if len(question.typed) > MOST_WORDS:
        return ""
    better: list[str] = []
    for word in question.typed:
        if search_words.stem(word) and search.find(search.read(word), language=language, at=at).numbers:
            better.append(word)
        elif found := next((one for one in near(word, language) if _is_public(one, language, at)), ""):
            better.append(found)
        else:
            return ""
    proposed = " ".join(better)
    if better == list(question.typed) or not search.find(search.read(proposed), language=language, at=at).numbers:
        return ""
    return proposed


def near(word: str, language: str) -> list[str]:
    """Words of the index like this one, the likest first: with one letter more, less, changed or moved, or beginning
    alike. Two queries at most."""
    if not SHORTEST <= len(word) <= LONGEST or any(map(str.isdigit, word)):
        return []
    known = SearchWord.objects.filter(language=language)
    found = list(known.filter(word__in=_one_off(word, LETTERS[language])).values_list("word", flat=True))
    if not found:
        alike = known.filter(word__gte=word[:2], word__lt=word[:2] + "\U0010ffff")
        found = [one for one in alike.values_list("word", flat=True)[: COMPARED * 10] if abs(len(one) - len(word)) < 3]
    rated = [(SequenceMatcher(None, word, one).ratio(), one) for one in found[:COMPARED]]
    return [one for ratio, one in sorted(rated, key=lambda pair: (-pair[0], pair[1])) if ratio >= ALIKE][:TRIED]


def _one_off(word: str, letters: str) -> set[str]:
    halves = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    less = {a + b[1:] for a, b in halves if b}
    moved = {a + b[1] + b[0] + b[2:] for a, b in halves if len(b) > 1}
    changed = {a + letter + b[1:] for a, b in halves if b for letter in letters}
    more = {a + letter + b for a, b in halves for letter in letters}
    return less | moved | changed | more


def _is_public(word: str, language: str, at: datetime) -> bool:
    """Whether one of the best live stories for it shows this very word."""
    numbers = search.find(search_query.read(word), language=language, at=at).numbers[:READ]
    shown = Article.objects.live(at).filter(pk__in=numbers).for_cards().prefetch_related("tags")
    return any(word in search_words.words(_shown(story)) for story in shown)


def _shown(story: Article) -> str:
    authors = [name for byline in story.bylines.all() for name in (byline.author.name, byline.author.name_ar)]
    section = [story.section.name] if story.section else []
    return " ".join(
        [story.headline, story.standfirst, story.sponsor_name, *section, *authors, *(t.name for t in story.tags.all())]
    )
