"""The pages of stories: one story, and the lists of a section, a tag and an author."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.paginator import InvalidPage, Paginator
from django.db.models import Count, Prefetch, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import feeds
from ..models import Article, Author, Byline, Section, Tag
from ..models.article import ArticleQuerySet
from ..reading import live_blog, minutes, place_in_series
from ..related import related_to

PER_PAGE = 20
TOPICS = 8


@require_safe
def article(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    at = timezone.now()
    story = find(year, month, slug, at)
    return leave(story, at) or story_page(request, story, at)


def find(year: int, month: int, slug: str, at: datetime) -> Article:
    """The live story of an address, with all that its page draws but what stands around it. Raises Http404."""
    try:
        first = date(year, month, 1)
    except ValueError:
        raise Http404 from None
    bylines = Byline.objects.select_related("author__photo").order_by("order")
    return get_object_or_404(
        Article.objects.live(at)
        .with_what_is_owed(at)
        .select_related("section__parent", "hero", "series")
        .prefetch_related(Prefetch("bylines", queryset=bylines), "tags"),
        month=first,
        slug=slug,
    )


def leave(story: Article, at: datetime) -> HttpResponse | None:
    """A story has one address. Under the other language's prefix lives its translation, if there is one."""
    language = get_language()
    return None if story.language == language else redirect(translations_of(story, at).get(language, story))


def story_page(request: HttpRequest, story: Article, at: datetime, *, up_to: int | None = None) -> HttpResponse:
    """The page of a story that `find` found; of its live blog, the part that begins with the entry `up_to`."""
    context = surroundings(story, at, up_to=up_to)
    context["alternates"] = {code: one.get_absolute_url() for code, one in translations_of(story, at).items()}
    context["feed"] = feeds.beside(story)
    return render(request, "articles/article.html", context)


def surroundings(story: Article, at: datetime, *, up_to: int | None = None) -> dict[str, Any]:
    """What `articles/article.html` draws: the story, and what stands around it. Previews draw from the same."""
    before, after = neighbours(story, at)
    series = place_in_series(story, at)
    beside = {one.pk for one in (before, after) if one} | {part.story.pk for part in (series.nearby if series else [])}
    related = related_to(story, at, beside=beside)
    return what_is_owed(story, at, up_to=up_to) | {
        "article": story,
        "series": series,
        "previous": before,
        "next": after,
        "related": related,
        # Said once above them, instead of on every one.
        "related_by_section": all(one.is_by_section for one in related),
        "crumbs": crumbs(story.section),
    }


def what_is_owed(story: Article, at: datetime, *, up_to: int | None = None) -> dict[str, Any]:
    """What belongs to the text itself, in every edition: the notes to readers and the live blog."""
    has_corrections = story.has_corrections  # type: ignore[attr-defined]
    live = live_blog(story, at, up_to=up_to)
    return {
        "corrections": list(story.corrections.public(at)) if has_corrections else [],
        "live": live,
        "minutes": minutes(story, live),
    }


def translations_of(story: Article, at) -> dict[str, Article]:
    """The live versions of a story by language, itself included."""
    original = story.translation_of_id or story.pk
    family = Q(pk=original) | Q(translation_of=original)
    others = Article.objects.live(at).filter(family).exclude(pk=story.pk).only("language", "month", "slug")
    return {other.language: other for other in others} | {story.language: story}


def neighbours(story: Article, at) -> tuple[Article | None, Article | None]:
    """The news story before and the one after, in time, in the same language. One query."""
    moment, pk = story.publish_at, story.pk

    def news(**place: Any) -> ArticleQuerySet:
        # The place stands before what `live` asks for, because SQLite takes the first end of a range and no other.
        return Article.objects.filter(**place).live(at).news().in_language(story.language).exclude(pk=pk)

    # The first condition lets the index find the place, the second settles stories of the same moment.
    earlier = news(publish_at__lte=moment).filter(Q(publish_at__lt=moment) | Q(pk__lt=pk)).newest_first()
    later = news(publish_at__gte=moment).filter(Q(publish_at__gt=moment) | Q(pk__gt=pk)).order_by("publish_at", "pk")
    found = Article.objects.filter(
        Q(pk=Subquery(earlier.values("pk")[:1])) | Q(pk=Subquery(later.values("pk")[:1]))
    ).only("headline", "slug", "month", "language", "publish_at", "kind", "sponsor_name")
    before = after = None
    for other in found:
        if (other.publish_at, other.pk) < (moment, pk):
            before = other
        else:
            after = other
    return before, after


def crumbs(section: Section | None) -> list[Section]:
    """A section and what it is part of, outermost first."""
    if section is None:
        return []
    return [section.parent, section] if section.parent else [section]


@require_safe
def section(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(
        Section.objects.select_related("parent", "translation_of"), slug=slug, language=get_language()
    )
    family = list(Section.objects.filter(Q(parent=found) | Q(translation_of=found)))
    # By numbers: of one alone SQLite reads the newest in their order; of a question it would sort them all.
    shelf = [found.pk, *(one.pk for one in family if one.parent_id == found.pk)]
    stories = Article.objects.live().filter(section__in=shelf)
    context: dict[str, Any] = {"section": found, "crumbs": crumbs(found.parent), "feed": feeds.of_section(found)}
    if twin := found.translation_of or next((one for one in family if one.translation_of_id == found.pk), None):
        context["alternates"] = {one.language: one.get_absolute_url() for one in (found, twin)}
    return listing(request, stories, "articles/section.html", context)


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tag, slug=slug, language=get_language())
    stories = Article.objects.live().filter(tags=found)
    context = {"tag": found, "feed": feeds.of_tag(found), "topics": lambda page: topics_beside(found, page)}
    return listing(request, stories, "articles/tag.html", context, may_be_empty=False)


def topics_beside(topic: Tag, stories: list[Article]) -> list[Tag]:
    """What else the stories of a page are about, what most of them share first. Of what readers see, so that a name
    that only drafts carry stands nowhere. One query."""
    return list(
        Tag.objects.filter(articles__in=[story.pk for story in stories], language=topic.language)
        .exclude(pk=topic.pk)
        .annotate(shared=Count("pk"))
        .order_by("-shared", "name")[:TOPICS]
    )


@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Author.objects.select_related("photo"), slug=slug)
    language = get_language() or "en"
    stories = Article.objects.live().in_language(language).filter(authors=found)
    context = {
        "author": found,
        "alternates": _pages_of(found, language),
        "feed": feeds.of_author(found, language),
    }
    return listing(request, stories, "articles/author.html", context)


def _pages_of(author: Author, language: str) -> dict[str, str]:
    """The page of an author in every language that has stories of theirs. Two queries for each other language."""
    live = Article.objects.live()
    found = {}
    for code, _name in settings.LANGUAGES:
        if code == language or live.in_language(code).signed_by(author.pk).exists():
            with translation.override(code):
                found[code] = author.get_absolute_url()
    return found


def listing(
    request: HttpRequest, stories: ArticleQuerySet, template: str, context: dict, *, may_be_empty: bool = True
) -> HttpResponse:
    """One page of a list of stories; pages that do not exist answer 404. A list that may not be empty does not exist
    before it has a story: the name of a tag that only drafts carry is not public."""
    paginator = Paginator(stories.for_cards().newest_first(), PER_PAGE, allow_empty_first_page=may_be_empty)
    try:
        page = paginator.page(request.GET.get("page", "1"))
    except InvalidPage:
        raise Http404(_("This page of the list does not exist.")) from None
    page.object_list = _news_leads(list(page.object_list)) if page.number == 1 else list(page.object_list)
    # What is worked out from the stories of the page.
    worked_out = {name: value(page.object_list) for name, value in context.items() if callable(value)}
    return render(request, template, context | worked_out | {"page": page})


def _news_leads(stories: list[Article]) -> list[Article]:
    """The same stories with the first that nobody paid for on top: a sponsored one never leads a page."""
    lead = next((story for story in stories if not story.is_sponsored), None)
    return [lead, *(story for story in stories if story is not lead)] if lead else stories
