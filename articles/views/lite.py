"""The light edition: a story as text, for slow networks and small bills."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from .stories import crumbs, story_at, translations_of


@require_safe
def article(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    at = timezone.now()
    story = story_at(year, month, slug, at)
    versions = translations_of(story, at)
    language = get_language()
    if story.language != language:
        return redirect(versions.get(language, story).get_lite_url())
    alternates = {code: version.get_lite_url() for code, version in versions.items()}
    context = {"article": story, "alternates": alternates, "crumbs": crumbs(story.section)}
    return render(request, "articles/lite.html", context)
