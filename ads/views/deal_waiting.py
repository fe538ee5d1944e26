"""Part of the deal page: what the advertiser asked for and cannot have now, and waiting for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from .. import availability, waiting
from ..models import AdRequest, DealLink, Hold, Position
from .deal import deal_page


def part(deal: AdRequest, *, at: datetime, token: str) -> dict[str, Any] | None:
    """The positions of the deal that are taken on its days, each with its place in line. None where none are."""
    open_entries = list(deal.waiting.filter(told_at=None, left_at=None).select_related("position"))
    waits_for = {(entry.position_id, entry.first_day, entry.last_day) for entry in open_entries}
    taken = [
        position for position in _taken(deal, at=at) if (position.pk, deal.first_day, deal.last_day) not in waits_for
    ]
    return {"taken": taken, "entries": open_entries, "token": token} if taken or open_entries else None


@deal_page
@require_POST
def wait(request: HttpRequest, token: str, code: str, *, link: DealLink) -> HttpResponse:
    deal, at = link.request, timezone.now()
    position = next((position for position in _taken(deal, at=at) if position.code == code), None)
    said = "free"
    if position and deal.first_day and deal.last_day:
        try:
            waiting.join(
                position,
                deal.first_day,
                deal.last_day,
                name=deal.name,
                email=deal.email,
                company=deal.company,
                language=deal.language,
                deal=deal,
                by=None,
                at=at,
            )
            said = "waiting"
        except waiting.Refused:
            pass  # it became free in this moment; the page says so
    elif not deal.items.filter(position__code=code).exists():
        raise Http404
    return redirect(f"{reverse('ads:deal', args=[token])}?said={said}")


@deal_page
@require_POST
def leave(request: HttpRequest, token: str, number: int, *, link: DealLink) -> HttpResponse:
    entry = get_object_or_404(link.request.waiting, pk=number)
    waiting.leave(entry, by=None, at=timezone.now())
    return redirect(f"{reverse('ads:deal', args=[token])}?said=left")


def _taken(deal: AdRequest, *, at: datetime) -> list[Position]:
    """Positions that a deal in talks asked for and that are taken on its days, but for those that it holds itself."""
    today = timezone.localdate(at)
    if deal.status not in deal.Status.talking() or not (deal.first_day and deal.last_day and deal.last_day >= today):
        return []
    own = Hold.objects.filter(line__quote__request=deal, state=Hold.State.HELD).values("position")
    wanted = list(Position.objects.filter(adrequestitem__request=deal, is_active=True).exclude(pk__in=own).distinct())
    first_day = max(deal.first_day, today)
    outlooks = availability.outlooks(wanted, first_day, deal.last_day)
    return [p for p in wanted if not outlooks[p.pk].free_share(first_day, deal.last_day)]
