"""The files of a request in the admin: a download as they came, or a draft story."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.refusals import StaleRevision
from articles.uploads import word

from .. import intake, posts, sales
from ..models import AdRequest, Material, SponsoredPost


def _chosen_post(request: HttpRequest, material: Material) -> SponsoredPost | None:
    """The post of the same deal that somebody said a Word file is for, if they did."""
    line, number = request.POST.get("line", ""), request.POST.get("place", "")
    for place in posts.places(material.request) if line else []:
        if (str(place.line.pk), str(place.number)) == (line, number):
            return place.post or posts.open_for(place.line, place.number)
    return None


class MaterialMixin(admin.ModelAdmin):
    """For the admin of requests: what can be done with their files, and letting a held one go."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("material/<int:pk>/", wrap(self.download), name="ads_material_download"),
            path("material/<int:pk>/open/", wrap(self.open_as_draft), name="ads_material_open"),
            path("<int:pk>/release/", wrap(self.release), name="ads_adrequest_release"),
            *super().get_urls(),
        ]

    def _material(self, request: HttpRequest, pk: int, permission: str) -> Material:
        if not request.user.has_perm(permission):
            raise PermissionDenied
        return get_object_or_404(Material.objects.select_related("request", "item__product"), pk=pk)

    def release(self, request: HttpRequest, pk: int) -> HttpResponse:
        """It was no spam: let it go, and send the confirmations that were held back."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("ads.answer_adrequest"):
            raise PermissionDenied
        ad_request = get_object_or_404(AdRequest, pk=pk)
        if sales.release(ad_request, by=request.user, at=timezone.now()):
            messages.success(request, _("Released. They and the desk get their mails now."))
        return redirect("admin:ads_adrequest_change", pk)

    def download(self, request: HttpRequest, pk: int) -> FileResponse:
        """The file as it came, always as a download."""
        material = self._material(request, pk, "ads.view_adrequest")
        try:
            file = material.file.open("rb")
        except OSError:
            raise Http404 from None
        extension = {"DOCX": "docx", "JPEG": "jpg", "GIF": "gif"}[material.format]
        name = f"{material.request.reference}-{material.pk}.{extension}"
        response = FileResponse(file, as_attachment=True, filename=name, content_type="application/octet-stream")
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response

    def open_as_draft(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Turn a Word file into a draft story, and go there."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        material = self._material(request, pk, "ads.change_adrequest")
        if material.kind != Material.Kind.WORD or not request.user.has_perm("articles.handle_sponsored"):
            raise PermissionDenied
        try:
            post = _chosen_post(request, material)
            article, dropped = intake.open_as_draft(material, by=request.user, at=timezone.now(), post=post)
        except word.WordRefused as refusal:
            messages.error(request, refusal.message)
            return redirect("admin:ads_adrequest_change", material.request_id)
        except posts.PostRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:ads_adrequest_change", material.request_id)
        except StaleRevision as stale:
            # The desk changed the same words. Both are kept; the story screen brings them together.
            messages.warning(request, str(stale))
            return redirect("admin:articles_article_change", stale.conflict.article_id)
        for sentence in dropped:
            messages.warning(request, sentence)
        messages.success(request, _("Here is the draft. Choose a section, check it, and publish."))
        return redirect("admin:articles_article_change", article.pk)
