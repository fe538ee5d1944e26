"""Artwork is needed by the first day of its booking. Both sides are reminded three days and one day before."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from . import artwork_letters
from .models import AdRequest, Booking, Creative

DAYS_BEFORE = (3, 1)


def remind(at: datetime) -> int:
    """Send what is due. One mail for each booking, side and number of days, however often this runs. Returns how many
    bookings lack approved artwork."""
    today = timezone.localdate(at)
    approved = Creative.objects.filter(booking=OuterRef("pk"), status=Creative.Status.APPROVED)
    lacking = (
        Booking.objects.filter(
            ~Exists(approved),
            Q(line=None) | Q(request__status__in=AdRequest.Status.agreed()),
            status=Booking.Status.BOOKED,
            first_day__gte=today,
            first_day__lte=today + timedelta(days=max(DAYS_BEFORE)),
        )
        .select_related("position", "advertiser", "request__owner")
        .prefetch_related("creatives")
    )
    for booking in lacking:
        left = (booking.first_day - today).days
        days = min(days for days in DAYS_BEFORE if left <= days)
        artwork_letters.missing(booking, days=days, newest=next(iter(booking.creatives.all()), None), at=at)
    return len(lacking)
