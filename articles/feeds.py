"""What a feed is: a list of stories in one language, newest first, in pages, under addresses of its own.

Feeds of the site, of sections, subjects, authors and series hold news. What somebody paid for has a feed of its own, in
which every title carries the label. `feed_items` says what is told of a story; `feed_rss`, `feed_atom` and `feed_json`
write it down.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from .converters import FeedForm
from .models import Article, Author, Brand, Correction, MediaAsset, MediaUse, Section, Series, Tag
from .models.article import ArticleQuerySet

FORMS = tuple(FeedForm.ENDS)
# Pages that a program may walk back: whoever wants more than that reads the sitemap.
MOST_PAGES = 200
# When a list changed that never held anything: Atom wants a time.
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
# Changes whenever the same stories are written down in another way, so that nobody keeps the old one.
EDITION = 1

# What a feed tells of a story's row, and `live_number`, which stands for its text. Never `head_number`: a draft is
# nobody's news.
_FACTS = (
    "pk",
    "live_number",
    "publish_at",
    "updated_at",
    "month",
    "slug",
    "headline",
    "standfirst",
    "search_title",
    "search_description",
    "kind",
    "sponsor_name",
    "live_until",
)
_PICTURE_FACTS = ("pk", "key", "alt", "alt_ar", "caption", "caption_ar", "credit")


@dataclass(frozen=True)
class Feed:
    """One list as a feed. `key` names it for ever, `page` is the path of the list as a page, `stories` asks
    for what it may hold, in no order and without a look at the clock; a page that only names its feed never asks."""

    route: str
    args: tuple[str, ...]
    key: str
    language: str
    title: str
    description: str
    page: str
    stories: Callable[[], ArticleQuerySet]

    def path(self, form: str) -> str:
        with translation.override(self.language):
            return reverse(f"feeds:{self.route}", args=[*self.args, form])

    @property
    def paths(self) -> dict[str, str]:
        return {form: self.path(form) for form in FORMS}

    def address(self, form: str, page: int = 1) -> str:
        return settings.SITE_URL + self.path(form) + (f"?page={page}" if page > 1 else "")

    @property
    def home(self) -> str:
        return settings.SITE_URL + self.page

    @property
    def id(self) -> str:
        """A name that no change of any address touches (RFC 4151)."""
        return f"tag:{settings.FEED_AUTHORITY},2026:{self.key}"


@dataclass(frozen=True)
class Page:
    """The stories of one page of a feed, with what stands around them. `assets` and `notes` are those of full texts."""

    number: int
    stories: list[Article]
    has_older: bool
    assets: dict[int, MediaAsset]
    notes: dict[int, list[Correction]]

    @property
    def changed(self) -> datetime:
        return max((changed(story) for story in self.stories), default=NEVER)


def rights(feed: Feed, page: Page) -> str:
    """Whose the words are, of the year in which they last changed; empty for a feed that holds none."""
    year = timezone.localdate(page.changed).year
    return strip_tags(Brand.current().copyright_line(feed.language, year)) if page.stories else ""


def icon(size: int) -> str:
    """The absolute address of the site's icon."""
    return f"{settings.SITE_URL}{reverse('icon', args=[size])}?v={Brand.current().version}"


def changed(story: Article) -> datetime:
    """When readers last got something new of a live story: its first text, or another one."""
    published = story.publish_at or NEVER
    return max(published, story.updated_at or published)


def _news(language: str) -> ArticleQuerySet:
    return Article.objects.news().in_language(language)


def _titled(name: str, language: str) -> str:
    return _("%(site)s: %(list)s") % {"site": Brand.current().said("name", language), "list": name}


def of_site(language: str) -> Feed:
    brand = Brand.current()
    with translation.override(language):
        name = brand.said("name", language)
        return Feed(
            route="site",
            args=(),
            key=f"site/{language}",
            language=language,
            title=name,
            description=brand.said("tagline", language) or _("The latest news from %(site)s") % {"site": name},
            page=reverse("front_page"),
            stories=lambda: _news(language),
        )


def of_section(section: Section) -> Feed:
    """With the sections inside it, as on its page."""
    shelf = Section.objects.filter(Q(pk=section.pk) | Q(parent=section)).values("pk")
    return _of_list(
        section, section.name, section.description, lambda: _news(section.language).filter(section__in=shelf)
    )


def of_tag(tag: Tag) -> Feed:
    # By its list of numbers: a join has SQLite walk through all stories of the language when few carry the tag.
    carrying = Article.tags.through.objects.filter(tag=tag).order_by()
    return _of_list(
        tag, tag.name, tag.description, lambda: _news(tag.language).filter(pk__in=carrying.values("article"))
    )


def of_series(series: Series) -> Feed:
    """The newest part first, whatever the order of reading: who follows a series waits for the next one."""
    return _of_list(series, series.title, series.description, lambda: _news(series.language).filter(series=series))


def _of_list(of: Section | Tag | Series, name: str, description: str, stories: Callable[[], ArticleQuerySet]) -> Feed:
    kind = of._meta.model_name or ""
    with translation.override(of.language):
        title = _titled(name, of.language)
        return Feed(
            route=kind,
            args=(of.slug,),
            key=f"{kind}/{of.pk}",
            language=of.language,
            title=title,
            description=description or title,
            page=of.get_absolute_url(),
            stories=stories,
        )


def of_author(author: Author, language: str) -> Feed:
    """What carries a name in one language: an author writes in several."""
    with translation.override(language):
        title = _titled(author.display_name, language)
        return Feed(
            route="author",
            args=(author.slug,),
            key=f"author/{author.pk}/{language}",
            language=language,
            title=title,
            description=author.display_bio or title,
            page=author.get_absolute_url(),
            stories=lambda: _news(language).signed_by(author.pk),
        )


def of_partners(language: str) -> Feed:
    """What somebody paid for: apart from the news, each with its label."""
    paid = Article.objects.sponsored().in_language(language).order_by()
    with translation.override(language):
        return Feed(
            route="partners",
            args=(),
            key=f"partners/{language}",
            language=language,
            title=_titled(_("From our partners"), language),
            description=_("Stories that partners paid for. Each says who did."),
            page=reverse("front_page"),
            # By their list of numbers, which one index has: SQLite would rather walk through all stories in order.
            stories=lambda: Article.objects.filter(pk__in=paid.values("pk")),
        )


def feeds_of(article: Article) -> list[Feed]:
    """Every feed that a story stands in while readers see it."""
    if article.is_sponsored:
        return [of_partners(article.language)]
    found = [of_site(article.language)]
    if section := article.section:
        found += [of_section(one) for one in (section, section.parent) if one and one.language == article.language]
    found += [of_tag(tag) for tag in article.tags.filter(language=article.language).order_by("pk")]
    found += [of_author(one, article.language) for one in article.authors.order_by("pk")]
    if article.series and article.series.language == article.language:
        found.append(of_series(article.series))
    return found


def beside(story: Article) -> Feed | None:
    """The feed that the page of a story points at, beside that of the site. No query."""
    if story.is_sponsored:
        return of_partners(story.language)
    return of_section(story.section) if story.section else None


def addresses_of(article: Article) -> list[str]:
    """The absolute addresses of every feed in which a story appears while readers see it, in every form."""
    return [feed.address(form) for feed in feeds_of(article) for form in FORMS]


def read(feed: Feed, number: int, *, at: datetime) -> Page:
    """One page of a feed at a moment, without the texts. Three queries, and two more where feeds carry full text."""
    first = (number - 1) * settings.FEED_ITEMS
    newest = feed.stories().live(at).for_cards().prefetch_related("tags").newest_first()
    stories = list(newest[first : first + settings.FEED_ITEMS + 1])
    has_older = len(stories) > settings.FEED_ITEMS and number < MOST_PAGES
    stories = stories[: settings.FEED_ITEMS]
    assets: dict[int, MediaAsset] = {}
    notes: dict[int, list[Correction]] = {}
    if settings.FEED_TEXT == "full" and stories:
        uses = MediaUse.objects.filter(article__in=stories, version=MediaUse.Version.ROW, place=MediaUse.Place.BODY)
        assets = {use.asset_id: use.asset for use in uses.select_related("asset")}
        for note in Correction.objects.filter(article__in=stories, at__lte=at):
            notes.setdefault(note.article_id, []).append(note)
    return Page(number, stories, has_older, assets, notes)


def fingerprint(feed: Feed, page: Page, form: str) -> str:
    """Another one whenever the bytes of a page would be others. Costs no query and draws nothing."""
    said: list[Any] = [
        (EDITION, form, page.number, page.has_older, feed.address(form), feed.home, feed.title, feed.description),
        (feed.id, settings.FEED_TEXT, settings.WEBSUB_HUB, Brand.current().version),
    ]
    for story in page.stories:
        said.append([getattr(story, name) for name in _FACTS])
        said.append(story.section and (story.section.name, story.section.slug))
        said.append([(name.author.name, name.author.name_ar, name.author.slug) for name in story.bylines.all()])
        said.append([(tag.name, tag.slug) for tag in story.tags.all()])
        said.append(story.hero and [getattr(story.hero, name) for name in _PICTURE_FACTS])
        said += [(note.pk, note.kind, note.text, note.place, note.at) for note in page.notes.get(story.pk, [])]
    said += [[getattr(page.assets[pk], name) for name in _PICTURE_FACTS] for pk in sorted(page.assets)]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]
