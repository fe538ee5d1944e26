"""Jobs that are queued once, and what becomes of them when a worker dies or the tables grow old.

A job is a row of django-tasks. The worker that does it says every few seconds that it lives (`beat`), so a job whose
worker has been silent is known to be nobody's, and is queued again (`revive`).
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks.base import Task
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from .models import DueAction, Heartbeat, IdempotencyKey

logger = logging.getLogger(__name__)

# The heartbeat that says that some worker lives; each one has another of its own, "worker:" and its id. What else is
# one of several has a colon in its name too, and is forgotten a day after it was gone (`prune`).
WORKER = "worker"
BEAT_EVERY = timedelta(seconds=10)
# A worker that has been silent for so long is dead: three beats missed, and time to wait for a lock.
SILENCE = timedelta(seconds=40)
# A job that took so many workers with it is given up.
MOST_LIVES = 5
KEYS_ARE_KEPT = timedelta(days=90)
FINISHED_JOBS_ARE_KEPT = timedelta(days=14)


def enqueue_once(task: Task, key: str, **kwargs: Any) -> bool:
    """Queue a job unless a job of this key was queued before: in the transaction of what asks for it, so both happen
    or neither. Returns whether it was queued now. A key is remembered for 90 days and is at most 160 characters."""
    with transaction.atomic():
        _key, is_new = IdempotencyKey.objects.get_or_create(key=key, defaults={"created_at": timezone.now()})
        if is_new:
            task.enqueue(**kwargs)
    return is_new


def beat(worker_id: str, *, at: datetime) -> None:
    """This worker lives, and so do workers."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=at) for name in (WORKER, f"{WORKER}:{worker_id}")],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )


def leave(worker_id: str) -> None:
    """This worker stops. What it was doing, if anything, is nobody's now."""
    Heartbeat.objects.filter(name=f"{WORKER}:{worker_id}").delete()


def revive(at: datetime) -> int:
    """Queue again what a dead worker was doing. Returns how many jobs were found.

    A job may have done its work before its worker died, so it is done at least once; mail keeps its Message-ID. One
    that MOST_LIVES workers died of is marked as failed.
    """
    living = set(Heartbeat.objects.filter(at__gt=at - SILENCE).values_list("name", flat=True))
    running = DBTaskResult.objects.running().filter(started_at__lt=at - SILENCE)
    abandoned = [job for job in running if f"{WORKER}:{(job.worker_ids or [''])[-1]}" not in living]
    for job in abandoned:
        same = DBTaskResult.objects.running().filter(pk=job.pk, started_at=job.started_at)
        if len(job.worker_ids) < MOST_LIVES:
            same.update(status=TaskResultStatus.READY, started_at=None)
            logger.warning("Job %s was left by a worker that is gone. It is queued again.", job.pk)
        else:
            why = f"Given up: {MOST_LIVES} workers died while they did it."
            same.update(status=TaskResultStatus.FAILED, finished_at=at, traceback=why)
            logger.error("Job %s is given up: %d workers died of it.", job.pk, MOST_LIVES)
    return len(abandoned)


def prune(at: datetime) -> int:
    """Forget what nobody will ask for again: old keys, jobs that are done, workers that are gone, and what was done
    of the agenda, but for announcements, which say that a story was announced. Returns how many rows went."""
    kinds, states = DueAction.Kind, DueAction.State
    over = DueAction.objects.filter(state__in=[states.DONE, states.CANCELLED], due_at__lt=at - KEYS_ARE_KEPT)
    done = DBTaskResult.objects.successful().filter(finished_at__lt=at - FINISHED_JOBS_ARE_KEPT)
    given_up = DBTaskResult.objects.failed().filter(finished_at__lt=at - KEYS_ARE_KEPT)
    old = [
        IdempotencyKey.objects.filter(created_at__lt=at - KEYS_ARE_KEPT),
        Heartbeat.objects.filter(name__contains=":", at__lt=at - timedelta(days=1)),
        over.exclude(kind=kinds.PUBLISH),
        done,
        given_up,
    ]
    return sum(rows.delete()[0] for rows in old)
