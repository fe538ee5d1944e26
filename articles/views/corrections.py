"""The public record of what was wrong."""

from __future__ import annotations

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..models import Correction

PER_PAGE = 20


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """Every note to readers on a live story of this language, newest first."""
    public = Correction.objects.public(timezone.now()).filter(article__language=get_language())
    notes = public.select_related("article").defer("article__body", "article__standfirst")
    try:
        page = Paginator(notes, PER_PAGE).page(request.GET.get("page", "1"))
    except InvalidPage:
        raise Http404(_("This page of the list does not exist.")) from None
    return render(request, "articles/corrections.html", {"page": page})
