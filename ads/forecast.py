"""What is expected of positions and what bookings have had of it: the seam to the counting.

Where at least seven days of a position were counted, the measurement stands alone; until then the publisher's own
estimate does. The two are never mixed, so every figure can say which of them stands behind it. Traffic of all
positions is read at once, in two queries, and kept for a minute; what it is made of by section, language and device,
for an hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from django.db.models import Q, Sum
from django.utils import timezone

from articles.models import Section

from . import rollups
from .dayparts import Dayparts
from .models import DayCount, ForecastDay, HourCount, Position, SealedDay
from .models.booking import midnight
from .models.event import Kind, Reason
from .targeting import ANYWHERE, Where
from .traffic import BASE_DAYS, SELLABLE, Counted, Traffic, read, thousandths

FRESH_FOR = timedelta(minutes=1)
MIXED_FOR = timedelta(hours=1)
# So many opportunities say what a position's are made of, though it may be too early to say how many come.
TELLING = 1_000
LOOK_BACK = timedelta(days=90)
DAY = timedelta(days=1)
# From this hour on, tomorrow is forecast even if yesterday is not sealed.
NOON = 12

# (section, language, device), with how many opportunities.
Slices = dict[tuple[int, int, int], int]


@dataclass(frozen=True, slots=True)
class Forecast:
    """Of one position: by its traffic, or by the publisher's `estimate` of impressions a week (None: none)."""

    traffic: Traffic | None
    estimate: int | None

    @property
    def is_sold_by_number(self) -> bool:
        return self.traffic is not None or bool(self.estimate)

    @property
    def rho(self) -> Fraction:
        return self.traffic.rho if self.traffic else Fraction(1)

    @property
    def k(self) -> Fraction:
        return self.traffic.k if self.traffic else SELLABLE

    @property
    def weekly(self) -> int:
        """Impressions of a week, were every box sold: before the caution of `k`."""
        return int(sum(self.traffic.week) * self.rho) if self.traffic else self.estimate or 0

    @property
    def about(self) -> int:
        """`weekly` as one says it: two digits, and noughts."""
        return self.weekly - self.weekly % 10 ** max(0, len(str(self.weekly)) - 2)

    @property
    def last_day(self) -> date | None:
        """The newest day of the measurement; None where the estimate stands."""
        return self.traffic.last_day if self.traffic else None

    def opportunities(self, day: date) -> Fraction:
        return Fraction(self.traffic.week[day.weekday()]) if self.traffic else Fraction(self.estimate or 0, 7)

    def expected(self, day: date) -> Fraction:
        return self.k * self.rho * self.opportunities(day)

    def rest(self, at: datetime) -> float:
        """Opportunities of the day in which a moment lies that come after it."""
        day = timezone.localdate(at)
        begin, end = midnight(day), rollups.ends(day)
        if self.traffic is None:
            return float(self.opportunities(day)) * ((end - at) / (end - begin))
        hours = list(rollups.hours_of(day))
        local = [timezone.localtime(hour).hour for hour in hours]
        parts = [
            (clock, min(1.0, (hour + rollups.HOUR - at) / rollups.HOUR))
            for hour, clock in zip(hours, local, strict=True)
            if hour + rollups.HOUR > at
        ]
        return self.traffic.rest(day.weekday(), parts, local)

    def rest_part(self, at: datetime) -> float:
        """The same as a part (0 to 1) of the day's opportunities."""
        day = timezone.localdate(at)
        if whole := float(self.opportunities(day)):
            return min(1.0, self.rest(at) / whole)
        begin, end = midnight(day), rollups.ends(day)
        return (end - at) / (end - begin)

    def dayparts(self, at: datetime) -> Dayparts:
        return Dayparts(self.traffic.profile if self.traffic else None, at=at)

    def expected_rest(self, at: datetime) -> Fraction:
        # What floats lose of a whole number is given back before the rest is cut off.
        return self.k * self.rho * int(self.rest(at) + 1e-6)


@dataclass(frozen=True, slots=True)
class _Mixed:
    read_at: datetime
    slices: dict[int, Slices]
    sections: frozenset[int]


@dataclass(slots=True)
class _Memory:
    """What is known on one day: read at a moment of our clock, for a moment that was asked about."""

    read_at: datetime
    asked_at: datetime
    traffic: dict[int, Traffic]
    mixed: _Mixed | None = None

    def is_fresh(self, at: datetime, now: datetime) -> bool:
        """For an earlier moment of its day too: who is late must not read anew what others have just read."""
        return timedelta(0) <= now - self.read_at < FRESH_FOR and at - self.asked_at < FRESH_FOR


# By day, so that nobody who asks about another one takes away what is known today.
_memories: dict[date, _Memory] = {}


def forget() -> None:
    """What was read of traffic is read again. Goes with the plan (`ads.plan.forget`)."""
    global _memories
    _memories = {}


def of(position: Position, *, at: datetime | None = None) -> Forecast:
    return Forecast(_known(at or timezone.now()).traffic.get(position.pk), position.weekly_impressions)


def of_all(positions: Iterable[Position], *, at: datetime | None = None) -> dict[int, Forecast]:
    at = at or timezone.now()
    return {position.pk: of(position, at=at) for position in positions}


def expected(position: Position, day: date, *, at: datetime | None = None) -> Fraction:
    """Impressions of a whole day that may be sold, were nobody there yet: k * rho * opportunities. Exact, so that no
    two ways of adding disagree. Of an estimate four fifths."""
    return of(position, at=at).expected(day)


def opportunities(position: Position, day: date, *, at: datetime | None = None) -> Fraction:
    """How often readers will have the box of a position before them on a whole day."""
    return of(position, at=at).opportunities(day)


def rest_of_day(position: Position, at: datetime) -> float:
    """Of the opportunities of the publisher's day in which a moment lies, the part (0 to 1) still to come."""
    return of(position, at=at).rest_part(at)


def renders_per_opportunity(position: Position, *, at: datetime | None = None) -> float:
    """Of decisions that have an artwork, how many are shown and count: from 0.05 to 1, and 1 while nobody knows."""
    return float(of(position, at=at).rho)


def part_of(position: Position, where: Where, *, day: date | None = None, at: datetime | None = None) -> Fraction:
    """The part of a position's opportunities that a target leaves, of a day or of an average week; rounded down.

    Hours and weekdays follow the traffic's profile, sections, languages and devices the last 28 sealed days. The two
    are taken to be independent. Where too little was counted, each limit leaves what an even spread would: half for a
    language or a kind of device, sections by their number. Word lists leave all: counts do not know the words of pages.
    """
    if where == ANYWHERE:
        return Fraction(1)
    at = at or timezone.now()
    dayparts = of(position, at=at).dayparts(at)
    of_hours = dayparts.of_week(where) if day is None else dayparts.of_day(where, day)
    return thousandths(part_of_pages(position, where, at=at) * of_hours)


def part_of_pages(position: Position, where: Where, *, at: datetime) -> float:
    """The same at the hours of a target: the part on its pages and devices."""
    if where == ANYWHERE:
        return 1.0
    known, now = _known(at), timezone.now()
    mixed = known.mixed
    if mixed is None or not timedelta(0) <= now - mixed.read_at < MIXED_FOR:
        sections = frozenset(Section.objects.values_list("pk", flat=True))
        mixed = known.mixed = _Mixed(now, _read_slices(at), sections)
    counted = mixed.slices.get(position.pk, {})
    total = sum(counted.values())
    if total >= TELLING or (total and position.pk in known.traffic):
        return sum(number for traits, number in counted.items() if where.allows_traits(*traits)) / total
    return _even(where, mixed.sections)


def _even(where: Where, sections: frozenset[int]) -> float:
    allowed = (where.sections & sections if where.sections else sections) - where.not_sections
    part = len(allowed) / len(sections) if sections else 1.0
    return part * (0.5 if where.language else 1) * (0.5 if where.device else 1)


def _known(at: datetime) -> _Memory:
    global _memories
    day, now = timezone.localdate(at), timezone.now()
    known = _memories.get(day)
    if known is None or not known.is_fresh(at, now):
        fresh = _Memory(now, at, _read(at), known.mixed if known else None)
        others = {other: memory for other, memory in _memories.items() if memory.is_fresh(memory.asked_at, now)}
        _memories = others | {day: fresh}
        known = fresh
    return known


def _read(at: datetime) -> dict[int, Traffic]:
    """Two queries: the days that were taken in, and the hours of those that are over and not taken in yet."""
    today = timezone.localdate(at)
    since = today - LOOK_BACK
    days: dict[int, dict[date, Counted]] = {}
    forecasts: dict[tuple[int, date], int] = {}
    newest = since - DAY
    rows = ForecastDay.objects.filter(day__gte=since, day__lt=today)
    for position, day, forecast, hours, filled, renders in rows.values_list(
        "position", "day", "forecast", "hours", "filled", "renders"
    ):
        if hours is None:
            forecasts[position, day] = forecast or 0
        else:
            days.setdefault(position, {})[day] = Counted(day, hours, filled, renders, forecast)
            newest = max(newest, day)
    if newest + DAY < today:
        for (position, day), one in _count(newest + DAY, today - DAY).items():
            hours, filled, renders = one
            days.setdefault(position, {})[day] = Counted(day, hours, filled, renders, forecasts.get((position, day)))
    found = {position: read([by_day[day] for day in sorted(by_day)]) for position, by_day in days.items()}
    return {position: traffic for position, traffic in found.items() if traffic}


def _count(first_day: date, last_day: date) -> dict[tuple[int, date], tuple[list[int], int, int]]:
    """Opportunities by hour, decisions with artwork, and renders, by position and day, from closed hours."""
    rows = HourCount.objects.filter(
        hour__gte=midnight(first_day),
        hour__lt=rollups.ends(last_day),
        position__gt=0,
        kind__in=[Kind.SERVED, Kind.RENDER],
        reason=Reason.VALID,
    )
    served = Q(kind=Kind.SERVED)
    sums = (
        rows.order_by()
        .values("position", "hour")
        .annotate(
            served=Sum("number", filter=served, default=0),
            filled=Sum("number", filter=served & (Q(line__gt=0) | Q(house__gt=0)), default=0),
            renders=Sum("number", filter=Q(kind=Kind.RENDER), default=0),
        )
    )
    found: dict[tuple[int, date], tuple[list[int], int, int]] = {}
    for row in sums:
        local = timezone.localtime(row["hour"])
        key = row["position"], local.date()
        hours, filled, renders = found.get(key, ([0] * 24, 0, 0))
        hours[local.hour] += row["served"]
        found[key] = hours, filled + row["filled"], renders + row["renders"]
    return found


def _read_slices(at: datetime) -> dict[int, Slices]:
    today = timezone.localdate(at)
    rows = DayCount.objects.filter(
        day__range=(today - BASE_DAYS * DAY, today), position__gt=0, kind=Kind.SERVED, reason=Reason.VALID
    )
    found: dict[int, Slices] = {}
    for row in rows.order_by().values("position", "section", "language", "device").annotate(total=Sum("number")):
        found.setdefault(row["position"], {})[row["section"], row["language"], row["device"]] = row["total"]
    return found


def record_due(at: datetime) -> int:
    """Take in what came on days that are sealed, and write down what is forecast for tomorrow, once and before it
    begins. Returns how many days were written."""
    today = timezone.localdate(at)
    since = today - LOOK_BACK
    taken = set(ForecastDay.objects.filter(day__gte=since, actual__isnull=False).values_list("day", flat=True))
    sealed = SealedDay.objects.filter(day__gte=since).order_by("day").values_list("day", flat=True)
    new = [day for day in sealed if day not in taken]
    positions = list(Position.objects.all()) if new else []
    for day in new:
        _take_in(day, positions)
    if new:
        forget()
    return len(new) + _foretell(today + DAY, is_ready=today - DAY in taken or today - DAY in new, at=at)


def _take_in(day: date, positions: list[Position]) -> None:
    counted = _count(day, day)
    nothing: tuple[list[int], int, int] = ([0] * 24, 0, 0)
    rows = []
    for position in positions:
        hours, filled, renders = counted.get((position.pk, day), nothing)
        rows.append(
            ForecastDay(position=position, day=day, actual=sum(hours), hours=hours, filled=filled, renders=renders)
        )
    ForecastDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["position", "day"],
        update_fields=["actual", "hours", "filled", "renders"],
    )


def _foretell(day: date, *, is_ready: bool, at: datetime) -> int:
    if not is_ready and timezone.localtime(at).hour < NOON:
        return 0
    if ForecastDay.objects.filter(day=day).exists():
        return 0
    traffic = _known(at).traffic
    rows = [
        ForecastDay(position_id=number, day=day, forecast=one.week[day.weekday()]) for number, one in traffic.items()
    ]
    ForecastDay.objects.bulk_create(rows, ignore_conflicts=True)
    return bool(rows)
