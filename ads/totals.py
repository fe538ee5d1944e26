"""What was delivered: sealed days, and after them closed hours, and after them the events of the open hour.

Every report, pace and invoice reads here. Nothing in it writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Sum
from django.utils import timezone

from . import rollups
from .models import Adjustment, DayCount, Event, HourCount, SealedDay
from .models.booking import midnight
from .models.event import Kind, Reason


@dataclass(slots=True)
class Figures:
    """Of each kind how many count (net) and how many there were (gross), and why the others do not count."""

    net: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(Kind, 0))
    gross: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(Kind, 0))
    refused: dict[tuple[Kind, Reason], int] = field(default_factory=dict)
    is_sealed: bool = True

    def add(self, kind: Kind, reason: Reason, number: int, *, is_sealed: bool) -> None:
        self.gross[kind] += number
        if reason == Reason.VALID:
            self.net[kind] += number
        else:
            self.refused[kind, reason] = self.refused.get((kind, reason), 0) + number
        self.is_sealed = self.is_sealed and is_sealed

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
        return self.views / self.renders if self.renders else None

    @property
    def click_rate(self) -> float | None:
        return self.clicks / self.renders if self.renders else None


def sealed_until() -> date | None:
    """The newest sealed day."""
    return SealedDay.objects.aggregate(newest=Max("day"))["newest"]


def figures(
    *by: str, first_day: date | None = None, last_day: date | None = None, **where: Any
) -> dict[tuple[Any, ...], Figures]:
    """Figures of some days by columns of `models.event.COLUMNS` or "day", in as many queries whatever there is of it.

    `where` are conditions on those columns, such as line=7 or position__in=[1, 2]. Adjustments are in the days that
    they correct. What came after the last sealed day is provisional: days with any of it are not `is_sealed`.
    """
    found: dict[tuple[Any, ...], Figures] = defaultdict(Figures)
    for values, kind, reason, number, is_sealed in _rows(by, first_day, last_day, where):
        found[values].add(Kind(kind), Reason(reason), number, is_sealed=is_sealed)
    return dict(found)


def _rows(
    by: Sequence[str], first_day: date | None, last_day: date | None, where: dict[str, Any]
) -> Iterator[tuple[tuple[Any, ...], int, int, int, bool]]:
    newest = sealed_until()
    columns = [name for name in by if name != "day"]
    grouped = [*columns, "kind", "reason"]

    def tally(rows: Any, moment: str, how: Any, *, is_sealed: bool) -> Iterator[Any]:
        fields = [*grouped, *([moment] if "day" in by else [])]
        for row in rows.filter(**where).order_by().values(*fields).annotate(total=how):
            day = row.get(moment)
            day = timezone.localdate(day) if isinstance(day, datetime) else day
            values = tuple(day if name == "day" else row[name] for name in by)
            yield values, row["kind"], row["reason"], row["total"], is_sealed

    if newest and (first_day is None or first_day <= newest):
        days = DayCount.objects.all()
        corrections = Adjustment.objects.all()
        if first_day:
            days, corrections = days.filter(day__gte=first_day), corrections.filter(day__gte=first_day)
        if last_day:
            days, corrections = days.filter(day__lte=last_day), corrections.filter(day__lte=last_day)
        yield from tally(days, "day", Sum("number"), is_sealed=True)
        yield from tally(corrections, "day", Sum("number"), is_sealed=True)
    begin = max([day for day in (first_day, newest and newest + timedelta(days=1)) if day], default=None)
    end = rollups.ends(last_day) if last_day else None
    if begin and last_day and last_day < begin:
        return
    hours = HourCount.objects.all()
    closed = rollups.closed_until()
    events = Event.objects.filter(at__gte=closed) if closed else Event.objects.all()
    if begin:
        hours, events = hours.filter(hour__gte=midnight(begin)), events.filter(at__gte=midnight(begin))
    if end:
        hours, events = hours.filter(hour__lt=end), events.filter(at__lt=end)
    yield from tally(hours, "hour", Sum("number"), is_sealed=False)
    yield from _open(events.filter(**where), by, grouped)


def _open(events: Any, by: Sequence[str], grouped: list[str]) -> Iterator[Any]:
    """The open hours, day by day where days are asked for: an hour or two, or more where no worker runs."""
    parts: list[tuple[date | None, Any]] = [(None, events)]
    if "day" in by:
        span = events.aggregate(first=Min("at"), last=Max("at"))
        parts = []
        day = timezone.localdate(span["first"]) if span["first"] else None
        while day and midnight(day) <= span["last"]:
            parts.append((day, events.filter(at__gte=midnight(day), at__lt=rollups.ends(day))))
            day += timedelta(days=1)
    for day, part in parts:
        for row in part.order_by().values(*grouped).annotate(total=Count("key")):
            values = tuple(day if name == "day" else row[name] for name in by)
            yield values, row["kind"], row["reason"], row["total"], False


def delivered(lines: Collection[int]) -> dict[int, int]:
    """Impressions that lines have had: net renders, up to this moment."""
    found = figures("line", line__in=list(lines), kind=Kind.RENDER)
    return {line: one.renders for (line,), one in found.items()}
