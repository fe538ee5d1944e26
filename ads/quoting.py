"""Quotes: write one, send it, and what becomes of it. A sent version never changes; a change is a new version."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from articles.models import User

from . import availability, clock, deals, holds, letters, sales
from .models import AdRequest, Booking, BookingMove, Quote, QuoteLine

Status = Quote.Status
DealStatus = AdRequest.Status


class QuoteRefused(Exception):
    """Raised when a quote cannot be sent or accepted; its text is a sentence for the person who tried."""


def begin(request: AdRequest, *, by: User | None, at: datetime) -> Quote:
    """The draft of the next version: the one that is there, a copy of the newest, or what the request asks for."""
    with transaction.atomic():
        request = AdRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if draft := request.quotes.filter(status=Status.DRAFT).first():
            return draft
        newest = request.quotes.order_by("-version").first()
        quote = Quote.objects.create(
            request=request,
            version=(request.quotes.aggregate(newest=Max("version"))["newest"] or 0) + 1,
            language=request.language,
            tax_name=settings.TAX_NAME,
            tax_rate=settings.TAX_RATE,
            words=newest.words if newest else "",
            created_by=by,
            created_at=at,
        )
        lines = _copies(newest) if newest else list(_wanted(request))
        for number, line in enumerate(lines):
            line.quote, line.order = quote, number
            line.save()
    return quote


def send(quote: Quote, *, by: User | None, at: datetime, valid_until: datetime | None = None) -> None:
    """Send a draft: what it offers is held until it expires, an older open version is replaced, and the advertiser gets
    a mail with their private link.

    Raises QuoteRefused, `ledger.SoldOut` and `deals.IllegalMove`; then nothing moved.
    """
    until = valid_until or at + timedelta(days=settings.QUOTE_VALID_DAYS)
    if until <= at:
        raise QuoteRefused(_("Choose a time to come until which the quote is valid."))
    with transaction.atomic():
        request = AdRequest.objects.select_for_update(of=("self",)).get(pk=quote.request_id)
        lines = list(quote.lines.select_related("position"))
        if not lines:
            raise QuoteRefused(_("The quote is empty. Add at least one line."))
        availability.lock_all(request)
        for older in request.quotes.filter(status=Status.SENT):
            deals.drop(older, Status.SUPERSEDED)
        if not Quote.objects.filter(pk=quote.pk, status=Status.DRAFT).update(
            status=Status.SENT, sent_at=at, valid_until=until
        ):
            raise QuoteRefused(_("This quote was sent or withdrawn meanwhile. Reload the page."))
        for line in lines:
            holds.place(line, until=until, at=at)
        if request.status != DealStatus.QUOTED:
            deals.move(
                request, DealStatus.QUOTED, by=by, at=at, note=quote.number, answered_at=request.answered_at or at
            )
        clock.stop(request, at=at)
        quote.refresh_from_db()
        letters.quote_sent(quote, by=by, at=at)


def accept(quote: Quote, *, name: str, at: datetime, by: User | None = None) -> bool:
    """The advertiser says yes: what was held is sold and booked. False when it was accepted already, so two clicks book
    once. Raises QuoteRefused when it is not open any more."""
    with transaction.atomic():
        request = AdRequest.objects.select_for_update(of=("self",)).get(pk=quote.request_id)
        quote = Quote.objects.select_for_update(of=("self",)).get(pk=quote.pk)
        if quote.status == Status.ACCEPTED:
            return False
        if not quote.is_open(at):
            raise QuoteRefused(_("This offer is not open any more. Ask for a new one; it takes one message."))
        availability.lock_all(request)
        Quote.objects.filter(pk=quote.pk).update(status=Status.ACCEPTED, accepted_at=at, accepted_by=name)
        deals.move(request, DealStatus.ACCEPTED, by=by, at=at, note=f"{quote.number}: {name}"[:300])
        firm = sales.advertiser_of(request)
        for line in quote.lines.select_related("position", "hold__position"):
            if line.kind in QuoteLine.Kind.of_positions():
                _book(line, request, firm, by=by, at=at)
        quote.refresh_from_db()
        letters.quote_accepted(quote, at=at)
    return True


def withdraw(quote: Quote, *, by: User | None, at: datetime, note: str = "") -> None:
    """Take an open offer back: what it held is free, and the deal is in talks again."""
    with transaction.atomic():
        request = AdRequest.objects.select_for_update(of=("self",)).get(pk=quote.request_id)
        was_sent = quote.status == Status.SENT
        if not deals.drop(quote, Status.WITHDRAWN):
            raise QuoteRefused(_("This quote was accepted, replaced or withdrawn meanwhile. Reload the page."))
        if was_sent and request.status == DealStatus.QUOTED:
            deals.move(request, DealStatus.IN_TALKS, by=by, at=at, note=note or quote.number)


def expire_due(at: datetime) -> int:
    """Offers whose time is up: holds return, deals are expired, advertisers are told. Returns how many."""
    expired = 0
    for quote in Quote.objects.filter(status=Status.SENT, valid_until__lte=at).select_related("request"):
        with transaction.atomic():
            request = AdRequest.objects.select_for_update(of=("self",)).get(pk=quote.request_id)
            if not deals.drop(quote, Status.EXPIRED):
                continue
            if request.status == DealStatus.QUOTED:
                deals.move(request, DealStatus.EXPIRED, by=None, at=at, note=quote.number)
            letters.quote_expired(quote, at=at)
            expired += 1
    return expired


def _book(line: QuoteLine, request: AdRequest, firm, *, by: User | None, at: datetime) -> None:
    hold = line.hold
    if not holds.sell(hold):
        raise QuoteRefused(_("What this offer held is not held any more. Ask for a new one; it takes one message."))
    booking = Booking.objects.create(
        position=hold.position,
        advertiser=firm,
        request=request,
        line=line,
        first_day=hold.first_day,
        last_day=hold.last_day,
        share=hold.share,
        impressions=hold.impressions or None,
        price=line.net,
        currency=line.quote.currency,
        booked_by=by,
        booked_at=at,
    )
    BookingMove.objects.create(booking=booking, to_status=booking.status, actor=by, at=at)


def _copies(quote: Quote) -> list[QuoteLine]:
    lines = list(quote.lines.all())
    for line in lines:
        line.pk = None
        line._state.adding = True
    return lines


def _wanted(request: AdRequest):
    """What a request asks for, at the rate card's prices. Positions without days are left to the desk."""
    first, last = request.first_day, request.last_day
    for item in request.items.select_related("position", "product"):
        if item.product:
            is_ours = item.written_by == "newsroom"
            price = item.product.newsroom_price if is_ours else item.product.price
            yield QuoteLine(
                kind=QuoteLine.Kind.POST,
                product=item.product,
                written_by=item.written_by,
                quantity=1,
                unit_price=price or 0,
            )
        elif item.position and first and last:
            yield QuoteLine(
                kind=QuoteLine.Kind.WEEKS,
                position=item.position,
                first_day=first,
                last_day=last,
                share=100,
                quantity=sales.weeks_between(first, last),
                unit_price=item.position.price_per_week,
            )
