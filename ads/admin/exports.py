"""Exports in the admin: what is chosen in a list, one advertiser, or everything."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import exporting
from ..models import Advertiser

logger = logging.getLogger(__name__)

EXPORT = "ads.export_desk"


class ExportForm(forms.Form):
    with_files = forms.BooleanField(
        label=gettext_lazy("With all files: artwork, Word files, attachments"), required=False
    )


class ExportMixin:
    """For a ModelAdmin whose list can be exported."""

    actions = ["export_as_csv"]

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(EXPORT)

    @admin.action(description=gettext_lazy("Export as CSV"), permissions=["export"])
    def export_as_csv(self, request: HttpRequest, queryset: QuerySet) -> HttpResponseBase:
        chosen = self.model._base_manager.filter(pk__in=queryset.order_by().values("pk"))
        name = f"{self.opts.model_name}-{timezone.localdate().isoformat()}.csv"
        return download(exporting.csv_lines(self.model, chosen), name, "text/csv; charset=utf-8")


def page(request: HttpRequest, site: admin.AdminSite) -> HttpResponseBase:
    """GET says what an export holds; POST is one."""
    if not request.user.has_perm(EXPORT):
        raise PermissionDenied
    form = ExportForm(request.POST or None)
    if request.method == "POST":
        form.is_valid()
        logger.info("%s exports the advertising desk.", request.user.get_username())
        return everything(with_files=form.data.get("with_files") == "on")
    context = {
        **site.each_context(request),
        "title": _("Export the ad desk"),
        "form": form,
        "tables": [model._meta.verbose_name_plural for model in exporting.tables()],
    }
    return TemplateResponse(request, "admin/ads/export.html", context)


def everything(*, with_files: bool) -> StreamingHttpResponse:
    at = timezone.now()
    name = f"ad-desk-{timezone.localdate(at).isoformat()}.zip"
    return download(exporting.archive(at=at, with_files=with_files), name, "application/zip")


def one_advertiser(request: HttpRequest, advertiser: Advertiser) -> HttpResponseBase:
    """What concerns one advertiser alone, with its files: what they may ask us for."""
    if not request.user.has_perm(EXPORT):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    at = timezone.now()
    logger.info("%s exports what is on file about advertiser %d.", request.user.get_username(), advertiser.pk)
    pieces = exporting.archive(at=at, advertiser=advertiser, with_files=True)
    return download(pieces, f"advertiser-{advertiser.pk}-{timezone.localdate(at).isoformat()}.zip", "application/zip")


def download(pieces: Iterator[bytes], name: str, content_type: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
