"""The answer for one page view: which artwork stands in which position. Reads the plan, never the database.

Of what runs in a position, shares come as often as they were sold. Lines sold by number have what shares leave, in
equal parts; where there are none, shares have that too, in proportion, so that no view goes to waste.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing

from . import plan
from .ledger import WHOLE

# The token of a click says which artwork was shown and when. Where it leads is looked up, never carried.
click_signer = signing.TimestampSigner(salt="delivery.click")


# Without script a picture and its link are asked for one after the other, so what runs changes seldom.
TURN = timedelta(minutes=10)
# The steps of the golden ratio through a circle come near every part of it early and evenly.
GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True)
class Choice:
    """What stands in one position for one page view."""

    slot: plan.Slot
    line: plan.Line
    token: str


def decide(codes: Iterable[str], *, at: datetime, chance: random.Random | None = None) -> list[Choice]:
    """For every position that has something to show, what it is: one draw each, from `chance`. Unknown positions are
    passed over."""
    draw = (chance or random).random
    slots = plan.current(at).slots
    choices = []
    for code in dict.fromkeys(codes):
        if code not in slots:
            continue
        slot = slots[code].running(at)
        if line := pick(slot.lines, draw()):
            choices.append(Choice(slot=slot, line=line, token=click_signer.sign(str(line.creative))))
    return choices


def pick(lines: Sequence[plan.Line], fraction: float) -> plan.Line | None:
    """The line that stands at a fraction (0 to 1) of all that run, each as wide as its part."""
    by_number = sum(1 for line in lines if not line.share)
    taken = sum(line.share for line in lines)
    rest = max(0, WHOLE - taken) / by_number if by_number else 0
    widths = [line.share or rest for line in lines]
    mark = fraction * sum(widths)
    for line, width in zip(lines, widths, strict=True):
        mark -= width
        if mark < 0:
            return line
    return lines[-1] if lines else None


def in_turn(code: str, *, at: datetime) -> plan.Line | None:
    """For readers without script: what runs in a position in these ten minutes. In time, each has its part."""
    slot = plan.current(at).slots.get(code)
    turn = int(at.timestamp() // TURN.total_seconds())
    return pick(slot.running(at).lines, turn * GOLDEN % 1) if slot else None


def read_click(token: str) -> int | None:
    """The artwork that a click token names, or None when the seal is broken. Age is no matter: an old link leads on."""
    try:
        return int(click_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def boxes(*, home: bool, at: datetime) -> dict[str, list[plan.Slot]]:
    """The positions that have a box on a page, by place: those on sale there that something can fill now, with that."""
    by_place: dict[str, list[plan.Slot]] = {}
    for slot in plan.current(at).slots.values():
        if (home or slot.pages == "every") and (running := slot.running(at)).lines:
            by_place.setdefault(slot.place, []).append(running)
    return by_place
