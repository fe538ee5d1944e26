"""Private links of deals. A token is made from the link's key and the site's secret, so that every mail can carry it
while the database holds only its hash; with that alone nothing opens."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

from articles import mail
from articles.models import User

from .models import AdRequest, DealLink

# How a mail that waits in the queue names a link: the token is put in when it leaves.
PLACE = "deal-link"


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


def for_mail(request: AdRequest, *, at: datetime) -> DealLink:
    """The open link of the person who asked, or a new one."""
    for link in request.links.filter(revoked_at=None, expires_at__gt=at, email=request.email):
        if link.token_hash == _hash(_token(link.key)):  # else the site's secret changed meanwhile
            return link
    return make(request, by=None, at=at)


def find(token: str, *, at: datetime) -> DealLink | None:
    """The link of a token, with its deal; None when it is unknown, expired or revoked."""
    if len(token) > 100 or not token.isascii():
        return None
    link = DealLink.objects.select_related("request__advertiser").filter(token_hash=_hash(token)).first()
    return link if link and link.is_open(at) else None


def revoke(link: DealLink, *, by: User | None, at: datetime) -> bool:
    """The link is dead with the next request. False when it was already."""
    return bool(DealLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at))


def placeholder(link: DealLink) -> str:
    """Stands in a queued mail where the address of the link will stand."""
    return mail.placeholder(PLACE, link.key)


def address(key: str) -> str:
    """The full address of the link with a key. For the one who sends it, and nobody else."""
    return f"{settings.SITE_URL}/partners/deal/{_token(key)}/"


def _token(key: str) -> str:
    digest = salted_hmac("ads.links", key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
