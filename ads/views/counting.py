"""How we count, for who pays by it."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from .. import judging, report_rows, rollups, tokens
from ..models import Position
from ..models.event import Kind, Reason


def _hours(kind: Kind) -> int:
    return tokens.LIFETIMES[kind] // timedelta(hours=1)


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
        "most_pages_of_network": judging.MOST_PAGES_OF_NETWORK,
        "percent_of_network": round(judging.PART_OF_NETWORK * 100),
        "most_clicks_of_network": judging.MOST_CLICKS_OF_NETWORK,
        "shown_hours": _hours(Kind.RENDER),
        "seen_hours": _hours(Kind.VIEW),
        "click_hours": _hours(Kind.CLICK),
        "kept_days": rollups.KEPT.days,
    }
    return render(request, "ads/counting.html", context)
