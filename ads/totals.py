"""What was delivered: sealed days, and after them closed hours, and after them the events of the open hour.

Every report, pace and invoice reads here. Nothing in it writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, auto
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone

from . import rollups
from .models import Adjustment, DayCount, Event, HourCount
from .models.event import Kind, Reason

# Of these columns the indexes of counts hold what is above zero (ads/models/count.py).
PARTLY_INDEXED = ("line", "article", "position")


class Origin(Enum):
    """Where a number was read."""

    SEALED = auto()
    CORRECTION = auto()
    HOUR = auto()
    EVENT = auto()


@dataclass(slots=True)
class Figures:
    """Of each kind how many count (net) and how many were told (gross), and why the others do not count. `corrected`
    is how many of the net were added by adjustments, below zero: taken away; nobody told them, so gross lacks them."""

    net: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(Kind, 0))
    gross: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(Kind, 0))
    refused: dict[tuple[Kind, Reason], int] = field(default_factory=dict)
    corrected: dict[Kind, int] = field(default_factory=dict)
    is_sealed: bool = True

    def add(self, kind: Kind, reason: Reason, number: int, origin: Origin) -> None:
        is_correction = origin == Origin.CORRECTION and reason == Reason.VALID
        if reason == Reason.VALID:
            self.net[kind] += number
        else:
            self.refused[kind, reason] = self.refused.get((kind, reason), 0) + number
        if is_correction:
            self.corrected[kind] = self.corrected.get(kind, 0) + number
        else:
            self.gross[kind] += number
        self.is_sealed = self.is_sealed and origin in (Origin.SEALED, Origin.CORRECTION)

    def take(self, other: Figures) -> None:
        """Add up with others."""
        for kind in Kind:
            self.net[kind] += other.net[kind]
            self.gross[kind] += other.gross[kind]
        for key, number in other.refused.items():
            self.refused[key] = self.refused.get(key, 0) + number
        for kind, number in other.corrected.items():
            self.corrected[kind] = self.corrected.get(kind, 0) + number
        self.is_sealed = self.is_sealed and other.is_sealed

    def split(self) -> tuple[Figures, Figures]:
        """What was told, and what corrections made of it: they know the place of nothing but what they name."""
        told, corrections = Figures(is_sealed=self.is_sealed), Figures()
        told.take(self)
        for kind, number in self.corrected.items():
            told.net[kind] -= number
            corrections.net[kind] += number
        told.corrected, corrections.corrected = {}, dict(self.corrected)
        return told, corrections

    @property
    def renders(self) -> int:
        return self.net[Kind.RENDER]

    @property
    def views(self) -> int:
        return self.net[Kind.VIEW]

    @property
    def clicks(self) -> int:
        return self.net[Kind.CLICK]

    @property
    def viewable_rate(self) -> float | None:
        """Of what was shown, from 0 to 1; None where nothing was."""
        return self.views / self.renders if self.renders > 0 else None

    @property
    def click_rate(self) -> float | None:
        return self.clicks / self.renders if self.renders > 0 else None


def sealed_until() -> date | None:
    """The newest sealed day."""
    newest = rollups.newest_seal()
    return newest.day if newest else None


def figures(
    *by: str, first_day: date | None = None, last_day: date | None = None, **where: Any
) -> dict[tuple[Any, ...], Figures]:
    """Figures of some days by columns of `models.event.COLUMNS` or "day", in as many queries whatever there is of it.

    `where` are conditions on those columns, such as line=7 or position__in=[1, 2]. Adjustments are in the days that
    they correct. What came after the last sealed day is provisional: days with any of it are not `is_sealed`.

    Right while hours are counted and days are sealed: the two ends are read first, that of days before that of hours,
    and each part is asked for what lies between its own. Rows before an end are there once the end is, and are not
    taken away; what is written meanwhile lies behind it.
    """
    found: dict[tuple[Any, ...], Figures] = defaultdict(Figures)
    for values, kind, reason, number, origin in _rows(by, first_day, last_day, where):
        found[values].add(Kind(kind), Reason(reason), number, origin)
    return dict(found)


def _as_indexed(where: dict[str, Any]) -> dict[str, int]:
    """Conditions that say nothing new, but what the partial indexes of counts say: SQLite takes one only then."""
    named = (name for name in PARTLY_INDEXED if where.get(name) or 0 not in where.get(f"{name}__in", [0]))
    return {f"{name}__gt": 0 for name in named}


def _rows(
    by: Sequence[str], first_day: date | None, last_day: date | None, where: dict[str, Any]
) -> Iterator[tuple[tuple[Any, ...], int, int, int, Origin]]:
    newest = rollups.newest_seal()
    closed = rollups.closed_until()
    grouped = [*(name for name in by if name != "day"), "kind", "reason"]
    where |= _as_indexed(where)

    def tally(rows: Any, moment: str, origin: Origin) -> Iterator[Any]:
        fields = [*grouped, *([moment] if "day" in by else [])]
        for row in rows.filter(**where).order_by().values(*fields).annotate(total=Sum("number")):
            day = row.get(moment)
            day = timezone.localdate(day) if isinstance(day, datetime) else day
            values = tuple(day if name == "day" else row[name] for name in by)
            yield values, row["kind"], row["reason"], row["total"], origin

    begin = rollups.begins(first_day) if first_day else None
    end = rollups.ends(last_day) if last_day else None
    if newest and (first_day is None or first_day <= newest.day):
        days = {"day__lte": min(last_day, newest.day) if last_day else newest.day}
        if first_day:
            days["day__gte"] = first_day
        yield from tally(DayCount.objects.filter(**days), "day", Origin.SEALED)
        yield from tally(Adjustment.objects.filter(**days), "day", Origin.CORRECTION)
        if last_day and last_day <= newest.day:
            return
        begin = newest.until
    if closed:
        hours = HourCount.objects.filter(hour__lt=min(closed, end) if end else closed)
        yield from tally(hours.filter(hour__gte=begin) if begin else hours, "hour", Origin.HOUR)
        begin = max(begin, closed) if begin else closed
    events = Event.objects.filter(**where)
    events = events.filter(at__gte=begin) if begin else events
    yield from _open(events.filter(at__lt=end) if end else events, by, grouped)


def _open(events: Any, by: Sequence[str], grouped: list[str]) -> Iterator[Any]:
    """The open hours, day by day where days are asked for: an hour or two, or more where no worker runs."""
    moment = events.order_by("at").values_list("at", flat=True).first() if "day" in by else None
    parts: list[tuple[date | None, Any]] = [] if "day" in by else [(None, events)]
    while moment:
        one = timezone.localdate(moment)
        parts.append((one, events.filter(at__gte=rollups.begins(one), at__lt=rollups.ends(one))))
        rest = events.filter(at__gte=rollups.ends(one))
        moment = rest.order_by("at").values_list("at", flat=True).first()
    for day, part in parts:
        for row in part.order_by().values(*grouped).annotate(total=Count("key")):
            values = tuple(day if name == "day" else row[name] for name in by)
            yield values, row["kind"], row["reason"], row["total"], Origin.EVENT


def delivered(lines: Collection[int]) -> dict[int, int]:
    """Impressions that lines have had: net renders, up to this moment. Lines that had none may be missing."""
    if not lines:
        return {}
    found = figures("line", line__in=list(lines), kind=Kind.RENDER)
    return {line: one.renders for (line,), one in found.items()}
