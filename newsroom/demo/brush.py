"""A canvas for the drawn photographs: gradients, light, haze and grain on top of Pillow.

Logical units: a canvas is always 1000 units high and ``1000 * width / height`` units wide, so a
scene does not care how many pixels it is drawn at. Small pictures are drawn at twice their size and
reduced, which smooths every edge.
"""

import io
import math
import random
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw

Point = tuple[float, float]
RGB = tuple[int, int, int]

# Above this many pixels a canvas is drawn at its own size: an edge is then already finer than a screen shows.
SUPERSAMPLED_UP_TO = 2_200_000


def rgb(colour: str) -> RGB:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(first: str, second: str, share: float) -> str:
    """The colour that lies ``share`` (0 to 1) of the way from the first to the second."""
    a, b = rgb(first), rgb(second)
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in zip(a, b, strict=True))


@lru_cache(maxsize=1)
def _grain() -> Image.Image:
    noise = Image.frombytes("L", (512, 512), random.Random("grain").randbytes(512 * 512))  # noqa: S311
    # Two sizes of grain, squeezed around middle grey: about +-9 levels.
    coarse = noise.resize((1024, 1024), Image.Resampling.BICUBIC).crop((0, 0, 512, 512))
    return Image.blend(noise, coarse, 0.5).point([round(128 + (v - 128) * 0.10) for v in range(256)])


@lru_cache(maxsize=1)
def _disc() -> Image.Image:
    """White in the middle, black at the rim, falling smoothly."""
    fall = [0] * 256
    for value in range(256):
        near = max(0.0, 1 - value / 180)
        fall[value] = round(255 * near * near * (3 - 2 * near))
    return Image.radial_gradient("L").point(fall)


class Canvas:
    def __init__(self, size: tuple[int, int], seed: str) -> None:
        self.out = size
        self.scale = 2 if size[0] * size[1] <= SUPERSAMPLED_UP_TO else 1
        self.px = (size[0] * self.scale, size[1] * self.scale)
        self.k = self.px[1] / 1000
        self.W = 1000 * size[0] / size[1]
        self.rng = random.Random(seed)  # noqa: S311
        self.img = Image.new("RGB", self.px, "#808080")
        self.pen = ImageDraw.Draw(self.img, "RGBA")

    def _p(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self.k, y * self.k) for x, y in points]

    @staticmethod
    def _ink(colour: str, alpha: float) -> tuple[int, int, int, int]:
        return (*rgb(colour), round(255 * alpha))

    # Flat shapes

    def poly(self, points: Sequence[Point], colour: str, alpha: float = 1) -> None:
        self.pen.polygon(self._p(points), fill=self._ink(colour, alpha))

    def rect(
        self, x0: float, y0: float, x1: float, y1: float, colour: str, alpha: float = 1, radius: float = 0
    ) -> None:
        box = (x0 * self.k, y0 * self.k, max(x0 * self.k, x1 * self.k - 1), max(y0 * self.k, y1 * self.k - 1))
        if radius:
            self.pen.rounded_rectangle(box, radius * self.k, fill=self._ink(colour, alpha))
        else:
            self.pen.rectangle(box, fill=self._ink(colour, alpha))

    def oval(self, x: float, y: float, rx: float, ry: float, colour: str, alpha: float = 1) -> None:
        k = self.k
        self.pen.ellipse(((x - rx) * k, (y - ry) * k, (x + rx) * k, (y + ry) * k), fill=self._ink(colour, alpha))

    def line(self, points: Sequence[Point], colour: str, width: float = 2, alpha: float = 1) -> None:
        self.pen.line(
            self._p(points), fill=self._ink(colour, alpha), width=max(1, round(width * self.k)), joint="curve"
        )

    def arc(
        self, x: float, y: float, rx: float, ry: float, a0: float, a1: float, colour: str, width: float = 2
    ) -> None:
        k = self.k
        box = ((x - rx) * k, (y - ry) * k, (x + rx) * k, (y + ry) * k)
        self.pen.arc(box, a0, a1, fill=self._ink(colour, 1), width=max(1, round(width * k)))

    def person(self, x: float, foot: float, tall: float, colour: str, cloth: str | None = None) -> None:
        """A standing figure, as small and plain as figures in the middle distance are."""
        head = tall * 0.075
        self.oval(x, foot - tall + head, head * 0.9, head * 1.1, colour)
        self.rect(
            x - tall * 0.12,
            foot - tall * 0.83,
            x + tall * 0.12,
            foot - tall * 0.36,
            cloth or colour,
            1,
            tall * 0.07,
        )
        self.poly(
            [
                (x - tall * 0.11, foot - tall * 0.42),
                (x + tall * 0.11, foot - tall * 0.42),
                (x + tall * 0.085, foot),
                (x + tall * 0.02, foot),
                (x, foot - tall * 0.3),
                (x - tall * 0.03, foot),
                (x - tall * 0.095, foot),
            ],
            colour,
        )

    # Gradients and light

    def wash(
        self,
        stops: Sequence[str],
        y0: float = 0,
        y1: float = 1000,
        x0: float = 0,
        x1: float | None = None,
        across: bool = False,
    ) -> None:
        """A rectangle in an even gradient of the given colours, downwards or across."""
        right = self.W if x1 is None else x1
        box = (round(x0 * self.k), round(y0 * self.k), round(right * self.k), round(y1 * self.k))
        size = (box[2] - box[0], box[3] - box[1])
        if min(size) > 0:
            self.img.paste(self._gradient(size, stops, across), box[:2])

    @staticmethod
    def _gradient(size: tuple[int, int], stops: Sequence[str], across: bool = False) -> Image.Image:
        fine = []
        steps = 96
        for i in range(steps):
            at = i / (steps - 1) * (len(stops) - 1)
            low = min(int(at), len(stops) - 2)
            a, b = rgb(stops[low]), rgb(stops[low + 1])
            fine.append(bytes(round(p + (q - p) * (at - low)) for p, q in zip(a, b, strict=True)))
        strip = Image.frombytes("RGB", (steps, 1) if across else (1, steps), b"".join(fine))
        return strip.resize(size, Image.Resampling.BILINEAR)

    def shade(self, points: Sequence[Point], stops: Sequence[str], across: bool = False) -> None:
        """A polygon filled with a gradient over its own height, or its width."""
        pts = self._p(points)
        x0, y0 = max(0, math.floor(min(p[0] for p in pts))), max(0, math.floor(min(p[1] for p in pts)))
        x1 = min(self.px[0], math.ceil(max(p[0] for p in pts)))
        y1 = min(self.px[1], math.ceil(max(p[1] for p in pts)))
        if x1 <= x0 or y1 <= y0:
            return
        mask = Image.new("L", (x1 - x0, y1 - y0), 0)
        ImageDraw.Draw(mask).polygon([(x - x0, y - y0) for x, y in pts], fill=255)
        self.img.paste(self._gradient(mask.size, stops, across), (x0, y0), mask)

    def glow(self, x: float, y: float, r: float, colour: str, strength: float = 0.6, flat: float = 1) -> None:
        """Light that falls off from a point; ``flat`` squeezes it into an ellipse."""
        half = (round(r * self.k), max(1, round(r * flat * self.k)))
        cx, cy = round(x * self.k), round(y * self.k)
        box = [cx - half[0], cy - half[1], cx + half[0], cy + half[1]]
        seen = (max(0, box[0]), max(0, box[1]), min(self.px[0], box[2]), min(self.px[1], box[3]))
        if seen[2] <= seen[0] or seen[3] <= seen[1]:
            return
        disc = _disc()
        kx, ky = 128 / half[0], 128 / half[1]
        part = (
            (seen[0] - box[0]) * kx,
            (seen[1] - box[1]) * ky,
            (seen[2] - box[0]) * kx,
            (seen[3] - box[1]) * ky,
        )
        mask = disc.resize((seen[2] - seen[0], seen[3] - seen[1]), Image.Resampling.BILINEAR, box=part)
        self.img.paste(colour, seen, mask.point([round(v * strength) for v in range(256)]))

    def haze(self, y0: float, y1: float, colour: str, top: float, bottom: float) -> None:
        """A veil whose strength runs from ``top`` to ``bottom``."""
        box = (0, round(y0 * self.k), self.px[0], round(y1 * self.k))
        strip = Image.frombytes("L", (1, 64), bytes(round(255 * (top + (bottom - top) * i / 63)) for i in range(64)))
        self.img.paste(colour, box, strip.resize((box[2], box[3] - box[1]), Image.Resampling.BILINEAR))

    def beam(self, points: Sequence[Point], colour: str, alpha: float, soft: int = 24) -> None:
        """A soft-edged polygon of light or shadow."""
        pts, edge = self._p(points), 2 * soft
        x0, y0 = max(0, int(min(p[0] for p in pts)) - edge), max(0, int(min(p[1] for p in pts)) - edge)
        x1 = min(self.px[0], int(max(p[0] for p in pts)) + edge)
        y1 = min(self.px[1], int(max(p[1] for p in pts)) + edge)
        if x1 <= x0 or y1 <= y0:
            return
        small = Image.new("L", ((x1 - x0) // 8 + 1, (y1 - y0) // 8 + 1), 0)
        ImageDraw.Draw(small).polygon([((x - x0) / 8, (y - y0) / 8) for x, y in pts], fill=round(255 * alpha))
        mask = small.reduce(max(1, soft // 8)).resize((x1 - x0, y1 - y0), Image.Resampling.BICUBIC)
        self.img.paste(colour, (x0, y0), mask)

    def soften(self, amount: int) -> None:
        """Everything drawn so far goes out of focus."""
        step = max(1, amount * self.scale * self.out[1] // 1067)
        self.img.paste(self.img.reduce(step).resize(self.px, Image.Resampling.BICUBIC))

    # Ground

    def crest(self, y: float, swing: float, waves: float = 3, rough: float = 0.2, step: float = 12) -> list[Point]:
        """A skyline of hills: sums of sines, closed along the bottom edge."""
        parts = [
            (self.rng.uniform(0.6, 1.6) * waves * n, self.rng.uniform(0, 6.3), swing / n**1.2) for n in (1, 2, 3, 5)
        ]
        points: list[Point] = []
        x = -step
        while x <= self.W + step:
            h = sum(a * math.sin(f * x / self.W * 3.1 + p) for f, p, a in parts)
            points.append((x, y + h * 0.5 + self.rng.uniform(-rough, rough) * swing * 0.3))
            x += step
        return [*points, (self.W + step, 1000), (-step, 1000)]

    def mirror(self, y: float, tint: str, share: float = 0.35, dim: int = 5) -> None:
        """Water below ``y``: the picture above it, upside down, broken into ripples and tinted."""
        line = round(y * self.k)
        height = min(line, self.px[1] - line)
        top = self.img.crop((0, line - height, self.px[0], line)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        narrow = top.resize((self.px[0] // dim, max(1, height // 12)), Image.Resampling.BOX)
        water = narrow.resize((self.px[0], self.px[1] - line), Image.Resampling.BICUBIC)
        water = Image.blend(water, Image.new("RGB", water.size, tint), share)
        out = water.copy()
        at = 0
        while at < water.height:
            depth = at / water.height
            band = max(2, round((2 + 12 * depth) * self.k))
            shift = round(self.rng.uniform(-1, 1) * (4 + 30 * depth) * self.k)
            strip = water.crop((0, at, water.width, min(water.height, at + band)))
            out.paste(ImageChops.offset(strip, shift, 0), (0, at))
            at += band
        self.img.paste(out, (0, line))
        for _ in range(90):
            depth = self.rng.random() ** 1.6
            yy, xx = y + 4 + (996 - y) * depth, self.rng.uniform(-50, self.W)
            self.rect(xx, yy, xx + self.rng.uniform(20, 60 + 160 * depth), yy + 1 + 3 * depth, "#ffffff", 0.05)

    # The end

    def finish(self, grain: bool = True, vignette: float = 0.32) -> Image.Image:
        picture = self.img.reduce(self.scale) if self.scale > 1 else self.img
        if vignette:
            dark = Image.radial_gradient("L").point([max(0, round((v - 120) * vignette * 1.2)) for v in range(256)])
            picture.paste("#0b0d14", (0, 0), dark.resize(picture.size, Image.Resampling.BILINEAR))
        if grain:
            sheet = Image.new("L", picture.size)
            for x in range(0, picture.width, 512):
                for y in range(0, picture.height, 512):
                    sheet.paste(_grain(), (x, y))
            layer = Image.merge("RGB", (sheet, sheet, sheet))
            picture = ImageChops.add(picture, layer, 1, -128)
        return picture


def jpeg(picture: Image.Image, quality: int = 84) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=False, progressive=True)
    return out.getvalue()
