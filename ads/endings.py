"""How a deal ends early or is put away, with what the other side should hear of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.models import User

from . import conversation, deals
from .models import AdRequest, Booking, Hold


def decline(request: AdRequest, *, by: User | None, at: datetime, note: str = "", words: str = "") -> None:
    """Say no. They get `words` by mail and on their page; what was held back as spam is mailed to nobody."""
    with transaction.atomic():
        deals.decline(request, by=by, at=at, note=note)
        _tell(request, words, gettext_lazy("We cannot take this on"), "declined", by=by, at=at)


def cancel(request: AdRequest, *, by: User | None, at: datetime, note: str = "", words: str = "") -> None:
    """End a deal before it is delivered, and tell the advertiser."""
    with transaction.atomic():
        deals.cancel(request, by=by, at=at, note=note)
        _tell(request, words, gettext_lazy("Cancelled"), "cancelled", by=by, at=at)


def close(request: AdRequest, *, by: User | None, at: datetime, note: str = "") -> None:
    """Nothing is left to do. Raises `deals.IllegalMove` while money is open."""
    for invoice in request.invoices.invoices().prefetch_related("credit_notes", "payments"):
        if open_sum := invoice.balance():
            named = {"number": invoice.number, "sum": abs(open_sum), "currency": invoice.currency}
            raise deals.IllegalMove(
                _("%(sum)s %(currency)s are open on invoice %(number)s. Enter the payment, or credit it, then close.")
                % named
            )
    deals.close(request, by=by, at=at, note=note)


def consequences(request: AdRequest) -> list[str]:
    """What a cancellation takes along, in sentences."""
    running = request.bookings.filter(status=Booking.Status.BOOKED).count()
    held = Hold.objects.filter(line__quote__request=request, state=Hold.State.HELD).count()
    sentences = []
    if running:
        sentences.append(
            ngettext(
                "%(count)d booking stops within a minute, and its days from today on are free again.",
                "%(count)d bookings stop within a minute, and their days from today on are free again.",
                running,
            )
            % {"count": running}
        )
    if held:
        sentences.append(
            ngettext(
                "%(count)d hold of an open quote is given back.", "%(count)d holds of open quotes are given back.", held
            )
            % {"count": held}
        )
    sentences.append(_("They are told by mail. A cancelled deal cannot be opened again, but renewed."))
    return sentences


def _tell(request: AdRequest, words: str, subject, template: str, *, by: User | None, at: datetime) -> None:
    if not request.suspected:
        conversation.say(request, words or "", subject, template, by=by, at=at)
