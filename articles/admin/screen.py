"""The story's own screen: its fields by part, the one button that leads on, and the checks beside the text."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import appearance, autosave, checks, previews, reviewing
from ..content import Content
from ..models import Article, DueAction, MediaAsset, Section
from ..zoned_times import in_short, in_words
from .few_links import with_few_links
from .previews import EDITIONS
from .publishing import publish_label
from .story_form import may_edit_all
from .words import WINDOW_FIELDS

OWN_HOSTS = {urlsplit(settings.SITE_URL).hostname or ""}
# So many revisions stand beside the text; the others are a click away.
NEWEST = 6

# Which part of the screen holds which field, for a refused save to open the right one.
PARTS = {
    "story-text": ["headline", "standfirst", "body", *WINDOW_FIELDS],
    "story-picture": ["hero"],
    "story-when": ["publish_at"],
    "story-later": ["expire_at", "embargo_until"],
    "story-places": ["language", "section", "tags", "series", "series_part", "translation_of"],
    "story-paid": ["kind", "sponsor_name"],
    "story-search": ["search_title", "search_description", "slug"],
}


class ScreenMixin:
    """For the ModelAdmin of stories. Every field is somewhere in the page: the script hides, it never adds."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.checks_view)
        return [path("<path:object_id>/checks/", view, name="articles_article_checks"), *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Article | None = None):
        # The label is a fact of the ad desk's; reporters and their forms know nothing of it.
        may_sell = request.user.has_perm("articles.handle_sponsored") or may_edit_all(request.user)
        return [
            (None, {"fields": fields, "classes": [part]})
            for part, fields in PARTS.items()
            if may_sell or part != "story-paid"
        ]

    def formfield_for_dbfield(self, db_field, request: HttpRequest, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return with_few_links(field, db_field.name)

    # Checks.

    def checks_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The checks of what was last kept of a window (`window`, its key), else of the newest draft."""
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        article = self._story(request, object_id)
        found = autosave.buffer(article, of=request.user)
        if found and found.session_key == request.GET.get("window"):
            content = self.typed(request, article, found.payload)
        elif article:
            content = article.draft
        else:
            raise Http404
        context = self.checks_context(article, content, timezone.now())
        template = "admin/articles/article/_checks.html"
        return TemplateResponse(request, template, context, headers={"Cache-Control": "no-store"})

    def checks_context(self, article: Article | None, content: Content, at: datetime) -> dict[str, Any]:
        row = getattr(article, "published", article)
        number = article.head_number if article else None
        found = checks.check(content, article=row, number=number, at=at, own_hosts=OWN_HOSTS)
        return {
            "checks": [one for one in found if one.level != checks.GOOD],
            "passed": [one for one in found if one.level == checks.GOOD],
            "warnings_found": [one for one in found if one.level == checks.WARNING],
            "errors_found": sum(one.level == checks.ERROR for one in found),
        }

    # The page.

    def screen_context(self, request: HttpRequest, obj: Article | None, context: dict[str, Any]) -> dict[str, Any]:
        """What the template asks for beside Django's own."""
        at = timezone.now()
        parts = {fieldset.classes.strip(): fieldset for fieldset in context["adminform"]}
        form = context["adminform"].form
        errors = {part: [name for name in names if name in form.errors] for part, names in PARTS.items()}
        return {
            "parts": parts,
            "refused": {part for part, names in errors.items() if names},
            "checks_url": self.words_url("checks", obj),
            "zone": timezone.get_current_timezone_name(),
            "zone_sentence": zone_sentence(),
            "search": shown_elsewhere(obj),
            "is_later": bool(obj and (obj.expire_at or obj.embargo_until)) or bool(errors["story-later"]),
            **(self.checks_context(obj, obj.draft, at) if obj else {}),
            **self.leading_on(request, obj, at),
            **(self.standing(obj, at) | self.sharing_context(request, obj) if obj else {}),
        }

    def leading_on(self, request: HttpRequest, obj: Article | None, at: datetime) -> dict[str, Any]:
        """The one move that the screen leads to after saving, others that save first, and those that do not."""
        moves = self.open_moves(request, obj)
        # A new story is a draft, which may go both ways; whether this person may is asked again on the next page.
        may = super().may_make
        first = [move for move in self.moves if may(request, obj, move)]
        after_saving = [
            (move.name, *self._labels(obj, move, at))
            for move in (moves if obj else first)
            if move.name in ("submit", "publish")
        ]
        after_saving.sort(key=lambda one: one[0] != "publish")
        others = [(move, self.move_url(obj, move.name)) for move in moves if move.name not in ("submit", "publish")]
        return {
            "primary": after_saving[0] if after_saving else None,
            "save_moves": after_saving[1:],
            "moves": [(move, address) for move, address in others if not move.is_grave],
            "grave_moves": [(move, address) for move, address in others if move.is_grave],
        }

    def _labels(self, obj: Article | None, move, at: datetime) -> tuple[str, str]:
        """What a button says, short and in full."""
        if move.name != "publish":
            return move.label, move.label
        return publish_label(obj, at=at, is_short=True), publish_label(obj, at=at)

    def standing(self, obj: Article, at: datetime) -> dict[str, Any]:
        """Where a story stands with its readers, its editors and its guests."""
        past = list(obj.revisions.select_related("author").defer("content").order_by("-number")[:NEWEST])
        public = Article.objects.live(at).filter(pk=obj.pk).first() if obj.is_released else None
        return {
            "changes_ahead": DueAction.objects.changes_ahead(obj),
            "has_unpublished_changes": bool(obj.has_unpublished_changes),
            "preview_news": previews.news_of(obj),
            "public_url": public.get_absolute_url() if public else "",
            "approval": reviewing.approval_of(obj),
            "editions": [(name, label) for name, (label, _width) in EDITIONS.items()],
            "chromes": settings.LANGUAGES,
            "publish_words": in_words(obj.publish_at) if obj.publish_at else "",
            "past": past,
            "saved_words": in_short(past[0].created_at, at=at) if past else "",
            **self.notes_context(obj),
        }


def zone_sentence() -> str:
    return _("Times are those of %(zone)s. “Publish at” left empty means: when you publish.") % {
        "zone": timezone.get_current_timezone_name()
    }


def shown_elsewhere(article: Article | None) -> dict[str, Any]:
    """How others would show the story as it is drafted, for the previews and the meters."""
    if article is None:
        return appearance.appearance(Content(headline=""), section=None, hero=None)
    # What a draft names may be gone since.
    section = article.section if Article.section.is_cached(article) else None  # type: ignore[attr-defined]
    hero = article.hero if Article.hero.is_cached(article) else None  # type: ignore[attr-defined]
    if section is None and article.section_id:
        section = Section.objects.filter(pk=article.section_id).first()
    if hero is None and article.hero_id:
        hero = MediaAsset.objects.filter(pk=article.hero_id).first()
    return appearance.appearance(article.draft, section=section, hero=hero)
