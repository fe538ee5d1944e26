"""The books by the month, and as tables for the accountant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from . import spreadsheet
from .models import Invoice, Payment
from .models.invoice import NOTHING
from .money import cents


@dataclass(slots=True)
class Month:
    """Money of one month and currency. `open` is what is left to pay today of the invoices of that month."""

    month: date
    currency: str
    invoiced: Decimal = NOTHING
    credited: Decimal = NOTHING
    paid: Decimal = NOTHING
    open: Decimal = NOTHING


def by_month() -> list[Month]:
    """Every month with an entry, the newest first, one row for each currency. Five queries, however many rows."""
    months: dict[tuple[date, str], Month] = {}

    def add(rows: Iterable[dict[str, Any]], currency: str, *names: str, sign: int = 1) -> None:
        for row in rows:
            key = row["month"], row[currency]
            entry = months.setdefault(key, Month(*key))
            for name in names:
                setattr(entry, name, cents(getattr(entry, name) + sign * row["sum"]))

    def grouped(rows, day: str, currency: str, money: str):
        return rows.order_by().annotate(month=TruncMonth(day)).values("month", currency).annotate(sum=Sum(money))

    invoices = Invoice.objects.invoices()
    notes = Invoice.objects.filter(kind=Invoice.Kind.CREDIT)
    payments = Payment.objects.all()
    add(grouped(invoices, "issued_on", "currency", "total"), "currency", "invoiced", "open")
    add(grouped(notes, "issued_on", "currency", "total"), "currency", "credited")
    add(grouped(payments, "paid_on", "invoice__currency", "amount"), "invoice__currency", "paid")
    add(grouped(notes, "credits__issued_on", "currency", "total"), "currency", "open", sign=-1)
    add(grouped(payments, "invoice__issued_on", "invoice__currency", "amount"), "invoice__currency", "open", sign=-1)
    return sorted(months.values(), key=lambda entry: (-entry.month.toordinal(), entry.currency))


def totals(months: Iterable[Month]) -> list[Month]:
    """One row for each currency over all months."""
    sums: dict[str, Month] = {}
    for entry in months:
        row = sums.setdefault(entry.currency, Month(date.min, entry.currency))
        row.invoiced += entry.invoiced
        row.credited += entry.credited
        row.paid += entry.paid
        row.open += entry.open
    return sorted(sums.values(), key=lambda row: row.currency)


def invoices_csv() -> Iterator[str]:
    """Invoices and credit notes in the order of their issue; credit notes below zero."""
    heads = [_("number"), _("kind"), _("credits the invoice"), _("date"), _("due"), _("buyer"), _("country")]
    heads += [_("request"), _("quote"), _("currency"), _("net"), _("tax"), _("tax rate, in percent"), _("total")]
    heads += [_("paid"), _("credited"), _("left to pay"), _("reason")]
    rows = Invoice.objects.with_sums().select_related("credits", "request", "quote__request")
    return spreadsheet.lines(
        heads, (_invoice_row(invoice) for invoice in rows.order_by("issued_at", "pk").iterator(500))
    )


def _invoice_row(invoice: Invoice) -> list[Any]:
    sign = -1 if invoice.is_credit else 1
    return [
        invoice.number,
        invoice.get_kind_display(),
        invoice.credits.number if invoice.credits else "",
        invoice.issued_on,
        invoice.due_on or "",
        invoice.buyer,
        invoice.request.country.code or "",
        invoice.request.reference,
        invoice.quote.number,
        invoice.currency,
        sign * invoice.net,
        sign * invoice.tax,
        invoice.tax_rate,
        sign * invoice.total,
        invoice.paid(),
        invoice.credited(),
        invoice.balance(),
        invoice.reason,
    ]


def payments_csv() -> Iterator[str]:
    """Payments, refunds and counter entries in the order of their entry."""
    heads = [_("paid on"), _("kind"), _("amount"), _("currency"), _("method"), _("reference"), _("invoice")]
    heads += [_("buyer"), _("note"), _("entered"), _("entered by")]
    rows = Payment.objects.select_related("invoice", "entered_by").order_by("entered_at", "pk")
    return spreadsheet.lines(
        heads,
        (
            [
                payment.paid_on,
                payment.get_kind_display(),
                payment.amount,
                payment.invoice.currency,
                payment.get_method_display(),
                payment.reference,
                payment.invoice.number,
                payment.invoice.buyer,
                payment.note,
                payment.entered_at.isoformat(timespec="seconds"),
                payment.entered_by or "",
            ]
            for payment in rows.iterator(500)
        ),
    )
