"""Decode pictures that strangers sent, and refuse in words whatever Pillow raises. Runs in a child process.

Sizes and frames are read from headers and bounded before a pixel is decoded. Only the decoders named in
`LOADED` are ever registered: `Image.open(formats=...)` of a registered format does not load the others.
"""

import contextlib
import io
import struct
from collections.abc import Iterator

from PIL import GifImagePlugin, Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from articles.uploads import gifs
from articles.uploads.picture_facts import NAMES, Facts, PictureRefused

LOADED = (GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin)

MAX_PIXELS = 50_000_000
MAX_FRAMES = 300
# Of all frames together: 300 frames of a 970 x 250 billboard are 73 million.
MAX_TOTAL_PIXELS = 300_000_000

ORIENTATION = 0x0112
TURNED = (5, 6, 7, 8)  # orientations that swap width and height

SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"8BPS", "Photoshop (PSD)"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"BM", "BMP"),
    (b"%PDF", "PDF"),
    (b"<svg", "SVG"),
)


def inspect(
    data: bytes,
    *,
    formats: tuple[str, ...],
    max_bytes: int,
    max_pixels: int = MAX_PIXELS,
    max_frames: int = MAX_FRAMES,
) -> Facts:
    """The facts of a picture every pixel of which was decoded. `formats` are Pillow's names.

    Raises `PictureRefused`, and nothing else, for anything that is not such a picture within the bounds.
    """
    found = weighed(data, formats=formats, max_bytes=max_bytes)
    with in_words(formats):
        if found == "GIF":
            gif = read_gif(data, max_pixels=max_pixels, max_frames=max_frames)
            gifs.decode(gif)
            return gif.facts(len(data))
        with opened(data, found, max_pixels=max_pixels) as picture:
            facts = _facts(picture, found, len(data), max_frames)
            duration = 0.0
            for frame in range(facts.frames):
                if frame:
                    picture.seek(frame)
                picture.load()
                duration += picture.info.get("duration", 0)
            return facts._replace(duration_ms=round(duration) if facts.frames > 1 else 0)
    raise AssertionError("in_words() lets nothing else through")


def read_gif(data: bytes, *, max_pixels: int = MAX_PIXELS, max_frames: int = MAX_FRAMES) -> gifs.Gif:
    return gifs.read(data, max_pixels=max_pixels, max_frames=max_frames, max_total_pixels=MAX_TOTAL_PIXELS)


def weighed(data: bytes, *, formats: tuple[str, ...], max_bytes: int) -> str:
    """The format by the first bytes, one of `formats`; refuses all else, and what is empty or too heavy."""
    if not data:
        raise PictureRefused("empty")
    if len(data) > max_bytes:
        raise PictureRefused("too-heavy", kilobytes=-(-len(data) // 1024), limit=max_bytes // 1024)
    found = signature(data)
    if found in formats:
        return found
    wanted = ", ".join(NAMES.get(name, name) for name in formats)
    if found:
        raise PictureRefused("wrong-format", format=NAMES.get(found, found), wanted=wanted)
    raise PictureRefused("not-a-picture", wanted=wanted)


def signature(data: bytes) -> str:
    """The format that the first bytes announce, "" if they announce none we know."""
    for start, name in SIGNATURES:
        if data.startswith(start):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return "AVIF" if data[8:12] in (b"avif", b"avis") else "HEIC"
    return ""


@contextlib.contextmanager
def in_words(formats: tuple[str, ...]) -> Iterator[None]:
    """Turns anything a decoder raises into `PictureRefused`."""
    try:
        yield
    except PictureRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        limit = MAX_PIXELS // 1_000_000
        raise PictureRefused("too-many-pixels", width="?", height="?", limit=limit) from None
    except Exception as error:  # Pillow raises ValueError, IndexError, struct.error, SyntaxError and more
        text = str(error).lower()
        if any(word in text for word in ("truncated", "not enough", "unexpected end", "broken data stream")):
            raise PictureRefused("truncated") from None
        raise PictureRefused("broken") from None


@contextlib.contextmanager
def opened(data: bytes, found: str, *, max_pixels: int = MAX_PIXELS) -> Iterator[ImageFile.ImageFile]:
    """The picture, header read and size checked, nothing decoded."""
    if found == "WEBP":  # libwebp takes memory for the whole canvas when it opens a file
        _check_pixels(_webp_size(data), max_pixels)
    with Image.open(io.BytesIO(data), formats=(found,)) as picture:
        _check_pixels(picture.size, max_pixels)
        yield picture


def _check_pixels(size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise PictureRefused("too-many-pixels", width=width, height=height, limit=max_pixels // 1_000_000)


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height in a WebP header (RFC 9649, section 2)."""
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise PictureRefused("broken")


def orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 where there is none or it cannot be read."""
    try:
        found = picture.getexif().get(ORIENTATION, 1)
    except Exception:  # a broken EXIF block does not make a broken picture
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _facts(picture: ImageFile.ImageFile, found: str, size: int, max_frames: int) -> Facts:
    # The second picture in a JPEG (MPO, of some phones) is not an animation.
    frames = 1 if found == "JPEG" else getattr(picture, "n_frames", 1)
    if frames > max_frames:
        raise PictureRefused("too-many-frames", limit=max_frames)
    width, height = picture.size
    if width * height * frames > MAX_TOTAL_PIXELS:
        raise PictureRefused("too-much-animation", frames=frames)
    if orientation(picture) in TURNED:
        width, height = height, width
    loops = picture.info.get("loop", 1) if frames > 1 else 1
    return Facts(found, width, height, frames, 0, int(loops), size)
