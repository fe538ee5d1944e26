"""GIF files taken apart and put together again, so that an animation is written anew without changing a
pixel.

Pillow composes frames and merges equal ones when it saves; timing, disposal and local palettes change. Here
the file's structure is read in Python, every frame's pixels are decoded and encoded by Pillow's codec, and
all bytes around them are our own: screen, loop count, timing, disposal, palettes. Comments, unknown
extensions and whatever follows the end are left behind. Source of the layout: the GIF89a specification, W3C,
31 July 1990.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from PIL import Image

from articles.uploads.picture_facts import Facts, PictureRefused

PALETTE_FLAG = 0x80
# Browsers show a frame that names less than two hundredths of a second for a tenth.
SHORTEST_DELAY, DELAY_INSTEAD = 2, 10
INTERLACED = 0x40
LOOP_EXTENSIONS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
# Beginnings of a program that a palette could spell. Real colours do not.
MARKUP = (b"<script", b"<?php", b"javascript:", b"<!doctype", b"<html", b"<iframe")


class Frame(NamedTuple):
    """`delay` is in hundredths of a second; `transparent` is a palette index, None for no such colour;
    `blocks` are the compressed pixels in their sub-blocks; `palette` is the one in force, `local` says whose
    it is."""

    left: int
    top: int
    width: int
    height: int
    interlaced: bool
    palette: bytes
    local: bool
    delay: int
    disposal: int
    transparent: int | None
    bits: int
    blocks: bytes


class Gif(NamedTuple):
    """`repeats` as in the file: 0 is for ever, None means no such field (plays once)."""

    width: int
    height: int
    background: int
    palette: bytes
    repeats: int | None
    frames: list[Frame]

    def facts(self, size: int) -> Facts:
        loops, duration = 1, 0
        if len(self.frames) > 1:
            duration = 10 * sum(frame.delay for frame in self.frames)
            if self.repeats is not None:
                loops = self.repeats and self.repeats + 1
        return Facts("GIF", self.width, self.height, len(self.frames), duration, loops, size)


class _Reader:
    """Walks over the bytes; whatever is missing is a refusal."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        piece = self.data[self.at : self.at + count]
        if len(piece) != count:
            raise PictureRefused("truncated")
        self.at += count
        return piece

    def byte(self) -> int:
        return self.take(1)[0]

    def blocks(self) -> bytes:
        """A chain of sub-blocks with its terminator, lengths included."""
        start = self.at
        while length := self.byte():
            self.take(length)
        return self.data[start : self.at]

    def palette(self, flags: int) -> bytes:
        return self.take(3 << ((flags & 7) + 1)) if flags & PALETTE_FLAG else b""


def read(data: bytes, *, max_pixels: int, max_frames: int, max_total_pixels: int) -> Gif:
    """The structure of the file; pixels are not decoded, and reading stops at the first frame too many."""
    reader = _Reader(data)
    if reader.take(6) not in (b"GIF87a", b"GIF89a"):
        raise PictureRefused("not-a-picture", wanted="GIF")
    width, height, flags, background, _aspect = struct.unpack("<HHBBB", reader.take(7))
    if not width or not height:
        raise PictureRefused("broken")
    if width * height > max_pixels:
        raise PictureRefused("too-many-pixels", width=width, height=height, limit=max_pixels // 1_000_000)
    palette = reader.palette(flags)
    frames: list[Frame] = []
    repeats = None
    control: tuple[int, int, int | None] = (0, 0, None)
    total = 0
    while (kind := reader.byte()) != 0x3B:
        if kind == 0x21:
            label = reader.byte()
            extension = reader.blocks()
            if label == 0xF9:
                control = _control(extension)
            elif label == 0xFF and extension[1:12] in LOOP_EXTENSIONS and extension[12:14] == b"\x03\x01":
                repeats = int.from_bytes(extension[14:16], "little")
            elif label == 0x01:  # plain text, which browsers skip together with its control block
                control = (0, 0, None)
        elif kind == 0x2C:
            if len(frames) >= max_frames:
                raise PictureRefused("too-many-frames", limit=max_frames)
            frame = _frame(reader, palette, control, (width, height))
            frames.append(frame)
            total += frame.width * frame.height
            control = (0, 0, None)
        else:
            raise PictureRefused("broken")
    if not frames:
        raise PictureRefused("broken")
    if total > max_total_pixels:
        raise PictureRefused("too-much-animation", frames=len(frames))
    return Gif(width, height, background, palette, repeats, frames)


def _control(extension: bytes) -> tuple[int, int, int | None]:
    """Delay, disposal, transparent index of a graphic control extension."""
    if len(extension) < 6 or extension[0] != 4:
        return (0, 0, None)
    flags, delay, transparent = struct.unpack("<BHB", extension[1:5])
    return delay, (flags >> 2) & 7, transparent if flags & 1 else None


def _frame(reader: _Reader, palette: bytes, control: tuple[int, int, int | None], screen: tuple[int, int]) -> Frame:
    left, top, width, height, flags = struct.unpack("<HHHHB", reader.take(9))
    if not width or not height or left + width > screen[0] or top + height > screen[1]:
        raise PictureRefused("broken")
    local = reader.palette(flags)
    if not (local or palette):  # shown in black or not at all; nobody means that
        raise PictureRefused("broken")
    bits = reader.byte()
    if not 1 <= bits <= 8:  # 1 is against the book, but written by some encoders and taken by decoders
        raise PictureRefused("broken")
    blocks = reader.blocks()
    delay, disposal, transparent = control
    return Frame(
        left, top, width, height, bool(flags & INTERLACED), local or palette, bool(local), delay, disposal,
        transparent, bits, blocks,
    )  # fmt: skip


def indices(gif: Gif) -> Iterator[Image.Image]:
    """Each frame's own pixels as palette indices (mode "P", no palette attached)."""
    for frame in gif.frames:
        interlace = int(frame.interlaced)
        try:
            yield Image.frombytes("P", (frame.width, frame.height), frame.blocks, "gif", (frame.bits, interlace, -1))
        except ValueError as error:
            raise PictureRefused("truncated" if "not enough" in str(error) else "broken") from None


def decode(gif: Gif) -> None:
    """Nothing, if every frame can be decoded; else a refusal."""
    for _frame in indices(gif):
        pass


def as_shown(gif: Gif) -> Gif:
    """With the times that browsers give to frames that name none."""
    frames = [f if f.delay >= SHORTEST_DELAY else f._replace(delay=DELAY_INSTEAD) for f in gif.frames]
    return gif._replace(frames=frames)


def write(gif: Gif, images: Sequence[Image.Image] | None = None) -> bytes:
    """The same animation in a new file: the same screen, loops, timing, disposal and pixels; nothing else. `images`
    are the frames' indices, where somebody decoded them already."""
    images = images or list(indices(gif))
    used: set[int] = {gif.background}
    for frame, image in zip(gif.frames, images, strict=True):
        if not frame.local:
            used |= _used(frame, image)
    parts = [b"GIF89a", struct.pack("<HH", gif.width, gif.height), _screen(gif), _only(gif.palette, used)]
    if gif.repeats is not None:
        parts.append(b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", gif.repeats) + b"\0")
    for frame, image in zip(gif.frames, images, strict=True):
        parts += _written(frame, image)
    parts.append(b"\x3b")
    return without_markup(b"".join(parts))


def _screen(gif: Gif) -> bytes:
    if not gif.palette:
        return b"\0\0\0"
    return bytes((PALETTE_FLAG | 0x70 | _depth(gif.palette), gif.background, 0))


def _depth(palette: bytes) -> int:
    """The size field of a palette: 2 ** (field + 1) colours."""
    return (len(palette) // 3).bit_length() - 2


def _used(frame: Frame, image: Image.Image) -> set[int]:
    used = {index for index, count in enumerate(image.histogram()) if count}
    return used if frame.transparent is None else used | {frame.transparent}


def _only(palette: bytes, used: set[int]) -> bytes:
    """The palette with every colour that nothing shows set to black: text can hide there."""
    kept = bytearray(len(palette))
    for index in used:
        kept[3 * index : 3 * index + 3] = palette[3 * index : 3 * index + 3]
    return bytes(kept)


def _written(frame: Frame, image: Image.Image) -> Sequence[bytes]:
    used = _used(frame, image)
    flags = frame.disposal << 2 | (frame.transparent is not None)
    control = struct.pack("<BHBB", flags, frame.delay, frame.transparent or 0, 0)
    place = struct.pack("<HHHH", frame.left, frame.top, frame.width, frame.height)
    local = bytes([PALETTE_FLAG | _depth(frame.palette)]) if frame.local else b"\0"
    palette = _only(frame.palette, used) if frame.local else b""
    bits = max(2, max(used).bit_length())
    pixels = image.tobytes("gif", ("P", bits, 0))
    return b"\x21\xf9\x04" + control, b"\x2c" + place + local, palette, bytes([bits]), pixels, b"\0"


def without_markup(data: bytes) -> bytes:
    """`data`, unless it spells a program: a picture written anew can still do so in colours chosen for it."""
    lowered = data.lower()
    if any(word in lowered for word in MARKUP):
        raise PictureRefused("broken")
    return data
