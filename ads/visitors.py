"""Who may be the same visitor on one day, without knowing who: a hash of network and browser under the day's salt.

The network is a /24 or /48, so many people share a hash: on phones all who have the same browser at one carrier's door.
Half of the bits are of the network alone (`network_of`), so that who changes the browser's name is still one network.

The salt of a day is made the day before and destroyed when its day and the next are over: a click counts for 24 hours,
and must be told from another visitor's until then. From then on no hash can be made again, by us neither.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpRequest
from django.utils import timezone

from articles.public_forms import prefix

from .models import Salt

logger = logging.getLogger(__name__)

KEPT = timedelta(days=2)
# Bits of a hash that are of network and browser; those above them are of the network.
BITS = 24


def salts(at: datetime) -> dict[date, bytes]:
    """The salts of yesterday, today and tomorrow, made where they are missing; without those while nothing can be
    written."""
    today = timezone.localdate(at)
    days = [today + timedelta(days=n) for n in (-1, 0, 1)]
    found = {salt.day: bytes(salt.secret) for salt in Salt.objects.filter(day__in=days)}
    if not {today, days[2]} <= found.keys():
        fresh = [Salt(day=day, secret=os.urandom(32)) for day in days[1:] if day not in found]
        try:
            with transaction.atomic():
                Salt.objects.bulk_create(fresh, ignore_conflicts=True)  # who comes second takes the first one's
        except (DatabaseError, InterfaceError) as error:
            logger.warning("Salts cannot be written: %s", error)
            return found
        found = {salt.day: bytes(salt.secret) for salt in Salt.objects.filter(day__in=days)}
    return found


def destroy_old(at: datetime) -> int:
    """Salts of days that began two days ago or earlier. Returns how many."""
    return Salt.objects.filter(day__lte=timezone.localdate(at) - KEPT).delete()[0]


def visitor(request: HttpRequest, salts: Mapping[date, bytes], day: date) -> int:
    """48 bits for who asks, under the salt of a day; 0 where that salt is not there."""
    salt = salts.get(day)
    if salt is None:
        return 0
    network = _network(request.META.get("REMOTE_ADDR", ""))
    agent = request.META.get("HTTP_USER_AGENT", "")[:400]
    return _hash(network, salt) << BITS | _hash(f"{network}\n{agent}", salt)


def network_of(visitor: int) -> int:
    """What all visitors from one network have in common."""
    return visitor >> BITS


def visitors_of(network: int) -> tuple[int, int]:
    """The least and the greatest that a visitor from a network can be."""
    return network << BITS, (network + 1 << BITS) - 1


# What it keeps is nothing that a log of the last minute would not, and it is gone with the process.
_network = lru_cache(maxsize=4096)(prefix)


def _hash(text: str, salt: bytes) -> int:
    return int.from_bytes(hashlib.blake2s(text.encode(), key=salt, digest_size=3).digest(), "big")
