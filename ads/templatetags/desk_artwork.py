"""The artwork of a deal's bookings, for the request's page at the desk."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from .. import running, targeting_display
from ..artwork_display import versions_of
from ..models import AdRequest, Booking, Material

register = template.Library()


@register.inclusion_tag("admin/ads/adrequest/_artwork.html", takes_context=True)
def deal_artwork(context: dict[str, Any], deal: AdRequest) -> dict[str, Any]:
    """Every booking with its newest artwork, the files of the request that fit it, and where and when it is shown. As
    many queries for many bookings as for one."""
    at = timezone.now()
    bookings = (
        deal.bookings.filter(status=Booking.Status.BOOKED)
        .select_related("position", "advertiser")
        .prefetch_related("creatives", *targeting_display.WITH_WORDS)
        .order_by("first_day", "pk")
    )
    material = list(deal.material.filter(kind=Material.Kind.ARTWORK))
    rows = []
    for booking in bookings:
        fitting = [one for one in material if (one.width, one.height) == booking.position.size]
        rows.append(
            {
                "booking": booking,
                "versions": versions_of(booking, at=at),
                "material": fitting,
                "paused": running.paused_since(booking),
                "aimed": targeting_display.in_words(getattr(booking, "targeting", None)),
            }
        )
    return {"rows": rows, "perms": context.get("perms")}
