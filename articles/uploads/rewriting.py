"""Advertising artwork written anew: the same picture in a file of our own making. Runs in a child process."""

import io

from PIL import Image, ImageOps

from articles.uploads import gifs
from articles.uploads.colours import in_srgb
from articles.uploads.decoding import in_words, opened, orientation, read_gif, weighed
from articles.uploads.picture_facts import Artwork, Facts, PictureRefused

FORMATS = ("JPEG", "GIF")
QUALITIES = (92, 85, 78, 70, 60)


def rewrite_artwork(data: bytes, *, size: tuple[int, int], max_bytes: int) -> Artwork:
    """The artwork as it will be shown, in a new file: no metadata, no comments, nothing behind the end.

    A JPEG's size counts after its EXIF orientation is applied, because that is what its maker sees. Its
    pixels are compressed with the tables it came with, unless it had to be turned or its colours converted
    to sRGB. A GIF keeps every frame, palette, time, disposal and its loop count; its new file may be a few
    per cent heavier than `max_bytes`, which bounds what is sent.

    Raises `PictureRefused`.
    """
    found = weighed(data, formats=FORMATS, max_bytes=max_bytes)
    with in_words(FORMATS):
        return _gif(data, size) if found == "GIF" else _jpeg(data, size, max_bytes)
    raise AssertionError("in_words() lets nothing else through")


def _check_size(found: tuple[int, int], wanted: tuple[int, int]) -> None:
    if found != wanted:
        raise PictureRefused(
            "wrong-size",
            wanted_width=wanted[0],
            wanted_height=wanted[1],
            width=found[0],
            height=found[1],
        )


def _gif(data: bytes, size: tuple[int, int]) -> Artwork:
    gif = read_gif(data)
    _check_size((gif.width, gif.height), size)
    written = gifs.write(gif)
    return Artwork(gif.facts(len(written)), written, "gif")


def _jpeg(data: bytes, size: tuple[int, int], max_bytes: int) -> Artwork:
    with opened(data, "JPEG") as picture:
        turn = orientation(picture)
        width, height = picture.size if turn < 5 else reversed(picture.size)
        _check_size((width, height), size)
        picture.load()
        image: Image.Image = picture
        if turn != 1:
            image = ImageOps.exif_transpose(image)
        image = in_srgb(image)
        image.info.clear()
        written = _compressed(image, unchanged=image is picture, max_bytes=max_bytes)
    return Artwork(Facts("JPEG", width, height, 1, 0, 1, len(written)), gifs.without_markup(written), "jpg")


def _compressed(image: Image.Image, *, unchanged: bool, max_bytes: int) -> bytes:
    """The heaviest version that fits; the lightest if none does."""
    options: list[dict[str, object]] = [{"quality": "keep"}] if unchanged else []
    options += [{"quality": quality} for quality in QUALITIES]
    written = b""
    for option in options:
        out = io.BytesIO()
        image.save(out, "JPEG", optimize=True, progressive=True, **option)
        written = out.getvalue()
        if len(written) <= max_bytes:
            break
    return written
