"""From text to the stems that are searched, the same on every database.

Latin letters lose their accents and case, Arabic its vowel signs and its stretching; digits are Western. A word in
Arabic letters goes to the Arabic stemmer, every other to the English one, whatever the language of the story. What is
folded before the stemmer and what after was measured: `benchmarks/search_recall.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

LONGEST = 64
# In front of what no reader can type as a word: signs of the index itself. Folding drops it from every text.
SIGN = "ـ"

_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_ARABIC = re.compile("[\u0621-\u064a\u066e-\u06d3]")
# Vowel signs, the small alef and the stretching; all that may stand between letters and is no letter.
_ARABIC_SIGNS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
_APOSTROPHES = str.maketrans("’ʼ", "''")
_AFTER = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي"})
# "the", alone or after "and", "in", "like". Snowball treats endings in another way where it finds one.
_ARTICLE = re.compile("^(?:[وف]?(?:[بك]?ال|لل))")
_english, _arabic = snowballstemmer.stemmer("english"), snowballstemmer.stemmer("arabic")

# Words that a question holds for its grammar. They are in the index, for phrases, and left out of other questions.
_GRAMMAR = """
a about after all also an and any are as at be been but by can could did do does for from had has have he her his how i
if in into is it its me my no not of on or our out over she so some than that the their them then there these they this
to up was we were what when where which who why will with would you your
في من على إلى عن أن إن كان كانت هذا هذه ذلك تلك التي الذي الذين ما لا لم لن قد كل بعد قبل بين مع أو ثم هو هي هم كما حتى
عند أي و
"""
STOP = frozenset(_GRAMMAR.split())


def folded(text: str) -> str:
    """Text in which two ways to write the same letters are one. Its length may differ."""
    text = _ARABIC_SIGNS.sub("", unicodedata.normalize("NFKC", text))
    if text.isascii():
        return text.lower()
    return "".join(map(_letter, text.translate(_APOSTROPHES).casefold()))


@lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    if _ARABIC.match(letter):
        return letter
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))


def words(text: str) -> list[str]:
    """The words of a text as written, folded and cut to LONGEST."""
    return [word[:LONGEST] for word in _WORD.findall(folded(text))]


def pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """Each word of a text with where it begins and ends, and its stem."""
    for found in _PIECE.finditer(text):
        yield found.start(), found.end(), stem_of_piece(found[0])


# Words in a text that is not folded: with the signs that folding takes away.
_PIECE = re.compile(r"[^\W_](?:['’ʼ]?(?:[^\W_]|[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]))*")


@lru_cache(maxsize=1 << 16)
def stem_of_piece(piece: str) -> str:
    found = words(piece)
    return stem(found[0]) if found else ""


@lru_cache(maxsize=1 << 17)
def stem(word: str) -> str:
    """What all forms of a folded word share, more or less. Letters and digits alone, whatever stood between them."""
    if not _ARABIC.search(word):
        return _english.stemWord(word).replace("'", "")
    word = word.replace("'", "")
    bare = _ARTICLE.sub("", word)
    return _arabic.stemWord(bare if len(bare) > 2 else word).translate(_AFTER) or word


def stems(text: str) -> list[str]:
    return [found for found in map(stem, words(text)) if found]
