"""Mails about artwork: to the advertiser in their language, to the desk in English."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from articles import mail

from . import letters
from .models import Booking, Creative


def arrived(creative: Creative) -> None:
    _to_desk(creative.booking, gettext_lazy("Artwork to review"), "artwork_arrived_desk", {"creative": creative})


def approved(creative: Creative, *, at: datetime) -> None:
    subject = gettext_lazy("Your artwork is approved")
    _to_advertiser(creative.booking, subject, "artwork_approved", {"creative": creative}, at=at)


def refused(creative: Creative, *, reason: str, instead: Creative | None, was_shown: bool, at: datetime) -> None:
    context = {"creative": creative, "reason": reason, "instead": instead, "was_shown": was_shown}
    subject = gettext_lazy("Please change your artwork")
    _to_advertiser(creative.booking, subject, "artwork_refused", context, at=at)
    if was_shown:
        _to_desk(creative.booking, gettext_lazy("Artwork taken down"), "artwork_taken_down_desk", context)


def missing(booking: Booking, *, days: int, newest: Creative | None, at: datetime) -> None:
    """A reminder for both sides, once for each number of days; the advertiser gets none while we are to review."""
    key = f"artwork-missing:{booking.pk}:{days}"
    context = {"days": days, "newest": newest}
    _to_desk(booking, gettext_lazy("Artwork is missing"), "artwork_missing_desk", context, key=f"{key}:desk")
    if newest is None or newest.status == Creative.Status.REFUSED:
        _to_advertiser(booking, gettext_lazy("We need your artwork"), "artwork_missing", context, at=at, key=key)


def _to_advertiser(
    booking: Booking, subject: str | Promise, template: str, context: dict[str, Any], *, at: datetime, key: str = ""
) -> None:
    firm = booking.advertiser
    context = {"booking": booking, "name": firm.contact_name or firm.company} | context
    if booking.request:
        context["name"] = booking.request.name
        letters.to_advertiser(booking.request, subject, template, context, at=at, key=key)
        return
    with translation.override("en"):  # booked by the desk itself: no page to lead to, and no language known
        mail.post(
            subject=str(subject),
            body=render_to_string(f"ads/mail/{template}.txt", {"link": "", "now": at} | context),
            to=[firm.email],
            reply_to=settings.ADVERTISING_EMAIL,
            key=key,
        )


def _to_desk(
    booking: Booking, subject: str | Promise, template: str, context: dict[str, Any], *, key: str = ""
) -> None:
    context = {"booking": booking} | context
    if booking.request:
        letters.to_desk(booking.request, subject, template, context, key=key)
        return
    with translation.override("en"):
        mail.post(
            subject=f"{subject}: {booking.advertiser.company}",
            body=render_to_string(f"ads/mail/{template}.txt", {"site_url": settings.SITE_URL} | context),
            to=[settings.ADVERTISING_EMAIL],
            reply_to=booking.advertiser.email,
            key=key,
        )
