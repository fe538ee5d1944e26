"""Display artwork for the invented firms, at the exact pixel sizes that positions are sold in.

One look for all: a coloured ground, a drawn motif, the brand, one message and one button. Only the font that Pillow
brings is used, thickened with a stroke where a bold is wanted.
"""

import io
import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from .brush import mix, rgb

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
MOTIFS = {
    "Tenerubank": "coins", "Palmwave Mobile": "waves", "Solmarka Energy": "sun",
    "Kolindo Ferries": "boat", "Maison Adunwe": "cloth", "Greenrow Seeds": "leaves",
}
SCALE = 3  # drawn this much larger, then reduced

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


def animate(size: tuple[int, int], brand: str, lines: Sequence[str], palette: Sequence[str], button: str = "Find out more") -> bytes:
    """An animated GIF, a frame for each line, 1.5 seconds each, shown once: it ends on the last and then stands still."""
    frames = [_compose(size, brand, text, palette, button, step).quantize(64, dither=Image.Dither.NONE) for step, text in enumerate(lines)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=1500, optimize=True, disposal=1)
    return out.getvalue()


class _Sheet:
    def __init__(self, size: tuple[int, int], palette: Sequence[str]) -> None:
        self.w, self.h = size[0] * SCALE, size[1] * SCALE
        self.one, self.two, self.ink, self.cta = palette
        self.img = _ground((self.w, self.h), self.one, self.two)
        self.pen = ImageDraw.Draw(self.img, "RGBA")

    def text(self, at: tuple[float, float], words: str, size: float, colour: str, anchor: str = "la", bold: float = 0.03) -> None:
        self.pen.text(at, words, colour, ImageFont.load_default(size), anchor=anchor, stroke_width=size * bold, stroke_fill=colour)

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
        self.pen.rounded_rectangle((x - half, y - size * 0.98 + size * 0.14, x + half, y + size * 1.12), size, fill=(0, 0, 0, 60))
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
        self.pen.rounded_rectangle((x, y - tile / 2, x + tile, y + tile / 2), tile * (0.28, 0.5, 0.12)[turn % 3], fill=self.cta)
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
        _DRAWINGS[kind](ImageDraw.Draw(layer, "RGBA"), w, h, self, step)
        self.img.paste(layer, (round(box[0]), round(box[1])), layer)


def _compose(size: tuple[int, int], brand: str, line: str, palette: Sequence[str], button: str, step: int = 0) -> Image.Image:
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


# The firms' drawings: pen, width, height, sheet, step of an animation


def _coins(p: ImageDraw.ImageDraw, w: int, h: int, s: _Sheet, step: int) -> None:
    r = min(w, h) * 0.30
    for i, (x, y, k) in enumerate(((0.80, 0.74, 1.25), (0.50, 0.92, 0.95), (0.93, 0.22, 0.7), (0.62, 0.40, 0.5))):
        cx, cy, q = w * x, h * y - step * r * 0.08 * i, r * k
        p.ellipse((cx - q, cy - q + q * 0.12, cx + q, cy + q + q * 0.12), fill=(*rgb(mix(s.one, "#000000", 0.4)), 150))
        p.ellipse((cx - q, cy - q, cx + q, cy + q), fill=mix(s.two, s.cta, 0.22 + 0.12 * i))
        p.ellipse((cx - q * 0.8, cy - q * 0.8, cx + q * 0.8, cy + q * 0.8), outline=mix(s.two, s.cta, 0.6), width=max(2, int(q * 0.05)))
        for n in range(3):
            p.rounded_rectangle((cx - q * 0.36 + n * q * 0.27, cy + q * 0.3 - q * (0.25 + n * 0.2), cx - q * 0.20 + n * q * 0.27, cy + q * 0.34), q * 0.05, fill=mix(s.two, s.cta, 0.75))


def _waves(p: ImageDraw.ImageDraw, w: int, h: int, s: _Sheet, step: int) -> None:
    cx, cy, r = w * 0.86, h * 0.90, math.hypot(w, h)
    for i in range(7, 0, -1):
        q = r * (0.11 * i + 0.03 * step)
        p.ellipse((cx - q, cy - q, cx + q, cy + q), fill=(*rgb(mix(s.two, s.cta, 0.9 - i * 0.115)), 30 + (7 - i) * 18))
    q = r * 0.075
    p.ellipse((cx - q, cy - q, cx + q, cy + q), fill=s.cta)


def _sun(p: ImageDraw.ImageDraw, w: int, h: int, s: _Sheet, step: int) -> None:
    cx, cy, r = w * 0.84, h * 0.46, min(w, h) * 0.21
    for i in range(24):
        a = i * math.pi / 12 + step * 0.06
        p.polygon([(cx + r * 1.15 * math.cos(a - 0.05), cy + r * 1.15 * math.sin(a - 0.05)),
                   (cx + r * 3 * math.cos(a), cy + r * 3 * math.sin(a)),
                   (cx + r * 1.15 * math.cos(a + 0.05), cy + r * 1.15 * math.sin(a + 0.05))], fill=(*rgb(s.cta), 60))
    p.ellipse((cx - r, cy - r, cx + r, cy + r), fill=(*rgb(s.cta), 235))
    roof = h * 0.70
    p.polygon([(w * 0.40, h), (w * 0.56, roof), (w * 1.05, roof), (w * 1.05, h)], fill=mix(s.one, "#000000", 0.3))
    for i in range(1, 9):
        x = w * (0.56 + 0.06 * i)
        p.line((x, roof, x - w * 0.16 + i * w * 0.012, h), fill=mix(s.two, "#ffffff", 0.3), width=SCALE)
    for y in (0.25, 0.6):
        p.line((w * (0.56 - 0.16 * y), roof + (h - roof) * y, w, roof + (h - roof) * y), fill=mix(s.two, "#ffffff", 0.3), width=SCALE)


def _boat(p: ImageDraw.ImageDraw, w: int, h: int, s: _Sheet, step: int) -> None:
    r = min(w, h)
    r *= 0.86
    cx, sea = w * 0.68 + step * r * 0.03, h - r * 0.24
    p.ellipse((w * 0.62, sea - r * 0.62, w * 0.62 + r * 0.5, sea - r * 0.12), fill=(*rgb(s.cta), 90))
    p.polygon([(cx - r * 0.40, sea - r * 0.10), (cx + r * 0.44, sea - r * 0.10), (cx + r * 0.30, sea + r * 0.10), (cx - r * 0.32, sea + r * 0.10)], fill="#ffffff")
    p.rounded_rectangle((cx - r * 0.26, sea - r * 0.24, cx + r * 0.26, sea - r * 0.10), r * 0.02, fill=mix(s.two, "#ffffff", 0.75))
    p.rounded_rectangle((cx - r * 0.14, sea - r * 0.36, cx + r * 0.14, sea - r * 0.24), r * 0.02, fill=mix(s.two, "#ffffff", 0.55))
    p.rectangle((cx + r * 0.03, sea - r * 0.46, cx + r * 0.10, sea - r * 0.36), fill=s.cta)
    for i in range(5):
        x = cx - r * 0.21 + i * r * 0.095
        p.ellipse((x, sea - r * 0.20, x + r * 0.05, sea - r * 0.15), fill=s.one)
    p.line((cx - r * 0.38, sea - r * 0.06, cx + r * 0.41, sea - r * 0.06), fill=s.cta, width=max(2, int(r * 0.02)))
    for row in range(4):
        y = sea + r * (0.07 + row * 0.075)
        points = [(x, y + math.sin(x / (r * 0.07) + row * 1.8 + step) * r * 0.018) for x in range(0, w + 8, 6)]
        p.polygon([*points, (w, h), (0, h)], fill=(*rgb(mix(s.two, s.one, row / 3)), 235))


def _cloth(p: ImageDraw.ImageDraw, w: int, h: int, s: _Sheet, step: int) -> None:
    tile = max(36, min(w, h) / 5)
    for row in range(int(h / tile) + 2):
        for col in range(int(w / tile) + 2):
            x, y = col * tile, row * tile
            tone = (*rgb(mix(s.two, s.cta, 0.35 if (row + col + step) % 2 else 0.12)), 235)
            p.rectangle((x, y, x + tile, y + tile), fill=tone)
            p.polygon([(x + tile / 2, y + tile * 0.1), (x + tile * 0.9, y + tile / 2), (x + tile / 2, y + tile * 0.9), (x + tile * 0.1, y + tile / 2)], fill=mix(s.one, s.two, 0.2))
            for k in (0.30, 0.18, 0.07):
                p.ellipse((x + tile * (0.5 - k), y + tile * (0.5 - k), x + tile * (0.5 + k), y + tile * (0.5 + k)), outline=s.ink if k != 0.18 else s.cta, width=max(1, int(tile * 0.03)))


def _leaves(p: ImageDraw.ImageDraw, w: int, h: int, s: _Sheet, step: int) -> None:
    r = min(w, h)
    p.ellipse((w * 0.5 - r * 0.34, h * 0.10, w * 0.5 + r * 0.34, h * 0.10 + r * 0.68), fill=(*rgb(s.cta), 130))
    for x, tall in ((0.16, 0.62), (0.84, 0.66), (0.34, 0.80), (0.66, 0.76), (0.5, 0.95)):
        cx, top = w * x, h - h * tall * 0.88
        leaf = mix(s.two, "#a9c95a", 0.25 + tall * 0.45)
        p.line((cx, h, cx, top), fill=mix(leaf, "#000000", 0.2), width=int(r * 0.035))
        for i in range(6):
            y, way, q = top + (h - top) * (0.24 + i * 0.13), 1 if i % 2 else -1, r * 0.26
            p.polygon([(cx, y + q * 0.15), (cx + way * q * 0.5, y - q * 0.35), (cx + way * q, y - q * 0.05), (cx + way * q * 0.5, y - q * 0.12)], fill=mix(leaf, "#ffffff", 0.08 * (i % 3)))
        p.rounded_rectangle((cx - r * 0.055, top - r * 0.02, cx + r * 0.055, top + r * 0.24), r * 0.055, fill=s.cta)
        for row in range(5):
            for col in (-1, 0, 1):
                gx, gy = cx + col * r * 0.033, top + r * (0.03 + row * 0.04)
                p.ellipse((gx - r * 0.013, gy - r * 0.015, gx + r * 0.013, gy + r * 0.015), fill=mix(s.cta, "#8a5a10", 0.35))


_DRAWINGS = {"coins": _coins, "waves": _waves, "sun": _sun, "boat": _boat, "cloth": _cloth, "leaves": _leaves}


def _ground(size: tuple[int, int], one: str, two: str) -> Image.Image:
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
