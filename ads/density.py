"""How much advertising a page carries on a phone: at most a fifth of its height, boxes and labels included. The height
is reckoned before the page is drawn, rather too low than too high, at the width of most phones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .slots import Slot

# Of the whole page from the first box to the last.
MOST = 0.20
# CSS pixels at a width of 360.
WIDTH, LABEL = 328, 24
HEAD, LEAD, CARD, ROW, BLOCK, MEDIUM, STORY_HEAD, STORY_FOOT, LINE = 120, 380, 112, 64, 110, 290, 420, 900, 28
SIGNS_IN_A_LINE = 42
# Of a page of which nothing is known.
UNKNOWN = 650

_TAG = re.compile(r"<[^>]*>")


def height_of(context: Mapping[str, Any]) -> int:
    """Of what a page draws besides boxes, by what is in its context: a front page, a story, or a list."""
    if front := context.get("front"):
        rows = len(front.second) + len(front.small) + len(front.paid)
        blocks = sum(BLOCK + MEDIUM + CARD * (len(block.stories) - 1) for block in front.blocks)
        return LEAD + CARD * rows + ROW * len(front.latest) + blocks
    if article := context.get("article"):
        lines = len(_TAG.sub("", article.body)) // SIGNS_IN_A_LINE
        related = CARD * len(context.get("related") or ())
        return STORY_HEAD + lines * LINE + STORY_FOOT + related
    if page := context.get("page"):
        return HEAD + LEAD + CARD * (len(page.object_list) - 1) if page.object_list else UNKNOWN
    return UNKNOWN


def height_on_phones(slot: Slot) -> int:
    """With its label. What is wider than the screen is shrunk, unless there is artwork for phones."""
    width, height = slot.width, slot.height
    if slot.has_phone_artwork and slot.phone_width:
        width, height = slot.phone_width, slot.phone_height
    return LABEL + height * min(width, WIDTH) // width


def too_many_for_phones(boxes: Mapping[str, Sequence[Slot]], height: int) -> frozenset[str]:
    """The codes of the boxes that a page of this height has no room for on phones. Those further down give way first,
    the tallest before all; of the two tall ones phones see one."""
    places = ["top", "home", "rail", "foot"]
    every = [slot for place in places for slot in boxes.get(place, ())]
    every.sort(key=lambda slot: (slot.height > 500, slot.width == 200))
    left_out, taken, is_tall_taken = set(), 0, False
    for slot in every:
        is_tall = slot.height > 500
        more = 0 if is_tall and is_tall_taken else height_on_phones(slot)
        if taken + more <= MOST * (height + taken + more):
            taken += more
            is_tall_taken = is_tall_taken or is_tall
        else:
            left_out.add(slot.code)
    return frozenset(left_out)
