"""Invoices on the page of a deal, and papers as PDF."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from .. import paper
from ..models import AdRequest, DealLink, Quote
from .deal import deal_page


def part(deal: AdRequest, *, at: datetime, token: str) -> dict[str, Any] | None:
    """Invoices with their credit notes and payments, the newest first. None before there is one."""
    found = deal.invoices.invoices().prefetch_related("credit_notes", "payments").order_by("-issued_on", "-pk")
    today = timezone.localdate(at)
    invoices = [
        {
            "invoice": invoice,
            "state": invoice.state(today),
            "left": max(invoice.balance(), 0),
            "owed": max(-invoice.balance(), 0),
            "paid": invoice.paid(),
            "credited": invoice.credited(),
        }
        for invoice in found
    ]
    return {"invoices": invoices, "token": token} if invoices else None


@deal_page
@require_safe
def quote_paper(request: HttpRequest, token: str, version: int, *, link: DealLink) -> HttpResponse:
    quotes = link.request.quotes.exclude(status=Quote.Status.DRAFT).exclude(sent_at=None).select_related("request")
    quote = get_object_or_404(quotes, version=version)
    return as_download(paper.of_quote(quote), quote.number.replace("/", "-"))


@deal_page
@require_safe
def invoice_paper(request: HttpRequest, token: str, number: str, *, link: DealLink) -> HttpResponse:
    invoice = get_object_or_404(link.request.invoices.select_related("quote__request", "credits"), number=number)
    return as_download(paper.of_invoice(invoice), invoice.number)


def as_download(pdf: bytes, name: str) -> HttpResponse:
    """A PDF to keep. Nobody in between keeps a copy."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
