"""Before the last booking of a deal ends, its advertiser is offered to renew: one mail, once in the deal's life."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from . import letters
from .models import AdRequest, Booking

Status = AdRequest.Status


def offer_due(at: datetime) -> int:
    """Offer what ends within RENEWAL_DAYS and is half over; 0 days: never. Not where a renewal exists, where they asked
    not to be mailed, or where the deal was cancelled. Returns how many mails were queued."""
    if not settings.RENEWAL_DAYS:
        return 0
    today = timezone.localdate(at)
    offered = 0
    for request in _ending(today, today + timedelta(days=settings.RENEWAL_DAYS)):
        first, last = request.begins, request.ends
        if today < first + (last - first) / 2:
            continue
        with transaction.atomic():
            if AdRequest.objects.filter(pk=request.pk, renewal_offered_at=None).update(renewal_offered_at=at):
                letters.to_advertiser(
                    request,
                    gettext_lazy("Shall it run on?"),
                    "renewal_offer",
                    {"last_day": last},
                    at=at,
                    key=f"renewal:{request.pk}",
                )
                offered += 1
    return offered


def _ending(first_day, last_day):
    """Deals whose last booking ends within some days, with the days of all their bookings as `begins` and `ends`."""
    # From the few bookings that end then, so that no deal of years ago is looked at.
    near = Booking.objects.filter(
        status=Booking.Status.BOOKED, last_day__range=(first_day, last_day), request__isnull=False
    )
    running = Q(bookings__status=Booking.Status.BOOKED)
    return (
        AdRequest.objects.filter(pk__in=near.order_by().values("request"), renewal_offered_at=None, suspected="")
        .exclude(status__in=[Status.DECLINED, Status.CANCELLED])
        .exclude(advertiser__no_reminders=True)
        .filter(~Exists(AdRequest.objects.filter(renews=OuterRef("pk"))))
        .annotate(begins=Min("bookings__first_day", filter=running), ends=Max("bookings__last_day", filter=running))
        .filter(ends__lte=last_day)
        .order_by("pk")
    )
