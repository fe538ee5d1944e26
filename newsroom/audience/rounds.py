"""What the worker looks after for readers, once a minute."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from ads import duties

from . import sending

logger = logging.getLogger(__name__)

ROUNDS: tuple[Callable[[datetime], object], ...] = (sending.start_due, sending.look_after)


def make(at: datetime) -> None:
    """Each part catches its own errors, so that one does not keep the others from their turn."""
    for part in ROUNDS:
        try:
            part(at)
        except duties.AWAY:
            raise
        except Exception:
            logger.exception("%s.%s failed; the next minute has another.", part.__module__, part.__name__)
