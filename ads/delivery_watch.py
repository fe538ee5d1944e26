"""Watching what runs: alarms that open when a line is outside of what it should have, and close by themselves.

The worker looks every five minutes. The desk gets one mail for each alarm that lasts, at most one a day for a line.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.utils import translation

from articles import mail

from . import forecast, letters, make_goods, standing
from .ledger import days_between
from .models import Booking, DeliveryAlarm, Event, Position
from .models.event import Kind as Happened
from .models.event import Reason
from .standing import Standing

logger = logging.getLogger(__name__)

Kind = DeliveryAlarm.Kind

EVERY = timedelta(minutes=5)
# A line is in order between these parts of what is expected.
LEAST, MOST = 0.9, 1.2
# Fewer than so many expected say nothing.
ENOUGH = 200
SILENCE = timedelta(minutes=30)
# So many views of its own in half an hour, and none shown: something is broken.
ENOUGH_IN_SILENCE = 20
# A number that ends short by less than so much of it is made good by nobody.
SMALL = 0.01
# An alarm that is over sooner is not mailed.
LASTS = timedelta(minutes=10)
ONE_MAIL_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong now with a line, or where there is none with a position."""

    kind: str
    position: Position
    booking: Booking | None
    expected: int
    delivered: int

    @property
    def key(self) -> tuple[str, int, int | None]:
        return self.kind, self.position.pk, self.booking.pk if self.booking else None


_looked_at: datetime | None = None


def look_due(at: datetime) -> int:
    """Look, if this worker has not within five minutes. Returns how many alarms are open."""
    global _looked_at
    if _looked_at is not None and timedelta(0) <= at - _looked_at < EVERY:
        return 0
    _looked_at = at
    return look(at)


def look(at: datetime) -> int:
    """Open what is wrong, close what is not any more, prepare make-goods, and tell the desk. Returns how many are
    open."""
    standings = standing.of(standing.running(at), at=at)
    findings = {finding.key: finding for finding in _findings(standings, at)}
    for alarm in DeliveryAlarm.objects.filter(over_at=None).select_related("position", "booking"):
        now = findings.pop((alarm.kind, alarm.position_id, alarm.booking_id), None)
        same = DeliveryAlarm.objects.filter(pk=alarm.pk, over_at=None)
        if now is None:
            same.update(over_at=at, looked_at=at)
        else:
            same.update(expected=now.expected, delivered=now.delivered, looked_at=at)
    for finding in findings.values():
        _open(finding, at)
    make_goods.prepare({one.booking: one.missing for one in standings if _is_short(one)}, at=at)
    tell(at)
    return DeliveryAlarm.objects.filter(over_at=None).count()


def _open(finding: Finding, at: datetime) -> None:
    try:
        with transaction.atomic():
            DeliveryAlarm.objects.create(
                kind=finding.kind,
                position=finding.position,
                booking=finding.booking,
                expected=finding.expected,
                delivered=finding.delivered,
                since=at,
                looked_at=at,
            )
    except IntegrityError:
        logger.info("Another worker opened this alarm: %s", finding.key)


def _findings(standings: list[Standing], at: datetime) -> Iterable[Finding]:
    missing: dict[Position, int] = {}
    for one in standings:
        booking = one.booking
        if one.expected >= ENOUGH and one.ratio is not None:
            if one.ratio < LEAST:
                yield Finding(Kind.BEHIND, booking.position, booking, one.expected, one.came)
            # A share may have more than it bought where nobody else is.
            elif one.ratio > MOST and booking.impressions:
                yield Finding(Kind.AHEAD, booking.position, booking, one.expected, one.came)
        if _is_short(one):
            goal = booking.impressions or 0
            yield Finding(Kind.SHORT, booking.position, booking, goal, goal - one.missing)
            missing[booking.position] = missing.get(booking.position, 0) + one.missing
    for position, number in missing.items():
        yield Finding(Kind.OVERSOLD, position, None, number, 0)
    yield from _silent(standings, at)


def _is_short(one: Standing) -> bool:
    return one.missing > SMALL * (one.booking.impressions or 0)


def _silent(standings: list[Standing], at: datetime) -> Iterable[Finding]:
    """Lines that were shown to nobody for half an hour in which their position had readers."""
    lately = Event.objects.filter(at__gt=at - SILENCE, at__lte=at, reason=Reason.VALID, position__gt=0)
    views: dict[int, int] = {}
    shown: set[int] = set()
    for kind, position, line, number in (
        lately.filter(kind__in=[Happened.SERVED, Happened.RENDER])
        .order_by()
        .values_list("kind", "position", "line")
        .annotate(number=Count("key"))
    ):
        if kind == Happened.SERVED:
            views[position] = views.get(position, 0) + number
        elif line:
            shown.add(line)
    for one in standings:
        booking = one.booking
        if booking.pk in shown or booking.starts_at > at - SILENCE or hasattr(booking, "targeting"):
            continue
        met = views.get(booking.position_id, 0)
        if booking.impressions:
            if one.came >= booking.impressions:
                continue
            part = booking.impressions / max(1.0, _views_of_flight(booking, at))
        else:
            part = booking.share / 100
        if met * min(1.0, part) >= ENOUGH_IN_SILENCE:
            yield Finding(Kind.SILENT, booking.position, booking, round(met * min(1.0, part)), 0)


def _views_of_flight(booking: Booking, at: datetime) -> float:
    known = forecast.of(booking.position, at=at)
    return float(sum(known.opportunities(day) for day in days_between(booking.first_day, booking.last_day)))


def tell(at: datetime) -> int:
    """Mail the desk about what lasts, once. Being ahead is shown and not mailed. Returns how many mails."""
    lasting = DeliveryAlarm.objects.filter(~Q(kind=Kind.AHEAD), over_at=None, told_at=None, since__lte=at - LASTS)
    sent = 0
    for alarm in lasting.select_related("booking__request__owner", "booking__advertiser", "position")[:50]:
        same = DeliveryAlarm.objects.filter(kind=alarm.kind, position=alarm.position_id, booking=alarm.booking_id)
        is_known = same.filter(told_at__gt=at - ONE_MAIL_EVERY).exists()
        with transaction.atomic():
            if not DeliveryAlarm.objects.filter(pk=alarm.pk, told_at=None).update(told_at=at):
                continue
            if not is_known:
                _mail(alarm)
                sent += 1
    return sent


def _mail(alarm: DeliveryAlarm) -> None:
    context = {"alarm": alarm, "site_url": settings.SITE_URL}
    key = f"delivery-alarm-{alarm.pk}"
    if alarm.booking and alarm.booking.request:
        letters.to_desk(alarm.booking.request, alarm.get_kind_display(), "delivery_alarm", context, key=key)
        return
    with translation.override("en"):
        mail.post(
            subject=f"{alarm.get_kind_display()}: {alarm.booking or alarm.position}",
            body=render_to_string("ads/mail/delivery_alarm.txt", context),
            to=[settings.ADVERTISING_EMAIL],
            key=key,
        )
