"""The 48-hour clock: it runs while an advertiser waits for us, and stands while we wait for them.

Whatever an advertiser sends that wants an answer starts it, with 48 hours; more of the same does not start it anew.
The owner of a deal is reminded 24 hours and 6 hours before its end, when it is overdue, and then daily for a week.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy

from . import letters
from .models import AdRequest, Turn
from .models.request import ANSWER_WITHIN

# Before the end of a turn; negative after it. `Turn.reminded` counts them.
REMINDERS = (timedelta(hours=24), timedelta(hours=6), *(timedelta(days=-days) for days in range(8)))


def start(request: AdRequest, *, at: datetime) -> bool:
    """They wait for us from now on. False when they did already."""
    # In UTC: a zone with daylight saving adds 48 hours on its clocks, which may be 47 or 49.
    due_at = at.astimezone(UTC) + ANSWER_WITHIN
    with transaction.atomic():
        _turn, is_new = Turn.objects.get_or_create(
            request=request, stopped_at=None, defaults={"started_at": at, "due_at": due_at}
        )
        if is_new:
            AdRequest.objects.filter(pk=request.pk).update(answer_due_at=due_at)
            request.answer_due_at = due_at
    return is_new


def stop(request: AdRequest, *, at: datetime) -> bool:
    """We answered, or nobody waits any more. False when the clock stood already."""
    with transaction.atomic():
        stopped = Turn.objects.filter(request=request, stopped_at=None).update(stopped_at=at)
        AdRequest.objects.filter(pk=request.pk).update(answer_due_at=None)
    request.answer_due_at = None
    return bool(stopped)


def remind(at: datetime) -> int:
    """Remind the owner of each deal, or the desk, whose time has come; each reminder goes out once. Returns how many
    did. One that comes late goes out instead of those before it. What is held as spam reminds nobody."""
    running = Turn.objects.filter(
        stopped_at=None,
        due_at__lte=at + REMINDERS[0],
        reminded__lt=len(REMINDERS),
        request__suspected="",
    ).select_related("request__owner")
    return sum(_remind(turn, at) for turn in running.order_by("due_at"))


def _remind(turn: Turn, at: datetime) -> bool:
    count = sum(turn.due_at - at <= before for before in REMINDERS)
    if count <= turn.reminded:
        return False
    with transaction.atomic():
        mine = Turn.objects.filter(pk=turn.pk, stopped_at=None, reminded=turn.reminded)
        if not mine.update(reminded=count):
            return False
        is_overdue = turn.due_at <= at
        subject = gettext_lazy("Overdue, please answer") if is_overdue else gettext_lazy("Please answer")
        letters.to_desk(
            turn.request,
            subject,
            "answer_due_desk",
            {"turn": turn, "is_overdue": is_overdue, "hours": abs(turn.due_at - at) // timedelta(hours=1)},
            key=f"clock:{turn.pk}:{count}",
        )
    return True
