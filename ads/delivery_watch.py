"""Watching what runs: alarms that open when a line is outside of what it should have, and close by themselves.

The worker looks every five minutes. The desk gets one mail for each alarm that lasts, at most one a day for a line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from articles import mail

from . import duties, forecast, letters, make_goods, standing
from .ledger import days_between
from .models import Booking, DeliveryAlarm, Event, Position
from .models.event import Kind as Happened
from .models.event import Reason
from .standing import Standing
from .targeting import Where

Kind = DeliveryAlarm.Kind

EVERY = timedelta(minutes=5)
# A line is in order between these parts of what is expected.
LEAST, MOST = 0.9, 1.2
# Fewer than so many expected say nothing.
ENOUGH = 200
SILENCE = timedelta(minutes=30)
# So many views of its own in half an hour, and none shown: something is broken.
ENOUGH_IN_SILENCE = 20
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
    is_open = DeliveryAlarm.objects.filter(over_at=None)
    gone, same = [], []
    for alarm in is_open.select_related("position", "booking"):
        now = findings.pop((alarm.kind, alarm.position_id, alarm.booking_id), None)
        if now is None:
            gone.append(alarm.pk)
        else:
            alarm.expected, alarm.delivered, alarm.looked_at = now.expected, now.delivered, at
            same.append(alarm)
    is_open.filter(pk__in=gone).update(over_at=at, looked_at=at)
    is_open.bulk_update(same, ["expected", "delivered", "looked_at"])
    _open(findings.values(), at)
    make_goods.prepare({one.booking: one.missing for one in standings if one.booking.impressions}, at=at)
    tell(at)
    return DeliveryAlarm.objects.filter(over_at=None).count()


def _open(findings: Iterable[Finding], at: datetime) -> None:
    """What another worker opened meanwhile stays as it is."""
    alarms = [
        DeliveryAlarm(
            kind=finding.kind,
            position=finding.position,
            booking=finding.booking,
            expected=finding.expected,
            delivered=finding.delivered,
            since=at,
            looked_at=at,
        )
        for finding in findings
    ]
    DeliveryAlarm.objects.bulk_create(alarms, ignore_conflicts=True)


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
    return not make_goods.is_small(one.missing, one.booking)


def _silent(standings: list[Standing], at: datetime) -> Iterable[Finding]:
    """Lines that were shown to nobody for half an hour in which their position had readers whom they could meet."""
    lately = Event.objects.filter(at__gt=at - SILENCE, at__lte=at, reason=Reason.VALID, position__gt=0)
    views: dict[int, list[tuple[tuple[int, int, int], int]]] = {}
    shown: set[int] = set()
    for kind, position, line, number, *traits in (
        lately.filter(kind__in=[Happened.SERVED, Happened.RENDER])
        .order_by()
        .values("kind", "position", "line", "section", "language", "device")
        .annotate(number=Count("key"))
        .values_list("kind", "position", "line", "number", "section", "language", "device")
    ):
        if kind == Happened.SERVED:
            views.setdefault(position, []).append(((traits[0], traits[1], traits[2]), number))
        elif line:
            shown.add(line)
    for one in standings:
        booking = one.booking
        if booking.pk in shown or booking.starts_at > at - SILENCE or not _ran_all_of_it(one.where, at):
            continue
        seen = views.get(booking.position_id, [])
        met = sum(number for traits, number in seen if one.where.allows_traits(*traits))
        if booking.impressions:
            if one.came >= booking.impressions:
                continue
            part = booking.impressions / max(1.0, _views_of_flight(one, at))
        else:
            part = booking.share / 100
        if met * min(1.0, part) >= ENOUGH_IN_SILENCE:
            yield Finding(Kind.SILENT, booking.position, booking, round(met * min(1.0, part)), 0)


def _ran_all_of_it(where: Where, at: datetime) -> bool:
    """Whether all of the half hour lies in the hours of a target."""
    ends = (timezone.localtime(moment) for moment in (at - SILENCE, at))
    return all(where.allows_time(moment.weekday(), moment.hour) for moment in ends)


def _views_of_flight(one: Standing, at: datetime) -> float:
    """Where and when it may run."""
    place = one.booking.position
    return sum(
        float(forecast.opportunities(place, day, at=at) * forecast.part_of(place, one.where, day=day, at=at))
        for day in days_between(one.booking.first_day, one.booking.last_day)
    )


def tell(at: datetime) -> int:
    """Mail the desk about what lasts, once. Being ahead is shown and not mailed. Returns how many mails."""
    lasting = DeliveryAlarm.objects.filter(~Q(kind=Kind.AHEAD), over_at=None, told_at=None, since__lte=at - LASTS)
    alarms = lasting.select_related("booking__request__owner", "booking__advertiser", "position")[:50]
    return duties.each(alarms, lambda alarm: _tell(alarm, at))


def _tell(alarm: DeliveryAlarm, at: datetime) -> bool:
    same = DeliveryAlarm.objects.filter(kind=alarm.kind, position=alarm.position_id, booking=alarm.booking_id)
    is_known = same.filter(told_at__gt=at - ONE_MAIL_EVERY).exists()
    with transaction.atomic():
        if not DeliveryAlarm.objects.filter(pk=alarm.pk, told_at=None).update(told_at=at):
            return False
        if not is_known:
            _mail(alarm)
    return not is_known


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
