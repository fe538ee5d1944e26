"""What mail providers tell of mails that left: delivered, came back, called spam. Events come twice and in any order.

An address that does not exist is suppressed at once, one that is full or slow after some days of it, and one whose
owner called our mail spam at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from anymail.signals import EventType, RejectReason, tracking
from django.db import transaction
from django.utils import timezone

from . import subscribing, suppressing
from .models import Consent, Delivery, Subscriber, Suppression

# So many soft bounces on different days within this time are one hard bounce.
SOFT_DAYS, SOFT_WITHIN = 4, timedelta(days=30)
# An address that does not exist, in the words of the library; and what single providers call temporary all the same.
GONE = (RejectReason.INVALID, RejectReason.BOUNCED)
TEMPORARY = ("SoftBounce", "Transient", "Undetermined")
SOFT = "soft"

State = Delivery.State
# What a delivery may become by an event: the states before it. Nothing leads back from a bounce or a complaint.
BEFORE: dict[str, tuple[str, ...]] = {
    State.DELIVERED: (State.HANDED, State.SENT),
    State.BOUNCED: (State.HANDED, State.SENT, State.DELIVERED),
    State.COMPLAINED: (State.HANDED, State.SENT, State.DELIVERED, State.BOUNCED),
}


def listen() -> None:
    tracking.connect(_heard, dispatch_uid="audience.providers")


def bounced(subscriber: Subscriber, *, why: str, is_hard: bool, at: datetime) -> bool:
    """A mail came back. Returns whether the reader is suppressed by it. Also for what our own mail server refused."""
    with transaction.atomic():
        if is_hard:
            return subscribing.suppress(subscriber, reason=Suppression.Reason.BOUNCE, by=None, at=at, note=why[:240])
        soft = subscriber.consents.filter(kind=Consent.Kind.BOUNCED, source=SOFT, at__gt=at - SOFT_WITHIN)
        days = {timezone.localdate(one) for one in soft.values_list("at", flat=True)}
        today = timezone.localdate(at)
        if today in days:
            return False
        subscriber.consents.create(kind=Consent.Kind.BOUNCED, at=at, said=why[:240], source=SOFT)
        if len(days) + 1 < SOFT_DAYS:
            return False
        return subscribing.suppress(subscriber, reason=Suppression.Reason.BOUNCE, by=None, at=at, note=why[:240])


def complained(subscriber: Subscriber, *, at: datetime) -> bool:
    """They called our mail spam."""
    return subscribing.suppress(subscriber, reason=Suppression.Reason.COMPLAINT, by=None, at=at)


def _heard(sender: type, event: Any, esp_name: str, **more: Any) -> None:
    now = timezone.now()
    at = min(event.timestamp or now, now)
    delivery = _delivery(event.message_id)
    subscriber = _reader(event.recipient, delivery)
    kind, why, because = event.event_type, _words(event), event.reject_reason
    with transaction.atomic():
        if kind == EventType.DELIVERED:
            _mark(delivery, State.DELIVERED)
        elif kind == EventType.COMPLAINED or (kind == EventType.REJECTED and because == RejectReason.SPAM):
            _mark(delivery, State.COMPLAINED)
            _ended(subscriber, event.recipient, Suppression.Reason.COMPLAINT, why, at=at)
        elif kind == EventType.BOUNCED or (kind == EventType.REJECTED and because in GONE):
            _mark(delivery, State.BOUNCED, why)
            if because in GONE and not _is_temporary(event.esp_event):
                _ended(subscriber, event.recipient, Suppression.Reason.BOUNCE, why, at=at)
            elif subscriber:
                bounced(subscriber, why=why, is_hard=False, at=at)
        elif kind in (EventType.REJECTED, EventType.FAILED):
            _mark(delivery, State.BOUNCED, why)
        elif kind == EventType.UNSUBSCRIBED and subscriber:
            subscribing.leave(subscriber, where=subscribing.Where(esp_name), by=None, at=at)


def _ended(subscriber: Subscriber | None, recipient: str | None, reason: str, why: str, *, at: datetime) -> None:
    """Of who is not on file any more, the address alone is kept from being written to."""
    if subscriber:
        subscribing.suppress(subscriber, reason=reason, by=None, at=at, note=why)
    elif recipient:
        suppressing.put(recipient, reason=reason, at=at)


def _words(event: Any) -> str:
    said = event.mta_response or event.description or event.reject_reason or ""
    return " ".join(str(said).split())[:240]


def _is_temporary(raw: Any) -> bool:
    """What a provider calls temporary, where the library calls it a bounce like any other."""
    if not isinstance(raw, dict):
        return False
    bounce = raw.get("bounce")
    kinds = (raw.get("Type"), bounce.get("bounceType") if isinstance(bounce, dict) else None)
    return any(kind in TEMPORARY for kind in kinds)


def _delivery(message_id: str | None) -> Delivery | None:
    if not message_id or len(message_id) > 198:
        return None
    bare = message_id.strip("<>")
    return Delivery.objects.filter(message_id__in=[bare, f"<{bare}>"]).select_related("subscriber").first()


def _reader(recipient: str | None, delivery: Delivery | None) -> Subscriber | None:
    """Whose mail it was: of the delivery, as addresses change, or else of the address."""
    if delivery and delivery.subscriber:
        return delivery.subscriber
    return Subscriber.objects.of(recipient).first() if recipient else None


def _mark(delivery: Delivery | None, state: str, why: str = "") -> None:
    if delivery:
        changed = Delivery.objects.filter(pk=delivery.pk, state__in=BEFORE[state])
        changed.update(state=state, **({"error": why[:300]} if why else {}))
