"""Delivery: fill the boxes of a page, and lead a click to the advertiser. No cookie, no session, no query to decide."""

from __future__ import annotations

import json

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

from .. import decision, plan
from ..models import Creative

MOST_BODY = 4096
MOST_POSITIONS = 20


@csrf_exempt
@require_POST
def fill(request: HttpRequest) -> HttpResponse:
    """What stands in the positions that the page shows. Body: {"positions": [codes]}; answer: {"fills": [...]}."""
    if not same_site(request):
        return JsonResponse({"error": _("Ask from a page of this site.")}, status=403)
    codes = _codes(request)
    if codes is None:
        return JsonResponse({"error": _("Send {“positions”: [codes]} with at most 20 codes.")}, status=400)
    fills = [
        {
            "position": choice.slot.code,
            "src": choice.line.src,
            "phone": choice.line.phone_src if choice.slot.has_phone_artwork else "",
            "width": choice.slot.width,
            "height": choice.slot.height,
            "alt": choice.line.alt,
            "go": reverse("delivery:go", args=[choice.token]),
        }
        for choice in decision.decide(codes, at=timezone.now())
    ]
    response = JsonResponse({"fills": fills})
    add_never_cache_headers(response)
    return response


def _codes(request: HttpRequest) -> list[str] | None:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BODY:
        return None
    try:
        codes = json.loads(request.body)["positions"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(codes, list) or len(codes) > MOST_POSITIONS or not all(isinstance(c, str) for c in codes):
        return None
    return codes


@require_safe
@never_cache
def go(request: HttpRequest, token: str) -> HttpResponse:
    """Lead a click to the address stored with the artwork, never to one that the request names; nowhere once the desk
    has taken that artwork down."""
    creative = decision.read_click(token)
    if creative is None:
        raise Http404
    shown = Creative.objects.only("click_url").filter(status=Creative.Status.APPROVED)
    return _lead_to(get_object_or_404(shown, pk=creative).click_url)


@require_safe
@never_cache
def still(request: HttpRequest, code: str) -> HttpResponse:
    """For readers without script: the artwork that runs in a position now."""
    return HttpResponseRedirect(_running(code).src)


@require_safe
@never_cache
def visit(request: HttpRequest, code: str) -> HttpResponse:
    """For readers without script: to the advertiser whose artwork runs in a position now."""
    return _lead_to(_running(code).click_url)


def _running(code: str) -> plan.Line:
    line = decision.in_turn(code, at=timezone.now())
    if line is None:
        raise Http404
    return line


def _lead_to(address: str) -> HttpResponseRedirect:
    response = HttpResponseRedirect(address)
    response["Referrer-Policy"] = "origin"
    response["X-Robots-Tag"] = "noindex"
    return response
