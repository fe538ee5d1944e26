from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import library
from ..editor import FocalPointForm, NoncedMediaMixin
from ..models import MediaAsset
from ..uploads import pictures
from ..views.library import editor_urls


class PictureForm(FocalPointForm):
    upload = forms.FileField(
        label=gettext_lazy("Picture"),
        required=False,
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp,image/gif"}),
        help_text=gettext_lazy(
            "JPEG, PNG, WebP or GIF, at most 20 MB. It is drawn anew, without the data cameras add."
        ),
    )

    class Meta:
        model = MediaAsset
        fields = [
            "title",
            "alt",
            "alt_ar",
            "decorative",
            "caption",
            "caption_ar",
            "credit",
            "licence",
            "focal_x",
            "focal_y",
        ]

    def clean_upload(self):
        upload = self.cleaned_data["upload"]
        if not upload:
            if not self.instance.pk:
                raise forms.ValidationError(_("Choose a picture."))
            return None
        if upload.size > pictures.MAX_BYTES:
            raise forms.ValidationError(
                _("This picture has %(size)s; at most %(most)s is taken.")
                % {"size": filesizeformat(upload.size), "most": filesizeformat(pictures.MAX_BYTES)}
            )
        data = upload.read()
        try:
            pictures.check(data)
        except pictures.PictureRefused as refusal:
            raise forms.ValidationError(refusal.message) from None
        return data

    def clean(self):
        data = super().clean() or self.cleaned_data
        if not data.get("alt") and not data.get("decorative"):
            self.add_error("alt", _("Say what the picture shows, or tick “decorative”."))
        return data


@admin.register(MediaAsset)
class LibraryAdmin(NoncedMediaMixin, admin.ModelAdmin):
    form = PictureForm
    list_display = ["thumbnail", "__str__", "credit", "size", "described", "created_at"]
    list_display_links = ["thumbnail", "__str__"]
    list_filter = ["decorative", "created_at"]
    search_fields = ["title", "alt", "caption", "credit"]
    show_full_result_count = False
    list_per_page = 40
    fields = ["upload", *PictureForm.Meta.fields]

    def get_urls(self):
        return [*editor_urls(self.admin_site), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: MediaAsset, form: PictureForm, change: bool) -> None:
        data = form.cleaned_data["upload"]
        if not change:
            fields = {name: form.cleaned_data[name] for name in PictureForm.Meta.fields}
            saved = library.add(data, by=request.user, **fields)
            obj.__dict__.update(saved.__dict__)
        elif data:
            library.replace_picture(obj, data)
        elif {"focal_x", "focal_y"} & set(form.changed_data):
            library.refocus(obj)
        else:
            obj.save()

    def has_change_permission(self, request: HttpRequest, obj: MediaAsset | None = None) -> bool:
        """Editors any picture; others their own, until readers see it. What readers see changes through an editor."""
        if obj is None or request.user.has_perm("articles.publish_article"):
            return super().has_change_permission(request, obj)
        own = super().has_change_permission(request, obj) and obj.uploaded_by_id == request.user.pk
        return own and not library.shown_in(obj).exists()

    def delete_model(self, request: HttpRequest, obj: MediaAsset) -> None:
        try:
            library.remove(obj)
        except library.StillShown as refusal:
            messages.error(request, str(refusal))

    def delete_queryset(self, request: HttpRequest, queryset) -> None:
        for asset in queryset:
            self.delete_model(request, asset)

    @admin.display(description=gettext_lazy("Picture"))
    def thumbnail(self, obj: MediaAsset) -> SafeString | str:
        src = obj.url("3x2", 320)
        return format_html('<img class="desk-thumb" src="{}" width="96" height="64" alt="" loading="lazy">', src)

    @admin.display(description=gettext_lazy("Size"))
    def size(self, obj: MediaAsset) -> str:
        return f"{obj.width}×{obj.height}, {filesizeformat(obj.bytes)}"

    @admin.display(description=gettext_lazy("Described"), boolean=True)
    def described(self, obj: MediaAsset) -> bool:
        return obj.is_described
