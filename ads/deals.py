"""The moves of a deal from request to closed. `AdRequest.MOVES` is the table; `move` is the one way through it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import User

from . import clock, holds, ledger, plan, posts
from .models import AdRequest, Booking, BookingMove, Quote, RequestMove

Status = AdRequest.Status


class IllegalMove(Exception):
    """Raised when a deal's status does not allow a move; its text is a sentence for the person who tried."""


def move(request: AdRequest, target: str, *, by: User | None, at: datetime, note: str = "", **values: Any) -> None:
    """Move a deal, write the row of its history, and set `values` with it. Raises IllegalMove."""
    origin = request.status
    with transaction.atomic():
        allowed = target in AdRequest.MOVES[origin]
        if not (allowed and AdRequest.objects.filter(pk=request.pk, status=origin).update(status=target, **values)):
            raise IllegalMove(
                _("A request that is “%(from)s” cannot become “%(to)s”. Reload the page to see where it stands.")
                % {"from": Status(origin).label, "to": Status(target).label}
            )
        RequestMove.objects.create(request=request, from_status=origin, to_status=target, actor=by, note=note, at=at)
        if origin not in Status.delivering() and target in Status.delivering():
            transaction.on_commit(plan.forget)
    request.status = target
    for name, value in values.items():
        setattr(request, name, value)


def answer(request: AdRequest, *, by: User | None, at: datetime, note: str = "") -> None:
    """We got back to them, by whatever way: the 48-hour clock stops. A fresh request is in talks from now on."""
    with transaction.atomic():
        if request.status == Status.RECEIVED:
            move(request, Status.IN_TALKS, by=by, at=at, note=note, answered_at=request.answered_at or at)
        elif not clock.stop(request, at=at):
            raise IllegalMove(_("Nobody waits for an answer here."))
        clock.stop(request, at=at)


def decline(request: AdRequest, *, by: User | None, at: datetime, note: str = "") -> None:
    with transaction.atomic():
        move(request, Status.DECLINED, by=by, at=at, note=note, answered_at=request.answered_at or at)
        _drop_offers(request)
        clock.stop(request, at=at)


def close(request: AdRequest, *, by: User | None, at: datetime, note: str = "") -> None:
    """Nothing is left to do."""
    with transaction.atomic():
        move(request, Status.CLOSED, by=by, at=at, note=note, answered_at=request.answered_at or at)
        _drop_offers(request)
        clock.stop(request, at=at)


def reopen(request: AdRequest, *, by: User | None, at: datetime, note: str = "") -> None:
    """Talk again. Raises IllegalMove for a deal that was agreed: that one is renewed."""
    if request.quotes.filter(status=Quote.Status.ACCEPTED).exists():
        raise IllegalMove(_("This deal was agreed and is over. Begin a renewal instead."))
    move(request, Status.IN_TALKS, by=by, at=at, note=note)


def cancel(request: AdRequest, *, by: User | None, at: datetime, note: str = "") -> None:
    """End a deal before it is delivered: offers and holds fall, bookings stop now and give their days back."""
    with transaction.atomic():
        move(request, Status.CANCELLED, by=by, at=at, note=note, answered_at=request.answered_at or at)
        _drop_offers(request)
        for booking in request.bookings.filter(status=Booking.Status.BOOKED).select_related("position"):
            stop_booking(booking, by=by, at=at, note=note)
        posts.call_off(request, by=by, at=at)
        clock.stop(request, at=at)


def stop_booking(booking: Booking, *, by: User | None, at: datetime, note: str = "") -> bool:
    """Stop a booking now and give back today and the days to come. False when it was cancelled already."""
    with transaction.atomic():
        cancelled = Booking.objects.filter(pk=booking.pk, status=Booking.Status.BOOKED).update(
            status=Booking.Status.CANCELLED
        )
        if cancelled:
            BookingMove.objects.create(
                booking=booking,
                from_status=Booking.Status.BOOKED,
                to_status=Booking.Status.CANCELLED,
                actor=by,
                note=note,
                at=at,
            )
            first_day = max(booking.first_day, timezone.localdate(at))
            if booking.share and first_day <= booking.last_day:
                ledger.give_back(booking.position, first_day, booking.last_day, share=booking.share)
            transaction.on_commit(plan.forget)
    booking.status = Booking.Status.CANCELLED
    return bool(cancelled)


def _drop_offers(request: AdRequest) -> None:
    """Open offers are withdrawn, and what they held is free."""
    for quote in request.quotes.filter(status__in=[Quote.Status.DRAFT, Quote.Status.SENT]):
        drop(quote, Quote.Status.WITHDRAWN)


def drop(quote: Quote, target: str) -> bool:
    """End an offer that nobody accepted, with its holds. False when it was not open any more."""
    with transaction.atomic():
        origins = [status for status, targets in Quote.MOVES.items() if target in targets]
        if not Quote.objects.filter(pk=quote.pk, status__in=origins).update(status=target):
            return False
        for line in quote.lines.filter(hold__isnull=False).select_related("hold__position"):
            holds.give_back(line.hold)
    quote.status = target
    return True
