"""Artwork for a position: checked, written anew, and kept as an immutable version of its booking."""

from __future__ import annotations

from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Max

from articles.uploads import pictures

from .models import Booking, Creative, Position

MAX_UPLOAD_BYTES = 15 * 1024 * 1024


def check(position: Position, data: bytes, *, phone: bool = False) -> pictures.Artwork:
    """Artwork as it may be shown: JPEG or GIF by decoding, exact pixels, not too heavy, without what a picture does
    not need. Raises `pictures.PictureRefused`."""
    size = position.phone_size if phone and position.phone_size else position.size
    return pictures.artwork(data, size=size, max_bytes=position.max_kilobytes * 1024)


def hang(
    booking: Booking,
    artwork: pictures.Artwork,
    *,
    alt: str,
    click_url: str,
    at: datetime,
    phone: pictures.Artwork | None = None,
) -> Creative:
    """Add artwork to a booking as its next version, which is the one shown from now on."""
    creative = Creative(
        booking=booking,
        format=artwork.facts.format,
        bytes=len(artwork.data),
        alt=alt,
        click_url=click_url,
        created_at=at,
    )
    try:
        creative.file.save(f"a.{artwork.extension}", ContentFile(artwork.data), save=False)
        if phone:
            creative.phone_file.save(f"a.{phone.extension}", ContentFile(phone.data), save=False)
        _number(creative)
    except BaseException:
        for file in (creative.file, creative.phone_file):
            if file:
                default_storage.delete(file.name)
        raise
    return creative


def _number(creative: Creative) -> None:
    """Save as the version after the newest. Two who hang at once want the same number; the later tries once more."""
    for is_last_try in (False, True):
        newest = creative.booking.creatives.aggregate(newest=Max("version"))["newest"] or 0
        creative.version = newest + 1
        try:
            with transaction.atomic():
                creative.save(force_insert=True)
            return
        except IntegrityError:
            if is_last_try:
                raise
