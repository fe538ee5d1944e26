"""An advertiser's private link: one page that carries a deal from offer to report, and what can be done there.

Whoever holds the token reaches this deal and nothing else: every object is looked up among those of the deal.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from articles.public_forms import same_site
from articles.views.previews import PRIVATE

from .. import links
from ..models import DealLink

# The parts of the page by name, each drawn by `ads/deal/_<name>.html` where its function finds something to show. The
# modules of the parts add theirs, because their views are wrapped in what stands here.
PARTS: dict[str, Callable[..., dict | None]] = {}
# Confirmations after a redirect, by the word in `?said=`.
SAID: dict[str, str | Promise] = {}


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
            response[name] = value
        return response

    return wrapped


@deal_page
@require_safe
def show(request: HttpRequest, token: str, *, link: DealLink) -> HttpResponse:
    return draw(request, token, link, at=timezone.now())


def draw(
    request: HttpRequest, token: str, link: DealLink, *, at: datetime, status: int = 200, **context: Any
) -> HttpResponse:
    """The whole page; `context` has what a POST left to say: a part in other words."""
    deal = link.request
    parts = {name: part for name, ask in PARTS.items() if (part := ask(deal, at=at, token=token)) is not None}
    parts |= context.pop("parts", {})
    quote = deal.quotes.exclude(status="draft").order_by("-version").first()
    context = {
        "deal": deal,
        "token": token,
        "quote": quote,
        "thread": deal.messages.all(),
        "parts": parts,
        "said": SAID.get(request.GET.get("said", ""), ""),
    } | context
    return render(request, "ads/deal/page.html", context, status=status)


def back(token: str, said: str, place: str = "said") -> HttpResponse:
    """To the page after a POST that worked."""
    return redirect(f"{reverse('ads:deal', args=[token])}?said={said}#{place}")
