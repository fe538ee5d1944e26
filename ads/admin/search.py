"""The page of the search across all of the desk."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from .. import desk_search
from ..desk_words import MOST_TYPED, typed_words


def page(request: HttpRequest, site: admin.AdminSite) -> HttpResponse:
    if not request.user.has_perm("ads.view_adrequest"):
        raise PermissionDenied
    typed = " ".join(request.GET.get("q", "")[:MOST_TYPED].replace("\0", " ").split())
    context = {
        **site.each_context(request),
        "title": _("Search the ad desk"),
        "typed": typed,
        "is_short": bool(typed) and not typed_words(typed),
        "groups": desk_search.search(typed, user=request.user),
    }
    return TemplateResponse(request, "admin/ads/search.html", context)
