"""GIFs made byte by byte, for what no picture program writes."""

import struct

from PIL import Image

from tests.articles.uploads import sample_pictures as sample

# Black, white, red, and a green of nearly the same luminance as that red.
PALETTE = bytes((0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 140, 0))
BLACK, WHITE, RED, GREEN = range(4)


def turning(delays, *, size=(300, 250), colours=(BLACK, WHITE), box=None, frames=None, repeats=None):
    """An animation that goes from one colour to the other with every frame, whole or within a box. `delays` are in
    hundredths of a second, over and over; `repeats` as in the file."""
    blocks = []
    for number in range(frames or len(delays)):
        image = Image.new("P", size, colours[0])
        image.paste(colours[number % 2], box or (0, 0, *size))
        control = struct.pack("<BHBB", 0, delays[number % len(delays)], 0, 0)
        place = struct.pack("<HHHHB", 0, 0, *size, 0)
        blocks.append(b"\x21\xf9\x04" + control + b"\x2c" + place + b"\x02" + image.tobytes("gif", ("P", 2, 0)) + b"\0")
    loop = b"" if repeats is None else b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", repeats) + b"\0"
    return sample.raw_gif(*size, blocks, palette=PALETTE, extra=loop)
