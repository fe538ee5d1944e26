"""The public calendar of what is free. The same for everybody, and without a word about who has the rest."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from .. import free_weeks
from ..free_weeks import month_after
from ..models import Position

MONTHS_A_PAGE = 3
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@require_safe
def free(request: HttpRequest) -> HttpResponse:
    """Three months of weeks, for all positions or one. `?month=2027-01` and `?position=` are all that it is asked."""
    today = timezone.localdate()
    month = month_of(request.GET.get("month", ""), today)
    positions = list(Position.objects.filter(is_active=True))
    code = request.GET.get("position", "")
    chosen = [position for position in positions if position.code == code] if code else positions
    if month is None or (code and not chosen):
        raise Http404
    first_day, last_day = days_of_page(month, today)
    context = {
        "positions": positions,
        "chosen": chosen,
        "position": code,
        "rows": [(row[0] if row else None, row) for row in free_weeks.table(chosen, first_day, last_day)],
        "free_from": free_weeks.free_from(chosen, today),
        "today": today,
        "month": month,
        "last_month": month_after(month, MONTHS_A_PAGE - 1),
        **pages_around(month, today),
    }
    return render(request, "ads/free.html", context)


def month_of(text: str, today: date) -> date | None:
    """The first of the month that a page begins with: this one where none is named, None where it is none there is."""
    if not text:
        return today.replace(day=1)
    found = _MONTH.fullmatch(text)
    month = date(int(found[1]), int(found[2]), 1) if found and found[1] != "0000" else None
    return month if month and today.replace(day=1) <= month <= free_weeks.end(today) else None


def days_of_page(month: date, today: date) -> tuple[date, date]:
    """From today, or the first Monday of the month, to the Sunday after the last Monday of the last month."""
    monday = free_weeks.monday(month + timedelta(days=6))
    after = free_weeks.monday(month_after(month, MONTHS_A_PAGE) + timedelta(days=6))
    return (today if month <= today else monday), after - timedelta(days=1)


def pages_around(month: date, today: date) -> dict[str, date | None]:
    this_month = today.replace(day=1)
    before, after = month_after(month, -MONTHS_A_PAGE), month_after(month, MONTHS_A_PAGE)
    return {
        "before": max(before, this_month) if month > this_month else None,
        "after": after if after <= free_weeks.end(today) else None,
    }
