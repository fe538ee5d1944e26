"""What every page knows of the site around it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_bidi

from articles.models import BreakingNews, Section

# Pages that exist in every language, under the same address but for its prefix.
IN_EVERY_LANGUAGE = {
    "front_page",
    "lite_front",
    "contact",
    "ads:rate_card",
    "ads:request",
    "articles:archive",
    "articles:corrections",
}


def site(request: HttpRequest) -> dict:
    """`site`: who publishes, in the reader's language; `menu`: the sections, and `breaking`: what runs across the top,
    both asked for only where they are drawn; `alternates`: the address of the same page by language, where the view
    does not know better."""
    arabic = get_language() == "ar"
    return {
        "site": {
            "name": settings.SITE_NAME_AR if arabic else settings.SITE_NAME,
            "tagline": settings.SITE_TAGLINE_AR if arabic else settings.SITE_TAGLINE,
            "url": settings.SITE_URL,
            "year": timezone.localdate().year,
        },
        "text_direction": "rtl" if get_language_bidi() else "ltr",
        "alternates": _alternates(request),
        "menu": SimpleLazyObject(lambda: Section.objects.menu(get_language() or "en")),
        "breaking": SimpleLazyObject(lambda: BreakingNews.objects.shown(get_language() or "en", timezone.now())),
    }


def _alternates(request: HttpRequest) -> dict[str, str]:
    match = request.resolver_match
    if match is None or match.view_name not in IN_EVERY_LANGUAGE:
        return {}
    return {code: translate_url(request.path, code) for code, _name in settings.LANGUAGES}
