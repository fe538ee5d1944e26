"""Stories beside which nothing is advertised: the list at the desk, and the page where an editor decides."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Article

from .. import quieting
from ..models import QuietStory


class WhyForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Why? The ad desk reads it."),
        max_length=300,
        widget=forms.TextInput({"class": "vTextField", "dir": "auto"}),
    )


@admin.register(QuietStory)
class QuietStoryAdmin(admin.ModelAdmin):
    if_empty = gettext_lazy(
        "Advertising may stand beside every story. Editors keep it off one on the screen of that story."
    )
    list_display = ["story", "why", "who", "since"]
    list_display_links = None
    list_select_related = ["article", "by"]
    search_fields = ["article__headline", "why"]
    ordering = ["-at"]
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest):
        read = Article.objects.live().filter(pk=OuterRef("article"))
        return super().get_queryset(request).annotate(is_read=Exists(read)).defer("article__body")

    def get_urls(self):
        of = path("story/<int:pk>/", self.admin_site.admin_view(self.of_story), name="ads_quietstory_of")
        return [of, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: QuietStory | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: QuietStory | None = None) -> bool:
        return False

    def of_story(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET asks, POST does: keep advertising off a story, or let it stand there again."""
        if not request.user.has_perm(quieting.PERMISSION):
            raise PermissionDenied
        story = get_object_or_404(Article.objects.visible_to(request.user), pk=pk)
        quiet = QuietStory.objects.select_related("by").filter(article=story).first()
        back = redirect("admin:articles_article_change", story.pk)
        form = WhyForm(request.POST if request.method == "POST" and "back" not in request.POST else None)
        if request.method == "POST" and "back" in request.POST:
            quieting.unquiet(story)
            messages.success(request, _("Advertising may stand beside this story again."))
            return back
        if form.is_valid():
            try:
                quieting.quieten(story, form.cleaned_data["why"], by=request.user, at=timezone.now())
            except quieting.QuietRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("No advertising on this story, within a minute."))
                return back
        context = {
            **self.admin_site.each_context(request),
            "opts": Article._meta,
            "title": _("Advertising on this story"),
            "original": story,
            "back": reverse("admin:articles_article_change", args=[story.pk]),
            "quiet": quiet,
            "form": form,
        }
        return TemplateResponse(
            request, "admin/ads/quietstory/of_story.html", context, status=400 if form.errors else 200
        )

    def get_list_display(self, request: HttpRequest):
        decide = ["decide"] if request.user.has_perm(quieting.PERMISSION) else []
        return [*self.list_display, *decide]

    @admin.display(description=gettext_lazy("Story"), ordering="article__headline")
    def story(self, obj: QuietStory) -> SafeString:
        headline = format_html('<bdi dir="auto">{}</bdi>', obj.article.headline)
        if not obj.is_read:  # type: ignore[attr-defined]  # get_queryset
            return headline
        return format_html('<a href="{}">{}</a>', obj.article.get_absolute_url(), headline)

    @admin.display(description=gettext_lazy("Who decided"))
    def who(self, obj: QuietStory) -> SafeString | str:
        return format_html("<bdi>{}</bdi>", obj.by) if obj.by else "–"

    @admin.display(description=gettext_lazy("Since"), ordering="at")
    def since(self, obj: QuietStory) -> str:
        return date_format(timezone.localtime(obj.at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=gettext_lazy("Advertising"))
    def decide(self, obj: QuietStory) -> SafeString:
        address = reverse("admin:ads_quietstory_of", args=[obj.article_id])
        return format_html('<a href="{}">{}</a>', address, _("Change"))
