"""Forms of the private page, and the one for who lost the way to it."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.public_forms import PublicForm
from articles.uploads import word

from . import attachments
from .artwork import MAX_UPLOAD_BYTES
from .materials import Checked


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class CheckedsField(forms.FileField):
    """Up to `attachments.MOST_AT_ONCE` files, checked; cleaned to a list of Checkeds."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Checked]:
        uploads = [upload for upload in data or [] if upload] if isinstance(data, list | tuple) else [data] * bool(data)
        if len(uploads) > attachments.MOST_AT_ONCE:
            raise forms.ValidationError(
                _("Send at most %(most)d files at once; more can follow.") % {"most": attachments.MOST_AT_ONCE}
            )
        found, errors = [], []
        for upload in uploads:
            try:
                found.append(self._checked(super().clean(upload, initial)))
            except forms.ValidationError as error:
                errors += error.messages
            except attachments.CheckedRefused as refusal:
                errors.append(str(refusal))
        if errors:
            raise forms.ValidationError(errors)
        return found

    def _checked(self, upload: UploadedFile) -> Checked:
        most = max(MAX_UPLOAD_BYTES, word.MAX_BYTES)
        if upload.size and upload.size > most:
            raise forms.ValidationError(
                _("%(name)s has %(size)s; at most %(most)s is taken.")
                % {"name": upload.name, "size": filesizeformat(upload.size), "most": filesizeformat(most)}
            )
        return attachments.check(upload.name or "", upload.read())


class AskForm(forms.Form):
    """What an advertiser asks on the page of their deal."""

    error_css_class = "is-invalid"

    text = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=5000,
        widget=forms.Textarea({"rows": 5, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Write what you want to know or tell us.")},
    )
    attached = CheckedsField(
        label=gettext_lazy("Files (optional)"),
        required=False,
        max_length=200,
        widget=SeveralFiles(
            {
                "accept": ".jpg,.jpeg,.gif,.docx,image/jpeg,image/gif",
                "data-takes": "picture word",
                "data-kilobytes": MAX_UPLOAD_BYTES // 1024,
            }
        ),
        help_text=gettext_lazy("Up to three: pictures (JPEG, JPG or GIF) or Word files (.docx, at most 10 MB)."),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **{"auto_id": "ask_%s"} | kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class LostLinkForm(PublicForm):
    """Reference and e-mail of somebody whose private link does not open any more."""

    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=16,
        widget=forms.TextInput({"autocomplete": "off", "dir": "ltr", "autocapitalize": "characters"}),
        help_text=gettext_lazy("It stands in the subject of our mails: R- and seven letters or digits."),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=gettext_lazy("The address that we write to."),
    )

    def clean_reference(self) -> str:
        return self.cleaned_data["reference"].strip().upper()
