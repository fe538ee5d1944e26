"""Sending artwork: on the deal page, and at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import User

from . import alternative, artwork
from .artwork_display import display_size
from .models import Booking, Creative, Material

ACCEPTED = ".jpg,.jpeg,.gif,image/jpeg,image/gif"


class ArtworkForm(forms.Form):
    """The next version of a booking's artwork. `submit` takes what was sent, or says what is wrong with it in the form.
    Without a file, the picture of the version before stays."""

    error_css_class = "is-invalid"

    art = forms.FileField(label=gettext_lazy("Artwork"), required=False)
    phone_art = forms.FileField(label=gettext_lazy("Phone artwork"), required=False)
    material = forms.ModelChoiceField(
        Material.objects.none(),
        label=gettext_lazy("Or a file that you sent before"),
        required=False,
        empty_label=gettext_lazy("None of them"),
    )
    alt = forms.CharField(
        label=gettext_lazy("Alternative text"),
        required=False,
        widget=forms.TextInput({"dir": "auto", "maxlength": alternative.LONGEST}),
        help_text=gettext_lazy("What the artwork says, for people who cannot see it."),
    )
    click_url = forms.CharField(
        label=gettext_lazy("Leads to"),
        required=False,
        strip=False,
        widget=forms.TextInput({"dir": "ltr", "inputmode": "url", "autocomplete": "url"}),
        help_text=gettext_lazy("The address that opens on a click, such as https://www.example.org/offer."),
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, booking: Booking, initial: dict[str, Any] | None = None
    ) -> None:
        self.booking = booking
        newest = next(iter(booking.creatives.all()), None)
        initial = initial or {}
        if newest:
            initial = {"alt": newest.alt, "click_url": newest.click_url} | initial
        elif booking.request:
            initial = {"click_url": booking.request.website} | initial
        super().__init__(data, files, prefix=f"b{booking.pk}", initial=initial)
        self._prepare_files(newest)
        self._prepare_material()

    def _prepare_files(self, newest: Creative | None) -> None:
        position = self.booking.position
        sizes = {"art": position.size, "phone_art": position.phone_size}
        for name, size in sizes.items():
            if size is None:
                del self.fields[name]
                continue
            most = (
                min(position.max_kilobytes, artwork.PHONE_KILOBYTES) if name == "phone_art" else position.max_kilobytes
            )
            field = self.fields[name]
            field.widget = forms.FileInput(
                {
                    "accept": ACCEPTED,
                    "class": "js-artwork",
                    "data-takes": "picture",
                    "data-width": size[0],
                    "data-height": size[1],
                    "data-kilobytes": most,
                }
            )
            if name == "art":
                field.widget.attrs["data-place"] = position.place
            if name == "art" and position.phone_size:
                field.widget.attrs |= {
                    "data-phone-width": position.phone_size[0],
                    "data-phone-height": position.phone_size[1],
                }
            field.help_text = _("JPEG, JPG or GIF of exactly %(size)s pixels, at most %(weight)d KB.") % {
                "size": display_size(*size),
                "weight": most,
            }
        if newest:
            self.fields["art"].help_text += " " + _("Without a file, the picture stays and only the rest changes.")

    def _prepare_material(self) -> None:
        booking = self.booking
        found = Material.objects.filter(
            request=booking.request_id,
            kind=Material.Kind.ARTWORK,
            width=booking.position.width,
            height=booking.position.height,
        )
        if booking.request_id is None or not found:
            del self.fields["material"]
        else:
            self.fields["material"].queryset = found  # type: ignore[attr-defined]

    def submit(self, *, by: User | None, at: datetime) -> Creative | None:
        """The new version; None when something is wrong, which the form then says. Raises artwork.TooMany."""
        self.is_valid()  # each field's own errors; the rest is said beside them
        data = self.cleaned_data
        names = [upload.name for upload in (data.get("art"), data.get("phone_art")) if upload]
        files = {name: self._read(name) for name in ("art", "phone_art")}
        if files["art"] is None and data.get("material") and "art" not in self.errors:
            files["art"] = self._read_material(data["material"])
            names.append(data["material"].original_name)
        if self.errors:
            return None
        try:
            return artwork.submit(
                self.booking,
                files["art"],
                files["phone_art"],
                alt=data.get("alt", ""),
                click_url=data.get("click_url", ""),
                names=names,
                by=by,
                at=at,
            )
        except artwork.TooMany:
            raise
        except artwork.ArtworkRefused as refused:
            for field, sentence in refused.problems.items():
                self.add_error(field if field in self.fields else None, sentence)
            return None

    def _read(self, name: str) -> bytes | None:
        upload = self.cleaned_data.get(name)
        if not upload:
            return None
        if upload.size > artwork.MAX_UPLOAD_BYTES:
            self.add_error(name, artwork.too_large(upload.size))
            return None
        return upload.read()

    def _read_material(self, material: Material) -> bytes | None:
        try:
            with material.file.open("rb") as file:
                return file.read()
        except OSError:
            self.add_error("material", _("This file is gone from the disk. Choose another, or ask for it again."))
            return None
