"""How we count, for who pays by it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from .. import judging, report_rows, rollups
from ..models import Position
from ..models.event import Reason


@require_safe
def how_we_count(request: HttpRequest) -> HttpResponse:
    """What a showing, a view, a click and a read are, what does not count and why, and when figures stand."""
    positions = Position.objects.filter(is_active=True)
    context = {
        "method": rollups.METHOD,
        "zone": timezone.get_current_timezone_name(),
        "large": [one for one in positions if one.width * one.height >= report_rows.LARGE],
        "reasons": [reason.label for reason in Reason if reason != Reason.VALID],
        "most_pages": judging.MOST_PAGES,
        "most_clicks": judging.MOST_CLICKS,
        "most_clicks_on_a_line": judging.MOST_CLICKS_ON_ONE,
        "fastest": judging.FASTEST.total_seconds(),
        "kept_days": rollups.KEPT.days,
    }
    return render(request, "ads/counting.html", context)
