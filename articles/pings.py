"""Telling machines that a story appeared, changed or went: search engines by IndexNow, readers of feeds by WebSub.

Each is a job, some time after the change, so that several saves are one request. What is told is an address that was
public, and nothing else. https://www.indexnow.org/documentation, https://www.w3.org/TR/websub/
"""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from . import feeds, jobs, outgoing
from .models import Article, Heartbeat
from .signals import article_changed

logger = logging.getLogger(__name__)

# Changes within so long are one request, which leaves at its end.
TOGETHER = timedelta(seconds=90)
# Minutes until the next attempt; after the last one it is given up, and the log says so.
RETRY_AFTER = [1, 5, 15, 60, 240]
INDEXNOW, WEBSUB = "indexnow", "websub"


def listen() -> None:
    article_changed.connect(_changed, dispatch_uid="pings")


def _changed(article: Article, **signal: Any) -> None:
    tell(article, at=timezone.now())


def tell(article: Article, *, at: datetime) -> None:
    """Have told what readers see of a story now, where anybody is to be told. Drafts are nobody's business."""
    if article.pk is None or not article.was_public(at):
        return
    if settings.INDEXNOW_KEY:
        _together(tell_engines, f"{INDEXNOW}:{article.pk}", at=at, article=article.pk)
    if settings.WEBSUB_HUB:
        _together(tell_hub, f"{WEBSUB}:{article.pk}", at=at, article=article.pk)


def _together(job: Any, key: str, *, at: datetime, **said: Any) -> None:
    """Queue a job for the end of the span that a moment lies in, once for each span."""
    span = int(at.timestamp() // TOGETHER.total_seconds())
    ends_at = datetime.fromtimestamp((span + 1) * TOGETHER.total_seconds(), tz=at.tzinfo)
    jobs.enqueue_once(job.using(run_after=ends_at), f"ping:{key}:{span}", **said)


@task()
def tell_engines(article: int, attempt: int = 0) -> str:
    """Tell the search engines of one story. A withdrawn one is told too: they come, find 404, and forget it."""
    story = Article.objects.filter(pk=article).only("slug", "month", "language").first()
    if story is None or not settings.INDEXNOW_KEY:
        return "nothing to tell"
    said = {
        "host": urlsplit(settings.SITE_URL).netloc,
        "key": settings.INDEXNOW_KEY,
        "keyLocation": f"{settings.SITE_URL}/{settings.INDEXNOW_KEY}.txt",
        "urlList": [settings.SITE_URL + story.get_absolute_url()],
    }
    headers = {"Content-Type": "application/json; charset=utf-8"}
    content = json.dumps(said).encode()
    return _send(tell_engines, INDEXNOW, settings.INDEXNOW_ENDPOINT, content, headers, attempt, article=article)


@task()
def tell_hub(article: int) -> str:
    """Have the hub told of every feed that a story is in: feeds of several stories that change together are told
    once."""
    story = Article.objects.filter(pk=article).first()
    if story is None or not settings.WEBSUB_HUB:
        return "nothing to tell"
    at, told = timezone.now(), feeds.addresses_of(story)
    for feed in told:
        _together(tell_of_feed, f"{WEBSUB}:{hashlib.sha256(feed.encode()).hexdigest()[:32]}", at=at, feed=feed)
    return f"{len(told)} feeds"


@task()
def tell_of_feed(feed: str, attempt: int = 0) -> str:
    """Tell the hub that there is news in one feed."""
    if not settings.WEBSUB_HUB:
        return "nothing to tell"
    content = urlencode({"hub.mode": "publish", "hub.url": feed, "hub.topic": feed}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return _send(tell_of_feed, WEBSUB, settings.WEBSUB_HUB, content, headers, attempt, feed=feed)


def _send(job: Any, name: str, url: str, content: bytes, headers: dict[str, str], attempt: int, **said: Any) -> str:
    """Send, or queue the next attempt. Returns what became of it."""
    at = timezone.now()
    try:
        answer = outgoing.send("POST", url, content=content, headers=headers)
        why, is_passing = f"status {answer.status}", answer.is_passing
        is_good = answer.is_good
    except outgoing.NotSent as failure:
        why, is_passing, is_good = str(failure), failure.is_passing, False
    if is_good:
        Heartbeat.objects.filter(name=_failing(name)).delete()
        Heartbeat.objects.update_or_create(name=name, defaults={"at": at})
        return why
    Heartbeat.objects.get_or_create(name=_failing(name), defaults={"at": at})
    if not is_passing or attempt >= len(RETRY_AFTER):
        logger.error("%s is not told of %s, which is given up: %s", name, said, why)
        return f"given up: {why}"
    later = at + timedelta(minutes=RETRY_AFTER[attempt])
    job.using(run_after=later).enqueue(**said, attempt=attempt + 1)
    return f"again later: {why}"


def _failing(name: str) -> str:
    return f"{name}-failing"


def failing_since(at: datetime, *, for_longer_than: timedelta) -> dict[str, datetime]:
    """Who cannot be told for so long, by INDEXNOW and WEBSUB, and since when. One query; none where nobody is told."""
    names = [name for name, value in ((INDEXNOW, settings.INDEXNOW_KEY), (WEBSUB, settings.WEBSUB_HUB)) if value]
    if not names:
        return {}
    rows = Heartbeat.objects.filter(name__in=map(_failing, names), at__lt=at - for_longer_than)
    return {row.name.removesuffix("-failing"): row.at for row in rows}
