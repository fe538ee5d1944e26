"""Quotes: write one, send it, and what becomes of it. A sent version never changes; a change is a new version.

Every verb locks the deal's row first, then the positions in the order of their numbers: whoever comes second sees what
the first one did, and no two wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles.models import User

from . import availability, clock, deals, duties, holds, letters, prices, sales
from .days import FARTHEST_AHEAD
from .models import AdRequest, AdRequestItem, Booking, BookingMove, Quote, QuoteLine, RequestMove

Status = Quote.Status
DealStatus = AdRequest.Status

# So long before an offer expires its advertiser is reminded, unless they have only just got it.
REMIND_BEFORE = timedelta(days=2)


class QuoteRefused(Exception):
    """Raised when a quote cannot be written, sent or accepted; its text is a sentence for the person who tried."""


class StaleDraft(QuoteRefused):
    """Raised when somebody else saved a draft after it was opened; nothing is saved then."""


def begin(request: AdRequest, *, by: User | None, at: datetime) -> Quote:
    """The draft of the next version: the one that is there, a copy of the newest that was sent, or what the request
    asks for. Raises QuoteRefused for a deal that is agreed or over."""
    with transaction.atomic():
        request = _lock(request)
        if draft := request.quotes.filter(status=Status.DRAFT).first():
            return draft
        if request.status != DealStatus.QUOTED and DealStatus.QUOTED not in AdRequest.MOVES[request.status]:
            raise QuoteRefused(_refusal_of_status(request))
        newest = request.quotes.exclude(sent_at=None).order_by("-version").first()
        lines = _copies(newest) if newest else list(_wanted(request, day=timezone.localdate(at)))
        quote = Quote.objects.create(
            request=request,
            version=(request.quotes.aggregate(newest=Max("version"))["newest"] or 0) + 1,
            language=newest.language if newest else request.language,
            currency=newest.currency if newest else _currency_of(lines),
            tax_name=newest.tax_name if newest else settings.TAX_NAME,
            tax_rate=newest.tax_rate if newest else settings.TAX_RATE,
            words=newest.words if newest else "",
            created_by=by,
            created_at=at,
        )
        _write_lines(quote, lines)
    return quote


def save(
    quote: Quote, fields: dict[str, Any], lines: Iterable[QuoteLine], *, based_on: int, by: User | None, at: datetime
) -> None:
    """Write a draft anew, all of it. `based_on` is the number of edits it had when this person opened it. Raises
    StaleDraft, and QuoteRefused when it is no draft any more."""
    with transaction.atomic():
        _lock(quote.request)
        if not Quote.objects.filter(pk=quote.pk, status=Status.DRAFT, edits=based_on).update(
            edits=F("edits") + 1, changed_by=by, changed_at=at, **fields
        ):
            now = Quote.objects.select_related("changed_by").get(pk=quote.pk)
            if now.status != Status.DRAFT:
                raise QuoteRefused(_("This quote was sent or withdrawn meanwhile. Reload the page."))
            raise StaleDraft(
                _(
                    "%(who)s saved this draft after you opened it, so yours is not saved yet. Below is what you typed, "
                    "and above it what they saved. Save again to put yours in its place."
                )
                % {"who": now.changed_by or _("Somebody")}
            )
        quote.lines.all().delete()
        _write_lines(quote, lines)
    quote.refresh_from_db()


def expiry_of(quote: Quote, lines: Iterable[QuoteLine], *, at: datetime) -> datetime:
    """Until when a draft is valid if it is sent now: the time it names, else as many days as the setting says, but not
    beyond the beginning of its first flight. One that begins today can be accepted until the day is over."""
    if quote.valid_until:
        return quote.valid_until
    today = timezone.localdate(at)
    days = [line.first_day for line in lines if line.first_day and line.first_day >= today]
    usual = at + timedelta(days=settings.QUOTE_VALID_DAYS)
    return min([usual, *(_last_moment(day, at) for day in days)])


def problems(quote: Quote, lines: list[QuoteLine], *, at: datetime) -> list[str]:
    """What stands in the way of sending, in words. What is sold out only the sending itself can tell."""
    found = []
    if quote.request.suspected:
        found.append(_("This request is held as spam. Release it first; nobody was mailed yet."))
    if not lines:
        found.append(_("The quote is empty. Add at least one line."))
    if quote.tax_rate and not quote.tax_name:
        found.append(_("Name the tax, such as VAT, or set its rate to 0."))
    until = expiry_of(quote, lines, at=at)
    if until <= at:
        found.append(_("Choose a time to come until which the quote is valid."))
    for line in lines:
        found += _problems_of(line, quote, until, at)
    return found


def _problems_of(line: QuoteLine, quote: Quote, until: datetime, at: datetime) -> Iterator[str]:
    names = {"line": str(line)}
    today = timezone.localdate(at)
    if line.first_day and line.first_day < today:
        yield _("“%(line)s” begins in the past. Choose days to come.") % names
    elif line.first_day and until > _last_moment(line.first_day, at):
        yield _(
            "“%(line)s” begins on %(day)s, and the quote could still be accepted after that. Let it expire earlier."
        ) % {**names, "day": date_format(line.first_day)}
    if line.last_day and line.last_day > today + FARTHEST_AHEAD:
        yield _("“%(line)s” ends more than two years from now. Choose earlier days.") % names
    if not line.net and not line.discount_reason:
        yield _("“%(line)s” costs nothing. Give it a price, or say in the reason of the discount why it is free.") % (
            names
        )
    thing = line.position or line.product
    if thing and not thing.is_active:
        yield _("“%(line)s” is not on sale any more. Offer something else.") % names
    if thing and thing.currency != quote.currency:
        yield _(
            "“%(line)s” is priced in %(its)s and this quote is in %(ours)s. All lines of a quote have one currency: "
            "write a quote of its own for it."
        ) % {**names, "its": thing.currency, "ours": quote.currency}


def send(
    quote: Quote, *, by: User | None, at: datetime, valid_until: datetime | None = None, edits: int | None = None
) -> None:
    """Send a draft: what it offers is held until it expires, an older open version is replaced, and the advertiser gets
    a mail with their private link. With `edits`, only if nobody saved it since that many.

    Raises QuoteRefused, `ledger.SoldOut` and `deals.IllegalMove`; then nothing moved.
    """
    with transaction.atomic():
        request = _lock(quote.request)
        draft = Quote.objects.select_for_update(of=("self",)).get(pk=quote.pk)
        if draft.status != Status.DRAFT or edits not in (None, draft.edits):
            raise QuoteRefused(
                _("This quote was changed, sent or withdrawn meanwhile. Look at it again before you send it.")
            )
        if request.status != DealStatus.QUOTED and DealStatus.QUOTED not in AdRequest.MOVES[request.status]:
            raise QuoteRefused(_refusal_of_status(request))
        lines = list(draft.lines.select_related("position", "product"))
        if valid_until:
            draft.valid_until = valid_until
        for problem in problems(draft, lines, at=at):
            raise QuoteRefused(problem)
        until = expiry_of(draft, lines, at=at)
        replaced = list(request.quotes.filter(status=Status.SENT))
        availability.lock_all(request)
        for older in replaced:
            deals.drop(older, Status.SUPERSEDED)
        Quote.objects.filter(pk=draft.pk).update(status=Status.SENT, sent_at=at, valid_until=until)
        for line in lines:
            holds.place(line, until=until, at=at)
        if request.status == DealStatus.QUOTED:
            now = request.status
            RequestMove.objects.create(
                request=request, from_status=now, to_status=now, actor=by, note=quote.number, at=at
            )
        else:
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
        request = _lock(quote.request)
        quote = Quote.objects.select_for_update(of=("self",)).get(pk=quote.pk)
        if quote.status == Status.ACCEPTED:
            return False
        if not quote.is_open(at):
            raise QuoteRefused(_("This offer is not open any more. Ask for a new one; it takes one message."))
        availability.lock_all(request)
        Quote.objects.filter(pk=quote.pk).update(status=Status.ACCEPTED, accepted_at=at, accepted_by=name)
        deals.move(request, DealStatus.ACCEPTED, by=by, at=at, note=f"{quote.number}: {name}"[:300])
        for draft in request.quotes.filter(status=Status.DRAFT):
            deals.drop(draft, Status.WITHDRAWN)
        firm = sales.advertiser_of(request)
        for line in quote.lines.select_related("position", "hold__position"):
            if line.kind in QuoteLine.Kind.of_positions():
                _book(line, request, firm, by=by, at=at)
        quote.refresh_from_db()
        letters.quote_accepted(quote, at=at)
    return True


def withdraw(quote: Quote, *, by: User | None, at: datetime, note: str = "") -> None:
    """Take a sent offer back: what it held is free, the deal is in talks again, and the advertiser is told why."""
    with transaction.atomic():
        request = _lock(quote.request)
        _drop_from(quote, Status.SENT)
        if request.status == DealStatus.QUOTED:
            deals.move(request, DealStatus.IN_TALKS, by=by, at=at, note=f"{quote.number}: {note}".strip(": ")[:300])
        letters.quote_withdrawn(quote, note=note, at=at)
    quote.refresh_from_db()


def discard(quote: Quote, *, by: User | None, at: datetime, note: str = "") -> None:
    """Throw a draft away; nobody is told. One that was sent meanwhile stays."""
    with transaction.atomic():
        _lock(quote.request)
        _drop_from(quote, Status.DRAFT)
    quote.refresh_from_db()


def _drop_from(quote: Quote, status: str) -> None:
    """Raises QuoteRefused where the quote, under the lock of its deal, is in another status."""
    is_there = Quote.objects.filter(pk=quote.pk, status=status).exists()
    if not is_there or not deals.drop(quote, Status.WITHDRAWN):
        raise QuoteRefused(_("This quote was sent, accepted, replaced or withdrawn meanwhile. Reload the page."))


def expire_due(at: datetime) -> int:
    """Offers whose time is up: holds return, deals are expired, advertisers are told. Returns how many."""

    def expire(quote: Quote) -> bool:
        with transaction.atomic():
            request = _lock(quote.request)
            if not deals.drop(quote, Status.EXPIRED):
                return False
            if request.status == DealStatus.QUOTED:
                deals.move(request, DealStatus.EXPIRED, by=None, at=at, note=quote.number)
            letters.quote_expired(quote, at=at)
        return True

    due = Quote.objects.filter(status=Status.SENT, valid_until__lte=at).select_related("request")
    return duties.each(due, expire)


def remind_due(at: datetime) -> int:
    """Tell advertisers, once, that an offer expires in two days. Returns how many were told."""
    reminded = 0
    due = Quote.objects.filter(
        status=Status.SENT,
        reminded_at=None,
        valid_until__gt=at,
        valid_until__lte=at + REMIND_BEFORE,
        sent_at__lt=F("valid_until") - 2 * REMIND_BEFORE,
    )
    for quote in due.select_related("request"):
        with transaction.atomic():
            if Quote.objects.filter(pk=quote.pk, status=Status.SENT, reminded_at=None).update(reminded_at=at):
                letters.quote_expires_soon(quote, at=at)
                reminded += 1
    return reminded


def undated(request: AdRequest) -> list:
    """The positions that a request asks for without saying when: the seller names the days."""
    items = request.items.select_related("position")
    return [item.position for item in items if item.position and not all(_days_of(item, request))]


def _days_of(item: AdRequestItem, request: AdRequest) -> tuple[date | None, date | None]:
    """Its own, or those of the whole request."""
    if item.first_day and item.last_day:
        return item.first_day, item.last_day
    return request.first_day, request.last_day


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


def _lock(request: AdRequest) -> AdRequest:
    return AdRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)


def _refusal_of_status(request: AdRequest) -> str:
    if request.status in DealStatus.agreed():
        return _("This deal is agreed already. Begin a renewal for what is to follow.")
    return _("This deal is “%(status)s”. Talk again first, then write a quote.") % {
        "status": request.get_status_display()
    }


def _last_moment(first_day: date, at: datetime) -> datetime:
    """When a flight can be accepted no more: as it begins, or the end of today if that is today."""
    day = first_day if first_day > timezone.localdate(at) else first_day + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time.min))


def _write_lines(quote: Quote, lines: Iterable[QuoteLine]) -> None:
    for number, line in enumerate(lines):
        line.quote, line.order = quote, number
        line.save()


def _copies(quote: Quote) -> list[QuoteLine]:
    lines = list(quote.lines.all())
    for line in lines:
        line.pk = None
        line._state.adding = True
    return lines


def _currency_of(lines: list[QuoteLine]) -> str:
    things = (line.position or line.product for line in lines)
    return next((thing.currency for thing in things if thing), settings.CURRENCY)


def _wanted(request: AdRequest, *, day: date) -> Iterator[QuoteLine]:
    """What a request asks for, at the rate card's prices. Positions without days are left to the desk (`undated`)."""
    for item in request.items.select_related("position", "product"):
        first, last = _days_of(item, request)
        if item.product:
            line = QuoteLine(
                kind=QuoteLine.Kind.POST, product=item.product, written_by=item.written_by, quantity=1, unit_price=0
            )
        elif item.position and first and last:
            by_number = QuoteLine.Kind.IMPRESSIONS if item.impressions else QuoteLine.Kind.WEEKS
            line = QuoteLine(
                kind=by_number,
                position=item.position,
                first_day=first,
                last_day=last,
                share=None if item.impressions else item.share or 100,
                impressions=item.impressions,
                quantity=1,
                unit_price=0,
            )
        else:
            continue
        # None: the newsroom writes it and the card has no price. The seller names one before it can be sent.
        line.unit_price = prices.of_line(line, services={}, day=day) or Decimal(0)
        yield line
