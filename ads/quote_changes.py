"""What a version of a quote changed against the one before."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from .models import Quote, QuoteLine
from .money import percent


@dataclass
class Changes:
    """Of one version: sentences for each of its lines in their order, and the lines that are gone."""

    before: Quote | None = None
    of_lines: list[list[str]] = field(default_factory=list)
    gone: list[QuoteLine] = field(default_factory=list)


def since(before: Quote | None, lines: list[QuoteLine]) -> Changes:
    """Against the version that was sent before; nothing where there is none. Lines of the same thing are paired in
    their order."""
    if before is None:
        return Changes(of_lines=[[] for _line in lines])
    old = list(before.lines.select_related("position", "product"))
    said = []
    for line in lines:
        match = next((other for other in old if _thing(other) == _thing(line)), None)
        if match is None:
            said.append([_("New")])
            continue
        old.remove(match)
        said.append(_differences(match, line))
    return Changes(before=before, of_lines=said, gone=old)


def version_before(quote: Quote) -> Quote | None:
    """The newest that was sent before this one."""
    older = Quote.objects.filter(request=quote.request_id, version__lt=quote.version, sent_at__isnull=False)
    return older.order_by("-version").first()


def _thing(line: QuoteLine) -> tuple:
    return line.kind, line.position_id, line.product_id


def _differences(old: QuoteLine, new: QuoteLine) -> list[str]:
    found = []
    if (old.terms(), old.quantity) != (new.terms(), new.quantity):
        was = " · ".join(filter(None, [old.terms(), old.quantity_words()]))
        found.append(_("was: %(before)s") % {"before": was})
    if old.unit_price != new.unit_price:
        found.append(_("price of one was %(before)s") % {"before": _amount(old.unit_price)})
    if old.discount_percent != new.discount_percent:
        found.append(_("discount was %(before)s%%") % {"before": percent(old.discount_percent)})
    if old.description != new.description:
        found.append(_("description was “%(before)s”") % {"before": old.description})
    return found


def _amount(number: Decimal) -> str:
    return number_format(number, decimal_pos=2, force_grouping=True)
