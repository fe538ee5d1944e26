"""How a picture looks, in 64 bits: pictures that people would call the same differ in few of them.

The difference hash (Neal Krawetz, "Kind of Like That", 2013): of a grey picture of 9 x 8 pixels, whether each pixel is
lighter than its right neighbour. It survives another size, quality or format; not a crop, a turn or a mirror.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

ACROSS, DOWN = 8, 8
# Copies of one picture that were scaled and compressed again differ by 0 to 3 bits, unlike pictures by 20 and more.
ALIKE = 5
# Skies, walls and plain colours: nearly every bit is the same, and tells nothing.
LEAST_BITS = 6


def look_of(image: Image.Image) -> int | None:
    """A signed 64-bit number, as databases keep it; None for a picture without features. Runs in a child process."""
    from PIL import Image

    if image.mode in ("RGBA", "LA"):
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image.convert("RGBA"))
    small = image.convert("L").resize((ACROSS + 1, DOWN), Image.Resampling.BOX)
    grey = small.tobytes()
    bits = 0
    for row in range(DOWN):
        start = row * (ACROSS + 1)
        for place in range(start, start + ACROSS):
            bits = bits << 1 | (grey[place] > grey[place + 1])
    if not LEAST_BITS <= bits.bit_count() <= 64 - LEAST_BITS:
        return None
    return bits - (1 << 64) if bits >> 63 else bits


def are_alike(one: int, other: int) -> bool:
    return ((one ^ other) & 0xFFFFFFFFFFFFFFFF).bit_count() <= ALIKE
