"""The drawings in the invented firms' artwork."""

import math
from typing import Protocol

from PIL import ImageDraw

from .brush import mix, rgb

SCALE = 3  # artwork is drawn this much larger, then reduced

# Which drawing belongs to which firm.
MOTIFS = {
    "Tenerubank": "coins",
    "Palmwave Mobile": "waves",
    "Solmarka Energy": "sun",
    "Kolindo Ferries": "boat",
    "Maison Adunwe": "cloth",
    "Greenrow Seeds": "leaves",
}


class Colours(Protocol):
    """Ground, second ground, text and button."""

    one: str
    two: str
    ink: str
    cta: str


def _coins(p: ImageDraw.ImageDraw, w: int, h: int, s: Colours, step: int) -> None:
    r = min(w, h) * 0.30
    for i, (x, y, k) in enumerate(((0.80, 0.74, 1.25), (0.50, 0.92, 0.95), (0.93, 0.22, 0.7), (0.62, 0.40, 0.5))):
        cx, cy, q = w * x, h * y - step * r * 0.08 * i, r * k
        p.ellipse(
            (cx - q, cy - q + q * 0.12, cx + q, cy + q + q * 0.12),
            fill=(*rgb(mix(s.one, "#000000", 0.4)), 150),
        )
        p.ellipse((cx - q, cy - q, cx + q, cy + q), fill=mix(s.two, s.cta, 0.22 + 0.12 * i))
        p.ellipse(
            (cx - q * 0.8, cy - q * 0.8, cx + q * 0.8, cy + q * 0.8),
            outline=mix(s.two, s.cta, 0.6),
            width=max(2, int(q * 0.05)),
        )
        for n in range(3):
            p.rounded_rectangle(
                (
                    cx - q * 0.36 + n * q * 0.27,
                    cy + q * 0.3 - q * (0.25 + n * 0.2),
                    cx - q * 0.20 + n * q * 0.27,
                    cy + q * 0.34,
                ),
                q * 0.05,
                fill=mix(s.two, s.cta, 0.75),
            )


def _waves(p: ImageDraw.ImageDraw, w: int, h: int, s: Colours, step: int) -> None:
    cx, cy, r = w * 0.86, h * 0.90, math.hypot(w, h)
    for i in range(7, 0, -1):
        q = r * (0.11 * i + 0.03 * step)
        p.ellipse(
            (cx - q, cy - q, cx + q, cy + q),
            fill=(*rgb(mix(s.two, s.cta, 0.9 - i * 0.115)), 30 + (7 - i) * 18),
        )
    q = r * 0.075
    p.ellipse((cx - q, cy - q, cx + q, cy + q), fill=s.cta)


def _sun(p: ImageDraw.ImageDraw, w: int, h: int, s: Colours, step: int) -> None:
    cx, cy, r = w * 0.84, h * 0.46, min(w, h) * 0.21
    for i in range(24):
        a = i * math.pi / 12 + step * 0.06
        p.polygon(
            [
                (cx + r * 1.15 * math.cos(a - 0.05), cy + r * 1.15 * math.sin(a - 0.05)),
                (cx + r * 3 * math.cos(a), cy + r * 3 * math.sin(a)),
                (cx + r * 1.15 * math.cos(a + 0.05), cy + r * 1.15 * math.sin(a + 0.05)),
            ],
            fill=(*rgb(s.cta), 60),
        )
    p.ellipse((cx - r, cy - r, cx + r, cy + r), fill=(*rgb(s.cta), 235))
    roof = h * 0.70
    p.polygon([(w * 0.40, h), (w * 0.56, roof), (w * 1.05, roof), (w * 1.05, h)], fill=mix(s.one, "#000000", 0.3))
    for i in range(1, 9):
        x = w * (0.56 + 0.06 * i)
        p.line((x, roof, x - w * 0.16 + i * w * 0.012, h), fill=mix(s.two, "#ffffff", 0.3), width=SCALE)
    for y in (0.25, 0.6):
        p.line(
            (w * (0.56 - 0.16 * y), roof + (h - roof) * y, w, roof + (h - roof) * y),
            fill=mix(s.two, "#ffffff", 0.3),
            width=SCALE,
        )


def _boat(p: ImageDraw.ImageDraw, w: int, h: int, s: Colours, step: int) -> None:
    r = min(w, h) * 0.86
    cx, sea = w * 0.68 + step * r * 0.03, h - r * 0.24
    p.ellipse((w * 0.62, sea - r * 0.62, w * 0.62 + r * 0.5, sea - r * 0.12), fill=(*rgb(s.cta), 90))
    p.polygon(
        [
            (cx - r * 0.40, sea - r * 0.10),
            (cx + r * 0.44, sea - r * 0.10),
            (cx + r * 0.30, sea + r * 0.10),
            (cx - r * 0.32, sea + r * 0.10),
        ],
        fill="#ffffff",
    )
    p.rounded_rectangle(
        (cx - r * 0.26, sea - r * 0.24, cx + r * 0.26, sea - r * 0.10),
        r * 0.02,
        fill=mix(s.two, "#ffffff", 0.75),
    )
    p.rounded_rectangle(
        (cx - r * 0.14, sea - r * 0.36, cx + r * 0.14, sea - r * 0.24),
        r * 0.02,
        fill=mix(s.two, "#ffffff", 0.55),
    )
    p.rectangle((cx + r * 0.03, sea - r * 0.46, cx + r * 0.10, sea - r * 0.36), fill=s.cta)
    for i in range(5):
        x = cx - r * 0.21 + i * r * 0.095
        p.ellipse((x, sea - r * 0.20, x + r * 0.05, sea - r * 0.15), fill=s.one)
    p.line(
        (cx - r * 0.38, sea - r * 0.06, cx + r * 0.41, sea - r * 0.06),
        fill=s.cta,
        width=max(2, int(r * 0.02)),
    )
    for row in range(4):
        y = sea + r * (0.07 + row * 0.075)
        points = [(x, y + math.sin(x / (r * 0.07) + row * 1.8 + step) * r * 0.018) for x in range(0, w + 8, 6)]
        p.polygon([*points, (w, h), (0, h)], fill=(*rgb(mix(s.two, s.one, row / 3)), 235))


def _cloth(p: ImageDraw.ImageDraw, w: int, h: int, s: Colours, step: int) -> None:
    tile = max(36, min(w, h) / 5)
    for row in range(int(h / tile) + 2):
        for col in range(int(w / tile) + 2):
            x, y = col * tile, row * tile
            tone = (*rgb(mix(s.two, s.cta, 0.35 if (row + col + step) % 2 else 0.12)), 235)
            p.rectangle((x, y, x + tile, y + tile), fill=tone)
            p.polygon(
                [
                    (x + tile / 2, y + tile * 0.1),
                    (x + tile * 0.9, y + tile / 2),
                    (x + tile / 2, y + tile * 0.9),
                    (x + tile * 0.1, y + tile / 2),
                ],
                fill=mix(s.one, s.two, 0.2),
            )
            for k in (0.30, 0.18, 0.07):
                p.ellipse(
                    (x + tile * (0.5 - k), y + tile * (0.5 - k), x + tile * (0.5 + k), y + tile * (0.5 + k)),
                    outline=s.ink if k != 0.18 else s.cta,
                    width=max(1, int(tile * 0.03)),
                )


def _leaves(p: ImageDraw.ImageDraw, w: int, h: int, s: Colours, step: int) -> None:
    r = min(w, h)
    p.ellipse((w * 0.5 - r * 0.34, h * 0.10, w * 0.5 + r * 0.34, h * 0.10 + r * 0.68), fill=(*rgb(s.cta), 130))
    for x, tall in ((0.16, 0.62), (0.84, 0.66), (0.34, 0.80), (0.66, 0.76), (0.5, 0.95)):
        cx, top = w * x, h - h * tall * 0.88
        leaf = mix(s.two, "#a9c95a", 0.25 + tall * 0.45)
        p.line((cx, h, cx, top), fill=mix(leaf, "#000000", 0.2), width=int(r * 0.035))
        for i in range(6):
            y, way, q = top + (h - top) * (0.24 + i * 0.13), 1 if i % 2 else -1, r * 0.26
            p.polygon(
                [
                    (cx, y + q * 0.15),
                    (cx + way * q * 0.5, y - q * 0.35),
                    (cx + way * q, y - q * 0.05),
                    (cx + way * q * 0.5, y - q * 0.12),
                ],
                fill=mix(leaf, "#ffffff", 0.08 * (i % 3)),
            )
        p.rounded_rectangle((cx - r * 0.055, top - r * 0.02, cx + r * 0.055, top + r * 0.24), r * 0.055, fill=s.cta)
        for row in range(5):
            for col in (-1, 0, 1):
                gx, gy = cx + col * r * 0.033, top + r * (0.03 + row * 0.04)
                p.ellipse(
                    (gx - r * 0.013, gy - r * 0.015, gx + r * 0.013, gy + r * 0.015),
                    fill=mix(s.cta, "#8a5a10", 0.35),
                )


DRAWINGS = {"coins": _coins, "waves": _waves, "sun": _sun, "boat": _boat, "cloth": _cloth, "leaves": _leaves}
