"""Another file in a picture's place, and back: pages that say first which stories change."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import library, uses
from ..models import Article, MediaAsset
from ..picture_forms import ReplacementForm
from ..uploads import pictures


def uses_of(asset: MediaAsset, user) -> dict:
    """For `_uses.html`: the stories that a person may open, how many more there are, and authors."""
    every = uses.stories_using(asset)
    open_to = list(every.filter(pk__in=Article.objects.visible_to(user).values("pk"))[:51])
    return {
        "stories": open_to[:50],
        "more": max(every.count() - len(open_to[:50]), 0),
        "authors": list(uses.authors_with(asset)),
        "is_public": MediaAsset.objects.public().filter(pk=asset.pk).exists(),
    }


class FileMixin:
    """For the library's ModelAdmin: replacing a picture's file, undoing that, and forgetting what was before."""

    def get_urls(self):
        name = "articles_mediaasset"
        return [
            path("<int:number>/replace/", self.admin_site.admin_view(self.replace_view), name=f"{name}_replace"),
            path("<int:number>/previous/", self.admin_site.admin_view(self.previous_view), name=f"{name}_previous"),
            *super().get_urls(),
        ]

    def replace_view(self, request: HttpRequest, number: int) -> HttpResponse:
        asset = self._changeable(request, number)
        form = ReplacementForm(request.POST or None, request.FILES or None, asset=asset)
        if request.method == "POST":
            form = ReplacementForm(request.POST, request.FILES, asset=asset)
            if form.is_valid():
                try:
                    library.replace_picture(asset, form.cleaned_data["file"], by=request.user, at=timezone.now())
                except (pictures.PictureRefused, library.LibraryRefused) as refusal:
                    form.add_error("file", str(refusal))
                else:
                    return self._done(request, asset, _("Replaced."))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": asset,
            "title": _("Replace the file"),
            "asset": asset,
            "form": form,
            "uses": uses_of(asset, request.user),
        }
        status = 400 if form.is_bound else 200
        return TemplateResponse(request, "admin/articles/mediaasset/replace.html", context, status=status)

    def previous_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """Bring the file before the present one back, or (`forget`) delete it for good."""
        asset = self._changeable(request, number)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if "forget" in request.POST:
            library.forget_previous(asset)
            self.log_change(request, asset, _("Deleted the file before this one."))
            messages.success(request, _("The file before this one is deleted for good."))
            return redirect("admin:articles_mediaasset_change", asset.pk)
        try:
            library.bring_back(asset, by=request.user, at=timezone.now())
        except library.LibraryRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:articles_mediaasset_change", asset.pk)
        return self._done(request, asset, _("The file before is back."))

    def _done(self, request: HttpRequest, asset: MediaAsset, what: str) -> HttpResponse:
        count = library.shown_in(asset).count()
        changed = ngettext("%(count)d story shows it.", "%(count)d stories show it.", count) % {"count": count}
        self.log_change(request, asset, what)
        messages.success(request, f"{what} {changed}" if count else what)
        return redirect("admin:articles_mediaasset_change", asset.pk)

    def _changeable(self, request: HttpRequest, number: int) -> MediaAsset:
        asset = MediaAsset.objects.filter(pk=number).first() if number < 1 << 62 else None
        if asset is None or not self.has_view_permission(request):
            raise Http404
        if not self.has_change_permission(request, asset):
            raise PermissionDenied
        return asset
