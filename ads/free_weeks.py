"""The weeks of every position in words: free, free in part, held, sold. For the rate card, the public calendar and the
desk's. It names nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from . import availability
from .ledger import WHOLE, days_between
from .models import Position
from .outlook import Outlook

WEEK = timedelta(days=7)
# How far the calendars look, counting the month that runs.
MONTHS_AHEAD = 24


class State(models.TextChoices):
    FREE = "free", gettext_lazy("free")
    PART = "part", gettext_lazy("free in part")
    HELD = "held", gettext_lazy("held")
    SOLD = "sold", gettext_lazy("sold")


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a position, or what is left of it today. `share` is free on all its days, in percent; `days` is how
    many have something free where not all do."""

    position: Position
    first_day: date
    last_day: date
    state: State
    share: int = 0
    days: int = 0

    @property
    def words(self) -> str:
        if self.share and self.state == State.PART:
            return _("%(share)d %% free") % {"share": self.share}
        if self.days:
            return ngettext("%(count)d day free", "%(count)d days free", self.days) % {"count": self.days}
        return str(self.state.label)

    @property
    def monday(self) -> date:
        return monday(self.first_day)

    @property
    def is_sold_out(self) -> bool:
        """Whether nobody can have the whole of it, in time: who wants it may wait for it."""
        return not self.share


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def weeks(first_day: date, last_day: date) -> list[tuple[date, date]]:
    """Weeks from Monday to Sunday, the first and the last one cut to the range."""
    mondays = days_between(monday(first_day), last_day)[::7]
    return [(max(start, first_day), min(start + WEEK - timedelta(days=1), last_day)) for start in mondays]


def month_after(first: date, months: int = 1) -> date:
    """The first of a month, so many months on."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def end(today: date) -> date:
    """The last day that calendars show."""
    return month_after(today, MONTHS_AHEAD) - timedelta(days=1)


def table(positions: Iterable[Position], first_day: date, last_day: date) -> list[list[Week]]:
    """A row a week, with a cell for each position. In as many queries for many as for one."""
    positions = list(positions)
    outlooks = availability.outlooks(positions, first_day, last_day)
    bare = {number: outlook.without_holds() for number, outlook in outlooks.items()}
    return [
        [_week(position, outlooks[position.pk], bare[position.pk], *days) for position in positions]
        for days in weeks(first_day, last_day)
    ]


def free_from(positions: Iterable[Position], today: date) -> dict[int, date | None]:
    """By position, the first day of its next week that is free as a whole; None when none is in sight."""
    positions = list(positions)
    last_day = end(today)
    outlooks = availability.outlooks(positions, today, last_day)
    ahead = weeks(today, last_day)

    def first(outlook: Outlook) -> date | None:
        return next((days[0] for days in ahead if outlook.free_share(*days) == WHOLE), None)

    return {position.pk: first(outlooks[position.pk]) for position in positions}


def _week(position: Position, outlook: Outlook, bare: Outlook, first_day: date, last_day: date) -> Week:
    share = outlook.free_share(first_day, last_day)
    if share:
        return Week(position, first_day, last_day, State.FREE if share == WHOLE else State.PART, share=share)
    if days := sum(1 for day in days_between(first_day, last_day) if outlook.free_share(day, day)):
        return Week(position, first_day, last_day, State.PART, days=days)
    state = State.HELD if bare.free_share(first_day, last_day) else State.SOLD
    return Week(position, first_day, last_day, state)
