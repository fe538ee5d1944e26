"""How much advertising a phone gets."""

from __future__ import annotations

import pytest

from ads import density
from ads.slots import Slot


def slot(width: int, height: int, place: str = "rail") -> Slot:
    return Slot(
        number=1,
        code=f"{place}-{width}x{height}",
        place=place,
        pages="every",
        width=width,
        height=height,
        phone_width=0,
        phone_height=0,
        lines=(),
    )


BOXES = {
    "top": [slot(728, 90, "top")],
    "rail": [slot(336, 280), slot(200, 200), slot(300, 600), slot(300, 1050)],
    "foot": [slot(300, 250, "foot")],
}
EVERY = {one.code for some in BOXES.values() for one in some}


@pytest.mark.parametrize(
    ("size", "height"), [((728, 90), 64), ((970, 250), 108), ((336, 280), 297), ((200, 200), 224), ((300, 1050), 1074)]
)
def test_a_box_has_its_label_and_is_shrunk_to_the_screen(size, height):
    assert density.height_on_phones(slot(*size)) == height


@pytest.mark.parametrize(
    ("height", "left"),
    [
        (200, set()),
        (500, {"top-728x90"}),
        (1500, {"top-728x90", "rail-336x280"}),
        (3000, {"top-728x90", "rail-336x280", "foot-300x250"}),
        (4000, EVERY - {"rail-300x600", "rail-300x1050"}),
        # Of the two tall ones phones see the first, so the second costs nothing more.
        (9000, EVERY),
    ],
)
def test_a_shorter_page_has_fewer_boxes(height, left):
    assert EVERY - density.too_many_for_phones(BOXES, height) == left


@pytest.mark.parametrize("height", range(0, 12000, 250))
def test_no_page_is_more_than_a_fifth_advertising(height):
    left_out = density.too_many_for_phones(BOXES, height)
    shown = [one for some in BOXES.values() for one in some if one.code not in left_out]
    tall = [one for one in shown if one.height > 500]
    taken = sum(density.height_on_phones(one) for one in shown if one not in tall[1:])
    assert taken <= 0.2 * (height + taken)
