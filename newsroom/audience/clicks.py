"""How often the links of issues were followed: sums by day, which say nothing of anybody."""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from ads.agents import is_bot
from articles.public_forms import network

from .models import Issue, LinkClick

# Of one network and link, one click counts within so many seconds: people press twice, and scanners follow everything.
AGAIN_AFTER = 10 * 60


def address(issue: int, link: int) -> str | None:
    """Where a link of an issue leads, as it was sent. None when it was not sent, or leads to no page."""
    found = Issue.objects.filter(pk=issue).values_list(f"sent_as__links__{int(link)}", flat=True).first()
    return found if isinstance(found, str) and found.startswith(("https://", "http://")) else None


def follow(issue: int, link: int, request: HttpRequest, *, at: datetime) -> bool:
    """Count that a person followed a link. False for what does not count: a program, a page fetched in advance, the
    same link from the same network a moment ago."""
    if not _is_person(request) or not _is_first(issue, link, request):
        return False
    quote = connection.ops.quote_name
    table = quote(LinkClick._meta.db_table)
    columns = ", ".join(map(quote, ("issue_id", "link", "day", "clicks")))
    key = ", ".join(map(quote, ("issue_id", "link", "day")))
    clicks = quote("clicks")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) VALUES (%s, %s, %s, 1) "  # noqa: S608
            f"ON CONFLICT ({key}) DO UPDATE SET {clicks} = {table}.{clicks} + 1",
            [issue, link, connection.ops.adapt_datefield_value(timezone.localdate(at))],
        )
    return True


def _is_person(request: HttpRequest) -> bool:
    meta = request.META
    fetched_ahead = "prefetch" in meta.get("HTTP_SEC_PURPOSE", "") + meta.get("HTTP_PURPOSE", "")
    return request.method == "GET" and not fetched_ahead and not is_bot(meta.get("HTTP_USER_AGENT", ""))


def _is_first(issue: int, link: int, request: HttpRequest) -> bool:
    try:
        return cache.add(f"click:{issue}:{link}:{network(request)}", True, AGAIN_AFTER)
    except Exception:
        return True  # a cache that is away; better counted twice than not at all
