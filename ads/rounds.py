"""What the ad desk does by the clock. The worker makes the rounds once a minute when it has nothing else to do; any
number of workers may, so each part does its work once whoever comes first."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from . import (
    artwork_reminders,
    clock,
    delivery_watch,
    desk_search,
    drafts,
    dunning,
    duties,
    forecast,
    holds,
    mail_filing,
    mailbox,
    monitor,
    progress,
    promises,
    quoting,
    renewing,
    report_mails,
    rollups,
    sightings,
    visitors,
    waiting,
)

logger = logging.getLogger(__name__)

ROUNDS: tuple[Callable[[datetime], object], ...] = (
    quoting.expire_due,
    quoting.remind_due,
    holds.expire_due,
    waiting.tell_due,
    progress.advance_due,
    dunning.remind,
    artwork_reminders.remind,
    promises.make_due,
    promises.remind,
    monitor.make_due,
    clock.remind,
    mailbox.read_due,
    mail_filing.file_waiting,
    renewing.offer_due,
    rollups.roll_due,
    rollups.seal_due,
    report_mails.send_due,
    rollups.prune_due,
    delivery_watch.look_due,
    forecast.record_due,
    visitors.destroy_old,
    desk_search.catch_up,
    drafts.delete_due,
    sightings.take_due,
)


def make(at: datetime) -> None:
    """One after another; what fails is logged, tried again in a minute, and keeps nothing else from being done."""
    for duty in ROUNDS:
        try:
            duty(at)
        except duties.AWAY:
            raise
        except Exception:
            logger.exception("%s.%s failed; it is tried again in a minute.", duty.__module__, duty.__name__)
