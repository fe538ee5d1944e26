"""The site's icon: the publisher's own, or the first letter of the name on the accent colour."""

from __future__ import annotations

import io
import unicodedata
from functools import lru_cache

from articles import branding, contrast
from articles.models import Brand

# Of tabs, of phones' home screens, and of cards on other sites.
SIZES = (64, 180, 192, 512)


def icon(brand: Brand, size: int, language: str) -> bytes:
    """A square PNG. What was drawn is remembered, for the few brands and sizes there are."""
    colour = brand.accents()["light"]
    return _drawn(brand.icon.get("key", ""), _letter(brand.said("name", language)), colour, size)


def _letter(name: str) -> str:
    """The first letter or digit of a name, without an article before it."""
    words = [word.removeprefix("ال") or word for word in name.split()]
    if len(words) > 1 and words[0].casefold() in ("the", "a", "an"):
        words = words[1:]
    sign = next((sign for word in words for sign in word if unicodedata.category(sign)[0] in "LN"), "•")
    return sign.upper() if len(sign.upper()) == 1 else sign  # “ß” would be two


@lru_cache(maxsize=32)
def _drawn(key: str, letter: str, colour: str, size: int) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    from ads.paper.text import FONTS

    if key and (data := branding.icon_file(Brand(icon={"key": key}))):
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:  # of our own making
            return _png(picture.convert("RGB" if picture.mode == "RGB" else "RGBA").resize((size, size)))
    image = Image.new("RGB", (size, size), colour)
    is_arabic = "ARABIC" in unicodedata.name(letter, "")
    font = ImageFont.truetype(FONTS / f"{'NotoNaskhArabic' if is_arabic else 'NotoSans'}-Bold.ttf", round(size * 0.66))
    ink = "#ffffff" if contrast.ratio(colour, "#ffffff") >= contrast.LEAST else "#121416"
    box = font.getbbox(letter)
    place = ((size - box[0] - box[2]) / 2, (size - box[1] - box[3]) / 2)
    ImageDraw.Draw(image).text(place, letter, fill=ink, font=font)
    return _png(image)


def _png(image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
