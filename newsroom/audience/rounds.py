"""What the worker looks after for readers, once a minute."""

from __future__ import annotations

import logging
from datetime import datetime

from articles import sharing, webhooks

logger = logging.getLogger(__name__)


def make(at: datetime) -> None:
    """Each part catches its own errors, so that one does not keep the others from their turn."""
    _share(at)


def _share(at: datetime) -> None:
    """Shares whose job was lost, and deliveries old enough to be forgotten."""
    try:
        sharing.look_after(at)
        webhooks.prune(at)
    except Exception:
        logger.exception("Channels were not looked after.")
