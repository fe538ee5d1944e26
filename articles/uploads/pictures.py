"""What other code calls about pictures that came from outside. The decoding happens in a child process.

A child that crashes, eats its memory or takes too long is a refusal in words like any other, so callers know
one exception: `PictureRefused`, with `.code` and a translated `.message`.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from articles.uploads import isolation
from articles.uploads.picture_facts import Artwork, Facts, Logo, PictureRefused, Rendition, TakenIn
from articles.uploads.refusals import Refused

__all__ = [
    "Artwork",
    "Facts",
    "Logo",
    "PictureRefused",
    "Rendition",
    "TakenIn",
    "artwork",
    "check",
    "icon",
    "logo",
    "render",
    "take_in",
]

log = logging.getLogger(__name__)

MAX_BYTES = 20 << 20
MAX_MARK_BYTES = 5 << 20
MAX_PIXELS = 50_000_000
MAX_FRAMES = 300
WIDTHS = (320, 480, 640, 960, 1280)
ARTWORK_FORMATS = ("JPEG", "GIF")
LIBRARY_FORMATS = ("JPEG", "GIF", "PNG", "WEBP")

SECONDS = 15
MEGABYTES = 700
# 50 million pixels with transparency are 200 MB, three times while they are scaled.
RENDER_MEGABYTES = 1200
# A palette PNG within MAX_BYTES can be three times as heavy in full colours.
ORIGINAL_MEGABYTES = 128


def check(
    data: bytes,
    *,
    formats: tuple[str, ...] = LIBRARY_FORMATS,
    max_bytes: int = MAX_BYTES,
    max_pixels: int = MAX_PIXELS,
    max_frames: int = MAX_FRAMES,
) -> Facts:
    """The facts of a picture that decodes to its last pixel. Raises `PictureRefused`."""
    return Facts(*_run(_inspect, data, formats, max_bytes, max_pixels, max_frames))


def artwork(data: bytes, *, size: tuple[int, int], max_bytes: int, aim_bytes: int = 0, max_play_ms: int = 0) -> Artwork:
    """Advertising artwork (JPEG or GIF of exactly `size` pixels) written anew. Raises `PictureRefused`.

    With `aim_bytes`, a JPEG is compressed to that weight where its quality allows. With `max_play_ms`, an animation
    gets as many rounds as end within it, and is refused where one does not or where it flashes.
    """
    facts, written, extension = _run(_artwork, data, size, (max_bytes, aim_bytes, max_play_ms))
    return Artwork(Facts(*facts), written, extension)


def render(
    data: bytes,
    *,
    focal: tuple[float, float] = (0.5, 0.5),
    widths: Sequence[int] = WIDTHS,
    max_bytes: int = MAX_BYTES,
) -> tuple[Facts, list[Rendition]]:
    """The facts and every rendition of a picture (`articles.uploads.renditions`). Raises `PictureRefused`.

    Of a JPEG or PNG that was not `check`ed before, this decodes what the renditions need, which may be less
    than every pixel.
    """
    facts, files = _run(_render, data, focal, list(widths), max_bytes, megabytes=RENDER_MEGABYTES)
    return Facts(*facts), _renditions(files)


def take_in(
    data: bytes, *, focal: tuple[float, float] = (0.5, 0.5), widths: Sequence[int] = WIDTHS, max_bytes: int = MAX_BYTES
) -> TakenIn:
    """A picture written anew, for good, decoded to its last pixel. Raises `PictureRefused`."""
    facts, original, look, files = _run(
        _take_in, data, focal, list(widths), max_bytes, megabytes=RENDER_MEGABYTES, answer_megabytes=ORIGINAL_MEGABYTES
    )
    return TakenIn(Facts(*facts), original, look, _renditions(files))


def logo(data: bytes, *, max_bytes: int = MAX_MARK_BYTES) -> Logo:
    """A publisher's logo (PNG, JPEG or WebP) written anew in the sizes that pages and papers need. Raises
    `PictureRefused`."""
    return Logo(*_run(_logo, data, max_bytes))


def icon(data: bytes, *, max_bytes: int = MAX_MARK_BYTES) -> bytes:
    """A publisher's icon as a square PNG of at most 512 pixels. Raises `PictureRefused`."""
    return _run(_icon, data, max_bytes)


def _renditions(files: Any) -> list[Rendition]:
    return [
        Rendition(name, width, height, kind, encoded) for names, width, height, kind, encoded in files for name in names
    ]


def _run(
    function: Callable[..., Any], data: bytes, *args: Any, megabytes: int = MEGABYTES, answer_megabytes: int = 64
) -> Any:
    if not data:
        raise PictureRefused("empty")
    try:
        return isolation.run(
            function, data, *args, seconds=SECONDS, megabytes=megabytes, answer_megabytes=answer_megabytes
        )
    except Refused as refused:
        raise PictureRefused(refused.code, **refused.facts) from None
    except isolation.TookTooLong as error:
        raise PictureRefused("too-long") from error
    except isolation.Crashed as error:
        log.warning("A picture of %d bytes crashed %s: %s", len(data), function.__name__, error)
        raise PictureRefused("broken") from error


# What the child runs. It imports this module too, so Pillow is imported inside.


def _inspect(data: bytes, formats: Sequence[str], max_bytes: int, max_pixels: int, max_frames: int) -> tuple[Any, ...]:
    from articles.uploads.decoding import inspect

    return inspect(data, formats=tuple(formats), max_bytes=max_bytes, max_pixels=max_pixels, max_frames=max_frames)


def _artwork(data: bytes, size: tuple[int, int], bounds: tuple[int, int, int]) -> tuple[Any, ...]:
    from articles.uploads.rewriting import Bounds, rewrite_artwork

    return rewrite_artwork(data, size=(size[0], size[1]), bounds=Bounds(*bounds))


def _render(data: bytes, focal: tuple[float, float], widths: Sequence[int], max_bytes: int) -> Any:
    from articles.uploads.renditions import rendered

    return rendered(data, focal, widths, max_bytes)


def _take_in(data: bytes, focal: tuple[float, float], widths: Sequence[int], max_bytes: int) -> Any:
    from articles.uploads.renditions import taken_in

    return taken_in(data, focal, widths, max_bytes)


def _logo(data: bytes, max_bytes: int) -> Any:
    _refuse_drawings(data)
    from articles.uploads.marks import logo

    return logo(data, max_bytes)


def _icon(data: bytes, max_bytes: int) -> Any:
    _refuse_drawings(data)
    from articles.uploads.marks import icon

    return icon(data, max_bytes)


def _refuse_drawings(data: bytes) -> None:
    """What most people have of their logo, and try first."""
    if b"<svg" in data[:4096].lower():
        raise PictureRefused("svg")
