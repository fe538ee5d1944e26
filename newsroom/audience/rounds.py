"""What the worker looks after for readers, once a minute."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError, InterfaceError

from . import sending

logger = logging.getLogger(__name__)


def make(at: datetime) -> None:
    """Each part catches its own errors, so that one does not keep the others from their turn."""
    _turn("newsletters that are due", sending.start_due, at)
    _turn("newsletters that go out", sending.look_after, at)


def _turn(what: str, part: Callable[[datetime], object], at: datetime) -> None:
    try:
        part(at)
    except (DatabaseError, InterfaceError):
        raise  # the worker begins anew
    except Exception:
        logger.exception("The round of %s failed.", what)
