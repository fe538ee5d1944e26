"""Clicks in newsletters: an address of ours for each link that was sold, which leads on and is counted.

Staff paste it into the newsletter, whatever sends that. It is the same for every recipient, so it says nothing of who
clicked; it never expires, as mails are kept for years. A change of SECRET_KEY must keep the old one in
SECRET_KEY_FALLBACKS for as long as mails with old addresses are to lead somewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.models import User

from . import click_address, counting, tokens, totals
from .counting import Caller, Told
from .models import Promise, TrackedLink
from .models.event import Kind, Source
from .tokens import EPOCH, Token

# Programs that look through mails open a link before, and more than once; people click twice. All that one network and
# browser does with a link within ten minutes by the clock is one click.
ONE_CLICK = timedelta(minutes=10)


class LinkRefused(Exception):
    """Raised for a link of what is in no newsletter; its text is a sentence."""


def track(
    *,
    promise: Promise,
    url: str,
    label: str = "",
    by: User | None,
    at: datetime,
) -> TrackedLink:
    """The counted link of a mention to an address; the one that is there, where it was made before. Raises LinkRefused,
    and ValidationError for an address that readers cannot open."""
    if promise.kind != Promise.Kind.NEWSLETTER:
        raise LinkRefused(_("Clicks are counted in newsletters only. This mention is not in one."))
    with transaction.atomic():
        link, _is_new = TrackedLink.objects.get_or_create(
            promise=promise,
            url=click_address.normalise_own(url),  # a sponsored story stands on this site, wherever that is
            defaults={"label": label.strip(), "created_at": at},
        )
    return link


def address(link: TrackedLink) -> str:
    """The whole address, for everybody, made of nothing but the number of the link and when it was made."""
    begin = _milliseconds(link.created_at)
    token = tokens.seal(Token(begin + bytes(8), line=link.pk), Source.MAIL)
    return settings.SITE_URL + reverse("delivery:go", args=[token])


def find(token: Token) -> TrackedLink | None:
    """The link that a token of a newsletter names."""
    return TrackedLink.objects.filter(pk=token.line).first()


def click(link: TrackedLink, request: HttpRequest, *, at: datetime) -> None:
    """Take note of a click, and never let it fail."""
    caller = Caller.of(request)
    visitor = caller.visitor(at, at=at)
    told = Told(
        Token(_one_click(link.pk, visitor, at), visitor=visitor, device=caller.device),
        Kind.CLICK,
        Source.MAIL,
        link.pk,
    )
    counting.click(told, caller, at=at)


def clicks(links: Collection[TrackedLink]) -> dict[int, int]:
    """How many clicks each link has had that count, up to now."""
    numbers = [link.pk for link in links]
    if not numbers:
        return {}
    found = totals.figures("link", link__in=numbers, source=Source.MAIL, kind=Kind.CLICK)
    return {link: one.clicks for (link,), one in found.items()}


def _one_click(link: int, visitor: int, at: datetime) -> bytes:
    """In the place of a decision, so that the key of the event is the same for all that is one click."""
    begin = at - (at - EPOCH) % ONE_CLICK
    return _milliseconds(begin) + hashlib.blake2s(f"{link} {visitor}".encode(), digest_size=8).digest()


def _milliseconds(moment: datetime) -> bytes:
    return ((moment - EPOCH) // timedelta(milliseconds=1)).to_bytes(6, "big")
