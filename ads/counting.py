"""What pages tell of what was shown, seen, read and clicked, checked and written down. Nothing is counted here: events
are rows, and `ads.rollups` counts them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, transaction
from django.http import HttpRequest
from django.utils import timezone

from . import agents, plan, rollups, tokens, visitors
from .models import Event
from .models.event import Kind, Reason, Source
from .tokens import Token

logger = logging.getLogger(__name__)

# A decision may lie so far ahead of our clock: clocks of two machines are never the same.
CLOCKS_DIFFER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a page says happened."""

    token: Token
    kind: Kind
    source: Source = Source.PAGE
    link: int = 0


def flags_of(request: HttpRequest) -> int:
    """What is known of who asks for a decision. Readers have no cookie, so a session is one of ours."""
    flags = 0
    if agents.is_bot(request.headers.get("User-Agent", "")):
        flags |= tokens.BOT
    if is_staff(request):
        flags |= tokens.STAFF
    if "prerender" in request.headers.get("Sec-Purpose", ""):
        flags |= tokens.PRERENDER
    return flags


def is_staff(request: HttpRequest) -> bool:
    """Readers are given no cookie, so who has a session works here. Asks the database nothing."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def judge(told: Told, request: HttpRequest, *, at: datetime) -> Reason:
    """Whether something counts, or why not, by what is known when it arrives."""
    token, flags = told.token, told.token.flags
    age = at - token.decided_at
    if flags & tokens.BOT or agents.is_bot(request.headers.get("User-Agent", "")):
        return Reason.BOT
    if flags & tokens.STAFF or is_staff(request):
        return Reason.STAFF
    if flags & tokens.PRERENDER or "prerender" in request.headers.get("Sec-Purpose", ""):
        return Reason.PRERENDER
    if age < -CLOCKS_DIFFER:
        return Reason.CLOCK
    if age > tokens.LIFETIMES[told.kind]:
        return Reason.EXPIRED
    day = timezone.localdate(token.decided_at)
    if visitors.visitor(request, plan.current(at).salts, day) != token.visitor:
        return Reason.MISMATCH
    return Reason.VALID


def event(told: Told, reason: Reason, *, at: datetime) -> Event:
    """The row of it. Its hour is that of its arrival, and never one that is closed, should our clock go back."""
    token = told.token
    closed = plan.current(at).closed_until
    is_house = bool(token.flags & tokens.HOUSE)
    return Event(
        key=tokens.key(token, told.kind, reason=reason, link=told.link),
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
        visitor=token.visitor,
    )


def write(events: Iterable[Event]) -> None:
    """Durable when it returns. What is there already stays as it is, so what is told twice is there once."""
    rows: dict[UUID, Event] = {row.key: row for row in events}
    try:
        with transaction.atomic():
            Event.objects.bulk_create(rows.values(), ignore_conflicts=True)
    except IntegrityError:
        # We were held up, or our clock is wrong, and the day was sealed meanwhile (`ads.sealing`).
        closed = rollups.closed_until()
        if closed is None:
            raise
        for row in rows.values():
            row.at = max(row.at, closed)
        Event.objects.bulk_create(rows.values(), ignore_conflicts=True)


def take(told: Collection[Told], request: HttpRequest, *, at: datetime) -> None:
    """Judge and write down what a page tells. Previews leave no trace."""
    write(event(one, judge(one, request, at=at), at=at) for one in told if not one.token.flags & tokens.PREVIEW)


def click(token: Token, request: HttpRequest, *, at: datetime, source: Source = Source.PAGE) -> None:
    """Take note of a click on its way to the advertiser. The reader is led on whether that succeeds or not.

    HEAD and what programs fetch in advance are no clicks of people, and neither is what comes a day late.
    """
    if token.flags & tokens.PREVIEW:
        return
    told = Told(token, Kind.CLICK, source)
    reason = judge(told, request, at=at)
    if not reason and (request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", "")):
        reason = Reason.PREFETCH
    try:
        write([event(told, reason, at=at)])
    except (DatabaseError, InterfaceError) as error:
        logger.error("A click is not counted, the database does not take it: %s", error)
