"""The light edition: a story as text, for slow networks and small bills."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from .stories import crumbs, find, translations_of, what_is_owed


@require_safe
def article(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    at = timezone.now()
    story = find(year, month, slug, at)
    versions = translations_of(story, at)
    language = get_language()
    if story.language != language:
        return redirect(versions.get(language, story).get_lite_url())
    alternates = {code: version.get_lite_url() for code, version in versions.items()}
    context = what_is_owed(story, at) | {"article": story, "alternates": alternates, "crumbs": crumbs(story.section)}
    return render(request, "articles/lite.html", context)
