"""What every page knows of the site around it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_bidi

from articles.models import Section


def site(request: HttpRequest) -> dict:
    """`site`: who publishes, in the reader's language; `menu`: the sections, asked for only where they are drawn."""
    arabic = get_language() == "ar"
    return {
        "site": {
            "name": settings.SITE_NAME_AR if arabic else settings.SITE_NAME,
            "tagline": settings.SITE_TAGLINE_AR if arabic else settings.SITE_TAGLINE,
            "url": settings.SITE_URL,
            "year": timezone.localdate().year,
        },
        "text_direction": "rtl" if get_language_bidi() else "ltr",
        "menu": SimpleLazyObject(lambda: Section.objects.menu(get_language() or "en")),
    }
