"""The text editor, the picture chooser and the focal point, as form fields and widgets for the admin.

The editor is django-prose-editor's Tiptap with our own modules in `static/editor/`. Without script every widget here
is the plain control it is made of.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import Script
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from js_asset import JSON, ImportMap, Media

from . import html
from .models import MediaAsset

# By the names under which the editor's menu keeps its buttons.
BUTTONS = {
    "paragraph": gettext_noop("Paragraph"),
    "heading2": gettext_noop("Heading 2"),
    "heading3": gettext_noop("Heading 3"),
    "heading4": gettext_noop("Heading 4"),
    "bulletList": gettext_noop("List"),
    "orderedList": gettext_noop("Numbered list"),
    "blockquote": gettext_noop("Quotation"),
    "codeBlock": gettext_noop("Code block"),
    "horizontalRule": gettext_noop("Line between parts"),
    "bold": gettext_noop("Bold"),
    "italic": gettext_noop("Italic"),
    "strike": gettext_noop("Struck out"),
    "subscript": gettext_noop("Subscript"),
    "superscript": gettext_noop("Superscript"),
    "code": gettext_noop("Code"),
    "link": gettext_noop("Link"),
    "unlink": gettext_noop("Remove link"),
    "picture": gettext_noop("Picture"),
    "embed": gettext_noop("Embed"),
    "table": gettext_noop("Table"),
    "table:addColumnAfter": gettext_noop("Add column"),
    "table:deleteColumn": gettext_noop("Delete column"),
    "table:addRowAfter": gettext_noop("Add row"),
    "table:deleteRow": gettext_noop("Delete row"),
    "table:mergeCells": gettext_noop("Merge cells"),
    "table:splitCell": gettext_noop("Split cell"),
    "table:toggleHeaderCell": gettext_noop("Header cell"),
    "table:deleteTable": gettext_noop("Delete table"),
    "history:undo": gettext_noop("Undo"),
    "history:redo": gettext_noop("Redo"),
    "fullscreen": gettext_noop("Full screen"),
}
# What the scripts ask `gettext()` for.
SENTENCES = [
    gettext_noop("Formatting"),
    gettext_noop("Close"),
    gettext_noop("Remove"),
    gettext_noop("Link"),
    gettext_noop("Address of a page, an e-mail address, or a path that begins with /"),
    gettext_noop("This is no address that a story can link to."),
    gettext_noop("Set link"),
    gettext_noop("Choose a picture"),
    gettext_noop("Search the library"),
    gettext_noop("Search"),
    gettext_noop("Newer"),
    gettext_noop("Older"),
    gettext_noop("No picture matches."),
    gettext_noop("Use the picture “%s”"),
    gettext_noop("Upload a new picture"),
    gettext_noop("File"),
    gettext_noop("Alternative text"),
    gettext_noop("What the picture shows, for people who cannot see it."),
    gettext_noop("Decorative: nothing is lost by not seeing it"),
    gettext_noop("Caption"),
    gettext_noop("Credit"),
    gettext_noop("Upload and use"),
    gettext_noop("Uploading …"),
    gettext_noop("Use that one"),
    gettext_noop("Keep both"),
    gettext_noop("What must stay visible: arrow keys move it, with Shift in large steps"),
    gettext_noop("From the left: %s"),
    gettext_noop("From the top: %s"),
    gettext_noop("Write a caption"),
    gettext_noop("Picture %s is not in the library any more."),
    gettext_noop("No alternative text"),
    gettext_noop("Decorative"),
    gettext_noop("Embed from another site"),
    gettext_noop("Address of the page or video, with https://"),
    gettext_noop("Write an address that begins with https://."),
    gettext_noop("Insert"),
    gettext_noop("Embed: readers load it with a click"),
    gettext_noop("The server did not answer as expected. Please try again."),
    gettext_noop("You are logged out. Log in in another tab, then try again."),
    gettext_noop("The network failed. Please try again."),
]
MODULES = ["strings", "pictures", "dialogs", "figures", "formatting", "serializing", "paste", "toolbar"]
IMPORT_MAP = ImportMap(
    {
        "django-prose-editor/editor": "django_prose_editor/editor.js",
        **{f"editor/{name}": f"editor/{name}.js" for name in MODULES},
    }
)


def _media(entry: str, *css: str) -> Media:
    """One of our entry modules, with what it imports and what it says in the language of this request."""
    words = {sentence: gettext(sentence) for sentence in SENTENCES}
    buttons = {name: gettext(label) for name, label in BUTTONS.items()}
    urls = {name: reverse(f"admin:articles_mediaasset_{name}") for name in ("chooser", "by_number", "chooser_upload")}
    return Media(
        importmap=IMPORT_MAP,
        css={"all": [*css, "editor/editor.css"]},
        js=[
            JSON({"words": words, "buttons": buttons, "urls": urls}, id="editor-settings"),
            Script(f"editor/{entry}.js", type="module"),
        ],
    )


class NoncedMediaMixin:
    """For a ModelAdmin whose form holds one of these widgets: the import map is an inline script, which the content
    policy of the admin lets through by its nonce alone."""

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args, **kwargs) -> HttpResponse:
        context["media"] = Media.from_media(context["media"], nonce=str(request.csp_nonce))
        return super().render_change_form(request, context, *args, **kwargs)


class BodyWidget(forms.Textarea):
    """A textarea with the HTML of a story, which the editor stands in for where there is script."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        plain = {"rows": 20, "class": "vLargeTextField", "dir": "auto", "data-story-editor": True}
        super().__init__(plain | (attrs or {}))

    @property
    def media(self) -> Media:
        return _media("body", "django_prose_editor/material-icons.css", "django_prose_editor/editor.css")

    def use_required_attribute(self, initial: Any) -> bool:
        # A browser cannot ask for the textarea that the editor hides.
        return False


class BodyField(forms.CharField):
    """The clean HTML of a story."""

    widget = BodyWidget

    def clean(self, value: Any) -> str:
        try:
            body = html.clean(super().clean(value))
        except html.HtmlRefused as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from None
        if self.required and not body:
            raise ValidationError(self.error_messages["required"], code="required")
        return body


class PictureWidget(forms.NumberInput):
    """The number of a picture in the library; with script, the picture itself and the chooser."""

    template_name = "articles/widgets/picture.html"
    # The picture of the story as it was read, so that it need not be read again.
    known: MediaAsset | None = None

    @property
    def media(self) -> Media:
        return _media("picture_field")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        number = str(value or "")
        asset = self.known if self.known and number == str(self.known.pk) else None
        if asset is None and number.isdecimal() and len(number) < 19:
            asset = MediaAsset.objects.filter(pk=number).first()
        return super().get_context(name, value, attrs) | {"asset": asset, "src": asset and asset.url("full", 320)}


class FocalPointWidget(forms.NumberInput):
    """The distance from the left; with script, a click on the picture sets this and the distance from the top."""

    template_name = "articles/widgets/focal_point.html"
    asset: MediaAsset | None = None

    @property
    def media(self) -> Media:
        return _media("focal_point")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        src = self.asset.url("full", 640) if self.asset and self.asset.pk else ""
        across = context["widget"]["attrs"].get("id", "")
        return context | {"src": src, "across": across, "down": across.replace("focal_x", "focal_y")}


class FocalPointForm(forms.ModelForm):
    """For forms of a picture: the focal point is set on the picture."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "focal_x" in self.fields:
            widget = FocalPointWidget(self.fields["focal_x"].widget.attrs | {"max": 1, "min": 0})
            widget.asset = self.instance
            self.fields["focal_x"].widget = widget
