"""The 48-hour clock: it runs while an advertiser waits for us, and stands while we wait for them.

Whatever an advertiser sends that wants an answer starts it, with 48 hours; more of the same does not start it anew.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from .models import AdRequest, Turn
from .models.request import ANSWER_WITHIN


def start(request: AdRequest, *, at: datetime) -> bool:
    """They wait for us from now on. False when they did already."""
    with transaction.atomic():
        _turn, is_new = Turn.objects.get_or_create(
            request=request, stopped_at=None, defaults={"started_at": at, "due_at": at + ANSWER_WITHIN}
        )
        if is_new:
            AdRequest.objects.filter(pk=request.pk).update(answer_due_at=at + ANSWER_WITHIN)
            request.answer_due_at = at + ANSWER_WITHIN
    return is_new


def stop(request: AdRequest, *, at: datetime) -> bool:
    """We answered, or nobody waits any more. False when the clock stood already."""
    with transaction.atomic():
        stopped = Turn.objects.filter(request=request, stopped_at=None).update(stopped_at=at)
        AdRequest.objects.filter(pk=request.pk).update(answer_due_at=None)
    request.answer_due_at = None
    return bool(stopped)
