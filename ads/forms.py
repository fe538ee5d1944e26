"""The request form: what an advertiser wants, and the files for it, checked as they arrive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.forms.boundfield import BoundField
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django_countries.fields import CountryField

from articles.public_forms import PublicForm
from articles.uploads import pictures, word

from . import artwork, prices
from .days import FARTHEST_AHEAD
from .models import AdRequestItem, Position, PostProduct
from .sales import Wish


class DaysFromToday(forms.Form):
    """For forms with `first_day` and `last_day`: from today, and within two years."""

    def clean_first_day(self) -> date | None:
        day = self.cleaned_data["first_day"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a later day."))
        return _within_two_years(day)

    def clean_last_day(self) -> date | None:
        return _within_two_years(self.cleaned_data["last_day"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        return data


def wanted_artwork(position: Position) -> dict[str, str | int]:
    """What `static/partners/files.js` checks of artwork in the browser, as attributes of its input."""
    return {
        "data-takes": "picture",
        "data-width": position.width,
        "data-height": position.height,
        "data-kilobytes": position.max_kilobytes,
        "data-place": position.place,
    }


def _within_two_years(day: date | None) -> date | None:
    if day and day > timezone.localdate() + FARTHEST_AHEAD:
        raise forms.ValidationError(_("Choose a day within the next two years."))
    return day


class RequestForm(DaysFromToday, PublicForm):
    """Who asks, what for, when, and the material. `wishes()` after `is_valid()`; `fields_of_request()` for the rest."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=254, widget=forms.EmailInput({"autocomplete": "email"})
    )
    company = forms.CharField(
        label=gettext_lazy("Company"),
        max_length=160,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    website = forms.URLField(
        label=gettext_lazy("Website"),
        max_length=200,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        # Text, so that a browser does not refuse the address people type: without https://.
        widget=forms.TextInput({"autocomplete": "url", "inputmode": "url", "dir": "ltr"}),
        error_messages={"invalid": gettext_lazy("Write the address of your website, such as www.example.org.")},
    )
    country = CountryField(blank_label=gettext_lazy("Choose a country")).formfield(  # type: ignore[call-overload]
        label=gettext_lazy("Country")
    )
    first_day = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    message = forms.CharField(
        label=gettext_lazy("Message"),
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 5, "dir": "auto"}),
        help_text=gettext_lazy("Anything we should know: aims, audience, budget, questions."),
    )

    def __init__(self, *args, **kwargs) -> None:
        today = timezone.localdate()
        self.positions = prices.positions_on_card(today)
        self.products = prices.products_on_card(today)
        super().__init__(*args, **kwargs)
        for position in self.positions:
            self.fields[f"want_{position.code}"] = forms.BooleanField(
                required=False, label=f"{position.display_name} {position.display_size}"
            )
            self.fields[f"file_{position.code}"] = forms.FileField(
                required=False,
                label=_("Artwork, %(size)s") % {"size": position.display_size},
                widget=forms.FileInput({"accept": ".jpg,.jpeg,.gif,image/jpeg,image/gif"} | wanted_artwork(position)),
                help_text=_("JPEG, JPG or GIF, at most %(weight)d KB. You can send it later.")
                % {"weight": position.max_kilobytes},
            )
        for product in self.products:
            self.fields[f"want_{product.kind}"] = forms.BooleanField(required=False, label=product.display_name)
            self.fields[f"writer_{product.kind}"] = forms.ChoiceField(
                required=False,
                label=_("Who writes it?"),
                choices=[("client", _("We write it")), ("newsroom", _("You write it"))],
                initial="client",
            )
            self.fields[f"file_{product.kind}"] = forms.FileField(
                required=False,
                label=_("Word file"),
                widget=forms.FileInput(
                    {
                        "accept": ".docx,application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                        "data-takes": "word",
                        "data-kilobytes": word.MAX_BYTES // 1024,
                    }
                ),
                help_text=_("A .docx file, at most 10 MB. You can send it later."),
            )

    # What the template walks: (thing of the rate card, its fields).
    def position_rows(self) -> Iterator[tuple[Position, BoundField, BoundField]]:
        for position in self.positions:
            yield position, self[f"want_{position.code}"], self[f"file_{position.code}"]

    def product_rows(self) -> Iterator[tuple[PostProduct, BoundField, BoundField, BoundField]]:
        for product in self.products:
            kind = product.kind
            yield product, self[f"want_{kind}"], self[f"writer_{kind}"], self[f"file_{kind}"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.is_forged:
            return data  # and no file is opened
        self._wishes = [*self._position_wishes(data), *self._product_wishes(data)]
        if not self._wishes and not self.errors:
            raise forms.ValidationError(
                _("Choose at least one position or sponsored post, so that we know what to offer.")
            )
        return data

    def _position_wishes(self, data: dict) -> Iterator[Wish]:
        for position in self.positions:
            name = f"file_{position.code}"
            upload = data.get(name)
            if not (data.get(f"want_{position.code}") or upload):
                continue
            wish = Wish(position=position)
            if upload and (content := self._read(name, upload, artwork.MAX_UPLOAD_BYTES)) is not None:
                try:
                    checked = artwork.check(position, content)
                except pictures.PictureRefused as refusal:
                    self.add_error(name, refusal.message)
                else:
                    wish = Wish(
                        position=position,
                        file=checked.data,
                        file_name=upload.name,
                        file_format=checked.facts.format,
                        size=position.size,
                    )
            yield wish

    def _product_wishes(self, data: dict) -> Iterator[Wish]:
        for product in self.products:
            name = f"file_{product.kind}"
            upload = data.get(name)
            if not (data.get(f"want_{product.kind}") or upload):
                continue
            writer = data.get(f"writer_{product.kind}") or AdRequestItem.WrittenBy.CLIENT
            wish = Wish(product=product, written_by=writer)
            if upload and (content := self._read(name, upload, word.MAX_BYTES)) is not None:
                try:
                    word.check(content)
                except word.WordRefused as refusal:
                    self.add_error(name, refusal.message)
                else:
                    wish = Wish(
                        product=product,
                        written_by=writer,
                        file=content,
                        file_name=upload.name,
                        file_format="DOCX",
                    )
            yield wish

    def _read(self, name: str, upload: UploadedFile, most: int) -> bytes | None:
        if upload.size and upload.size > most:
            self.add_error(
                name,
                _("This file has %(size)s; at most %(most)s is taken. Make it smaller and choose it again.")
                % {"size": filesizeformat(upload.size), "most": filesizeformat(most)},
            )
            return None
        return upload.read()

    def wishes(self) -> list[Wish]:
        return self._wishes

    def fields_of_request(self) -> dict:
        names = ("name", "email", "company", "website", "country", "first_day", "last_day", "message")
        return {name: self.cleaned_data[name] for name in names}

    @property
    def language(self) -> str:
        return get_language() or "en"
