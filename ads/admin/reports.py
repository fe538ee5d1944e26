"""Reports for the desk: every line that runs or ran with what it had of what it bought, and the report of each deal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import reporting, standing, targeting, totals
from ..models import AdRequest, Booking, BookingMove, Invoice, Position
from ..models.event import Kind, Source
from ..paper import report as report_paper
from ..report_rows import Pace, Row
from ..targeting import ANYWHERE
from ..views import deal_report
from ..views.deal_papers import as_download

LINES_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list. `paid` and `due` are of its deal; None where it has no invoice."""

    booking: Booking
    row: Row
    pace: Pace
    paid: Decimal | None
    due: Decimal | None
    currency: str


def _only_viewers(request: HttpRequest) -> None:
    if not request.user.has_perm("ads.view_booking"):
        raise PermissionDenied


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    _only_viewers(request)
    at = timezone.now()
    asked = {name: request.GET.get(name, "").strip()[:100] for name in ("state", "position", "q")}
    page = Paginator(_lines(asked, timezone.localdate(at)), LINES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": _("Reports"),
        "asked": asked,
        "positions": Position.objects.all(),
        "states": [("running", _("Running")), ("over", _("Over")), ("cancelled", _("Cancelled"))],
        "page": page,
        "entries": entries(list(page), at=at),
        "query": "".join(f"&{name}={value}" for name, value in asked.items() if value),
        "sealed_to": totals.sealed_until(),
        "may_see_deals": request.user.has_perm("ads.view_adrequest"),
    }
    return TemplateResponse(request, "admin/ads/report/list.html", context)


def _lines(asked: dict[str, str], today: date) -> Any:
    """What runs or ran, also what was cancelled after it had begun; what ends last first."""
    status = Booking.Status
    cancelled = BookingMove.objects.filter(
        booking=OuterRef("pk"), to_status=status.CANCELLED, at__date__gte=OuterRef("first_day")
    )
    had_begun = Q(Exists(cancelled), status=status.CANCELLED)
    lines = Booking.objects.filter(Q(status=status.BOOKED) | had_begun, first_day__lte=today)
    if asked["state"] == "running":
        lines = lines.filter(status=status.BOOKED, last_day__gte=today)
    elif asked["state"] == "over":
        lines = lines.filter(status=status.BOOKED, last_day__lt=today)
    elif asked["state"] == "cancelled":
        lines = lines.filter(status=status.CANCELLED)
    if asked["position"]:
        lines = lines.filter(position__code=asked["position"])
    if asked["q"]:
        lines = lines.filter(advertiser__company__icontains=asked["q"])
    return lines.select_related("position", "advertiser", "request", "targeting").order_by("-last_day", "-pk")


def entries(bookings: Sequence[Booking], *, at: datetime) -> list[Entry]:
    """These lines with their figures, in as many queries whatever their number."""
    today = timezone.localdate(at)
    named = {booking.pk: booking.position for booking in bookings}
    rows = {pk: Row(f"{place.display_name} {place.display_size}") for pk, place in named.items()}
    counted = totals.figures(
        "line",
        first_day=min((booking.first_day for booking in bookings), default=today),
        last_day=today,
        line__in=list(rows),
        source=Source.PAGE,
    )
    for (line,), figures in counted.items():
        rows[line].figures = figures
    wheres = targeting.wheres(bookings)
    shown = standing.met(bookings, wheres, kind=Kind.RENDER, at=at)
    money: dict[int, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    requests = {booking.request_id for booking in bookings if booking.request_id}
    for invoice in Invoice.objects.invoices().filter(request__in=requests).with_sums():
        sums: Any = invoice  # with what `with_sums` adds
        money[invoice.request_id][0] += Decimal(sums.paid_sum)
        money[invoice.request_id][1] += invoice.total - Decimal(sums.credited_sum)
    found = []
    for booking in bookings:
        row = rows[booking.pk]
        paid, due = money.get(booking.request_id or 0, (None, None))
        where = wheres.get(booking.pk, ANYWHERE)
        pace = reporting.pace(booking, where, row.figures.renders, shown.get(booking.pk, 0), at)
        found.append(Entry(booking, row, pace, paid, due, booking.currency))
    return found


def _deal(request: HttpRequest, pk: int) -> AdRequest:
    _only_viewers(request)
    return get_object_or_404(AdRequest.objects.select_related("advertiser"), pk=pk)


@require_safe
def of_deal(request: HttpRequest, pk: int) -> HttpResponse:
    """The report that the advertiser sees, with gross figures beside the net ones."""
    deal = _deal(request, pk)
    report, choices, chosen = deal_report.read(deal, request.GET.get("days", ""), at=timezone.now())
    if not deal_report.has_any(report):
        raise Http404
    for line in report.lines:
        for version in line.versions:
            if version.creative:
                version.address = reverse("admin:ads_creative_file", args=[version.creative.pk, "art"])
    context = {
        **admin.site.each_context(request),
        "title": _("Report %(reference)s") % {"reference": deal.reference},
        "deal": deal,
        "report": report,
        "periods": choices,
        "period": chosen,
        "charts": deal_report.drawn(report),
        "standing": reporting.standing(report),
        "mails": deal.report_mails.all()[:20],
        "may_see_deal": request.user.has_perm("ads.view_adrequest"),
    }
    return TemplateResponse(request, "admin/ads/report/deal.html", context)


@require_safe
def table(request: HttpRequest, pk: int) -> HttpResponseBase:
    deal = _deal(request, pk)
    report, _choices, _chosen = deal_report.read(deal, request.GET.get("days", ""), at=timezone.now())
    return deal_report.as_table(report, with_gross=True)


@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The same paper that the advertiser gets, in their language."""
    deal = _deal(request, pk)
    with translation.override(deal.language):
        report, _choices, _chosen = deal_report.read(deal, request.GET.get("days", ""), at=timezone.now())
        return as_download(report_paper.of_report(report, deal.language), deal_report.file_name(report))
