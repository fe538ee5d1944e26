"""Scenes of the sea, the river and what crosses them."""

import math
from collections.abc import Callable
from itertools import pairwise

from .brush import Canvas, mix


def harbour_cranes(c: Canvas) -> None:
    c.wash(["#26395c", "#7c6a8e", "#e8946a", "#fbd28f"], 0, 640)
    c.glow(c.W * 0.63, 590, 620, "#fff0c0", 0.75)
    c.oval(c.W * 0.63, 570, 34, 34, "#fff6d8")
    c.shade(c.crest(590, 40, 2), ["#8c6f8a", "#b98780"])
    c.haze(480, 640, "#f6c391", 0.0, 0.45)
    for i, (x, s) in enumerate([(90.0, 0.8), (330, 1.0), (640, 1.15), (1180, 0.9), (1370, 0.7)]):
        ink = mix("#2a2740", "#8a6377", 0.15 * (i % 3))
        _crane(c, x * c.W / 1500, 640, s, ink)
    c.rect(c.W * 0.05, 606, c.W * 0.60, 640, "#3b2c44")
    for i in range(34):
        x = c.W * 0.06 + i * c.W * 0.0155
        for row in range(c.rng.randint(1, 3)):
            tone = c.rng.choice(["#8c4a44", "#4c5872", "#a9795a", "#5d4a66"])
            c.rect(x, 606 - 22 * row, x + c.W * 0.0145, 627 - 22 * row, tone)
    c.haze(560, 640, "#f6b98a", 0.0, 0.28)
    c.mirror(640, "#3a3a5c", 0.28)
    for i in range(26):
        c.rect(
            c.W * 0.63 - 70 + c.rng.uniform(-40, 40),
            652 + i * 12,
            c.W * 0.63 + 60 + c.rng.uniform(-40, 40),
            655 + i * 12.3,
            "#ffe6b0",
            0.32,
        )
    hull = [(c.W * 0.10, 820), (c.W * 0.34, 820), (c.W * 0.325, 868), (c.W * 0.125, 868)]
    c.shade(hull, ["#231d30", "#15121f"])
    c.rect(c.W * 0.13, 770, c.W * 0.185, 822, "#2a2338")
    c.rect(c.W * 0.138, 780, c.W * 0.175, 794, "#f8c878", 0.9)
    c.line([(c.W * 0.25, 820), (c.W * 0.25, 735)], "#231d30", 4)


def _crane(c: Canvas, x: float, foot: float, s: float, ink: str) -> None:
    h, legs = 330 * s, 74 * s
    for dx in (0, legs):
        c.line([(x + dx, foot), (x + dx, foot - h)], ink, 9 * s)
    for y in (0.25, 0.55, 0.98):
        c.line([(x, foot - h * y), (x + legs, foot - h * y)], ink, 8 * s)
    c.line([(x, foot - h * 0.25), (x + legs, foot - h * 0.55)], ink, 4 * s)
    c.line([(x - 70 * s, foot - h * 0.86), (x + 290 * s, foot - h * 0.86)], ink, 10 * s)
    c.line([(x + legs / 2, foot - h * 1.22), (x + 280 * s, foot - h * 0.86)], ink, 3.5 * s)
    c.line([(x + legs / 2, foot - h * 1.22), (x - 66 * s, foot - h * 0.86)], ink, 3.5 * s)
    c.line([(x + legs / 2, foot - h), (x + legs / 2, foot - h * 1.22)], ink, 8 * s)
    c.line([(x + 190 * s, foot - h * 0.86), (x + 190 * s, foot - h * 0.50)], ink, 2.5 * s)
    c.rect(x + 168 * s, foot - h * 0.50, x + 214 * s, foot - h * 0.43, ink)


def fishing_boats(c: Canvas) -> None:
    c.wash(["#7fb4c9", "#c3dcd9", "#f6e7c8"], 0, 430)
    c.glow(c.W * 0.2, 330, 560, "#fff6da", 0.7)
    c.shade(c.crest(415, 26, 2), ["#7fa39d", "#9fb9ac"])
    for i in range(46):
        x = c.W * 0.52 + i * c.W * 0.0105
        c.line([(x, 425), (x + c.rng.uniform(-5, 5), 372 + c.rng.uniform(-14, 12))], "#5f8377", 3)
        c.oval(x, 372, 13, 8, "#5f8377", 0.9)
    c.wash(["#9cc7c6", "#4f98a4", "#2b7285"], 428, 800)
    for i in range(120):
        d = c.rng.random()
        y, x = 434 + 360 * d, c.rng.uniform(-40, c.W)
        c.rect(x, y, x + 30 + 130 * d, y + 1 + 3 * d, "#ffffff" if i % 3 else "#1f5f72", 0.20)
    c.shade([(0, 800), (c.W * 0.4, 770), (c.W, 742), (c.W, 1000), (0, 1000)], ["#e6cfa0", "#c9a56f"])
    c.line([(0, 798), (c.W * 0.4, 768), (c.W, 740)], "#ffffff", 10, 0.7)
    boats = [
        (0.70, 520, 0.45, "#b5523b"),
        (0.30, 560, 0.55, "#2f5b74"),
        (0.12, 700, 0.9, "#d69a2d"),
        (0.52, 730, 1.25, "#17616b"),
    ]
    for at, y, s, paint in boats:
        _pirogue(c, c.W * at, y, s, paint)
    for _ in range(170):
        x, y = c.rng.uniform(0, c.W), c.rng.uniform(835, 1000)
        c.oval(x, y, 5, 2, "#a5814f", 0.5)


def _pirogue(c: Canvas, x: float, y: float, s: float, paint: str) -> None:
    length = 400 * s
    c.oval(x + length / 2, y + 66 * s, length * 0.52, 15 * s, "#14323a", 0.35)
    hull = [
        (x - 30 * s, y - 34 * s),
        (x + length * 0.2, y + 12 * s),
        (x + length * 0.8, y + 10 * s),
        (x + length + 34 * s, y - 44 * s),
        (x + length * 0.9, y + 52 * s),
        (x + length * 0.78, y + 68 * s),
        (x + length * 0.16, y + 68 * s),
        (x + length * 0.06, y + 48 * s),
    ]
    c.shade(hull, [mix(paint, "#ffffff", 0.2), mix(paint, "#000000", 0.4)])
    c.line(
        [
            (x - 26 * s, y - 26 * s),
            (x + length * 0.2, y + 22 * s),
            (x + length * 0.8, y + 20 * s),
            (x + length + 30 * s, y - 34 * s),
        ],
        "#f7ecd2",
        8 * s,
    )
    for i in range(7):
        xx = x + length * (0.2 + i * 0.09)
        c.poly(
            [(xx, y + 34 * s), (xx + 12 * s, y + 46 * s), (xx, y + 58 * s), (xx - 12 * s, y + 46 * s)],
            "#f3c14b" if i % 2 else "#f7ecd2",
            0.9,
        )
    c.line([(x + length * 0.42, y + 10 * s), (x + length * 0.44, y - 150 * s)], "#3b2a20", 6 * s)
    c.shade(
        [(x + length * 0.445, y - 148 * s), (x + length * 0.62, y - 20 * s), (x + length * 0.45, y - 12 * s)],
        ["#fbf3df", "#d9c6a0"],
    )
    c.person(x + length * 0.75, y + 20 * s, 105 * s, "#2b1d18", "#f0e3c8")


def river_delta(c: Canvas) -> None:
    c.wash(["#6d8f53", "#4f7d55", "#2f6e68", "#1f6a80"])
    for _ in range(70):
        tone = c.rng.choice(["#7fa05a", "#3f6b47", "#93ab62", "#57814c", "#b6b06e"])
        c.glow(c.rng.uniform(0, c.W), c.rng.uniform(0, 900), c.rng.uniform(40, 170), tone, 0.5, 0.7)
    for row in range(9):
        for col in range(12):
            if c.rng.random() < 0.42 and row < 6:
                x, y = col * c.W / 12 + c.rng.uniform(-10, 10), row * 70 + c.rng.uniform(-8, 8)
                w, h = c.W / 13, 56
                c.poly(
                    [(x, y), (x + w, y + 12), (x + w - 14, y + h), (x - 10, y + h - 10)],
                    c.rng.choice(["#a9b76a", "#6f9a4e", "#c7b573", "#86a95a"]),
                    0.5,
                )
    for pen, extra in (("#c9b98a", 22), ("#2e7f90", 0)):
        for path, width in _channels(c):
            for (x0, y0, w0), (x1, y1, w1) in pairwise(path):
                wide = (w0 + w1) / 2 * width + extra
                c.line([(x0, y0), (x1, y1)], pen, wide)
                c.oval(x1, y1, wide / 2, wide / 2, pen)
    for path, width in _channels(c):
        c.line([(x - 4, y) for x, y, _ in path], "#7fc3c4", max(3, 7 * width), 0.55)
    shore = [(c.W * i / 20, 868 + 22 * math.sin(i * 0.9) + 10 * math.sin(i * 2.3)) for i in range(-1, 22)]
    c.beam([*[(x, y - 16) for x, y in shore], (c.W + 80, 1000), (-80, 1000)], "#e6d8a4", 0.85, 16)
    c.shade([*shore, (c.W + 80, 1000), (-80, 1000)], ["#5fb4bd", "#2b86a0", "#14567c"])
    for x, wide in ((0.16, 150), (0.44, 190), (0.86, 170), (0.30, 80), (0.66, 90)):
        c.glow(c.W * x, 885, wide, "#a9c9a8", 0.55, 0.55)
    for _ in range(26):
        x, y = c.rng.uniform(0, c.W), c.rng.uniform(0, 1000)
        c.glow(x, y, c.rng.uniform(60, 220), "#ffffff", 0.10, 0.5)
    for x, y in ((0.51, 0.33), (0.32, 0.62), (0.70, 0.66)):
        c.poly([(c.W * x, y * 1000 - 9), (c.W * x + 5, y * 1000 + 7), (c.W * x - 5, y * 1000 + 7)], "#ffffff")


def _channels(c: Canvas) -> list[tuple[list[tuple[float, float, float]], float]]:
    """The main stream and its arms: points with a width each, wider towards the sea."""
    out = []
    arms = [
        (0.50, 0.0, 0.50, 0.40, 1.5),
        (0.50, 0.40, 0.16, 1.0, 1.0),
        (0.50, 0.40, 0.44, 1.0, 1.2),
        (0.50, 0.40, 0.86, 1.0, 1.1),
        (0.36, 0.60, 0.30, 1.0, 0.5),
        (0.62, 0.56, 0.66, 1.0, 0.6),
    ]
    for n, (x0, y0, x1, y1, wide) in enumerate(arms):
        path = []
        for i in range(41):
            t = i / 40
            sway = math.sin(t * 9 + n * 1.7) * 0.030 * math.sin(math.pi * t) * 2
            path.append((c.W * (x0 + (x1 - x0) * t**1.15 + sway), 1000 * (y0 + (y1 - y0) * t), 22 + 34 * t))
        out.append((path, wide))
    return out


def bridge(c: Canvas) -> None:
    c.wash(["#8fb0c4", "#d7dccf", "#f5d8a6"], 0, 600)
    c.glow(c.W * 0.8, 520, 700, "#fff1cf", 0.7)
    c.shade(c.crest(560, 60, 2), ["#a9b4a8", "#c5c2a8"])
    c.shade(c.crest(585, 40, 4), ["#6f8a80", "#8b9a86"])
    c.haze(480, 620, "#f6dcb0", 0, 0.5)
    ink = "#37505e"
    towers = (c.W * 0.30, c.W * 0.74)
    c.shade([(0, 520), (c.W, 470), (c.W, 492), (0, 546)], [ink, mix(ink, "#000000", 0.3)])
    for x in towers:
        deck = 520 - 50 * x / c.W
        c.shade([(x - 16, 130), (x + 16, 130), (x + 24, 660), (x - 24, 660)], [mix(ink, "#f5d8a6", 0.35), ink])
        c.rect(x - 42, 640, x + 42, 700, mix(ink, "#000000", 0.2), 1, 6)
        for i in range(1, 13):
            for way in (-1, 1):
                end = x + way * i * c.W * 0.0185
                c.line([(x, 140 + i * 8), (end, deck - way * i * 0.9)], "#4c6674", 2.4, 0.85)
    for x in (0.07, 0.53, 0.92):
        c.rect(c.W * x - 12, 500, c.W * x + 12, 660, ink)
    for i in range(14):
        x = c.rng.uniform(0, c.W)
        y = 519 - 50 * x / c.W
        c.rect(
            x,
            y - 11,
            x + (38 if i % 4 == 0 else 18),
            y,
            c.rng.choice(["#c95f3d", "#f2ead8", "#26323c", "#e2b13c"]),
            1,
            3,
        )
    c.mirror(655, "#4f7f8a", 0.35)
    for x in towers:
        c.glow(x, 690, 120, "#24414c", 0.5, 0.3)


def lighthouse(c: Canvas) -> None:
    c.wash(["#1d2d4f", "#3f5f86", "#c98d7c", "#f4c793"], 0, 720)
    c.glow(c.W * 0.15, 660, 520, "#ffdf9f", 0.6)
    for _ in range(40):
        c.oval(c.rng.uniform(0, c.W), c.rng.uniform(0, 300), 1.2, 1.2, "#ffffff", 0.7)
    c.wash(["#8a7d8c", "#3f5c78", "#1d3350"], 700, 1000)
    for _ in range(80):
        y = c.rng.uniform(705, 1000)
        x = c.rng.uniform(-50, c.W)
        c.rect(x, y, x + 20 + (y - 700) * 0.5, y + 2, "#f4c793", 0.16)
    c.shade(
        [
            (c.W * 0.22, 800),
            (c.W * 0.36, 742),
            (c.W * 0.62, 722),
            (c.W * 0.9, 748),
            (c.W, 770),
            (c.W, 1000),
            (c.W * 0.12, 1000),
        ],
        ["#4a3f4c", "#16151f"],
    )
    x = c.W * 0.6
    c.beam([(x, 236), (-80, 120), (-80, 330)], "#fff2c4", 0.55, 24)
    c.beam([(x, 236), (c.W + 60, 190), (c.W + 60, 300)], "#fff2c4", 0.4, 24)
    c.shade([(x - 42, 290), (x + 42, 290), (x + 66, 740), (x - 66, 740)], ["#f7efe2", "#cdb9b0"])
    for i in (0, 2):
        top, low = 340 + i * 90, 430 + i * 90
        c.shade(
            [
                (x - 43 - (top - 290) * 0.053, top),
                (x + 43 + (top - 290) * 0.053, top),
                (x + 43 + (low - 290) * 0.053, low),
                (x - 43 - (low - 290) * 0.053, low),
            ],
            ["#c2493a", "#9a3530"],
        )
    c.beam([(x + 12, 290), (x + 42, 290), (x + 68, 740), (x + 20, 740)], "#1a1730", 0.45, 24)
    c.rect(x - 62, 276, x + 62, 294, "#2b2a3a")
    c.rect(x - 34, 206, x + 34, 276, "#fff4c9")
    for dx in (-34, -11, 11, 34):
        c.line([(x + dx, 204), (x + dx, 278)], "#2b2a3a", 5)
    c.poly([(x - 46, 208), (x, 156), (x + 46, 208)], "#8f2f2c")
    c.glow(x, 240, 210, "#fff0b8", 0.75)
    c.rect(x - 14, 670, x + 14, 738, "#3a2a2a", 1, 10)
    for i in range(4):
        c.rect(x - 7, 380 + i * 76, x + 7, 404 + i * 76, "#33405c")
    c.person(c.W * 0.30, 800, 60, "#100f18")


SCENES: dict[str, Callable[[Canvas], None]] = {
    "harbour-cranes": harbour_cranes,
    "fishing-boats": fishing_boats,
    "river-delta": river_delta,
    "bridge": bridge,
    "lighthouse": lighthouse,
}
