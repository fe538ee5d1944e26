"""A story as a news item of IPTC ninjs 2.1 (https://www.iptc.org/std/ninjs/), for those who take news from agencies.

The item is known by its address in this API, which stays when the address of the page changes. A paid story carries
its label where nobody can drop it: in front of its headline.
"""

from __future__ import annotations

from typing import Any

from django.utils import translation

from .. import html
from ..figures import media_ids
from ..models import Article, Brand, MediaAsset, Section, Tag
from ..templatetags.stories import share_title
from . import rows
from .bodies import body_of, whole
from .rows import Around
from .shapes import moment
from .stories import api_address, label

STANDARD = {"name": "ninjs", "version": "2.1", "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_2.1.json"}
# What an item of a list needs, and what a whole one does.
NEEDS_IN_LISTS = frozenset({"section", "tags", "bylines", "hero"})
NEEDS = NEEDS_IN_LISTS | {"body", "pictures", "corrections"}


def item(story: Article, around: Around) -> dict[str, Any]:
    """The whole story."""
    with translation.override(story.language):
        return {"standard": STANDARD, **_head(story), "representationtype": "full", **_text(story, around)}


def collection(stories: list[Article], *, address: str, around: Around) -> dict[str, Any]:
    """A list of stories, each without its text."""
    return {
        "standard": STANDARD,
        "uri": address,
        "type": "composite",
        "representationtype": "partial",
        "pubstatus": "usable",
        "associations": [_associated(story) for story in stories],
    }


def _associated(story: Article) -> dict[str, Any]:
    with translation.override(story.language):
        pictures = [_picture(story.hero, "lead")] if story.hero else []
        return {
            "name": share_title(story),
            **_head(story),
            "representationtype": "partial",
            "associations": pictures,
        }


def _head(story: Article) -> dict[str, Any]:
    name = Brand.current().said("name", story.language)
    title = share_title(story)
    said: dict[str, Any] = {
        "uri": api_address(story),
        "type": "text",
        "pubstatus": "usable",
        "firstcreated": moment(story.publish_at),  # type: ignore[arg-type]
        "versioncreated": moment(rows.modified(story)),
        "language": story.language,
        "title": title,
        "headlines": [{"role": "main", "contenttype": "text/plain", "value": _main(story)}],
        "copyrightholder": name,
        "by": _by(story),
        "subjects": _subjects(story),
        "genres": [{"name": str(story.get_kind_display()), "literal": story.kind}],
        "infosources": _sources(story, name),
        "renditions": [
            {"name": "web", "href": whole(story.get_absolute_url()), "contenttype": "text/html"},
            {"name": "light", "href": whole(story.get_lite_url()), "contenttype": "text/html"},
        ],
        "altids": [{"role": "internal", "value": str(story.pk)}],
    }
    if story.standfirst:
        said["descriptions"] = [{"role": "summary", "contenttype": "text/plain", "value": story.standfirst}]
    if (paid := label(story)) is not None:
        said["usageterms"] = paid
    return said


def _main(story: Article) -> str:
    """The headline of the page, with the label in front where somebody paid."""
    paid = label(story)
    return f"{paid}: {story.headline}" if paid else story.headline


def _by(story: Article) -> str:
    names = [byline.author.display_name for byline in story.bylines.all()]
    return ", ".join(names) or story.sponsor_name or Brand.current().said("name", story.language)


def _subjects(story: Article) -> list[dict[str, Any]]:
    shelves: list[tuple[str, Section | Tag]] = [("about", tag) for tag in story.tags.all()]
    if story.section:
        shelves.insert(0, ("category", story.section))
    return [{"name": row.name, "rel": rel, "uri": whole(row.get_absolute_url())} for rel, row in shelves]


def _sources(story: Article, name: str) -> list[dict[str, Any]]:
    found = [{"name": name, "role": "https://schema.org/publisher", "uri": whole("/")}]
    for byline in story.bylines.all():
        address = whole(byline.author.get_absolute_url())
        found.append({"name": byline.author.display_name, "role": "https://schema.org/author", "uri": address})
    if story.is_sponsored:
        found.append({"name": story.sponsor_name, "role": "https://schema.org/sponsor"})
    return found


def _text(story: Article, around: Around) -> dict[str, Any]:
    plain = html.text(story.body)
    sizes = {"charcount": len(plain), "wordcount": html.word_count(story.body)}
    pictures = [_picture(story.hero, "lead")] if story.hero else []
    shown = (around.assets[number] for number in dict.fromkeys(media_ids(story.body)) if number in around.assets)
    pictures += [_picture(asset, f"picture-{place}") for place, asset in enumerate(shown, start=1)]
    said: dict[str, Any] = {
        "bodies": [
            {"role": "main", "contenttype": "text/html", **sizes, "value": body_of(story, around.assets)},
            {"role": "main", "contenttype": "text/plain", **sizes, "value": plain},
        ],
        "associations": pictures,
    }
    if notes := around.corrections.get(story.pk):
        said["ednote"] = "\n".join(f"{note.get_kind_display()}, {moment(note.at)}: {note.text}" for note in notes)
    return said


def _picture(asset: MediaAsset, name: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": name,
        "uri": whole(f"/media/{asset.key.hex}/"),
        "type": "picture",
        "pubstatus": "usable",
        "renditions": [
            {
                "name": f"full-{width}",
                "href": whole(path),
                "contenttype": "image/webp",
                "width": width,
                "height": height,
            }
            for width, height, path in asset.drawn("full")
        ],
    }
    words = [("caption", asset.display_caption), ("alternative text", asset.display_alt)]
    if described := [{"role": role, "contenttype": "text/plain", "value": value} for role, value in words if value]:
        said["descriptions"] = described
    if asset.credit:
        said["by"] = asset.credit
    return said
