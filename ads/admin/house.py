"""The newsroom's own artwork in the admin: hung like an advertiser's, switched on and off, and replaced by another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.uploads import pictures

from .. import alternative, artwork, artwork_display, click_address, house
from ..models import HouseCreative, Position
from .artwork import SCALE

# What another picture in its place has in common with it.
KEPT = ("position", "name", "alt", "click_url", "language", "weight", "is_active")


class HouseForm(forms.ModelForm):
    """Words, weight and, where it is new, the pictures."""

    art = forms.FileField(
        label=gettext_lazy("Artwork"),
        widget=forms.FileInput({"accept": "image/jpeg,image/gif"}),
        help_text=gettext_lazy("JPEG, JPG or GIF of exactly the position's size."),
    )
    phone_art = forms.FileField(
        label=gettext_lazy("Phone artwork"),
        required=False,
        widget=forms.FileInput({"accept": "image/jpeg,image/gif"}),
        help_text=gettext_lazy(
            "For the two wide positions: 320×100 or 300×250. Without it, phones show the wide one shrunk, and whatever "
            "else stands in this position too."
        ),
    )
    click_url = forms.CharField(
        label=gettext_lazy("Leads to"),
        strip=False,
        widget=forms.TextInput({"class": "vURLField", "dir": "ltr", "inputmode": "url"}),
        help_text=gettext_lazy("A page of this site, such as /contact/, or another public website."),
    )
    replaces = forms.ModelChoiceField(HouseCreative.objects.all(), required=False, widget=forms.HiddenInput)

    class Meta:
        model = HouseCreative
        fields = KEPT
        help_texts = {
            "name": gettext_lazy("For you; readers do not see it."),
            "alt": gettext_lazy("What the artwork says, for people who cannot see it."),
            "weight": gettext_lazy("From 1 to 100. One with 20 is shown twice as often as one with 10."),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["art"], self.fields["phone_art"], self.fields["replaces"]
        if "language" in self.fields:
            self.fields["language"].choices = [
                ("", _("Pages of both languages")),
                ("en", _("English")),
                ("ar", _("Arabic")),
            ]

    def clean_alt(self) -> str:
        files = [upload.name for upload in (self.files.get("art"), self.files.get("phone_art")) if upload]
        return alternative.normalise(self.cleaned_data["alt"], files)

    def clean_click_url(self) -> str:
        return click_address.normalise_own(self.cleaned_data["click_url"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        position: Position | None = data.get("position")
        if self.instance.pk or position is None:
            return data
        if data.get("phone_art") and not position.phone_size:
            self.add_error("phone_art", _("This position shows the same artwork on phones."))
        self.checked = {
            name: self._checked(name, position)
            for name in ("art", "phone_art")
            if data.get(name) and name not in self.errors
        }
        return data

    def _checked(self, name: str, position: Position) -> pictures.Artwork | None:
        upload = self.cleaned_data[name]
        upload.seek(0)  # the form may be drawn twice from one POST
        if upload.size > artwork.MAX_UPLOAD_BYTES:
            self.add_error(name, artwork.too_large(upload.size))
            return None
        try:
            return artwork.check(position, upload.read(), phone=name == "phone_art")
        except pictures.PictureRefused as refusal:
            self.add_error(name, ValidationError(refusal.message))
            return None


class HouseList(ChangeList):
    """The pieces of a page, with what was counted of them in the last seven days."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        week = house.week_of([one.pk for one in self.result_list], at=timezone.now())
        for one in self.result_list:
            one.week = week.get(one.pk)


@admin.register(HouseCreative)
class HouseCreativeAdmin(admin.ModelAdmin):
    if_empty = gettext_lazy(
        "There is no artwork of your own yet. Add some: it stands where no advertiser does, and a position with any is "
        "never empty."
    )
    form = HouseForm
    change_form_template = "admin/ads/housecreative/change_form.html"
    list_display = ["thumbnail", "name", "position", "pages", "weight", "is_active", "shown", "clicks"]
    list_display_links = ["thumbnail", "name"]
    list_filter = ["is_active", "language", "position"]
    list_select_related = ["position"]
    list_per_page = 50
    search_fields = ["name", "alt", "click_url"]
    show_full_result_count = False
    actions = None  # nothing is deleted from a list

    class Media:
        css = {"all": ["desk/artwork.css", "desk/running.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs):
        return HouseList

    def get_readonly_fields(self, request: HttpRequest, obj: HouseCreative | None = None):
        return ["position"] if obj else []

    def get_fields(self, request: HttpRequest, obj: HouseCreative | None = None):
        words = ["name", "alt", "click_url", "language", "weight", "is_active"]
        return ["position", *words] if obj else ["position", "art", "phone_art", *words, "replaces"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """`?replaces=` fills the form in from what is to be replaced."""
        initial = super().get_changeform_initial_data(request)
        number = str(initial.pop("replaces", ""))
        old = HouseCreative.objects.filter(pk=number if number.isdecimal() else 0).first()
        if old is None:
            return initial
        return initial | {name: getattr(old, name) for name in KEPT} | {"replaces": old.pk, "position": old.position_id}

    def has_delete_permission(self, request: HttpRequest, obj: HouseCreative | None = None) -> bool:
        # What is shown is switched off first: other servers go on with it for up to a minute.
        return super().has_delete_permission(request, obj) and not (obj and obj.is_active)

    def delete_model(self, request: HttpRequest, obj: HouseCreative) -> None:
        house.remove(obj)

    def save_model(self, request: HttpRequest, obj: HouseCreative, form: HouseForm, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        data = form.cleaned_data
        made = house.hang(
            art=form.checked["art"],
            phone_art=form.checked.get("phone_art"),
            instead_of=data["replaces"],
            at=timezone.now(),
            **{name: data[name] for name in KEPT},
        )
        obj.__dict__.update(made.__dict__)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            position = obj.position
            phone = artwork_display.on_phone(position, has_phone_artwork=bool(obj.phone_file))
            context |= {
                "desktop": artwork_display.on_desktop(position),
                "phone": phone,
                "phone_src": (obj.phone_file if phone.field == "phone_art" else obj.file).url,
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=gettext_lazy("Artwork"))
    def thumbnail(self, obj: HouseCreative) -> SafeString:
        return format_html(
            '<img class="desk-piece" src="{}" width="{}" height="{}" alt="{}" loading="lazy">',
            obj.file.url,
            round(obj.position.width * SCALE),
            round(obj.position.height * SCALE),
            obj.alt,
        )

    @admin.display(description=gettext_lazy("Pages"), ordering="language")
    def pages(self, obj: HouseCreative) -> str:
        return obj.get_language_display() if obj.language else _("both languages")

    @admin.display(description=gettext_lazy("Shown, in 7 days"))
    def shown(self, obj: HouseCreative) -> str:
        return number_format(obj.week.renders if obj.week else 0, use_l10n=True, force_grouping=True)  # type: ignore[attr-defined]  # HouseList

    @admin.display(description=gettext_lazy("Clicks, in 7 days"))
    def clicks(self, obj: HouseCreative) -> str:
        return number_format(obj.week.clicks if obj.week else 0, use_l10n=True, force_grouping=True)  # type: ignore[attr-defined]  # HouseList
