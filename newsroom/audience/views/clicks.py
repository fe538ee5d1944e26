"""A link in a newsletter: counted for the issue, and never for the reader."""

from __future__ import annotations

import logging

from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .. import clicks, links

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def click(request: HttpRequest, token: str) -> HttpResponse:
    """Leads where the link led when it was sent, and nowhere else; a story that is withdrawn answers for itself."""
    found = links.find_click(token)
    address = clicks.address(*found) if found else None
    if found is None or address is None:
        raise Http404
    try:
        clicks.follow(*found, request, at=timezone.now())
    except (DatabaseError, InterfaceError) as error:
        logger.error("A click could not be counted: %s", error)
    response = HttpResponseRedirect(address)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
