"""Addresses that are never written to again, known by a keyed hash: who asked to be forgotten is not written down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

from .models import Subscriber, Suppression


def normalised(address: str) -> str:
    """As it is stored: the host in lower case, the rest as it was written."""
    name, at, host = address.strip().rpartition("@")
    return f"{name}{at}{host.lower()}"


def hashes(address: str) -> list[str]:
    """With the secret of today first, then with those that were it before (`SECRET_KEY_FALLBACKS`)."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    known = address.strip().lower()
    return [
        salted_hmac("audience.suppression", known, secret=secret, algorithm="sha256").hexdigest() for secret in secrets
    ]


def of(address: str) -> Suppression | None:
    return Suppression.objects.filter(address_hash__in=hashes(address)).first()


def among(addresses: Iterable[str]) -> set[str]:
    """Which of these are suppressed, in lower case. One query for all of them."""
    by_hash = {one: address.lower() for address in addresses for one in hashes(address)}
    found = Suppression.objects.filter(address_hash__in=list(by_hash)).values_list("address_hash", flat=True)
    return {by_hash[one] for one in found}


def put(address: str, *, reason: str, at: datetime, note: str = "") -> bool:
    """Write to an address never again. False where that is settled already; the first reason stays, but that somebody
    asked to be forgotten is stronger than any other."""
    if known := of(address):
        if reason == Suppression.Reason.ERASED != known.reason:
            Suppression.objects.filter(pk=known.pk).update(reason=reason, note="", at=at)
        return False
    _row, is_new = Suppression.objects.get_or_create(
        address_hash=hashes(address)[0], defaults={"reason": reason, "at": at, "note": note[:240]}
    )
    return is_new


def lift(address: str) -> bool:
    """An address may be written to again. Returns whether it was on the list."""
    return bool(Suppression.objects.filter(address_hash__in=hashes(address)).delete()[0])


def subscriber_of(suppression: Suppression) -> Subscriber | None:
    """Who is meant, where they are still on file: found by trying all who are not written to."""
    suppressed = Subscriber.objects.filter(state=Subscriber.State.SUPPRESSED)
    return next((one for one in suppressed.iterator() if suppression.address_hash in hashes(one.email)), None)
