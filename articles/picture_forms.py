"""What people say about pictures: an upload, its description, another file in its place."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .editor import FocalPointForm
from .models import MediaAsset
from .uploads import pictures

ACCEPT = "image/jpeg,image/png,image/webp,image/gif"
# Two pictures whose proportions differ by more than this look different in the same place.
SAME_SHAPE = 0.02
# Marks that turn the direction of text, and could make one file name look like another.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
LICENCES = (
    "CC0",
    "CC BY 4.0",
    "CC BY-SA 4.0",
    "CC BY-NC 4.0",
    gettext_lazy("Our own photograph"),
    gettext_lazy("Agency, under contract"),
    gettext_lazy("Handout, free for news"),
    gettext_lazy("Used with permission"),
)


def data_of(upload: UploadedFile) -> bytes:
    """The bytes of an upload that is not too heavy. Raises ValidationError."""
    size = upload.size or 0
    if size > pictures.MAX_BYTES:
        raise forms.ValidationError(
            _("This picture has %(size)s; at most %(most)s is taken.")
            % {"size": filesizeformat(size), "most": filesizeformat(pictures.MAX_BYTES)}
        )
    return upload.read()


def title_of(name: str) -> str:
    """A file's name as a name in the library: without its ending, on one line."""
    stem = PurePosixPath(_TURNS.sub("", name).replace("_", " ")).stem
    return " ".join("".join(c if unicodedata.category(c) != "Cc" else " " for c in stem).split())[:200]


class LicenceInput(forms.TextInput):
    """A text with suggestions, which the person may leave aside."""

    template_name = "articles/widgets/licence.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        listed = f"{context['widget']['attrs'].get('id', name)}_suggestions"
        context["widget"]["attrs"]["list"] = listed
        return context | {"suggestions": LICENCES, "listed": listed}


WIDGETS = {
    "licence": LicenceInput({"class": "vTextField", "dir": "auto"}),
    "licence_until": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    **{name: forms.TextInput({"class": "vTextField", "dir": "auto"}) for name in ("title", "alt", "caption", "credit")},
}


class ChosenPictureForm(forms.Form):
    """A picture from within the text editor, and what has to be known of it."""

    file = forms.FileField(error_messages={"required": gettext_lazy("Choose a picture.")})
    alt = forms.CharField(max_length=300, required=False)
    decorative = forms.BooleanField(required=False)
    caption = forms.CharField(max_length=500, required=False)
    credit = forms.CharField(max_length=200, required=False)
    keep_both = forms.BooleanField(required=False)

    def clean_file(self) -> bytes:
        return data_of(self.cleaned_data["file"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("decorative"):
            data["alt"] = ""
        elif not data.get("alt"):
            self.add_error("alt", _("Say what the picture shows, or tick “decorative”."))
        return data


class DescriptionForm(forms.ModelForm):
    """What is said about a picture that has just come in. It may stay without alternative text for now: no story
    that shows it is published before it has one."""

    class Meta:
        model = MediaAsset
        fields = ["title", "alt", "decorative", "caption", "credit", "licence"]
        widgets = WIDGETS

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("decorative"):
            data["alt"] = ""
        return data


class PictureForm(FocalPointForm):
    """Everything that is said about a picture; a new one also brings its file."""

    upload = forms.FileField(
        label=gettext_lazy("Picture"),
        error_messages={"required": gettext_lazy("Choose a picture.")},
        widget=forms.FileInput({"accept": ACCEPT}),
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
            "licence_until",
            "focal_x",
            "focal_y",
        ]
        widgets = {name: WIDGETS[name] for name in ("licence", "licence_until")}

    def clean_upload(self) -> bytes:
        data = data_of(self.cleaned_data["upload"])
        try:
            pictures.check(data)
        except pictures.PictureRefused as refusal:
            raise forms.ValidationError(refusal.message) from None
        return data

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("alt") and not data.get("decorative"):
            self.add_error("alt", _("Say what the picture shows, or tick “decorative”."))
        return data


class ReplacementForm(forms.Form):
    """Another file for a picture. One of another shape has to be wanted, because every crop of it changes."""

    file = forms.FileField(
        label=gettext_lazy("The new file"),
        error_messages={"required": gettext_lazy("Choose a picture.")},
        widget=forms.FileInput({"accept": ACCEPT}),
    )
    other_shape = forms.BooleanField(
        label=gettext_lazy("Replace it even if the new file has another shape"), required=False
    )

    def __init__(self, *args, asset: MediaAsset, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.asset = asset

    def clean_file(self) -> bytes:
        return data_of(self.cleaned_data["file"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "file" not in data:
            return data
        try:
            facts = pictures.check(data["file"])
        except pictures.PictureRefused as refusal:
            self.add_error("file", refusal.message)
            return data
        before, after = self.asset.width / self.asset.height, facts.width / facts.height
        if abs(after / before - 1) > SAME_SHAPE and not data.get("other_shape"):
            self.add_error(
                "other_shape",
                _(
                    "The new file is %(after)s pixels, the present one %(before)s: it has another shape, and is "
                    "cropped otherwise. Tick this box and choose the file again if that is wanted."
                )
                % {
                    "after": f"{facts.width}×{facts.height}",
                    "before": f"{self.asset.width}×{self.asset.height}",
                },
            )
        return data
