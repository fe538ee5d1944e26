"""The calendar of the desk: every position by weeks, with who has what of it, until when, and who waits for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import free_weeks
from ..free_weeks import Week, month_after
from ..models import Booking, Hold, Position, WaitingEntry
from ..views.availability import MONTHS_A_PAGE, days_of_page, month_of, pages_around


@dataclass
class Cell:
    """A week of a position, with all that touches it."""

    week: Week
    bookings: list[Booking] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    waiting: list[WaitingEntry] = field(default_factory=list)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("ads.view_booking"):
        raise PermissionDenied
    at = timezone.now()
    today = timezone.localdate(at)
    positions = list(Position.objects.filter(is_active=True))
    code = request.GET.get("position", "")
    chosen = [position for position in positions if position.code == code] if code else positions
    month = month_of(request.GET.get("month", ""), today)
    is_refused = month is None or (not chosen and bool(code))
    if is_refused:
        messages.error(request, _("This calendar cannot be shown: a filter or the month is not one there is."))
        month, chosen, code = today.replace(day=1), positions, ""
    context = {
        **admin.site.each_context(request),
        "title": _("What is free"),
        "positions": positions,
        "position": code,
        "month": month,
        "last_month": month_after(month, MONTHS_A_PAGE - 1),
        "chosen": chosen,
        "rows": rows(chosen, *days_of_page(month, today)),
        **pages_around(month, today),
    }
    return TemplateResponse(request, "admin/ads/availability.html", context, status=400 if is_refused else 200)


def rows(positions: Iterable[Position], first_day: date, last_day: date) -> list[list[Cell]]:
    """A row a week, a cell a position. Five queries."""
    weeks = free_weeks.table(positions, first_day, last_day)
    table = [[Cell(week) for week in row] for row in weeks]
    cells = {(cell.week.position.pk, number): cell for number, row in enumerate(table) for cell in row}
    in_sight = {"position__in": positions, "first_day__lte": last_day, "last_day__gte": first_day}
    booked = Booking.objects.filter(**in_sight, status=Booking.Status.BOOKED).select_related("advertiser")
    held = Hold.objects.filter(**in_sight, state=Hold.State.HELD).select_related("line__quote__request")
    waits = WaitingEntry.objects.filter(**in_sight, told_at=None, left_at=None)
    start = free_weeks.monday(first_day)
    for name, found in (
        ("bookings", booked.order_by("first_day", "pk")),
        ("holds", held.order_by("first_day", "pk")),
        ("waiting", waits),
    ):
        for row in found:
            since = max(0, (row.first_day - start).days // 7)
            until = min(len(table) - 1, (row.last_day - start).days // 7)
            for number in range(since, until + 1):
                getattr(cells[row.position_id, number], name).append(row)
    return table
