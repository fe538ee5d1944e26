"""The artwork of a deal on its private page: what is needed, send or replace it, see it in place."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import artwork, artwork_display, progress
from ..artwork_forms import ArtworkForm
from ..models import AdRequest, Booking, Creative, DealLink
from . import deal as page
from .artwork_files import send_file

# Attempts of one link, whatever became of them.
TRIED_PER_HOUR = 30

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Row:
    """One booking of the deal with its artwork; `form` is None where none is taken any more."""

    booking: Booking
    versions: Sequence[artwork_display.Version]
    form: ArtworkForm | None
    phone: artwork_display.Piece
    needed_by: date
    days_left: int

    @property
    def newest(self) -> artwork_display.Version | None:
        return self.versions[0] if self.versions else None

    @property
    def is_lacking(self) -> bool:
        """Whether nothing can run, and nothing waits for our review either."""
        return not any(version.creative.status in ("approved", "waiting") for version in self.versions)


def part(deal: AdRequest, *, at: datetime, token: str, failed: ArtworkForm | None = None) -> dict[str, Any] | None:
    """The context of `ads/deal/_artwork.html`; None for a deal without bookings. `failed` is a form that was sent and
    has something to correct."""
    bookings = (
        deal.bookings.filter(status=Booking.Status.BOOKED)
        .select_related("position", "request")
        .prefetch_related("creatives")
        .order_by("first_day", "pk")
    )
    rows = [_row(booking, at=at, failed=failed) for booking in bookings]
    return {"rows": rows, "token": token, "failed": failed} if rows else None


def _row(booking: Booking, *, at: datetime, failed: ArtworkForm | None) -> Row:
    form = None
    if at < booking.ends_at:
        form = failed if failed and failed.booking == booking else ArtworkForm(booking=booking)
    return Row(
        booking=booking,
        versions=artwork_display.versions_of(booking, at=at),
        form=form,
        phone=artwork_display.on_phone(booking.position, has_phone_artwork=False),
        needed_by=max(booking.first_day - progress.READY_BEFORE, timezone.localdate(at)),
        days_left=(booking.first_day - timezone.localdate(at)).days,
    )


@page.deal_page
@require_POST
def send(request: HttpRequest, token: str, pk: int, *, link: DealLink) -> HttpResponse:
    """Send artwork, or replace it. All that is wrong is said at once."""
    at = timezone.now()
    booking = get_object_or_404(
        link.request.bookings.select_related("position", "request", "advertiser").prefetch_related("creatives"), pk=pk
    )
    too_often = _tried(link, at=at) > TRIED_PER_HOUR
    form = ArtworkForm(request.POST, None if too_often else request.FILES, booking=booking)
    try:
        if too_often:
            sentence = _("Artwork was sent very often in the last hour. Please try again later.")
            raise artwork.TooMany({"": sentence})
        creative = form.submit(by=None, at=at)
    except artwork.TooMany as refused:
        form.add_error(None, str(refused))
        return _again(request, token, link, form, at=at, status=429)
    if creative is None:
        return _again(request, token, link, form, at=at, status=400)
    return page.back(token, "artwork", f"artwork-{booking.pk}")


def _again(
    request: HttpRequest, token: str, link: DealLink, form: ArtworkForm, *, at: datetime, status: int
) -> HttpResponse:
    again = part(link.request, at=at, token=token, failed=form)
    return page.draw(request, token, link, at=at, status=status, parts={"artwork": again})


def _tried(link: DealLink, *, at: datetime) -> int:
    """Count one attempt of a link, from whatever network. A cache that is away lets people through."""
    key = f"limit:deal-artwork:{link.pk}:{at:%Y%m%d%H}"
    try:
        cache.add(key, 0, timedelta(hours=1).seconds)
        return cache.incr(key)
    except Exception as error:
        logger.warning("Artwork sent is not counted, the cache does not answer: %s", error)
        return 0


@page.deal_page
@require_safe
def file(request: HttpRequest, token: str, pk: int, which: str, *, link: DealLink) -> HttpResponseBase:
    """A file of a version of this deal's artwork, approved or not, for who has the link."""
    creative = get_object_or_404(Creative, pk=pk, booking__request=link.request)
    return send_file(creative, which)
