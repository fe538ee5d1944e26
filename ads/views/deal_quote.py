"""The offer on an advertiser's private page: read it, and say yes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from .. import deals, quote_changes, quoting
from ..models import AdRequest, DealLink, Quote, QuoteLine
from . import deal as deal_view

Status = Quote.Status
WITH_LINES = Prefetch("lines", QuoteLine.objects.select_related("position", "product"))


class AcceptForm(forms.Form):
    """Who says yes, and that they may."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name", "dir": "auto"}),
        error_messages={"required": gettext_lazy("Write your name.")},
    )
    agree = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick this if you may agree. Otherwise pass the link on to who may.")}
    )

    prefix = "accept"

    def __init__(self, *args, company: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agree"].label = _("I may agree to this for %(company)s") % {"company": company}
        for name in self.errors if self.is_bound else []:
            self.fields[name].widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"accept-{name}-error"}


def part(deal: AdRequest, *, at: datetime, token: str) -> dict[str, Any] | None:
    """The offer that counts: the accepted one, else the newest that was sent; with the older ones. None before any
    was sent."""
    offers = list(deal.quotes.filter(sent_at__isnull=False).order_by("-version").prefetch_related(WITH_LINES))
    if not offers:
        return None
    shown = next((offer for offer in offers if offer.status == Status.ACCEPTED), offers[0])
    older = [{"quote": offer, "total": offer.totals().total} for offer in offers if offer is not shown]
    made = _offer(shown, at=at) | {"older": older, "token": token}
    if made["is_open"]:
        made["form"] = AcceptForm(company=deal.company)
        made["accept_address"] = reverse("ads:quote_accept", args=[token, shown.version])
    return made


def preview(quote: Quote, *, at: datetime) -> dict[str, Any]:
    """A draft as it will look: open, its form not to be sent."""
    made = _offer(quote, at=at)
    lines = made["lines"]
    if quote.status == Status.DRAFT:
        until = quoting.expiry_of(quote, lines, at=at)
        made |= {"state": Status.SENT, "is_open": True, "until": until, "days_left": _days_left(until, at)}
    return made | {"form": AcceptForm(company=quote.request.company), "is_preview": True, "older": []}


def _offer(quote: Quote, *, at: datetime) -> dict[str, Any]:
    lines = list(quote.lines.all())
    changes = quote_changes.since(quote_changes.version_before(quote), lines)
    is_open = quote.is_open(at)
    return {
        "quote": quote,
        "lines": lines,
        "rows": [{"line": line, "changes": said} for line, said in zip(lines, changes.of_lines, strict=True)],
        "changes": changes,
        "totals": quote.totals(),
        "is_open": is_open,
        # Past its time is expired, whether the worker has come round or not.
        "state": Status.EXPIRED if quote.status == Status.SENT and not is_open else quote.status,
        "until": quote.valid_until,
        "days_left": _days_left(quote.valid_until, at),
    }


def _days_left(until: datetime | None, at: datetime) -> int | None:
    return max((until - at) // timedelta(days=1), 0) if until else None


@deal_view.deal_page
@require_POST
def accept(request: HttpRequest, token: str, version: int, *, link: DealLink) -> HttpResponse:
    """Say yes to one version of this deal. The second of two clicks finds it accepted, and lands on the same page."""
    at = timezone.now()
    quote = get_object_or_404(link.request.quotes.filter(sent_at__isnull=False), version=version)
    form = AcceptForm(request.POST, company=link.request.company)
    if not form.is_valid():
        # Of an offer that is closed by now there is no form to correct: the page says what became of it.
        answer = {"form": form} if quote.is_open(at) else {}
        return _again(request, token, link, answer, at=at, status=400)
    try:
        quoting.accept(quote, name=form.cleaned_data["name"], at=at)
    except (quoting.QuoteRefused, deals.IllegalMove) as refusal:
        return _again(request, token, link, {"refusal": str(refusal)}, at=at, status=409)
    return redirect(f"{reverse('ads:deal', args=[token])}?said=accepted#offer")


def _again(
    request: HttpRequest, token: str, link: DealLink, answer: dict[str, Any], *, at: datetime, status: int
) -> HttpResponse:
    """The page with `answer` laid over what the offer says: a form with errors, a refusal."""
    deal = AdRequest.objects.get(pk=link.request_id)
    link.request = deal
    shown = (part(deal, at=at, token=token) or {}) | answer
    return deal_view.draw(request, token, link, at=at, status=status, is_wrong=True, parts={"quote": shown})
