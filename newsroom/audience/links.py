"""The secret addresses in the mails of readers, and the counted ones, which are the same for everybody.

A reader's token is the number of the subscriber and an HMAC of their `key`: nothing of it is stored, a new key makes
all of a reader's links dead, and they work for years, as people unsubscribe from old mails.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac

from .models import Newsletter, Subscriber

# Stand in a rendered issue for each reader's own addresses, and are filled in as it leaves.
PREFERENCES, UNSUBSCRIBE = "https://preferences.invalid/", "https://unsubscribe.invalid/"
_SHAPE = re.compile(r"([1-9]\d{0,17})-([0-9a-f]{40})", re.ASCII)


def token(subscriber: Subscriber) -> str:
    return f"{subscriber.pk}-{_seal('subscriber', f'{subscriber.pk}:{subscriber.key}')[0]}"


def find(text: str) -> Subscriber | None:
    """Whose token this is. None for one that was made up, is damaged, or whose reader is gone."""
    if not (shape := _SHAPE.fullmatch(text)):
        return None
    subscriber = Subscriber.objects.filter(pk=int(shape[1])).first()
    if subscriber is None:
        return None
    good = _seal("subscriber", f"{subscriber.pk}:{subscriber.key}")
    return subscriber if any(constant_time_compare(shape[2], seal) for seal in good) else None


def confirm_url(subscriber: Subscriber) -> str:
    return _address("newsletters:confirm", subscriber.language, token(subscriber))


def preferences_url(subscriber: Subscriber) -> str:
    return _address("newsletters:preferences", subscriber.language, token(subscriber))


def unsubscribe_url(subscriber: Subscriber, newsletter: Newsletter) -> str:
    """Leads people to a page with a button; a POST of a mail program (RFC 8058) ends the subscription at once."""
    return _address("newsletters:unsubscribe", newsletter.language, token(subscriber), newsletter.slug)


def address_url(subscriber: Subscriber) -> str:
    """Where a reader says from their new address that it is theirs."""
    seal = _seal("address", _new_address(subscriber))[0]
    return _address("newsletters:address", subscriber.language, f"{subscriber.pk}-{seal}")


def find_new_address(text: str) -> Subscriber | None:
    """Who wants their mail elsewhere. None for a token that was made up, or is of an address they no longer ask for."""
    shape = _SHAPE.fullmatch(text)
    subscriber = Subscriber.objects.filter(pk=int(shape[1])).exclude(new_email="").first() if shape else None
    if not shape or subscriber is None:
        return None
    good = _seal("address", _new_address(subscriber))
    return subscriber if any(constant_time_compare(shape[2], seal) for seal in good) else None


def _new_address(subscriber: Subscriber) -> str:
    moment = subscriber.new_email_at.isoformat() if subscriber.new_email_at else ""
    return f"{subscriber.pk}:{subscriber.key}:{subscriber.new_email}:{moment}"


def click_url(issue: int, link: int) -> str:
    """A counted link of an issue: of which issue, and its place in `Issue.sent_as["links"]`."""
    return settings.SITE_URL + reverse(
        "post:click", args=[f"{issue}-{link}-{_seal('click', f'{issue}:{link}')[0][:16]}"]
    )


def find_click(text: str) -> tuple[int, int] | None:
    """The issue and the place that a counted address names, None for one that we did not make."""
    if not (shape := re.fullmatch(r"([1-9]\d{0,17})-(0|[1-9]\d{0,3})-([0-9a-f]{16})", text, re.ASCII)):
        return None
    issue, link = int(shape[1]), int(shape[2])
    good = any(constant_time_compare(shape[3], seal[:16]) for seal in _seal("click", f"{issue}:{link}"))
    return (issue, link) if good else None


def _seal(purpose: str, what: str) -> list[str]:
    """With the secret of today first, then with those that were it before."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        salted_hmac(f"audience.{purpose}", what, secret=secret, algorithm="sha256").hexdigest()[:40]
        for secret in secrets
    ]


def _address(name: str, language: str, *parts: str) -> str:
    with translation.override(language):
        return settings.SITE_URL + reverse(name, args=parts)
