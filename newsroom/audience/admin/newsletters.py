"""Which newsletters there are, and how each grows."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import growth
from ..models import Newsletter

# What stands in an address of our own where a newsletter's name would.
TAKEN = ("asked", "address", "confirm", "gone", "leave", "link", "mine")


class NewsletterForm(forms.ModelForm):
    class Meta:
        model = Newsletter
        exclude: list[str] = []

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if slug in TAKEN:
            raise forms.ValidationError(_("This word leads to another page. Choose another."))
        return slug


@admin.register(Newsletter)
class NewsletterAdmin(admin.ModelAdmin):
    if_empty = gettext_lazy(
        "No newsletter yet. Add one, and readers find it under /newsletter/ and in the form on every story."
    )
    form = NewsletterForm
    change_form_template = "admin/audience/newsletter/change_form.html"
    list_display = ["name", "language", "when", "readers", "open"]
    list_filter = ["language", "rhythm", "is_open"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    filter_horizontal = ["sections"]
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["name", "slug", "language", "description", "is_open", "order"]}),
        (gettext_lazy("What it brings"), {"fields": ["sections", "stories"]}),
        (gettext_lazy("When it comes"), {"fields": ["rhythm", "weekday", "send_at", "needs_review"]}),
    ]

    def get_queryset(self, request: HttpRequest):
        return growth.with_readers(super().get_queryset(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Newsletter | None = None):
        """Subscribers belong to a language and links to a slug: neither changes once there are any."""
        return ["language", "slug"] if obj and obj.subscribers.exists() else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Newsletter | None = None):
        return {} if obj else self.prepopulated_fields

    def has_delete_permission(self, request: HttpRequest, obj: Newsletter | None = None) -> bool:
        """One that somebody has is closed, not deleted."""
        return super().has_delete_permission(request, obj) and not (obj and obj.subscribers.exists())

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context["weeks"] = growth.weeks(obj, at=timezone.now())
            context["readers"] = obj.subscribers.reachable().count()
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=gettext_lazy("Comes"))
    def when(self, obj: Newsletter) -> str:
        return obj.when

    @admin.display(description=gettext_lazy("Readers"), ordering="readers")
    def readers(self, obj: Newsletter) -> int:
        return obj.readers  # type: ignore[attr-defined]  # annotated

    @admin.display(description=gettext_lazy("Sign-up"), ordering="is_open")
    def open(self, obj: Newsletter) -> SafeString:
        state, words = ("live", _("Open")) if obj.is_open else ("closed", _("Closed"))
        return format_html('<span class="desk-state desk-state--{}">{}</span>', state, words)
