"""Atom (RFC 4287), with the links between pages of RFC 5005."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from .feed_items import Item
from .feeds import Feed, Page, icon, rights
from .models import Brand
from .xml_text import DECLARATION, element, wrapped

TYPE = "application/atom+xml"


def write(feed: Feed, page: Page, items: list[Item], links: list[tuple[str, str]]) -> str:
    """The file. `links` are (relation, address) of this page and those around it."""
    name = Brand.current().said("name", feed.language)
    parts = [
        element("id", feed.id),
        element("title", feed.title),
        element("subtitle", feed.description),
        element("updated", _moment(page.changed)),
        wrapped("author", element("name", name) + element("uri", settings.SITE_URL + "/")),
        *([element("rights", rights(feed, page))] if page.stories else []),
        element("icon", icon(64)),
        element("link", "", {"rel": "alternate", "type": "text/html", "hreflang": feed.language, "href": feed.home}),
        *(
            element("link", "", {"rel": relation, "type": None if relation == "hub" else TYPE, "href": address})
            for relation, address in links
        ),
        *(_entry(item) for item in items),
    ]
    attributes = {
        "xmlns": "http://www.w3.org/2005/Atom",
        "xmlns:media": "http://search.yahoo.com/mrss/",
        "xml:lang": feed.language,
    }
    return DECLARATION + wrapped("feed", "\n".join(parts), attributes) + "\n"


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _entry(item: Item) -> str:
    alternate = {"rel": "alternate", "type": "text/html", "hreflang": item.language, "href": item.address}
    parts = [
        element("id", item.id),
        element("title", item.title),
        element("published", _moment(item.published)),
        element("updated", _moment(item.changed)),
        element("link", "", alternate),
        *(
            wrapped("author", element("name", one.name) + (element("uri", one.address) if one.address else ""))
            for one in item.writers
        ),
        *(
            element("category", "", {"term": one.slug, "scheme": one.scheme, "label": one.name})
            for one in item.categories
        ),
        element("summary", item.summary),
    ]
    if item.text:
        parts.append(element("content", item.text, {"type": "html"}))
    if picture := item.picture:
        file = {"rel": "enclosure", "type": picture.type, "length": picture.bytes, "href": picture.address}
        width, height, address = picture.thumbnail
        parts.append(element("link", "", file | {"title": picture.alt or None}))
        parts.append(element("media:thumbnail", "", {"url": address, "width": width, "height": height}))
    return wrapped("entry", "\n".join(parts))
