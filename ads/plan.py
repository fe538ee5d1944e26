"""What runs where, in memory: read from the database at most once a minute and after every change here.

The seam between selling and delivering. A decision reads the plan and the clock, and asks the database nothing.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch, Q
from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from .models import AdRequest, Booking, Creative, Position

FRESH_FOR = timedelta(seconds=60)
# Bookings that begin within this time are in the plan already, so that they start on the second.
LOOK_AHEAD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Line:
    """One booking with the artwork it shows, and the moments between which it runs. A share of 0: it was sold by
    number."""

    booking: int
    share: int
    creative: int
    starts_at: datetime
    ends_at: datetime
    src: str
    phone_src: str
    alt: str
    click_url: str

    def runs(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Slot:
    """A position that is on sale, with the lines it may show."""

    code: str
    place: str
    pages: str
    width: int
    height: int
    phone_width: int
    phone_height: int
    lines: tuple[Line, ...]

    def running(self, at: datetime) -> Slot:
        """With the lines that run at a moment, and no others."""
        return replace(self, lines=tuple(line for line in self.lines if line.runs(at)))

    @property
    def has_phone_artwork(self) -> bool:
        """Whether phones get a box of their own size: only where all that may stand in it fits."""
        return all(line.phone_src for line in self.lines)


@dataclass(frozen=True, slots=True)
class Plan:
    made_at: datetime
    slots: dict[str, Slot]


_current: Plan | None = None
# How often the plan was forgotten. What was read before that is not kept after it.
_forgotten = 0
_lock = threading.Lock()  # held by the one thread that reads the database
_state = threading.Lock()  # held for a moment, around the two above


def current(at: datetime | None = None) -> Plan:
    """The plan for a moment. When it has aged, one thread renews it while the others go on with the old one."""
    at = at or timezone.now()
    plan = _current
    if plan is not None and timedelta(0) <= at - plan.made_at < FRESH_FOR:
        return plan
    if plan is None:
        with _lock:
            return _current or _renew(at)
    if _lock.acquire(blocking=False):
        try:
            return _renew(at)
        finally:
            _lock.release()
    return plan


def forget() -> None:
    """Drop the plan: the next decision of this process reads the database. Others do within `FRESH_FOR`."""
    global _current, _forgotten
    with _state:
        _current = None
        _forgotten += 1


def _renew(at: datetime) -> Plan:
    global _current
    before = _forgotten
    plan = load(at)
    with _state:
        if before == _forgotten:
            _current = plan
    return plan


def load(at: datetime) -> Plan:
    """Read the plan. Two queries and a prefetch, whatever the number of bookings."""
    today = timezone.localdate(at)
    bookings = (
        Booking.objects.filter(
            # What a deal bought runs once the deal is scheduled; what the desk booked by itself, at once.
            Q(line=None) | Q(request__status__in=AdRequest.Status.delivering()),
            status=Booking.Status.BOOKED,
            last_day__gte=today,
            first_day__lte=timezone.localdate(at + LOOK_AHEAD),
        )
        .order_by("first_day", "pk")
        .prefetch_related(
            Prefetch(
                "creatives", queryset=Creative.objects.filter(status=Creative.Status.APPROVED).order_by("-version")
            )
        )
    )
    positions = Position.objects.filter(is_active=True).prefetch_related(
        Prefetch("bookings", queryset=bookings, to_attr="running_bookings")
    )
    return Plan(made_at=at, slots={position.code: _slot(position) for position in positions})


def _slot(position: Position) -> Slot:
    lines = []
    for booking in position.running_bookings:  # type: ignore[attr-defined]  # prefetched by load()
        creative = next(iter(booking.creatives.all()), None)
        if creative is None:
            continue
        lines.append(
            Line(
                booking=booking.pk,
                share=booking.share,
                creative=creative.pk,
                starts_at=booking.starts_at,
                ends_at=booking.ends_at,
                src=creative.file.url,
                phone_src=creative.phone_file.url if creative.phone_file else "",
                alt=creative.alt,
                click_url=creative.click_url,
            )
        )
    return Slot(
        code=position.code,
        place=position.place,
        pages=position.pages,
        width=position.width,
        height=position.height,
        phone_width=position.phone_width or 0,
        phone_height=position.phone_height or 0,
        lines=tuple(lines),
    )


def watch() -> None:
    """Forget the plan whenever something in it changes, once the change is committed."""

    def changed(sender, **kwargs) -> None:
        transaction.on_commit(forget)

    for model in (Position, Booking, Creative):
        for signal in (post_save, post_delete):
            signal.connect(changed, sender=model, weak=False, dispatch_uid=f"plan-{model.__name__}-{id(signal)}")
