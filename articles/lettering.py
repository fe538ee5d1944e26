"""Text drawn on pictures: English and Arabic, also in one line, in the largest letters that fit a box.

Raqm shapes the letters of one typeface. Which way the pieces of a line run is worked out here, because a line may need
two: every piece is drawn by itself, in the order of the eye.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from .fonts import FOLDER

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

LATIN, ARABIC = "NotoSans", "NotoNaskhArabic"
# Arabic letters are smaller in their square than Latin ones, and reach higher and lower.
ARABIC_SCALE = 1.14
LEADING = {"en": 1.22, "ar": 1.5}
ELLIPSIS = "…"
# Around what keeps its own direction: a name within a sentence.
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"
_JOINERS = frozenset("\u200c\u200d")
_KEPT = _JOINERS | frozenset(f"{ISOLATE}\u2066\u2067{END_OF_ISOLATE}")
_ARABIC_LETTER = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")


class Undrawable(Exception):
    """Raised for a text with letters that no typeface of ours has, or that cannot be joined here."""


@dataclass(frozen=True)
class Piece:
    """Letters of one typeface that run one way, in the order in which they are read."""

    text: str
    family: str
    is_rtl: bool


@dataclass(frozen=True)
class Setting:
    """A text broken into lines at a size. `width` is that of its longest line."""

    lines: tuple[str, ...]
    size: int
    language: str
    is_bold: bool
    width: float

    @property
    def leading(self) -> int:
        return round(self.size * LEADING[self.language])

    @property
    def height(self) -> int:
        return self.leading * len(self.lines)


def joins_letters() -> bool:
    """Whether this Pillow can shape Arabic."""
    from PIL import features

    return bool(features.check("raqm"))


@cache
def _drawable(family: str) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(FOLDER / f"{family}-Bold.ttf", lazy=True) as font:
        return frozenset(font.getBestCmap())


def clean(text: str, limit: int = 300) -> str:
    """One line of what can be drawn. Signs that are no letters and have no shape here, such as emoji, are left out;
    letters that have none raise Undrawable, as does Arabic where it cannot be joined."""
    kept: list[str] = []
    marks = 0
    for sign in unicodedata.normalize("NFC", text[: limit * 4]):
        category = unicodedata.category(sign)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category[0] == "Z" or sign in "\t\r\n":
            kept.append(" ")
        elif sign in _KEPT:
            kept.append(sign)
        elif category[0] == "C" or "\ufe00" <= sign <= "\ufe0f" or marks > 3:
            continue
        elif any(ord(sign) in _drawable(family) for family in (LATIN, ARABIC)):
            kept.append(sign)
        elif category[0] in "LN":
            raise Undrawable(f"No typeface has {unicodedata.name(sign, hex(ord(sign)))}.")
    found = " ".join("".join(kept).split())
    if _ARABIC_LETTER.search(found) and not joins_letters():
        raise Undrawable("Pillow was built without Raqm, so it cannot join Arabic letters.")
    return found if len(found) <= limit else found[: limit - 1].rstrip() + ELLIPSIS


@cache
def font(family: str, size: int, is_bold: bool = True) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    engine = ImageFont.Layout.RAQM if joins_letters() else ImageFont.Layout.BASIC
    name = f"{family}-{'Bold' if is_bold else 'Regular'}.ttf"
    return ImageFont.truetype(
        FOLDER / name, round(size * (ARABIC_SCALE if family == ARABIC else 1)), layout_engine=engine
    )


def pieces(line: str, language: str) -> list[Piece]:
    """A line as it is drawn from left to right: rule L2 of https://www.unicode.org/reports/tr9/, with the levels of
    the characters from a library."""
    from fpdf.bidi import BidiParagraph
    from fpdf.enums import TextDirection

    base = TextDirection.RTL if language == "ar" else TextDirection.LTR
    characters = BidiParagraph(line, base_direction=base, preserve_bn_chars=True).get_characters_with_embedding_level()
    runs: list[tuple[int, str, str]] = []  # level, typeface, letters
    for character in sorted(characters, key=lambda one: one.character_index):
        _append(runs, line[character.character_index], character.embedding_level)
    highest = max((level for level, _family, _text in runs), default=0)
    for turned in range(highest, 0, -1):
        begin = 0
        while begin < len(runs):
            end = begin
            while end < len(runs) and runs[end][0] >= turned:
                end += 1
            runs[begin:end] = reversed(runs[begin:end])
            begin = max(end, begin + 1)
    return [Piece(text, family, bool(level % 2)) for level, family, text in runs]


def _append(runs: list[tuple[int, str, str]], sign: str, level: int) -> None:
    """Put a sign to the run before it, or begin another where the direction or the typeface changes. What several
    typefaces have stays with what stands before it."""
    joins = bool(unicodedata.combining(sign)) or sign in _JOINERS
    if sign in _KEPT and not joins:
        return
    order = (ARABIC, LATIN) if level % 2 else (LATIN, ARABIC)
    able = [family for family in order if ord(sign) in _drawable(family)]
    if runs and runs[-1][0] == level and (joins or runs[-1][1] in able):
        runs[-1] = (level, runs[-1][1], runs[-1][2] + sign)
    elif able and not joins:
        runs.append((level, able[0], sign))


def _direction(piece: Piece) -> dict[str, Any]:
    if not joins_letters():
        return {}
    return {"direction": "rtl" if piece.is_rtl else "ltr", "language": "ar" if piece.family == ARABIC else "en"}


def width_of(line: str, size: int, language: str, *, is_bold: bool = True) -> float:
    """In pixels, with what sticks out beyond the advance of the last letters."""
    return sum(_advance(piece, size, is_bold) for piece in pieces(line, language))


def _advance(piece: Piece, size: int, is_bold: bool) -> float:
    return font(piece.family, size, is_bold).getlength(piece.text, **_direction(piece))


def fit(
    text: str,
    language: str,
    *,
    width: int,
    height: int,
    sizes: Sequence[int],
    most_lines: int = 4,
    is_bold: bool = True,
) -> Setting:
    """A text in the largest of the sizes (descending) that fits a box, its lines about as long as one another. In the
    smallest it is cut with an ellipsis, and words that are wider than the box are broken."""
    for size in sizes:
        measure = _Measure(size, language, is_bold)
        lines = _broken(text.split(), measure, width)
        fits = lines and len(lines) <= most_lines and len(lines) * round(size * LEADING[language]) <= height
        if lines and fits:
            return measure.set(_balanced(text.split(), measure, width, len(lines)))
    measure = _Measure(sizes[-1], language, is_bold)
    lines = _broken(_chopped(text.split(), measure, width), measure, width) or []
    room = max(1, min(most_lines, height // round(sizes[-1] * LEADING[language])))
    if len(lines) > room:
        last = lines[room - 1]
        while last and measure(last + ELLIPSIS) > width:
            last = last.rpartition(" ")[0] or last[:-1]
        lines = [*lines[: room - 1], last.rstrip(" ,.;:،؛-–—") + ELLIPSIS]
    return measure.set(lines)


class _Measure:
    """Widths of words and lines at one size, each worked out once."""

    def __init__(self, size: int, language: str, is_bold: bool) -> None:
        self.size, self.language, self.is_bold = size, language, is_bold
        self.known: dict[str, float] = {}

    def __call__(self, line: str) -> float:
        if line not in self.known:
            self.known[line] = width_of(line, self.size, self.language, is_bold=self.is_bold)
        return self.known[line]

    def set(self, lines: list[str]) -> Setting:
        return Setting(tuple(lines), self.size, self.language, self.is_bold, max(map(self, lines), default=0))


def _broken(words: list[str], measure: _Measure, width: float) -> list[str] | None:
    """Words in lines, each as full as can be; None where a word is wider than a line. Letters are not joined over a
    space, so a line is as wide as its words."""
    lines: list[str] = []
    used, space = 0.0, measure(" ")
    for word in words:
        wide = measure(word)
        if wide > width:
            return None
        if lines and used + space + wide <= width:
            lines[-1] = f"{lines[-1]} {word}"
            used += space + wide
        else:
            lines.append(word)
            used = wide
    return lines


def _balanced(words: list[str], measure: _Measure, width: int, count: int) -> list[str]:
    """As many lines, in the narrowest column that holds them."""
    best = _broken(words, measure, width) or []
    low, high = width // 2, width
    while high - low > 8:
        middle = (low + high) // 2
        lines = _broken(words, measure, middle)
        if lines is not None and len(lines) <= count:
            best, high = lines, middle
        else:
            low = middle
    return best


def _chopped(words: list[str], measure: _Measure, width: int) -> list[str]:
    """Words, those that are wider than a line in parts."""
    found: list[str] = []
    for word in words:
        while measure(word) > width and len(word) > 1:
            part = len(word) - 1
            while part > 1 and measure(word[:part]) > width:
                part -= 1
            found.append(word[:part])
            word = word[part:]
        found.append(word)
    return found


def draw(brush: ImageDraw.ImageDraw, setting: Setting, *, start: float, end: float, top: float, colour: str) -> None:
    """Put a text between two sides of a picture, at the side where its language begins."""
    for number, line in enumerate(setting.lines):
        found = pieces(line, setting.language)
        widths = [_advance(piece, setting.size, setting.is_bold) for piece in found]
        x = end - sum(widths) if setting.language == "ar" else start
        baseline = top + setting.leading * number + setting.leading * (0.66 if setting.language == "ar" else 0.77)
        for piece, wide in zip(found, widths, strict=True):
            face = font(piece.family, setting.size, setting.is_bold)
            brush.text((x, baseline), piece.text, fill=colour, font=face, anchor="ls", **_direction(piece))
            x += wide
