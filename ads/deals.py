"""The moves of a deal from request to closed. `AdRequest.MOVES` is the table; `move` is the one way through it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import User

from . import availability, clock, holds, ledger, letters, links, plan, posts, sales
from .models import AdRequest, Booking, BookingMove, Quote, QuoteLine, RequestMove

Status = AdRequest.Status
# What may be asked for once more.
RENEWABLE = frozenset([Status.LIVE, Status.DELIVERED, Status.CLOSED, Status.CANCELLED])


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
    if request.status not in (Status.CLOSED, Status.DECLINED, Status.EXPIRED):
        raise IllegalMove(_("It is open. An offer that was sent is taken back by withdrawing it."))
    move(request, Status.IN_TALKS, by=by, at=at, note=note)


def cancel(request: AdRequest, *, by: User | None, at: datetime, note: str = "") -> None:
    """End a deal before it is delivered: offers and holds fall, bookings stop now and give their days back."""
    with transaction.atomic():
        move(request, Status.CANCELLED, by=by, at=at, note=note, answered_at=request.answered_at or at)
        availability.lock_all(request)
        _drop_offers(request)
        for booking in request.bookings.filter(status=Booking.Status.BOOKED).select_related("position"):
            stop_booking(booking, by=by, at=at, note=note)
        posts.call_off(request, by=by, at=at)
        clock.stop(request, at=at)


def renew(request: AdRequest, *, by: User | None, at: datetime, note: str = "") -> AdRequest:
    """A new request for the same again, from the same people, with a link of its own that they get by mail. While a
    renewal is open, asking again returns it. Raises IllegalMove for a deal that has not run yet."""
    if request.status not in RENEWABLE:
        raise IllegalMove(_("This deal can be renewed once it runs."))
    with transaction.atomic():
        request = AdRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        renewals = request.renewals.order_by("pk")
        if is_open := renewals.exclude(status__in=Status.over()).first():
            return is_open
        first_day, last_day = days_of_renewal(request, at)
        copied = ["advertiser", "owner", "name", "email", "company", "website", "country"]
        renewal = sales.receive(
            {name: getattr(request, name) for name in copied}
            | {
                "source": AdRequest.Source.RENEWAL,
                "renews": request,
                "first_day": first_day,
                "last_day": last_day,
                "notes": note,
            },
            list(_wishes_of_renewal(request)),
            form_key=f"renewal-{request.pk}-{renewals.count()}",
            language=request.language,
            suspicion="",
            at=at,
            is_silent=True,
        )
        said = {"old": request, "items": renewal.items.select_related("position", "product")}
        letters.to_advertiser(
            renewal,
            gettext_lazy("Your renewal"),
            "renewal",
            said,
            at=at,
            link=links.for_mail(renewal, at=at),
        )
        letters.to_desk(renewal, gettext_lazy("Renewal"), "renewal_for_desk", said)
    return renewal


def days_of_renewal(request: AdRequest, at: datetime) -> tuple[date | None, date | None]:
    """As many days as before, right after the last ones or from tomorrow; none where there were none."""
    days = request.bookings.values_list("first_day", "last_day")
    firsts, lasts = [first for first, _last in days], [last for _first, last in days]
    first, last = min(firsts, default=request.first_day), max(lasts, default=request.last_day)
    if first is None or last is None:
        return None, None
    begin = max(last, timezone.localdate(at)) + timedelta(days=1)
    return begin, begin + (last - first)


def _wishes_of_renewal(request: AdRequest) -> list[sales.Wish]:
    """What was bought, or asked for where nothing was, each once."""
    lines = QuoteLine.objects.filter(quote__request=request, quote__status=Quote.Status.ACCEPTED)
    bought: list[Any] = [*lines.select_related("position", "product")] or [*request.items.all()]
    wishes: dict[tuple[int | None, int | None], sales.Wish] = {}
    for thing in bought:
        if thing.position and thing.position.is_active:
            wishes[thing.position_id, None] = sales.Wish(position=thing.position)
        elif thing.product and thing.product.is_active:
            wishes[None, thing.product_id] = sales.Wish(product=thing.product, written_by=thing.written_by)
    return list(wishes.values())


def stop_booking(booking: Booking, *, by: User | None, at: datetime, note: str = "") -> bool:
    """Stop a booking now and give back today and the days to come. False when it was cancelled already."""
    with transaction.atomic():
        availability.lock(booking.position)
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
        availability.lock_all(quote.request)
        origins = [status for status, targets in Quote.MOVES.items() if target in targets]
        if not Quote.objects.filter(pk=quote.pk, status__in=origins).update(status=target):
            return False
        for line in quote.lines.filter(hold__isnull=False).select_related("hold__position"):
            holds.give_back(line.hold)
    quote.status = target
    return True
