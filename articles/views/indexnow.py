"""The file by which search engines see that a key of IndexNow is ours."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def key_file(request: HttpRequest, key: str) -> HttpResponse:
    if not settings.INDEXNOW_KEY or key != settings.INDEXNOW_KEY:
        raise Http404
    return HttpResponse(
        key, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=3600"}
    )
