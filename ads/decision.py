"""The answer for one page view: which artwork stands in which position. Reads the plan, never the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core import signing

from . import plan

# The token of a click says which artwork was shown and when. Where it leads is looked up, never carried.
click_signer = signing.TimestampSigner(salt="delivery.click")


@dataclass(frozen=True, slots=True)
class Choice:
    """What stands in one position for one page view."""

    slot: plan.Slot
    line: plan.Line
    token: str


def decide(codes: Iterable[str], *, at: datetime) -> list[Choice]:
    """For every position that has something to show, what it is. Unknown positions are passed over."""
    slots = plan.current(at).slots
    choices = []
    for code in dict.fromkeys(codes):
        slot = slots.get(code)
        line = slot.running(at) if slot else None
        if slot and line:
            choices.append(Choice(slot=slot, line=line, token=click_signer.sign(str(line.creative))))
    return choices


def read_click(token: str) -> int | None:
    """The artwork that a click token names, or None when the seal is broken. Age is no matter: an old link leads on."""
    try:
        return int(click_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def boxes(*, home: bool, at: datetime) -> dict[str, list[plan.Slot]]:
    """The positions that have a box on a page, by place: those on sale there that something can fill now."""
    by_place: dict[str, list[plan.Slot]] = {}
    for slot in plan.current(at).slots.values():
        if (home or slot.pages == "every") and slot.running(at):
            by_place.setdefault(slot.place, []).append(slot)
    return by_place
