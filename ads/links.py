"""Private links of deals. A token is made from the link's key and the site's secret, so that every mail can carry it
while the database holds only its hash; with that alone nothing opens."""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac

from articles import mail
from articles.models import User

from .models import AdRequest, DealLink

# How a mail that waits in the queue names a link: the token is put in when it leaves.
PLACE = "deal-link"
# "Last seen" is written at most so often, and moves the end of the link with it.
SEEN_EVERY = timedelta(hours=1)

logger = logging.getLogger(__name__)


def make(request: AdRequest, *, by: User | None, at: datetime, email: str = "") -> DealLink:
    key = secrets.token_urlsafe(32)
    return DealLink.objects.create(
        request=request,
        key=key,
        token_hash=_hash(_token(key)),
        email=email or request.email,
        created_by=by,
        created_at=at,
        expires_at=at + DealLink.LASTS,
    )


def for_mail(request: AdRequest, *, at: datetime, email: str = "") -> DealLink:
    """The open link of an address, of the person who asked by default, or a new one."""
    email = email or request.email
    return open_for(request, email, at=at) or make(request, by=None, at=at, email=email)


def open_for(request: AdRequest, email: str, *, at: datetime) -> DealLink | None:
    """The open link that went to an address. None where there is none, or the site's secret changed meanwhile."""
    for link in request.links.filter(revoked_at=None, expires_at__gt=at, email=email):
        if link.token_hash == _hash(_token(link.key)):
            return link
    return None


def find(token: str, *, at: datetime) -> DealLink | None:
    """The link of a token, with its deal; None when it is unknown, expired or revoked."""
    if len(token) > 100 or not token.isascii():
        return None
    link = DealLink.objects.select_related("request__advertiser").filter(token_hash=_hash(token)).first()
    return link if link and link.is_open(at) else None


def seen(link: DealLink, *, at: datetime) -> None:
    """Note that a link was used. While its deal goes on, it lasts from now as long as a new one does.

    A page is shown even when this cannot be written.
    """
    if link.last_seen_at and link.last_seen_at > at - SEEN_EVERY:
        return
    values = {"last_seen_at": at}
    if link.request.status not in AdRequest.Status.over():
        values["expires_at"] = at + DealLink.LASTS
    due = Q(last_seen_at=None) | Q(last_seen_at__lte=at - SEEN_EVERY)
    try:
        with transaction.atomic():
            DealLink.objects.filter(due, pk=link.pk, revoked_at=None).update(**values)
    except DatabaseError as error:
        logger.warning("The use of a private link was not noted: %s", error)


def revoke(link: DealLink, *, by: User | None, at: datetime) -> bool:
    """The link is dead with the next request. False when it was already."""
    return bool(DealLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at))


def placeholder(link: DealLink) -> str:
    """Stands in a queued mail where the address of the link will stand."""
    return mail.placeholder(PLACE, link.key, to=link.email)


def address(key: str) -> str:
    """The full address of the link with a key, in the language of its deal. For the one who sends it, and nobody
    else."""
    language = DealLink.objects.filter(key=key).values_list("request__language", flat=True).first()
    return settings.SITE_URL + path(key, language or settings.LANGUAGE_CODE)


def path(key: str, language: str) -> str:
    """The address of the link with a key on this site, in a language."""
    prefix = "" if language == settings.LANGUAGE_CODE else f"/{language}"
    return f"{prefix}/partners/deal/{_token(key)}/"


def _token(key: str) -> str:
    digest = salted_hmac("ads.links", key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
