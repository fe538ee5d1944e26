"""How fast newsletters leave, and how long they wait while the mail server takes none: the same for all workers, and
after any of them was started anew, as it is a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from .models import MailServer

# Mails of one batch: ten seconds' worth of the pace, and no more than this.
BATCH = 100
# A worker looks for work once a second; what it comes late by is not lost to the pace.
SLACK = timedelta(seconds=2)
# Above this pace several batches go out at a time.
BRISK = 6000
LANES = 4
# After each failure to reach the server; the last one is for all that follow.
WAITS = [timedelta(seconds=30), *(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10))]


@dataclass(frozen=True)
class Turn:
    """So many mails may leave now; none: not before `at`."""

    mails: int
    at: datetime


def lanes() -> int:
    """Chains of batches that one issue is sent by."""
    return LANES if not 0 < settings.NEWSLETTER_PER_MINUTE <= BRISK else 1


def take(at: datetime) -> Turn:
    """The next mails, of whatever issue: what is taken is gone from the pace."""
    with transaction.atomic():
        server = locked(at)
        if server.free_at > at:
            return Turn(0, server.free_at)
        a_minute = settings.NEWSLETTER_PER_MINUTE
        if not a_minute:
            return Turn(BATCH, at)
        mails = max(1, min(BATCH, a_minute // 6))
        server.free_at = max(server.free_at, at - SLACK) + timedelta(minutes=mails / a_minute)
        server.save(update_fields=["free_at"])
        return Turn(mails, at)


def failed(error: str, *, at: datetime) -> datetime:
    """The server takes nothing. Returns when it is tried again."""
    with transaction.atomic():
        server = locked(at)
        wait = WAITS[min(server.failures, len(WAITS) - 1)]
        server.failing_since = server.failing_since or at
        server.failures += 1
        server.error = error[:300]
        server.free_at = max(server.free_at, at + wait)
        server.save()
        return server.free_at


def took() -> None:
    """The server takes mails."""
    MailServer.objects.filter(failing_since__isnull=False).update(failing_since=None, failures=0, error="")


def try_now(at: datetime) -> None:
    """Somebody says that the server is there again, and does not want to wait."""
    MailServer.objects.filter(failing_since__isnull=False).update(free_at=at)


def locked(at: datetime) -> MailServer:
    MailServer.objects.get_or_create(pk=MailServer.ONLY, defaults={"free_at": at})
    return MailServer.objects.select_for_update().get(pk=MailServer.ONLY)
