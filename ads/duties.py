"""Work on many rows by the clock, so that one bad row keeps nothing else from being done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)
Row = TypeVar("Row")

# The database is away: there is no sense in going on.
AWAY = (OperationalError, InterfaceError)


def each(rows: Iterable[Row], act: Callable[[Row], object]) -> int:
    """Act on every row, in a transaction of its own if it needs one. What fails is logged and tried again with the next
    round. Returns how many did something, or the sum where `act` counts."""
    done = 0
    for row in rows:
        try:
            done += int(act(row) or 0)  # type: ignore[call-overload]
        except AWAY:
            raise
        except Exception:
            logger.exception("%s failed with %r; it is tried again in a minute.", act, row)
    return done
