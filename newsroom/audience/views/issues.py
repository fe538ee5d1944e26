from __future__ import annotations

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from articles.models.brand import style_hash

from .. import rendering
from ..models import Issue

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@require_safe
def issue(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A newsletter that went out, for everybody, as far as its stories are public now. It is drawn with the style sheet
    of the mail, which the policy of this one page lets in."""
    found = get_object_or_404(Issue.objects.select_related("newsletter"), pk=number, newsletter__slug=slug)
    if found.state not in Issue.State.gone_out() or found.newsletter.language != get_language():
        raise Http404
    page = rendering.page(found, at=timezone.now())
    styles = " ".join(style_hash(style) for style in _STYLE.findall(page))
    policy = settings.SECURE_CSP | {"style-src": [*settings.SECURE_CSP["style-src"], styles]}
    return HttpResponse(
        page,
        headers={
            "Content-Security-Policy": "; ".join(f"{name} {' '.join(of)}" for name, of in policy.items()),
            "X-Robots-Tag": "noindex",
        },
    )
