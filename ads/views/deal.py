"""An advertiser's private link: one page that carries a deal from offer to report, and what can be done there.

Whoever holds the token reaches this deal and nothing else: every object is looked up among those of the deal.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from articles.public_forms import same_site
from articles.views.previews import PRIVATE

from .. import links
from ..models import DealLink


def deal_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For views under a token: the open link is handed in as `link`; else a page that says how to get a new one. Never
    stored, indexed, or told to another site. A POST comes from a page of ours."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not same_site(request, has_secret_address=True):
            raise PermissionDenied
        at = timezone.now()
        link = links.find(token, at=at)
        if link is None:
            response: HttpResponseBase = render(request, "ads/deal/closed.html", status=404)
        else:
            response = view(request, token, *args, link=link, **kwargs)
        for name, value in PRIVATE.items():
            response.headers[name] = value
        return response

    return wrapped


@deal_page
@require_safe
def show(request: HttpRequest, token: str, *, link: DealLink) -> HttpResponse:
    return page(request, token, link=link)


def page(
    request: HttpRequest, token: str, *, link: DealLink, status: int = 200, part: dict[str, Any] | None = None
) -> HttpResponse:
    """The page of a deal. `part` holds parts that a refused form stands in, by name, in the place of fresh ones."""
    from . import deal_post

    parts = {"post": deal_post.part}
    deal, at = link.request, timezone.now()
    quote = deal.quotes.exclude(status="draft").order_by("-version").first()
    drawn = {name: build(deal, at=at, token=token) for name, build in parts.items() if name not in (part or {})}
    context = {
        "deal": deal,
        "token": token,
        "quote": quote,
        "thread": deal.messages.all(),
        "said": request.GET.get("said", ""),
        "parts": drawn | (part or {}),
    }
    return render(request, "ads/deal/page.html", context, status=status)
