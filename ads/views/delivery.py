"""Delivery: fill the boxes of a page, take note of what was shown, and lead a click to the advertiser. No cookie, no
session, no query to decide."""

from __future__ import annotations

import json
import logging
import random
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from articles.public_forms import same_site

from .. import agents, counting, decision, page_key, plan, tokens, visitors
from ..models import Creative, HouseCreative
from ..models.event import Kind, Source
from ..page_key import Page

logger = logging.getLogger(__name__)

MOST_BODY = 16 * 1024
MOST_POSITIONS = 20
MOST_TOLD = 64
# Of forged tokens, so many are logged.
ONE_IN = 100
# What the letters of a beacon mean.
KINDS = {"s": Kind.SERVED, "r": Kind.RENDER, "v": Kind.VIEW, "d": Kind.READ, "c": Kind.CLICK}


@csrf_exempt
@require_POST
def fill(request: HttpRequest) -> HttpResponse:
    """What stands in the positions that the page shows. Body: {"page": key, "positions": [codes]}; answer: {"page":
    token of the page, "fills": [one for each position on sale, with a token, and artwork where it has one]}."""
    if not same_site(request):
        return JsonResponse({"error": _("Ask from a page of this site.")}, status=403)
    asked = _asked(request)
    if asked is None:
        return JsonResponse({"error": _("Send {“positions”: [codes]} with at most 20 codes.")}, status=400)
    key, codes = asked
    at = timezone.now()
    page = page_key.read(key) or Page()
    device = agents.device(request.headers.get("User-Agent", ""), request.headers.get("Sec-CH-UA-Mobile", ""))
    view = decision.View(at=at, page=page, device=device)
    number, flags = tokens.decision_id(at), counting.flags_of(request)
    visitor = visitors.visitor(request, plan.current(at).salts, timezone.localdate(at))
    fills = [
        _fill(choice, tokens.seal(choice.token(number, view, visitor=visitor, flags=flags)))
        for choice in decision.decide(codes, view)
    ]
    source = Source.STORY if page.is_paid else Source.PAGE
    whole = tokens.Token(
        decision=number,
        section=page.section,
        article=page.article,
        visitor=visitor,
        flags=flags,
        language=page.language,
        device=device,
    )
    response = JsonResponse({"page": tokens.seal(whole, source), "fills": fills})
    add_never_cache_headers(response)
    return response


def _fill(choice: decision.Choice, token: str) -> dict[str, Any]:
    found: dict[str, Any] = {"position": choice.slot.code, "token": token}
    if choice.art:
        found |= {
            "src": choice.art.src,
            "phone": choice.art.phone_src if choice.slot.has_phone_artwork else "",
            "width": choice.slot.width,
            "height": choice.slot.height,
            "alt": choice.art.alt,
            "go": reverse("delivery:go", args=[token]),
        }
    return found


def _body(request: HttpRequest) -> Any:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BODY:
        return None
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        return None


def _asked(request: HttpRequest) -> tuple[str, list[str]] | None:
    body = _body(request)
    if not isinstance(body, dict):
        return None
    key, codes = body.get("page", ""), body.get("positions")
    if not isinstance(codes, list) or len(codes) > MOST_POSITIONS or not all(isinstance(c, str) for c in codes):
        return None
    return (key, codes) if isinstance(key, str) else None


@csrf_exempt
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """What became of what a page got. Body: {"told": [[token, letters], [token of the page, "c", number of the
    link]]}, letters as in KINDS. 204 once it is kept for good."""
    if not same_site(request):
        return JsonResponse({"error": _("Ask from a page of this site.")}, status=403)
    told = _told(request)
    if told is None:
        return JsonResponse({"error": _("Send {“told”: [[token, letters]]} with at most 64 of them.")}, status=400)
    if told:
        counting.take(told, request, at=timezone.now())
    response = HttpResponse(status=204)
    add_never_cache_headers(response)
    return response


def _told(request: HttpRequest) -> list[counting.Told] | None:
    """None for what is no such message; forged tokens in one are passed over, and some of them logged."""
    body = _body(request)
    entries = body.get("told") if isinstance(body, dict) else None
    if not isinstance(entries, list) or len(entries) > MOST_TOLD:
        return None
    found: list[counting.Told] = []
    for entry in entries:
        match entry:
            case [str(text), str(letters)] if 0 < len(letters) <= len(KINDS) and KINDS.keys() >= set(letters) - {"c"}:
                link = 0
            case [str(text), "c", int(link)] if 0 <= link < tokens.MOST_LINKS:
                letters = "c"
            case _:
                return None
        try:
            token, source = _of_page(text)
        except tokens.Forged:
            if random.randrange(ONE_IN) == 0:  # noqa: S311  (a sample)
                logger.warning("A forged token was told, one of about %d.", ONE_IN)
            continue
        allowed = [letter for letter in letters if _may(letter, token, source)]
        found += [counting.Told(token, KINDS[letter], source, link) for letter in allowed]
    return found


def _of_page(text: str) -> tuple[tokens.Token, Source]:
    try:
        return tokens.read(text), Source.PAGE
    except tokens.Forged:
        return tokens.read(text, Source.STORY), Source.STORY


def _may(letter: str, token: tokens.Token, source: Source) -> bool:
    """Whether such a token can become that: artwork is shown and seen, stories are read, links of paid ones clicked."""
    if token.position:
        return letter == "s" or (letter in "rv" and bool(token.creative))
    return letter == "s" or (letter == "d" and bool(token.article)) or (letter == "c" and source == Source.STORY)


@require_safe
@never_cache
def go(request: HttpRequest, token: str) -> HttpResponse:
    """Lead a click to the address stored with the artwork, never to one that the request names; nowhere once the desk
    has taken that artwork down."""
    try:
        choice = tokens.read(token)
    except tokens.Forged:
        raise Http404 from None
    if choice.flags & tokens.HOUSE:
        address = get_object_or_404(HouseCreative.objects.only("click_url"), pk=choice.creative).click_url
    else:
        shown = Creative.objects.only("click_url").filter(status=Creative.Status.APPROVED)
        address = get_object_or_404(shown, pk=choice.creative).click_url
    counting.click(choice, request, at=timezone.now())
    return _lead_to(address)


@require_safe
@never_cache
def still(request: HttpRequest, code: str) -> HttpResponse:
    """For readers without script: the artwork that runs in a position now."""
    return HttpResponseRedirect(_running(request, code).src)


@require_safe
@never_cache
def visit(request: HttpRequest, code: str) -> HttpResponse:
    """For readers without script: to the advertiser whose artwork runs in a position now."""
    return _lead_to(_running(request, code).click_url)


def _running(request: HttpRequest, code: str) -> plan.Art:
    """`?page=` is the key of the page, as in its HTML: which language it has, and what may run there."""
    art = decision.in_turn(code, at=timezone.now(), page=page_key.read(request.GET.get("page", "")))
    if art is None:
        raise Http404
    return art


def _lead_to(address: str) -> HttpResponseRedirect:
    response = HttpResponseRedirect(address)
    response["Referrer-Policy"] = "origin"
    response["X-Robots-Tag"] = "noindex"
    return response
