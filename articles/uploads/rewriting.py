"""Advertising artwork written anew: the same picture in a file of our own making. Runs in a child process."""

import io
from typing import NamedTuple

from PIL import Image, ImageOps

from articles.uploads import flashing, gifs
from articles.uploads.colours import in_srgb
from articles.uploads.decoding import in_words, opened, orientation, read_gif, weighed
from articles.uploads.picture_facts import Artwork, Facts, PictureRefused

FORMATS = ("JPEG", "GIF")
# Below the second, letters in advertisements begin to smear: no further down for the sake of a light page.
QUALITIES = (92, 85, 78, 70, 60)
GOOD_ENOUGH = 70


class Bounds(NamedTuple):
    """What artwork must keep to. `aim_bytes` is what a JPEG should weigh where its quality allows, 0 for no such aim;
    `max_play_ms` bounds all rounds of an animation together and refuses flashing, 0 for neither."""

    max_bytes: int
    aim_bytes: int = 0
    max_play_ms: int = 0


def rewrite_artwork(data: bytes, *, size: tuple[int, int], bounds: Bounds) -> Artwork:
    """The artwork as it will be shown, in a new file: no metadata, no comments, nothing behind the end.

    A JPEG's size counts after its EXIF orientation is applied, because that is what its maker sees. Its
    pixels are compressed with the tables it came with, unless it had to be turned, its colours converted
    to sRGB, or it is heavier than its aim. A GIF keeps every frame, palette, time and disposal; with a bound on its
    play, its rounds become so few that it ends in time.

    Raises `PictureRefused`.
    """
    found = weighed(data, formats=FORMATS, max_bytes=bounds.max_bytes)
    with in_words(FORMATS):
        return _gif(data, size, bounds) if found == "GIF" else _jpeg(data, size, bounds)
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


def _gif(data: bytes, size: tuple[int, int], bounds: Bounds) -> Artwork:
    gif = read_gif(data)
    _check_size((gif.width, gif.height), size)
    if bounds.max_play_ms and len(gif.frames) > 1:
        gif, plays = _bounded(gif, bounds.max_play_ms)
        images = list(gifs.indices(gif))
        if flash := flashing.find(gif, images, plays=plays):
            code = "flashing-red" if flash.is_red else "flashing"
            raise PictureRefused(code, second=f"{flash.begins / 100:.1f}")
        written = gifs.write(gif, images)
    else:
        written = gifs.write(gif)
    _check_weight(written, bounds)
    return Artwork(gif.facts(len(written)), written, "gif")


def _bounded(gif: gifs.Gif, max_play_ms: int) -> tuple[gifs.Gif, int]:
    """The animation with as many of its rounds as end in time, and how many those are."""
    gif = gifs.as_shown(gif)
    once = 10 * sum(frame.delay for frame in gif.frames)
    if once > max_play_ms:
        raise PictureRefused("plays-too-long", seconds=f"{once / 1000:.1f}", limit=max_play_ms // 1000)
    plays = max_play_ms // once
    if gif.repeats is None:
        plays = 1
    elif gif.repeats:
        plays = min(plays, gif.repeats + 1)
    return gif._replace(repeats=plays - 1 if plays > 1 else None), plays


def _check_weight(written: bytes, bounds: Bounds) -> None:
    if bounds.aim_bytes and len(written) > bounds.max_bytes:
        raise PictureRefused("too-heavy-anew", kilobytes=-(-len(written) // 1024), limit=bounds.max_bytes // 1024)


def _jpeg(data: bytes, size: tuple[int, int], bounds: Bounds) -> Artwork:
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
        written = _compressed(image, unchanged=image is picture, bounds=bounds)
    _check_weight(written, bounds)
    return Artwork(Facts("JPEG", width, height, 1, 0, 1, len(written)), gifs.without_markup(written), "jpg")


def _compressed(image: Image.Image, *, unchanged: bool, bounds: Bounds) -> bytes:
    """The heaviest version within the aim; else the lightest that still looks good, if it is within the limit; else the
    lightest of all."""
    options: list[dict[str, object]] = [{"quality": "keep"}] if unchanged else []
    options += [{"quality": quality} for quality in QUALITIES]
    aim = bounds.aim_bytes or bounds.max_bytes
    lightest = b""
    for option in options:
        out = io.BytesIO()
        image.save(out, "JPEG", optimize=True, progressive=True, **option)
        written = out.getvalue()
        lightest = min(lightest or written, written, key=len)
        if len(written) <= aim or (option["quality"] == GOOD_ENOUGH and len(lightest) <= bounds.max_bytes):
            break
    return lightest
