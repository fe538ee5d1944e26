"""Everything that was shared, or waits for it, across all stories."""

from __future__ import annotations

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from ..models import Article, Share
from .counting import CappedPaginator

TONES = {"sent": "live", "failed": "failed", "unsure": "failed", "waiting": "waiting"}


@admin.register(Share)
class ShareAdmin(admin.ModelAdmin):
    """A list to look through; what is done with a share is done on its story."""

    if_empty = gettext_lazy("Nothing was shared yet. Stories go to their channels when they are live, and stand here.")
    list_display = ["story", "channel", "standing", "where", "sent_at", "person"]
    list_display_links = None
    list_filter = ["state", "channel"]
    list_select_related = ["article", "channel", "by"]
    search_fields = ["article__headline"]
    show_full_result_count = False
    paginator = CappedPaginator
    list_per_page = 50
    fields = readonly_fields = (
        "story",
        "channel",
        "standing",
        "text",
        "where",
        "answer",
        "attempts",
        "sent_at",
        "person",
    )

    def get_queryset(self, request: HttpRequest):
        shares = super().get_queryset(request).defer("article__body", "article__standfirst")
        if request.user.has_perm("articles.publish_article"):
            return shares  # of any story
        return shares.filter(article__in=Article.objects.visible_to(request.user))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Share | None = None) -> bool:
        return False  # the story's page changes it

    def has_delete_permission(self, request: HttpRequest, obj: Share | None = None) -> bool:
        return False

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts, object_id: str) -> HttpResponse:
        raise Http404

    @admin.display(description=gettext_lazy("Story"), ordering="article__headline")
    def story(self, obj: Share) -> SafeString:
        address = reverse("admin:articles_article_channels", args=[obj.article_id])
        return format_html('<a href="{}#channel-{}" dir="auto">{}</a>', address, obj.channel_id, obj.article.headline)

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def standing(self, obj: Share) -> SafeString:
        tone = TONES.get(obj.state)
        return format_html(
            '<span class="desk-state{}">{}</span>', f" desk-state--{tone}" if tone else "", obj.get_state_display()
        )

    @admin.display(description=gettext_lazy("Link"))
    def where(self, obj: Share) -> SafeString | str:
        if not obj.link:
            return obj.answer[:120] or "–"
        return format_html('<a href="{}" rel="noopener noreferrer nofollow" dir="ltr">{}</a>', obj.link, obj.link[:60])

    @admin.display(description=gettext_lazy("By"))
    def person(self, obj: Share) -> str:
        return (obj.by.get_full_name() or obj.by.username) if obj.by else "–"
