"""JSON Feed 1.1."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings

from .feed_items import Item
from .feeds import Feed, Page, icon
from .models import Brand
from .xml_text import plain

TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def write(feed: Feed, page: Page, items: list[Item], links: list[tuple[str, str]]) -> str:
    """The file. `links` are (relation, address) of this page and those around it."""
    brand, around = Brand.current(), dict(links)
    said: dict[str, Any] = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": around["self"],
        "description": feed.description,
        "icon": icon(180),
        "favicon": icon(64),
        "language": feed.language,
        "authors": [{"name": brand.said("name", feed.language), "url": settings.SITE_URL + "/"}],
    }
    if "next" in around:
        said["next_url"] = around["next"]
    if "hub" in around:
        said["hubs"] = [{"type": "WebSub", "url": around["hub"]}]
    said["items"] = [_item(item) for item in items]
    return json.dumps(_plain(said), ensure_ascii=False, indent=1) + "\n"


def _plain(value: Any) -> Any:
    """The same, without signs that nobody sees in any text of it. JSON would carry them, and the pages of those who
    read it would not."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return plain(value) if isinstance(value, str) else value


def _item(item: Item) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": item.id,
        "url": item.address,
        "title": item.title,
        "summary": item.summary,
        "date_published": item.published.isoformat(timespec="seconds"),
        "language": item.language,
        "authors": [{"name": one.name} | ({"url": one.address} if one.address else {}) for one in item.writers],
        "tags": [one.name for one in item.categories],
    }
    said |= {"content_html": item.text} if item.text else {"content_text": item.summary}
    if item.changed > item.published:
        said["date_modified"] = item.changed.isoformat(timespec="seconds")
    if picture := item.picture:
        said["image"] = picture.address
        file = {"url": picture.address, "mime_type": picture.type, "size_in_bytes": picture.bytes}
        said["attachments"] = [file | ({"title": picture.alt} if picture.alt else {})]
    return said
