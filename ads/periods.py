"""Which days a report shows: the whole flight, the last seven days, or a month of it. A word in the address says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

FLIGHT, WEEK = "flight", "week"
# So many months are offered, the newest first.
MOST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Period:
    name: str
    label: str
    first_day: date
    last_day: date


def offered(flight: tuple[date, date] | None, today: date) -> list[Period]:
    """What can be chosen, the whole flight first; nothing before there is a flight that began."""
    if flight is None or flight[0] > today:
        return []
    first, last = flight[0], min(flight[1], today)
    found = [Period(FLIGHT, _("Whole flight"), first, last)]
    week = today - timedelta(days=6)
    if week > first and last >= week:
        found.append(Period(WEEK, _("Last 7 days"), week, last))
    month = last.replace(day=1)
    if month > first:
        while month >= first.replace(day=1) and len(found) < MOST_MONTHS + 2:
            found.append(_month(month, first, last))
            month = (month - timedelta(days=1)).replace(day=1)
    return found


def _month(month: date, first: date, last: date) -> Period:
    ends = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Period(f"{month:%Y-%m}", date_format(month, "F Y"), max(month, first), min(ends, last))


def choose(name: str, periods: list[Period]) -> Period | None:
    """The one that a name asks for, else the first."""
    return next((one for one in periods if one.name == name), periods[0] if periods else None)
