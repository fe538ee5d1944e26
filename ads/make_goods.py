"""Make-goods: what a line misses is prepared as a booking at no price, after its flight, within its limits.

Preparing changes nothing that anybody sees or pays. A person books it, and then the advertiser is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import User

from . import artwork, duties, letters, pacing, plan, sales, standing, targeting, totals
from .availability import Room
from .ledger import SoldOut
from .models import AdRequest, Booking, Creative, MakeGood, Targeting
from .targeting import ANYWHERE, Where

Status = MakeGood.Status

# How many weeks after its flight, or from now on, a place is looked for; and in as many days as the flight had, or so
# many times as many.
WEEKS_AHEAD = 12
TIMES = (1, 2, 4)
# A tenth more or less is a reason to change a prepared one, and so are days that no longer fit.
ENOUGH_CHANGE = 0.1
# What a person dismissed is prepared again when so much more is missing.
MUCH_MORE = 1.25
# What ended short so long ago is nobody's business any more.
REMEMBERED = timedelta(days=30)
DAY = timedelta(days=1)


class MakeGoodRefused(Exception):
    """Raised when a make-good cannot be booked or dismissed; its text is a sentence."""


def is_small(missing: int, booking: Booking) -> bool:
    """Whether nobody makes it good; a line is not said to be short by it either."""
    return missing <= pacing.SHORT * (booking.impressions or 0)


def prepare(measured: Mapping[Booking, int], *, at: datetime) -> int:
    """Have one prepared for every line that ends short, and none for those that will not. Returns how many are.

    `measured` is what lines that run will miss, by the forecast. What was not measured, since it is paused, stays as it
    is; what has ended is looked up here.
    """
    known = {one.booking_id: one for one in _prepared()}
    missing = dict(measured) | _ended(known.values(), at=at)
    for one in known.values():
        if one.booking in missing and is_small(missing[one.booking], one.booking):
            _close(one, Status.DISMISSED, by=None, at=at, note="It is not short after all.")
        elif _is_off(one.booking):
            _close(one, Status.DISMISSED, by=None, at=at, note="It was cancelled.")
    decided = _decided(missing)
    wanted = [
        booking
        for booking, number in missing.items()
        if not _is_off(booking) and not is_small(number, booking) and MUCH_MORE * decided.get(booking.pk, 0) < number
    ]
    if not wanted:
        return 0
    wheres = targeting.wheres(wanted)
    room = _room(wanted, at=at)

    def one_of(booking: Booking) -> bool:
        where = wheres.get(booking.pk, ANYWHERE)
        return _prepare_one(booking, known.get(booking.pk), missing[booking], where, room, at=at)

    return duties.each(wanted, one_of)


def _prepared() -> Iterable[MakeGood]:
    found = MakeGood.objects.filter(status=Status.PREPARED)
    return found.select_related("booking__position", "booking__request", "booking__targeting")


def _is_off(booking: Booking) -> bool:
    """Whether nothing is owed for it any more."""
    is_over = booking.request is not None and booking.request.status in AdRequest.Status.over()
    return booking.status != Booking.Status.BOOKED or is_over


def _ended(prepared: Iterable[MakeGood], *, at: datetime) -> dict[Booking, int]:
    """What lines that are over and were to be shown have missed: those of late, and those that have one prepared. Days
    before counting began are taken to have had what they should."""
    today, began = timezone.localdate(at), standing.counting_began()
    if began is None:
        return {}
    lately = Q(last_day__gte=today - REMEMBERED) | Q(pk__in=[one.booking_id for one in prepared])
    over = list(
        Booking.objects.filter(
            lately,
            Q(request=None) | Q(request__status__in=set(AdRequest.Status.delivering()) - set(AdRequest.Status.over())),
            creatives__status=Creative.Status.APPROVED,
            status=Booking.Status.BOOKED,
            impressions__gt=0,
            first_day__gte=began,
            last_day__lt=today,
        )
        .distinct()
        .select_related("position", "request", "targeting")
    )
    had = totals.delivered([booking.pk for booking in over])
    return {booking: max(0, (booking.impressions or 0) - had.get(booking.pk, 0)) for booking in over}


def _decided(bookings: Iterable[Booking]) -> dict[int, float]:
    """How many impressions persons decided about, by booking. What was booked is missed twice by nobody but a person's
    eyes: it is never prepared again."""
    found: dict[int, float] = {}
    rows = MakeGood.objects.filter(
        Q(status=Status.BOOKED, made__status=Booking.Status.BOOKED)
        | Q(status=Status.DISMISSED, decided_by__isnull=False),
        booking__in=list(bookings),
    )
    for booking, status, number in rows.values_list("booking", "status", "impressions"):
        found[booking] = max(found.get(booking, 0), float("inf") if status == Status.BOOKED else number)
    return found


def _prepare_one(
    booking: Booking, known: MakeGood | None, number: int, where: Where, room: Room, *, at: datetime
) -> bool:
    if known and abs(known.impressions - number) <= ENOUGH_CHANGE * number:
        number = number if booking.ends_at <= at else known.impressions
        if known.first_day > timezone.localdate(at):
            free = room.free(booking.position, where, known.first_day, known.last_day)
            if number == known.impressions and free >= number:
                return True
    window = _window(booking, number, where, room, at=at)
    if window is None:
        return False
    values = {"impressions": number, "first_day": window[0], "last_day": window[1], "prepared_at": at}
    if known:
        return bool(MakeGood.objects.filter(pk=known.pk, status=Status.PREPARED).update(**values))
    try:
        with transaction.atomic():
            MakeGood.objects.create(booking=booking, **values)
    except IntegrityError:
        return False  # another worker
    return True


def _begin(booking: Booking, at: datetime) -> date:
    """The first day on which it could be made good."""
    return max(booking.last_day, timezone.localdate(at)) + DAY


def _days(booking: Booking) -> int:
    return (booking.last_day - booking.first_day).days + 1


def _room(bookings: list[Booking], *, at: datetime) -> Room:
    """Of all days that `_window` may try."""
    first = min(_begin(booking, at) for booking in bookings)
    last = max(
        _begin(booking, at) + timedelta(weeks=WEEKS_AHEAD, days=TIMES[-1] * _days(booking)) for booking in bookings
    )
    positions = {booking.position.pk: booking.position for booking in bookings}
    return Room(list(positions.values()), first, last, at=at)


def _window(booking: Booking, impressions: int, where: Where, room: Room, *, at: datetime) -> tuple[date, date] | None:
    """The first days to come after the flight that can take so many impressions of its target."""
    for times in TIMES:
        for week in range(WEEKS_AHEAD):
            first = _begin(booking, at) + timedelta(weeks=week)
            last = first + timedelta(days=times * _days(booking) - 1)
            if room.free(booking.position, where, first, last) >= impressions:
                return first, last
    return None


def book(make_good: MakeGood, *, by: User | None, at: datetime, note: str = "") -> Booking:
    """Book it at no price, where and when the line may run and with its artwork, and tell the advertiser. When its days
    have passed, or the line has ended, what is really missing is booked on the next days that have room. Raises
    MakeGoodRefused when nothing is owed, its days are taken meanwhile, or somebody decided already."""
    with transaction.atomic():
        locked = MakeGood.objects.select_for_update().get(pk=make_good.pk)
        if locked.status != Status.PREPARED:
            raise MakeGoodRefused(_("Somebody decided about this meanwhile."))
        old = _owed(locked)
        where = targeting.wheres([old]).get(old.pk, ANYWHERE)
        number, first_day, last_day = _place(locked, old, where, at=at)
        try:
            made = sales.book(
                position=old.position,
                advertiser=old.advertiser,
                request=old.request,
                first_day=first_day,
                last_day=last_day,
                price=Decimal(0),
                impressions=number,
                where=where,
                by=by,
                at=at,
            )
        except SoldOut as refusal:
            raise MakeGoodRefused(
                _("%(why)s Other days are looked for within five minutes.") % {"why": refusal}
            ) from refusal
        _limit_alike(old, made)
        for creative in plan.shown_of(list(old.creatives.filter(status="approved").order_by("-version")))[::-1]:
            artwork.hang_again(creative, made, by=by, at=at)
        MakeGood.objects.filter(pk=locked.pk).update(
            status=Status.BOOKED,
            made=made,
            impressions=number,
            first_day=first_day,
            last_day=last_day,
            decided_by=by,
            decided_at=at,
            note=note,
        )
        if old.request:
            letters.to_advertiser(
                old.request,
                gettext_lazy("We make good what was missed"),
                "make_good",
                {"old": old, "made": made, "is_over": old.ends_at <= at},
                at=at,
                key=f"make-good-{locked.pk}",
            )
    make_good.refresh_from_db()
    return made


def _owed(locked: MakeGood) -> Booking:
    """The line, with its deal kept as it is until this is over. Raises MakeGoodRefused."""
    number = Booking.objects.values_list("request", flat=True).get(pk=locked.booking_id)
    if number:
        AdRequest.objects.select_for_update(of=("self",)).get(pk=number)
    old = Booking.objects.select_related("position", "advertiser", "request", "targeting").get(pk=locked.booking_id)
    if old.status != Booking.Status.BOOKED:
        raise MakeGoodRefused(_("This booking was cancelled, so nothing is made good. Dismiss this one."))
    if _is_off(old):
        raise MakeGoodRefused(_("This request is over, so nothing is made good. Dismiss this one."))
    return old


def _place(locked: MakeGood, old: Booking, where: Where, *, at: datetime) -> tuple[int, date, date]:
    """How many impressions, on which days. Raises MakeGoodRefused."""
    is_over = old.ends_at <= at
    number = locked.impressions
    if is_over:
        number = (old.impressions or 0) - totals.delivered([old.pk]).get(old.pk, 0)
        if number <= 0:
            raise MakeGoodRefused(_("This line had its number after all. Dismiss this one."))
    if locked.first_day > timezone.localdate(at) and number <= locked.impressions:
        return number, locked.first_day, locked.last_day
    window = _window(old, number, where, _room([old], at=at), at=at)
    if window is None:
        raise MakeGoodRefused(
            _("No days of the next twelve weeks have room for it. Agree with the advertiser on something else.")
        )
    return number, *window


def _limit_alike(old: Booking, made: Booking) -> None:
    """The same sections, words, language, devices and hours."""
    target = Targeting.objects.filter(booking=old).first()
    if target is None:
        return
    columns = {field.attname: getattr(target, field.attname) for field in Targeting._meta.concrete_fields}
    copy = Targeting.objects.create(**columns | {"booking_id": made.pk})
    for field in Targeting._meta.many_to_many:
        getattr(copy, field.name).set(getattr(target, field.name).all())


def dismiss(make_good: MakeGood, *, by: User | None, at: datetime, note: str = "") -> None:
    """Not needed, or agreed otherwise. Raises MakeGoodRefused."""
    if not _close(make_good, Status.DISMISSED, by=by, at=at, note=note):
        raise MakeGoodRefused(_("Somebody decided about this meanwhile."))
    make_good.refresh_from_db()


def _close(make_good: MakeGood, status: str, *, by: User | None, at: datetime, note: str) -> bool:
    open_one = MakeGood.objects.filter(pk=make_good.pk, status=Status.PREPARED)
    return bool(open_one.update(status=status, decided_by=by, decided_at=at, note=note))
