"""Scenes of façades, roofs and skylines."""

from collections.abc import Callable

from .brush import Canvas, mix


def columns(c: Canvas, stone: str, sky: list[str], n: int, low: float) -> None:
    """A portico seen from the foot of its steps."""
    c.wash(sky, 0, 800)
    c.glow(c.W * 0.2, 200, 800, "#fff6dc", 0.7)
    left, right = c.W * 0.09, c.W * 0.91
    dark = mix(stone, "#20202c", 0.55)
    c.shade([(left, 330), (right, 330), (right, low), (left, low)], [dark, mix(dark, "#000000", 0.4)])
    for i in range(n - 1):
        x = left + (right - left) * (i + 0.5) / (n - 1)
        c.rect(x - 34, 470, x + 34, low, mix(dark, "#ffcf7d", 0.16), 1, 4)
        c.glow(x, 520, 130, "#ffd48a", 0.35)
    c.shade(
        [(left - 60, 268), (c.W / 2, 84), (right + 60, 268)],
        [mix(stone, "#ffffff", 0.25), mix(stone, "#000000", 0.10)],
    )
    c.shade(
        [(left + 70, 246), (c.W / 2, 124), (right - 70, 246)],
        [mix(stone, "#000000", 0.22), mix(stone, "#000000", 0.05)],
    )
    c.shade(
        [(left - 60, 266), (right + 60, 266), (right + 60, 290), (left - 60, 290)],
        [mix(stone, "#ffffff", 0.4), stone],
    )
    c.shade(
        [(left - 20, 290), (right + 20, 290), (right + 20, 352), (left - 20, 352)],
        [stone, mix(stone, "#000000", 0.2)],
    )
    for i in range(n):
        x = left + 28 + (right - left - 56) * i / (n - 1)
        c.beam([(x, 352), (x + 40, 352), (x + 110, low), (x + 40, low)], "#101018", 0.35, 16)
        c.shade(
            [(x - 28, 376), (x + 28, 376), (x + 33, low), (x - 33, low)],
            [mix(stone, "#ffffff", 0.5), stone, mix(stone, "#20202c", 0.55)],
            across=True,
        )
        for k in range(-2, 3):
            c.line([(x + k * 10, 384), (x + k * 12, low)], "#000000", 1.6, 0.13)
        c.rect(x - 42, 350, x + 42, 378, mix(stone, "#ffffff", 0.3), 1, 4)
        c.rect(x - 44, low - 24, x + 44, low, mix(stone, "#ffffff", 0.25), 1, 4)
    for i in range(8):
        y = low + i * (1000 - low) / 8
        out = 80 + i * 34
        c.shade(
            [(left - out, y), (right + out, y), (right + out + 20, y + 40), (left - out - 20, y + 40)],
            [mix(stone, "#ffffff", 0.35), mix(stone, "#000000", 0.25)],
        )


def court_columns(c: Canvas) -> None:
    columns(c, "#c9b999", ["#5c86a8", "#b8cdd2", "#efe3c8"], 7, 790)
    for x, y, s in ((0.42, 905, 130), (0.46, 915, 138), (0.70, 960, 160)):
        c.oval(c.W * x + 26, y, 44, 7, "#3b3428", 0.4)
        c.person(c.W * x, y, s, "#241a18", "#1c1c24")


def bank_facade(c: Canvas) -> None:
    c.wash(["#86a9bf", "#cfdde0"])
    c.shade([(c.W * 0.16, 60), (c.W * 0.84, 60), (c.W * 0.84, 900), (c.W * 0.16, 900)], ["#bfae92", "#8f7b62"])
    for row in range(6):
        for col in range(9):
            x, y = c.W * (0.19 + col * 0.0705), 100 + row * 96
            c.rect(x, y, x + c.W * 0.046, y + 72, "#3d4f5e")
            c.poly([(x, y), (x + c.W * 0.046, y), (x, y + 60)], "#a9cbd8", 0.5)
            c.rect(x - 4, y + 72, x + c.W * 0.046 + 4, y + 80, "#d9cab0")
    for x0, x1, tone in ((-0.02, 0.155, "#7a8c94"), (0.845, 1.02, "#69797f")):
        c.shade(
            [(c.W * x0, 160), (c.W * x1, 160), (c.W * x1, 900), (c.W * x0, 900)],
            [mix(tone, "#ffffff", 0.3), tone],
        )
        for row in range(9):
            c.rect(c.W * x0 + 20, 200 + row * 70, c.W * x1 - 20, 236 + row * 70, "#d3e4ea", 0.35)
    c.shade([(c.W * 0.14, 690), (c.W * 0.86, 690), (c.W * 0.86, 905), (c.W * 0.14, 905)], ["#5d4b3c", "#2d241e"])
    for i in range(8):
        x = c.W * (0.16 + i * 0.0975)
        c.shade(
            [(x - 20, 690), (x + 20, 690), (x + 20, 905), (x - 20, 905)],
            ["#efe2c8", "#b8a586", "#7d6a52"],
            across=True,
        )
    c.rect(c.W * 0.14, 660, c.W * 0.86, 696, "#e8dac0")
    for i in range(7):
        c.glow(c.W * (0.209 + i * 0.0975), 800, 90, "#ffce7f", 0.5)
    c.rect(c.W * 0.34, 614, c.W * 0.66, 656, "#2f3d36", 1, 4)
    for i in range(17):
        c.rect(c.W * 0.36 + i * c.W * 0.0165, 626, c.W * 0.36 + i * c.W * 0.0165 + 14, 645, "#e5c77c")
    c.wash(["#9b958a", "#6a655d"], 900, 1000)
    c.beam([(c.W * 0.0, 0), (c.W * 0.3, 0), (c.W * 0.75, 905), (c.W * 0.35, 905)], "#fff4d6", 0.26, 64)
    for i in range(9):
        c.person(
            c.W * (0.08 + i * 0.104),
            950 + 14 * (i % 3),
            150 + 14 * (i % 3),
            "#231a16",
            c.rng.choice(["#efe3cb", "#2d4f6a", "#8a3c2c", "#c99a3c"]),
        )


def night_skyline(c: Canvas) -> None:
    c.wash(["#070d20", "#17284f", "#4b4a78", "#c77a63"], 0, 640)
    for _ in range(150):
        c.oval(c.rng.uniform(0, c.W), c.rng.uniform(0, 330), 1.1, 1.1, "#ffffff", c.rng.uniform(0.3, 0.9))
    c.glow(c.W * 0.5, 650, 900, "#ffb072", 0.45, 0.4)
    for layer, (tone, far) in enumerate((("#3c416e", 0.5), ("#1f2850", 0.8), ("#0e1530", 1.0))):
        x = -30.0
        while x < c.W:
            w = c.rng.uniform(46, 104)
            middle = 1 - abs(x / c.W - 0.5) * 1.5
            h = c.rng.uniform(70, 170 + 210 * max(0, middle)) * (1.15 - 0.22 * layer)
            c.shade(
                [(x, 650 - h), (x + w, 650 - h), (x + w, 650), (x, 650)],
                [tone, mix(tone, "#c77a63", 0.28 * (1 - layer / 3))],
            )
            if c.rng.random() < 0.3:
                c.line([(x + w / 2, 650 - h - 50), (x + w / 2, 650 - h)], tone, 4)
                c.oval(x + w / 2, 650 - h - 50, 4, 4, "#ff6a5a")
            for yy in range(int(650 - h) + 14, 636, 17):
                for xx in range(int(x) + 9, int(x + w) - 10, 15):
                    if c.rng.random() < 0.4 * far:
                        c.rect(
                            xx,
                            yy,
                            xx + 7,
                            yy + 9,
                            c.rng.choice(["#ffd98a", "#ffe9bd", "#ffc26a", "#bfe0ff"]),
                            0.55 + 0.4 * far,
                        )
            x += w + c.rng.uniform(-4, 10)
    c.haze(540, 650, "#e08f6c", 0.0, 0.2)
    c.mirror(650, "#0b1430", 0.3)
    for i in range(24):
        x = c.W * i / 24 + 20
        c.oval(x, 646, 4, 4, "#fff0c4")
        c.glow(x, 646, 40, "#ffd48a", 0.6)


def rain_rooftops(c: Canvas) -> None:
    c.wash(["#4a5a6b", "#6f8290", "#a3b0b3"], 0, 600)
    c.wash(["#6b7880", "#2a333a"], 600, 1000)
    for _ in range(16):
        c.glow(
            c.rng.uniform(0, c.W),
            c.rng.uniform(-40, 260),
            c.rng.uniform(160, 380),
            c.rng.choice(["#3b4956", "#8697a2", "#55666f"]),
            0.5,
            0.45,
        )
    for layer in range(4):
        y, s = 420.0 + layer * 120, 0.55 + layer * 0.33
        x = -c.rng.uniform(0, 120)
        while x < c.W:
            w, h = c.rng.uniform(120, 210) * s, c.rng.uniform(70, 150) * s
            wall = mix(c.rng.choice(["#8b6f5e", "#6f7d80", "#9a8268", "#5e6a74"]), "#93a2a8", 0.75 - layer * 0.22)
            roof = mix(c.rng.choice(["#7a3f33", "#8d5138", "#4f5a63", "#6a4038"]), "#93a2a8", 0.7 - layer * 0.22)
            c.shade(
                [(x, y - h), (x + w, y - h), (x + w, min(1000, y + 230)), (x, min(1000, y + 230))],
                [wall, mix(wall, "#1d2730", 0.55)],
            )
            c.shade(
                [
                    (x - 12 * s, y - h + 8 * s),
                    (x + w * 0.2, y - h - 58 * s),
                    (x + w * 0.86, y - h - 58 * s),
                    (x + w + 12 * s, y - h + 8 * s),
                ],
                [mix(roof, "#ffffff", 0.16), roof],
            )
            for i in range(1, 9):
                xx = x + w * i / 9
                c.line(
                    [(x + w * (0.2 + 0.66 * i / 9), y - h - 58 * s), (xx, y - h + 8 * s)],
                    "#1d2126",
                    1.6 * s,
                    0.3,
                )
            for i in range(int(w / (46 * s))):
                lit = c.rng.random() < 0.35
                c.rect(
                    x + (18 + i * 46) * s,
                    y - h + 32 * s,
                    x + (40 + i * 46) * s,
                    y - h + 64 * s,
                    "#ffcf7d" if lit else "#25313c",
                    0.95 if lit else 0.7,
                )
                if lit:
                    c.glow(x + (29 + i * 46) * s, y - h + 48 * s, 60 * s, "#ffc56b", 0.4)
            x += w + c.rng.uniform(0, 18)
        if layer < 2:
            c.haze(330, 1000, "#9fb0b6", 0.02, 0.3 - 0.1 * layer)
    for _ in range(620):
        x, y, n = c.rng.uniform(-60, c.W), c.rng.uniform(-60, 1000), c.rng.uniform(18, 70)
        c.line([(x, y), (x - n * 0.22, y + n)], "#e6eef2", c.rng.uniform(0.8, 2), c.rng.uniform(0.12, 0.38))


SCENES: dict[str, Callable[[Canvas], None]] = {
    "court-columns": court_columns,
    "bank-facade": bank_facade,
    "night-skyline": night_skyline,
    "rain-rooftops": rain_rooftops,
}
