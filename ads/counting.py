"""What pages tell of what was shown, seen, read and clicked, checked and written down. Nothing is counted here: events
are rows, and `ads.rollups` counts them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from articles.timing import impatient

from . import agents, plan, rollups, tokens, visitors
from .models import Event
from .models.event import Kind, Reason, Source
from .together import Together
from .tokens import Token

logger = logging.getLogger(__name__)

# A decision may lie so far ahead of our clock: clocks of two machines are never the same.
CLOCKS_DIFFER = timedelta(seconds=5)
# A reader who clicked waits no longer than this for a database that is busy.
PATIENCE = 1000
ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a page says happened. `link`: of a story, which of its links from 0 on; of a newsletter, the
    number of the `TrackedLink`."""

    token: Token
    kind: Kind
    source: Source = Source.PAGE
    link: int = 0


@dataclass(slots=True)
class Caller:
    """Who sends a request: read once, however much it tells."""

    request: HttpRequest
    flags: int
    device: int
    # A program follows links before anybody asked for them.
    is_early: bool
    _visitors: dict[date, int] = field(default_factory=dict)

    @classmethod
    def of(cls, request: HttpRequest) -> Caller:
        meta = request.META
        agent = meta.get("HTTP_USER_AGENT", "")
        # The two old names were Chromium's and Firefox's.
        purposes = [meta.get(name, "").lower() for name in ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_MOZ")]
        flags = 0
        if agents.is_bot(agent):
            flags |= tokens.BOT
        if is_staff(request):
            flags |= tokens.STAFF
        if any("prerender" in purpose for purpose in purposes):
            flags |= tokens.PRERENDER
        is_early = request.method == "HEAD" or any("prefetch" in purpose for purpose in purposes)
        return cls(request, flags, agents.device(agent, meta.get("HTTP_SEC_CH_UA_MOBILE", "")), is_early)

    def visitor(self, moment: datetime, *, at: datetime) -> int:
        """Their hash under the salt of the day in which a moment lies."""
        day = timezone.localdate(moment)
        if day not in self._visitors:
            self._visitors[day] = visitors.visitor(self.request, plan.current(at).salts, day)
        return self._visitors[day]


def is_staff(request: HttpRequest) -> bool:
    """Readers are given no cookie, so who has a session works here. Asks the database nothing."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def judge(told: Told, caller: Caller, *, at: datetime) -> Reason:
    """Whether something counts, or why not, by what is known when it arrives."""
    token, flags = told.token, told.token.flags | caller.flags
    if flags & tokens.BOT:
        return Reason.BOT
    if flags & tokens.STAFF:
        return Reason.STAFF
    if flags & tokens.PRERENDER:
        return Reason.PRERENDER
    if told.source != Source.MAIL:  # an address in a mail is everybody's, and stays good
        age = at - token.decided_at
        if age < -CLOCKS_DIFFER:
            return Reason.CLOCK
        if age > tokens.LIFETIMES[told.kind]:
            return Reason.EXPIRED
        if caller.visitor(token.decided_at, at=at) != token.visitor:
            return Reason.MISMATCH
    if told.kind == Kind.CLICK and caller.is_early:
        return Reason.PREFETCH
    return Reason.VALID


def event(told: Told, reason: Reason, *, at: datetime) -> Event:
    """The row of it. Its hour is that of its arrival, and never one that is closed, should our clock go back."""
    token = told.token
    closed = plan.current(at).closed_until
    is_house = bool(token.flags & tokens.HOUSE)
    return Event(
        key=tokens.key(token, told.kind, reason=reason, link=0 if told.source == Source.MAIL else told.link),
        at=max(at, closed) if closed else at,
        kind=told.kind,
        source=told.source,
        reason=reason,
        position=token.position,
        line=token.line,
        creative=0 if is_house else token.creative,
        house=token.creative if is_house else 0,
        article=token.article if not token.position else 0,
        section=token.section,
        language=token.language,
        device=token.device,
        link=told.link if told.source == Source.MAIL else 0,
        visitor=token.visitor,
    )


def write(events: Iterable[Event]) -> None:
    """Durable when it returns, unless a transaction is open around it. What is there already stays as it is, so what is
    told twice is there once.

    Written by hand, in the order of keys: two who tell the same in another order do not wait for each other in a
    circle, and one statement is one transaction, which costs a third of what `bulk_create` does.
    """
    kept: dict[UUID, Event] = {row.key: row for row in events}
    rows = sorted(kept.values(), key=lambda row: row.key)
    try:
        _insert_all(rows)
    except IntegrityError:
        # We were held up, or our clock is wrong, and the day was sealed meanwhile (`ads.sealing`).
        closed = rollups.closed_until()
        if closed is None:
            raise
        for row in rows:
            row.at = max(row.at, closed)
        _insert_all(rows)


def _insert_all(rows: list[Event]) -> None:
    # Without a transaction around it, a statement is one.
    with transaction.atomic() if connection.in_atomic_block else nullcontext(), connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            cursor.execute(*statement(rows[start : start + ROWS_AT_ONCE]))


write_together = Together(write)


def statement(rows: Collection[Event]) -> tuple[str, list[Any]]:
    """What writes them, and its values."""
    return _insert(len(rows)), [value for row in rows for value in _values(row)]


def _values(row: Event) -> list[Any]:
    key, at = (row.key, row.at) if connection.features.has_native_uuid_field else (row.key.hex, _as_text(row.at))
    return [key, at, *(int(getattr(row, name)) for name in _NUMBERS)]


def _as_text(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


_NUMBERS = tuple(one.attname for one in Event._meta.concrete_fields if one.attname not in ("key", "at"))


@lru_cache(maxsize=64)
def _insert(count: int) -> str:
    names = ("key", "at", *_NUMBERS)
    row = f"({', '.join(['%s'] * len(names))})"
    quoted = ", ".join(f'"{name}"' for name in names)
    values = ", ".join([row] * count)
    return f'INSERT INTO "{Event._meta.db_table}" ({quoted}) VALUES {values} ON CONFLICT DO NOTHING'  # noqa: S608


def take(told: Collection[Told], request: HttpRequest, *, at: datetime) -> None:
    """Judge and write down what a page tells."""
    caller = Caller.of(request)
    rows = [event(one, judge(one, caller, at=at), at=at) for one in told]
    # PostgreSQL shares the disk among transactions itself, and better. Inside a transaction that somebody holds open,
    # nobody else's rows are durable with ours.
    is_alone = connection.vendor != "sqlite" or connection.in_atomic_block
    (write if is_alone else write_together)(rows)


def click(told: Told, caller: Caller, *, at: datetime) -> None:
    """Take note of a click on its way to where it leads. The reader is led on whether that succeeds or not.

    HEAD and what programs fetch in advance are no clicks of people, and neither is what comes a day late.
    """
    row = event(told, judge(told, caller, at=at), at=at)
    try:
        with impatient(PATIENCE):
            write([row])
    except plan.AWAY as error:
        logger.error("A click is not counted, the database does not take it: %s", error)
