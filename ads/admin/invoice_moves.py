"""Money moves in the admin: of a deal (invoice it, let it begin on credit), and of an invoice."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.moves import Move, MoveForm

from .. import billing, deals, seller
from ..models import AdRequest, Invoice, Quote
from ..paper.wording import amount
from .invoice_forms import CreditForm, MoneyForm, PaymentForm, ReversalForm, WhyForm

Status = AdRequest.Status


def _move(name: str, label, question, verb, permission: str, done, form: type[MoveForm] = MoveForm, **options) -> Move:
    return Move(
        name=name,
        label=label,
        question=question,
        verb=verb,
        targets=options.pop("targets", frozenset([name])),
        permissions=(permission,),
        done=done,
        errors=(billing.BillingRefused, deals.IllegalMove),
        form=form,
        **options,
    )


OF_DEALS = (
    _move(
        "issue",
        gettext_lazy("Issue the invoice"),
        gettext_lazy("Issue the invoice and send it?"),
        billing.issue,
        "ads.add_invoice",
        gettext_lazy("Issued, and on its way to them."),
    ),
    _move(
        "grant-credit",
        gettext_lazy("Begin before payment"),
        gettext_lazy("Let this deal begin before it is paid?"),
        billing.grant_credit,
        "ads.grant_credit",
        gettext_lazy("The deal begins on credit."),
        WhyForm,
        is_grave=True,
    ),
)

OF_INVOICES = (
    _move(
        "pay",
        gettext_lazy("Enter a payment"),
        gettext_lazy("What came in?"),
        billing.pay,
        "ads.enter_payment",
        gettext_lazy("Entered. They get a receipt by mail."),
        PaymentForm,
    ),
    _move(
        "reverse",
        gettext_lazy("Take a wrong payment back"),
        gettext_lazy("Which payment was entered wrongly?"),
        billing.reverse,
        "ads.enter_payment",
        gettext_lazy("Taken back by a counter entry."),
        ReversalForm,
        is_grave=True,
    ),
    _move(
        "credit",
        gettext_lazy("Write a credit note"),
        gettext_lazy("What do they not have to pay?"),
        billing.credit,
        "ads.credit_invoice",
        gettext_lazy("Credited. They get the note by mail."),
        CreditForm,
        is_grave=True,
    ),
    _move(
        "refund",
        gettext_lazy("Enter money paid back"),
        gettext_lazy("What did you pay back?"),
        billing.refund,
        "ads.credit_invoice",
        gettext_lazy("Entered. They are told by mail."),
        MoneyForm,
    ),
)


def of_invoice(invoice: Invoice) -> set[str]:
    """The names of the moves that make sense with an invoice now."""
    if invoice.is_credit:
        return set()
    names = {"pay"} if invoice.is_open() else set()
    if invoice.payments.filter(reverses=None, reversal=None).exists():
        names.add("reverse")
    if invoice.is_open():
        names.add("credit")
    if invoice.balance() < 0:
        names.add("refund")
    return names


def consequences(invoice: Invoice, name: str) -> list[str]:
    """What a move with an invoice will do, in words."""
    sums = {
        "number": invoice.number,
        "left": amount(max(invoice.balance(), 0)),
        "owed": amount(max(-invoice.balance(), 0)),
        "currency": invoice.currency,
    }
    if name == "pay":
        said = [_("%(left)s %(currency)s are left to pay on %(number)s.") % sums]
        if invoice.request.status == Status.INVOICED:
            said.append(_("When nothing is left to pay, the deal is paid and can begin."))
        return [*said, _("They get a receipt by mail, in their language.")]
    if name == "reverse":
        said = [_("The entry stays in the books, with a counter entry beside it.")]
        if invoice.request.status == Status.PAID:
            said.append(_("The deal waits for its payment again."))
        elif invoice.request.status in (Status.SCHEDULED, Status.LIVE):
            said.append(_("The deal goes on. Cancel it if it should not."))
        return [*said, _("They are told by mail that it was a mistake of ours.")]
    if name == "credit":
        said = [_("The invoice stays as it was issued; the credit note takes back what you choose.")]
        if invoice.request.status in (Status.INVOICED, Status.PAID):
            said.append(_("When all is credited, the deal is accepted again and can be invoiced anew."))
        if invoice.paid() > 0:
            said.append(_("What they paid beyond what is left, we owe them. Enter it here when you paid it back."))
        return [*said, _("They get the credit note by mail, in their language.")]
    return [_("%(owed)s %(currency)s are owed back on %(number)s.") % sums]


def _says_who_we_are(language: str) -> list[str]:
    """What goes out with an invoice, and what it will lack for ever where the operator has not set it."""
    us = seller.now(language)
    said = []
    if us.bank:
        said.append(_("They get it by mail, in their language, with how to pay."))
    else:
        said.append(_("They get it by mail, but it does not say where to pay: the operator sets BANK_DETAILS first."))
    if not us.details:
        said.append(_("It names no address and no tax number of ours: the operator sets SELLER_ADDRESS first."))
    return said


class BillingMoves:
    """For the admin of requests, before MovesMixin: which money moves are open, and what stands in `_invoices.html`."""

    def reachable(self, obj: AdRequest) -> set[str]:
        reachable = super().reachable(obj)
        if obj.status == Status.ACCEPTED or (
            obj.status in (Status.SCHEDULED, Status.LIVE, Status.DELIVERED)
            and obj.invoices.exists()
            and billing.standing(obj) is None
        ):
            reachable = {*reachable, "issue"}
        return {*reachable, "grant-credit"} if obj.status == Status.INVOICED else reachable

    def consequences(self, request: HttpRequest, obj: AdRequest, move: Move) -> list[str]:
        if move.name == "grant-credit":
            return [
                _("The deal is scheduled now, and the invoice stays due."),
                _("Your name and the reason stand in the history."),
            ]
        if move.name == "cancel":
            return [*super().consequences(request, obj, move), *billing.after_cancelling(obj)]
        if move.name != "issue":
            return super().consequences(request, obj, move)
        quote = obj.quotes.filter(status=Quote.Status.ACCEPTED).first()
        if quote is None:
            return []
        total = {"total": amount(quote.totals().total), "currency": quote.currency, "number": quote.number}
        return [
            _("%(total)s %(currency)s, from the accepted quote %(number)s.") % total,
            _("It gets the next number and never changes; what is wrong is put right by a credit note."),
            *_says_who_we_are(quote.language),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any):
        obj = context.get("original")
        mine = {move.name for move in OF_DEALS}
        offered = context.get("moves", [])
        context["moves"] = [entry for entry in offered if entry[0].name not in mine]
        context["billing_moves"] = [entry for entry in offered if entry[0].name in mine]
        if obj and request.user.has_perm("ads.view_invoice"):
            context["invoices"] = list(obj.invoices.with_sums().order_by("issued_at", "pk"))
            context["billing_owed"] = billing.after_cancelling(obj) if obj.status == Status.CANCELLED else []
        return super().render_change_form(request, context, *args, **kwargs)
