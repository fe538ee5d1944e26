"""What buyers' programs read about the space of this site."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(public=True, max_age=24 * 3600)
def ads_txt(request: HttpRequest) -> HttpResponse:
    """Who may sell our space (`ads.authorised_sellers`). The file stands at the root of a site and nowhere else."""
    return HttpResponse(settings.ADS_TXT, content_type="text/plain; charset=utf-8")
