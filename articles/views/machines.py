"""Files for programs: sitemaps, robots.txt, security.txt. The same for everybody, in every language."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from .. import robots, sitemaps

XML = "application/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
# Search engines ask a few times a day; for the news, every few minutes.
KEPT, KEPT_NEWS = "public, max-age=600", "public, max-age=60"
# RFC 9116 wants less than a year, so that nobody writes to a mailbox that is long gone.
STANDS_FOR = timedelta(days=180)


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    found = sitemaps.files(timezone.now())
    return _file(request, sitemaps.write_index(found), _latest([one.changed for one in found]))


@require_safe
def pages(request: HttpRequest) -> HttpResponseBase:
    return _sitemap(request, sitemaps.pages(timezone.now()))


@require_safe
def listed(request: HttpRequest, name: str, part: int) -> HttpResponseBase:
    return _sitemap(request, sitemaps.listed(name, part, timezone.now()))


@require_safe
def month(request: HttpRequest, year: int, month: int, part: int) -> HttpResponseBase:
    return _sitemap(request, sitemaps.month(date(year, month, 1), part, timezone.now()))


def _sitemap(request: HttpRequest, entries: Sequence[sitemaps.Entry]) -> HttpResponseBase:
    if not entries:
        raise Http404(_("This page of the list does not exist."))
    return _file(request, sitemaps.write(entries), _latest([one.changed for one in entries]))


@require_safe
def news(request: HttpRequest) -> HttpResponseBase:
    found = sitemaps.news(timezone.now())
    latest = _latest([one.publish_at for one in found])
    return _file(request, sitemaps.write_news(found), latest, KEPT_NEWS)


def _latest(moments: list[datetime | None]) -> datetime | None:
    return max(filter(None, moments), default=None)


def _file(request: HttpRequest, text: str, changed: datetime | None, kept: str = KEPT) -> HttpResponseBase:
    """The file, or the word that it is the one that is known: by its bytes, since a story that is taken away makes no
    newer date."""
    data = text.encode()
    etag = quote_etag(hashlib.sha256(data).hexdigest()[:32])
    response = HttpResponse(data, headers={"Content-Type": XML, "Cache-Control": kept, "ETag": etag})
    if changed:
        response["Last-Modified"] = http_date(changed.timestamp())
    return get_conditional_response(request, etag=etag, response=response) or response


@require_safe
@cache_control(public=True, max_age=3600)
def robots_txt(request: HttpRequest) -> HttpResponse:
    prefixes = ["" if code == settings.LANGUAGE_CODE else f"/{code}" for code, _name in settings.LANGUAGES]
    found = [settings.SITE_URL + reverse(f"machines:{name}") for name in ("sitemap", "news_sitemap")]
    text = robots.write(settings.SITE_URL, prefixes, found, settings.ROBOTS_TXT)
    return HttpResponse(text, content_type=TEXT)


@require_safe
@cache_control(public=True, max_age=24 * 3600)
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole (RFC 9116). It stands for half a year from the day on which it is asked for."""
    contact = settings.SECURITY_CONTACT or settings.OPERATOR_EMAIL
    if ":" not in contact:
        contact = f"mailto:{contact}"
    expires = datetime.combine(timezone.now().date() + STANDS_FOR, time.min)
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {settings.SITE_URL}{reverse('machines:security_txt')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=TEXT)
