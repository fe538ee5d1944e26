"""How a story appears where others show it: in a search result, and on the card beside a link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .content import Content
from .heads import SHARE_WIDTH, picture_of
from .models import Article, Brand, MediaAsset, Section

# Of an address; longer ones are cut in results and broken in mails.
SLUG = 75
# Of a title, set in Arial of 20 pixels: about what a result has room for. Engines name no figure.
PIXELS = 580
# Other stories with the same title that are looked at.
MOST_TWINS = 20


@dataclass(frozen=True)
class Span:
    """Characters of a text that says enough and is shown whole."""

    least: int
    most: int

    def verdict(self, text: str) -> str:
        """ "empty", "short", "fits" or "long"."""
        count = len(text.strip())
        return "empty" if not count else "short" if count < self.least else "long" if count > self.most else "fits"


TITLE, TEXT = Span(30, 60), Span(70, 160)


def verdicts() -> dict[str, str]:
    """What a meter says beside its number."""
    return {
        "empty": _("empty"),
        "short": _("short: there is room to say more"),
        "fits": _("fits"),
        "long": _("too long: it is cut off"),
    }


@dataclass(frozen=True)
class Meter:
    """How long a text is, and how long it should be. `field` is what is typed, `instead` what stands in for it."""

    field: str
    instead: str
    typed: str
    standing_in: str
    span: Span
    pixels: int = 0

    @property
    def text(self) -> str:
        return self.typed.strip() or self.standing_in.strip()

    @property
    def count(self) -> int:
        return len(self.text)

    @property
    def top(self) -> int:
        """Where its bar ends."""
        return self.span.most * 3 // 2

    @property
    def middle(self) -> int:
        return (self.span.least + self.span.most) // 2

    @property
    def verdict(self) -> str:
        return self.span.verdict(self.text)

    @property
    def said(self) -> str:
        return verdicts()[self.verdict]


def meters(content: Content) -> dict[str, Meter]:
    title = Meter("search_title", "headline", content.search_title, content.headline, TITLE, PIXELS)
    text = Meter("search_description", "standfirst", content.search_description, content.standfirst, TEXT)
    return {meter.field: meter for meter in (title, text)}


def appearance(content: Content, *, section: Section | None, hero: MediaAsset | None) -> dict[str, Any]:
    """What the two previews draw: title, text, picture and all that stands around them, in the language of the
    story. `pattern` is how the title of a paid story is built, for the script."""
    brand, language = Brand.current(), content.language
    found = meters(content)
    title = found["search_title"].text
    with translation.override(language):
        pattern = _("Paid for by %(sponsor)s: %(headline)s")
        day = date_format(timezone.localtime(content.publish_at), "j M Y") if content.publish_at else ""
    return {
        "host": urlsplit(settings.SITE_URL).netloc,
        "name": brand.said("name", language),
        "icon": f"{reverse('icon', args=[64])}?v={brand.version}",
        "section": section.name if section else "",
        "title": pattern % {"sponsor": content.sponsor_name, "headline": title} if content.sponsor_name else title,
        "pattern": pattern % {"sponsor": "{sponsor}", "headline": "{headline}"},
        "text": found["search_description"].text,
        "day": day,
        "picture": picture_of(hero),
        "most_of_title": TITLE.most,
        "most_of_text": TEXT.most,
        "meters": found,
        "verdicts": verdicts(),
    }


def twin(content: Content, article: Article | None, at: datetime) -> Article | None:
    """Another live story that search engines know by the same title: they show one of the two. One query."""
    title = content.search_title.strip() or content.headline.strip()
    if not title:
        return None
    every = Article.objects.order_by()
    same = every.filter(search_title=title).values("pk")
    # One OR over both would look at every story of the language.
    either = same.union(every.filter(search_title="", headline=title).values("pk"), all=True)
    others = Article.objects.live(at).filter(pk__in=either).only("headline", "language").order_by("pk")
    if article:
        others = others.exclude(pk=article.pk)
    # Of the language is looked at here: SQLite would go through all the stories it has.
    return next((other for other in others[:MOST_TWINS] if other.language == content.language), None)


def is_picture_small(hero: MediaAsset) -> bool:
    """Whether other sites show a picture small beside a link, or blown up: it is narrower than their cards."""
    return hero.width < SHARE_WIDTH
