"""The site as something that a phone keeps on its home screen. Pages name it with the version of the brand."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.views.decorators.http import require_safe

from articles.models import Brand

# Of home screens, and of the page that a phone shows while it opens the site.
SIZES = (192, 512)
PAGE = "#ffffff"
SHORT = 12


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """The W3C's web app manifest, in the language of its address."""
    brand, language = Brand.current(), get_language() or "en"
    name = brand.said("name", language)
    told = {
        "id": reverse("front_page"),
        "name": name,
        "short_name": name if len(name) <= SHORT else name[:SHORT].rpartition(" ")[0] or name[:SHORT],
        "description": brand.said("tagline", language),
        "lang": language,
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": reverse("front_page"),
        "scope": reverse("front_page"),
        "display": "minimal-ui",
        "background_color": PAGE,
        "theme_color": brand.accents()["light"] if brand.style else PAGE,
        "icons": [
            {
                "src": f"{reverse('icon', args=[size])}?v={brand.version}",
                "sizes": f"{size}x{size}",
                "type": "image/png",
            }
            for size in SIZES
        ],
    }
    told = {name: value for name, value in told.items() if value}
    headers = {"Cache-Control": "public, max-age=86400"}
    return JsonResponse(
        told, headers=headers, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )
