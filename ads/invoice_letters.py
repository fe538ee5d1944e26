"""What an advertiser is told about their money, in their language; the desk is told with them where it must act."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from . import letters
from .models import Invoice, Payment
from .paper.wording import amount


def issued(invoice: Invoice, *, at: datetime) -> None:
    _tell(invoice, gettext_lazy("Our invoice"), "invoice_issued", {"due": amount(invoice.total)}, at=at)


def payment_received(payment: Payment, *, left: Decimal, at: datetime) -> None:
    said = _about(payment, left)
    _tell(payment.invoice, gettext_lazy("We received your payment"), "payment_received", said, at=at)


def payment_corrected(payment: Payment, *, left: Decimal, at: datetime) -> None:
    said = _about(payment, left)
    _tell(payment.invoice, gettext_lazy("A payment was entered wrongly"), "payment_corrected", said, at=at)


def refunded(payment: Payment, *, at: datetime) -> None:
    said = _about(payment, Decimal(0))
    _tell(payment.invoice, gettext_lazy("We paid money back to you"), "money_refunded", said, at=at)


def credited(note: Invoice, *, left: Decimal, at: datetime) -> None:
    said = {
        "number": note.credits and note.credits.number,
        "credited": amount(note.total),
        "left": amount(left) if left > 0 else "",
        "owed": amount(-left) if left < 0 else "",
    }
    _tell(note, gettext_lazy("Credit note"), "invoice_credited", said, at=at)


def due_soon(invoice: Invoice, *, left: Decimal, at: datetime, key: str) -> None:
    subject = gettext_lazy("Your invoice is due soon")
    _tell(invoice, subject, "invoice_due_soon", {"left": amount(left)}, at=at, key=key)


def overdue(invoice: Invoice, *, left: Decimal, days: int, at: datetime, key: str) -> None:
    """To the advertiser, and to the desk that it was sent."""
    said = {"left": amount(left), "days": days}
    _tell(invoice, gettext_lazy("Your invoice is overdue"), "invoice_overdue", said, at=at, key=key)
    letters.to_desk(
        invoice.request,
        gettext_lazy("Invoice overdue"),
        "invoice_overdue_desk",
        {"invoice": invoice, **said},
        key=f"{key}:desk" if key else "",
    )


def runs_unpaid(payment: Payment, *, left: Decimal) -> None:
    """To the desk: a payment was taken back of a deal that runs. Whether it goes on is for a person to say."""
    invoice = payment.invoice
    said = {"invoice": invoice, "left": amount(left)}
    letters.to_desk(
        invoice.request, gettext_lazy("Runs unpaid"), "runs_unpaid_desk", said, key=f"payment-{payment.pk}-runs-unpaid"
    )


def _about(payment: Payment, left: Decimal) -> dict[str, Any]:
    return {
        "payment": payment,
        "amount": amount(abs(payment.amount)),
        "left": amount(left) if left > 0 else "",
        "owed": amount(-left) if left < 0 else "",
    }


def _tell(
    invoice: Invoice, subject: str | Promise, template: str, said: dict[str, Any], *, at: datetime, key: str = ""
) -> None:
    letters.to_advertiser(invoice.request, subject, template, {"invoice": invoice, **said}, at=at, key=key)
