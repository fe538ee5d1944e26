"""The page that says how fast the desk answers."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from .. import answer_times as times


@require_safe
def answer_times(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("ads.view_turn"):
        raise PermissionDenied
    lines = [
        (_("All together") if line.owner is None else line.owner or _("Without an owner"), _cells(line))
        for line in times.by_owner(timezone.now())
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Answer times"),
        "lines": lines,
        "headings": [_heading(days) for days in times.DAYS],
    }
    return TemplateResponse(request, "admin/ads/answer_times.html", context)


def _heading(days: int) -> str:
    return ngettext("Last %(count)d day", "Last %(count)d days", days) % {"count": days}


def _cells(line: times.Line) -> list[tuple[str, times.Figure | None, str]]:
    return [
        (_heading(days), figure, span(figure.median) if figure and figure.median is not None else "")
        for days, figure in zip(times.DAYS, line.figures, strict=True)
    ]


def span(length: timedelta) -> str:
    hours, minutes = divmod(length // timedelta(minutes=1), 60)
    if not hours:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    return _("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}
