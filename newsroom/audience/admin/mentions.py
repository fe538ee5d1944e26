"""For the ad desk: where the mentions that were promised stand, or will."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.zoned_times import in_words

from .. import promised


@require_safe
def page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    if not request.user.has_perm("ads.view_promise"):
        raise PermissionDenied
    at = timezone.now()
    today = timezone.localdate(at)
    rows = []
    for promise, issue in promised.where():
        moment = (issue.finished_at or issue.started_at or issue.send_at) if issue else None
        rows.append(
            {
                "promise": promise,
                "company": promised.company(promise),
                "issue": issue,
                "when": in_words(moment) if moment else "",
                "is_late": promised.is_late(promise, today),
            }
        )
    context = {**site.each_context(request), "title": _("Newsletter mentions"), "rows": rows}
    return TemplateResponse(request, "admin/audience/issue/mentions.html", context)
