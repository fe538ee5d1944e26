"""The receipt of a request."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ..models import AdRequest


@require_safe
def received(request: HttpRequest, reference: str) -> HttpResponse:
    """The receipt. It tells the reference number, and nothing of the request to whoever guesses one."""
    known = get_object_or_404(AdRequest.objects.only("reference", "received_at"), reference=reference)
    return render(request, "ads/received.html", {"ad_request": known})
