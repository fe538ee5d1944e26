"""Corrections of sealed days: a row of its own, signed, with a reason. Nothing sealed is changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from articles.models import User

from . import rollups, totals
from .models import Adjustment
from .models.event import COLUMNS, Kind, Reason, Source
from .totals import Figures

# What can be no more than something else: what is viewable or clicked was shown, a story that is read was opened.
WITHIN = {
    Source.PAGE: {Kind.VIEW: Kind.RENDER, Kind.CLICK: Kind.RENDER},
    Source.STORY: {Kind.READ: Kind.SERVED},
    Source.MAIL: {},
}


class Refused(Exception):
    """Raised, with a sentence for people, when a correction would be none, or make figures that cannot be."""


def adjust(day: date, facts: Mapping[str, int], number: int, why: str, *, by: User, at: datetime) -> Adjustment:
    """Write down that a sealed day had so many more, or fewer where `number` is below zero. `facts` are what it was, by
    columns of `models.event.COLUMNS`; what is not named is 0, as for anything that is not known.

    Neither all that is named together nor any of it alone may come to less than nothing, nor more be viewable or
    clicked than was shown, nor more be read than was opened. Raises Refused.
    """
    why = why.strip()
    if not number:
        raise Refused(_("An adjustment by nothing changes nothing."))
    if not why:
        raise Refused(_("Say why."))
    named = {name: facts[name] for name in COLUMNS if facts.get(name)}
    kind, reason = Kind(named.pop("kind")), Reason(named.pop("reason", Reason.VALID))
    source = Source(named.pop("source", Source.PAGE))
    with transaction.atomic():
        rollups.lock_chain()
        if not rollups.is_sealed(day):
            raise Refused(_("This day is not sealed yet. Until then it is counted again by itself."))
        for condition in [named, *({name: value} for name, value in named.items())]:
            there = totals.figures(first_day=day, last_day=day, reason=reason, source=source, **condition)
            figures = there.get((), Figures())
            had = (figures.net if reason == Reason.VALID else figures.gross)[kind]
            if had + number < 0:
                raise Refused(_("That day had %(number)d of these: no more can be taken away.") % {"number": had})
            if reason == Reason.VALID:
                _check_parts(figures, source, kind, number)
        return Adjustment.objects.create(
            day=day, number=number, why=why, by=by, at=at, kind=kind, reason=reason, source=source, **named
        )


def _check_parts(figures: Figures, source: Source, kind: Kind, number: int) -> None:
    """Refuse what leaves more of a part than of the whole, and say what to correct first. A day may be so by itself, as
    pages tell of a showing before midnight and of a click after it; what brings the two nearer is never refused."""
    for part, whole in WITHIN[source].items():
        if kind == part and number > 0:
            first, over = whole, figures.net[part] + number - figures.net[whole]
        elif kind == whole and number < 0:
            first, over = part, figures.net[part] - (figures.net[whole] + number)
        else:
            continue
        if over > 0:
            raise Refused(
                _(
                    "“%(part)s” would be %(parts)d, more than “%(whole)s” with %(wholes)d. "
                    "Correct “%(first)s” first, by %(by)+d."
                )
                % {
                    "part": name_of(part, source),
                    "parts": figures.net[part] + (number if kind == part else 0),
                    "whole": name_of(whole, source),
                    "wholes": figures.net[whole] + (number if kind == whole else 0),
                    "first": name_of(first, source),
                    "by": -over if first == part else over,
                }
            )


def name_of(kind: Kind, source: Source) -> str:
    if source == Source.STORY and kind == Kind.SERVED:
        return _("page views")
    return str(kind.label)


def what(adjustment: Adjustment) -> str:
    """What was corrected, in words."""
    return name_of(Kind(adjustment.kind), Source(adjustment.source))
