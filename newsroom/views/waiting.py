"""The small numbers of the bar at the side, asked for by the page once it stands."""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from .. import waiting

SECONDS = 60


@require_safe
def waits(request: HttpRequest) -> JsonResponse:
    """What waits for this person. A browser keeps it for a minute, so that walking about asks once."""
    response = JsonResponse(waiting.counts(request.user, at=timezone.now()))
    patch_cache_control(response, private=True, max_age=SECONDS)
    return response
