"""Corrections of sealed days: a row of its own, signed, with a reason. Nothing sealed is changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from articles.models import User

from . import rollups, totals
from .models import Adjustment
from .models.event import COLUMNS, Kind, Reason


class Refused(Exception):
    """Raised, with a sentence for people, when a correction would be none, or make figures that cannot be."""


def adjust(day: date, facts: Mapping[str, int], number: int, why: str, *, by: User, at: datetime) -> Adjustment:
    """Write down that a sealed day had so many more, or fewer where `number` is below zero. `facts` are what it was, by
    columns of `models.event.COLUMNS`; what is not named is 0, as for anything that is not known.

    Neither all that is named together nor any of it alone may come to less than nothing. Raises Refused.
    """
    why = why.strip()
    if not number:
        raise Refused(_("An adjustment by nothing changes nothing."))
    if not why:
        raise Refused(_("Say why."))
    named = {name: facts[name] for name in COLUMNS if facts.get(name)}
    kind, reason = Kind(named.pop("kind")), Reason(named.pop("reason", Reason.VALID))
    with transaction.atomic():
        rollups.lock_chain()
        if not rollups.is_sealed(day):
            raise Refused(_("This day is not sealed yet. Until then it is counted again by itself."))
        for condition in [named, *({name: value} for name, value in named.items())]:
            there = totals.figures(first_day=day, last_day=day, kind=kind, reason=reason, **condition)
            had = there[()].gross[kind] if there else 0
            if had + number < 0:
                raise Refused(_("That day had %(number)d of these: no more can be taken away.") % {"number": had})
        return Adjustment.objects.create(
            day=day, number=number, why=why, by=by, at=at, kind=kind, reason=reason, **named
        )
