"""Pages that draw on several apps: the front page, and those that say what went wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from articles.models import Article, Section

from .. import frontpage
from ..middleware import NO_PAGES, is_admin

LATEST = 5
STATIC_500 = Path(settings.BASE_DIR) / "templates" / "500.html"


@require_safe
def front_page(request: HttpRequest, template: str = "newsroom/front_page.html", **more: Any) -> HttpResponse:
    language = get_language() or "en"
    menu = Section.objects.menu(language)
    page = frontpage.compose(language, menu, at=timezone.now())
    return render(request, template, {"front": page, "menu": menu, **more})


def lite_front(request: HttpRequest) -> HttpResponse:
    """The same stories in the same places, as text."""
    return front_page(request, "newsroom/lite_front.html")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """In the admin it is the login that does not reach so far, elsewhere a form that we did not draw."""
    if is_admin(request):
        return render(request, "admin/403.html", admin.site.each_context(request), status=403)
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same words for what never was and for what is not public, so that nothing is given away. Where the database
    is away too, this raises and `server_error` answers. Who works here keeps the desk around it."""
    if is_admin(request) and admin.site.has_permission(request):
        return render(request, "admin/404.html", admin.site.each_context(request), status=404)
    live = Article.objects.live(timezone.now()).news().in_language(get_language() or "en").newest_first()
    latest = live.only("headline", "slug", "month", "language", "publish_at")[:LATEST]
    return render(request, "404.html", {"latest": () if request.path_info.startswith(NO_PAGES) else latest}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fixed page: it needs no database, no template tag, nothing that may be what broke."""
    return HttpResponse(STATIC_500.read_bytes(), status=500)
