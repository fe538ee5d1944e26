"""What readers searched and did not find: what to write about, or to name as they do."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import ngettext

from .. import search_misses
from ..models import SearchMiss

PERIODS = (7, 30, 90)
MOST = 200


@admin.register(SearchMiss)
class SearchMissAdmin(admin.ModelAdmin):
    """A table of words, added up over the days; single rows are of no use to anybody."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SearchMiss | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SearchMiss | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        languages = dict(settings.LANGUAGES)
        language = request.GET.get("language", "")
        language = language if language in languages else ""
        days = next((days for days in PERIODS if str(days) == request.GET.get("days")), 30)
        rows = list(search_misses.often(days=days, language=language, at=timezone.now())[:MOST])
        for row in rows:
            with translation.override(row["language"]):
                row["url"] = f"{reverse('articles:search')}?{urlencode({'q': row['words']})}"
            row["language_name"] = translation.gettext(languages[row["language"]])
        context = {
            **self.admin_site.each_context(request),
            "title": self.model._meta.verbose_name_plural.capitalize(),
            "opts": self.model._meta,
            "rows": rows,
            "language": language,
            "languages": [("", translation.gettext("All languages")), *settings.LANGUAGES],
            "days": days,
            "periods": [(n, ngettext("Last %(count)d day", "Last %(count)d days", n) % {"count": n}) for n in PERIODS],
        }
        return TemplateResponse(request, "admin/articles/searchmiss/change_list.html", context)
