"""A panel of Today, and the rows in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.functional import Promise

# Rows that a panel shows; who wants more follows its link.
MOST = 8


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a panel. `state` and `tone` are a word and its colour, `about` what else is worth knowing."""

    title: str
    url: str
    state: str = ""
    tone: str = ""
    about: str = ""
    sponsor: str = ""


@dataclass
class Panel:
    """`empty` says what is true without rows, and what to do next; `more` where there are more than shown."""

    name: str
    title: str | Promise
    empty: str | Promise
    rows: list[Row] = field(default_factory=list)
    more: str = ""
    next_step: tuple[str, str | Promise] | None = None

    def show(self, rows: Iterable[Row]) -> Panel:
        """With the first MOST of some rows; the address of all of them only where there are others."""
        rows = list(rows)
        self.rows, self.more = rows[:MOST], self.more if len(rows) > MOST else ""
        return self
