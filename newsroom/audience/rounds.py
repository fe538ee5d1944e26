"""What the worker looks after for readers, once a minute."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from ads import duties
from articles import sharing, webhooks

from . import automatic, importing, sending, subscribing

logger = logging.getLogger(__name__)

ROUNDS: tuple[Callable[[datetime], object], ...] = (
    automatic.make_due,
    sending.start_due,
    sending.look_after,
    subscribing.forget_unconfirmed,
    importing.forget_old,
    importing.look_after,
    sharing.look_after,
    webhooks.prune,
)


def make(at: datetime) -> None:
    """Each part catches its own errors, so that one does not keep the others from their turn."""
    for part in ROUNDS:
        try:
            part(at)
        except duties.AWAY:
            raise
        except Exception:
            logger.exception("%s.%s failed; the next minute has another.", part.__module__, part.__name__)
