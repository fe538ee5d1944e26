"""The artwork of a deal's bookings, for the request's page at the desk."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from ..artwork_display import versions_of
from ..models import AdRequest, Booking, Material

register = template.Library()


@register.inclusion_tag("admin/ads/adrequest/_artwork.html", takes_context=True)
def deal_artwork(context: dict[str, Any], deal: AdRequest) -> dict[str, Any]:
    """Every booking with its newest artwork and the files of the request that fit it. Three queries."""
    at = timezone.now()
    bookings = (
        deal.bookings.filter(status=Booking.Status.BOOKED)
        .select_related("position", "advertiser")
        .prefetch_related("creatives")
        .order_by("first_day", "pk")
    )
    material = list(deal.material.filter(kind=Material.Kind.ARTWORK))
    rows = []
    for booking in bookings:
        fitting = [one for one in material if (one.width, one.height) == booking.position.size]
        rows.append({"booking": booking, "versions": versions_of(booking, at=at), "material": fitting})
    return {"rows": rows, "perms": context.get("perms")}
