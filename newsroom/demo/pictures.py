"""Drawn "photographs" and author portraits: the same name always gives the same picture."""

import hashlib

from PIL import ImageFont

from . import scenes_buildings, scenes_city, scenes_indoors, scenes_land, scenes_water
from .brush import Canvas, jpeg, mix

SCENES = {
    **scenes_water.SCENES,
    **scenes_land.SCENES,
    **scenes_city.SCENES,
    **scenes_buildings.SCENES,
    **scenes_indoors.SCENES,
}

HERO = (1600, 1067)
# What a scene is drawn at when nobody asks for a size; the rest are 3:2.
SIZES = {
    "lighthouse": (1067, 1600),
    "night-skyline": (1600, 900),
    "river-delta": (4000, 3000),
}


def natural_size(name: str) -> tuple[int, int]:
    return SIZES.get(name, HERO)


def scene(name: str, size: tuple[int, int] | None = None) -> bytes:
    """The scene as a JPEG; ``size`` in pixels, its own size when None. KeyError for an unknown name."""
    canvas = Canvas(size or natural_size(name), name)
    SCENES[name](canvas)
    return jpeg(canvas.finish())


# Ground and cloth of a portrait, chosen by the name.
_COATS = [
    ("#d9c7a8", "#1f4e5f"),
    ("#b9cdd0", "#7a3b2e"),
    ("#e3b587", "#2b3a55"),
    ("#c8cfb4", "#5a2d4a"),
    ("#e0c1b3", "#24534a"),
    ("#b7c3d9", "#8a4b1f"),
    ("#d8d2c4", "#3d3d56"),
    ("#cfb8c6", "#2f5d3a"),
]
_SKINS = ["#6b4432", "#7a4f39", "#8a5c42", "#593626"]


def portrait(name: str, look: str = "") -> bytes:
    """An abstract 600x600 author portrait as a JPEG. An empty ``look`` is chosen by the name."""
    digest = hashlib.sha256(name.encode()).digest()
    ground, cloth = _COATS[digest[0] % len(_COATS)][0], _COATS[digest[3] % len(_COATS)][1]
    skin = _SKINS[digest[1] % len(_SKINS)]
    c = Canvas((600, 600), name)
    c.wash([mix(ground, "#ffffff", 0.25), mix(ground, "#000000", 0.12)])
    c.glow(300, 250, 620, "#fff6e2", 0.55)
    _HEADS[look or sorted(_HEADS)[digest[2] % len(_HEADS)]](c, skin, cloth)
    return jpeg(c.finish(vignette=0.2), 86)


def monogram(letters: str, ground: str = "#0b5c8a") -> bytes:
    """A 600x600 tile with one to three letters, for the newsroom's own author page."""
    c = Canvas((600, 600), letters)
    c.wash([mix(ground, "#ffffff", 0.12), mix(ground, "#000000", 0.25)])
    c.glow(200, 150, 800, "#ffffff", 0.16)
    c.pen.text((500 * c.k, 500 * c.k), letters, "#ffffff", ImageFont.load_default(430 * c.k), anchor="mm")
    c.rect(330, 760, 670, 772, "#ffffff", 0.7)
    return jpeg(c.finish(vignette=0.15), 88)


def _bust(c: Canvas, skin: str, cloth: str) -> None:
    c.shade(
        [(95, 1000), (120, 870), (200, 775), (400, 705), (600, 705), (800, 775), (880, 870), (905, 1000)],
        [mix(cloth, "#ffffff", 0.10), mix(cloth, "#000000", 0.35)],
    )
    c.shade([(415, 560), (585, 560), (600, 720), (500, 800), (400, 720)], [mix(skin, "#000000", 0.35), skin])
    c.oval(500, 440, 152, 195, skin)
    c.glow(445, 400, 210, mix(skin, "#ffd9a8", 0.5), 0.40)
    c.beam([(545, 250), (660, 300), (640, 560), (560, 630), (530, 500)], "#120a08", 0.30, 64)


def _cropped(c: Canvas, skin: str, cloth: str) -> None:
    c.oval(500, 400, 166, 190, "#17110f")
    _bust(c, skin, cloth)
    c.pen.chord([x * c.k for x in (345, 240, 655, 560)], 188, 352, fill="#17110f")
    c.poly([(400, 712), (500, 830), (445, 880)], mix(cloth, "#ffffff", 0.75))
    c.poly([(600, 712), (500, 830), (555, 880)], mix(cloth, "#ffffff", 0.75))


def _headwrap(c: Canvas, skin: str, cloth: str) -> None:
    _bust(c, skin, cloth)
    warm = mix(cloth, "#e9a23b", 0.55)
    c.shade(
        [
            (330, 400),
            (350, 260),
            (440, 175),
            (560, 160),
            (660, 230),
            (680, 330),
            (665, 405),
            (590, 345),
            (430, 345),
        ],
        [mix(warm, "#ffffff", 0.25), mix(warm, "#000000", 0.3)],
    )
    for i in range(4):
        c.line(
            [(345 + i * 14, 385 - i * 46), (500, 300 - i * 36), (668 - i * 12, 392 - i * 50)],
            mix(warm, "#000000", 0.4),
            6,
            0.5,
        )
    c.oval(640, 215, 62, 50, mix(warm, "#000000", 0.12))
    c.oval(380, 545, 13, 26, "#d9a441")
    c.oval(620, 545, 13, 26, "#b98427")


def _cap(c: Canvas, skin: str, cloth: str) -> None:
    _bust(c, skin, cloth)
    hat = mix(cloth, "#f2ead8", 0.15)
    c.shade(
        [(345, 350), (365, 205), (640, 190), (658, 345), (500, 325)],
        [mix(hat, "#ffffff", 0.2), mix(hat, "#000000", 0.3)],
    )
    for x in range(362, 630, 32):
        c.poly([(x, 322), (x + 16, 296), (x + 32, 322), (x + 16, 330)], "#f0d9a0", 0.75)
    c.line([(500, 715), (500, 1000)], "#f0d9a0", 8, 0.8)
    c.line([(470, 715), (465, 900)], "#f0d9a0", 4, 0.6)
    c.line([(530, 715), (535, 900)], "#f0d9a0", 4, 0.6)


def _braids(c: Canvas, skin: str, cloth: str) -> None:
    c.shade(
        [
            (330, 420),
            (370, 255),
            (500, 205),
            (630, 255),
            (670, 420),
            (690, 720),
            (600, 740),
            (400, 740),
            (310, 720),
        ],
        ["#241a18", "#0e0a0a"],
    )
    _bust(c, skin, cloth)
    c.pen.chord([x * c.k for x in (342, 232, 658, 600)], 196, 344, fill="#1a1312")
    for x in (335, 362, 638, 665):
        c.line([(x, 400), (x + (-14 if x < 500 else 14), 745)], "#1a1312", 22)
    c.rect(380, 428, 480, 496, "#0d0d0d", 0.0)
    for x in (432, 568):
        c.arc(x, 440, 58, 52, 0, 360, "#d9c7a0", 8)
    c.line([(488, 436), (512, 436)], "#d9c7a0", 8)


_HEADS = {"cropped": _cropped, "headwrap": _headwrap, "cap": _cap, "braids": _braids}
