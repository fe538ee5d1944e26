"""What a line of a quote says on paper, in the language that is active."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from ..models import QuoteLine


def describe(line: QuoteLine) -> tuple[str, str]:
    """What is offered, and the particulars below it."""
    if line.position:
        thing = f"{line.position.display_name} {line.position.width}×{line.position.height}"
    else:
        thing = str(line.product or line.get_kind_display())
    details = []
    if line.description and line.description != thing:
        details.append(thing)
    if line.first_day and line.last_day:
        days = [date_format(day, "j M Y") for day in (line.first_day, line.last_day)]
        details.append(" – ".join(days if days[0] != days[1] else days[:1]))
    if line.kind == line.Kind.WEEKS:
        details.append(line.quantity_words())
    if line.share and line.share < 100:
        details.append(_("%(share)s %% of all page views") % {"share": line.share})
    if line.impressions:
        details.append(
            ngettext("%(number)s impression", "%(number)s impressions", line.impressions)
            % {"number": f"{line.impressions:,}"}
        )
        details.append(_("price per 1,000"))
    if line.written_by:
        details.append(_("written by %(who)s") % {"who": line.get_written_by_display()})
    return (line.description or thing)[:300], comma().join(details)[:300]


def comma() -> str:
    return "، " if get_language() == "ar" else ", "


def amount(value: Decimal) -> str:
    """1,250.00"""
    return f"{value:,.2f}"


def quantity(value: Decimal) -> str:
    """2, or 2.5: without zeros that say nothing."""
    text = f"{value:,.3f}"
    return text.rstrip("0").rstrip(".")
