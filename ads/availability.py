"""What can still be sold of a position: shares from the ledger, impressions against what is expected to come.

Until there is traffic to forecast from, the publisher's own estimate per position stands for the forecast. Of it, 0.8
may be sold.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from .ledger import WHOLE, SoldOut, days_between
from .models import Booking, Hold, Position

SELLABLE = 0.8


def lock(position: Position) -> Position:
    """The row of a position, for this transaction alone: whoever confirms a sale of it holds it."""
    return Position.objects.select_for_update().get(pk=position.pk)


def free_impressions(position: Position, first_day: date, last_day: date) -> int:
    """How many impressions a window can still take, whatever else is promised before, in and after it.

    The minimum over all windows [a, b] that contain it of: what is expected in [a, b] beside the shares of voice, less
    what is promised to lines that run inside [a, b]. It is what an earliest-deadline allocation can still place.
    """
    if not position.weekly_impressions:
        return 0
    promised = _promised(position, first_day, last_day)
    begin = min([first_day, *(first for first, _last, _number in promised)])
    end = max([last_day, *(last for _first, last, _number in promised)])
    used = dict(position.days.filter(day__range=(begin, end)).values_list("day", "used"))
    expected = position.weekly_impressions / 7 * SELLABLE
    room = {day: expected * (WHOLE - used.get(day, 0)) / WHOLE for day in days_between(begin, end)}
    starts = sorted({first_day, *(first for first, _last, _n in promised if first < first_day)})
    ends = sorted({last_day, *(last for _first, last, _n in promised if last > last_day)})
    least = min(
        sum(room[day] for day in days_between(a, b))
        - sum(number for first, last, number in promised if a <= first and last <= b)
        for a in starts
        for b in ends
    )
    return max(0, int(least))


def claim(position: Position, first_day: date, last_day: date, impressions: int) -> None:
    """Raises SoldOut when a number of impressions does not fit; the caller holds the position's row (`lock`) and
    writes the hold or booking in the same transaction."""
    free = free_impressions(position, first_day, last_day)
    if impressions > free:
        raise SoldOut(
            _("%(position)s can still take %(free)d impressions on these days. Offer fewer, or more days.")
            % {"position": position, "free": free}
        )


def _promised(position: Position, first_day: date, last_day: date) -> list[tuple[date, date, int]]:
    """First day, last day and number of everything promised by number that may compete for a window."""
    reach = timedelta(days=400)
    window = {"last_day__gte": first_day - reach, "first_day__lte": last_day + reach}
    fields = ("first_day", "last_day", "impressions")
    booked = Booking.objects.filter(
        position=position, status=Booking.Status.BOOKED, impressions__isnull=False, **window
    )
    held = Hold.objects.filter(position=position, state=Hold.State.HELD, impressions__gt=0, **window)
    return [*booked.values_list(*fields), *held.values_list(*fields)]
