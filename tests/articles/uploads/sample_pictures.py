"""Pictures made in code, for tests and demonstrations."""

import io
import random
import struct

from PIL import Image


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def photo(width=600, height=400, seed=1):
    """Something with the texture of a photograph: gradients, and noise at several scales."""
    rng = random.Random(seed)
    channels = []
    for turn in (0, 90, 180):
        channel = Image.linear_gradient("L").rotate(turn).resize((width, height))
        for scale, share in ((64, 0.35), (16, 0.25), (4, 0.2), (1, 0.15)):
            size = (max(1, width // scale), max(1, height // scale))
            noise = Image.frombytes("L", size, rng.randbytes(size[0] * size[1]))
            smooth = noise.resize((width, height), Image.Resampling.BICUBIC)
            channel = Image.blend(channel, smooth, share)
        channels.append(channel)
    return Image.merge("RGB", channels)


def jpeg(width=600, height=400, **options):
    return saved(photo(width, height), "JPEG", quality=85, **options)


def png(width=300, height=200, mode="RGB", **options):
    return saved(photo(width, height).convert(mode), "PNG", **options)


def gif(width=300, height=250, frames=4, *, loop=0, duration=120, disposal=0):
    images = []
    for number in range(frames):
        image = Image.new("P", (width, height), 0)
        image.putpalette([0, 0, 0, 255, 255, 255, 200, 30, 30, 30, 200, 30, *[n % 256 for n in range(36)]])
        image.paste(1 + number % 3, (number * 7, number * 5, number * 7 + 40, number * 5 + 40))
        images.append(image)
    options = {} if loop is None else {"loop": loop}
    return saved(
        images[0],
        "GIF",
        save_all=True,
        append_images=images[1:],
        duration=duration,
        disposal=disposal,
        **options,
    )


def gif_block(left=0, top=0, width=1, height=1, *, delay=10, disposal=0, transparent=None):
    """One frame in a global palette of four colours, every pixel of colour 1."""
    flags = disposal << 2 | (transparent is not None)
    pixels = Image.new("P", (width, height), 1).tobytes("gif", ("P", 2, 0)) + b"\0"
    return (
        b"\x21\xf9\x04"
        + struct.pack("<BHBB", flags, delay, transparent or 0, 0)
        + b"\x2c"
        + struct.pack("<HHHHB", left, top, width, height, 0)
        + b"\x02"
        + pixels
    )


def raw_gif(width, height, blocks, palette=b"\0\0\0\xff\xff\xff\xc8\x1e\x1e\x1e\xc8\x1e", extra=b""):
    screen = struct.pack("<HHBBB", width, height, 0x80 | 1, 0, 0)
    return b"GIF89a" + screen + palette + extra + b"".join(blocks) + b"\x3b"


def png_header(width, height):
    """A PNG that announces a size and has next to no pixels."""
    import zlib

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def jpeg_header(width, height):
    """A JPEG whose frame header announces another size than it has."""
    data = bytearray(jpeg(64, 64))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)
