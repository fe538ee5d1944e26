"""How fast the desk answers: the share of promises kept and the median time, by owner."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Q

from .models import Turn

DAYS = (30, 90)


@dataclass(frozen=True)
class Figure:
    """Of the turns that were decided within some days: answered, or due and not answered. `median` is of those that
    were answered, None where none was."""

    turns: int
    in_time: int
    median: timedelta | None

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means all."""
        return 100 * self.in_time // self.turns


@dataclass(frozen=True)
class Line:
    """`owner` is a name, empty for deals without one, and None for all together. A figure for each of DAYS, None where
    there is nothing to tell."""

    owner: str | None
    figures: list[Figure | None]


def by_owner(at: datetime) -> list[Line]:
    """All together first, then each owner; empty where nothing was decided in the longest of DAYS. One query."""
    since = at - timedelta(days=max(DAYS))
    decided = Q(stopped_at__gt=since, stopped_at__lte=at) | Q(stopped_at=None, due_at__gt=since, due_at__lte=at)
    turns: dict[str | None, list[tuple[datetime, datetime, datetime | None]]] = defaultdict(list)
    rows = Turn.objects.filter(decided, request__suspected="").order_by()
    for username, first, last, start, due, stop in rows.values_list(
        "request__owner__username",
        "request__owner__first_name",
        "request__owner__last_name",
        "started_at",
        "due_at",
        "stopped_at",
    ):
        owner = f"{first} {last}".strip() or username or "" if username else ""
        turns[None].append((start, due, stop))
        turns[owner].append((start, due, stop))
    owners = sorted(owner for owner in turns if owner) + [""] * ("" in turns)
    return [Line(owner, [_figure(turns[owner], at, days) for days in DAYS]) for owner in [None, *owners] if turns]


def _figure(turns: list, at: datetime, days: int) -> Figure | None:
    since = at - timedelta(days=days)
    decided = [(start, due, stop) for start, due, stop in turns if (stop or due) > since]
    if not decided:
        return None
    took = [stop - start for start, _due, stop in decided if stop]
    in_time = sum(stop is not None and stop <= due for _start, due, stop in decided)
    return Figure(len(decided), in_time, median(took) if took else None)
