"""The page on which the publisher sees how the advertising does, and its table for spreadsheets."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import overview, spreadsheet


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    _check(request)
    found = overview.make(timezone.now(), currency=settings.CURRENCY)
    bars = overview.bars(found.months, is_mirrored=get_language_bidi())
    context = {
        **admin.site.each_context(request),
        "title": _("Overview"),
        "overview": found,
        "bars": bars,
        "chart_width": str(len(bars) * overview.BAR_STEP),
        "bar_width": str(overview.BAR_WIDTH),
    }
    return TemplateResponse(request, "admin/ads/overview.html", context)


@require_safe
def months_csv(request: HttpRequest) -> HttpResponseBase:
    """Booked and delivered, a line for each month and currency."""
    _check(request)
    at = timezone.now()
    heads = [_("month"), _("currency"), _("booked"), _("delivered")]
    rows = ([f"{row.month:%Y-%m}", row.currency, row.booked, row.delivered] for row in overview.months_of(at))
    return spreadsheet.download(spreadsheet.lines(heads, rows), f"overview-{timezone.localdate(at).isoformat()}")


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm("ads.view_invoice"):
        raise PermissionDenied
