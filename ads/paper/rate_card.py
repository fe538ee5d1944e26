"""The rate card on paper: sizes to one scale, prices, posts and services, and where to go from there."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles import branding
from articles.models import Brand

from ..card import Card, Row
from ..charts import grouped
from ..models import Position
from .sheet import INNER, QUIET, RULE, TINT, Column, Sheet
from .text import one_line
from .wording import amount

# Millimetres for a pixel, and between two drawings.
SCALE, BETWEEN = 0.046, 4.0
MONEY, DAYS = 30.0, 26.0


def of_rate_card(card: Card, language: str) -> bytes:
    """The rate card of a day as PDF, in a language."""
    with translation.override(language):
        return _draw(card, language)


def _draw(card: Card, language: str) -> bytes:
    brand = Brand.current()
    name = one_line(str(brand.said("name", language)), 160)
    sheet = Sheet(language)
    sheet.set_title(f"{_('Rate card')}, {name}")
    sheet.set_author(name)
    sheet.set_creator(name)
    sheet.masthead(name, _("Rate card"), branding.paper_logo(brand.paper_logo(language)))
    _head(sheet, card)
    _sizes(sheet, [row.position for row in card.rows])
    _positions(sheet, card)
    _posts(sheet, card)
    _services(sheet, card)
    _end(sheet)
    sheet.feet(f"{name} · {_('Rate card')}, {date_format(card.day, 'j F Y')}", _("Page %(page)s of %(pages)s"))
    return bytes(sheet.output())


def _head(sheet: Sheet, card: Card) -> None:
    sheet.set_y(sheet.get_y() + 2)
    sheet.rule()
    sheet.set_y(sheet.get_y() + 4)
    sheet.paragraphs(_("Prices of %(day)s.") % {"day": date_format(card.day, "j F Y")} + " " + _audience(card))
    sheet.set_y(sheet.get_y() + 4)


def _audience(card: Card) -> str:
    return " ".join(filter(None, [_pages(card), _mailed(card)]))


def _mailed(card: Card) -> str:
    if card.mailed is None:
        return ""
    facts = {"number": grouped(card.mailed.readers), "day": date_format(card.mailed.day, "j F Y")}
    return _("%(number)s confirmed readers get our newsletters (%(day)s).") % facts


def _pages(card: Card) -> str:
    found = card.audience
    if found is None:
        return ""
    said = [_("%(number)s pages read a week") % {"number": grouped(found.pages)}]
    if found.phones is not None:
        said.append(_("%(number)s percent on phones") % {"number": found.phones})
    if found.arabic is not None:
        said.append(_("%(number)s percent in Arabic") % {"number": found.arabic})
    days = {"first": date_format(found.first_day, "j F Y"), "last": date_format(found.last_day, "j F Y")}
    return f"{' · '.join(said)}. " + _("Counted by us from %(first)s to %(last)s.") % days


def _heading(sheet: Sheet, text: str, room: float = 40) -> None:
    sheet.room_for(room)
    sheet.put(0, INNER, text, sheet.type(11, bold=True))
    sheet.set_y(sheet.get_y() + 1.5)


def _sizes(sheet: Sheet, positions: Sequence[Position]) -> None:
    """All standing on one line, each with its number."""
    if not positions:
        return
    tall = max(position.height for position in positions) * SCALE
    _heading(sheet, _("The sizes"), tall + 30)
    start, bottom = 0.0, sheet.get_y() + tall
    sheet.set_draw_color(*QUIET)
    sheet.set_fill_color(*TINT)
    sheet.set_line_width(0.25)
    for number, position in enumerate(positions, 1):
        wide, high = position.width * SCALE, position.height * SCALE
        if start + wide > INNER:
            break
        sheet.rect(sheet.left_of(start, wide), bottom - high, wide, high, style="DF")
        sheet.set_y(bottom - high + 0.3)
        sheet.put(start + 1, wide - 1.5, str(number), sheet.type(7.5, bold=True))
        start += wide + BETWEEN
    sheet.set_y(bottom)
    sheet.rule(colour=RULE)
    sheet.set_y(bottom + 6)


def _positions(sheet: Sheet, card: Card) -> None:
    if not card.rows:
        return
    _heading(sheet, _("Prices of positions"))
    columns = [
        Column(_("Position"), INNER - 2 * MONEY - DAYS),
        Column(_("A week"), MONEY, True),
        Column(_("1,000 views"), MONEY, True),
        Column(_("Free from"), DAYS, True),
    ]
    sheet.draw_table(columns, [_row(card, row) for row in card.rows])
    if card.has_examples:
        _small(sheet, _("* An example price. We confirm the real one in our answer."))
    if card.measured_until:
        day = date_format(card.measured_until, "j F Y")
        _small(sheet, _("Views a week: measured until %(day)s, were all of a position yours.") % {"day": day})
    sheet.set_y(sheet.get_y() + 5)


def _row(card: Card, row: Row) -> list[str]:
    position, rate = row.position, row.position.rate
    star = "*" if rate.is_example else ""
    phone = f"{position.phone_width}×{position.phone_height}" if position.phone_size else _("the same")
    details = [
        f"{position.width}×{position.height}, {position.max_kilobytes} KB",
        _("on phones: %(size)s") % {"size": phone},
        position.display_where,
    ]
    thousand = _("not sold by number")
    if row.forecast.is_sold_by_number:
        thousand = f"{amount(rate.per_thousand)} {position.currency}{star}"
        details.append(_("about %(number)s views a week") % {"number": grouped(row.forecast.about)})
    if row.free_from is None:
        free = _("sold out")
    else:
        free = _("now") if row.free_from == card.day else date_format(row.free_from, "j M Y")
    named = f"{row.number} · {position.display_name}\n{' · '.join(details)}"
    return [one_named(named), f"{amount(rate.per_week)} {position.currency}{star}", thousand, free]


def one_named(text: str) -> str:
    name, _break, details = text.partition("\n")
    return f"{one_line(name, 120)}\n{one_line(details, 400)}"


def _posts(sheet: Sheet, card: Card) -> None:
    if not card.products:
        return
    _heading(sheet, _("Sponsored posts"))
    rows = []
    for product in card.products:
        ours = product.rate.newsroom
        rows.append(
            [
                one_named(f"{product.display_name}\n{product.display_description}"),
                f"{amount(product.rate.client)} {product.currency}",
                _("a quote") if ours is None else f"{amount(ours)} {product.currency}",
            ]
        )
    columns = [
        Column(_("Kind"), INNER - 2 * MONEY),
        Column(_("You write it"), MONEY, True),
        Column(_("We write it"), MONEY, True),
    ]
    sheet.draw_table(columns, rows)
    _small(sheet, _("Each says “Paid for by” with your name, above the headline and wherever it is listed."))
    sheet.set_y(sheet.get_y() + 5)


def _services(sheet: Sheet, card: Card) -> None:
    if not card.services:
        return
    _heading(sheet, _("What else we do"))
    rows = []
    for service in card.services:
        price = _("a quote")
        if service.price is not None:
            price = f"{amount(service.price)} {service.currency}{'*' if service.is_example_price else ''}"
        rows.append([one_named(f"{service.display_name}\n{service.display_description}"), price])
    sheet.draw_table([Column(_("What"), INNER - MONEY), Column(_("Price"), MONEY, True)], rows)
    if card.has_example_services:
        _small(sheet, _("* An example price. We confirm the real one in our answer."))
    sheet.set_y(sheet.get_y() + 5)


def _end(sheet: Sheet) -> None:
    _heading(sheet, _("Tell us what you have in mind"), 24)
    address = settings.SITE_URL + reverse("ads:request")
    sheet.paragraphs(_("A request binds you to nothing, and a person answers within 48 hours.") + f"\n{address}")


def _small(sheet: Sheet, text: str) -> None:
    sheet.set_y(sheet.get_y() + 1)
    for line in sheet.wrapped(text, INNER):
        sheet.put(0, INNER, line, sheet.type(8, colour=QUIET))
