"""Sitemaps: what search engines may know of, in files that stay the same for as long as what they list does.

Stories stand by the month of their address, and in it by their number, so that a new one changes the last file alone.
`lastmod` is when readers last got something new: a draft moves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from . import archive
from .feeds import changed
from .models import Article, Author, Brand, Byline, Correction, Section, Series, Tag
from .models.article import ArticleQuerySet
from .xml_text import DECLARATION, element, wrapped

# 50,000 are allowed, in 50 MB. An address with a hundred Arabic letters takes 600 bytes, is written once for itself and
# once for each translation: 10,000 are 25 MB at most, and a file is quickly made.
PER_FILE = 10_000
# The news sitemap: Google takes a thousand of the last two days.
NEWS_DAYS, MOST_NEWS = timedelta(days=2), 1000
WIDE = 10_000

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_IMAGE = "http://www.google.com/schemas/sitemap-image/1.1"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True)
class File:
    """A sitemap in the index: its path, and when anything in it last changed, None where nobody keeps count."""

    path: str
    changed: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """One page: its path, the same page by language (itself included) where there are several, and the address of its
    picture."""

    path: str
    changed: datetime | None = None
    alternates: dict[str, str] = field(default_factory=dict)
    picture: str = ""


# The index


def files(at: datetime) -> list[File]:
    """Every sitemap there is at a moment. A handful of queries, whatever the number of stories."""
    found = [File(reverse("machines:sitemap_pages"))]
    for name, listed in LISTS.items():
        found += [File(reverse("machines:sitemap_list", args=[name, part])) for part in _parts(listed(at).count())]
    for first_day, count, moment in months(at):
        for part in _parts(count):
            args = [first_day.year, first_day.month, part]
            found.append(File(reverse("machines:sitemap_month", args=args), moment))
    return found


def _parts(count: int) -> range:
    return range(1, -(-count // PER_FILE) + 1)


def months(at: datetime) -> list[tuple[date, int, datetime]]:
    """Every month with live stories, newest first: how many, and when readers last got anything new of one."""
    known = Article.objects.order_by("month").values_list("month", flat=True)
    oldest, newest = known.first(), known.last()
    if oldest is None or newest is None:
        return []
    # Every month by its name, or SQLite would go by the status and look at every row.
    rows = (
        Article.objects.filter(month__in=list(archive.months_between(oldest, newest)))
        .live(at)
        .order_by("-month")
        .values_list("month")
        .annotate(Count("pk"), Max("publish_at"), Max("updated_at"))
    )
    notes = Correction.objects.filter(_of_live(at), at__lte=at)  # few beside the stories
    noted = dict(notes.order_by().values_list("article__month").annotate(Max("at")))
    return [(month, count, max(filter(None, [*moments, noted.get(month)]))) for month, count, *moments in rows]


# Stories


def month(first_day: date, part: int, at: datetime) -> list[Entry]:
    """The stories whose address lies in a month, PER_FILE at a time. Two queries, and a third for translations."""
    notes = Correction.objects.filter(article=OuterRef("pk"), at__lte=at).order_by().values("article")
    stories = list(
        Article.objects.live(at)
        .filter(month=first_day)
        .select_related("hero")
        .only("month", "slug", "language", "publish_at", "updated_at", "translation_of", *_OF_PICTURE)
        .annotate(noted=Subquery(notes.annotate(latest=Max("at")).values("latest")))
        .order_by("pk")[(part - 1) * PER_FILE : part * PER_FILE]
    )
    if not stories:
        return []
    families = _families(stories, at)
    return [_entry(story, families) for story in stories]


_OF_PICTURE = ("hero__key", "hero__renditions")


def _entry(story: Article, families: dict[int, dict[str, str]]) -> Entry:
    noted = story.noted  # type: ignore[attr-defined]
    return Entry(
        path=story.get_absolute_url(),
        changed=max(filter(None, (changed(story), noted))),
        alternates=families.get(story.translation_of_id or story.pk, {}),
        picture=story.hero.url("3x2", WIDE) if story.hero else "",
    )


def _families(stories: list[Article], at: datetime) -> dict[int, dict[str, str]]:
    """The paths of stories and their live translations by language, by the number of the original; those alone in
    their family are left out."""
    originals = {story.translation_of_id or story.pk for story in stories}
    # First by what is a translation of what, then which of it is live: asked at once, SQLite goes through all that is.
    pairs = Article.objects.filter(translation_of__in=originals).values_list("pk", "translation_of")
    members = {number: original for number, original in pairs if original}
    family = members | {number: number for number in members.values()}
    found: dict[int, dict[str, str]] = {}
    live = Article.objects.live(at).filter(pk__in=family)
    for one in live.only("month", "slug", "language").order_by("pk"):
        found.setdefault(family[one.pk], {})[one.language] = one.get_absolute_url()
    return {number: paths for number, paths in found.items() if len(paths) > 1}


# Lists of stories


def _of_live(at: datetime, language: str = "") -> Exists:
    """Whether the story of a row is live. Asked row by row, so that the first yes is the end of it."""
    live = Article.objects.live(at).filter(pk=OuterRef("article_id"))
    return Exists(live.in_language(language) if language else live)


def _tags(at: datetime) -> QuerySet[Tag]:
    """Those that a story carries which readers have: the name of another is not public."""
    carrying = Article.tags.through.objects.filter(_of_live(at), tag=OuterRef("pk"))
    return Tag.objects.filter(Exists(carrying)).order_by("pk")


def _authors(at: datetime) -> QuerySet[Author]:
    """Those who sign a story that readers have."""
    signed = Byline.objects.filter(_of_live(at), author=OuterRef("pk"))
    return Author.objects.filter(Exists(signed)).order_by("pk")


LISTS: dict[str, Callable[[datetime], QuerySet]] = {"tags": _tags, "authors": _authors}


def listed(name: str, part: int, at: datetime) -> list[Entry]:
    """The pages of subjects or authors, PER_FILE at a time."""
    found = LISTS[name](at)[(part - 1) * PER_FILE : part * PER_FILE]
    if name == "authors":
        return list(_author_pages(list(found), at))
    return [Entry(one.get_absolute_url()) for one in found]


def _author_pages(authors: list[Author], at: datetime) -> Iterator[Entry]:
    """An author's page in each language that they have stories in."""
    written: dict[int, list[str]] = {}
    for code, _name in settings.LANGUAGES:
        mine = Byline.objects.filter(_of_live(at, code), author=OuterRef("pk"))
        some = Author.objects.filter(Exists(mine))
        if authors:
            some = some.filter(pk__gte=authors[0].pk, pk__lte=authors[-1].pk)
        for number in some.values_list("pk", flat=True):
            written.setdefault(number, []).append(code)
    for author in authors:
        yield from _in_each(written.get(author.pk, []), author.get_absolute_url)


def _in_each(codes: Iterable[str], path: Callable[[], str], moments: dict[str, datetime] | None = None) -> list[Entry]:
    paths = {}
    for code in codes:
        with translation.override(code):
            paths[code] = path()
    alternates = paths if len(paths) > 1 else {}
    return [Entry(one, (moments or {}).get(code), alternates) for code, one in paths.items()]


def pages(at: datetime) -> list[Entry]:
    """What is neither a story nor one of many: fixed pages, sections, series. Sections and series that only drafts
    stand in are left out."""
    news = Article.objects.live(at).news()
    codes = [code for code, _name in settings.LANGUAGES]
    newest = {code: first for code in codes if (first := _newest(news.in_language(code)))}
    found: list[Entry] = []
    for name in settings.SITEMAP_PAGES:
        found += _in_each(codes, partial(reverse, name), newest if name == "front_page" else None)
    found += _sections(at)
    parts = news.filter(series=OuterRef("pk"), language=OuterRef("language")).newest_first().values("publish_at")[:1]
    for series in Series.objects.annotate(newest=Subquery(parts)).exclude(newest=None).order_by("pk"):
        found.append(Entry(series.get_absolute_url(), series.newest))
    for code in codes:
        for year in archive.years(code, at=at):
            for one_month in year.months:
                found += _in_each([code], partial(_archive_path, one_month.first_day))
    return found


def _sections(at: datetime) -> list[Entry]:
    """Sections with stories, their own or those of a section inside them."""
    times = Article.objects.live(at).newest_first().values("publish_at")
    newest = dict(
        Section.objects.annotate(newest=Subquery(times.filter(section=OuterRef("pk"))[:1]))
        .exclude(newest=None)
        .values_list("pk", "newest")
    )
    every = {one.pk: one for one in Section.objects.order_by("pk")}
    for one in every.values():
        if one.parent_id and one.pk in newest:
            newest[one.parent_id] = max(newest[one.pk], newest.get(one.parent_id, newest[one.pk]))
    families: dict[int, dict[str, str]] = {}
    for one in every.values():
        if one.pk in newest:
            families.setdefault(one.translation_of_id or one.pk, {})[one.language] = one.get_absolute_url()
    found = []
    for one in every.values():
        if one.pk in newest:
            family = families[one.translation_of_id or one.pk]
            found.append(Entry(one.get_absolute_url(), newest[one.pk], family if len(family) > 1 else {}))
    return found


def _archive_path(first_day: date) -> str:
    return reverse("articles:archive_month", args=[first_day.year, first_day.month])


def _newest(stories: ArticleQuerySet) -> datetime | None:
    return stories.newest_first().values_list("publish_at", flat=True).first()


# News


def news(at: datetime) -> list[Article]:
    """The news of the last two days, in every language, newest first. Nothing that somebody paid for."""
    fresh = Article.objects.filter(publish_at__gte=at - NEWS_DAYS).live(at).news()
    some = fresh.select_related("hero").only("headline", "month", "slug", "language", "publish_at", *_OF_PICTURE)
    return list(some.newest_first()[:MOST_NEWS])


# Writing


def write_index(found: Iterable[File]) -> str:
    rows = [wrapped("sitemap", element("loc", settings.SITE_URL + one.path) + _lastmod(one.changed)) for one in found]
    return DECLARATION + wrapped("sitemapindex", "\n".join(rows), {"xmlns": _SITEMAP}) + "\n"


def write(entries: Iterable[Entry]) -> str:
    """A sitemap of pages, with their translations and pictures. There is at least one."""
    attributes = {"xmlns": _SITEMAP, "xmlns:xhtml": _XHTML, "xmlns:image": _IMAGE}
    return DECLARATION + wrapped("urlset", "\n".join(map(_url, entries)), attributes) + "\n"


def _url(one: Entry) -> str:
    alternates = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(settings.SITE_URL + path)}"/>'
        for code, path in one.alternates.items()
    )
    return wrapped(
        "url",
        element("loc", settings.SITE_URL + one.path) + _lastmod(one.changed) + alternates + _image(one.picture),
    )


def write_news(stories: Iterable[Article]) -> str:
    brand = Brand.current()
    rows = []
    for story in stories:
        name = element("news:name", brand.said("name", story.language)) + element("news:language", story.language)
        said = wrapped("news:publication", name)
        said += element("news:publication_date", f"{story.publish_at:%Y-%m-%dT%H:%M:%S+00:00}")
        said += element("news:title", story.headline)
        picture = _image(story.hero.url("3x2", WIDE) if story.hero else "")
        rows.append(
            wrapped(
                "url",
                element("loc", settings.SITE_URL + story.get_absolute_url()) + wrapped("news:news", said) + picture,
            )
        )
    attributes = {"xmlns": _SITEMAP, "xmlns:news": _NEWS, "xmlns:image": _IMAGE}
    return DECLARATION + wrapped("urlset", "\n".join(rows), attributes) + "\n"


def _lastmod(moment: datetime | None) -> str:
    return f"<lastmod>{moment.isoformat(timespec='seconds')}</lastmod>" if moment else ""


def _image(path: str) -> str:
    return wrapped("image:image", element("image:loc", settings.SITE_URL + path)) if path else ""
