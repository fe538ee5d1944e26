"""Text of strangers made fit for paper: bounded, without what steers a terminal or a line, with sizes kept whole."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from fontTools.ttLib import TTFont

from articles.fonts import FOLDER as FONTS

# Left-to-right whatever stands around: sizes, amounts, dates in digits, addresses of mail and pages, references.
_WHOLE = re.compile(
    r"[\w.+-]+@[\w.-]+\w"
    r"|https?://[!-~]+"
    r"|[+-]?\d[\d,.]*(?:(?: ?[×x] ?|[/:-])\d[\d,.]*)+"
    r"|[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+(?:/\d+)?"
    r"|[+-]?\d[\d,.]* ?(?:%|[A-Z]{3}\b)"
    r"|\+\d[\d ()-]+\d"
)
# Vowel signs come from the Latin family, which tears the Arabic letters around them apart; nobody misses them.
_VOWEL_SIGNS = re.compile("[\u064b-\u0652]")
_SPACES = re.compile(r"[^\S\n]+")
MISSING = "\N{REPLACEMENT CHARACTER}"


@cache
def _drawable() -> frozenset[int]:
    """What our fonts have a shape for."""
    found: set[int] = set()
    for name in ("NotoSans-Regular.ttf", "NotoNaskhArabic-Regular.ttf"):
        with TTFont(FONTS / name, lazy=True) as font:
            found |= set(font.getBestCmap())
    return frozenset(found)


def clean(text: str, limit: int = 300) -> str:
    """At most `limit` characters of a text, in its lines. Control characters and marks that turn the direction go,
    accents are put together, and what no font of ours can draw is one mark for each run of it."""
    text = unicodedata.normalize("NFC", text[: limit * 4].replace("\r\n", "\n").replace("\r", "\n"))
    kept: list[str] = []
    marks = 0
    for sign in text:
        category = unicodedata.category(sign)
        if sign == "\n" or category == "Zs" or sign == "\t":
            kept.append("\n" if sign == "\n" else " ")
        elif category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or "\ufe00" <= sign <= "\ufe0f":
            continue
        elif category in ("Mn", "Me"):
            # A tower of accents would draw over the lines around it.
            marks += 1
            if marks <= 3 and ord(sign) in _drawable():
                kept.append(sign)
            continue
        elif ord(sign) in _drawable():
            kept.append(sign)
        elif kept[-1:] != [MISSING]:
            kept.append(MISSING)
        marks = 0
    found = "\n".join(_SPACES.sub(" ", line).strip() for line in "".join(kept).split("\n")).strip()
    return found if len(found) <= limit else found[: limit - 1].rstrip() + "…"


def one_line(text: str, limit: int = 300) -> str:
    return " ".join(clean(text, limit).split())


def whole(text: str) -> str:
    """The text with its sizes, amounts and addresses isolated, so that Arabic around does not turn 728×90 round. Arabic
    vowel signs go."""
    return _WHOLE.sub(lambda found: f"\u2066{found[0]}\u2069", _VOWEL_SIGNS.sub("", text))
