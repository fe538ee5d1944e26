"""A story in somebody else's page, by https://oembed.com: a quotation with a link, its label on it where somebody paid.

No script, no frame and no style: the page that shows it learns nothing of its readers from us, nor we of them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from django.conf import settings
from django.db.models import Prefetch
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from . import html
from .api.bodies import whole
from .api.stories import label
from .models import Article, Brand, Byline, Redirect
from .templatetags.stories import OWN_HOSTS, share_title

# How wide a quotation wants to be, and about how high it is then.
WIDTH, HEIGHT = 600, 240
THUMBNAIL = 640
# Seconds that others may keep it: a story can be withdrawn.
KEPT = 3600
PAGES = ("articles:article", "articles:lite", "articles:live_entry")


def story_at(address: str, at: datetime) -> Article | None:
    """The live story of an address of this site, by any of its addresses, old ones too. None for everything else."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    path = unquote(parts.path)
    if parts.scheme not in ("http", "https") or host not in OWN_HOSTS or "\0" in path:
        return None
    live = (
        Article.objects.live(at)
        .select_related("hero")
        .defer("body")
        .prefetch_related(Prefetch("bylines", queryset=Byline.objects.select_related("author").order_by("order")))
    )
    with translation.override(translation.get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            match = resolve(path)
        except Resolver404:
            match = None
    if match and match.view_name in PAGES:
        try:
            month = date(match.kwargs["year"], match.kwargs["month"], 1)
        except ValueError:
            return None
        if story := live.filter(month=month, slug=match.kwargs["slug"]).first():
            return story
    old = Redirect.objects.filter(old_path__in={parts.path, path}).exclude(article=None).first()
    return live.filter(pk=old.article_id).first() if old and old.article_id else None


def said_of(story: Article, *, most_width: int | None = None, most_height: int | None = None) -> dict[str, Any]:
    """What oEmbed says of a story, in its language."""
    with translation.override(story.language):
        address = whole(story.get_absolute_url())
        provider = Brand.current().said("name", story.language)
        said: dict[str, Any] = {
            "version": "1.0",
            "type": "rich",
            "title": share_title(story),
            "provider_name": provider,
            "provider_url": whole("/" if story.language == settings.LANGUAGE_CODE else f"/{story.language}/"),
            "cache_age": KEPT,
            "url": address,
            "html": _quotation(story, address, provider),
            "width": min(WIDTH, most_width or WIDTH),
            "height": min(HEIGHT, most_height or HEIGHT),
        }
        if names := [byline.author.display_name for byline in story.bylines.all()]:
            said["author_name"] = ", ".join(names)
            first = story.bylines.all()[0].author
            said["author_url"] = whole(first.get_absolute_url())
        return said | _thumbnail(story, most_width, most_height)


def _thumbnail(story: Article, most_width: int | None, most_height: int | None) -> dict[str, Any]:
    """The widest rendition that fits, or none: a thumbnail is told with its size or not at all."""
    fits = [
        (width, height, path)
        for width, height, path in (story.hero.drawn("3x2") if story.hero else [])
        if width <= min(THUMBNAIL, most_width or THUMBNAIL) and height <= (most_height or height)
    ]
    if not fits:
        return {}
    width, height, path = fits[-1]
    return {"thumbnail_url": whole(path), "thumbnail_width": width, "thumbnail_height": height}


def _quotation(story: Article, address: str, provider: str) -> SafeString:
    paid = label(story)
    parts = [
        format_html("<p><strong>{}</strong></p>", paid) if paid else "",
        format_html('<p><a href="{}">{}</a></p>', address, story.headline),
        format_html("<p>{}</p>", story.standfirst) if story.standfirst else "",
        format_html("<p><cite>{}</cite></p>", provider),
    ]
    direction = "rtl" if translation.get_language_bidi() else "ltr"
    inner = mark_safe("".join(parts))
    return format_html(
        '<blockquote cite="{}" lang="{}" dir="{}">{}</blockquote>', address, story.language, direction, inner
    )


def as_xml(said: dict[str, Any]) -> bytes:
    root = ElementTree.Element("oembed")
    for name, value in said.items():
        ElementTree.SubElement(root, name).text = html.CONTROLS.sub("", str(value))
    return b'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n' + ElementTree.tostring(root, encoding="utf-8")
