from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import DecimalField, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ..money import Totals, cents

NOTHING = Decimal("0.00")
# Half of the smallest coin: SQLite adds in binary fractions, so a sum that is nothing may be a hair off.
HAIR = Decimal("0.005")


class Kept(models.QuerySet):
    """Rows of the books: written once. What was wrong is put right by a further row."""

    def delete(self):
        raise TypeError("What stands in the books is never deleted. Write a credit note or a counter entry.")


class KeptModel(models.Model):
    objects: ClassVar[models.Manager] = Kept.as_manager()

    class Meta:
        abstract = True

    def delete(self, *args, **kwargs):
        raise TypeError("What stands in the books is never deleted. Write a credit note or a counter entry.")


class InvoiceCounter(models.Model):
    """The last number given out, by kind and year. `ads.billing` counts it up in the transaction that uses the number,
    so one that is rolled back leaves no gap."""

    kind = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="invoice_counter_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


def _sum(rows: models.QuerySet, field: str) -> Coalesce:
    """The sum of a field over rows that point at the outer row, 0 where there are none."""
    money: DecimalField = DecimalField(max_digits=14, decimal_places=2)
    summed = rows.order_by().values("invoice").annotate(sum=Sum(field)).values("sum")
    return Coalesce(Subquery(summed, output_field=money), Value(NOTHING), output_field=money)


class InvoiceQuerySet(Kept):
    def invoices(self) -> InvoiceQuerySet:
        return self.filter(kind=Invoice.Kind.INVOICE)

    def with_sums(self) -> InvoiceQuerySet:
        """With `credited_sum`, `paid_sum` and `balance_sum`, for lists and filters."""
        credits = Invoice.objects.filter(credits=OuterRef("pk")).annotate(invoice=models.F("credits"))
        payments = Payment.objects.filter(invoice=OuterRef("pk"))
        return self.annotate(credited_sum=_sum(credits, "total"), paid_sum=_sum(payments, "amount")).annotate(
            balance_sum=models.F("total") - models.F("credited_sum") - models.F("paid_sum")
        )

    def owing(self) -> InvoiceQuerySet:
        """Invoices of which something is still to be paid."""
        return self.invoices().with_sums().filter(balance_sum__gt=HAIR)

    def overdue(self, today: date) -> InvoiceQuerySet:
        return self.owing().filter(due_on__lt=today)


class Invoice(KeptModel):
    """An invoice, or a credit note on one: what it said when it was issued, for ever. `ads.billing` writes it, the
    database refuses changes (`ads.sealing`), and what is left to pay is computed from the rows around it."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT = "credit", _("Credit note")

    request = models.ForeignKey("ads.AdRequest", models.PROTECT, related_name="invoices", verbose_name=_("request"))
    quote = models.ForeignKey("ads.Quote", models.PROTECT, related_name="invoices", verbose_name=_("quote"))
    advertiser = models.ForeignKey(
        "ads.Advertiser", models.PROTECT, null=True, related_name="invoices", verbose_name=_("advertiser")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.INVOICE)
    credits = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="credit_notes", verbose_name=_("credits the invoice")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    number = models.CharField(_("number"), max_length=32, unique=True)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    seller = models.CharField(_("seller"), max_length=160)
    seller_details = models.TextField(_("address and tax number of the seller"), blank=True)
    bank_details = models.TextField(_("bank details"), blank=True)
    terms = models.TextField(_("terms"), blank=True)
    buyer = models.CharField(_("buyer"), max_length=160)
    buyer_details = models.TextField(_("contact and address of the buyer"), blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    tax_name = models.CharField(_("tax"), max_length=40, blank=True)
    tax_rate = models.DecimalField(_("tax rate, in percent"), max_digits=5, decimal_places=2)
    net = models.DecimalField(_("net"), max_digits=12, decimal_places=2)
    tax = models.DecimalField(_("tax"), max_digits=12, decimal_places=2)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    issued_on = models.DateField(_("date"))
    due_on = models.DateField(_("due"), null=True)
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("issued by")
    )

    objects: ClassVar[models.Manager] = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "-pk"]
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        default_permissions = ("view", "add")
        permissions = [
            ("enter_payment", "Can enter payments and take wrong ones back"),
            ("credit_invoice", "Can write credit notes and pay money back"),
            ("grant_credit", "Can let a deal begin before it is paid"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "serial"], name="invoice_serial_once"),
            models.CheckConstraint(
                condition=Q(kind="invoice", credits=None, due_on__isnull=False, reason="")
                | (Q(kind="credit", credits__isnull=False, due_on=None) & ~Q(reason="")),
                name="invoice_or_credit_with_reason",
            ),
            models.CheckConstraint(condition=Q(net__gte=0, tax__gte=0, total__gte=0), name="invoice_not_negative"),
        ]
        indexes = [
            # Reminders and what is overdue (ads/reminders.py, the admin's filter).
            models.Index(fields=["due_on"], name="invoice_due"),
            # Month totals and the list, the newest first.
            models.Index(fields=["issued_on"], name="invoice_issued"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_credit(self) -> bool:
        return self.kind == self.Kind.CREDIT

    def totals(self) -> Totals:
        return Totals(net=self.net, tax=self.tax)

    def credited(self) -> Decimal:
        if hasattr(self, "credited_sum"):
            return cents(self.credited_sum)
        return sum((note.total for note in self.credit_notes.all()), NOTHING)

    def paid(self) -> Decimal:
        """What came in, less what was taken back or paid back."""
        if hasattr(self, "paid_sum"):
            return cents(self.paid_sum)
        return sum((payment.amount for payment in self.payments.all()), NOTHING)

    def balance(self) -> Decimal:
        """What is left to pay; below zero, what is owed to the advertiser."""
        return NOTHING if self.is_credit else self.total - self.credited() - self.paid()

    def is_open(self) -> bool:
        """An invoice that stands: it was not credited whole."""
        return not self.is_credit and (self.credited() < self.total or not (self.total or self.credit_notes.exists()))

    def state(self, today: date) -> str:
        """One word for lists and colours: credit, credited, paid, refund, overdue or open."""
        if self.is_credit:
            return "credit"
        balance = self.balance()
        if balance < 0:
            return "refund"
        if balance > 0:
            return "overdue" if self.due_on and self.due_on < today else "open"
        return "credited" if self.total and self.credited() >= self.total else "paid"


class InvoiceLine(KeptModel):
    """One line as it was when the invoice was issued."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    order = models.PositiveSmallIntegerField(default=0)
    # Of a credit note: the line it credits, whole or in part. Empty: an amount without a line.
    credits = models.ForeignKey("self", models.PROTECT, null=True, related_name="credit_lines")
    description = models.CharField(_("description"), max_length=300)
    details = models.CharField(_("details"), max_length=300, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=10, decimal_places=3)
    unit_price = models.DecimalField(_("price of one"), max_digits=12, decimal_places=2)
    discount_percent = models.DecimalField(
        _("discount, in percent"), max_digits=5, decimal_places=2, default=Decimal(0)
    )
    discount_reason = models.CharField(_("reason of the discount"), max_length=200, blank=True)
    net = models.DecimalField(_("net"), max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["invoice", "order", "pk"]
        verbose_name = _("line of an invoice")
        verbose_name_plural = _("lines of an invoice")
        default_permissions = ()

    def __str__(self) -> str:
        return self.description


class Payment(KeptModel):
    """Money that came in, was paid back, or was entered wrongly and taken back. Entered by hand, never changed."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("Received")
        REFUND = "refund", _("Paid back")
        REVERSAL = "reversal", _("Entered wrongly, taken back")

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("Bank transfer")
        CARD = "card", _("Card")
        MOBILE = "mobile", _("Mobile money")
        CHEQUE = "cheque", _("Cheque")
        CASH = "cash", _("Cash")
        OTHER = "other", _("Other")

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments", verbose_name=_("invoice"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.RECEIVED)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversal", verbose_name=_("takes back")
    )
    # Below zero for what went out or was taken back.
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    paid_on = models.DateField(_("paid on"))
    method = models.CharField(_("method"), max_length=8, choices=Method, default=Method.TRANSFER)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered"))

    class Meta:
        ordering = ["invoice", "entered_at", "pk"]
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="received", reverses=None, amount__gt=0)
                | Q(kind="refund", reverses=None, amount__lt=0)
                | Q(kind="reversal", reverses__isnull=False),
                name="payment_sign_follows_kind",
            )
        ]
        # Month totals and the export.
        indexes = [models.Index(fields=["paid_on"], name="payment_day")]

    def __str__(self) -> str:
        return f"{self.amount} {self.paid_on}"


class InvoiceReminder(KeptModel):
    """A reminder that was sent: `days` after the day an invoice was due, below zero before it."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="reminders")
    days = models.SmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["invoice", "at"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["invoice", "days"], name="invoice_reminded_once")]

    def __str__(self) -> str:
        return f"{self.invoice_id}: {self.days}"
