"""Whether a colour can be read on a ground, as WCAG 2.2 measures it, and which shade of it can."""

from __future__ import annotations

import re

# Six digits, so that nothing else can ever stand in a style sheet.
COLOUR = re.compile(r"#[0-9a-f]{6}")
# Success criterion 1.4.3, for text of any size.
LEAST = 4.5
# What words stand on, by mode: the page and the surface of `static/site.css`.
GROUNDS = {"light": ("#ffffff", "#f6f4f0"), "dark": ("#121416", "#1e2225")}
# Links stand on paid surfaces too.
LINK_GROUNDS = {"light": (*GROUNDS["light"], "#fff4d6"), "dark": (*GROUNDS["dark"], "#2e2611")}
# Where a colour goes to be read: to black on light grounds, to white on dark ones.
ENDS = {"light": 0, "dark": 255}


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 for black to 1 for white.

    Source: WCAG 2.2, "relative luminance", https://www.w3.org/TR/WCAG22/#dfn-relative-luminance, with the threshold of
    0.04045 that sRGB (IEC 61966-2-1) has.
    """
    linear = [
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (part / 255 for part in _parts(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    """From 1 to 21. Source: WCAG 2.2, "contrast ratio", https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def least_ratio(colour: str, mode: str, *, links: bool = False) -> float:
    """The lowest that a colour has with any ground of a mode, cut off after two digits: 4.499 is not 4.5."""
    grounds = (LINK_GROUNDS if links else GROUNDS)[mode]
    return int(min(ratio(colour, ground) for ground in grounds) * 100) / 100


def nearest(colour: str, mode: str, *, links: bool = False) -> str:
    """The colour itself where it can be read in a mode, else its nearest shade that can: mixed with black for light
    mode and with white for dark mode, in as few of 255 steps as it takes."""
    for step in range(256):
        shade = "#" + "".join(f"{part + (ENDS[mode] - part) * step // 255:02x}" for part in _parts(colour))
        if least_ratio(shade, mode, links=links) >= LEAST:
            return shade
    raise AssertionError("black and white can be read on their grounds")


def _parts(colour: str) -> tuple[int, int, int]:
    if not COLOUR.fullmatch(colour):
        raise ValueError(f"{colour!r} is no colour like #0b5c8a.")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
