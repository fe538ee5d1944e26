"""What runs where, in memory: read from the database at most once a minute and after every change here.

The seam between selling and delivering. A decision reads the plan and the clock, and asks the database nothing.
"""

from __future__ import annotations

import logging
import os
import threading
import uuid
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import DatabaseError, InterfaceError, connections, transaction
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.utils import timezone

from articles.models import Heartbeat

from . import forecast, measured, pacing, rollups, targeting, visitors
from .models import Booking, Creative, HouseCreative, Position, QuietStory, Targeting, WordList
from .slots import Art, Line, Slot
from .targeting import ANYWHERE, Where
from .word_lists import Words

logger = logging.getLogger(__name__)

FRESH_FOR = timedelta(seconds=60)
# An older plan does not know what goals still need: shares go on, goals stop, and an alarm is raised.
STALE_AFTER = timedelta(minutes=10)
# Bookings that begin within this time are in the plan already, so that they start on the second.
LOOK_AHEAD = timedelta(days=2)
# While the database is away it is asked no more often.
RETRY_AFTER = timedelta(seconds=5)
AWAY = (DatabaseError, InterfaceError)
# Processes that deliver say so in the heartbeats, under this and a name of their own.
PROCESS = "web"
BEAT_EVERY = timedelta(seconds=30)
LIVES = timedelta(minutes=3)

# Whether an aged plan is renewed by a thread of its own, so that no reader waits for it. The web server says so.
in_background = False


class Eligible(NamedTuple):
    """What may stand in a position on pages of one kind, and the circle that its draws go round."""

    circle: tuple[object, ...]
    lines: tuple[Line, ...]
    house: tuple[Art, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """`is_blank`: the database is away, and this process never knew what runs."""

    made_at: datetime
    is_blank: bool = False
    slots: dict[str, Slot] = field(default_factory=dict)
    salts: dict[date, bytes] = field(default_factory=dict)
    # Hours before this are closed: nothing is counted into them any more.
    closed_until: datetime | None = None
    # Stories beside which nothing stands, and the word lists that say the same.
    quiet: frozenset[int] = frozenset()
    words: tuple[Words, ...] = ()
    forbidding: frozenset[int] = frozenset()
    # Decisions of this process by line, since the plan was read.
    _spent: dict[int, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    # What may stand on pages of one kind in an hour, as `ads.decision` found it.
    eligible: dict[tuple[object, ...], Eligible] = field(default_factory=dict)

    def is_stale(self, at: datetime) -> bool:
        return at - self.made_at > STALE_AFTER

    def has_left(self, line: Line) -> bool:
        return self._spent.get(line.booking, 0) < line.allowance

    def spend(self, line: Line, at: datetime) -> bool:
        """Take one decision out of the allowance of a line; False when nothing is left of it."""
        with self._lock:
            spent = self._spent.get(line.booking, 0)
            if spent >= line.allowance:
                return False
            self._spent[line.booking] = spent + 1
            lately.append((at, line.booking))
        return True


# Decisions of this process for lines by number in the last minute, which no page may have told yet: (when, booking).
lately: deque[tuple[datetime, int]] = deque()

_current: Plan | None = None
# How often the plan was forgotten. What was read before that is not kept after it.
_forgotten = 0
_tried_at: datetime | None = None
_lock = threading.Lock()  # held by the one thread that reads the database
_state = threading.Lock()  # held for a moment, around the two above


def current(at: datetime | None = None) -> Plan:
    """The plan for a moment. When it has aged, one thread renews it while the others go on with the old one; while the
    database is away, all do, with nothing to show where there was none yet."""
    at = at or timezone.now()
    plan = _current
    if plan is not None and timedelta(0) <= at - plan.made_at < FRESH_FOR:
        return plan
    if plan is None:
        return _first(at)
    if not _was_tried(at) and _lock.acquire(blocking=False):
        if in_background:
            threading.Thread(target=_renew_apart, args=(plan, at), name="plan", daemon=True).start()
        else:
            return _renew_or(plan, at)
    return plan


def _first(at: datetime) -> Plan:
    with _lock:
        if _current is not None:
            return _current
        if not _was_tried(at):
            try:
                return _renew(at)
            except AWAY as error:
                logger.warning("There is no plan, the database does not answer: %s", error)
    return Plan(made_at=at, is_blank=True)


def _was_tried(at: datetime) -> bool:
    return _tried_at is not None and timedelta(0) <= at - _tried_at < RETRY_AFTER


def _renew_or(old: Plan, at: datetime) -> Plan:
    """A new plan, or the old one where the database is away. Gives the lock back."""
    try:
        return _renew(at)
    except AWAY as error:
        logger.warning("The plan of %s stays, the database does not answer: %s", old.made_at, error)
        return old
    finally:
        _lock.release()


def _renew_apart(old: Plan, at: datetime) -> None:
    try:
        _renew_or(old, at)
    finally:
        connections.close_all()  # those of this thread, which ends here


def out_of_date(at: datetime) -> timedelta | None:
    """How old the plan of this process is, where it could not be renewed; None where it could, or nobody asked."""
    if _current is None or _tried_at is None or _tried_at <= _current.made_at:
        return None
    return at - _current.made_at


def forget() -> None:
    """Drop the plan: the next decision of this process reads the database. Others do within `FRESH_FOR`."""
    global _current, _forgotten, _tried_at
    with _state:
        _current = _tried_at = None
        _forgotten += 1
    forecast.forget()


def begin_anew() -> None:
    """Know no more than a process that has just begun."""
    global _beaten
    forget()
    measured.forget()
    lately.clear()
    _beaten = None


def _renew(at: datetime) -> Plan:
    global _current, _tried_at
    before, _tried_at = _forgotten, at
    plan = load(at, is_here=True)
    with _state:
        if before == _forgotten:
            _current = plan
    return plan


_beaten: tuple[int, str, datetime] | None = None


def _processes(at: datetime, *, is_here: bool) -> int:
    """How many processes deliver, at least one. This one is made known where it is one of them; while that cannot be
    written, it counts itself."""
    global _beaten
    living = Heartbeat.objects.filter(name__startswith=f"{PROCESS}:", at__gt=at - LIVES)
    if is_here:
        own, name, beaten = _beaten or (0, "", at)
        if own != os.getpid():  # a process of its own since a fork
            name, beaten = f"{PROCESS}:{uuid.uuid4().hex}", at - LIVES
        if not timedelta(0) <= at - beaten < BEAT_EVERY:
            beat = Heartbeat(name=name, at=at)
            try:
                with transaction.atomic():
                    Heartbeat.objects.bulk_create(
                        [beat], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
                    )
                beaten = at
            except AWAY as error:  # full or locked; it may be read all the same
                logger.warning("This process cannot say that it delivers: %s", error)
        _beaten = os.getpid(), name, beaten
        return living.exclude(name=name).count() + 1
    return max(1, living.count())


def _untold(at: datetime) -> Counter[int]:
    """Decisions of this process in the last minute, by line."""
    while lately and lately[0][0] <= at - pacing.UNTOLD:
        lately.popleft()
    return Counter(booking for _at, booking in lately.copy())


def load(at: datetime, *, is_here: bool = False) -> Plan:
    """Read the plan, in as many queries for five hundred bookings as for one. With `is_here` for this process to
    deliver by, which it says in the heartbeats."""
    today, soon = timezone.localdate(at), timezone.localdate(at + LOOK_AHEAD)
    bookings = Booking.objects.delivering(today).order_by("first_day", "pk").select_related("targeting")
    running = (
        bookings.filter(first_day__lte=soon)
        .select_related("advertiser")
        .prefetch_related(
            Prefetch(
                "creatives", queryset=Creative.objects.filter(status=Creative.Status.APPROVED).order_by("-version")
            )
        )
    )
    positions = list(
        Position.objects.filter(is_active=True).prefetch_related(
            Prefetch("bookings", queryset=running, to_attr="running_bookings"),
            Prefetch("house_creatives", queryset=HouseCreative.objects.filter(is_active=True), to_attr="own"),
        )
    )
    all_running = [one for position in positions for one in position.running_bookings]  # type: ignore[attr-defined]
    goals = [one for one in all_running if one.impressions]
    paces: dict[int, pacing.Pace] = {}
    if goals:
        approved = Creative.objects.filter(booking=OuterRef("pk"), status=Creative.Status.APPROVED)
        last_day = max(one.last_day for one in goals)
        ahead = bookings.filter(first_day__gt=soon, position__in={one.position_id for one in goals})
        later = list(ahead.filter(Q(impressions__gt=0, first_day__lte=last_day) | Q(Exists(approved), share__gt=0)))
        wheres = targeting.wheres([*all_running, *later])
        processes = _processes(at, is_here=is_here)
        untold = _untold(at) if is_here else {}
        paces = pacing.paces(
            goals,
            at=at,
            later=[one for one in later if one.impressions],
            # Of those that begin later, with artwork only those were read.
            shares=[one for one in all_running if one.share and one.creatives.all()]
            + [one for one in later if one.share],
            wheres=wheres,
            processes=processes,
            untold=untold,
        )
    else:
        wheres = targeting.wheres(all_running)
    lists = [Words.of(one) for one in WordList.objects.all()]
    return Plan(
        made_at=at,
        slots={position.code: _slot(position, paces, wheres) for position in positions},
        salts=visitors.salts(at),
        closed_until=rollups.closed_until(),
        quiet=frozenset(QuietStory.objects.values_list("article", flat=True)),
        words=tuple(lists),
        forbidding=frozenset(one.number for one in lists if one.is_for_all),
    )


def _slot(position: Position, paces: dict[int, pacing.Pace], wheres: dict[int, Where]) -> Slot:
    lines = []
    for booking in position.running_bookings:  # type: ignore[attr-defined]  # prefetched by load()
        shown = shown_of(list(booking.creatives.all()))
        if not shown:
            continue
        pace = paces.get(booking.pk, pacing.STILL)
        lines.append(
            Line(
                booking=booking.pk,
                share=booking.share,
                art=tuple(_art(one, booking.advertiser.company) for one in shown),
                starts_at=booking.starts_at,
                ends_at=booking.ends_at,
                where=wheres.get(booking.pk, ANYWHERE),
                pace=pace.rate,
                allowance=pace.allowance,
                short=pace.short,
            )
        )
    # Of lines by number the earliest to end comes first, should there not be enough for all.
    lines.sort(key=lambda line: (not line.share, line.ends_at, line.booking))
    return Slot(
        number=position.pk,
        code=position.code,
        place=position.place,
        pages=position.pages,
        width=position.width,
        height=position.height,
        phone_width=position.phone_width or 0,
        phone_height=position.phone_height or 0,
        lines=tuple(lines),
        house=tuple(_own(one) for one in position.own),  # type: ignore[attr-defined]  # prefetched by load()
    )


def shown_of(approved: list[Creative]) -> list[Creative]:
    """Which of a booking's approved versions, the newest first, are shown: those with a weight, or else the newest."""
    return [one for one in approved if one.weight] or approved[:1]


def _art(creative: Creative, advertiser: str) -> Art:
    return Art(
        number=creative.pk,
        src=creative.file.url,
        phone_src=creative.phone_file.url if creative.phone_file else "",
        alt=creative.alt,
        click_url=creative.click_url,
        weight=creative.weight or 1,
        advertiser=advertiser,
    )


def _own(house: HouseCreative) -> Art:
    return Art(
        number=house.pk,
        src=house.file.url,
        phone_src=house.phone_file.url if house.phone_file else "",
        alt=house.alt,
        click_url=house.click_url,
        weight=house.weight,
        is_house=True,
        language=targeting.LANGUAGES.get(house.language, 0),
    )


def watch() -> None:
    """Forget the plan whenever something in it changes, once the change is committed."""

    def changed(sender, **kwargs) -> None:
        transaction.on_commit(forget)

    for model in (Position, Booking, Creative, HouseCreative, Targeting, QuietStory, WordList):
        for signal in (post_save, post_delete):
            signal.connect(changed, sender=model, weak=False, dispatch_uid=f"plan-{model.__name__}-{id(signal)}")
    for many in (Targeting.sections, Targeting.not_sections, Targeting.not_words):
        through = many.through  # type: ignore[attr-defined]
        m2m_changed.connect(changed, sender=through, weak=False, dispatch_uid=f"plan-{through.__name__}")
