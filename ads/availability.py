"""Selling of positions: the one door to the ledger and to promises of impressions.

Every sale, by share or by number, held or for good, has the row of its position for itself until it is confirmed, and
passes two tests: the shares of a day never exceed the whole, and no promise of impressions becomes impossible. A goal
that only part of the traffic can meet, because of where it may run, must fit into that part beside those that can meet
no more than that; goals that may run more widely are taken to leave it to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from . import forecast, ledger, targeting, totals
from .ledger import WHOLE, SoldOut
from .models import AdRequest, Booking, Hold, Position, PositionDay
from .outlook import Outlook, Promise
from .targeting import ANYWHERE, Where


@dataclass(frozen=True, slots=True)
class Goal:
    """What is left of a promise, where it may run, and the booking it belongs to (0: a hold)."""

    booking: int
    promise: Promise
    where: Where = ANYWHERE


def lock(position: Position) -> Position:
    """The row of a position, for this transaction alone: whoever confirms a sale of it holds it."""
    # Rows that name the position can be written meanwhile: only its key is theirs to rely on.
    return Position.objects.select_for_update(no_key=True).get(pk=position.pk)


def lock_all(request: AdRequest) -> None:
    """The rows of all positions that a deal offers or booked. Always in the same order, so that of two deals that need
    the same ones the second waits, and neither waits for the other."""
    wanted = Q(pk__in=request.quotes.values("lines__position")) | Q(pk__in=request.bookings.values("position"))
    list(Position.objects.select_for_update(no_key=True).filter(wanted).order_by("pk"))


def take(
    position: Position,
    first_day: date,
    last_day: date,
    *,
    share: int = WHOLE,
    is_held: bool = False,
    at: datetime | None = None,
) -> None:
    """Take a share of every day of a range, or nothing. Raises SoldOut.

    The caller holds the position's row (`lock`), and writes the hold or booking in the same transaction.
    """
    with transaction.atomic():
        left = outlook(position, first_day, last_day, at=at).share_beside_promises(first_day, last_day)
        ledger.take(position, first_day, last_day, share=share, is_held=is_held)
        if share > left:
            raise SoldOut(
                _(
                    "%(position)s has promised impressions on these days; beside them %(left)d %% can still be taken. "
                    "Offer a smaller share, or other days."
                )
                % {"position": position, "left": left}
            )


def claim(
    position: Position,
    first_day: date,
    last_day: date,
    impressions: int,
    *,
    where: Where = ANYWHERE,
    at: datetime | None = None,
) -> None:
    """Raises SoldOut when a number of impressions does not fit; the caller holds the position's row (`lock`) and
    writes the hold or booking in the same transaction."""
    if not is_sold_by_number(position, at=at):
        raise SoldOut(
            _("%(position)s is not sold by number: nothing was counted there yet, and nobody has estimated it.")
            % {"position": position}
        )
    free = free_impressions(position, first_day, last_day, where=where, at=at)
    if impressions > free:
        raise SoldOut(
            _("%(position)s can still take %(free)d impressions on these days. Offer fewer, or more days.")
            % {"position": position, "free": free}
        )


def check_target(booking: Booking, where: Where, *, at: datetime) -> None:
    """Raises SoldOut, in words, when what a booking by number still needs is more than comes where and when it is to
    run. Save the target in the same transaction: the position's row is held until then."""
    if not booking.impressions or where == ANYWHERE:
        return
    with transaction.atomic():
        position = lock(booking.position)
        left = booking.impressions - totals.delivered([booking.pk]).get(booking.pk, 0)
        others = [goal for goal in _goals([position], at=at).get(position.pk, []) if goal.booking != booking.pk]
        free = _free_within(position, booking.first_day, booking.last_day, where, others, at=at)
        if left > free and booking.last_day >= timezone.localdate(at):
            words = {"free": number_format(free, force_grouping=True), "left": number_format(left, force_grouping=True)}
            raise SoldOut(
                _(
                    "With these limits about %(free)s impressions can still come on its days, and the booking needs "
                    "%(left)s more. Allow more pages, devices or hours."
                )
                % words
            )


def is_sold_by_number(position: Position, *, at: datetime | None = None) -> bool:
    """Whether there is a figure to sell from: counted traffic, or the publisher's estimate."""
    return forecast.of(position, at=at).is_sold_by_number


def free_share(position: Position, first_day: date, last_day: date, *, at: datetime | None = None) -> int:
    """The largest share, in percent, that a range of days can still give."""
    return outlook(position, first_day, last_day, at=at).free_share(first_day, last_day)


def free_impressions(
    position: Position, first_day: date, last_day: date, *, where: Where = ANYWHERE, at: datetime | None = None
) -> int:
    """How many impressions a range of days can still take, of a target or of all pages; 0 for a position that is not
    sold by number."""
    at = at or timezone.now()
    if not is_sold_by_number(position, at=at):
        return 0
    if where == ANYWHERE:
        return outlook(position, first_day, last_day, at=at).free_impressions(first_day, last_day)
    goals = _goals([position], at=at).get(position.pk, [])
    return _free_within(position, first_day, last_day, where, goals, at=at)


def _free_within(
    position: Position, first_day: date, last_day: date, where: Where, goals: Sequence[Goal], *, at: datetime
) -> int:
    days = _taken([position], *_span(goals, first_day, last_day)).get(position.pk, {})
    return min(one.free_impressions(first_day, last_day) for one in _within(position, where, days, goals, at=at))


def _within(
    position: Position, where: Where, days: dict[date, tuple[int, int]], goals: Sequence[Goal], *, at: datetime
) -> list[Outlook]:
    """Each of which leaves room for what a target can still take: as many as leave possible what is promised in it, in
    all traffic, and in every other target that holds it."""
    wider = {goal.where for goal in goals if where != ANYWHERE and is_within(where, goal.where)}
    return [_outlook(position, target, days, goals, at=at) for target in {ANYWHERE, where} | wider]


class Room:
    """What positions can still take by number, of any days in a range: asked of memory, so that many may be tried."""

    def __init__(self, positions: Collection[Position], first_day: date, last_day: date, *, at: datetime) -> None:
        self._goals = _goals(list(positions), at=at) if positions else {}
        everything = [goal for goals in self._goals.values() for goal in goals]
        self._days = _taken(list(positions), *_span(everything, first_day, last_day)) if positions else {}
        self._at = at
        self._known: dict[tuple[int, Where], list[Outlook]] = {}

    def free(self, position: Position, where: Where, first_day: date, last_day: date) -> int:
        if not is_sold_by_number(position, at=self._at):
            return 0
        if (position.pk, where) not in self._known:
            days, goals = self._days.get(position.pk, {}), self._goals.get(position.pk, [])
            self._known[position.pk, where] = _within(position, where, days, goals, at=self._at)
        return min(one.free_impressions(first_day, last_day) for one in self._known[position.pk, where])


def outlook(position: Position, first_day: date, last_day: date, *, at: datetime | None = None) -> Outlook:
    return outlooks([position], first_day, last_day, at=at)[position.pk]


def outlooks(
    positions: Iterable[Position], first_day: date, last_day: date, *, at: datetime | None = None
) -> dict[int, Outlook]:
    """What is taken and promised of positions in and around some days, by position. Two queries for all of them, and
    where something is promised by number, those for what it has had and where it may run."""
    at = at or timezone.now()
    positions = list(positions)
    goals = _goals(positions, at=at)
    days = _taken(positions, *_span([goal for those in goals.values() for goal in those], first_day, last_day))
    found = {}
    for position in positions:
        taken, those = days.get(position.pk, {}), goals.get(position.pk, [])
        targets = {goal.where for goal in those} - {ANYWHERE}
        narrower = [_outlook(position, target, taken, those, at=at) for target in targets]
        found[position.pk] = _outlook(position, ANYWHERE, taken, those, at=at, narrower=narrower)
    return found


def _outlook(
    position: Position,
    where: Where,
    days: dict[date, tuple[int, int]],
    goals: Iterable[Goal],
    *,
    at: datetime,
    narrower: Iterable[Outlook] = (),
) -> Outlook:
    """Of the pages and hours of a target, with the goals that can run nowhere else."""
    inside = [goal.promise for goal in goals if is_within(goal.where, where)]
    return Outlook(_expected(position, where, at=at), days, inside, narrower)


def _expected(position: Position, where: Where, *, at: datetime):
    """What may be sold of each day: nothing of those that are over, and of today what is still to come."""
    known: dict[date, Fraction] = {}
    parts: dict[int, Fraction] = {}
    today = timezone.localdate(at)
    of = forecast.of(position, at=at)

    def part(day: date) -> Fraction:
        if day.weekday() not in parts:
            parts[day.weekday()] = forecast.part_of(position, where, day=day, at=at)
        return parts[day.weekday()]

    def expected(day: date) -> Fraction:
        if day not in known:
            whole = Fraction(0) if day < today else of.expected_rest(at) if day == today else of.expected(day)
            known[day] = whole if where == ANYWHERE else whole * part(day)
        return known[day]

    return expected


def is_within(one: Where, other: Where) -> bool:
    """Whether whatever the first allows is allowed by the second."""
    if other == ANYWHERE or one == other:
        return True
    only = one.sections - one.not_sections
    return (
        (not other.sections or (bool(one.sections) and only <= other.sections))
        and all(number in one.not_sections or (one.sections and number not in only) for number in other.not_sections)
        and one.not_words >= other.not_words
        and other.language in (0, one.language)
        and other.device in ("", one.device)
        and not one.weekdays & ~other.weekdays
        and all(other.allows_hour(hour) for hour in range(24) if one.allows_hour(hour))
    )


def _span(goals: Iterable[Goal], first_day: date, last_day: date) -> tuple[date, date]:
    promises = [goal.promise for goal in goals]
    return min([first_day, *(p.first_day for p in promises)]), max([last_day, *(p.last_day for p in promises)])


def _taken(positions: list[Position], begin: date, end: date) -> dict[int, dict[date, tuple[int, int]]]:
    """(used, held) of the days that are taken in part, by position."""
    days: dict[int, dict[date, tuple[int, int]]] = {}
    taken = PositionDay.objects.filter(position__in=positions, day__range=(begin, end), used__gt=0)
    for number, day, used, held in taken.values_list("position", "day", "used", "held"):
        days.setdefault(number, {})[day] = used, held
    return days


def _goals(positions: list[Position], *, at: datetime) -> dict[int, list[Goal]]:
    """What is promised by number and not over, by position: the rest of it, on the days that are left. Held and booked
    in one statement, so that what was held and is now sold is seen once."""
    today = timezone.localdate(at)
    by_number = {"position__in": positions, "impressions__gt": 0, "last_day__gte": today}
    fields = ("booking", "target", "position", "first_day", "last_day", "impressions")
    held = Hold.objects.filter(**by_number, state=Hold.State.HELD).annotate(booking=Value(0), target=Value(0))
    booked = Booking.objects.filter(**by_number, status=Booking.Status.BOOKED).annotate(
        booking=F("pk"), target=Coalesce("targeting__pk", 0)
    )
    rows = list(held.order_by().values_list(*fields).union(booked.order_by().values_list(*fields), all=True))
    had = totals.delivered([row[0] for row in rows if row[0] and row[3] <= today])
    wheres = _wheres([row[1] for row in rows if row[1]])
    goals: dict[int, list[Goal]] = {}
    for booking, _target, position, first_day, last_day, impressions in rows:
        left = impressions - had.get(booking, 0)
        if left > 0:
            promise = Promise(max(first_day, today), last_day, left, is_held=not booking)
            goals.setdefault(position, []).append(Goal(booking, promise, wheres.get(booking, ANYWHERE)))
    return goals


def _wheres(numbers: list[int]) -> dict[int, Where]:
    if not numbers:
        return {}
    return targeting.wheres(list(Booking.objects.filter(pk__in=numbers).select_related("targeting").order_by()))
