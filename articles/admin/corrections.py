"""Telling readers about a change: while publishing it, or on its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import corrections
from ..corrections import NoteToReaders
from ..models import Article, Correction
from .counting import CappedPaginator
from .few_links import OneWayMixin

Kind, Place = Correction.Kind, Correction.Place


class TellReadersFields(forms.Form):
    """For the form of the move that publishes: its cleaned values are the arguments `is_editorial` and `to_readers` of
    `workflow.publish`. A story that readers never had has nothing to explain, so its form does not ask."""

    tell = forms.ChoiceField(
        label=gettext_lazy("Tell readers"),
        choices=[("", gettext_lazy("nothing")), *Kind.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("Note to readers"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3, "dir": "auto", "class": "vLargeTextField"}),
        help_text=gettext_lazy("What was wrong, and what is right. It stands on the story and the corrections page."),
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Where it stands"), choices=Place.choices, initial=Place.BOTTOM, required=False
    )
    is_minor = forms.BooleanField(
        label=gettext_lazy("This is not an editorial change: the “updated” time stays"),
        label_suffix="",
        required=False,
    )

    class Media:
        css = {"all": ["desk/owed.css"]}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not self.obj.was_public(timezone.now()):
            for name in TellReadersFields.base_fields:
                self.fields.pop(name, None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind, text, place, is_minor = (data.pop(name, "") for name in ("tell", "text", "place", "is_minor"))
        if kind and not text and "text" not in self.errors:
            self.add_error("text", _("Write what readers should know, or choose to tell them nothing."))
        elif text and not kind:
            self.add_error("tell", _("Say what this note is: a correction, a clarification or an update."))
        note = NoteToReaders(kind=kind, text=text, place=place or Place.BOTTOM) if kind and text else None
        return data | {"to_readers": note, "is_editorial": not is_minor}


class CorrectionForm(forms.ModelForm):
    class Meta:
        model = Correction
        fields = ["article", "kind", "text", "place"]
        widgets = {"text": forms.Textarea({"rows": 4, "dir": "auto"})}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        article = data.get("article")
        if article and not Article.objects.live().filter(pk=article.pk).exists():
            self.add_error("article", _("Readers do not have this story now. Choose one that is live."))
        return data

    @property
    def note(self) -> NoteToReaders:
        return NoteToReaders(**{name: self.cleaned_data[name] for name in ("kind", "text", "place")})


@admin.register(Correction)
class CorrectionAdmin(OneWayMixin, admin.ModelAdmin):
    if_empty = gettext_lazy(
        "Nothing was corrected yet. A note to readers is written here, or while a change is published."
    )
    form = CorrectionForm
    view_on_site = False
    autocomplete_fields = ["article"]
    list_display = ["at", "kind", "article", "words", "maker"]
    list_display_links = ["at"]
    list_filter = ["kind", "at"]
    list_select_related = ["article", "made_by"]
    search_fields = ["text", "article__headline"]
    show_full_result_count = False
    paginator = CappedPaginator

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).filter(article__in=Article.objects.visible_to(request.user))

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts, object_id: str) -> HttpResponse:
        """A note on a story that somebody may not open is not there for them."""
        raise Http404

    @admin.display(description=gettext_lazy("Note to readers"))
    def words(self, obj: Correction) -> str:
        return Truncator(obj.text).chars(160)

    @admin.display(description=gettext_lazy("Made by"))
    def maker(self, obj: Correction) -> str:
        return (obj.made_by.get_full_name() or obj.made_by.username) if obj.made_by else "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Correction | None = None) -> list[str]:
        return ["article", "at", "made_by"] if obj else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        number = request.GET.get("article", "")
        known = number.isdecimal() and len(number) < 19
        story = Article.objects.visible_to(request.user).filter(pk=number).first() if known else None
        return {"article": story.pk if story else None}

    def save_model(self, request: HttpRequest, obj: Correction, form: CorrectionForm, change: bool) -> None:
        at = timezone.now()
        if change:
            corrections.reword(obj, form.note, by=request.user, at=at)
        else:
            obj.pk = corrections.tell_readers(form.cleaned_data["article"], form.note, by=request.user, at=at).pk

    def log_change(self, request: HttpRequest, obj: Correction, message):
        """Nothing more: the verb wrote down what it said before."""
