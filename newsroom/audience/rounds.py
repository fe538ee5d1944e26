"""What the worker looks after for readers, once a minute."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from . import automatic

logger = logging.getLogger(__name__)

ROUNDS: tuple[Callable[[datetime], object], ...] = (automatic.make_due,)


def make(at: datetime) -> None:
    """Each part catches its own errors, so that one does not keep the others from their turn."""
    for duty in ROUNDS:
        try:
            duty(at)
        except Exception:
            logger.exception("%s.%s failed; it is tried again in a minute.", duty.__module__, duty.__name__)
