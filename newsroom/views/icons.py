"""The site's icon as a picture. Pages name it with the version of the brand behind it, so it may be kept for long."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from articles.models import Brand

from .. import icons


@require_safe
def icon(request: HttpRequest, size: int) -> HttpResponse:
    if size not in icons.SIZES:
        raise Http404
    data = icons.icon(Brand.current(), size, settings.LANGUAGE_CODE)
    return HttpResponse(data, content_type="image/png", headers={"Cache-Control": "public, max-age=86400"})
