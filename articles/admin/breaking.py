"""The strip across the top of every page: one sentence, until a time, ended by hand or by the clock."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import coverage
from ..models import BreakingNews
from ..refusals import WorkflowError
from .few_links import OneWayMixin
from .until import UntilForm


class BreakingNewsForm(UntilForm, forms.ModelForm):
    class Meta:
        model = BreakingNews
        fields = ["text", "language", "article"]
        widgets = {"text": forms.TextInput({"class": "vTextField", "dir": "auto"})}
        help_texts = {
            "text": gettext_lazy("One sentence that says what happened, without “Breaking”."),
            "article": gettext_lazy("Where it leads. It may be left empty until there is a story."),
        }

    def __init__(self, *args, instance: BreakingNews | None = None, **kwargs) -> None:
        super().__init__(*args, instance=instance, ends_at=instance.ends_at if instance else None, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        language = data.get("language") or self.instance.language
        if data.get("until"):
            try:
                coverage.refuse_a_bad_end(data["until"], self.at)
            except WorkflowError as refusal:
                self.add_error("until", str(refusal))
        try:
            coverage.refuse_a_bad_link(data.get("article"), language, self.at)
        except WorkflowError as refusal:
            self.add_error("article", str(refusal))
        return data


@admin.register(BreakingNews)
class BreakingNewsAdmin(OneWayMixin, admin.ModelAdmin):
    if_empty = gettext_lazy(
        "No breaking news. One sentence added here stands on top of every page until its time is over."
    )
    form = BreakingNewsForm
    view_on_site = False
    autocomplete_fields = ["article"]
    list_display = ["text", "state", "language", "ends_at", "made_by"]
    list_filter = ["language"]
    list_select_related = ["made_by"]
    search_fields = ["text"]
    show_full_result_count = False
    actions = ["end_chosen"]

    class Media:
        css = {"all": ["desk/owed.css"]}

    def get_urls(self):
        end = path("<path:object_id>/end/", self.admin_site.admin_view(self.end_view), name="articles_breakingnews_end")
        return [end, *super().get_urls()]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"language": get_language() or "en"}

    def get_readonly_fields(self, request: HttpRequest, obj: BreakingNews | None = None) -> list[str]:
        return ["language"] if obj else []

    def get_fields(self, request: HttpRequest, obj: BreakingNews | None = None) -> list[str]:
        # Of a sentence that is over nothing can be chosen any more.
        if obj is not None and obj.ends_at <= timezone.now():
            return ["text", "language", "article", "starts_at", "ends_at", "made_by"]
        return ["text", "language", "article", "hours", "until"]

    def has_change_permission(self, request: HttpRequest, obj: BreakingNews | None = None) -> bool:
        is_over = obj is not None and obj.ends_at <= timezone.now()
        return not is_over and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: BreakingNews, form: BreakingNewsForm, change: bool) -> None:
        said = {name: form.cleaned_data[name] for name in ("article", "until")}
        text, common = form.cleaned_data["text"], {"by": request.user, "at": form.at}
        if change:
            coverage.change_breaking(obj, text, **said, **common)
        else:
            made = coverage.break_news(text, language=form.cleaned_data["language"], **said, **common)
            obj.__dict__.update(made.__dict__)

    def changeform_view(self, request: HttpRequest, object_id=None, form_url="", extra_context=None) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except WorkflowError as refusal:  # what the form allowed a moment ago
            messages.error(request, str(refusal))
            return redirect("admin:articles_breakingnews_changelist")

    def end_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return require_POST(self._end)(request, object_id)

    def _end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        news = self.get_object(request, object_id)
        if news is None:
            raise Http404
        if not super().has_change_permission(request, news):
            raise PermissionDenied
        coverage.end_breaking(news, by=request.user, at=timezone.now())
        self.log_change(request, news, _("Ended."))
        messages.success(request, _("It is gone from every page."))
        return redirect("admin:articles_breakingnews_changelist")

    @admin.action(description=gettext_lazy("End now"), permissions=["change"])
    def end_chosen(self, request: HttpRequest, queryset) -> None:
        at = timezone.now()
        ended = sum(coverage.end_breaking(news, by=request.user, at=at) for news in queryset)
        text = ngettext("%(count)d sentence was ended.", "%(count)d sentences were ended.", ended)
        messages.success(request, text % {"count": ended})

    @admin.display(description=gettext_lazy("Status"))
    def state(self, obj: BreakingNews) -> SafeString:
        is_running = obj.ends_at > timezone.now()
        label = _("on every page") if is_running else _("over")
        return format_html('<span class="desk-state{}">{}</span>', " desk-state--live" if is_running else "", label)
