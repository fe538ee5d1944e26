"""Holds: what a sent quote keeps for the advertiser, until they say yes or its time is up."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from . import availability, duties, ledger
from .models import Hold, Position, QuoteLine

State = Hold.State


def place(line: QuoteLine, *, until: datetime, at: datetime) -> Hold | None:
    """Keep what a line offers. None where there is nothing to keep: posts and services do not run out. Raises
    `ledger.SoldOut`."""
    if line.kind not in QuoteLine.Kind.of_positions():
        return None
    assert line.position is not None  # noqa: S101  (a constraint of the line sees to it, and to its days)
    assert line.first_day is not None and line.last_day is not None  # noqa: S101, PT018
    with transaction.atomic():
        position = availability.lock(line.position)
        expire_due(at, position=position)
        if line.impressions:
            availability.claim(position, line.first_day, line.last_day, line.impressions, at=at)
        else:
            share = line.share or ledger.WHOLE
            availability.take(position, line.first_day, line.last_day, share=share, is_held=True, at=at)
        return Hold.objects.create(
            line=line,
            position=position,
            first_day=line.first_day,
            last_day=line.last_day,
            share=line.share or 0,
            impressions=line.impressions or 0,
            expires_at=until,
        )


def sell(hold: Hold) -> bool:
    """What was held is sold. False when it was not held any more."""
    with transaction.atomic():
        availability.lock(hold.position)
        if not Hold.objects.filter(pk=hold.pk, state=State.HELD).update(state=State.TAKEN):
            return False
        if hold.share:
            ledger.sell_held(hold.position, hold.first_day, hold.last_day, share=hold.share)
    hold.state = State.TAKEN
    return True


def give_back(hold: Hold) -> bool:
    """Free what was held. False when it was not held any more, so nothing is given back twice."""
    with transaction.atomic():
        availability.lock(hold.position)
        if not Hold.objects.filter(pk=hold.pk, state=State.HELD).update(state=State.RETURNED):
            return False
        if hold.share:
            ledger.give_back(hold.position, hold.first_day, hold.last_day, share=hold.share, is_held=True)
    hold.state = State.RETURNED
    return True


def expire_due(at: datetime, *, position: Position | None = None) -> int:
    """Give back what is held past its time, of one position or of all. Returns how many holds ended."""
    due = Hold.objects.filter(state=State.HELD, expires_at__lte=at).select_related("position")
    if position:
        due = due.filter(position=position)
        return sum(give_back(hold) for hold in due)
    return duties.each(due, give_back)
