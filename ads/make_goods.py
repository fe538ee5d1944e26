"""Make-goods: what a line will miss is prepared as a booking at no price, after its flight, before the flight ends.

Preparing changes nothing that anybody sees or pays. A person books it, and then the advertiser is told.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import User

from . import artwork, availability, letters, plan, sales
from .ledger import SoldOut
from .models import Booking, MakeGood

Status = MakeGood.Status

# How many weeks after its flight a place is looked for.
WEEKS_AHEAD = 12
# Half of what was missed is a reason to change a prepared one, and so is what no longer fits.
ENOUGH_CHANGE = 0.1


class MakeGoodRefused(Exception):
    """Raised when a make-good cannot be booked or dismissed; its text is a sentence."""


def prepare(missing: dict[Booking, int], *, at: datetime) -> int:
    """Have one prepared for every line that will end short, and none for those that will not. Returns how many are."""
    open_ones = {
        one.booking_id: one for one in MakeGood.objects.filter(status=Status.PREPARED).select_related("booking")
    }
    for number, one in open_ones.items():
        ended = one.booking.ends_at <= at
        if not ended and number not in {booking.pk for booking in missing}:
            _close(one, Status.DISMISSED, by=None, at=at, note="It will not be short after all.")
    prepared = 0
    for booking, number in missing.items():
        if MakeGood.objects.filter(booking=booking, status=Status.BOOKED).exists():
            continue  # what is missed twice, a person sees
        known = open_ones.get(booking.pk)
        if known and abs(known.impressions - number) <= ENOUGH_CHANGE * number:
            prepared += 1
            continue
        window = _window(booking, number)
        if window is None:
            continue
        values = {"impressions": number, "first_day": window[0], "last_day": window[1], "prepared_at": at}
        if known:
            MakeGood.objects.filter(pk=known.pk, status=Status.PREPARED).update(**values)
        else:
            try:
                with transaction.atomic():
                    MakeGood.objects.create(booking=booking, **values)
            except IntegrityError:
                continue  # another worker
        prepared += 1
    return prepared


def _window(booking: Booking, impressions: int) -> tuple[date, date] | None:
    """The first days after the flight that can take so many impressions: as many days as it has, or else some times as
    many."""
    days = (booking.last_day - booking.first_day).days + 1
    for times in (1, 2, 4):
        for week in range(WEEKS_AHEAD):
            first = booking.last_day + timedelta(days=1 + 7 * week)
            last = first + timedelta(days=times * days - 1)
            if availability.free_impressions(booking.position, first, last) >= impressions:
                return first, last
    return None


def book(make_good: MakeGood, *, by: User | None, at: datetime, note: str = "") -> Booking:
    """Book it at no price with the artwork that runs, and tell the advertiser. Raises MakeGoodRefused when its days are
    taken meanwhile, or somebody decided already."""
    old = make_good.booking
    with transaction.atomic():
        locked = MakeGood.objects.select_for_update().get(pk=make_good.pk)
        if locked.status != Status.PREPARED:
            raise MakeGoodRefused(_("Somebody decided about this meanwhile."))
        try:
            made = sales.book(
                position=old.position,
                advertiser=old.advertiser,
                request=old.request,
                first_day=locked.first_day,
                last_day=locked.last_day,
                price=Decimal(0),
                impressions=locked.impressions,
                by=by,
                at=at,
            )
        except SoldOut as refusal:
            raise MakeGoodRefused(
                _("%(why)s Dismiss this one; another is prepared with the next look.") % {"why": refusal}
            ) from refusal
        for creative in plan.shown_of(list(old.creatives.filter(status="approved").order_by("-version")))[::-1]:
            artwork.hang_again(creative, made, by=by, at=at)
        MakeGood.objects.filter(pk=locked.pk).update(
            status=Status.BOOKED, made=made, decided_by=by, decided_at=at, note=note
        )
        if old.request:
            letters.to_advertiser(
                old.request,
                gettext_lazy("We make good what was missed"),
                "make_good",
                {"old": old, "made": made},
                at=at,
                key=f"make-good-{locked.pk}",
            )
    make_good.refresh_from_db()
    return made


def dismiss(make_good: MakeGood, *, by: User | None, at: datetime, note: str = "") -> None:
    """Not needed, or agreed otherwise. Raises MakeGoodRefused."""
    if not _close(make_good, Status.DISMISSED, by=by, at=at, note=note):
        raise MakeGoodRefused(_("Somebody decided about this meanwhile."))
    make_good.refresh_from_db()


def _close(make_good: MakeGood, status: str, *, by: User | None, at: datetime, note: str) -> bool:
    open_one = MakeGood.objects.filter(pk=make_good.pk, status=Status.PREPARED)
    return bool(open_one.update(status=status, decided_by=by, decided_at=at, note=note))
