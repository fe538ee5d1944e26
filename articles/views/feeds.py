"""Feeds as files: whole, or the word that nothing is new, which costs no drawing."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import feed_atom, feed_json, feed_rss, feeds
from ..feed_items import items
from ..feeds import Feed, Page
from ..models import Article, Author, Section, Series, Tag

WRITERS = {"rss": feed_rss, "atom": feed_atom, "json": feed_json}
# What was withdrawn may stand in a cache that many share for as long, and no longer.
FRESH = "public, max-age=60"
# Programs that run inside a page of another site read feeds too; there is nothing in them that is not public.
SHARED = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


@require_safe
def site(request: HttpRequest, form: str) -> HttpResponseBase:
    return answer(request, feeds.of_site(get_language() or "en"), form)


@require_safe
def section(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    found = get_object_or_404(Section, slug=slug, language=get_language())
    return answer(request, feeds.of_section(found), form)


@require_safe
def tag(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """The feed exists when the page does: once a story that readers have carries the tag, paid for or not."""
    found = get_object_or_404(Tag, slug=slug, language=get_language())
    is_known = Article.objects.live().filter(tags=found).exists
    return answer(request, feeds.of_tag(found), form, exists_empty=is_known)


@require_safe
def series(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """As its page: without a part that readers have, its name is not public."""
    found = get_object_or_404(Series, slug=slug, language=get_language())
    return answer(request, feeds.of_series(found), form, exists_empty=lambda: False)


@require_safe
def author(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    found = get_object_or_404(Author, slug=slug)
    return answer(request, feeds.of_author(found, get_language() or "en"), form)


@require_safe
def partners(request: HttpRequest, form: str) -> HttpResponseBase:
    return answer(request, feeds.of_partners(get_language() or "en"), form)


def answer(
    request: HttpRequest, feed: Feed, form: str, *, exists_empty: Callable[[], bool] = lambda: True
) -> HttpResponseBase:
    """One page of a feed. Http404 for a page that does not exist, and for an empty feed that `exists_empty` denies."""
    number = _number(request.GET.get("page", "1"))
    page = feeds.read(feed, number, at=timezone.now())
    if not page.stories and (number > 1 or not exists_empty()):
        raise Http404(_("This page of the list does not exist."))
    writer = WRITERS[form]
    links = _links(feed, page, form)
    etag = quote_etag(feeds.fingerprint(feed, page, form))
    modified = int(page.changed.timestamp())
    headers = SHARED | {
        "Content-Type": f"{writer.TYPE}; charset=utf-8",
        "Cache-Control": FRESH,
        "ETag": etag,
        "Last-Modified": http_date(modified),
        "Link": ", ".join(f'<{address}>; rel="{relation}"' for relation, address in links),
    }
    response = HttpResponse(headers=headers)
    # A story that is withdrawn makes no newer date. Who asks by date alone keeps what it had until the next story.
    short = get_conditional_response(request, etag=etag, last_modified=modified, response=response)
    if short is not None and short is not response:
        for name, value in SHARED.items():
            short.headers[name] = value
        return short
    response.content = writer.write(feed, page, items(page), links)
    return response


def _number(asked: str) -> int:
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 0
    if not 1 <= number <= feeds.MOST_PAGES:
        raise Http404(_("This page of the list does not exist."))
    return number


def _links(feed: Feed, page: Page, form: str) -> list[tuple[str, str]]:
    """Where this page, those around it (RFC 5005) and the hub are, as (relation, address)."""
    number = page.number
    around = [("self", feed.address(form, number))]
    if number > 1 or page.has_older:
        around.append(("first", feed.address(form)))
    if number > 1:
        around.append(("previous", feed.address(form, number - 1)))
    if page.has_older:
        around.append(("next", feed.address(form, number + 1)))
    # Who follows a feed by its hub follows its first page.
    if settings.WEBSUB_HUB and number == 1:
        around.append(("hub", settings.WEBSUB_HUB))
    return around
