"""What runs of a deal. Until views and clicks are counted it names days and shares, and no figure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from .. import progress, running
from ..models import AdRequest, Booking


def part(deal: AdRequest, *, at: datetime, token: str) -> dict[str, Any] | None:
    if deal.status not in (*AdRequest.Status.agreed(), AdRequest.Status.CLOSED):
        return None
    facts = progress.facts_of(deal, at=at)
    if not facts.bookings and not facts.posts:
        return None
    delivering = deal.status in AdRequest.Status.delivering()
    return {
        "rows": [(booking, _state(booking, at, is_delivering=delivering)) for booking in facts.bookings],
        "stories": [article for _line, articles in facts.posts for article in articles if article.pk in facts.public],
        "zone": timezone.get_current_timezone_name(),
    }


def _state(booking: Booking, at: datetime, *, is_delivering: bool) -> str:
    if booking.ends_at <= at:
        return _("Ended") if is_delivering else _("Its days are over")
    if paused := running.paused_since(booking):
        return paused
    if booking.starts_at > at:
        return _("Booked")
    has_artwork = any(one.status == "approved" for one in booking.creatives.all())
    return _("Running") if is_delivering and has_artwork else _("Not shown yet")
