"""The rate card, on the page and on paper."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from .. import page_map
from ..card import read
from ..paper import of_rate_card

# A changed price is on paper so many seconds later.
PAPER_KEPT_FOR = 300


@require_safe
def rate_card(request: HttpRequest) -> HttpResponse:
    card = read(timezone.localdate())
    maps = page_map.of(card.positions, is_rtl=get_language() == "ar")
    return render(request, "ads/rate_card.html", {"card": card, "maps": maps})


@require_safe
def rate_card_paper(request: HttpRequest) -> HttpResponse:
    """The same for everybody, so it is drawn once in five minutes."""
    language, today = get_language() or "en", timezone.localdate()
    key = f"rate-card-{language}-{today}"
    pdf = cache.get(key)
    if pdf is None:
        pdf = of_rate_card(read(today), language)
        cache.set(key, pdf, PAPER_KEPT_FOR)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="rate-card-{today}-{language}.pdf"'
    response["Cache-Control"] = f"public, max-age={PAPER_KEPT_FOR}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
