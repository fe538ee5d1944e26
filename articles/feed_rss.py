"""RSS 2.0, with what its namespaces add: several authors, whole texts, pictures with their words, times of changes."""

from __future__ import annotations

from email.utils import format_datetime
from html import escape

from django.utils import timezone

from .feed_items import Item
from .feeds import Feed, Page, icon, rights
from .xml_text import DECLARATION, element, wrapped

TYPE = "application/rss+xml"
NAMESPACES = {
    "version": "2.0",
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
}
# RSS allows no picture of a feed to be wider than 144.
ICON = 64
# Minutes for which a program without conditional requests need not ask again.
MINUTES = 15


def write(feed: Feed, page: Page, items: list[Item], links: list[tuple[str, str]]) -> str:
    """The file. `links` are (relation, address) of this page and those around it."""
    image = element("url", icon(ICON)) + element("title", feed.title) + element("link", feed.home)
    image += element("width", str(ICON)) + element("height", str(ICON))
    channel = [
        element("title", feed.title),
        element("link", feed.home),
        element("description", feed.description),
        element("language", feed.language),
        *([element("copyright", rights(feed, page))] if page.stories else []),
        element("lastBuildDate", format_datetime(page.changed.astimezone(timezone.get_current_timezone()))),
        element("docs", "https://www.rssboard.org/rss-specification"),
        element("ttl", str(MINUTES)),
        wrapped("image", image),
        *(
            element("atom:link", "", {"rel": relation, "href": address, "type": None if relation == "hub" else TYPE})
            for relation, address in links
        ),
        *(_item(item) for item in items),
    ]
    attributes = NAMESPACES | {"xml:lang": feed.language}
    return DECLARATION + wrapped("rss", wrapped("channel", "\n".join(channel)), attributes) + "\n"


def _item(item: Item) -> str:
    published = item.published.astimezone(timezone.get_current_timezone())
    parts = [
        element("title", item.title),
        element("link", item.address),
        element("guid", item.id, {"isPermaLink": "false"}),
        element("pubDate", format_datetime(published)),
        *(element("dc:creator", writer.name) for writer in item.writers),
        *(element("category", one.name, {"domain": one.scheme}) for one in item.categories),
        # Programs read it as HTML, so words are escaped once for that and once for XML.
        element("description", escape(item.summary, quote=False)),
    ]
    if item.text:
        parts.append(element("content:encoded", item.text))
    if item.changed > item.published:
        parts.append(element("atom:updated", item.changed.isoformat(timespec="seconds")))
    if picture := item.picture:
        file = {"url": picture.address, "length": picture.bytes, "type": picture.type}
        parts.append(element("enclosure", "", file))
        said = [
            element(f"media:{name}", words, {"type": "plain"} if name == "description" else None)
            for name, words in (("description", picture.alt or picture.caption), ("credit", picture.credit))
            if words
        ]
        width, height, address = picture.thumbnail
        said.append(element("media:thumbnail", "", {"url": address, "width": width, "height": height}))
        shown = {
            "url": picture.address,
            "fileSize": picture.bytes,
            "type": picture.type,
            "medium": "image",
            "width": picture.width,
            "height": picture.height,
        }
        parts.append(wrapped("media:content", "".join(said), shown))
    return wrapped("item", "\n".join(parts))
