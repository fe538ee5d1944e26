"""Take a request in, and book a position. Admin, page and command call the same."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from articles import mail
from articles.models import User
from articles.uploads import pictures

from . import artwork, availability, clock, holds, materials, prices, records
from .days import weeks_between
from .ledger import WHOLE
from .models import (
    AdRequest,
    AdRequestItem,
    Advertiser,
    Booking,
    BookingMove,
    DraftFile,
    Material,
    Position,
    PostProduct,
    RequestMove,
)
from .money import cents
from .targeting import ANYWHERE, Where

# Letters and digits that nobody mistakes for another on the telephone.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One thing asked for, with the checked files that came for it, if any."""

    position: Position | None = None
    product: PostProduct | None = None
    written_by: str = ""
    share: int | None = None
    impressions: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    brief: str = ""
    # As the request form said; None where it said "a quote".
    price: Decimal | None = None
    currency: str = ""
    file: bytes | None = None
    file_name: str = ""
    file_format: str = ""
    size: tuple[int, int] | None = None
    # Files that a draft of the request keeps already.
    kept: tuple[DraftFile, ...] = ()


def receive(
    fields: dict[str, Any],
    wishes: list[Wish],
    *,
    form_key: str,
    language: str,
    suspicion: str,
    at: datetime,
    is_silent: bool = False,
) -> AdRequest:
    """Store a request with its items and files, and tell both sides by mail; all of it, or nothing.

    The same `form_key` again returns the first request unchanged. A suspected one is stored and mailed to nobody, and
    so is a silent one, which a command brings in.
    """
    if first := AdRequest.objects.filter(form_key=form_key).first():
        return first
    stored: list[Material] = []
    try:
        with transaction.atomic():
            request = AdRequest.objects.create(
                **fields,
                reference=_new_reference(),
                form_key=form_key,
                language=language,
                suspected=suspicion,
                received_at=at,
            )
            for wish in wishes:
                _store_wish(request, wish, stored)
            RequestMove.objects.create(request=request, from_status="", to_status=request.status, at=at)
            clock.start(request, at=at)
            if not suspicion:
                records.recognise(request)
            if not (suspicion or is_silent):
                _confirm(request)
    except IntegrityError:
        materials.discard(stored)
        if first := AdRequest.objects.filter(form_key=form_key).first():
            return first
        raise  # not a second click
    except BaseException:
        materials.discard(stored)
        raise
    return request


def release(request: AdRequest, *, by: User | None, at: datetime) -> bool:
    """A held request was no spam: both sides get their mails. False when it was not held, or released already."""
    with transaction.atomic():
        if (
            not AdRequest.objects.filter(pk=request.pk)
            .exclude(suspected="")
            .exclude(status__in=AdRequest.Status.over())
            .update(suspected="")
        ):
            return False
        note = f"released, was held: {request.suspected}"
        RequestMove.objects.create(
            request=request, from_status=request.status, to_status=request.status, actor=by, note=note, at=at
        )
        request.suspected = ""
        if not request.advertiser_id:
            records.recognise(request)
        _confirm(request)
    return True


def advertiser_of(request: AdRequest) -> Advertiser:
    """The firm behind a request, found by company and address or put on file."""
    if request.advertiser:
        return request.advertiser
    advertiser = records.known_firm(request.company, request.email) or Advertiser.objects.create(
        company=request.company,
        contact_name=request.name,
        email=request.email,
        website=request.website,
        country=request.country,
    )
    records.meet(request, advertiser)
    return advertiser


def book(
    *,
    position: Position,
    first_day: date,
    last_day: date,
    price: Decimal,
    by: User | None,
    at: datetime,
    advertiser: Advertiser | None = None,
    art: pictures.Artwork | None = None,
    phone_art: pictures.Artwork | None = None,
    alt: str = "",
    click_url: str = "",
    request: AdRequest | None = None,
    share: int = WHOLE,
    impressions: int | None = None,
    where: Where = ANYWHERE,
) -> Booking:
    """Take a share of the days, or a number of impressions, and write the booking, with its artwork when there is some.
    A number may be taken of a target alone; the caller writes the target in the same transaction.
    Without an advertiser, the firm of the request is put on file. Raises `ledger.SoldOut`, and then nothing is on file
    that was not before."""
    with transaction.atomic():
        if request:  # a deal is locked before its positions, everywhere
            AdRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        position = availability.lock(position)
        holds.expire_due(at, position=position)
        if impressions:
            availability.claim(position, first_day, last_day, impressions, where=where, at=at)
        else:
            availability.take(position, first_day, last_day, share=share, at=at)
        firm = advertiser or (advertiser_of(request) if request else None)
        if firm is None:
            raise ValueError("A booking needs an advertiser, or a request to know the firm from.")
        booking = Booking.objects.create(
            position=position,
            advertiser=firm,
            request=request,
            first_day=first_day,
            last_day=last_day,
            share=0 if impressions else share,
            impressions=impressions or None,
            price=price,
            currency=position.currency,
            booked_by=by,
            booked_at=at,
        )
        BookingMove.objects.create(booking=booking, to_status=booking.status, actor=by, at=at)
        if art:
            artwork.hang(booking, art, phone=phone_art, alt=alt, click_url=click_url, by=by, at=at)
    return booking


def price_for(
    position: Position, first_day: date, last_day: date, *, share: int = WHOLE, impressions: int | None = None
) -> Decimal:
    """The rate card's price of the first day: of a share of whole weeks, a begun one counted whole, or of a number of
    impressions."""
    rate = prices.of_position(position, first_day)
    if impressions:
        return cents(rate.per_thousand * impressions / 1000)
    return cents(rate.per_week * weeks_between(first_day, last_day) * share / WHOLE)


def _new_reference() -> str:
    while True:
        reference = "R-" + "".join(secrets.choice(REFERENCE_ALPHABET) for _n in range(7))
        if not AdRequest.objects.filter(reference=reference).exists():
            return reference


def _store_wish(request: AdRequest, wish: Wish, stored: list[Material]) -> None:
    item = AdRequestItem.objects.create(
        request=request,
        position=wish.position,
        product=wish.product,
        written_by=wish.written_by,
        share=wish.share,
        impressions=wish.impressions,
        first_day=wish.first_day,
        last_day=wish.last_day,
        brief=wish.brief,
        asked_price=wish.price,
        asked_currency=wish.currency,
    )
    for kept in wish.kept:
        materials.adopt(kept, request, item=item)
    if wish.file is None:
        return
    material = materials.new(
        request, wish.file, name=wish.file_name, format=wish.file_format, size=wish.size, item=item
    )
    materials.keep(material, wish.file, stored)


def _confirm(request: AdRequest) -> None:
    """One mail to the advertiser in their language, one to the desk."""
    context = {
        "request": request,
        "items": request.items.select_related("position", "product"),
        "site_url": settings.SITE_URL,
    }
    with translation.override(request.language):
        mail.post(
            subject=_("We have your request %(reference)s") % {"reference": request.reference},
            body=render_to_string("ads/mail/request_received.txt", context),
            to=[request.email],
            reply_to=settings.ADVERTISING_EMAIL,
        )
    with translation.override("en"):
        mail.post(
            subject=_("New request %(reference)s from %(company)s")
            % {"reference": request.reference, "company": request.company},
            body=render_to_string("ads/mail/request_for_desk.txt", context),
            to=[settings.ADVERTISING_EMAIL],
            reply_to=request.email,
        )
