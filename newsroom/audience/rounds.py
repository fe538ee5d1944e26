"""What the worker looks after for readers, once a minute."""

from __future__ import annotations

from datetime import datetime


def make(at: datetime) -> None:
    """Each part catches its own errors, so that one does not keep the others from their turn."""
