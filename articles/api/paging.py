"""Pages of a list, by the place of a row and never by counting rows: what is published or withdrawn meanwhile moves
nothing, and the thousandth page costs what the first does.

A cursor says by what the list is sorted, in which direction to go, and where from. It is signed, so that it can only
be one that we gave out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

from .problems import bad

signer = signing.Signer(salt="api-cursor")
LONGEST = 300
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Order:
    """By a time, the newest first, then by number, the highest first; or by number alone, the lowest first."""

    name: str
    by: str = ""

    @property
    def terms(self) -> list[str]:
        return [f"-{self.by}", "-pk"] if self.by else ["pk"]

    @property
    def reversed_terms(self) -> list[str]:
        return [self.by, "pk"] if self.by else ["-pk"]

    def place(self, row: Any) -> list[Any]:
        return [getattr(row, self.by).isoformat(), row.pk] if self.by else [row.pk]


@dataclass(frozen=True)
class Cursor:
    place: tuple[Any, ...]
    is_back: bool


@dataclass(frozen=True)
class Page(Generic[M]):
    """`next` and `previous` are cursors, None where nothing follows."""

    rows: list[M]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class CursorText:
    """How a cursor looks as a parameter. It is read by `open_cursor`, which knows the order."""

    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"^[-\w:]+$"}

    def read(self, name: str, text: str) -> str:
        if len(text) > LONGEST or not re.fullmatch(r"[-\w:]+", text, re.ASCII):
            raise _unknown()
        return text


def _unknown() -> Exception:
    return bad("This cursor was not given out by this list. Begin again without a cursor.")


def sealed(order: Order, row: Any, *, is_back: bool) -> str:
    return signer.sign_object([order.name, int(is_back), *order.place(row)])


def open_cursor(text: str, order: Order) -> Cursor:
    """Raises Problem for what we did not sign, and for the cursor of a list in another order."""
    try:
        name, is_back, *place = signer.unsign_object(text)
        if name != order.name:
            raise bad("This cursor belongs to a list in another order. Begin again without a cursor.")
        if order.by:
            place[0] = datetime.fromisoformat(place[0])
    except (signing.BadSignature, ValueError, TypeError, IndexError):
        raise _unknown() from None
    return Cursor(tuple(place), bool(is_back))


def page_of(rows: Callable[[Q], QuerySet[M]], order: Order, *, limit: int, cursor: str | None) -> Page[M]:
    """A page of the rows that meet a condition. One query. Whoever goes back comes to the rows just before, however
    many there are newer ones."""
    here = open_cursor(cursor, order) if cursor else None
    is_back = here is not None and here.is_back
    terms = order.reversed_terms if is_back else order.terms
    found = list(rows(_beyond(here, order) if here else Q()).order_by(*terms)[: limit + 1])
    is_more = len(found) > limit
    found = found[:limit]
    if is_back:
        found.reverse()
    if not found:
        return Page([], None, None)
    # Where somebody comes from, something was; whether it is still there is for that page to say.
    has_next, has_previous = (True, is_more) if is_back else (is_more, here is not None)
    return Page(
        found,
        sealed(order, found[-1], is_back=False) if has_next else None,
        sealed(order, found[0], is_back=True) if has_previous else None,
    )


def _beyond(here: Cursor, order: Order) -> Q:
    if not order.by:
        return Q(pk__lt=here.place[0]) if here.is_back else Q(pk__gt=here.place[0])
    moment, pk = here.place
    # The first condition lets an index find the place, the second settles rows of the same moment.
    if here.is_back:
        return Q(**{f"{order.by}__gte": moment}) & (Q(**{f"{order.by}__gt": moment}) | Q(pk__gt=pk))
    return Q(**{f"{order.by}__lte": moment}) & (Q(**{f"{order.by}__lt": moment}) | Q(pk__lt=pk))
