"""Selling of positions: the one door to the ledger and to promises of impressions.

Every sale, by share or by number, held or for good, has the row of its position for itself until it is confirmed, and
passes two tests: the shares of a day never exceed the whole, and no promise of impressions becomes impossible.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from django.db import transaction
from django.db.models import F, Q, Value
from django.utils.translation import gettext as _

from . import forecast, ledger
from .ledger import WHOLE, SoldOut
from .models import AdRequest, Booking, Hold, Position, PositionDay
from .outlook import Outlook, Promise


def lock(position: Position) -> Position:
    """The row of a position, for this transaction alone: whoever confirms a sale of it holds it."""
    # Rows that name the position can be written meanwhile: only its key is theirs to rely on.
    return Position.objects.select_for_update(no_key=True).get(pk=position.pk)


def lock_all(request: AdRequest) -> None:
    """The rows of all positions that a deal offers or booked. Always in the same order, so that of two deals that need
    the same ones the second waits, and neither waits for the other."""
    wanted = Q(pk__in=request.quotes.values("lines__position")) | Q(pk__in=request.bookings.values("position"))
    list(Position.objects.select_for_update(no_key=True).filter(wanted).order_by("pk"))


def take(position: Position, first_day: date, last_day: date, *, share: int = WHOLE, is_held: bool = False) -> None:
    """Take a share of every day of a range, or nothing. Raises SoldOut.

    The caller holds the position's row (`lock`), and writes the hold or booking in the same transaction.
    """
    with transaction.atomic():
        left = outlook(position, first_day, last_day).share_beside_promises(first_day, last_day)
        ledger.take(position, first_day, last_day, share=share, is_held=is_held)
        if share > left:
            raise SoldOut(
                _(
                    "%(position)s has promised impressions on these days; beside them %(left)d %% can still be taken. "
                    "Offer a smaller share, or other days."
                )
                % {"position": position, "left": left}
            )


def claim(position: Position, first_day: date, last_day: date, impressions: int) -> None:
    """Raises SoldOut when a number of impressions does not fit; the caller holds the position's row (`lock`) and
    writes the hold or booking in the same transaction."""
    if not position.weekly_impressions:
        raise SoldOut(
            _("%(position)s is not sold by number: it has no estimate of its impressions.") % {"position": position}
        )
    free = free_impressions(position, first_day, last_day)
    if impressions > free:
        raise SoldOut(
            _("%(position)s can still take %(free)d impressions on these days. Offer fewer, or more days.")
            % {"position": position, "free": free}
        )


def free_share(position: Position, first_day: date, last_day: date) -> int:
    """The largest share, in percent, that a range of days can still give."""
    return outlook(position, first_day, last_day).free_share(first_day, last_day)


def free_impressions(position: Position, first_day: date, last_day: date) -> int:
    """How many impressions a range of days can still take; 0 for a position that is not sold by number."""
    if not position.weekly_impressions:
        return 0
    return outlook(position, first_day, last_day).free_impressions(first_day, last_day)


def outlook(position: Position, first_day: date, last_day: date) -> Outlook:
    return outlooks([position], first_day, last_day)[position.pk]


def outlooks(positions: Iterable[Position], first_day: date, last_day: date) -> dict[int, Outlook]:
    """What is taken and promised of positions in and around some days, by position. Two queries for all of them."""
    positions = list(positions)
    promises = _promises(positions)
    begin = min([first_day, *(p.first_day for those in promises.values() for p in those)])
    end = max([last_day, *(p.last_day for those in promises.values() for p in those)])
    days: dict[int, dict[date, tuple[int, int]]] = {}
    taken = PositionDay.objects.filter(position__in=positions, day__range=(begin, end), used__gt=0)
    for number, day, used, held in taken.values_list("position", "day", "used", "held"):
        days.setdefault(number, {})[day] = used, held
    return {p.pk: Outlook(_expected(p), days.get(p.pk, {}), promises.get(p.pk, ())) for p in positions}


def _expected(position: Position):
    known: dict[date, Fraction] = {}

    def expected(day: date) -> Fraction:
        if day not in known:
            known[day] = forecast.expected(position, day)
        return known[day]

    return expected


def _promises(positions: list[Position]) -> dict[int, list[Promise]]:
    """Everything promised by number, by position. One statement, so that what was held and is now sold is seen once.

    All of it, the past too: what ran at the same time as a line that still runs has had its part of those days.
    """
    by_number = {"position__in": positions, "impressions__gt": 0}
    fields = ("position", "first_day", "last_day", "impressions")
    held = Hold.objects.filter(**by_number, state=Hold.State.HELD).annotate(booking=Value(0))
    booked = Booking.objects.filter(**by_number, status=Booking.Status.BOOKED).annotate(booking=F("pk"))
    rows = list(
        held.order_by()
        .values_list("booking", *fields)
        .union(booked.order_by().values_list("booking", *fields), all=True)
    )
    had = forecast.delivered([booking for booking, *_rest in rows if booking])
    promises: dict[int, list[Promise]] = {}
    for booking, position, first_day, last_day, impressions in rows:
        left = impressions - had.get(booking, 0)
        if left > 0:
            promises.setdefault(position, []).append(Promise(first_day, last_day, left, is_held=not booking))
    return promises
