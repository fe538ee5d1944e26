from __future__ import annotations

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..feeds import of_series
from ..models import Series
from ..reading import numbered

PER_PAGE = 20


@require_safe
def series(request: HttpRequest, slug: str) -> HttpResponse:
    """A series in the order of reading. One without a part that readers have does not exist yet: its name is not
    public."""
    found = get_object_or_404(Series, slug=slug, language=get_language())
    paginator = Paginator(found.parts(timezone.now()).for_cards(), PER_PAGE, allow_empty_first_page=False)
    try:
        page = paginator.page(request.GET.get("page", "1"))
    except InvalidPage:
        raise Http404(_("This page of the list does not exist.")) from None
    parts = numbered(list(page.object_list), first=page.start_index())
    context = {"series": found, "page": page, "parts": parts, "feed": of_series(found)}
    return render(request, "articles/series.html", context)
