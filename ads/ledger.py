"""What is left of a position, day by day. Taking is one conditional UPDATE, so nobody can sell the same week twice.

`ads.availability` sells: it calls this with the position's row locked, and looks after impressions too.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .models import Position, PositionDay

WHOLE = 100


class SoldOut(Exception):
    """Raised when a position is taken on a day of the range; its text is a sentence for the seller."""


class Unbalanced(Exception):
    """Raised when more would be given back than was taken: a fault of ours, and nothing is changed."""


def days_between(first_day: date, last_day: date) -> list[date]:
    return [first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1)]


def take(position: Position, first_day: date, last_day: date, *, share: int = WHOLE, is_held: bool = False) -> None:
    """Take `share` percent of a position on every day of the range, or nothing; held for an offer, or sold. Raises
    SoldOut."""
    days = days_between(first_day, last_day)
    with transaction.atomic():
        PositionDay.objects.bulk_create(
            (PositionDay(position=position, day=day) for day in days), ignore_conflicts=True
        )
        free = PositionDay.objects.filter(position=position, day__range=(first_day, last_day), used__lte=WHOLE - share)
        if free.update(used=F("used") + share, held=F("held") + (share if is_held else 0)) == len(days):
            return
        transaction.set_rollback(True)
    raise SoldOut(_sold_out(position, first_day, share))


def _sold_out(position: Position, first_day: date, share: int) -> str:
    taken = (
        position.days.filter(day__gte=first_day, used__gt=WHOLE - share).order_by("day").values_list("day", flat=True)
    )
    clash = free = next(iter(taken), first_day)
    for day in taken:
        if day > free:
            break
        free = day + timedelta(days=1)
    return _(
        "%(position)s is already taken on %(day)s and free again from %(free)s. Choose other days or another position."
    ) % {"position": position, "day": date_format(clash), "free": date_format(free)}


def sell_held(position: Position, first_day: date, last_day: date, *, share: int) -> None:
    """What was held is sold: it stays used. Raises Unbalanced."""
    _change(position, first_day, last_day, used=0, held=share)


def give_back(
    position: Position, first_day: date, last_day: date, *, share: int = WHOLE, is_held: bool = False
) -> None:
    """Return what `take` took. Raises Unbalanced."""
    _change(position, first_day, last_day, used=share, held=share if is_held else 0)


def _change(position: Position, first_day: date, last_day: date, *, used: int, held: int) -> None:
    """Take so much off every day of the range, or off none."""
    with transaction.atomic():
        days = position.days.filter(day__range=(first_day, last_day), used__gte=used, held__gte=held)
        if days.update(used=F("used") - used, held=F("held") - held) != (last_day - first_day).days + 1:
            raise Unbalanced(f"{position.code}, {first_day} to {last_day}: used {used}, held {held}")
