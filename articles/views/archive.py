"""The archive by month: a page with all months, and one for each."""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby

from django.conf import settings
from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import archive as archives

PER_PAGE = 50


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    years = archives.years(get_language() or "en", at=timezone.now())
    return render(request, "articles/archive.html", {"years": years})


@require_safe
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """Every live story of the month in this language, newest first. A month without any does not exist."""
    at, language = timezone.now(), get_language() or "en"
    try:
        first_day = date(year, month, 1)
        stories = archives.stories_of(language, first_day, at=at)
    except (ValueError, OverflowError):
        raise Http404(_("This month does not exist.")) from None
    cards = stories.select_related("section").defer("body", "standfirst").newest_first()
    try:
        page = Paginator(cards, PER_PAGE, allow_empty_first_page=False).page(request.GET.get("page", "1"))
    except InvalidPage:
        raise Http404(_("This page of the list does not exist.")) from None
    by_day = groupby(page.object_list, key=lambda story: timezone.localdate(story.publish_at))
    before, after = archives.months_around(language, first_day, at=at)
    context = {
        "page": page,
        "days": [(day, list(stories)) for day, stories in by_day],
        "first_day": first_day,
        "before": before,
        "after": after,
        "alternates": _alternates(first_day, language, at),
    }
    return render(request, "articles/archive_month.html", context)


def _alternates(first_day: date, language: str, at: datetime) -> dict[str, str]:
    """The page of the same month in every language that has stories in it. One query for each other language."""
    found = {}
    for code, _name in settings.LANGUAGES:
        if code == language or archives.stories_of(code, first_day, at=at).exists():
            with translation.override(code):
                found[code] = reverse("articles:archive_month", args=[first_day.year, first_day.month])
    return found
