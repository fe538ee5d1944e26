"""Scenes of rooms where people work, learn and are looked after."""

import math
from collections.abc import Callable
from itertools import pairwise

from .brush import Canvas, mix


def _room(c: Canvas, wall: str, floor: str, y: float = 700) -> None:
    c.wash([mix(wall, "#ffffff", 0.18), wall, mix(wall, "#000000", 0.12)], 0, y)
    c.wash([mix(floor, "#ffffff", 0.12), mix(floor, "#000000", 0.35)], y, 1000)
    c.rect(0, y - 12, c.W, y, mix(wall, "#000000", 0.3))


def _window(c: Canvas, x: float, y: float, w: float, h: float, sky: str = "#d9ecef") -> None:
    c.rect(x - 10, y - 10, x + w + 10, y + h + 16, "#f4efe4", 1, 4)
    c.shade([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], [sky, "#fff6df"])
    c.line([(x + w / 2, y), (x + w / 2, y + h)], "#f4efe4", 8)
    c.line([(x, y + h * 0.45), (x + w, y + h * 0.45)], "#f4efe4", 8)


def classroom(c: Canvas) -> None:
    _room(c, "#cdb98f", "#8d5f3e", 690)
    for x in (0.04, 0.17):
        _window(c, c.W * x, 150, 130, 320)
    c.rect(c.W * 0.31 - 14, 146, c.W * 0.88 + 14, 494, "#6b4428", 1, 6)
    c.shade([(c.W * 0.31, 160), (c.W * 0.88, 160), (c.W * 0.88, 480), (c.W * 0.31, 480)], ["#2c5648", "#1d4036"])
    for i in range(5):
        y = 205 + i * 50
        x = c.W * 0.34
        while x < c.W * (0.60 + 0.05 * (i % 3)):
            n = c.rng.uniform(20, 66)
            c.line([(x, y), (x + n, y + c.rng.uniform(-3, 3))], "#eef4ea", 5, 0.75)
            x += n + 16
    c.arc(c.W * 0.78, 300, 80, 80, 0, 360, "#eef4ea", 4)
    c.line([(c.W * 0.78, 300), (c.W * 0.78 + 57, 244)], "#f2c84b", 4)
    c.line([(c.W * 0.78 - 80, 300), (c.W * 0.78 + 80, 300)], "#eef4ea", 4)
    c.person(c.W * 0.66, 700, 330, "#2b1a14", "#c5502f")
    c.line([(c.W * 0.66 + 30, 455), (c.W * 0.735, 350)], "#2b1a14", 18)
    for row in range(3):
        y, s, n = 760 + row * 105, 0.8 + row * 0.28, 7 - row
        for i in range(n):
            x = c.W * (i + 0.5 + 0.12 * (row % 2)) / n
            shirt = "#f4efe4" if (i + row) % 3 else "#dfe7ee"
            c.shade(
                [
                    (x - 62 * s, y + 90 * s),
                    (x - 56 * s, y - 4 * s),
                    (x - 26 * s, y - 26 * s),
                    (x + 26 * s, y - 26 * s),
                    (x + 56 * s, y - 4 * s),
                    (x + 62 * s, y + 90 * s),
                ],
                [shirt, mix(shirt, "#5a4a3a", 0.45)],
            )
            c.oval(x, y - 66 * s, 32 * s, 38 * s, "#241611")
            if (i * 7 + row) % 3 == 0:
                c.oval(x, y - 108 * s, 17 * s, 15 * s, "#1a0f0c")
            c.rect(x - 92 * s, y + 60 * s, x + 92 * s, y + 80 * s, "#b57f4f", 1, 4)
            c.rect(x - 92 * s, y + 76 * s, x + 92 * s, y + 100 * s, "#7c5030")
    c.beam([(c.W * 0.05, 150), (c.W * 0.28, 150), (c.W * 0.72, 1000), (c.W * 0.25, 1000)], "#fff1c6", 0.30, 64)


def hospital_ward(c: Canvas) -> None:
    _room(c, "#c4d6cf", "#9fb0aa", 640)
    for x in (0.08, 0.40, 0.72):
        _window(c, c.W * x, 120, 220, 300, "#bfe0ea")
    c.line([(0, 64), (c.W, 64)], "#8fa39c", 7)
    for x in (0.30, 0.62, 0.95):
        for i in range(7):
            xx = c.W * x + i * 17
            c.shade(
                [(xx, 68), (xx + 17, 68), (xx + 15, 690), (xx - 2, 690)],
                ["#6fb0a8", "#a6d3cb", "#5a9a93"],
                across=True,
            )
    for x, s in ((0.05, 1.0), (0.37, 1.0), (0.69, 1.0)):
        _bed(c, c.W * x, 760, s)
    c.person(c.W * 0.60, 900, 430, "#3a241b", "#eef4f4")
    c.rect(c.W * 0.60 - 30, 690, c.W * 0.60 + 40, 772, "#d9a23c", 1, 5)
    c.rect(c.W * 0.60 - 22, 700, c.W * 0.60 + 32, 762, "#ffffff")
    c.person(c.W * 0.66, 890, 400, "#2b1a14", "#2f7f86")
    c.beam([(c.W * 0.1, 120), (c.W * 0.3, 120), (c.W * 0.6, 1000), (c.W * 0.2, 1000)], "#ffffff", 0.28, 64)
    c.beam([(c.W * 0.72, 120), (c.W * 0.88, 120), (c.W * 1.1, 1000), (c.W * 0.8, 1000)], "#ffffff", 0.22, 64)


def _bed(c: Canvas, x: float, y: float, s: float) -> None:
    w = 370 * s
    c.oval(x + w / 2, y + 130 * s, w * 0.55, 16, "#4b5c57", 0.4)
    for at in (0.03, 0.97):
        c.line([(x + w * at, y - (120 if at < 0.5 else 40) * s), (x + w * at, y + 120 * s)], "#7d8b90", 10 * s)
        c.oval(x + w * at, y + 124 * s, 10 * s, 10 * s, "#3a4448")
    c.rect(x, y, x + w, y + 46 * s, "#eef2ee", 1, 8)
    c.rect(x, y + 36 * s, x + w, y + 52 * s, "#8d9a9c", 1, 4)
    c.rect(x + 16 * s, y - 46 * s, x + 104 * s, y + 8 * s, "#ffffff", 1, 20 * s)
    c.oval(x + 84 * s, y - 42 * s, 28 * s, 30 * s, "#33211a")
    c.shade(
        [
            (x + 100 * s, y - 20 * s),
            (x + 180 * s, y - 58 * s),
            (x + w - 40 * s, y - 34 * s),
            (x + w + 4, y + 4),
            (x + w + 4, y + 60 * s),
            (x + 96 * s, y + 40 * s),
        ],
        ["#7fb6c4", "#437f92"],
    )
    c.line([(x - 26 * s, y + 120 * s), (x - 26 * s, y - 230 * s), (x + 6 * s, y - 230 * s)], "#8d9a9c", 6 * s)
    c.rect(x - 6 * s, y - 226 * s, x + 26 * s, y - 160 * s, "#f4efd0", 0.9, 8)
    c.line([(x + 10 * s, y - 160 * s), (x + 26 * s, y - 60 * s), (x + 90 * s, y + 2)], "#d9d9c8", 3)


def laboratory(c: Canvas) -> None:
    _room(c, "#9db7bf", "#5d6f76", 620)
    for row in range(2):
        y = 170 + row * 150
        c.rect(c.W * 0.05, y, c.W * 0.62, y + 16, "#e9eef0")
        for i in range(19):
            x, h = c.W * 0.07 + i * c.W * 0.029, c.rng.uniform(40, 96)
            tone = c.rng.choice(["#2f7f86", "#d9a23c", "#b5523b", "#e9eef0", "#5b7f56", "#8a6fa0"])
            c.shade([(x, y - h), (x + 30, y - h), (x + 30, y), (x, y)], [mix(tone, "#ffffff", 0.35), tone])
            c.rect(x + 6, y - h - 13, x + 24, y - h, "#33444c")
    _window(c, c.W * 0.70, 90, 330, 330, "#c8e4ee")
    c.person(c.W * 0.60, 900, 620, "#3a241b", "#f6f8f8")
    c.shade([(0, 640), (c.W, 640), (c.W, 720), (0, 720)], ["#f4f7f7", "#b9c6ca"])
    c.wash(["#4a6570", "#2c3f48"], 720, 1000)
    for i in range(6):
        c.rect(c.W * i / 6 + 12, 750, c.W * (i + 1) / 6 - 12, 1010, "#557380", 1, 6)
        c.rect(c.W * (i + 0.5) / 6 - 36, 776, c.W * (i + 0.5) / 6 + 36, 786, "#dfe7ea", 1, 4)
    c.rect(0, 690, c.W, 722, "#d5dee1")
    c.line([(c.W * 0.57, 470), (c.W * 0.50, 590)], "#e3e9ea", 44)
    _microscope(c, c.W * 0.40, 690)
    for i in range(5):
        x, tone = c.W * 0.10 + i * 62, ["#2fa08a", "#d9a23c", "#c5502f", "#4f7fb8", "#8a6fa0"][i]
        c.rect(x, 520, x + 34, 690, "#ffffff", 0.45, 16)
        c.rect(x, 590 - 14 * (i % 3), x + 34, 690, tone, 0.85, 16)
        c.rect(x + 6, 526, x + 11, 676, "#ffffff", 0.6)
    c.poly(
        [
            (c.W * 0.78 - 22, 470),
            (c.W * 0.78 + 22, 470),
            (c.W * 0.78 + 22, 560),
            (c.W * 0.78 + 92, 690),
            (c.W * 0.78 - 92, 690),
            (c.W * 0.78 - 22, 560),
        ],
        "#ffffff",
        0.5,
    )
    c.poly(
        [(c.W * 0.78 - 52, 615), (c.W * 0.78 + 52, 615), (c.W * 0.78 + 92, 690), (c.W * 0.78 - 92, 690)],
        "#2f8fb0",
        0.85,
    )
    c.glow(c.W * 0.82, 240, 620, "#ffffff", 0.42)


def _microscope(c: Canvas, x: float, foot: float) -> None:
    ink = "#26333a"
    c.rect(x - 70, foot - 26, x + 90, foot, ink, 1, 10)
    c.line([(x + 60, foot - 20), (x + 66, foot - 190), (x + 20, foot - 250)], ink, 30)
    c.line([(x - 14, foot - 110), (x + 22, foot - 280)], "#eef2f2", 40)
    c.line([(x + 24, foot - 290), (x + 36, foot - 345)], ink, 26)
    c.line([(x - 18, foot - 96), (x - 24, foot - 72)], ink, 20)
    c.rect(x - 74, foot - 74, x + 56, foot - 60, ink, 1, 4)
    c.glow(x - 24, foot - 54, 46, "#fff3b8", 0.9)


def radio_studio(c: Canvas) -> None:
    c.wash(["#3a2530", "#2a1c28", "#170f18"])
    tile = c.W / 16
    for row in range(6):
        for col in range(17):
            x, y = col * tile, row * tile
            shadeed = "#4b2f3c" if (row + col) % 2 else "#3d2733"
            c.poly(
                [(x + 3, y + 3), (x + tile - 3, y + 3), (x + tile / 2, y + tile / 2)],
                mix(shadeed, "#ffffff", 0.08),
            )
            c.poly([(x + 3, y + 3), (x + tile / 2, y + tile / 2), (x + 3, y + tile - 3)], shadeed)
            c.poly(
                [(x + tile - 3, y + 3), (x + tile - 3, y + tile - 3), (x + tile / 2, y + tile / 2)],
                mix(shadeed, "#000000", 0.2),
            )
            c.poly(
                [(x + 3, y + tile - 3), (x + tile - 3, y + tile - 3), (x + tile / 2, y + tile / 2)],
                mix(shadeed, "#000000", 0.35),
            )
    c.glow(c.W * 0.55, 300, 720, "#ff9a5a", 0.36)
    c.rect(c.W * 0.06, 60, c.W * 0.22, 128, "#2a0f10", 1, 10)
    c.rect(c.W * 0.066, 68, c.W * 0.214, 120, "#e5483a", 1, 8)
    c.rect(c.W * 0.085, 86, c.W * 0.195, 102, "#fff1e6", 1, 6)
    c.glow(c.W * 0.14, 94, 260, "#ff4a3a", 0.42)
    for x, cloth in ((0.34, "#d9a23c"), (0.74, "#2f7f86")):
        c.shade(
            [
                (c.W * x - 170, 860),
                (c.W * x - 150, 640),
                (c.W * x - 60, 575),
                (c.W * x + 60, 575),
                (c.W * x + 150, 640),
                (c.W * x + 170, 860),
            ],
            [cloth, mix(cloth, "#000000", 0.5)],
        )
        c.oval(c.W * x, 465, 82, 104, "#3a231a")
        c.glow(c.W * x + (38 if x < 0.5 else -38), 440, 110, "#c9763f", 0.5)
        c.arc(c.W * x, 440, 100, 112, 185, 355, "#15101a", 18)
        for side in (-1, 1):
            c.oval(c.W * x + side * 92, 462, 25, 42, "#15101a")
    c.shade([(0, 800), (c.W, 800), (c.W, 1000), (0, 1000)], ["#6d452e", "#2b1a14"])
    c.rect(0, 796, c.W, 808, "#b57f4f")
    for x, way in ((0.46, -1), (0.62, 1)):
        c.line([(c.W * (x + way * -0.02), 800), (c.W * (x + way * -0.01), 620), (c.W * x, 560)], "#a9a9b0", 9)
        c.rect(c.W * x - 26, 500, c.W * x + 26, 610, "#1b1b22", 1, 26)
        for i in range(5):
            c.line([(c.W * x - 22, 520 + i * 14), (c.W * x + 22, 520 + i * 14)], "#8d8d97", 3, 0.7)
    c.poly([(c.W * 0.36, 870), (c.W * 0.70, 870), (c.W * 0.74, 1000), (c.W * 0.32, 1000)], "#20202a")
    for i in range(12):
        x = c.W * 0.375 + i * c.W * 0.0265
        c.line([(x, 890), (x + (i - 6) * 3, 980)], "#000000", 5)
        yy = c.rng.uniform(900, 965)
        c.rect(x - 9, yy, x + 11, yy + 15, c.rng.choice(["#e5483a", "#e9e2d2", "#4fb08a", "#e2b13c"]), 1, 3)


def printing_press(c: Canvas) -> None:
    c.wash(["#2e3b44", "#435560", "#26323a"])
    for i in range(7):
        x = c.W * (i + 0.5) / 7
        c.rect(x - 66, 40, x + 66, 54, "#fbf6e2")
        c.glow(x, 50, 230, "#f5efd2", 0.42)
    for n, x in enumerate((0.02, 0.33, 0.64)):
        left, w = c.W * x, c.W * 0.29
        c.rect(left, 230, left + w, 850, "#3f6f7c", 1, 12)
        c.shade([(left, 240), (left + w, 240), (left + w, 850), (left, 850)], ["#5c909c", "#3a6874", "#1f3d48"])
        c.rect(left + 18, 262, left + w - 18, 318, "#23424c", 1, 6)
        for i in range(6):
            c.oval(left + 50 + i * 30, 290, 8, 8, ["#e5483a", "#e2b13c", "#4fb08a"][(i + n) % 3])
        for y, r in ((430.0, 66), (590, 82), (750, 62)):
            for cx in (0.3, 0.7):
                c.oval(left + w * cx, y, r, r, "#172a32")
                c.oval(left + w * cx, y, r * 0.9, r * 0.9, "#8fa6ad")
                c.glow(left + w * cx - r * 0.3, y - r * 0.4, r * 0.9, "#ffffff", 0.6)
                c.oval(left + w * cx, y, r * 0.22, r * 0.22, "#172a32")
    web = [
        (-20, 380),
        (c.W * 0.15, 350),
        (c.W * 0.33, 520),
        (c.W * 0.5, 480),
        (c.W * 0.66, 660),
        (c.W * 0.82, 620),
        (c.W + 20, 760),
    ]
    c.shade([*web, *[(x, y + 74) for x, y in reversed(web)]], ["#fffdf4", "#e9e2cf"], across=True)
    for i in range(0, int(c.W), 14):
        for (x0, y0), (x1, y1) in pairwise(web):
            if x0 <= i < x1:
                y = y0 + (y1 - y0) * (i - x0) / (x1 - x0)
                if (i // 14) % 9:
                    c.rect(i, y + 12 + (20 if (i // 126) % 2 else 0), i + 9, y + 62, "#3a3a3e", 0.55)
    c.wash(["#5b6a70", "#2a343a"], 850, 1000)
    for n, x in enumerate((0.10, 0.24, 0.84)):
        for i in range(9 - 2 * n):
            c.rect(
                c.W * x + (i % 2) * 5,
                940 - i * 17,
                c.W * x + 150 + (i % 2) * 5,
                955 - i * 17,
                "#f2ecdc" if i % 2 else "#ddd5c0",
                1,
                3,
            )
    c.person(c.W * 0.62, 965, 400, "#2b1a14", "#c9582f")
    c.haze(0, 400, "#f5efd2", 0.16, 0.0)


def assembly(c: Canvas) -> None:
    c.wash(["#5b3a2a", "#8a5a3a", "#6a4229"])
    for i in range(15):
        x = c.W * i / 14
        c.shade([(x - 16, 0), (x + 16, 0), (x + 16, 560), (x - 16, 560)], ["#a8754c", "#70482e"], across=True)
    c.shade([(c.W * 0.40, 60), (c.W * 0.60, 60), (c.W * 0.60, 430), (c.W * 0.40, 430)], ["#1d5a4a", "#123c33"])
    c.oval(c.W * 0.5, 230, 92, 92, "#e0b85a")
    c.oval(c.W * 0.5, 230, 76, 76, "#1d5a4a")
    for i in range(16):
        a = i * math.pi / 8
        c.poly(
            [
                (c.W * 0.5 + 62 * math.cos(a), 230 + 62 * math.sin(a)),
                (c.W * 0.5 + 20 * math.cos(a + 0.2), 230 + 20 * math.sin(a + 0.2)),
                (c.W * 0.5 + 20 * math.cos(a - 0.2), 230 + 20 * math.sin(a - 0.2)),
            ],
            "#e0b85a",
        )
    c.glow(c.W * 0.5, 200, 640, "#ffe6b8", 0.45)
    c.rect(c.W * 0.36, 450, c.W * 0.64, 600, "#5a3320", 1, 6)
    c.rect(c.W * 0.355, 440, c.W * 0.645, 462, "#c99460", 1, 4)
    for x in (0.45, 0.5, 0.55):
        c.shade(
            [(c.W * x - 42, 442), (c.W * x - 34, 392), (c.W * x + 34, 392), (c.W * x + 42, 442)],
            ["#23232e", "#15151c"],
        )
        c.oval(c.W * x, 362, 22, 27, "#2f1d16")
    c.wash(["#7d2f2a", "#4a1b1a"], 600, 1000)
    cloths = ["#23232e", "#f2e8d2", "#2f6a7a", "#b5722b", "#3b3f66", "#2f5d3f", "#7a2f45"]
    for row in range(5):
        s = 0.62 + row * 0.24
        n = 17 - 2 * row
        for i in range(n):
            x = c.W * (i + 0.5) / n
            y = 640 + row * 78 + 70 * (abs(x / c.W - 0.5) * 2) ** 2 * -1 + 40
            if abs(x / c.W - 0.5) < 0.035:
                continue
            cloth = c.rng.choice(cloths)
            c.shade(
                [
                    (x - 44 * s, y + 60 * s),
                    (x - 36 * s, y - 8 * s),
                    (x + 36 * s, y - 8 * s),
                    (x + 44 * s, y + 60 * s),
                ],
                [cloth, mix(cloth, "#000000", 0.4)],
            )
            c.oval(x, y - 36 * s, 21 * s, 25 * s, "#2a1a14")
            if c.rng.random() < 0.3:
                c.pen.chord(
                    [v * c.k for v in (x - 24 * s, y - 68 * s, x + 24 * s, y - 22 * s)],
                    180,
                    360,
                    fill=mix(cloth, "#f0d9a0", 0.4),
                )
            c.rect(x - 54 * s, y + 44 * s, x + 54 * s, y + 56 * s, "#b57f4f", 1, 3)
            c.rect(x - 54 * s, y + 54 * s, x + 54 * s, y + 84 * s, "#6b4128")


def concert_stage(c: Canvas) -> None:
    c.wash(["#120a24", "#35123f", "#6b1f4a", "#1a0d22"])
    for i, tone in enumerate(("#ff8a3a", "#ffd24a", "#ff5a7a", "#59c8ff", "#ff8a3a", "#ffd24a")):
        x = c.W * (0.1 + i * 0.16)
        lean = (c.W * 0.5 - x) * 0.55
        c.beam([(x, 60), (x + lean - 110, 720), (x + lean + 110, 720)], tone, 0.40, 24)
        c.glow(x, 66, 90, tone, 0.9)
        c.rect(x - 22, 34, x + 22, 74, "#0b0714", 1, 6)
    c.rect(0, 24, c.W, 42, "#0b0714")
    c.glow(c.W * 0.5, 640, 620, "#ffb45a", 0.55, 0.5)
    c.rect(c.W * 0.08, 672, c.W * 0.92, 730, "#1a0f1e")
    for x, s, cloth in ((0.30, 250.0, "#1c6f6a"), (0.50, 290, "#e9b23c"), (0.68, 255, "#c5402f")):
        c.person(c.W * x, 680, s, "#1c0f12", cloth)
    c.line([(c.W * 0.52, 680), (c.W * 0.52, 470), (c.W * 0.508, 448)], "#0b0714", 5)
    c.oval(c.W * 0.275, 640, 62, 74, "#e0c08a")
    c.oval(c.W * 0.275, 640, 26, 28, "#2b160c")
    c.line([(c.W * 0.275, 590), (c.W * 0.34, 440)], "#6d3b1c", 10)
    for x in (0.645, 0.71):
        c.shade(
            [(c.W * x - 36, 600), (c.W * x + 36, 600), (c.W * x + 24, 684), (c.W * x - 24, 684)],
            ["#c9783a", "#5c2d16"],
        )
        c.oval(c.W * x, 600, 36, 12, "#f2e3c6")
    for x in (0.11, 0.83):
        for i in range(3):
            c.rect(c.W * x, 470 + i * 70, c.W * x + 92, 535 + i * 70, "#0b0714", 1, 4)
            c.oval(c.W * x + 46, 502 + i * 70, 26, 26, "#2a2033")
    for row in range(4):
        y, s = 800 + row * 72, 0.8 + row * 0.32
        for i in range(20 - 2 * row):
            x = c.W * i / (19 - 2 * row) + c.rng.uniform(-18, 18)
            ink = mix("#3a1838", "#08040e", 0.3 + row * 0.23)
            c.oval(x, y - 30 * s, 24 * s, 29 * s, ink)
            c.rect(x - 46 * s, y - 6 * s, x + 46 * s, 1010, ink, 1, 30 * s)
            if c.rng.random() < 0.3:
                c.line([(x + 36 * s, y + 10 * s), (x + 50 * s, y - 90 * s)], ink, 15 * s)


SCENES: dict[str, Callable[[Canvas], None]] = {
    "classroom": classroom,
    "hospital-ward": hospital_ward,
    "laboratory": laboratory,
    "radio-studio": radio_studio,
    "printing-press": printing_press,
    "assembly": assembly,
    "concert-stage": concert_stage,
}
