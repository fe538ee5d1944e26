"""Scenes of fields and open country."""

from collections.abc import Callable

from .brush import Canvas, mix


def maize_field(c: Canvas) -> None:
    c.wash(["#5d9fc4", "#b9d9de", "#f7efcf"], 0, 520)
    for x, y, r in (
        (0.15, 150, 150),
        (0.22, 120, 110),
        (0.30, 165, 130),
        (0.70, 220, 170),
        (0.78, 190, 120),
        (0.62, 245, 120),
    ):
        c.glow(c.W * x, y, r * 1.5, "#ffffff", 0.8, 0.42)
    c.shade(c.crest(470, 46, 2), ["#6f9a86", "#93ad7b"])
    for _ in range(15):
        x = c.rng.uniform(0, c.W)
        c.oval(x, 478, c.rng.uniform(16, 40), 22, "#4d7a5c", 0.9)
    c.wash(["#c3bd62", "#8fa343", "#56792f", "#2f4f22"], 492, 1000)
    vx = c.W * 0.56
    for i in range(-34, 35):
        foot = vx + i * 92
        c.poly([(vx + i * 9, 494), (vx + i * 9 + 2, 494), (foot + 34, 1000), (foot - 20, 1000)], "#2f4a1f", 0.42)
    for row in range(17):
        t = row / 16
        y, tall = 510 + 520 * t**1.8, 16 + 190 * t**1.6
        step = 9 + 92 * t**1.6
        x = (row % 2) * step / 2 - step
        while x < c.W + step:
            _stalk(c, x + c.rng.uniform(-0.2, 0.2) * step, y, tall * c.rng.uniform(0.85, 1.15), t)
            x += step
    c.haze(470, 640, "#fdf2c4", 0.38, 0.0)
    c.glow(c.W * 0.85, 430, 760, "#fff3c0", 0.35)


def _stalk(c: Canvas, x: float, foot: float, tall: float, near: float) -> None:
    leaf = mix("#a5b552", c.rng.choice(["#3d7030", "#4f8a38", "#2f5e2a"]), 0.35 + 0.65 * near)
    c.line([(x, foot), (x, foot - tall)], leaf, max(1.2, tall * 0.035))
    for i in range(4 if near > 0.25 else 2):
        y = foot - tall * (0.25 + 0.19 * i)
        way = 1 if i % 2 else -1
        r = tall * c.rng.uniform(0.26, 0.4)
        c.poly(
            [
                (x, y),
                (x + way * r * 0.5, y - r * 0.52),
                (x + way * r, y - r * 0.12),
                (x + way * r * 0.5, y - r * 0.36),
            ],
            mix(leaf, "#d7df8a", 0.2 * (i % 3)),
        )
    c.line([(x, foot - tall), (x + tall * 0.03, foot - tall * 1.14)], "#e2c46a", max(1, tall * 0.022))


def solar_field(c: Canvas) -> None:
    c.wash(["#3f7fb0", "#a7cede", "#fbe6bf"], 0, 470)
    c.glow(c.W * 0.72, 180, 520, "#fffbe6", 0.95)
    c.oval(c.W * 0.72, 180, 46, 46, "#ffffff")
    c.shade(c.crest(430, 60, 2), ["#a9907e", "#c9a985"])
    c.wash(["#dcb987", "#c4935f", "#9a6b42"], 462, 1000)
    c.haze(400, 520, "#fbe6bf", 0.0, 0.35)
    for row in range(7):
        t = row / 6
        y, h, w = 490 + 430 * t**1.7, 20 + 150 * t**1.5, 90 + 330 * t**1.3
        x = -w * (0.3 + 0.35 * (row % 2))
        while x < c.W:
            _panel(c, x, y, w * 0.94, h, 0.25 + 0.75 * t)
            x += w
    c.glow(c.W * 0.72, 640, 420, "#fff7dc", 0.28, 0.6)


def _panel(c: Canvas, x: float, y: float, w: float, h: float, near: float) -> None:
    lean = h * 0.55
    c.oval(x + w * 0.5, y + h * 1.05, w * 0.52, h * 0.14, "#5c3d22", 0.4)
    for at in (0.2, 0.8):
        c.line([(x + w * at, y + h * 0.5), (x + w * at, y + h * 1.06)], "#6b6f75", max(1.5, h * 0.045))
    face = [(x + lean, y), (x + w + lean * 0.6, y), (x + w, y + h * 0.82), (x, y + h * 0.82)]
    c.shade(face, [mix("#9cc3dd", "#2c5a8c", near), mix("#5b86ad", "#12294f", near)])
    for i in range(1, 6):
        t = i / 6
        c.line(
            [(x + lean + (w - lean * 0.4) * t, y), (x + w * t, y + h * 0.82)],
            "#cfe3ee",
            max(0.8, h * 0.012),
            0.6,
        )
    for t in (0.33, 0.66):
        c.line(
            [(x + lean * (1 - t), y + h * 0.82 * t), (x + w + lean * 0.6 * (1 - t), y + h * 0.82 * t)],
            "#cfe3ee",
            max(0.8, h * 0.012),
            0.6,
        )
    c.poly(
        [(x + lean + w * 0.1, y), (x + lean + w * 0.34, y), (x + w * 0.12, y + h * 0.82), (x, y + h * 0.82)],
        "#ffffff",
        0.12,
    )


def savanna_road(c: Canvas) -> None:
    c.wash(["#d98a5a", "#f0b878", "#fbe2ae"], 0, 520)
    c.glow(c.W * 0.5, 470, 600, "#fff6d0", 0.85)
    c.oval(c.W * 0.5, 440, 60, 60, "#fff8e2")
    c.shade(c.crest(490, 50, 3), ["#b9805e", "#cf9a6a"])
    c.wash(["#d3a056", "#a8713a", "#6b4424"], 515, 1000)
    c.poly([(c.W * 0.497, 515), (c.W * 0.503, 515), (c.W * 0.86, 1000), (c.W * 0.14, 1000)], "#b5603a")
    c.poly([(c.W * 0.498, 515), (c.W * 0.4995, 515), (c.W * 0.40, 1000), (c.W * 0.27, 1000)], "#8f4728", 0.45)
    c.poly([(c.W * 0.5005, 515), (c.W * 0.502, 515), (c.W * 0.73, 1000), (c.W * 0.60, 1000)], "#8f4728", 0.45)
    for i in range(240):
        t = c.rng.random() ** 0.8
        y = 530 + 470 * t
        half = 10 + c.W * 0.36 * ((y - 515) / 485)
        x = c.W * 0.5 + c.rng.choice([-1, 1]) * (half + c.rng.random() * c.W * 0.6)
        for dx in (-6, 0, 6):
            c.line([(x, y), (x + dx * (0.4 + t), y - 12 - 34 * t)], "#e2c07a" if i % 3 else "#7d5a2c", 2, 0.7)
    for x, y, s in ((0.12, 560, 1.35), (0.84, 540, 0.85), (0.68, 524, 0.45), (0.34, 522, 0.4)):
        x *= c.W
        c.line([(x, y), (x + 6 * s, y - 150 * s)], "#3a251b", 13 * s)
        c.line([(x + 4 * s, y - 90 * s), (x - 50 * s, y - 160 * s)], "#3a251b", 7 * s)
        c.line([(x + 4 * s, y - 90 * s), (x + 66 * s, y - 170 * s)], "#3a251b", 7 * s)
        for dx, dy, rx in ((0, -196, 120), (-62, -176, 84), (74, -184, 92), (20, -214, 70)):
            c.oval(x + dx * s, y + dy * s, rx * s, 27 * s, mix("#3c3a22", "#6b5a2c", 0.4 if dy < -190 else 0))
    c.rect(c.W * 0.489, 505, c.W * 0.511, 534, "#3a251b", 1, 5)
    c.oval(c.W * 0.493, 528, 4, 4, "#fff4c0")
    c.oval(c.W * 0.507, 528, 4, 4, "#fff4c0")
    c.glow(c.W * 0.5, 540, 200, "#ffe2ae", 0.55, 0.4)


SCENES: dict[str, Callable[[Canvas], None]] = {
    "maize-field": maize_field,
    "solar-field": solar_field,
    "savanna-road": savanna_road,
}
