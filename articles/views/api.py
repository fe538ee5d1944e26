"""The content API: lists of stories and of what they belong to, one of each, the OpenAPI document and the page that
explains it all to people."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from ..api import document, filters, ninjs, paging, rows, stories
from ..api.answers import JSON, answered, door, link
from ..api.bodies import whole
from ..api.parameters import read
from ..api.problems import bad, nothing_here
from ..api.shapes import CODES
from ..api.shelves import SHELVES
from ..models import Article


@door(JSON)
def index(request: HttpRequest) -> HttpResponse:
    read(request.GET, ())
    return answered(request, rows.mark(request.path, []), document.index)


@door(JSON)
def openapi(request: HttpRequest) -> HttpResponse:
    read(request.GET, ())
    return answered(request, rows.mark(request.path, []), document.openapi)


@door(JSON)
def articles(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    asked = read(request.GET, filters.STORIES)
    is_ninjs = _wants_ninjs(asked)
    fields = stories.chosen(asked.get("fields", stories.IN_LISTS))
    needs = ninjs.NEEDS_IN_LISTS if is_ninjs else stories.needs_of(fields)
    found = filters.narrowed(asked, at)
    page = paging.page_of(found.arms, found.order, limit=asked.get("limit", filters.LIMIT), cursor=asked.get("cursor"))
    shown = rows.told_in_order(page.numbers, needs, at)
    around = rows.around(shown, needs, at)
    next_page, previous = _address(request, page.next), _address(request, page.previous)

    def draw() -> dict[str, Any]:
        if is_ninjs:
            return ninjs.collection(shown, address=_here(request), around=around)
        items = [stories.draw(story, fields, around) for story in shown]
        return {"items": items, "next": next_page, "previous": previous, "is_complete": found.is_complete}

    mark = rows.mark(_here(request), [next_page, previous, found.is_complete, *rows.facts(shown, needs, around)])
    headers = link([("next", next_page), ("prev", previous)])
    headers["Content-Language"] = asked.get("language") or ", ".join(CODES)
    return answered(request, mark, draw, headers=headers)


@door(JSON)
def article(request: HttpRequest, pk: int) -> HttpResponse:
    at = timezone.now()
    asked = read(request.GET, filters.ONE_STORY)
    is_ninjs = _wants_ninjs(asked)
    fields = stories.chosen(asked.get("fields", tuple(stories.FIELDS)))
    needs = ninjs.NEEDS if is_ninjs else stories.needs_of(fields)
    story = rows.told(Article.objects.live(at).filter(pk=pk), needs, at).first()
    if story is None:
        raise nothing_here()
    around = rows.around([story], needs, at)

    def draw() -> dict[str, Any]:
        return ninjs.item(story, around) if is_ninjs else stories.draw(story, fields, around)

    headers = {
        **link([("canonical", whole(story.get_absolute_url()))]),
        "Last-Modified": http_date(rows.modified(story).timestamp()),
        "Content-Language": story.language,
    }
    return answered(request, rows.mark(_here(request), rows.facts([story], needs, around)), draw, headers=headers)


@door(JSON)
def shelf(request: HttpRequest, name: str) -> HttpResponse:
    """A list of sections, authors, tags or series."""
    kind, at = SHELVES[name], timezone.now()
    asked = read(request.GET, filters.of_shelf(kind))
    known = kind.rows(at)
    if "language" in asked:
        known = known.filter(language=asked["language"])
    page = paging.page_of(
        [paging.Arm(known.filter)], name, limit=asked.get("limit", filters.LIMIT), cursor=asked.get("cursor")
    )
    shown = list(known.filter(pk__in=page.numbers).order_by("pk"))
    next_page, previous = _address(request, page.next), _address(request, page.previous)

    def draw() -> dict[str, Any]:
        return {"items": [kind.draw(row) for row in shown], "next": next_page, "previous": previous}

    facts = [fact for row in shown for fact in kind.facts(row)]
    mark = rows.mark(_here(request), [next_page, previous, *facts])
    return answered(request, mark, draw, headers=link([("next", next_page), ("prev", previous)]))


@door(JSON)
def one_of_shelf(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    kind = SHELVES[name]
    read(request.GET, ())
    row = kind.rows(timezone.now()).filter(pk=pk).first()
    if row is None:
        raise nothing_here()
    return answered(request, rows.mark(_here(request), kind.facts(row)), lambda: kind.draw(row))


@door(JSON)
def nothing(request: HttpRequest) -> HttpResponse:
    raise nothing_here()


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """What the API is, for people who write programs."""
    context = {
        "parameters": filters.STORIES,
        "fields": stories.FIELDS.values(),
        "limit": settings.API_PER_MINUTE,
        "base": whole("/api/v1/"),
    }
    return render(request, "articles/api_guide.html", context)


def _wants_ninjs(asked: dict[str, Any]) -> bool:
    """Raises Problem for a selection of fields in a format that is whole or nothing."""
    if asked.get("format") != "ninjs":
        return False
    if "fields" in asked:
        raise bad("fields goes with format=json only. ninjs has all its fields.")
    return True


def _here(request: HttpRequest) -> str:
    """The address that was asked for, the same however its parameters are ordered."""
    said = urlencode(sorted(request.GET.items()))
    return whole(request.path) + (f"?{said}" if said else "")


def _address(request: HttpRequest, cursor: str | None) -> str | None:
    """The same list from another place."""
    if cursor is None:
        return None
    said = {name: value for name, value in request.GET.items() if name != "cursor"} | {"cursor": cursor}
    return f"{whole(request.path)}?{urlencode(sorted(said.items()))}"
