"""Live blogs: the page of one entry, and what pages that stand open ask for."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from ..figures import media_ids
from ..models import Article, LiveEntry, MediaAsset, Redirect
from . import stories

MOST_AT_ONCE = 30
FRESH = "public, max-age=5"


@require_safe
def entry(request: HttpRequest, year: int, month: int, slug: str, number: int) -> HttpResponse:
    """The story with the part of its live blog that begins with this entry: a link to the entry, and the next page of
    a long blog. Such a page changes only with what stands on it, so it can be kept."""
    at = timezone.now()
    try:
        story = stories.find(year, month, slug, at)
    except Http404:
        if moved := _moved(year, month, slug, number, at):
            return moved
        raise
    if elsewhere := stories.leave(story, at):
        return elsewhere
    if story.is_sponsored or not story.live_entries.standing().filter(number=number).exists():
        raise Http404
    return stories.story_page(request, story, at, up_to=number)


def _moved(year: int, month: int, slug: str, number: int, at) -> HttpResponse | None:
    """Links to the entries of a story whose address changed go with it."""
    path = reverse("articles:article", args=[year, month, slug])
    old = Redirect.objects.filter(old_path=path).first()
    story = Article.objects.live(at).filter(pk=old.article_id).first() if old and old.article_id else None
    if story is None:
        return None
    headers = {"Cache-Control": "public, max-age=86400"}
    return HttpResponsePermanentRedirect(LiveEntry(article=story, number=number).get_absolute_url(), headers=headers)


@require_safe
def since(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """What is newer in a live blog than a page knows. The same for everybody, in two queries at most.

    204 for nothing new, else JSON: `version`, to be named the next time; `entries` to show, with `is_new` for those
    that the page cannot know; `gone`, numbers to take out; `is_running`, false once the pill is off; `is_more` when
    there is more than one answer holds.
    """
    at = timezone.now()
    language = get_language() or "en"
    live = Article.objects.live(at).news().in_language(language)
    found = list(
        LiveEntry.objects.filter(article=pk, version__gt=version, article__in=live)
        .select_related("article")
        .defer("earlier", "article__body", "article__standfirst")
        .order_by("version")[: MOST_AT_ONCE + 1]
    )
    if not found:
        story = live.filter(pk=pk).only("live_until", "kind").first()
        if story is None:
            return HttpResponse(status=404)
        if story.is_covered_live(at):
            return HttpResponse(status=204, headers={"Cache-Control": FRESH})
        return _answer({"version": version, "is_running": False, "is_more": False, "entries": [], "gone": []})
    is_more = len(found) > MOST_AT_ONCE
    found = found[:MOST_AT_ONCE]
    standing = [one for one in found if one.removed_at is None]
    pictures = [number for one in standing for number in media_ids(one.body)]
    assets = MediaAsset.objects.in_bulk(pictures) if pictures else {}
    return _answer(
        {
            "version": found[-1].version,
            "is_running": found[0].article.is_covered_live(at),
            "is_more": is_more,
            "entries": [
                {
                    "number": one.number,
                    "is_new": one.number > version,
                    "is_pinned": one.is_pinned,
                    "html": render_to_string("articles/_live_entry.html", {"entry": one, "assets": assets}),
                    "event": render_to_string(
                        "articles/_live_event.html", {"entry": one, "is_shown": one.number > version}
                    )
                    if one.is_key_event
                    else "",
                }
                for one in standing
            ],
            "gone": [one.number for one in found if one.removed_at],
        }
    )


def _answer(data: dict) -> JsonResponse:
    return JsonResponse(data, headers={"Cache-Control": FRESH})
