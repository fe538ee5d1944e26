"""Pages of a list, by the place of a row and never by counting rows: what is published or withdrawn meanwhile moves
nothing, and the thousandth page costs what the first does.

A cursor says by what the list is sorted, in which direction to go, and where from. It is signed, so that it can only
be one that we gave out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet

from .problems import Problem, bad

signer = signing.Signer(salt="api-cursor")
LONGEST = 300
_CURSOR = re.compile(r"[-\w:]+", re.ASCII)

# The place of a row: its moment, None in lists that go by number alone, and its number.
Place = tuple[datetime | None, int]


@dataclass(frozen=True)
class Arm:
    """A part of a list that an index holds in order: `rows` asked with a condition, by a time or, with "", by number.

    The newest come first, and of the same moment those with the higher number; by number alone the lowest come first.
    """

    rows: Callable[[Q], QuerySet[Any]]
    by: str = ""

    def places(self, here: Cursor | None, most: int) -> list[Place]:
        """The places next to a cursor, in the direction of the cursor. One query."""
        is_back = here is not None and here.is_back
        rows = self.rows(_beyond(here, self.by) if here else Q())
        if not self.by:
            return [(None, pk) for pk in rows.order_by("-pk" if is_back else "pk").values_list("pk", flat=True)[:most]]
        terms = [self.by, "pk"] if is_back else [f"-{self.by}", "-pk"]
        return list(rows.order_by(*terms).values_list(self.by, "pk")[:most])


@dataclass(frozen=True)
class Cursor:
    place: Place
    is_back: bool


@dataclass(frozen=True)
class Page:
    """The numbers of its rows, in their order. `next` and `previous` are cursors, None where nothing follows."""

    numbers: list[int]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class CursorText:
    """How a cursor looks as a parameter. It is read by `open_cursor`, which knows the order."""

    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[-0-9A-Za-z_:]+$"}

    def read(self, name: str, text: str) -> str:
        if len(text) > LONGEST or not _CURSOR.fullmatch(text):
            raise _unknown()
        return text


def _unknown() -> Problem:
    return bad("This cursor was not given out by this list. Begin again without a cursor.")


def sealed(order: str, place: Place, *, is_back: bool) -> str:
    moment, pk = place
    return signer.sign_object([order, int(is_back), moment and moment.isoformat(), pk])


def open_cursor(text: str, order: str) -> Cursor:
    """Raises Problem for what we did not sign, and for the cursor of a list in another order."""
    try:
        name, is_back, moment, pk = signer.unsign_object(text)
    except (signing.BadSignature, ValueError):
        raise _unknown() from None
    if name != order:
        raise bad("This cursor belongs to a list in another order. Begin again without a cursor.")
    return Cursor((moment and datetime.fromisoformat(moment), pk), bool(is_back))


def page_of(arms: Sequence[Arm], order: str, *, limit: int, cursor: str | None) -> Page:
    """A page of what the arms hold together. A query an arm. Whoever goes back comes to the rows just before, however
    many there are newer ones."""
    here = open_cursor(cursor, order) if cursor else None
    is_back = here is not None and here.is_back
    found = [place for arm in arms for place in arm.places(here, limit + 1)]
    if len(arms) > 1:
        found.sort(reverse=not is_back)
    is_more = len(found) > limit
    found = found[:limit]
    if is_back:
        found.reverse()
    if not found:
        return Page([], None, None)
    # Where somebody comes from, something was; whether it is still there is for that page to say.
    has_next, has_previous = (True, is_more) if is_back else (is_more, here is not None)
    return Page(
        [pk for _moment, pk in found],
        sealed(order, found[-1], is_back=False) if has_next else None,
        sealed(order, found[0], is_back=True) if has_previous else None,
    )


def _beyond(here: Cursor, by: str) -> Q:
    moment, pk = here.place
    if not by:
        return Q(pk__lt=pk) if here.is_back else Q(pk__gt=pk)
    # The first condition lets an index find the place, the second settles rows of the same moment.
    if here.is_back:
        return Q(**{f"{by}__gte": moment}) & (Q(**{f"{by}__gt": moment}) | Q(pk__gt=pk))
    return Q(**{f"{by}__lte": moment}) & (Q(**{f"{by}__lt": moment}) | Q(pk__lt=pk))
