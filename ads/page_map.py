"""Where the positions stand, as drawings: the front page and a story, on a wide screen and on a phone.

All in the pixels of those pages, so that every box has its true size beside what is around it. Text is a path of
strokes, pictures a path of areas; a template or a sheet of paper draws them. Arabic pages are the mirror of English.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from .models import Position

Place = Position.Place

WIDE, PHONE = 1280, 360
MARGIN, GUTTER = 20, 16
RAIL, GAP, LABEL = 336, 32, 24
MAIN = WIDE - 2 * MARGIN - GAP - RAIL
# A line of text, and what it takes from one to the next.
LINE, HEAD = 30, 44


@dataclass(frozen=True, slots=True)
class Box:
    """`numbers` are those of the positions that may stand in it: the tall slot of phones takes two."""

    numbers: tuple[int, ...]
    x: int
    y: int
    width: int
    height: int

    @property
    def label(self) -> str:
        return " ".join(map(str, self.numbers))

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(slots=True)
class Drawing:
    name: str
    width: int
    is_rtl: bool
    height: int = 0
    boxes: list[Box] = field(default_factory=list)
    # Areas of pictures, strokes of headlines, strokes of text: (x, y, width, height) from the top left corner.
    pictures: list[tuple[int, int, int, int]] = field(default_factory=list)
    heads: list[tuple[int, int, int]] = field(default_factory=list)
    lines: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def is_phone(self) -> bool:
        return self.width == PHONE

    @property
    def picture_path(self) -> str:
        return "".join(f"M{x} {y}h{w}v{h}h-{w}z" for x, y, w, h in self.pictures)

    @property
    def head_path(self) -> str:
        return "".join(f"M{x} {y}h{w}" for x, y, w in self.heads)

    @property
    def line_path(self) -> str:
        return "".join(f"M{x} {y}h{w}" for x, y, w in self.lines)

    def left(self, start: int, width: int) -> int:
        return self.width - start - width if self.is_rtl else start

    def box(self, numbers: tuple[int, ...], start: int, y: int, width: int, height: int) -> int:
        """Returns where the page goes on below it and its label; at `y` where nothing is on sale there."""
        if not numbers:
            return y
        self.boxes.append(Box(numbers, self.left(start, width), y + LABEL, width, height))
        return y + LABEL + height + 16

    def picture(self, start: int, y: int, width: int, height: int = 0) -> int:
        height = height or width * 2 // 3
        self.pictures.append((self.left(start, width), y, width, height))
        return y + height + 40

    def head(self, start: int, y: int, width: int, count: int = 1) -> int:
        for number in range(count):
            wide = width if number + 1 < count else width * 3 // 5
            self.heads.append((self.left(start, wide), y + HEAD * number, wide))
        return y + HEAD * count

    def text(self, start: int, y: int, width: int, until: int) -> None:
        """Lines of paragraphs, down to a place on the page."""
        number = 0
        while y + LINE <= until:
            wide = width * 2 // 3 if number % 6 == 5 else width
            self.lines.append((self.left(start, wide), y, wide))
            y += LINE * 2 if number % 6 == 5 else LINE
            number += 1


def of(positions: Sequence[Position], *, is_rtl: bool) -> list[Drawing]:
    """The four pages, with the positions numbered as they come."""
    numbered = list(enumerate(positions, 1))
    return [
        _front(numbered, is_rtl),
        _story(numbered, is_rtl),
        _phone(numbered, is_rtl, _("Front page, phone"), is_front=True),
        _phone(numbered, is_rtl, _("Every other page, phone"), is_front=False),
    ]


Numbered = Sequence[tuple[int, Position]]


def _at(positions: Numbered, place: str) -> list[tuple[int, Position]]:
    return [(number, position) for number, position in positions if position.place == place]


def _header(page: Drawing, positions: Numbered) -> int:
    page.picture(MARGIN, 40, 232, 60)
    for number, position in _at(positions, Place.TOP)[:1]:
        page.box((number,), WIDE - MARGIN - position.width, 0, *position.size)
    page.head(MARGIN, 170, WIDE - 2 * MARGIN)
    return 230


def _rail(page: Drawing, positions: Numbered, y: int) -> int:
    begin = MARGIN + MAIN + GAP
    for number, position in _at(positions, Place.RAIL):
        y = page.box((number,), begin + (RAIL - position.width) // 2, y - LABEL, *position.size) + LABEL + 16
    return y


def _foot(page: Drawing, positions: Numbered, y: int) -> None:
    for number, position in _at(positions, Place.FOOT)[:1]:
        y = page.box((number,), (page.width - position.width) // 2, y, *position.size)
    page.height = y + 24


def _front(positions: Numbered, is_rtl: bool) -> Drawing:
    page = Drawing(_("Front page"), WIDE, is_rtl)
    y = _header(page, positions)
    for number, position in _at(positions, Place.HOME)[:1]:
        y = page.box((number,), (WIDE - position.width) // 2, y - LABEL, *position.size) + 32
    end = max(_rail(page, positions, y), y + 1400)
    lead = page.head(MARGIN, page.picture(MARGIN, y, 568), 568, 3)
    page.text(MARGIN, lead + 10, 568, y + 700)
    for row in range(2):
        top = y + row * 350
        page.head(MARGIN + 600, page.picture(MARGIN + 600, top, 272), 272, 2)
    block = y + 740
    while block + 330 <= end:
        page.head(MARGIN, block, MAIN)
        for column in range(4):
            start = MARGIN + column * 224
            after = page.head(start, page.picture(start, block + 40, 200), 200, 2)
            page.text(start, after, 200, block + 350)
        block += 400
    _foot(page, positions, end + 24)
    return page


def _story(positions: Numbered, is_rtl: bool) -> Drawing:
    page = Drawing(_("Every other page"), WIDE, is_rtl)
    y = _header(page, positions)
    end = max(_rail(page, positions, y), y + 1400)
    after = page.head(MARGIN, y + 20, 720, 3)
    page.text(MARGIN, after + 10, 640, after + 100)
    after = page.picture(MARGIN, after + 120, MAIN)
    page.text(MARGIN, after + 10, 640, end - 20)
    _foot(page, positions, end + 24)
    return page


def _phone(positions: Numbered, is_rtl: bool, name: str, *, is_front: bool) -> Drawing:
    page = Drawing(name, PHONE, is_rtl)
    wide = PHONE - 2 * GUTTER
    page.picture(GUTTER, 16, 150, 36)
    y = 60
    for place in [Place.TOP, *([Place.HOME] if is_front else [])]:
        for number, position in _at(positions, place)[:1]:
            width, height = _on_a_phone(position)
            y = page.box((number,), (PHONE - width) // 2, y, width, height)
    rail = _at(positions, Place.RAIL)
    tall = tuple(number for number, position in rail if position.height > position.width)
    y = page.head(GUTTER, y + 40, wide, 2)
    y = page.picture(GUTTER, y, wide) - 10
    for number, position in rail:
        if number not in tall:
            page.text(GUTTER, y, wide, y + 5 * LINE)
            width, height = _on_a_phone(position)
            y = page.box((number,), (PHONE - width) // 2, y + 5 * LINE, width, height) + LINE
    page.text(GUTTER, y, wide, y + 3 * LINE)
    size = min((position.size for number, position in rail if number in tall), default=(0, 0), key=lambda one: one[1])
    y = page.box(tall, (PHONE - size[0]) // 2, y + 3 * LINE, *size)
    _foot(page, positions, y)
    return page


def _on_a_phone(position: Position) -> tuple[int, int]:
    """Its phone artwork, or the whole of it made to fit."""
    width, height = position.phone_size or position.size
    wide = min(width, PHONE - 2 * GUTTER)
    return wide, height * wide // width
