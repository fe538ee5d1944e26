"""The front page with some artwork in its place, for the browser that takes a picture of it (`ads.sightings`)."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from ads import sightings

from .pages import front_page

LANGUAGES = {2: "ar"}


@require_safe
@never_cache
@xframe_options_sameorigin
def place(request: HttpRequest, token: str) -> HttpResponse:
    """With `?width=` a frame so wide around it. Nothing on it is counted, and nobody without a token gets here."""
    try:
        slot = sightings.place(token, at=timezone.now())
    except (signing.BadSignature, LookupError):
        raise Http404 from None
    if request.GET.get("width") in (str(sightings.PHONE), str(sightings.DESKTOP)):
        context = {"width": request.GET["width"], "path": request.path}
        return _with(render(request, "newsroom/place_frame.html", context), {"frame-src": ["'self'"]})
    with translation.override(LANGUAGES.get(slot.lines[0].where.language, "en")):
        response = front_page(request, placed=slot)
    return _with(response, {"frame-ancestors": ["'self'"]})


def _with(response: HttpResponse, changes: dict[str, list[str]]) -> HttpResponse:
    """With another content policy in these parts."""
    policy = settings.SECURE_CSP | changes
    response["Content-Security-Policy"] = "; ".join(f"{name} {' '.join(sources)}" for name, sources in policy.items())
    response["X-Robots-Tag"] = "noindex"
    return response
