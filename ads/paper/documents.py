"""The three papers: what stands on them, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles import branding
from articles.models import Brand
from articles.models.brand import logo_at

from .. import seller
from ..models import Invoice, InvoiceLine, Quote, QuoteLine
from ..money import Totals
from .sheet import INNER, QUIET, RULE, Column, Sheet
from .text import clean, one_line
from .wording import amount, comma, describe, quantity

# More lines than a person would read are not drawn; the totals count them all.
MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    details: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper says, in its language and ready to be drawn."""

    language: str
    title: str
    number: str
    seller: str
    seller_details: str
    buyer: str
    buyer_details: str
    facts: Sequence[tuple[str, str]]
    rows: Sequence[Row]
    currency: str
    tax_label: str
    totals: Totals
    total_label: str
    notes: Sequence[tuple[str, str]]
    logo: bytes | None


def of_quote(quote: Quote) -> bytes:
    """A quote as PDF."""
    with translation.override(quote.language):
        return _draw(_quote(quote))


def of_invoice(invoice: Invoice) -> bytes:
    """An invoice or a credit note as PDF. It says what stands in its rows, and nothing that came later, so that two
    copies of one paper are alike."""
    with translation.override(invoice.language):
        return _draw(_credit(invoice) if invoice.is_credit else _invoice(invoice))


def _quote(quote: Quote) -> Paper:
    us, deal = seller.now(quote.language), quote.request
    facts = [(_("Number"), quote.number)]
    if quote.sent_at:
        facts.append((_("Date"), _day(timezone.localdate(quote.sent_at))))
    if quote.valid_until:
        facts.append((_("Valid until"), date_format(timezone.localtime(quote.valid_until), "j F Y, H:i")))
    if quote.accepted_at:
        accepted = _("%(day)s by %(name)s") % {
            "day": _day(timezone.localdate(quote.accepted_at)),
            "name": one_line(quote.accepted_by, 120),
        }
        facts.append((_("Accepted"), accepted))
    return Paper(
        language=quote.language,
        title=_("Quote"),
        number=quote.number,
        seller=us.name,
        seller_details=us.details,
        buyer=deal.company,
        buyer_details=seller.of_buyer(deal),
        facts=facts,
        rows=[_row(line, *describe(line)) for line in _lines(quote)],
        currency=quote.currency,
        tax_label=_tax(quote.tax_name, quote.tax_rate),
        totals=quote.totals(),
        total_label=_("Total"),
        notes=[(_("To you"), quote.words), (_("Terms"), us.terms)],
        logo=branding.paper_logo(Brand.current().paper_logo(quote.language)),
    )


def _invoice(invoice: Invoice) -> Paper:
    due = _day(invoice.due_on) if invoice.due_on else ""
    how = _("Please give the reference %(number)s with your payment.") % {"number": invoice.number}
    return _books(
        invoice,
        title=_("Invoice"),
        total_label=_("To pay"),
        facts=[(_("Due"), due), (_("Your offer"), invoice.quote.number)],
        notes=[
            (_("How to pay"), f"{invoice.bank_details}\n{how}".strip()),
            (_("Terms"), invoice.terms),
        ],
    )


def _credit(note: Invoice) -> Paper:
    credited = note.credits or note
    of_invoice = _("%(number)s of %(day)s") % {"number": credited.number, "day": _day(credited.issued_on)}
    return _books(
        note,
        title=_("Credit note"),
        total_label=_("Credited"),
        facts=[(_("On the invoice"), of_invoice)],
        notes=[(_("Reason"), note.reason)],
    )


def _books(
    invoice: Invoice,
    *,
    title: str,
    total_label: str,
    facts: Sequence[tuple[str, str]],
    notes: Sequence[tuple[str, str]],
) -> Paper:
    return Paper(
        language=invoice.language,
        title=title,
        number=invoice.number,
        seller=invoice.seller,
        seller_details=invoice.seller_details,
        buyer=invoice.buyer,
        buyer_details=invoice.buyer_details,
        facts=[(_("Number"), invoice.number), (_("Date"), _day(invoice.issued_on)), *facts],
        rows=[_row(line, line.description, line.details) for line in invoice.lines.all()[:MOST_LINES]],
        currency=invoice.currency,
        tax_label=_tax(invoice.tax_name, invoice.tax_rate),
        totals=invoice.totals(),
        total_label=total_label,
        notes=notes,
        # As it was on that day: a new logo does not change what was sent.
        logo=branding.paper_logo(logo_at(invoice.language, invoice.issued_at)),
    )


def _lines(quote: Quote) -> Sequence[QuoteLine]:
    return list(quote.lines.select_related("position", "product")[:MOST_LINES])


def _row(line: QuoteLine | InvoiceLine, text: str, details: str) -> Row:
    if line.discount_percent and line.discount_reason:
        details = comma().join(filter(None, [details, line.discount_reason]))
    return Row(text, details, line.quantity, line.unit_price, line.discount_percent, line.net)


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _tax(name: str, rate: Decimal) -> str:
    if not rate:
        return ""
    named = one_line(name, 40) or _("Tax")
    return f"{named} {quantity(rate)} %"


def _draw(paper: Paper) -> bytes:
    sheet = Sheet(paper.language)
    sheet.set_title(f"{paper.title} {paper.number}")
    sheet.set_author(one_line(paper.seller, 160))
    sheet.set_creator(one_line(paper.seller, 160))
    _letterhead(sheet, paper)
    _parties(sheet, paper)
    amount_head = _("Amount in %(currency)s") % {"currency": paper.currency}
    wide = _amounts_width(sheet, paper, amount_head)
    _rows(sheet, paper, amount_head, wide)
    _totals(sheet, paper, wide)
    for heading, text in paper.notes:
        if text := clean(text, 4000):
            _note(sheet, heading, "\n".join(text.split("\n")[:80]))
    sheet.feet(f"{one_line(paper.seller, 80)} · {paper.title} {paper.number}", _("Page %(page)s of %(pages)s"))
    return bytes(sheet.output())


def _letterhead(sheet: Sheet, paper: Paper) -> None:
    sheet.masthead(one_line(paper.seller, 160), paper.title, paper.logo)
    sheet.set_y(sheet.get_y() + 1)
    height = sheet.type(8.5, colour=QUIET)
    for line in clean(paper.seller_details, 800).split("\n")[:8]:
        if line:
            sheet.put(0, INNER, line, height)
    sheet.set_y(sheet.get_y() + 3)
    sheet.rule()
    sheet.set_y(sheet.get_y() + 7)


def _parties(sheet: Sheet, paper: Paper) -> None:
    top = sheet.get_y()
    half = INNER * 0.5
    height = sheet.type(8, colour=QUIET)
    sheet.put(0, half - 6, _("For"), height)
    height = sheet.type(11, bold=True)
    sheet.put(0, half - 6, one_line(paper.buyer, 160), height)
    height = sheet.type(9)
    for line in clean(paper.buyer_details, 800).split("\n")[:8]:
        if line:
            sheet.put(0, half - 6, line, height)
    bottom = sheet.get_y()
    sheet.set_y(top)
    for label, value in paper.facts:
        if not value:
            continue
        here = sheet.get_y()
        height = sheet.type(9, colour=QUIET)
        sheet.put(half, 30, label, height)
        after_label = sheet.get_y()
        sheet.set_y(here)
        height = sheet.type(9)
        sheet.put(half + 30, half - 30, value, height)
        sheet.set_y(max(after_label, sheet.get_y()) + 0.8)
    sheet.set_y(max(bottom, sheet.get_y()) + 8)


def _amounts_width(sheet: Sheet, paper: Paper, head: str) -> float:
    """Amounts and totals end in one line, so their column is as wide as the widest of them."""
    sheet.type(8, bold=True)
    widest = sheet.width_of([head])
    sheet.type(9.5)
    widest = max(widest, sheet.width_of(amount(row.net) for row in paper.rows))
    sheet.type(12, bold=True)
    return max(widest, sheet.width_of([_in_full(paper)])) + 4


def _in_full(paper: Paper) -> str:
    return f"{amount(paper.totals.total)} {paper.currency}"


def _rows(sheet: Sheet, paper: Paper, amount_head: str, wide: float) -> None:
    has_discount = any(row.discount for row in paper.rows)
    numbers = [
        Column(_("Quantity"), 20, True),
        Column(_("Price"), 26, True),
        *([Column(_("Discount"), 22, True)] if has_discount else []),
        Column(amount_head, wide, True),
    ]
    columns = [Column(_("Description"), INNER - sum(column.width for column in numbers)), *numbers]
    rows = []
    for row in paper.rows:
        text = "\n".join([one_line(row.text), one_line(row.details, 500)])
        discount = [f"{quantity(row.discount)} %" if row.discount else ""] if has_discount else []
        rows.append([text, quantity(row.quantity), amount(row.unit_price), *discount, amount(row.net)])
    sheet.draw_table(columns, rows)


def _totals(sheet: Sheet, paper: Paper, wide: float) -> None:
    lines = [(_("Net"), paper.totals.net), (paper.tax_label, paper.totals.tax)] if paper.tax_label else []
    sheet.room_for(8.0 * len(lines) + 16)
    sheet.set_y(sheet.get_y() + 2)
    begin, width = INNER * 0.5, INNER * 0.5
    for label, value in lines:
        height = sheet.type(9.5)
        top = sheet.get_y()
        sheet.put(begin, width - wide, label, height)
        bottom = sheet.get_y()
        sheet.set_y(top)
        sheet.number(begin + width - wide, wide, amount(value), height)
        sheet.set_y(bottom + 1)
    sheet.rule(start=begin, width=width, colour=RULE)
    sheet.set_y(sheet.get_y() + 1.5)
    height = sheet.type(12, bold=True)
    top = sheet.get_y()
    sheet.put(begin, width - wide, paper.total_label, height)
    sheet.set_y(top)
    sheet.number(begin + width - wide, wide, _in_full(paper), height)
    sheet.set_y(top + height + 8)


def _note(sheet: Sheet, heading: str, text: str) -> None:
    sheet.room_for(16)
    height = sheet.type(9, bold=True)
    sheet.put(0, INNER, heading, height)
    sheet.paragraphs(text)
    sheet.set_y(sheet.get_y() + 3)
