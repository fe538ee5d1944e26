"""Scenes of streets, markets and crowds."""

from collections.abc import Callable

from .brush import Canvas, mix


def container_port(c: Canvas) -> None:
    c.wash(["#9fc0cf", "#e4e6da"], 0, 420)
    c.glow(c.W * 0.85, 120, 700, "#fff4d8", 0.8)
    paints = ["#b4472e", "#2f6580", "#d79a34", "#4c7a5a", "#8a3f4e", "#e5ddca", "#3b4a66"]
    for layer, (y, high, wide, far) in enumerate([(420, 46, 150, 0.5), (620, 78, 260, 0.25), (910, 128, 430, 0.0)]):
        x = -c.rng.uniform(0, wide)
        while x < c.W:
            for row in range(c.rng.randint(1, 4 if layer < 2 else 3)):
                paint = mix(c.rng.choice(paints), "#d8dcd2", far)
                top = y - high * (row + 1)
                c.shade(
                    [(x, top), (x + wide - 5, top), (x + wide - 5, top + high - 4), (x, top + high - 4)],
                    [mix(paint, "#ffffff", 0.14), mix(paint, "#000000", 0.22)],
                )
                for i in range(1, 22):
                    xx = x + (wide - 5) * i / 22
                    c.line([(xx, top + high * 0.07), (xx, top + high * 0.9)], "#000000", wide * 0.012, 0.14)
                c.rect(x + wide * 0.06, top + high * 0.2, x + wide * 0.26, top + high * 0.42, "#ffffff", 0.45)
                c.rect(x, top + high - 7, x + wide - 5, top + high - 4, "#000000", 0.35)
            x += wide
        if layer < 2:
            c.haze(0, y + 30, "#e4e6da", 0.0, 0.22)
            c.wash([mix("#8e9296", "#d8dcd2", far), "#8e9296"], y - 3, y + 60)
    c.wash(["#6f7376", "#4a4d52"], 905, 1000)
    for x in range(-40, int(c.W), 170):
        c.poly([(x, 965), (x + 90, 965), (x + 78, 978), (x - 14, 978)], "#f2c84b", 0.85)
    for x, cloth in ((0.40, "#f08a24"), (0.44, "#e9d34a")):
        c.person(c.W * x, 950, 150, "#2a1d18", cloth)
        c.pen.chord([v * c.k for v in (c.W * x - 15, 793, c.W * x + 15, 826)], 180, 360, fill="#f4f0e6")


def market_awnings(c: Canvas) -> None:
    c.wash(["#f4dcae", "#d9a56e", "#8d5a3c"])
    c.glow(c.W * 0.5, 240, 800, "#fff6da", 0.85)
    for i in range(9):
        x = c.W * i / 9 + c.rng.uniform(-20, 20)
        h = c.rng.uniform(150, 320)
        c.shade(
            [(x, 470 - h), (x + c.W / 8, 470 - h), (x + c.W / 8, 560), (x, 560)],
            [mix("#e0b58a", "#f4dcae", 0.3), "#c08a62"],
        )
        for w in range(3):
            c.rect(x + 24 + w * 44, 490 - h, x + 46 + w * 44, 530 - h, "#7b4c35", 0.5)
    c.haze(240, 560, "#f7e2b8", 0.15, 0.45)
    c.wash(["#b07a50", "#6d452e"], 555, 1000)
    cloths = [("#c8452f", "#f6ead2"), ("#1f6f78", "#f6ead2"), ("#e0a12e", "#8f3d24"), ("#3d5a8a", "#f2d58a")]
    for n in range(7):
        _stall(c, c.W * (n * 0.155 - 0.03), 560, 0.55, *cloths[n % 4])
    for _ in range(16):
        c.person(
            c.rng.uniform(0, c.W),
            690 + c.rng.uniform(-20, 40),
            120,
            "#2f1d16",
            c.rng.choice(["#2d6a6a", "#d98c2b", "#a63d3a", "#efe2c6", "#4a4f8a"]),
        )
    for n, x in enumerate((-0.06, 0.62)):
        _stall(c, c.W * x, 620, 1.6, *cloths[n + 1])
    for x, cloth, tall in ((0.50, "#b5352f", 330), (0.445, "#e7b23c", 300)):
        c.person(c.W * x, 990, tall, "#2a1812", cloth)
    c.oval(c.W * 0.445, 682, 66, 20, "#8a5a30")
    for i in range(7):
        c.oval(
            c.W * 0.445 - 46 + i * 15,
            668 - (i % 2) * 8,
            14,
            13,
            c.rng.choice(["#d4522c", "#e9a12c", "#8aa33c"]),
        )


def _stall(c: Canvas, x: float, y: float, s: float, one: str, two: str) -> None:
    wide, deep, stripes = 420 * s, 100 * s, 9
    for at in (0.05, 0.95):
        c.line([(x + wide * at, y - 60 * s), (x + wide * at, y + 240 * s)], "#4b2f20", 8 * s)
    c.beam(
        [(x, y + 20 * s), (x + wide, y + 20 * s), (x + wide, y + 150 * s), (x, y + 150 * s)],
        "#2b170e",
        0.55,
        16,
    )
    for i in range(stripes):
        paint = one if i % 2 == 0 else two
        x0, x1 = x + wide * i / stripes, x + wide * (i + 1) / stripes
        t0, t1 = x + wide * (0.08 + 0.84 * i / stripes), x + wide * (0.08 + 0.84 * (i + 1) / stripes)
        c.shade([(t0, y - deep), (t1, y - deep), (x1, y), (x0, y)], [mix(paint, "#ffffff", 0.16), paint])
        c.shade(
            [(x0, y), (x1, y), (x1, y + 26 * s), ((x0 + x1) / 2, y + 40 * s), (x0, y + 26 * s)],
            [mix(paint, "#000000", 0.15), mix(paint, "#000000", 0.3)],
        )
    c.shade(
        [
            (x + 8 * s, y + 140 * s),
            (x + wide - 8 * s, y + 140 * s),
            (x + wide - 8 * s, y + 240 * s),
            (x + 8 * s, y + 240 * s),
        ],
        ["#8a5b38", "#54331f"],
    )
    for i in range(13):
        paint = c.rng.choice(["#d4522c", "#e9a12c", "#8aa33c", "#c9342f", "#f0d05a", "#5c7d37"])
        for j in range(2):
            c.oval(
                x + (34 + i * 29 + 12 * j) * s,
                y + (128 - 17 * j) * s,
                17 * s,
                16 * s,
                mix(paint, "#ffffff", 0.12 * j),
            )


def stadium(c: Canvas) -> None:
    c.wash(["#0f1a33", "#28406b", "#6d7fa0"], 0, 470)
    c.glow(c.W * 0.5, 460, 900, "#bcd2e8", 0.5, 0.5)
    c.poly([(0, 330), (c.W * 0.25, 390), (c.W * 0.75, 390), (c.W, 330), (c.W, 640), (0, 640)], "#1b2740")
    crowd = ["#c8452f", "#e5c04a", "#f3ece0", "#2f6fa0", "#283450", "#1d6b4f", "#6d4a3a"]
    for row in range(17):
        y = 408.0 + row * 13
        for i in range(int(c.W / 11)):
            x = i * 11.0 + (row % 2) * 5
            edge = 70 * abs(x / c.W - 0.5) * 2
            if c.rng.random() < 0.93:
                c.oval(
                    x,
                    y - edge * (1 - row / 17),
                    5,
                    5.5,
                    mix(c.rng.choice(crowd), "#16213a", 0.45 - row * 0.02),
                )
    c.shade(
        [
            (0, 262),
            (c.W * 0.25, 352),
            (c.W * 0.75, 352),
            (c.W, 262),
            (c.W, 300),
            (c.W * 0.75, 384),
            (c.W * 0.25, 384),
            (0, 300),
        ],
        ["#d9e2ea", "#54688a"],
    )
    c.wash(["#1c3b30", "#1c3b30"], 628, 648)
    for i in range(10):
        c.rect(
            c.W * i / 10 + 6,
            630,
            c.W * (i + 1) / 10 - 6,
            650,
            ["#e5c04a", "#c8452f", "#f3ece0", "#2f6fa0"][i % 4],
            0.9,
        )
    c.wash(["#4d9a52", "#2f7a3e", "#1d5a2e"], 652, 1000)
    for i in range(-8, 9, 2):
        c.poly(
            [
                (c.W * (0.5 + i * 0.07), 652),
                (c.W * (0.5 + (i + 1) * 0.07), 652),
                (c.W * (0.5 + (i + 1) * 0.16), 1000),
                (c.W * (0.5 + i * 0.16), 1000),
            ],
            "#ffffff",
            0.07,
        )
    c.line([(0, 668), (c.W, 668)], "#ffffff", 4, 0.9)
    c.line([(c.W * 0.5, 668), (c.W * 0.5, 1000)], "#ffffff", 5, 0.8)
    c.arc(c.W * 0.5, 860, 260, 92, 0, 360, "#eef5ea", 5)
    for x in (0.06, 0.94):
        c.line([(c.W * x, 640), (c.W * x, 130)], "#20304d", 12)
        c.rect(c.W * x - 72, 70, c.W * x + 72, 148, "#22304c", 1, 6)
        for i in range(5):
            for j in range(3):
                c.oval(c.W * x - 56 + i * 28, 84 + j * 25, 9, 9, "#fffdf0")
        c.glow(c.W * x, 108, 430, "#f6fbff", 0.75)
    for x, y, s, cloth in (
        (0.32, 800, 120, "#c8452f"),
        (0.40, 880, 170, "#f3ece0"),
        (0.55, 850, 150, "#c8452f"),
        (0.68, 780, 110, "#f3ece0"),
        (0.62, 930, 190, "#c8452f"),
        (0.2, 760, 96, "#f3ece0"),
    ):
        c.oval(c.W * x + 14, y, s * 0.32, 7, "#0b2a17", 0.5)
        c.person(c.W * x, y, s, "#2b1c16", cloth)
    c.oval(c.W * 0.475, 902, 13, 13, "#ffffff")


def bus_station(c: Canvas) -> None:
    c.wash(["#f2c58c", "#f7e3bd", "#d9c9ae"], 0, 640)
    c.glow(c.W * 0.15, 320, 700, "#fff8e0", 0.9)
    for i in range(10):
        x = c.W * i / 9 - 60
        c.rect(x, 400 - c.rng.uniform(0, 170), x + 150, 640, mix("#b99a7a", "#f7e3bd", 0.45))
    c.haze(260, 640, "#f9e6c2", 0.1, 0.5)
    c.wash(["#a79880", "#7b6d5c", "#574b41"], 625, 1000)
    c.shade([(-20, 215), (c.W + 20, 130), (c.W + 20, 176), (-20, 252)], ["#b5452f", "#7a2d22"])
    for i in range(6):
        x = c.W * (0.06 + i * 0.18)
        c.line([(x, 235 - i * 12), (x, 690)], "#5b4638", 13)
    buses = [(0.02, "#e0a12e"), (0.35, "#1f7a6e"), (0.68, "#c04a33")]
    for x, paint in buses:
        _bus(c, c.W * x, 690, 1.0, paint)
    for i in range(13):
        y = 740 + 17 * (i % 5) + 10 * i
        c.oval(c.W * ((i * 0.137) % 1) + 26, y, 44, 8, "#2d231b", 0.3)
        c.person(
            c.W * ((i * 0.137) % 1),
            y,
            140 + 9 * i,
            "#2a1a14",
            c.rng.choice(["#efe3cb", "#2d6a8a", "#c5502f", "#d9a23c", "#5a3d6b"]),
        )
        if i % 3 == 0:
            c.rect(c.W * ((i * 0.137) % 1) + 18, y - 46, c.W * ((i * 0.137) % 1) + 66, y, "#6d3b26", 1, 8)
    c.beam([(0, 200), (c.W * 0.25, 200), (c.W * 0.75, 1000), (c.W * 0.3, 1000)], "#fff1cb", 0.24, 64)


def _bus(c: Canvas, x: float, foot: float, s: float, paint: str) -> None:
    w, h = 440 * s, 240 * s
    c.oval(x + w / 2, foot + 4, w * 0.52, 20 * s, "#2d231b", 0.5)
    c.rect(x, foot - h, x + w, foot - 22 * s, mix(paint, "#000000", 0.25), 1, 30 * s)
    c.rect(x, foot - h, x + w, foot - 40 * s, paint, 1, 30 * s)
    c.rect(x, foot - h * 0.45, x + w, foot - h * 0.36, "#f7ecd2", 0.95)
    for i in range(6):
        c.rect(
            x + (22 + i * 68) * s,
            foot - h * 0.86,
            x + (82 + i * 68) * s,
            foot - h * 0.52,
            "#2c3b45",
            1,
            8 * s,
        )
        c.poly(
            [
                (x + (30 + i * 68) * s, foot - h * 0.84),
                (x + (56 + i * 68) * s, foot - h * 0.84),
                (x + (34 + i * 68) * s, foot - h * 0.54),
                (x + (26 + i * 68) * s, foot - h * 0.54),
            ],
            "#cfe2e6",
            0.35,
        )
    for at in (0.2, 0.8):
        c.oval(x + w * at, foot - 24 * s, 38 * s, 38 * s, "#231d1a")
        c.oval(x + w * at, foot - 24 * s, 16 * s, 16 * s, "#a89f92")
    c.rect(x + 30 * s, foot - h - 26 * s, x + w * 0.6, foot - h + 4, "#6d4a30", 1, 6)
    c.rect(x + w * 0.18, foot - h - 46 * s, x + w * 0.44, foot - h - 18 * s, "#2d6a8a", 1, 8)


SCENES: dict[str, Callable[[Canvas], None]] = {
    "container-port": container_port,
    "market-awnings": market_awnings,
    "stadium": stadium,
    "bus-station": bus_station,
}
