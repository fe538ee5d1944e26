"""A sheet of paper: A4, our two families of type, and blocks that begin where the language does."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fpdf import FPDF

from .text import FONTS, whole

INK, QUIET, RULE, TINT = (26, 26, 26), (96, 96, 96), (205, 200, 190), (246, 244, 240)
MARGIN, GAP = 18.0, 3.0
WIDTH, HEIGHT = 210.0, 297.0
INNER = WIDTH - 2 * MARGIN
# The box of a logo in the head of a paper.
LOGO = (64.0, 15.0)
# Where text ends and the foot begins.
FLOOR = HEIGHT - 22.0
# Lines are this much higher than their type, in millimetres for a point. Arabic reaches further up and down.
LEADING = {"en": 0.48, "ar": 0.56}


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    width: float
    is_number: bool = False


class Sheet(FPDF):
    """Places count from where reading begins: 0 is the left margin in English, the right one in Arabic."""

    def __init__(self, language: str) -> None:
        super().__init__(format="A4")
        self._widths: dict[tuple[str, float, str], float] = {}
        self.is_rtl = language == "ar"
        self.leading = LEADING[language]
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(False)
        for style, name in (("", "Regular"), ("B", "Bold")):
            self.add_font("sans", style, FONTS / f"NotoSans-{name}.ttf")
            self.add_font("naskh", style, FONTS / f"NotoNaskhArabic-{name}.ttf")
        # Digits and their points come from one family in both languages; Arabic letters from the other.
        self.set_fallback_fonts(["naskh"], exact_match=True)
        self.set_font("sans", "", 9.5)
        self.c_margin = 0
        self.set_text_shaping(True, direction="rtl" if self.is_rtl else "ltr")
        self.set_lang(language)
        self.add_page()

    def type(self, size: float = 9.5, *, bold: bool = False, colour: tuple[int, int, int] = INK) -> float:
        """Choose type; returns the height of its lines."""
        # Arabic letters are small beside Latin ones of the same size.
        size *= 1.06 if self.is_rtl else 1
        self.set_font("sans", "B" if bold else "", size)
        self.set_text_color(*colour)
        return size * self.leading

    def left_of(self, start: float, width: float) -> float:
        return WIDTH - MARGIN - start - width if self.is_rtl else MARGIN + start

    def put(self, start: float, width: float, text: str, height: float, *, to_end: bool = False) -> None:
        """Draw text at the present height of the page in the type chosen, and go below it."""
        for line in self.wrapped(text, width):
            self._line(start, width, line, height, align="R" if to_end != self.is_rtl else "L")
            self.set_y(self.get_y() + height)

    def number(self, start: float, width: float, text: str, height: float) -> None:
        """Amounts stand with their points under one another, in either direction of reading."""
        self._line(start, width, text, height, align="R")

    def _line(self, start: float, width: float, text: str, height: float, *, align: str) -> None:
        self.set_x(self.left_of(start, width))
        # A line that ends in the other family would lend it to the next one.
        self.current_font_is_set_on_page = False
        self.cell(width, height, whole(text), align=align)

    def wrapped(self, text: str, width: float) -> list[str]:
        """The lines of a text, broken between words; a word that is wider than a line is cut. Each word is measured
        once, where fpdf2 measures a line anew for each of its letters."""
        lines: list[str] = []
        gap = self._measure("n n") - 2 * self._measure("n")
        for paragraph in text.split("\n"):
            line, used = "", 0.0
            for word in paragraph.split(" "):
                for piece in self._pieces(word, width):
                    wide = self._measure(piece)
                    if line and used + gap + wide > width:
                        lines.append(line)
                        line, used = piece, wide
                    else:
                        line, used = (f"{line} {piece}", used + gap + wide) if line else (piece, wide)
            if line:
                lines.append(line)
        return lines

    def width_of(self, texts: Iterable[str]) -> float:
        """Of the widest of some lines, in the type chosen."""
        return max((self._measure(whole(text)) for text in texts), default=0.0)

    def height_of(self, width: float, text: str, height: float) -> float:
        return len(self.wrapped(text, width)) * height

    def _pieces(self, word: str, width: float) -> Iterator[str]:
        while word:
            piece = word[:120]
            while len(piece) > 1 and self._measure(piece) > width:
                piece = piece[: max(1, min(len(piece) - 1, int(len(piece) * width / self._measure(piece))))]
            yield piece
            word = word[len(piece) :]

    def _measure(self, text: str) -> float:
        key = self.font_style, self.font_size_pt, text
        if key not in self._widths:
            self._widths[key] = self.get_string_width(text)
        return self._widths[key]

    def room_for(self, height: float) -> bool:
        """Begin a new page where what comes does not fit on this one. True when a new one was begun."""
        if self.get_y() + height <= FLOOR:
            return False
        self.add_page()
        return True

    def masthead(self, name: str, title: str, logo: bytes | None) -> None:
        """The head of the first page: the logo, the name below it or in its place, and across from them what paper
        this is. Goes below all of it."""
        self.set_y(MARGIN)
        if logo:
            across, down = _size(logo)
            scale = min(LOGO[0] / across, LOGO[1] / down)
            wide, tall = across * scale, down * scale
            self.image(io.BytesIO(logo), x=self.left_of(0, wide), y=MARGIN, w=wide, h=tall, alt_text=name)
            self.set_y(MARGIN + tall + 2.5)
        height = self.type(10 if logo else 15, bold=True)
        self.put(0, INNER * 0.6, name, height)
        bottom = self.get_y()
        self.set_y(MARGIN)
        height = self.type(15, colour=QUIET)
        self.put(INNER * 0.62, INNER * 0.38, title, height, to_end=True)
        self.set_y(max(bottom, self.get_y()))

    def rule(self, *, start: float = 0, width: float = INNER, colour: tuple[int, int, int] = RULE) -> None:
        self.set_draw_color(*colour)
        self.set_line_width(0.25)
        left = self.left_of(start, width)
        self.line(left, self.get_y(), left + width, self.get_y())

    def paragraphs(self, text: str, *, size: float = 9) -> None:
        """Long text over as many pages as it takes."""
        height = self.type(size)
        for line in self.wrapped(text, INNER):
            if self.room_for(height):
                self.type(size)
            self.put(0, INNER, line, height)

    def draw_table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Rows under their heads, which come again on every page. The first cell of a row may have a second line of
        smaller type below a line break."""
        self._heads(columns)
        for row in rows:
            main, _break, small = row[0].partition("\n")
            inner = columns[0].width - GAP
            line = self.type(9.5)
            tall = self.height_of(inner, main, line)
            small_line = self.type(8, colour=QUIET)
            needed = tall + self.height_of(inner, small, small_line) + 2 * 1.8
            if self.room_for(needed):
                self._heads(columns)
            top = self.get_y()
            self.set_y(top + 1.8)
            line = self.type(9.5)
            self.put(0, inner, main, line)
            if small:
                small_line = self.type(8, colour=QUIET)
                self.put(0, inner, small, small_line)
            line = self.type(9.5)
            start = columns[0].width
            for column, text in zip(columns[1:], row[1:], strict=True):
                self.set_y(top + 1.8)
                self.number(start, column.width, text, line)
                start += column.width
            self.set_y(top + needed)
            self.rule()

    def _heads(self, columns: Sequence[Column]) -> None:
        line = self.type(8, bold=True, colour=QUIET)
        top = self.get_y()
        self.set_fill_color(*TINT)
        self.rect(MARGIN - 2, top, INNER + 4, line + 3, style="F")
        start = 0.0
        for column in columns:
            self.set_y(top + 1.5)
            if column.is_number:
                self.number(start, column.width, column.title, line)
            else:
                self.put(start, column.width, column.title, line)
            start += column.width
        self.set_y(top + line + 3)

    def feet(self, words: str, pages: str) -> None:
        """The foot of every page, once their number is known."""
        total = self.page
        for number in range(1, total + 1):
            self.page = number
            self.current_font_is_set_on_page = False
            line = self.type(7.5, colour=QUIET)
            self.set_y(FLOOR + 6)
            self.rule()
            self.set_y(FLOOR + 8)
            self.put(0, INNER - 40, words, line)
            self.set_y(FLOOR + 8)
            self.put(INNER - 40, 40, pages % {"page": number, "pages": total}, line, to_end=True)


def _size(png: bytes) -> tuple[int, int]:
    """Width and height in the header of a PNG (RFC 2083, section 4.1.1)."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
