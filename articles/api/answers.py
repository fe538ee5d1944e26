"""How every answer of the API leaves the house: for any site, kept for a minute, known by its mark, and not too many a
minute for one network.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt

from ..public_forms import over_limit
from .problems import Problem

FRESH = "public, max-age=60"
METHODS = "GET, HEAD, OPTIONS"
WINDOW = 60
JSON = "application/json"

View = Callable[..., HttpResponse]


def door(*types: str) -> Callable[[View], View]:
    """For a view of the API that answers in one of these media types: reading only, from anywhere, within the limit.
    What it cannot answer it says as a problem."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                if request.method == "OPTIONS":
                    response = HttpResponse(status=204, headers={"Allow": METHODS})
                else:
                    check(request, types)
                    response = view(request, *args, **kwargs)
            except Problem as problem:
                response = problem.answer()
            return open_to_all(response)

        return wrapped

    return decorate


def check(request: HttpRequest, types: Collection[str]) -> None:
    """Raises Problem for what cannot be answered whatever it asks for."""
    if request.method not in ("GET", "HEAD"):
        raise Problem(405, "This is for reading only. Ask with GET or HEAD.", {"Allow": METHODS})
    within_limit(request)
    if not any(map(request.accepts, types)):
        raise Problem(406, f"Answers are {' or '.join(types)}. Ask for that, or leave the Accept header out.")


def within_limit(request: HttpRequest) -> None:
    """Count one request. Raises Problem for one too many of a network in a minute."""
    limit = settings.API_PER_MINUTE
    now = time.time()
    if not limit or not over_limit(f"api:{int(now // WINDOW)}", request, limit=limit, seconds=2 * WINDOW):
        return
    wait = max(1, int(WINDOW - now % WINDOW))
    sentence = f"Your network asked more than {limit} times in this minute. Ask again in {wait} seconds."
    headers = {"Retry-After": str(wait), "RateLimit": f'"minute";r=0;t={wait}'}
    raise Problem(429, sentence, headers)


def open_to_all(response: HttpResponse) -> HttpResponse:
    """With what browsers need to give it to a page of another site; without it they would keep it to ours. It names
    nobody and no cookie, so that every caller gets the same."""
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link, Retry-After, RateLimit, RateLimit-Policy"
    if response.status_code == 204:
        headers["Access-Control-Allow-Methods"] = METHODS
        headers["Access-Control-Allow-Headers"] = "Accept, If-None-Match"
        headers["Access-Control-Max-Age"] = "86400"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    headers["X-Robots-Tag"] = "noindex"
    if settings.API_PER_MINUTE:
        headers["RateLimit-Policy"] = f'"minute";q={settings.API_PER_MINUTE};w={WINDOW}'
    headers.setdefault("Cache-Control", FRESH if response.status_code in (200, 204, 304) else "no-store")
    return response


def answered(
    request: HttpRequest, mark: str, draw: Callable[[], Any], *, headers: dict[str, str] | None = None
) -> HttpResponse:
    """The answer with this mark, or 304 for who has it. It is drawn only for who has not."""
    headers = {"ETag": mark, **(headers or {})}
    if instead := get_conditional_response(request, etag=mark):
        if instead.status_code == 412:
            raise Problem(412, "What stands here now is not what If-Match names.")
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(written(draw()), content_type=JSON, headers=headers)


def written(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def link(relations: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """The Link header for addresses by relation; none for those that are None."""
    said = ", ".join(f'<{address}>; rel="{name}"' for name, address in relations if address)
    return {"Link": said} if said else {}
