"""Who may be the same visitor on one day, without knowing who: a hash of network and browser under the day's salt.

The network is a /24 or /48, so many people share a hash. The salt is made the day before and destroyed after two days;
from then on no hash can be made again, by us neither.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from articles.public_forms import prefix

from .models import Salt

KEPT = timedelta(days=2)


def salts(at: datetime) -> dict[date, bytes]:
    """The salts of yesterday, today and tomorrow, made where they are missing."""
    today = timezone.localdate(at)
    days = [today + timedelta(days=n) for n in (-1, 0, 1)]
    found = {salt.day: bytes(salt.secret) for salt in Salt.objects.filter(day__in=days)}
    if not {today, days[2]} <= found.keys():
        fresh = [Salt(day=day, secret=os.urandom(32)) for day in days[1:] if day not in found]
        Salt.objects.bulk_create(fresh, ignore_conflicts=True)  # who comes second takes the first one's
        found = {salt.day: bytes(salt.secret) for salt in Salt.objects.filter(day__in=days)}
    return found


def destroy_old(at: datetime) -> int:
    return Salt.objects.filter(day__lt=timezone.localdate(at - KEPT)).delete()[0]


def visitor(request: HttpRequest, salts: Mapping[date, bytes], day: date) -> int:
    """48 bits for who asks, under the salt of a day; 0 where that salt is gone."""
    salt = salts.get(day)
    if salt is None:
        return 0
    agent = request.headers.get("User-Agent", "")[:400]
    text = f"{prefix(request.META.get('REMOTE_ADDR', ''))}\n{agent}"
    return int.from_bytes(hashlib.blake2s(text.encode(), key=salt, digest_size=6).digest(), "big")
