"""How fast lines that were sold by number run: their part of what shares leave, from what they still need.

    pace = (1 + 0.05 left / flight) * (goal - delivered - in flight) / (renders per opportunity * opportunities to come)

from 0 to 1. What is to come is the forecast of the days that are left, by the measure of what came lately
(`ads.measured`), of pages and hours where the line may stand, less what shares that run take of each day: an open offer
takes nothing. Where the lines of a day would need more than the whole, those that can do so take more of other days. A
flight is paced as if it ended a little early: its last hours make up for what the forecast did not know.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from . import forecast, measured, tokens, totals
from .ledger import WHOLE, days_between
from .models import Booking, Event, Position
from .models.event import Kind, Reason
from .targeting import ANYWHERE, Where

# So much faster at the beginning of a flight: late is worse than early.
AHEAD = 0.05
# The last part of a flight is left free, for what the forecast did not know.
SPARE = 0.01
# Between serving and showing lie seconds; between deciding and being told of it, up to ten of them.
IN_FLIGHT = timedelta(minutes=5)
UNTOLD = timedelta(seconds=60)
# A line's own renders per opportunity are believed as much as its position's after so many.
OWN_COUNT = 50
LEAST_RENDERS = 0.05
# Rounds of evening out, and what is even enough.
ROUNDS = 80
EVEN = 1.001
# A line is reported as short by more than this part of its goal.
SHORT = 0.01


@dataclass(frozen=True, slots=True)
class Pace:
    """A line's part (0 to 1) of the views that shares leave, and how many decisions one process may make of it until
    paces are computed again. `short`: impressions that will be missing at its end, by the forecast."""

    rate: float
    allowance: int
    short: int = 0


STILL = Pace(0.0, 0)


@dataclass(slots=True)
class _Run:
    """A line and the opportunities it needs and can get, by day."""

    booking: Booking
    need: float
    renders: float
    comes: dict[date, float] = field(default_factory=dict)
    rate: float = 0.0

    @property
    def wants(self) -> float:
        return self.need / self.renders


def paces(
    bookings: Sequence[Booking],
    *,
    at: datetime,
    later: Iterable[Booking] = (),
    shares: Iterable[Booking] = (),
    wheres: Mapping[int, Where] | None = None,
    processes: int = 1,
    untold: Mapping[int, int] | None = None,
) -> dict[int, Pace]:
    """By booking, for those that run now or soon; `later` are those that will share their days with them, and `shares`
    those that are shown before them.

    `untold`: decisions of this process in the last minute, by booking; the others are taken to have made as many. In as
    many queries whatever there is.
    """
    if not bookings:
        return {}
    wheres, untold = wheres or {}, untold or {}
    positions = {booking.position.pk: booking.position for booking in bookings}
    lines = [booking.pk for booking in bookings]
    counted = _counted(lines)
    moving = _moving(lines, at)
    ratios = measured.ratios(positions.values(), at=at)
    of_position: dict[int, list[_Run]] = {number: [] for number in positions}
    for booking in [*bookings, *later]:
        served, rendered = counted.get(booking.pk, (0, 0))
        usual = forecast.renders_per_opportunity(positions[booking.position_id], at=at)
        renders = max(LEAST_RENDERS, min(1.0, (rendered + OWN_COUNT * usual) / (served + OWN_COUNT)))
        told, shown, told_of_last = moving.get(booking.pk, (0, 0, 0))
        flying = max(0.0, renders * told - shown)
        flying += max(0, untold.get(booking.pk, 0) * processes - told_of_last)
        need = max(0.0, (booking.impressions or 0) - rendered - flying)
        of_position[booking.position_id].append(_Run(booking, need, renders))
    taking = defaultdict(list)
    for share in shares:
        taking[share.position_id].append(share)
    found: dict[int, Pace] = {}
    wanted = set(lines)
    for number, runs in of_position.items():
        meets = _Meets(positions[number], wheres, at=at)
        comes = _comes(meets, runs, taking[number], ratios[number])
        for run in runs:
            run.comes = {day: part * comes[day] for day, part in meets.parts(run.booking, comes).items()}
        lacks = _lacks(runs, comes)
        weights = _even_out(runs, comes, lacks)
        for run in runs:
            if run.booking.pk not in wanted:
                continue
            short, goal = lacks[run.booking.pk], run.booking.impressions or 0
            found[run.booking.pk] = Pace(
                rate=_rate(run, weights, at=at),
                allowance=math.ceil(run.need / processes),
                short=round(short) if short > SHORT * goal else 0,
            )
    return found


def _counted(lines: Collection[int]) -> dict[int, tuple[int, int]]:
    """Of lines: how often they were served, and shown."""
    found = totals.figures("line", line__in=list(lines), kind__in=[Kind.SERVED, Kind.RENDER])
    return {line: (one.net[Kind.SERVED], one.renders) for (line,), one in found.items()}


def _moving(lines: Collection[int], at: datetime) -> dict[int, tuple[int, int, int]]:
    """Of lines, in the last minutes: served, shown, and served by a decision of the very last (`UNTOLD`)."""
    served, shown = Q(kind=Kind.SERVED), Q(kind=Kind.RENDER)
    rows = (
        Event.objects.filter(at__gt=at - IN_FLIGHT, line__in=list(lines), reason=Reason.VALID)
        .filter(served | shown)
        .order_by()
        .values("line")
        .annotate(
            served=Count("key", filter=served),
            shown=Count("key", filter=shown),
            of_last=Count("key", filter=served & Q(key__gte=tokens.first_key(at - UNTOLD))),
        )
    )
    return {row["line"]: (row["served"], row["shown"], row["of_last"]) for row in rows}


def _comes(meets: _Meets, runs: Collection[_Run], shares: Collection[Booking], ratio: float) -> dict[date, float]:
    """Opportunities to come that shares leave, by day, today from this moment on."""
    last = max((run.booking.last_day for run in runs), default=meets.today)
    days = days_between(meets.today, last)
    free = dict.fromkeys(days, 1.0)
    for share in shares:
        for day, part in meets.parts(share, free).items():
            free[day] -= part * share.share / WHOLE
    comes = {day: float(meets.known.opportunities(day)) * ratio * max(0.0, free[day]) for day in days}
    comes[meets.today] *= meets.known.rest_part(meets.at)
    return comes


class _Meets:
    """What lines meet of the opportunities of a position."""

    def __init__(self, position: Position, wheres: Mapping[int, Where], *, at: datetime) -> None:
        self.position, self.wheres = position, wheres
        self.at, self.today = at, timezone.localdate(at)
        self.known = forecast.of(position, at=at)
        self._dayparts = self.known.dayparts(at)

    def parts(self, booking: Booking, days: Iterable[date]) -> dict[date, float]:
        """By its days among these, the part (0 to 1) on its pages and devices and at its hours, today of what is to
        come."""
        where = self.wheres.get(booking.pk, ANYWHERE)
        its = [day for day in days if booking.first_day <= day <= booking.last_day]
        if where is ANYWHERE:
            return dict.fromkeys(its, 1.0)
        part = forecast.part_of_pages(self.position, where, at=self.at)
        found = {day: part * self._at_hours(where, day) for day in its}
        return {day: met for day, met in found.items() if met}

    def _at_hours(self, where: Where, day: date) -> float:
        if day != self.today:
            return self._dayparts.of_day(where, day)
        left = self._dayparts.left()
        return self._dayparts.left(where) / left if left else 0.0


def _lacks(runs: Sequence[_Run], comes: Mapping[date, float]) -> dict[int, float]:
    """Impressions that lines will lack, when each day goes to the earliest to end first: no other order has less."""
    order = sorted(runs, key=lambda run: (run.booking.last_day, run.booking.pk))
    wants = [run.wants for run in order]
    for day in sorted(comes):
        left = comes[day]
        for n, run in enumerate(order):
            if wants[n] > 0 and day in run.comes:
                got = min(wants[n], run.comes[day], left)
                wants[n] -= got
                left -= got
    return {run.booking.pk: lack * run.renders for run, lack in zip(order, wants, strict=True)}


def _even_out(runs: Sequence[_Run], comes: Mapping[date, float], lacks: Mapping[int, float]) -> dict[date, float]:
    """Set the rates at which lines have all that they can get, the same on all days but for a weight of the day, which
    is returned: less than 1 where lines would need more than the whole of it together.

    A line alone would not see that another one begins later; then what fits would not be reached. Scaling days and
    lines in turn comes to an allocation that fits where there is one (Sinkhorn, for sums with an upper bound).
    """
    weights = dict.fromkeys(comes, 1.0)
    for rounds_left in range(ROUNDS, -1, -1):
        load = dict.fromkeys(comes, 0.0)
        for run in runs:
            wants = run.wants - lacks[run.booking.pk] / run.renders
            left = sum(number * weights[day] for day, number in run.comes.items())
            run.rate = wants / left if left > 0 else 1.0
            for day, number in run.comes.items():
                load[day] += run.rate * weights[day] * number
        full = {day: load[day] / comes[day] for day in comes if comes[day] and load[day] > comes[day] * EVEN}
        if not full or not rounds_left:
            break  # what is a little too much by then, the earliest to end has before the others
        for day, times in full.items():
            weights[day] /= times
    return weights


def _rate(run: _Run, weights: Mapping[date, float], *, at: datetime) -> float:
    begins, ends = run.booking.starts_at, run.booking.ends_at
    left = min(1.0, (ends - at) / (ends - begins))
    if run.need <= 0 or left <= 0:
        return 0.0
    if left <= SPARE:
        return 1.0
    today = max(timezone.localdate(at), run.booking.first_day)
    return min(1.0, (1 + AHEAD * left) * run.rate * weights.get(today, 1.0) / (1 - SPARE / left))
