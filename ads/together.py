"""Transactions that are shared: who comes while another one's is being made durable waits for that, and then one of
those who wait writes for all of them. A disk that takes 400 commits a second so takes thousands of beacons."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any


class _Share:
    """What one thread brings, and how it went."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.rows = rows
        self.is_done = False
        self.error: Exception | None = None


class Together:
    """Calls `write` with the rows of all who wait, never twice at once in this process."""

    def __init__(self, write: Callable[[list[Any]], object]) -> None:
        self._write = write
        self._waiting: list[_Share] = []
        self._door = threading.Lock()  # held for a moment, around the list
        self._turn = threading.Lock()  # held by the one who writes

    def __call__(self, rows: Sequence[Any]) -> None:
        """Returns once the rows are written. Raises what `write` raised, as all do whose rows were in it."""
        own = _Share(rows)
        with self._door:
            self._waiting.append(own)
        with self._turn:
            if not own.is_done:
                self._write_all()
        if own.error is not None:
            raise own.error

    def _write_all(self) -> None:
        with self._door:
            shares, self._waiting = self._waiting, []
        error = None
        try:
            self._write([row for share in shares for row in share.rows])
        except Exception as raised:
            error = raised
        for share in shares:
            share.is_done, share.error = True, error
