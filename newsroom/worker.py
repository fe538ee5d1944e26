"""The worker: does what is on the agenda and what is queued, one thing after another, until it is told to stop.

Any number may run. None keeps anything in memory that another would need, and each says every ten seconds that it
lives, so that what it was doing is taken up when it does not.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult, DBTaskResultQuerySet
from django_tasks_db.utils import exclusive_transaction

from ads import rounds
from articles import jobs, search_index, search_misses, timing

from . import alarm
from .audience import rounds as readers_rounds

logger = logging.getLogger(__name__)

IDLE_SECONDS = 1
AFTER_AN_ERROR_SECONDS = 3
# What is running has so long to end after SIGTERM; what does not is done again by another worker.
GRACE_SECONDS = 20
# A job that takes longer than this hangs, and the worker with it: it stops saying that it lives.
LONGEST_JOB_SECONDS = 15 * 60
LOOK_AROUND_EVERY = timedelta(seconds=10)
WATCH_EVERY = timedelta(minutes=1)
PRUNE_EVERY = timedelta(hours=1)


class Worker:
    """`run` works until `stop`, or once until nothing is due."""

    def __init__(self) -> None:
        self.id = get_random_string(32)
        self.is_stopping = False
        self.turned_at = time.monotonic()
        self.looked_around_at: datetime | None = None
        self.watched_at: datetime | None = None
        self.pruned_at: datetime | None = None
        # Inside somebody's transaction no other connection could write, and this one must stay.
        self.is_alone = not connection.in_atomic_block

    def stop(self) -> None:
        """Stop after what is being done now."""
        self.is_stopping = True

    def stop_on_signals(self) -> None:
        def asked(*_signal) -> None:
            if not self.is_stopping:
                signal.alarm(GRACE_SECONDS)  # nobody handles it, so the process ends then
            self.stop()

        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, asked)

    def run(self, *, once: bool = False) -> None:
        if self.is_alone:
            threading.Thread(target=self._keep_beating, daemon=True).start()
        while not self.is_stopping:
            self.turned_at = time.monotonic()
            try:
                if self.is_alone:
                    close_old_connections()
                did = self.turn()
            except Exception:
                if once:
                    raise
                logger.exception("The worker goes on in %d seconds.", AFTER_AN_ERROR_SECONDS)
                self._begin_anew()
                continue
            if not did:
                if once:
                    break
                time.sleep(IDLE_SECONDS)
        self.stop()
        try:
            jobs.leave(self.id)
        except (DatabaseError, InterfaceError):
            logger.warning("The worker stopped without saying so; what it was doing is taken up in a minute.")

    def turn(self) -> bool:
        """The next thing that is due or queued. False when there was nothing."""
        at = timezone.now()
        if self.looked_around_at is None or not timedelta() <= at - self.looked_around_at < LOOK_AROUND_EVERY:
            self._look_around(at)
        if action := timing.claim(at):
            timing.perform(action, at=at)
            return True
        if self._did_job(DBTaskResult.objects.ready().filter(priority__gte=0)):
            return True
        # Only with nothing left to do: what is late because no worker ran is being done now. A newsletter that goes out
        # has a lower priority and takes hours, so this is not kept waiting by it.
        if self.watched_at is None or not timedelta() <= at - self.watched_at < WATCH_EVERY:
            self.watched_at = at
            rounds.make(at)
            readers_rounds.make(at)
            alarm.sound(at)
            search_index.catch_up(at)
        return self._did_job(DBTaskResult.objects.ready())

    def _look_around(self, at: datetime) -> None:
        if self.looked_around_at is None or not self.is_alone:
            jobs.beat(self.id, at=at)  # before anything is claimed; later the thread does
        self.looked_around_at = at
        jobs.revive(at)
        if self.pruned_at is None or not timedelta() <= at - self.pruned_at < PRUNE_EVERY:
            self.pruned_at = at
            jobs.prune(at)
            search_misses.prune(at)

    def _did_job(self, ready: DBTaskResultQuerySet) -> bool:
        if not ready.exists():  # without taking the one lock for writing each second
            return False
        with exclusive_transaction(ready.db):
            job = ready.get_locked()
            if job is not None:
                job.claim(self.id)
        if job is None:
            return False
        # The library's own: it keeps results and errors, and tells its listeners.
        self._library_worker().run_task(job)
        return True

    def _library_worker(self) -> db_worker.Worker:
        return db_worker.Worker(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=self.id,
            excluded_queue_names=[],
        )

    def _begin_anew(self) -> None:
        """As another worker, so that a job whose end could not be written down is seen to be nobody's."""
        if self.is_alone:
            connection.close()
        self.id = get_random_string(32)
        self.looked_around_at = None
        time.sleep(AFTER_AN_ERROR_SECONDS)

    def _keep_beating(self) -> None:
        """From a thread of its own, so that a long job does not look like a death."""
        beaten_at = time.monotonic()
        while not self.is_stopping:
            time.sleep(1)
            now = time.monotonic()
            if now - beaten_at < jobs.BEAT_EVERY.total_seconds() or now - self.turned_at > LONGEST_JOB_SECONDS:
                continue
            beaten_at = now
            try:
                jobs.beat(self.id, at=timezone.now())
            except (DatabaseError, InterfaceError) as error:
                logger.warning("The worker could not say that it lives: %s", error)
            finally:
                connection.close()
