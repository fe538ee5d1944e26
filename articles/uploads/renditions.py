"""A picture of the library: the original as it is kept, and the sizes in which it is shown. Runs in a child process.

The original is written anew in full size: upright, in sRGB, of an animation the first frame, and nothing but its
pixels. What came as JPEG or WebP stays that, at a quality that nobody sees; everything else becomes a PNG.

Two crops: "full" keeps the picture's own ratio, "3x2" is cut round the focal point. Each in every asked
width that the picture has pixels for, as WebP, and as AVIF where that is smaller. How the time is spent, and
where it is saved:

- A picture is halved, as often as it keeps the pixels of its largest rendition, before anything is scaled with care.
- The original is encoded while the renditions are.
- The largest size of each crop comes from the decoded picture, the smaller ones from the largest.
- A picture within 1 % of 3:2 has one set of files under both names.
- AVIF at speed 9: as small as at speed 8, in two thirds of the time.
- Widths below 640 are WebP only: AVIF saves 1 or 2 KB there.
- Pillow lets go of the interpreter lock while it scales and encodes, so two threads use two cores.

Measured on two cores, child process included: a rough 4000 x 3000 JPEG of 3.6 MB to ten WebP and four AVIF
files and its original in 0.72 to 0.8 s (0.67 to 0.72 s without the original).
"""

import io
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from PIL import AvifImagePlugin, Image, ImageOps, WebPImagePlugin

from articles.uploads.colours import in_srgb
from articles.uploads.decoding import in_words, opened, orientation, read_gif, weighed
from articles.uploads.look import look_of
from articles.uploads.picture_facts import Facts

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
RATIO = 3 / 2
SMALLEST_AVIF = 640
WRITERS = (AvifImagePlugin, WebPImagePlugin)
WEBP = {"quality": 76, "method": 4}
# As faithful as that WebP: 29.2 and 29.5 dB on a rough photograph, 39.0 and 37.3 dB on a smooth one.
AVIF = {"quality": 50, "speed": 9, "max_threads": 1}


# How an original is kept, by what it came as: format and how it is written.
ORIGINALS: dict[str, tuple[str, dict[str, Any]]] = {
    "JPEG": ("JPEG", {"quality": 92}),
    "WEBP": ("WEBP", {"quality": 92, "method": 1}),
}
LOSSLESS: tuple[str, dict[str, Any]] = ("PNG", {"compress_level": 1})

Encoded = list[tuple[tuple[str, ...], int, int, str, bytes]]


class Crop(NamedTuple):
    """A part of the shown picture, in its pixels, and the names it goes by."""

    names: tuple[str, ...]
    left: float
    top: float
    width: float
    height: float

    def sizes(self, widths: Sequence[int]) -> list[tuple[int, int]]:
        """Largest first; never larger than the crop itself."""
        fitting = sorted({width for width in widths if width <= self.width}, reverse=True)
        return [(width, max(1, round(self.height * width / self.width))) for width in fitting or [int(self.width)]]


def taken_in(
    data: bytes, focal: tuple[float, float], widths: Sequence[int], max_bytes: int
) -> tuple[Facts, bytes, int | None, Encoded]:
    """The facts of the original as it is to be kept, its bytes, its look, and its renditions. Raises
    `PictureRefused`."""
    found = weighed(data, formats=FORMATS, max_bytes=max_bytes)
    with in_words(FORMATS), ThreadPoolExecutor(1) as writer:
        facts, image = _shown(data, found)
        image = _opaque(in_srgb(image))
        image.info = {}
        kind, options = ORIGINALS.get(found, LOSSLESS)
        pending = writer.submit(_saved, image, kind, options)
        scaled = _all_scaled(image, facts, focal, widths)
        look = look_of(min((one for crop, one in scaled if "full" in crop.names), key=lambda one: one.width))
        encoded = _encoded(scaled)
        original = pending.result()
        return Facts(kind, facts.width, facts.height, 1, 0, 1, len(original)), original, look, encoded
    raise AssertionError("in_words() lets nothing else through")


def rendered(data: bytes, focal: tuple[float, float], widths: Sequence[int], max_bytes: int) -> tuple[Facts, Encoded]:
    """The facts, and (names of the crop, width, height, format, bytes) of every rendition; of an animation, those of
    its first frame.

    `focal` is the point that must stay in the picture, as shares of its shown width and height. Orientation
    is applied, colours are sRGB, metadata is gone, transparency stays. Raises `PictureRefused`.
    """
    found = weighed(data, formats=FORMATS, max_bytes=max_bytes)
    with in_words(FORMATS):
        facts, image = _shown(data, found)
        return facts, _encoded(_all_scaled(image, facts, focal, widths))
    raise AssertionError("in_words() lets nothing else through")


def _all_scaled(
    image: Image.Image, facts: Facts, focal: tuple[float, float], widths: Sequence[int]
) -> list[tuple[Crop, Image.Image]]:
    crops = _crops(facts, focal)
    spare = int(min(crop.width / crop.sizes(widths)[0][0] for crop in crops))
    image = _scalable(image)
    if spare >= 2:
        image = image.reduce(1 << (spare.bit_length() - 1))
    return [(crop, one) for crop in crops for one in _scaled(image, facts, crop, widths)]


def _scalable(image: Image.Image) -> Image.Image:
    """In another mode, where its own cannot be scaled: palettes, and 16-bit grey, which would be cut off."""
    if image.mode in ("L", "RGB", "RGBA", "CMYK"):
        return image
    image = in_srgb(image)
    image.info = {}
    return image


def _crops(facts: Facts, focal: tuple[float, float]) -> list[Crop]:
    width, height = facts.width, facts.height
    if abs(width / height / RATIO - 1) <= 0.01:
        return [Crop(("full", "3x2"), 0, 0, width, height)]
    cut_width, cut_height = min(width, height * RATIO), min(height, width / RATIO)
    x, y = (min(1.0, max(0.0, share)) for share in focal)
    left = min(max(0.0, x * width - cut_width / 2), width - cut_width)
    top = min(max(0.0, y * height - cut_height / 2), height - cut_height)
    return [Crop(("full",), 0, 0, width, height), Crop(("3x2",), left, top, cut_width, cut_height)]


def _shown(data: bytes, found: str) -> tuple[Facts, Image.Image]:
    """The facts, and the picture the right way up."""
    if found == "GIF":
        facts = read_gif(data).facts(len(data))
    with opened(data, found) as picture:
        turn = orientation(picture)
        width, height = picture.size if turn < 5 else reversed(picture.size)
        if found != "GIF":
            facts = Facts(found, width, height, 1, 0, 1, len(data))
        picture.load()
        image = picture.copy()
    image.info = {key: value for key, value in picture.info.items() if key in ("icc_profile", "transparency", "exif")}
    return facts, ImageOps.exif_transpose(image) if turn != 1 else image


def _scaled(image: Image.Image, facts: Facts, crop: Crop, widths: Sequence[int]) -> list[Image.Image]:
    across, down = image.width / facts.width, image.height / facts.height
    box = (
        crop.left * across,
        crop.top * down,
        min((crop.left + crop.width) * across, image.width),
        min((crop.top + crop.height) * down, image.height),
    )
    first, *rest = crop.sizes(widths)
    profile = image.info.get("icc_profile")
    largest = image.resize(first, Image.Resampling.LANCZOS, box=box, reducing_gap=2.0)
    if profile:
        largest.info["icc_profile"] = profile
    largest = _opaque(in_srgb(largest))
    largest.info = {}
    return [largest, *(largest.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0) for size in rest)]


def _opaque(image: Image.Image) -> Image.Image:
    """Without its alpha channel, if that hides nothing."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB")
    return image


def _encoded(scaled: list[tuple[Crop, Image.Image]]) -> Encoded:
    def webp(image: Image.Image) -> bytes:
        return _saved(image, "WEBP", WEBP)

    def avif(image: Image.Image) -> bytes:
        return _saved(image, "AVIF", AVIF) if image.width >= SMALLEST_AVIF else b""

    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        pending = {
            (number, kind): threads.submit(write, image)
            for number, (_crop, image) in sorted(enumerate(scaled), key=lambda item: -item[1][1].width)
            for kind, write in (("avif", avif), ("webp", webp))
        }
        encoded = {key: future.result() for key, future in pending.items()}
    files = []
    for number, (crop, image) in enumerate(scaled):
        light, plain = encoded[number, "avif"], encoded[number, "webp"]
        files.append((crop.names, image.width, image.height, "webp", plain))
        if light and len(light) < len(plain):
            files.append((crop.names, image.width, image.height, "avif", light))
    return files


def _saved(image: Image.Image, kind: str, options: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
