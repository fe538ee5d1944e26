"""Display artwork for the invented firms, at the exact pixel sizes that positions are sold in.

One look for all: a coloured ground, a drawn motif, the brand, one message and one button. Only the
font that Pillow brings is used, thickened with a stroke where a bold is wanted.
"""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from .brush import mix, rgb
from .motifs import DRAWINGS, MOTIFS, SCALE

# Position code -> size, and the sizes that phones get instead where a big one would shrink to nothing.
POSITIONS = {
    "top-728x90": (728, 90),
    "home-970x250": (970, 250),
    "rail-336x280": (336, 280),
    "rail-200x200": (200, 200),
    "rail-300x600": (300, 600),
    "rail-300x1050": (300, 1050),
    "foot-300x250": (300, 250),
}
PHONE = {"top-728x90": (320, 100), "home-970x250": (300, 250)}

MAX_BYTES = 120_000

Box = tuple[float, float, float, float]


def draw(size: tuple[int, int], brand: str, line: str, palette: Sequence[str], button: str = "Find out more") -> bytes:
    """The artwork as a JPEG of exactly ``size``. The palette is ground, second ground, text, button."""
    picture = _compose(size, brand, line, palette, button).convert("RGB")
    for quality in (90, 84, 76, 68):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, subsampling=0, optimize=True)
        if out.tell() <= MAX_BYTES:
            break
    return out.getvalue()


def animate(
    size: tuple[int, int],
    brand: str,
    lines: Sequence[str],
    palette: Sequence[str],
    button: str = "Find out more",
) -> bytes:
    """An animated GIF, a frame for each line, 1.5 seconds each, shown once and then still."""
    frames = [
        _compose(size, brand, text, palette, button, step).quantize(64, dither=Image.Dither.NONE)
        for step, text in enumerate(lines)
    ]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=1500, optimize=True, disposal=1)
    return out.getvalue()


class _Sheet:
    def __init__(self, size: tuple[int, int], palette: Sequence[str]) -> None:
        self.w, self.h = size[0] * SCALE, size[1] * SCALE
        self.one, self.two, self.ink, self.cta = palette
        self.img = ground((self.w, self.h), self.one, self.two)
        self.pen = ImageDraw.Draw(self.img, "RGBA")

    def text(
        self,
        at: tuple[float, float],
        words: str,
        size: float,
        colour: str,
        anchor: str = "la",
        bold: float = 0.03,
    ) -> None:
        self.pen.text(
            at,
            words,
            colour,
            ImageFont.load_default(size),
            anchor=anchor,
            stroke_width=size * bold,
            stroke_fill=colour,
        )

    def message(self, box: Box, words: str, largest: float, centre: bool = False) -> float:
        """The words as large as they fit in the box, middled in its height; the foot of the text."""
        size, rows = _fit(words, box[2] - box[0], box[3] - box[1], largest)
        step = size * 1.16
        y = box[1] + (box[3] - box[1] - step * len(rows)) / 2
        for row in rows:
            x = (box[0] + box[2]) / 2 if centre else box[0]
            self.text((x, y + step / 2), row, size, self.ink, "mm" if centre else "lm", 0.025)
            y += step
        return y

    def button(self, centre: tuple[float, float], words: str, size: float) -> None:
        half = ImageFont.load_default(size).getlength(words) / 2 + size * 0.95
        x, y = centre
        self.pen.rounded_rectangle(
            (x - half, y - size * 0.98 + size * 0.14, x + half, y + size * 1.12), size, fill=(0, 0, 0, 60)
        )
        self.pen.rounded_rectangle((x - half, y - size, x + half, y + size), size, fill=self.cta)
        dark = _light(self.cta) > 0.5
        self.text((x, y), words, size, mix(self.one, "#000000", 0.45) if dark else "#ffffff", "mm")

    def button_width(self, words: str, size: float) -> float:
        return ImageFont.load_default(size).getlength(words) + size * 1.9

    def logo(self, at: tuple[float, float], brand: str, size: float, centre: bool = False) -> float:
        """A mark and the brand's name, its left (or its middle) at the point; the width taken."""
        gap, tile = size * 0.42, size * 1.5
        wide = tile + gap + ImageFont.load_default(size).getlength(brand)
        x = at[0] - wide / 2 if centre else at[0]
        y = at[1]
        turn = sum(brand.encode())
        self.pen.rounded_rectangle(
            (x, y - tile / 2, x + tile, y + tile / 2), tile * (0.28, 0.5, 0.12)[turn % 3], fill=self.cta
        )
        inner = (x + tile * 0.22, y - tile * 0.28, x + tile * 0.78, y + tile * 0.28)
        self.pen.ellipse(inner, fill=self.one)
        self.pen.pieslice(inner, 45 * (turn % 8), 45 * (turn % 8) + 180, fill=self.ink)
        self.text((x + tile + gap, y), brand, size, self.ink, "lm", 0.04)
        return wide

    def motif(self, box: Box, brand: str, step: int) -> None:
        """The firm's drawing, cut to the box."""
        w, h = round(box[2] - box[0]), round(box[3] - box[1])
        layer = Image.new("RGBA", (w, h), (0, 0, 0, 0))
        kind = MOTIFS.get(brand) or sorted(MOTIFS.values())[sum(brand.encode()) % len(MOTIFS)]
        DRAWINGS[kind](ImageDraw.Draw(layer, "RGBA"), w, h, self, step)
        self.img.paste(layer, (round(box[0]), round(box[1])), layer)


def _compose(
    size: tuple[int, int], brand: str, line: str, palette: Sequence[str], button: str, step: int = 0
) -> Image.Image:
    sheet = _Sheet(size, palette)
    ratio = size[0] / size[1]
    layout = _strip if size[1] <= 100 else _billboard if ratio > 1.8 else _tower if ratio < 0.7 else _card
    layout(sheet, brand, line, button, step)
    sheet.pen.rectangle((0, 0, sheet.w - 1, sheet.h - 1), outline=(0, 0, 0, 70), width=SCALE)
    return sheet.img.resize(size, Image.Resampling.LANCZOS)


def _strip(s: _Sheet, brand: str, line: str, button: str, step: int) -> None:
    h, pad = s.h, s.h * 0.2
    if s.w / s.h < 5:  # the phone's strip: two rows
        s.motif((s.w * 0.56, 0, s.w, h), brand, step)
        s.logo((pad * 0.8, h * 0.27), brand, h * 0.15)
        size = h * 0.125
        wide = s.button_width(button, size)
        s.message((pad * 0.8, h * 0.44, s.w - wide - pad * 1.5, h * 0.92), line, h * 0.2)
        s.button((s.w - pad * 0.8 - wide / 2, h * 0.68), button, size)
        return
    size = h * 0.19
    wide = s.button_width(button, size)
    s.motif((s.w * 0.70, 0, s.w, h), brand, step)
    taken = s.logo((pad, h / 2), brand, h * 0.235)
    left = pad + taken + pad
    s.pen.line((left, h * 0.25, left, h * 0.75), fill=(*rgb(s.ink), 110), width=SCALE)
    s.message((left + pad, h * 0.14, s.w - wide - pad * 2, h * 0.86), line, h * 0.31)
    s.button((s.w - pad - wide / 2, h / 2), button, size)


def _billboard(s: _Sheet, brand: str, line: str, button: str, step: int) -> None:
    h, pad = s.h, s.h * 0.16
    s.motif((s.w * 0.56, 0, s.w, h), brand, step)
    s.logo((pad, h * 0.19), brand, h * 0.1)
    s.message((pad, h * 0.30, s.w * 0.60, h * 0.72), line, h * 0.185)
    size = h * 0.077
    s.button((pad + s.button_width(button, size) / 2, h * 0.835), button, size)


def _card(s: _Sheet, brand: str, line: str, button: str, step: int) -> None:
    w, h = s.w, s.h
    pad = w * 0.075
    s.motif((w * 0.30, h * 0.22, w, h), brand, step)
    s.logo((pad, h * 0.135), brand, min(h * 0.075, w * 0.068))
    s.message((pad, h * 0.23, w - pad, h * 0.68), line, h * 0.155)
    size = h * 0.062
    s.button((pad + s.button_width(button, size) / 2, h * 0.83), button, size)


def _tower(s: _Sheet, brand: str, line: str, button: str, step: int) -> None:
    w, h = s.w, s.h
    top = w * 0.42
    foot = h - w * 0.36
    words = w * (0.66 if h / w < 2.5 else 0.85)
    s.logo((w / 2, w * 0.2), brand, w * 0.072, centre=True)
    s.motif((0, top + words, w, foot - w * 0.02), brand, step)
    s.message((w * 0.09, top, w * 0.91, top + words - w * 0.04), line, w * 0.155, centre=True)
    s.pen.rectangle((0, foot - w * 0.02, w, h), fill=mix(s.one, "#000000", 0.22))
    s.button((w / 2, (foot + h) / 2), button, w * 0.062)


def ground(size: tuple[int, int], one: str, two: str) -> Image.Image:
    """A gradient that runs to the lower right."""
    across = Image.linear_gradient("L").resize((256, 256)).rotate(90)
    mask = Image.blend(across, Image.linear_gradient("L"), 0.4).resize(size, Image.Resampling.BILINEAR)
    return Image.composite(Image.new("RGB", size, two), Image.new("RGB", size, one), mask)


def _light(colour: str) -> float:
    r, g, b = rgb(colour)
    return (0.299 * r + 0.587 * g + 0.114 * b) / 255


def _fit(words: str, width: float, height: float, largest: float) -> tuple[float, list[str]]:
    size = largest
    while size > 8:
        font = ImageFont.load_default(size)
        rows: list[str] = []
        for word in words.split():
            if rows and font.getlength(f"{rows[-1]} {word}") * 1.03 <= width:
                rows[-1] += f" {word}"
            else:
                rows.append(word)
        if len(rows) * size * 1.16 <= height and all(font.getlength(row) * 1.03 <= width for row in rows):
            break
        size *= 0.94
    return size, rows
