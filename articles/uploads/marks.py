"""A publisher's marks written anew: the logo as pages and papers show it, and the icon. Runs in a child process.

A logo loses its empty border and is scaled into its box. For dark mode it is drawn once more where it would not be seen
there: in light greys where it is all dark greys, else on white.
"""

import io
from typing import Any

from PIL import Image, ImageOps, ImageStat, WebPImagePlugin

from articles.uploads.colours import in_srgb
from articles.uploads.decoding import in_words, opened, orientation, weighed
from articles.uploads.picture_facts import PictureRefused

FORMATS = ("PNG", "JPEG", "WEBP")
WRITERS = (WebPImagePlugin,)
# In CSS pixels; screens get twice as many, papers four times.
BOX = (232, 56)
LEAST_HEIGHT = 32
ICON = 512
LEAST_ICON = 180
# A channel further from grey than this makes a colour; a lightness below this is not seen on a dark page.
GREY, DARK = 40, 110
PALE = (232, 230, 227)


def logo(data: bytes, max_bytes: int) -> tuple[int, int, bytes, bytes, bytes]:
    """Width and height in CSS pixels, WebP for pages, WebP for dark pages (empty: the same), PNG for papers."""
    with in_words(FORMATS):
        image = _decoded(data, max_bytes)
        if box := image.getchannel("A").getbbox():
            image = image.crop(box)
        if image.height < LEAST_HEIGHT:
            raise PictureRefused("too-small", width=image.width, height=image.height, least=LEAST_HEIGHT)
        share = min(BOX[0] / image.width, BOX[1] / image.height)
        width, height = max(1, round(image.width * share)), max(1, round(image.height * share))
        shown = _fitted(image, (width * 2, height * 2))
        dark = _for_dark(shown)
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image)
        return (
            width,
            height,
            _webp(shown),
            _webp(dark) if dark else b"",
            _png(_fitted(paper.convert("RGB"), (width * 4, height * 4))),
        )
    raise AssertionError("in_words() lets nothing else through")


def icon(data: bytes, max_bytes: int) -> bytes:
    """A square PNG; what is not square is cut round its middle."""
    with in_words(FORMATS):
        image = _decoded(data, max_bytes)
        if min(image.size) < LEAST_ICON:
            raise PictureRefused("too-small-icon", width=image.width, height=image.height, least=LEAST_ICON)
        side = min(ICON, *image.size)
        return _png(ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS))
    raise AssertionError("in_words() lets nothing else through")


def _decoded(data: bytes, max_bytes: int) -> Image.Image:
    found = weighed(data, formats=FORMATS, max_bytes=max_bytes)
    with opened(data, found) as picture:
        turn = orientation(picture)
        picture.load()
        image: Image.Image = picture.copy()
        image.info = {key: picture.info[key] for key in ("icc_profile", "transparency", "exif") if key in picture.info}
    if turn != 1:
        image = ImageOps.exif_transpose(image)
    image = in_srgb(image).convert("RGBA")
    image.info = {}
    return image


def _fitted(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Scaled down to a size; a small one is left as it is."""
    return image if image.width <= size[0] else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _for_dark(image: Image.Image) -> Image.Image | None:
    alpha = image.getchannel("A")
    if not alpha.point([255 * (value <= 250) for value in range(256)]).getbbox():
        return None  # a picture with a ground of its own
    mask = alpha.point([255 * (value > 128) for value in range(256)])
    grey = image.convert("RGB").convert("L")
    if not mask.getbbox() or ImageStat.Stat(grey, mask).mean[0] >= DARK:
        return None
    saturation = image.convert("RGB").convert("HSV").getchannel("S")
    lightness = image.convert("RGB").convert("HSV").getchannel("V")
    colour = Image.composite(
        saturation, Image.new("L", image.size), lightness.point([int(v > GREY) * 255 for v in range(256)])
    )
    if ImageStat.Stat(colour, mask).mean[0] > GREY:
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image)
        return ground.convert("RGB")
    light = ImageOps.invert(grey)
    pale = Image.merge("RGB", [light.point([value * top // 255 for value in range(256)]) for top in PALE])
    pale.putalpha(alpha)
    return pale


def _webp(image: Image.Image) -> bytes:
    return _saved(image, "WEBP", {"lossless": True, "method": 4})


def _png(image: Image.Image) -> bytes:
    return _saved(image, "PNG", {"optimize": True})


def _saved(image: Image.Image, kind: str, options: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
