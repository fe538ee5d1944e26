"""Invoices: issue, pay, credit, pay back. What was issued never changes; every correction is a further row.

What is left to pay is nowhere stored: it is the total less credit notes and payments. All verbs lock the deal, so that
two people at once never credit or pay more than there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from articles.models import User

from . import deals, invoice_letters, seller
from .models import AdRequest, Invoice, InvoiceCounter, InvoiceLine, Payment, Quote
from .models.invoice import NOTHING
from .money import Totals, cents
from .paper.wording import describe

Status = AdRequest.Status


class BillingRefused(Exception):
    """Raised when an invoice, a payment or a credit note cannot be written; its text is a sentence for who tried."""


# The same entry by the same person within this time is the second of two clicks.
SECOND_CLICK = timedelta(minutes=1)


def issue(request: AdRequest, *, by: User | None, at: datetime, note: str = "") -> Invoice:
    """Invoice what was agreed, from the accepted quote, and mail it. The deal is invoiced from now on; one that goes on
    already (on credit, or a corrected invoice) stays where it is. Raises BillingRefused and `deals.IllegalMove`."""
    with transaction.atomic():
        deal = _locked(request)
        if open_one := standing(deal):
            raise BillingRefused(_("There is an invoice already: %(number)s.") % {"number": open_one.number})
        quote = deal.quotes.filter(status=Quote.Status.ACCEPTED).first()
        if quote is None:
            raise BillingRefused(_("Nothing was accepted yet, so there is nothing to invoice."))
        is_correction = deal.status in (Status.SCHEDULED, Status.LIVE, Status.DELIVERED) and deal.invoices.exists()
        if not is_correction:
            if deal.status != Status.ACCEPTED:
                raise BillingRefused(_("Only a deal that was accepted, and is not invoiced yet, is invoiced."))
            deals.move(deal, Status.INVOICED, by=by, at=at, note=note or quote.number)
        with translation.override(quote.language):
            invoice = _write(deal, quote, by=by, at=at)
        if not invoice.total and deal.status == Status.INVOICED:
            deals.move(deal, Status.PAID, by=by, at=at, note=invoice.number)
        invoice_letters.issued(invoice, at=at)
    request.status = deal.status
    return invoice


def pay(
    invoice: Invoice,
    *,
    amount: Decimal,
    paid_on: date,
    by: User | None,
    at: datetime,
    method: str = Payment.Method.TRANSFER,
    reference: str = "",
    note: str = "",
    keeps_overpaid: bool = False,
) -> Payment:
    """Enter money that came in, and mail a receipt; a deal of which nothing is left to pay is paid.

    More than is due is refused, unless `keeps_overpaid` and a note say that it is meant: then it is owed back.
    """
    with transaction.atomic():
        deal = _locked(invoice.request)
        due = _fresh(invoice).balance()
        if invoice.is_credit or amount <= 0 or cents(amount) != amount:
            raise BillingRefused(_("A payment is an amount above zero with at most two decimals, on an invoice."))
        if paid_on > timezone.localdate(at):
            raise BillingRefused(_("The day of the payment lies in the future."))
        if amount > due and not (keeps_overpaid and note):
            raise BillingRefused(
                _("Only %(due)s %(currency)s are due. If more came in, say so, and write a note what becomes of it.")
                % {"due": max(due, NOTHING), "currency": invoice.currency}
            )
        said = {"paid_on": paid_on, "method": method, "reference": reference, "note": note}
        payment, is_new = _enter(invoice, amount, Payment.Kind.RECEIVED, said, by=by, at=at)
        if not is_new:
            return payment
        left = due - amount
        _settle(deal, left, invoice, by=by, at=at)
        invoice_letters.payment_received(payment, left=left, at=at)
    return payment


def reverse(invoice: Invoice, *, payment: Payment, by: User | None, at: datetime, note: str) -> Payment:
    """Take back an entry that was wrong, by a counter entry. A deal that was paid by it is invoiced again."""
    with transaction.atomic():
        deal = _locked(invoice.request)
        if payment.invoice_id != invoice.pk or payment.kind == Payment.Kind.REVERSAL:
            raise BillingRefused(_("Choose a payment of this invoice."))
        if Payment.objects.filter(reverses=payment).exists():
            raise BillingRefused(_("This payment was taken back already."))
        counter = Payment.objects.create(
            invoice=invoice,
            kind=Payment.Kind.REVERSAL,
            reverses=payment,
            amount=-payment.amount,
            paid_on=payment.paid_on,
            method=payment.method,
            reference=payment.reference,
            note=note,
            entered_by=by,
            entered_at=at,
        )
        left = _fresh(invoice).balance()
        if left > 0 and deal.status == Status.PAID:
            deals.move(deal, Status.INVOICED, by=by, at=at, note=note)
        _settle(deal, left, invoice, by=by, at=at)
        invoice_letters.payment_corrected(counter, left=left, at=at)
        if left > 0 and deal.status in Status.delivering():
            invoice_letters.runs_unpaid(counter, left=left)
    return counter


def refund(
    invoice: Invoice,
    *,
    amount: Decimal,
    paid_on: date,
    by: User | None,
    at: datetime,
    method: str = Payment.Method.TRANSFER,
    reference: str = "",
    note: str = "",
) -> Payment:
    """Enter money that was paid back: no more than is owed after a credit note or an overpayment."""
    with transaction.atomic():
        _locked(invoice.request)
        owed = -_fresh(invoice).balance()
        if amount <= 0 or cents(amount) != amount or amount > owed:
            raise BillingRefused(
                _("%(owed)s %(currency)s are owed back, no more.")
                % {"owed": max(owed, NOTHING), "currency": invoice.currency}
            )
        if paid_on > timezone.localdate(at):
            raise BillingRefused(_("The day of the payment lies in the future."))
        said = {"paid_on": paid_on, "method": method, "reference": reference, "note": note}
        payment, is_new = _enter(invoice, -amount, Payment.Kind.REFUND, said, by=by, at=at)
        if not is_new:
            return payment
        invoice_letters.refunded(payment, at=at)
    return payment


def credit(
    invoice: Invoice,
    *,
    by: User | None,
    at: datetime,
    note: str,
    lines: Iterable[InvoiceLine] = (),
    amount: Decimal | None = None,
) -> Invoice:
    """Write a credit note: for whole lines, for a net amount, or without either for all that is left. `note` is the
    reason that stands on it.

    A deal whose invoice is credited whole before it begins is accepted again, and can be invoiced anew.
    """
    with transaction.atomic():
        deal = _locked(invoice.request)
        invoice = _fresh(invoice)
        rows, totals = _credited_rows(invoice, lines=list(lines), amount=amount)
        if not note:
            raise BillingRefused(_("Say why: the reason stands on the credit note."))
        just_now = {"reason": note, "total": totals.total, "issued_by": by, "issued_at__gt": at - SECOND_CLICK}
        if by and (again := invoice.credit_notes.filter(**just_now).first()):
            return again
        serial, number, day = _number(Invoice.Kind.CREDIT, at=at)
        credit_note = _copy(invoice)
        credit_note.kind, credit_note.credits, credit_note.reason = Invoice.Kind.CREDIT, invoice, note
        credit_note.number, credit_note.year, credit_note.serial = number, day.year, serial
        credit_note.issued_on, credit_note.due_on, credit_note.issued_at, credit_note.issued_by = day, None, at, by
        credit_note.net, credit_note.tax, credit_note.total = totals.net, totals.tax, totals.total
        credit_note.save(force_insert=True)
        for order, row in enumerate(rows):
            row.invoice, row.order = credit_note, order
        InvoiceLine.objects.bulk_create(rows)
        invoice = _fresh(invoice)
        if not invoice.is_open():
            if deal.status in (Status.INVOICED, Status.PAID):
                deals.move(deal, Status.ACCEPTED, by=by, at=at, note=f"{number}: {note}"[:300])
        else:
            _settle(deal, invoice.balance(), invoice, by=by, at=at)
        invoice_letters.credited(credit_note, left=invoice.balance(), at=at)
    return credit_note


def grant_credit(request: AdRequest, *, by: User | None, at: datetime, note: str) -> None:
    """Let an invoiced deal begin before it is paid. The invoice stays due. Raises BillingRefused and
    `deals.IllegalMove`."""
    if not note:
        raise BillingRefused(_("Say why they may pay later: it stands in the history."))
    with transaction.atomic():
        deal = _locked(request)
        if deal.status != Status.INVOICED:
            raise BillingRefused(_("Only a deal that is invoiced and not paid can begin on credit."))
        deals.move(deal, Status.SCHEDULED, by=by, at=at, note=note)
    request.status = deal.status


def standing(deal: AdRequest) -> Invoice | None:
    """The invoice of a deal that was not credited whole."""
    found = deal.invoices.invoices().prefetch_related("credit_notes")
    return next((invoice for invoice in found if invoice.is_open()), None)


def paid_on(deal: AdRequest) -> date | None:
    """The day from which nothing was left to pay of a deal that began on credit; None while something is."""
    invoice = standing(deal)
    if invoice is None or invoice.balance() > 0:
        return None
    return max((payment.paid_on for payment in invoice.payments.all()), default=None)


def after_cancelling(deal: AdRequest) -> list[str]:
    """What the books still want when a deal ends before it is delivered: a sentence each."""
    said = []
    for invoice in deal.invoices.invoices().prefetch_related("credit_notes", "payments"):
        named = {"number": invoice.number, "currency": invoice.currency}
        paid = invoice.paid()
        if invoice.is_open():
            left = named | {"amount": invoice.total - invoice.credited()}
            said.append(_("Invoice %(number)s stands: credit %(amount)s %(currency)s by a credit note.") % left)
        elif invoice.balance() < 0:
            paid = -invoice.balance()
        else:
            continue
        if paid > 0:
            said.append(
                _("%(amount)s %(currency)s were paid on %(number)s: pay back what was not delivered.")
                % (named | {"amount": paid})
            )
    return said


def left_to_credit(invoice: Invoice) -> Totals:
    """What no credit note has taken back yet."""
    notes = invoice.credit_notes.all()
    return Totals(
        net=invoice.net - sum((note.net for note in notes), NOTHING),
        tax=invoice.tax - sum((note.tax for note in notes), NOTHING),
    )


def _locked(request: AdRequest) -> AdRequest:
    return AdRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)


def _fresh(invoice: Invoice) -> Invoice:
    return Invoice.objects.select_related("request").prefetch_related("credit_notes", "payments").get(pk=invoice.pk)


def _enter(
    invoice: Invoice, amount: Decimal, kind: str, said: dict[str, Any], *, by: User | None, at: datetime
) -> tuple[Payment, bool]:
    """An entry of money, and whether it is new: the second of two clicks finds that of the first. The caller holds the
    deal's row. Two true payments that are alike in all that was said differ in a minute."""
    alike = said | {"amount": amount, "kind": kind, "entered_by": by}
    found = invoice.payments.filter(**alike, reversal=None, entered_at__gt=at - SECOND_CLICK)
    if by and (first := found.first()):
        return first, False
    return Payment.objects.create(invoice=invoice, entered_at=at, **alike), True


def _settle(deal: AdRequest, left: Decimal, invoice: Invoice, *, by: User | None, at: datetime) -> None:
    if left <= 0 and deal.status == Status.INVOICED:
        deals.move(deal, Status.PAID, by=by, at=at, note=invoice.number)


def _number(kind: str, *, at: datetime) -> tuple[int, str, date]:
    """The next number of a kind in the year of a day, and that day. The counter is locked by its update until the
    transaction ends, so numbers come one by one and none is lost."""
    day = timezone.localdate(at)
    counter, _new = InvoiceCounter.objects.get_or_create(kind=kind, year=day.year)
    InvoiceCounter.objects.filter(pk=counter.pk).update(last=F("last") + 1)
    serial = InvoiceCounter.objects.values_list("last", flat=True).get(pk=counter.pk)
    prefix = settings.CREDIT_NOTE_PREFIX if kind == Invoice.Kind.CREDIT else settings.INVOICE_PREFIX
    return serial, f"{prefix}-{day.year}-{serial:04d}", day


def _write(deal: AdRequest, quote: Quote, *, by: User | None, at: datetime) -> Invoice:
    """The rows of an invoice, in the language that is active."""
    us, totals = seller.now(quote.language), quote.totals()
    serial, number, day = _number(Invoice.Kind.INVOICE, at=at)
    invoice = Invoice.objects.create(
        request=deal,
        quote=quote,
        advertiser=deal.advertiser,
        number=number,
        year=day.year,
        serial=serial,
        language=quote.language,
        seller=us.name,
        seller_details=us.details,
        bank_details=us.bank,
        terms=us.terms,
        buyer=(deal.advertiser and deal.advertiser.billing_name) or deal.company,
        buyer_details=seller.of_buyer(deal),
        currency=quote.currency,
        tax_name=quote.tax_name,
        tax_rate=quote.tax_rate,
        net=totals.net,
        tax=totals.tax,
        total=totals.total,
        issued_on=day,
        due_on=day + timedelta(days=settings.PAYMENT_DAYS),
        issued_at=at,
        issued_by=by,
    )
    rows = []
    for order, line in enumerate(quote.lines.select_related("position", "product")):
        description, details = describe(line)
        rows.append(
            InvoiceLine(
                invoice=invoice,
                order=order,
                description=description,
                details=details,
                quantity=line.quantity,
                unit_price=line.unit_price,
                discount_percent=line.discount_percent,
                discount_reason=line.discount_reason,
                net=line.net,
            )
        )
    InvoiceLine.objects.bulk_create(rows)
    return invoice


def _copy(invoice: Invoice) -> Invoice:
    """The same parties, language, money and tax."""
    fields = {field.attname: getattr(invoice, field.attname) for field in Invoice._meta.concrete_fields}
    del fields["id"]
    return Invoice(**fields)


def _credited_rows(
    invoice: Invoice, *, lines: Sequence[InvoiceLine], amount: Decimal | None
) -> tuple[list[InvoiceLine], Totals]:
    """The lines of a credit note and its totals: never more than is left of any line, or of the whole."""
    left = left_to_credit(invoice)
    if not invoice.is_open():
        raise BillingRefused(_("This invoice was credited whole already."))
    if amount is not None:
        if lines or amount <= 0 or cents(amount) != amount:
            raise BillingRefused(_("Credit lines, or an amount above zero with at most two decimals."))
        with translation.override(invoice.language):
            words = _("Credit on invoice %(number)s") % {"number": invoice.number}
        rows = [InvoiceLine(description=words, quantity=1, unit_price=amount, net=amount)]
    elif lines or not invoice.credit_notes.exists():
        chosen = list(lines) or list(invoice.lines.all())
        if any(line.invoice_id != invoice.pk for line in chosen):
            raise BillingRefused(_("Choose lines of this invoice."))
        if InvoiceLine.objects.filter(credits__in=chosen).exists():
            raise BillingRefused(_("One of these lines was credited already."))
        rows = [_credit_line(line) for line in chosen]
    else:
        with translation.override(invoice.language):
            words = _("The rest of invoice %(number)s") % {"number": invoice.number}
        rows = [InvoiceLine(description=words, quantity=1, unit_price=left.net, net=left.net)]
    net = sum((row.net for row in rows), NOTHING)
    if net > left.net:
        raise BillingRefused(
            _("Only %(left)s %(currency)s before tax are left to credit.")
            % {"left": left.net, "currency": invoice.currency}
        )
    # The last of several takes what rounding left of the tax.
    tax = left.tax if net == left.net else min(Totals.of([net], tax_rate=invoice.tax_rate).tax, left.tax)
    return rows, Totals(net=net, tax=tax)


def _credit_line(line: InvoiceLine) -> InvoiceLine:
    return InvoiceLine(
        credits=line,
        description=line.description,
        details=line.details,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        discount_reason=line.discount_reason,
        net=line.net,
    )
