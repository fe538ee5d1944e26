"""What the lists of the desk say beside Django's own tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import template
from django.contrib.admin import DateFieldListFilter
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import DateTimeField
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

register = template.Library()

# What a cell says that says nothing.
NOTHING = re.compile(r"<t[dh][^>]*>(?:-|–|&nbsp;)?</t[dh]>")

FIELD = re.compile(r'<(select|input(?= type="(?!hidden)))')


@register.filter
def labelled(cells: list[str], headers: list[dict]) -> Iterator[SafeString]:
    """The cells of a row, each with the name of its column for screens that show no head above them."""
    for cell, header in zip(cells, headers, strict=False):
        if "<input" in str(header["text"]):
            yield mark_safe(cell)  # the box that chooses the row
            continue
        label = conditional_escape(capfirst(header["text"]))
        empty = ' data-empty=""' if NOTHING.fullmatch(cell) else ""
        # A field that is changed in the list has no label of its own.
        cell = FIELD.sub(rf'<\1 aria-label="{label}"', cell)
        begin = cell[:3]  # "<td" or "<th", from Django
        yield mark_safe(f'{begin} data-label="{label}"{empty}{cell[3:]}')


@register.simple_tag
def chips(cl) -> list[dict[str, Any]]:
    """What the rows are narrowed to, in words, each with the address of the list without it."""
    found = []
    if cl.query:
        words = _("“%(q)s”") % {"q": cl.query}
        found.append({"name": _("Search"), "words": words, "address": cl.get_query_string(remove=[SEARCH_VAR])})
    for spec in cl.filter_specs:
        used = [name for name in spec.expected_parameters() if name in spec.used_parameters or name in cl.params]
        if not used or not any(_value(spec, name) for name in used):
            continue
        # Those of the list of stories are menus, days and boxes to tick (`articles.admin.listing`).
        shown = spec.menu() if hasattr(spec, "menu") else spec.choices(cl)
        chosen = [str(one.get("label", one.get("display"))) for one in shown if one.get("selected")]
        if getattr(spec, "is_flag", False):
            chosen = [_("Yes")]
        words = chosen[-1] if chosen else ", ".join(_value(spec, name) for name in used)
        address = cl.get_query_string(remove=spec.expected_parameters())
        found.append({"name": capfirst(spec.title), "words": words, "address": address})
    return found


def _value(spec, name: str) -> str:
    value = spec.used_parameters.get(name, "")
    return str(value[-1] if isinstance(value, list) and value else value)


@register.simple_tag
def day_bounds(spec, cl) -> dict[str, Any] | None:
    """For a filter by a day: its two parameters, what they are, and the rest of the address. None for others."""
    if not isinstance(spec, DateFieldListFilter) or isinstance(spec.field, DateTimeField):
        return None
    since, until = spec.lookup_kwarg_since, spec.lookup_kwarg_until
    others = [(name, value) for name, value in cl.params.items() if name not in (since, until)]
    return {
        "since": since,
        "until": until,
        "from": _value(spec, since)[:10],
        "before": _value(spec, until)[:10],
        "others": others,
    }


@register.filter
def filter_choices(spec, cl) -> list[dict[str, Any]]:
    """The choices of a filter."""
    return list(spec.choices(cl))
