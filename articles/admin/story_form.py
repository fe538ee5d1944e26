"""The form of a story: the fields of its content, its byline, and the way back into `Content`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import autosave, workflow
from ..checks import HEADLINE
from ..content import ROW_FIELDS, Content, Credit, head
from ..editor import BodyField, PictureWidget
from ..models import Article, Author, Byline
from ..zoned_times import ZonedTimesMixin


class WindowKeyField(forms.CharField):
    """The name of the open window, from the page it was drawn with. What is no such name is a new one."""

    def clean(self, value: Any) -> str:
        return value if isinstance(value, str) and autosave.KEY.fullmatch(value) else autosave.new_key()


# What the form element holds; the other fields stand beside it, among forms of their own, and name it.
IN_THE_FORM = {"headline", "standfirst", "body", "hero", "base_revision", "session_key", "settles"}


def _hidden(field: type[forms.Field], **options: Any) -> forms.Field:
    # Browsers fill forms in again when a page is reloaded, and would name a revision that is no base any more.
    return field(widget=forms.HiddenInput({"autocomplete": "off"}), required=False, **options)


def inner(field: forms.Field) -> Any:
    """The widget of a field, without what Django's admin wraps round it."""
    return getattr(field.widget, "widget", field.widget)


class StoryForm(ZonedTimesMixin, forms.ModelForm):
    """The fields of `Content`, shown from the newest draft."""

    body = BodyField(label=gettext_lazy("Body"), required=False)
    base_revision = _hidden(forms.IntegerField, min_value=0, max_value=2**31 - 1)
    session_key = _hidden(WindowKeyField)
    settles = _hidden(forms.IntegerField, min_value=1, max_value=2**31 - 1)

    class Meta:
        model = Article
        fields = [
            *[name.removesuffix("_id") for name in ROW_FIELDS],
            "tags",
            "publish_at",
            "expire_at",
            "embargo_until",
        ]
        widgets = {
            "headline": forms.Textarea({"rows": 1, "data-grows": True, "data-most": HEADLINE}),
            "standfirst": forms.Textarea({"rows": 2, "data-grows": True}),
            "hero": PictureWidget,
            "sponsor_name": forms.TextInput({"placeholder": " ", "dir": "auto"}),
            "search_title": forms.TextInput({"dir": "auto"}),
            "search_description": forms.Textarea({"rows": 2, "data-grows": True, "dir": "auto"}),
        }

    # A verb that could not be done with these values, to be said by the form.
    refusal: Exception | None = None

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["base_revision"].initial = self.instance.head_number
        if window := getattr(self.instance, "window", None):
            self.fields["base_revision"].initial = window.base_number
            self.fields["session_key"].initial = window.session_key
            self.fields["settles"].initial = window.settles
        if draft := getattr(self.instance, "draft", None):
            self.initial["tags"] = draft.tag_ids
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Stands in the address. Left empty, it is made from the headline.")
        for name in ("headline", "standfirst", "body"):
            if name in self.fields:
                self.fields[name].widget.attrs["dir"] = "auto"
        for name in self.fields.keys() - IN_THE_FORM:
            inner(self.fields[name]).attrs["form"] = "article_form"
        # A draft may name a picture that is gone since; then the row's own is not at hand.
        if "hero" in self.fields and Article.hero.is_cached(self.instance):
            inner(self.fields["hero"]).known = self.instance.hero
        if "tags" in self.fields:
            # Without the cross that empties the list: it stands in the list and is no item of it.
            inner(self.fields["tags"]).is_required = True

    def clean_headline(self) -> str:
        """One line: the field grows, and a line end that was pasted into it is a space."""
        return " ".join(self.cleaned_data["headline"].splitlines())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        section, language = data.get("section"), data.get("language")
        if section and language and section.language != language:
            self.add_error("section", _("This section is in another language than the story."))
        series = data.get("series")
        if series and series.language != language:
            self.add_error("series", _("This series is in another language than the story."))
        if series and data.get("kind", self.instance.kind) != Article.Kind.STORY:
            self.add_error("series", _("Nobody buys a place in a series: only news stories belong to one."))
        if data.get("series_part") and not series and "series" not in self.errors:
            self.add_error("series_part", _("Choose the series that this is a part of, or leave the part empty."))
        original = data.get("translation_of")
        if original and original.language == language:
            self.add_error("translation_of", _("A translation is in another language than its original."))
        if language and any(tag.language != language for tag in data.get("tags") or []):
            self.add_error("tags", _("These tags are in another language than the story."))
        if self.refusal:
            field = "slug" if isinstance(self.refusal, workflow.SlugTaken) else None
            self.add_error(field, str(self.refusal))
        return data

    def _get_validation_exclusions(self) -> set[str]:
        # The workflow numbers slugs and knows the month; the database has the last word.
        return super()._get_validation_exclusions() | {"slug"}


class BylineFormSet(forms.BaseInlineFormSet):
    """Reads the authors once for all of its rows."""

    @cached_property
    def authors(self) -> list[tuple[Any, str]]:
        return list(self.form.base_fields["author"].choices)

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["author"].choices = self.authors


class BylineForm(forms.ModelForm):
    order = forms.IntegerField(
        label=gettext_lazy("Place"),
        required=False,
        min_value=1,
        max_value=99,
        widget=forms.NumberInput({"size": 3}),
    )

    class Meta:
        model = Byline
        fields = ["author", "role", "order"]


class BylineInline(admin.TabularInline):
    """The byline of the newest draft. Rows are never saved by the formset: they are part of the content."""

    model = Byline
    form = BylineForm
    formset = BylineFormSet
    verbose_name_plural = gettext_lazy("Byline")

    def get_extra(self, request: HttpRequest, obj: Article | None = None, **kwargs) -> int:
        return (len(_drafted(obj).bylines) if obj else _brought_back(request)) + 1

    def formfield_for_foreignkey(self, db_field, request: HttpRequest, **kwargs):
        if db_field.name == "author" and not may_edit_all(request.user):
            # Colleagues sign for themselves, and stay where they stand; guests and the newsroom have no login.
            signed = [credit.author_id for credit in request.story_draft.bylines] if request.story_draft else []
            kwargs["queryset"] = Author.objects.filter(Q(user=None) | Q(user=request.user) | Q(pk__in=signed))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request: HttpRequest, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget  # a list of names, without links to each
        return field

    def get_formset(self, request: HttpRequest, obj: Article | None = None, **kwargs):
        request.story_draft = _drafted(obj) if obj else None
        return super().get_formset(request, obj, **kwargs)

    # Who may write the story may write its byline.
    def has_add_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return True


def _drafted(article: Article) -> Content:
    return article.draft if hasattr(article, "draft") else head(article)


def _brought_back(request: HttpRequest) -> int:
    """How many names stand above a new story that goes on from a buffer."""
    content = request.window.content if hasattr(request, "window") else None
    return len(content.bylines) if content else 0


def may_edit_all(user) -> bool:
    """Editors: any story, any byline, any kind."""
    return user.has_perm("articles.publish_article")


# Fields that may hold anything while somebody types.
TEXTS = {name for name in ROW_FIELDS if isinstance(Content.__dataclass_fields__[name].default, str)} | {"headline"}
TEXTS -= {"language", "kind"}


def content_of(form: StoryForm, bylines) -> Content:
    """What the form and its byline say; for fields the form does not show, what the draft said.

    Of a form that is not valid: its texts as they were typed, and of other fields what could be read.
    """
    data = form.cleaned_data
    known = getattr(form.instance, "draft", None) or Content(headline="")
    values: dict[str, Any] = {}
    for name in ROW_FIELDS:
        field = name.removesuffix("_id")
        if field in data:
            values[name] = (data[field].pk if data[field] else None) if name.endswith("_id") else data[field]
        elif field in form.fields and name in TEXTS:
            values[name] = form.data.get(field) or ""
        else:
            values[name] = getattr(known, name)
    rows = [getattr(row, "cleaned_data", {}) for row in bylines.forms]
    rows = [row for row in rows if row.get("author") and not row.get("DELETE")]
    rows.sort(key=lambda row: row.get("order") or 100)
    credits = {row["author"].pk: Credit(author_id=row["author"].pk, role=row.get("role", "")) for row in rows}
    return Content(
        **values,
        publish_at=data.get("publish_at"),
        expire_at=data.get("expire_at"),
        embargo_until=data.get("embargo_until"),
        tag_ids=[tag.pk for tag in data["tags"]] if "tags" in data else known.tag_ids,
        bylines=list(credits.values()),
    )
