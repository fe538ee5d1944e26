"""The media library in the admin: its list as a wall of pictures, and each picture with where it is used."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy

from .. import library
from ..editor import NoncedMediaMixin
from ..models import Author, MediaAsset, MediaUse, PreviousPicture
from ..picture_forms import PictureForm
from ..views.library import editor_urls
from .counting import CappedPaginator
from .picture_bulk import BulkMixin
from .picture_file import FileMixin, uses_of
from .picture_filters import FILTERS
from .picture_upload import UploadMixin

# A search answers with the newest so many; more words narrow it down.
MOST_FOUND = 1000


def _count(found, by: str) -> Coalesce:
    counted = found.order_by().values(by).annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@admin.register(MediaAsset)
class LibraryAdmin(BulkMixin, UploadMixin, FileMixin, NoncedMediaMixin, admin.ModelAdmin):
    form = PictureForm
    change_list_template = "admin/articles/mediaasset/change_list.html"
    change_form_template = "admin/articles/mediaasset/change_form.html"
    list_display = ["card"]
    list_display_links = None
    list_filter = FILTERS
    search_fields = ["search_text"]
    show_full_result_count = False
    paginator = CappedPaginator
    list_per_page = 48

    def get_urls(self):
        return [*editor_urls(self.admin_site), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: MediaAsset | None = None):
        return [*([] if obj else ["upload"]), *PictureForm.Meta.fields]

    def get_form(self, request: HttpRequest, obj: MediaAsset | None = None, change: bool = False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        # A picture that is there gets another file on a page of its own.
        return type(form.__name__, (form,), {"upload": None}) if obj else form

    def get_queryset(self, request: HttpRequest):
        stories = MediaUse.objects.filter(asset=OuterRef("pk"))
        counted = stories.order_by().values("asset").annotate(n=Count("article", distinct=True)).values("n")
        photos = Author.objects.filter(photo=OuterRef("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                story_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
                photo_count=_count(photos, "photo"),
            )
        )

    def get_search_results(self, request: HttpRequest, queryset, search_term: str):
        """Looked for once: the count and the page then ask for what was found, not for the words again."""
        if not search_term.strip():
            return queryset, False
        found = list(queryset.matching(search_term).values_list("pk", flat=True)[:MOST_FOUND])
        return queryset.filter(pk__in=found), False

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        title = self.opts.verbose_name_plural.capitalize()
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context=None) -> HttpResponse:
        """One picture with its words in a pop-up of another form; elsewhere the page that takes any number."""
        if request.method == "GET" and "_popup" not in request.GET and self.has_add_permission(request):
            return redirect("admin:articles_mediaasset_upload")
        return super().add_view(request, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: MediaAsset, form: PictureForm, change: bool) -> None:
        said = {name: form.cleaned_data[name] for name in PictureForm.Meta.fields}
        if not change:
            saved = library.add(form.cleaned_data["upload"], by=request.user, **said)
            obj.__dict__.update(saved.__dict__)
            return
        try:
            if {"focal_x", "focal_y"} & set(form.changed_data):
                library.refocus(obj)
            elif form.changed_data:
                library.describe(obj, **{name: said[name] for name in form.changed_data})
        except library.LibraryRefused as refusal:
            messages.error(request, str(refusal))

    def has_change_permission(self, request: HttpRequest, obj: MediaAsset | None = None) -> bool:
        """Editors any picture; others their own, until readers see it. What readers see changes through an editor."""
        if obj is None or request.user.has_perm("articles.publish_article"):
            return super().has_change_permission(request, obj)
        own = super().has_change_permission(request, obj) and obj.uploaded_by_id == request.user.pk
        return own and not library.shown_in(obj).exists()

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None) -> HttpResponse:
        if obj:
            context["uses"] = uses_of(obj, request.user)
            context["previous"] = PreviousPicture.objects.filter(asset=obj).select_related("replaced_by").first()
            context["is_licence_over"] = obj.is_licence_over(timezone.localdate())
        context["show_save_and_add_another"] = False  # more pictures come by the page for uploads
        return super().render_change_form(request, context, add, change, form_url, obj)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context=None) -> HttpResponse:
        """Says at once, not after a question, that a picture is needed."""
        asset = self.get_object(request, object_id)
        if asset and self.has_delete_permission(request, asset) and (why := library.needed_by(asset)):
            messages.error(request, why)
            return redirect("admin:articles_mediaasset_change", asset.pk)
        return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request: HttpRequest, obj: MediaAsset) -> None:
        try:
            library.remove(obj)
        except library.StillShown as refusal:
            messages.error(request, str(refusal))

    @admin.display(description=gettext_lazy("Picture"))
    def card(self, obj: MediaAsset) -> str:
        today = timezone.localdate()
        return render_to_string(
            "admin/articles/mediaasset/_card.html",
            {
                "asset": obj,
                "used": obj.story_count + obj.photo_count,
                "is_licence_over": obj.is_licence_over(today),
                "licence_ends": bool(obj.licence_until and obj.licence_until <= today + MediaAsset.RUNS_OUT),
            },
        )
