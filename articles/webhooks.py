"""Events told to programs: signed after the Standard Webhooks specification, tried again with growing waits, and given
up with a word for people (`docs/channels.md`).

What is told is made when it leaves, of what readers have then: of a story that is gone meanwhile nothing but its number
and address is said. Who is told twice sees the same `Webhook-Id`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from . import channels, jobs, outgoing, share_text
from .models import Article, Channel, Delivery, DueAction
from .signals import article_published, article_updated, article_withdrawn

logger = logging.getLogger(__name__)

Event, State = Delivery.Event, Delivery.State
# Until the next attempt; after the last one the delivery is given up.
RETRY_AFTER = [
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
]
# A webhook that took nothing for so long is switched off when the next delivery is given up.
PATIENCE = timedelta(hours=24)
KEPT = timedelta(days=30)
GONE = 410


def watch() -> None:
    article_published.connect(_published, dispatch_uid="articles.webhooks.published")
    article_updated.connect(_updated, dispatch_uid="articles.webhooks.updated")
    article_withdrawn.connect(_withdrawn, dispatch_uid="articles.webhooks.withdrawn")


def _published(sender, *, article: Article, at: datetime, **_kw) -> None:
    for channel in channels.wanting(article):
        if channel.is_webhook and channel.tells_published:
            _queue_new(channel, article, Event.PUBLISHED, at=at)


def _updated(sender, *, article: Article, at: datetime, **_kw) -> None:
    listening = [one for one in channels.wanting(article) if one.is_webhook and one.tells_updated]
    if not listening or _is_to_be_announced(article):
        return
    for channel in listening:
        _queue_new(channel, article, Event.UPDATED, at=at)


def _withdrawn(sender, *, article: Article, at: datetime, **_kw) -> None:
    """Also to those who would not be told of it today, and were."""
    told = Delivery.objects.filter(article=article, event__in=[Event.PUBLISHED, Event.UPDATED])
    knowing = set(told.values_list("channel", flat=True))
    listening = Channel.objects.open().webhooks().filter(tells_withdrawn=True).prefetch_related("sections")
    for channel in listening:
        if channel.pk in knowing or channel.wants(article):
            _queue_new(channel, article, Event.WITHDRAWN, at=at)


def _is_to_be_announced(article: Article) -> bool:
    unfinished = DueAction.State.unfinished()
    return article.due_actions.filter(kind=DueAction.Kind.PUBLISH, state__in=unfinished).exists()


def test(channel: Channel, *, at: datetime) -> Delivery:
    """Queue a delivery that tells of no story."""
    return _queue_new(channel, None, Event.TEST, at=at)


def send_again(delivery: Delivery, *, at: datetime) -> None:
    """Once more, at once, with the same number. Raises ChannelRefused while it is on its way."""
    with transaction.atomic():
        over = Delivery.objects.filter(pk=delivery.pk).exclude(state=State.QUEUED)
        if not over.update(state=State.QUEUED, next_at=at):
            raise channels.ChannelRefused(_("It is on its way already."))
        delivery.refresh_from_db()
        _enqueue(delivery, attempt=0, at=at)


def _queue_new(channel: Channel, article: Article | None, event: str, *, at: datetime) -> Delivery:
    delivery = Delivery.objects.create(channel=channel, article=article, event=event, made_at=at, next_at=at)
    _enqueue(delivery, attempt=0, at=at)
    return delivery


def _enqueue(delivery: Delivery, *, attempt: int, at: datetime) -> None:
    key = f"webhook:{delivery.pk}:{delivery.attempts}:{int(at.timestamp() * 1000)}"
    job = deliver.using(run_after=at + RETRY_AFTER[attempt - 1]) if attempt else deliver
    jobs.enqueue_once(job, key, delivery=delivery.pk, attempt=attempt)


# What is told.


def signature(key: str, uid: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over number, time and body, joined by dots. `key` begins with whsec_."""
    secret = base64.b64decode(key.removeprefix("whsec_"))
    said = f"{uid}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, said, hashlib.sha256)).decode()


def body_of(delivery: Delivery, *, at: datetime) -> bytes | None:
    """The body, of what readers have now; None where there is nothing to tell any more."""
    if delivery.event == Event.TEST:
        data: dict[str, Any] = {"message": "This is a test. It tells of no story."}
    elif delivery.article_id is None:
        return None
    else:
        live = Article.objects.live(at).select_related("section")
        article = live.prefetch_related("tags", "bylines__author").filter(pk=delivery.article_id).first()
        if delivery.event == Event.WITHDRAWN:
            if article is not None or delivery.article is None:
                return None  # it is back
            data = {"id": delivery.article_id, "url": settings.SITE_URL + delivery.article.get_absolute_url()}
        elif article is None:
            return None
        else:
            data = story_data(article, with_body=delivery.channel.with_body)
    told = {"type": delivery.event, "timestamp": _iso(delivery.made_at), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def story_data(article: Article, *, with_body: bool) -> dict[str, Any]:
    """A story that readers have. `kind` and `label` say whether somebody paid for it."""
    data = {
        "id": article.pk,
        "url": settings.SITE_URL + article.get_absolute_url(),
        "language": article.language,
        "headline": article.headline,
        "standfirst": article.standfirst,
        "section": {"name": article.section.name, "slug": article.section.slug} if article.section else None,
        "tags": sorted(tag.name for tag in article.tags.all()),
        "authors": [byline.author.name for byline in article.bylines.all()],
        "kind": article.kind,
        "label": share_text.label_of(article.sponsor_name, article.language),
        "sponsor": article.sponsor_name,
        "published_at": _iso(article.publish_at),
        "updated_at": _iso(article.updated_at),
    }
    return data | {"body": article.body} if with_body else data


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None


# Delivering.


@task()
def deliver(delivery: int, attempt: int) -> str:
    """Call the webhook once. Returns the state of the delivery."""
    at = timezone.now()
    found = Delivery.objects.select_related("channel", "article").filter(pk=delivery).first()
    if found is None or found.state != State.QUEUED:
        return "over"
    if not found.channel.is_active and found.event != Event.TEST:
        return _end(found, State.VOID, None, _("The channel was switched off before its turn."), at=at)
    body = body_of(found, at=at)
    if body is None:
        return _end(found, State.VOID, None, _("There was nothing to tell any more when its turn came."), at=at)
    try:
        answer = outgoing.send("POST", found.channel.address, content=body, headers=headers_of(found, body, at=at))
    except outgoing.NotSent as trouble:
        status, said, may_try = None, str(trouble), trouble.is_passing
    else:
        status, said, may_try = answer.status, answer.body, answer.status != GONE
        if answer.is_good:
            return _end(found, State.DELIVERED, status, said, at=at)
    if may_try and attempt < len(RETRY_AFTER) and found.event != Event.TEST:
        return _postpone(found, status, said, attempt=attempt, at=at)
    return _end(found, State.FAILED, status, said, at=at)


def headers_of(delivery: Delivery, body: bytes, *, at: datetime) -> dict[str, str]:
    """The signature by every key that is good: receivers take the one they know."""
    timestamp = int(at.timestamp())
    keys = channels.signing_keys(delivery.channel, at=at)
    return {
        "Content-Type": "application/json",
        "Webhook-Id": delivery.uid,
        "Webhook-Timestamp": str(timestamp),
        "Webhook-Signature": " ".join(signature(key, delivery.uid, timestamp, body) for key in keys),
    }


def _postpone(delivery: Delivery, status: int | None, said: str, *, attempt: int, at: datetime) -> str:
    with transaction.atomic():
        next_at = at + RETRY_AFTER[attempt]
        if _note(delivery, status, said, at=at, state=State.QUEUED, next_at=next_at):
            Channel.objects.filter(pk=delivery.channel_id, failing_since=None).update(failing_since=at)
            _enqueue(delivery, attempt=attempt + 1, at=at)
    logger.warning("Webhook delivery %s waits until %s: %s", delivery.uid, next_at.isoformat(), status or "no answer")
    return "postponed"


def _end(delivery: Delivery, state: str, status: int | None, said: str, *, at: datetime) -> str:
    with transaction.atomic():
        if not _note(delivery, status, said, at=at, state=state, next_at=None):
            return "over"
        channel = Channel.objects.filter(pk=delivery.channel_id)
        if state == State.DELIVERED:
            channel.exclude(failing_since=None).update(failing_since=None)
        elif state == State.FAILED and delivery.event != Event.TEST:
            channel.filter(failing_since=None).update(failing_since=at)
            why = ""
            if status == GONE:
                why = _("It answered 410: whoever listened there wants no more.")
            elif channel.filter(failing_since__lte=at - PATIENCE).exists():
                why = _("It took nothing for more than a day.")
            if why:
                channel.filter(is_active=True).update(is_active=False, stopped_because=why)
    logger.info("Webhook delivery %s is %s.", delivery.uid, state)
    return str(state)


def _note(delivery: Delivery, status: int | None, said: str, *, at: datetime, **values: Any) -> bool:
    """Write the answer down; False when another worker ended it meanwhile."""
    noted = {"attempts": delivery.attempts + 1, "answered_at": at, "status": status, "answer": _brief(said)} | values
    same = Delivery.objects.filter(pk=delivery.pk, state=State.QUEUED, attempts=delivery.attempts)
    taken = same.update(**noted)
    for name, value in noted.items():
        setattr(delivery, name, value)
    return bool(taken)


def _brief(said: str) -> str:
    return said.replace("\x00", "")[:500]


def prune(at: datetime) -> int:
    """Forget deliveries that are older than 30 days. Returns how many."""
    return Delivery.objects.filter(made_at__lt=at - KEPT).delete()[0]
