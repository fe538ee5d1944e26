"""The newspaper's own artwork, in both languages, for every position: what stands where nobody advertises."""

from __future__ import annotations

import io
from datetime import datetime
from functools import cache

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFont

from ads.models import HouseCreative, Position
from ads.paper.text import FONTS

from . import artwork, reading

# Drawn at twice the size and made smaller, so that edges are smooth.
TWICE = 2
GROUND, SECOND, INK, BUTTON = "#7a1f2b", "#4d1220", "#fff7ec", "#f2c14e"
WORDS = {
    "en": ("News from the coast, every morning", "Read on"),
    "ar": ("أخبار الساحل كل صباح", "تابعوا القراءة"),
}
PATHS = {"en": "/", "ar": "/ar/"}


def make(names: reading.Publication, now: datetime) -> None:
    """One for each position and language; what is there stays."""
    titles = {"en": names.name, "ar": names.name_ar}
    there = set(HouseCreative.objects.values_list("position__code", "language"))
    for position in Position.objects.filter(is_active=True):
        for language, (line, button) in WORDS.items():
            if (position.code, language) in there:
                continue
            made = HouseCreative(
                position=position,
                name=f"{titles['en']} ({language})",
                alt=f"{titles[language]}: {line}",
                click_url=f"https://newsroom.example{PATHS[language]}",
                language=language,
                created_at=now,
            )
            made.file.save("own.jpg", ContentFile(draw(position.size, titles[language], line, button)), save=False)
            if position.phone_size:
                phone = draw(position.phone_size, titles[language], line, button)
                made.phone_file.save("own.jpg", ContentFile(phone), save=False)
            made.save()


def draw(size: tuple[int, int], name: str, line: str, button: str) -> bytes:
    """A JPEG of exactly `size`: the name, one line and a button in the middle, or along a low strip."""
    width, height = size[0] * TWICE, size[1] * TWICE
    picture = artwork.ground((width, height), GROUND, SECOND)
    pen = ImageDraw.Draw(picture)
    if height * 4 < width:
        parts = ((0.17, 0.5, name, 0.30), (0.5, 0.5, line, 0.26), (0.85, 0.5, button, 0.22))
        room = (0.28, 0.36, 0.22)
    else:
        more = 1.5 if width > height * 2 else 1
        parts = ((0.5, 0.19, name, 0.1 * more), (0.5, 0.47, line, 0.11 * more), (0.5, 0.8, button, 0.08 * more))
        room = (0.84, 0.84, 0.6)
    short = min(width, height)
    rows = 3 if height > width * 1.5 else 1 if height * 4 > width > height * 2 else 2
    most = {name: 1, line: rows, button: 1}
    for (across, down, words, largest), part in zip(parts, room, strict=True):
        middle = (width * across, height * down)
        base = height if height * 4 < width else short
        _write(pen, middle, words, base * largest, width * part, most=most[words], is_button=words is button)
    out = io.BytesIO()
    picture.resize(size, Image.Resampling.LANCZOS).save(out, "JPEG", quality=88, optimize=True)
    return out.getvalue()


def _write(
    pen: ImageDraw.ImageDraw,
    middle: tuple[float, float],
    words: str,
    size: float,
    room: float,
    *,
    most: int,
    is_button: bool,
) -> None:
    """Words around a point, in as many rows as they need to be of a size that can be read."""
    rows, font = _rows(words, size, room, most)
    step = font.size * 1.3
    top = middle[1] - step * (len(rows) - 1) / 2
    if is_button:
        half = font.getlength(words) / 2 + font.size * 0.9
        box = (middle[0] - half, middle[1] - font.size, middle[0] + half, middle[1] + font.size)
        pen.rounded_rectangle(box, font.size * 0.4, fill=BUTTON)
    for place, row in enumerate(rows):
        pen.text((middle[0], top + step * place), row, GROUND if is_button else INK, font, anchor="mm")


def _rows(words: str, size: float, room: float, most: int) -> tuple[list[str], ImageFont.FreeTypeFont]:
    while True:
        font = _font(round(size), words.isascii())
        rows: list[str] = []
        for word in words.split():
            if rows and font.getlength(f"{rows[-1]} {word}") <= room:
                rows[-1] += f" {word}"
            else:
                rows.append(word)
        if size < 12 or (len(rows) <= most and all(font.getlength(row) <= room for row in rows)):
            return rows, font
        size *= 0.92


@cache
def _font(size: int, is_latin: bool) -> ImageFont.FreeTypeFont:
    name = "NotoSans-Bold.ttf" if is_latin else "NotoNaskhArabic-Bold.ttf"
    return ImageFont.truetype(FONTS / name, size)
