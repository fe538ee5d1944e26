"""What is on file about an advertiser: its people, what the desk wrote down, what happened, and what it was worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles.models import User

from .models import (
    AdRequest,
    Advertiser,
    AdvertiserNote,
    Booking,
    BookingMove,
    Contact,
    DealMessage,
    Invoice,
    NextAction,
    Payment,
    Quote,
    QuoteLine,
    RequestMove,
    SponsoredPost,
)

Status = AdRequest.Status

# Deals that are neither over nor lapsed.
OPEN = [status for status in Status if status not in [*Status.over(), Status.EXPIRED]]

EVENTS_A_PAGE = 25
# How far back the history is paged; what is older stands in the export.
MOST_PAGES = 20


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened with an advertiser. `about` is a piece of somebody's text, `by` a name."""

    at: datetime
    what: str
    url: str = ""
    about: str = ""
    by: str = ""


@dataclass(frozen=True)
class HistoryPage:
    events: list[Event]
    number: int
    has_older: bool


@dataclass(frozen=True)
class Dealings:
    """Of one advertiser: deals that are open, when it last asked for something, and what it bought by currency."""

    open: int
    last: datetime | None
    value: dict[str, Decimal]


def known_firm(company: str, email: str) -> Advertiser | None:
    """The firm on file with this name and this address of one of its people; of a merged one, the one that is kept."""
    found = Advertiser.objects.filter(
        Q(email__iexact=email) | Q(contacts__email__iexact=email), company__iexact=company
    ).order_by("pk")
    firm = found.select_related("merged_into").first()
    return (firm.merged_into or firm) if firm else None


def meet(request: AdRequest, firm: Advertiser) -> None:
    """The request is this firm's, and who sent it is one of its contacts."""
    contact = firm.contacts.filter(email__iexact=request.email).first()
    if contact is None:
        contact = Contact.objects.create(
            advertiser=firm,
            name=request.name,
            email=request.email,
            language=request.language,
            is_main=not firm.contacts.filter(is_main=True).exists(),
        )
    request.advertiser, request.contact = firm, contact
    request.save(update_fields=["advertiser", "contact"])


def recognise(request: AdRequest) -> None:
    """A new request of a firm that is on file hangs there at once."""
    if firm := known_firm(request.company, request.email):
        meet(request, firm)


def assign(requests: QuerySet, *, to: User) -> int:
    """Somebody looks after these requests from now on. Returns how many were somebody else's, or nobody's."""
    return AdRequest.objects.filter(pk__in=requests.order_by().values("pk")).exclude(owner=to).update(owner=to)


def write_note(advertiser: Advertiser, text: str, *, by: User | None, at: datetime) -> AdvertiserNote:
    return AdvertiserNote.objects.create(advertiser=advertiser, text=text, author=by, at=at)


def lifetime_value(advertisers: Iterable[int]) -> dict[int, dict[str, Decimal]]:
    """By the number of an advertiser and by currency: accepted quotes and what the desk booked without one, both
    without tax, less what was cancelled. Two queries."""
    numbers = list(advertisers)
    worth: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    sold = QuoteLine.objects.filter(quote__status=Quote.Status.ACCEPTED, quote__request__advertiser__in=numbers)
    for line in sold.exclude(quote__request__status=Status.CANCELLED).select_related("quote__request").order_by():
        worth[line.quote.request.advertiser_id or 0][line.quote.currency] += line.net
    booked = Booking.objects.filter(advertiser__in=numbers, line=None, status=Booking.Status.BOOKED).order_by()
    for number, currency, price in booked.values_list("advertiser", "currency", "price"):
        worth[number][currency] += price
    return {number: dict(by_currency) for number, by_currency in worth.items()}


def dealings(advertisers: Iterable[int]) -> dict[int, Dealings]:
    """Of some advertisers, in three queries for all of them."""
    numbers = list(advertisers)
    asked = AdRequest.objects.filter(advertiser__in=numbers).order_by().values("advertiser")
    figures = {
        row["advertiser"]: (row["open"], row["last"])
        for row in asked.annotate(
            open=Count("pk", filter=Q(status__in=OPEN, suspected="")), last=Max("received_at", filter=Q(suspected=""))
        )
    }
    values = lifetime_value(numbers)
    return {number: Dealings(*figures.get(number, (0, None)), values.get(number, {})) for number in numbers}


def history(advertiser: Advertiser, *, page: int = 1) -> HistoryPage:
    """Everything that happened with an advertiser, newest first. One query a source; `SOURCES` is where another part of
    the desk adds its own."""
    number = min(max(page, 1), MOST_PAGES)
    most = number * EVENTS_A_PAGE + 1
    events = [event for source in SOURCES for event in source(advertiser, most)]
    events.sort(key=lambda event: event.at, reverse=True)
    begin = (number - 1) * EVENTS_A_PAGE
    shown = events[begin : begin + EVENTS_A_PAGE]
    return HistoryPage(shown, number, has_older=len(events) > begin + EVENTS_A_PAGE and number < MOST_PAGES)


def _requests(advertiser: Advertiser, most: int) -> Iterable[Event]:
    for request in advertiser.requests.order_by("-received_at")[:most]:
        yield Event(
            at=request.received_at,
            what=_("Request %(reference)s") % {"reference": request.reference},
            url=_page(request),
            about=short(request.message),
            by=request.name,
        )


def _moves(advertiser: Advertiser, most: int) -> Iterable[Event]:
    told = [Status.DECLINED, Status.CANCELLED, Status.CLOSED, Status.LIVE, Status.DELIVERED]
    moves = RequestMove.objects.filter(request__advertiser=advertiser, to_status__in=told)
    for move in moves.select_related("request", "actor").order_by("-at", "-pk")[:most]:
        yield Event(
            at=move.at,
            what=f"{move.request.reference}: {move.get_to_status_display()}",
            url=_page(move.request),
            about=move.note,
            by=name_of(move.actor),
        )


def _quotes(advertiser: Advertiser, most: int) -> Iterable[Event]:
    quotes = Quote.objects.filter(request__advertiser=advertiser, sent_at__isnull=False).select_related("request")
    for quote in quotes.prefetch_related("lines").order_by("-sent_at")[:most]:
        assert quote.sent_at is not None  # noqa: S101  (the filter)
        amount = {"number": quote.number, "amount": f"{quote.totals().total} {quote.currency}"}
        url = _page(quote.request) + "#quotes"
        yield Event(at=quote.sent_at, what=_("Offer %(number)s sent: %(amount)s") % amount, url=url)
        if quote.accepted_at:
            what = _("Offer %(number)s accepted: %(amount)s") % amount
            yield Event(at=quote.accepted_at, what=what, url=url, by=quote.accepted_by)


def _messages(advertiser: Advertiser, most: int) -> Iterable[Event]:
    messages = DealMessage.objects.filter(request__advertiser=advertiser).select_related("request")
    for message in messages.order_by("-at", "-pk")[:most]:
        yield Event(
            at=message.at,
            what=f"{message.request.reference}: {message.get_direction_display()}",
            url=_page(message.request),
            about=short(message.text),
            by=message.name,
        )


def _bookings(advertiser: Advertiser, most: int) -> Iterable[Event]:
    moves = BookingMove.objects.filter(booking__advertiser=advertiser)
    for move in moves.select_related("booking__position", "actor").order_by("-at", "-pk")[:most]:
        days = [date_format(day, "SHORT_DATE_FORMAT") for day in (move.booking.first_day, move.booking.last_day)]
        yield Event(
            at=move.at,
            what=_("%(position)s, %(days)s: %(status)s")
            % {
                "position": move.booking.position,
                "days": " – ".join(days),
                "status": move.said,
            },
            url=_page(move.booking),
            about=move.note,
            by=name_of(move.actor),
        )


def _posts(advertiser: Advertiser, most: int) -> Iterable[Event]:
    posts = SponsoredPost.objects.filter(advertiser=advertiser, article__isnull=False).select_related("article")
    for post in posts.defer("article__body", "article__standfirst").order_by("-article__created_at")[:most]:
        assert post.article is not None  # noqa: S101  (the filter)
        yield Event(
            at=post.article.created_at,
            what=_("Sponsored story (%(status)s)") % {"status": post.article.get_status_display()},
            url=reverse("admin:articles_article_change", args=[post.article_id]),
            about=post.article.headline,
        )


def _invoices(advertiser: Advertiser, most: int) -> Iterable[Event]:
    """Those of entries that were merged into this one too."""
    own = Q(advertiser=advertiser) | Q(advertiser__merged_into=advertiser)
    for invoice in Invoice.objects.filter(own).order_by("-issued_at", "-pk")[:most]:
        yield Event(
            at=invoice.issued_at,
            what=f"{invoice.get_kind_display()} {invoice.number}: {invoice.total} {invoice.currency}",
            url=_page(invoice),
            about=invoice.reason,
        )


def _payments(advertiser: Advertiser, most: int) -> Iterable[Event]:
    own = Q(invoice__advertiser=advertiser) | Q(invoice__advertiser__merged_into=advertiser)
    payments = Payment.objects.filter(own).select_related("invoice", "entered_by")
    for payment in payments.order_by("-entered_at", "-pk")[:most]:
        amount = {"amount": f"{payment.amount} {payment.invoice.currency}", "number": payment.invoice.number}
        yield Event(
            at=payment.entered_at,
            what=_("%(amount)s paid on %(number)s") % amount,
            url=_page(payment.invoice),
            about=payment.reference,
            by=name_of(payment.entered_by),
        )


def _notes(advertiser: Advertiser, most: int) -> Iterable[Event]:
    for note in advertiser.entries.select_related("author").order_by("-at", "-pk")[:most]:
        is_merge = note.kind == AdvertiserNote.Kind.MERGED
        what = _("Another entry of this firm was merged into this one") if is_merge else _("Note")
        yield Event(at=note.at, what=what, about=note.text if is_merge else short(note.text), by=name_of(note.author))


def _done(advertiser: Advertiser, most: int) -> Iterable[Event]:
    done = NextAction.objects.filter(
        Q(advertiser=advertiser) | Q(request__advertiser=advertiser), done_at__isnull=False
    ).select_related("done_by")
    for action in done.order_by("-done_at")[:most]:
        yield Event(at=action.done_at or timezone.now(), what=_("Done"), about=action.what, by=name_of(action.done_by))


SOURCES: list[Callable[[Advertiser, int], Iterable[Event]]] = [
    _requests,
    _moves,
    _quotes,
    _messages,
    _bookings,
    _posts,
    _invoices,
    _payments,
    _notes,
    _done,
]


def short(text: str) -> str:
    """The beginning of a text, on one line."""
    plain = " ".join(text[:1000].split())
    return plain if len(plain) <= 160 else plain[:159] + "…"


def name_of(user: User | None) -> str:
    return (user.get_full_name() or user.username) if user else ""


def _page(obj: AdRequest | Booking) -> str:
    return reverse(f"admin:ads_{obj._meta.model_name}_change", args=[obj.pk])
