"""What every page knows of the site around it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_bidi

from articles.models import Brand, BreakingNews, Section

from .audience.models import Newsletter

# Pages that exist in every language, under the same address but for its prefix.
IN_EVERY_LANGUAGE = {
    "front_page",
    "lite_front",
    "contact",
    "newsletters:sign_up",
    "newsletters:lost_link",
    "ads:rate_card",
    "ads:request",
    "articles:api_guide",
    "articles:archive",
    "articles:corrections",
}


def site(request: HttpRequest) -> dict:
    """`site`: who publishes, in the reader's language (`said_of`); `house_style`: the publisher's colours as CSS;
    `menu`: the sections, `breaking`: what runs across the top, `has_newsletters`: whether readers can sign up for any;
    these four are worked out only where they are drawn;
    `alternates`: the address of the same page by language, where the view does not know better."""

    def house_style() -> str:
        # The content security policy lets in the <style> of a page that has one (`SecurityHeaders`).
        request.house_style = brand.style  # type: ignore[attr-defined]
        return request.house_style  # type: ignore[attr-defined]

    brand = Brand.current()
    return {
        "site": said_of(brand, get_language() or "en"),
        "house_style": SimpleLazyObject(house_style),
        "text_direction": "rtl" if get_language_bidi() else "ltr",
        "alternates": _alternates(request),
        "menu": SimpleLazyObject(lambda: Section.objects.menu(get_language() or "en")),
        "has_newsletters": SimpleLazyObject(lambda: Newsletter.objects.on_offer().exists()),
        "breaking": SimpleLazyObject(lambda: BreakingNews.objects.shown(get_language() or "en", timezone.now())),
    }


def said_of(brand: Brand, language: str) -> dict[str, Any]:
    """What pages say of the publisher, in a language. `logo` is {"src", "width", "height", "dark_src"} or None,
    `social` a list of {"name", "url"}, `copyright` a whole line; `about` and `email` may be empty. `accent` is by mode,
    `version` changes whenever anything does, and `marks` are what search consoles look for."""
    year = timezone.localdate().year
    return {
        "name": brand.said("name", language),
        "tagline": brand.said("tagline", language),
        "url": settings.SITE_URL,
        "year": year,
        "logo": brand.logo_for(language),
        "social": brand.links(),
        "copyright": brand.copyright_line(language, year),
        "about": brand.said("about", language),
        "email": brand.email,
        "accent": brand.accents(),
        "version": brand.version,
        "marks": settings.SITE_VERIFICATION,
    }


def _alternates(request: HttpRequest) -> dict[str, str]:
    match = request.resolver_match
    if match is None or match.view_name not in IN_EVERY_LANGUAGE:
        return {}
    return {code: translate_url(request.path, code) for code, _name in settings.LANGUAGES}
