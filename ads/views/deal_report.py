"""What runs of a deal and what came of it: figures, charts, the same as table and paper, and the weekly mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import charts, periods, progress, report_mails, report_table, reporting, running, spreadsheet
from ..models import AdRequest, Booking, DealLink, MakeGood
from ..models.event import Kind
from ..paper import report as report_paper
from ..report_rows import Report
from .deal import back, deal_page
from .deal_papers import as_download

Status = AdRequest.Status


def part(deal: AdRequest, *, at: datetime, token: str, period: str = "") -> dict[str, Any] | None:
    if not _is_reported(deal):
        return None
    report, choices, chosen = read(deal, period, at=at)
    if not has_any(report):
        return None
    for line in report.lines:
        for version in line.versions:
            if version.creative:
                version.address = reverse("ads:deal_artwork_file", args=[token, version.creative.pk, "art"])
    delivering = deal.status in Status.delivering()
    free = set(MakeGood.objects.filter(made__request=deal).values_list("made", flat=True))
    return {
        "report": report,
        "rows": [
            (
                line.booking,
                line.cancelled or _state(line.booking, at, is_delivering=delivering),
                line.booking.pk in free,
            )
            for line in report.lines
        ],
        "stories": [post.article for post in report.posts if post.online_days],
        "periods": choices,
        "period": chosen,
        "charts": drawn(report),
        "standing": reporting.standing(report),
        "is_over": deal.status == Status.CANCELLED or bool(report.flight and report.flight[1] < timezone.localdate(at)),
        "is_mailed": deal.weekly_stopped_at is None,
        "may_stop": report_mails.is_weekly(deal, report, at=at),
    }


def _is_reported(deal: AdRequest) -> bool:
    return deal.status in (*Status.agreed(), Status.CLOSED, Status.CANCELLED)


def has_any(report: Report) -> bool:
    """Whether there is something to report on. Of a deal that was cancelled: what had begun."""
    posts = report.posts if report.deal.status == Status.CANCELLED else report.posts_bought
    return bool(report.lines or posts)


def read(deal: AdRequest, period: str, *, at: datetime) -> tuple[Report, list[periods.Period], periods.Period | None]:
    """The report of a period by its name, with all that can be chosen; of the whole flight where it is none of them."""
    facts = reporting.told_of(progress.facts_of(deal, at=at))
    choices = periods.offered(reporting.flight_of(facts), timezone.localdate(at))
    chosen = periods.choose(period, choices)
    first, last = (chosen.first_day, chosen.last_day) if chosen else (None, None)
    return reporting.of_facts(facts, first, last, at), choices, chosen


def drawn(report: Report) -> list[charts.Chart]:
    """The charts of a report; none where nothing was counted."""
    if not report.is_counted or not report.lines:
        return []
    is_rtl = get_language_bidi()
    return [
        charts.of_days(report.days, Kind.RENDER, _("Shown"), is_rtl=is_rtl),
        charts.of_days(report.days, Kind.CLICK, _("Clicks"), is_rtl=is_rtl),
    ]


def _state(booking: Booking, at: datetime, *, is_delivering: bool) -> str:
    if booking.ends_at <= at:
        return _("Ended") if is_delivering else _("Its days are over")
    if paused := running.paused_since(booking):
        return paused
    if booking.starts_at > at:
        return _("Booked")
    has_artwork = any(one.status == "approved" for one in booking.creatives.all())
    return _("Running") if is_delivering and has_artwork else _("Not shown yet")


@deal_page
@require_safe
def table(request: HttpRequest, token: str, *, link: DealLink) -> HttpResponseBase:
    """The report by day and line, for a spreadsheet."""
    report, _choices, _chosen = _asked(link.request, request)
    return as_table(report)


@deal_page
@require_safe
def paper(request: HttpRequest, token: str, *, link: DealLink) -> HttpResponse:
    """The report as PDF, in the language of the page."""
    report, _choices, _chosen = _asked(link.request, request)
    language = translation.get_language() or link.request.language
    return as_download(report_paper.of_report(report, language), file_name(report))


def _asked(deal: AdRequest, request: HttpRequest) -> tuple[Report, list[periods.Period], periods.Period | None]:
    if not _is_reported(deal):
        raise Http404
    found = read(deal, request.GET.get("days", ""), at=timezone.now())
    if deal.status == Status.CANCELLED and not has_any(found[0]):
        raise Http404
    return found


def file_name(report: Report) -> str:
    return f"{report.deal.reference}-{report.first_day.isoformat()}-{report.last_day.isoformat()}"


def as_table(report: Report, *, with_gross: bool = False) -> StreamingHttpResponse:
    return spreadsheet.download(report_table.lines(report, with_gross=with_gross), file_name(report))


@deal_page
@require_POST
def stop(request: HttpRequest, token: str, *, link: DealLink) -> HttpResponse:
    """No more weekly reports by mail."""
    report_mails.stop(link.request, at=timezone.now())
    return back(token, "weekly-stopped")


@deal_page
@require_POST
def resume(request: HttpRequest, token: str, *, link: DealLink) -> HttpResponse:
    """Weekly reports again."""
    report_mails.resume(link.request)
    return back(token, "weekly-resumed")
