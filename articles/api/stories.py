"""A story as JSON: one table of fields, from which answers, `fields=` and the OpenAPI document are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from .. import html
from ..figures import media_ids
from ..models import Article, Correction, LiveEntry, Series
from ..reading import LiveBlog, minutes
from ..templatetags.stories import share_title
from . import rows
from .bodies import body_of, entry_of, whole
from .rows import Around
from .shapes import (
    ADDRESS,
    COUNT,
    LANGUAGE,
    MOMENT,
    NUMBER,
    PICTURE,
    TEXT,
    YES_OR_NO,
    Schema,
    list_of,
    moment,
    or_null,
    picture,
    thing,
)

SHELF = thing(id=NUMBER, name=TEXT, slug=TEXT, url=ADDRESS)


def shelf(row: Any) -> dict[str, Any]:
    """A section or a tag, as a story names it."""
    return {"id": row.pk, "name": row.name, "slug": row.slug, "url": whole(row.get_absolute_url())}


def _authors(story: Article, around: Around) -> list[dict[str, Any]]:
    return [
        {
            "id": byline.author.pk,
            "name": byline.author.display_name,
            "role": byline.role or byline.author.display_role,
            "is_newsroom": byline.author.is_newsroom,
            "url": whole(byline.author.get_absolute_url()),
        }
        for byline in story.bylines.all()
    ]


def series_of(story: Article) -> Series | None:
    """The series that names it among its parts: nobody buys a place there, and one in another language is none."""
    series = story.series
    return None if series is None or story.is_sponsored or series.language != story.language else series


def _series(story: Article, around: Around) -> dict[str, Any] | None:
    series = series_of(story)
    if series is None:
        return None
    address = whole(series.get_absolute_url())
    return {"id": series.pk, "title": series.title, "slug": series.slug, "url": address, "part": story.series_part}


def label(story: Article) -> str | None:
    """The label of a paid story in its language, None for news."""
    return _("Paid for by %(sponsor)s") % {"sponsor": story.sponsor_name} if story.is_sponsored else None


def _translations(story: Article, around: Around) -> list[dict[str, Any]]:
    found = []
    for other in around.translations.get(story.pk, ()):
        with translation.override(other.language):
            found.append({
                "id": other.pk,
                "language": other.language,
                "title": share_title(other),
                "url": whole(other.get_absolute_url()),
            })  # fmt: skip
    return found


def _correction(note: Correction) -> dict[str, Any]:
    return {"kind": note.kind, "text": note.text, "at": moment(note.at)}


ENTRY = thing(
    number=NUMBER,
    headline=TEXT,
    body_html=TEXT,
    is_key_event=YES_OR_NO,
    is_pinned=YES_OR_NO,
    published_at=MOMENT,
    changed_at=or_null(MOMENT),
    url=ADDRESS,
)


def _entry(entry: LiveEntry, blog: LiveBlog) -> dict[str, Any]:
    return {
        "number": entry.number,
        "headline": entry.headline,
        "body_html": entry_of(entry, blog.assets),
        "is_key_event": entry.is_key_event,
        "is_pinned": entry.is_pinned,
        "published_at": moment(entry.published_at),
        "changed_at": entry.changed_at and moment(entry.changed_at),
        "url": whole(entry.get_absolute_url()),
    }


def _live(story: Article, around: Around) -> dict[str, Any] | None:
    blog = around.live.get(story.pk)
    if blog is None:
        return None
    return {
        "is_running": blog.is_running,
        "entries": [_entry(entry, blog) for entry in (*blog.pinned, *blog.entries)],
        "has_older": blog.older is not None,
    }


def _pictures(story: Article, around: Around) -> list[dict[str, Any]]:
    numbers = dict.fromkeys(media_ids(story.body))
    return [picture(around.assets[number]) for number in numbers if number in around.assets]


# The table


@dataclass(frozen=True)
class Field:
    """One name of the JSON of a story. `needs` are the rows and columns it is made of (`rows.told`)."""

    name: str
    schema: Schema
    draw: Callable[[Article, Around], Any]
    needs: tuple[str, ...] = ()
    description: str = ""
    # Whether an answer has it when nobody says which fields; whether a list may be asked for it.
    is_in_lists: bool = True
    may_be_in_lists: bool = True


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field(
            "id",
            NUMBER,
            lambda story, _: story.pk,
            description="Its number, which stays whatever becomes of its address.",
        ),
        Field(
            "label",
            or_null(TEXT),
            lambda story, _: label(story),
            description="Says who paid for the story, in its language. Show it wherever you show the story.",
        ),
        Field("sponsor", or_null(TEXT), lambda story, _: story.sponsor_name or None, description="Who paid for it."),
        Field(
            "kind",
            {"type": "string", "enum": list(Article.Kind.values)},
            lambda story, _: story.kind,
            description="“story” is news; everything else was paid for.",
        ),
        Field("language", LANGUAGE, lambda story, _: story.language, description="Two letters."),
        Field("url", ADDRESS, lambda story, _: whole(story.get_absolute_url()), description="Its page."),
        Field("lite_url", ADDRESS, lambda story, _: whole(story.get_lite_url()), description="The light edition."),
        Field(
            "api_url",
            ADDRESS,
            lambda story, _: api_address(story),
            description="Where this answer stands, with every field.",
        ),
        Field("headline", TEXT, lambda story, _: story.headline, description="As it stands above the story."),
        Field(
            "title",
            TEXT,
            lambda story, _: share_title(story),
            description="The headline as it leaves the site: a paid story's begins with its label.",
        ),
        Field(
            "standfirst",
            TEXT,
            lambda story, _: story.standfirst,
            description="One or two sentences below the headline; may be empty.",
        ),
        Field(
            "section",
            or_null(SHELF),
            lambda story, _: shelf(story.section) if story.section else None,
            ("section",),
            "Where it belongs.",
        ),
        Field(
            "tags",
            list_of(SHELF),
            lambda story, _: [shelf(tag) for tag in story.tags.all()],
            ("tags",),
            description="What it is about.",
        ),
        Field(
            "authors",
            list_of(thing(id=NUMBER, name=TEXT, role=TEXT, is_newsroom=YES_OR_NO, url=ADDRESS)),
            _authors,
            ("bylines",),
            "The names above it in their order, each with what that person did.",
        ),
        Field(
            "series",
            or_null(thing(id=NUMBER, title=TEXT, slug=TEXT, url=ADDRESS, part=or_null(COUNT))),
            _series,
            ("series",),
            "What it is a part of.",
        ),
        Field(
            "lead_picture",
            or_null(PICTURE),
            lambda story, _: picture(story.hero) if story.hero else None,
            ("hero",),
            "The one it leads with, in every size there is.",
        ),
        Field(
            "published_at",
            MOMENT,
            lambda story, _: moment(story.publish_at),  # type: ignore[arg-type]
            description="When it came out, in UTC like every time here.",
        ),
        Field(
            "updated_at",
            MOMENT,
            lambda story, _: moment(rows.modified(story)),
            description="When readers last got another text; never before `published_at`.",
        ),
        Field(
            "is_live",
            YES_OR_NO,
            lambda story, around: story.is_covered_live(around.at),
            description="Whether it is being covered as it happens.",
        ),
        Field(
            "translations",
            list_of(thing(id=NUMBER, language=LANGUAGE, title=TEXT, url=ADDRESS)),
            _translations,
            ("translations",),
            "The same story in other languages.",
        ),
        Field(
            "corrections",
            list_of(thing(kind={"type": "string", "enum": list(Correction.Kind.values)}, text=TEXT, at=MOMENT)),
            lambda story, around: [_correction(note) for note in around.corrections.get(story.pk, ())],
            ("corrections",),
            "Public notes about changes, the newest first.",
        ),
        Field(
            "body_html",
            TEXT,
            lambda story, around: body_of(story, around.assets),
            ("body", "pictures"),
            "Clean HTML without script or style. Keep the `rel` of links.",
            is_in_lists=False,
        ),
        Field(
            "body_text",
            TEXT,
            lambda story, _: html.text(story.body),
            ("body",),
            description="The words of the text, a line a paragraph.",
            is_in_lists=False,
        ),
        Field(
            "word_count",
            COUNT,
            lambda story, _: html.word_count(story.body),
            ("body",),
            description="Of the text, captions included.",
            is_in_lists=False,
        ),
        Field(
            "reading_minutes",
            NUMBER,
            lambda story, _: minutes(story) or 1,
            ("body",),
            description="As the page of the story says it: at 230 words a minute in English and 180 in Arabic.",
            is_in_lists=False,
        ),
        Field(
            "pictures",
            list_of(PICTURE),
            _pictures,
            ("body", "pictures"),
            "Those in the text, in its order.",
            is_in_lists=False,
        ),
        Field(
            "live",
            or_null(thing(is_running=YES_OR_NO, entries=list_of(ENTRY), has_older=YES_OR_NO)),
            _live,
            ("live",),
            "The newest entries of its live blog, the pinned ones first.",
            is_in_lists=False,
            may_be_in_lists=False,
        ),
    )
}
# Told whatever is asked for: a story that was paid for never leaves without its label.
ALWAYS = ("id", "label", "sponsor")
IN_LISTS = tuple(name for name, field in FIELDS.items() if field.is_in_lists)
OFFERED_IN_LISTS = tuple(name for name, field in FIELDS.items() if field.may_be_in_lists)


def api_address(story: Article) -> str:
    return whole(reverse("api:article", args=[story.pk]))


def chosen(fields: tuple[str, ...]) -> tuple[str, ...]:
    """The fields of an answer in the order of the table, with those that every answer has."""
    return tuple(name for name in FIELDS if name in fields or name in ALWAYS)


def needs_of(fields: Iterable[str]) -> set[str]:
    return {need for name in fields for need in FIELDS[name].needs}


def draw(story: Article, fields: Iterable[str], around: Around) -> dict[str, Any]:
    """A story in its own language."""
    with translation.override(story.language):
        return {name: FIELDS[name].draw(story, around) for name in fields}


def schema() -> Schema:
    properties = {
        name: field.schema | ({"description": field.description} if field.description else {})
        for name, field in FIELDS.items()
    }
    return {"type": "object", "properties": properties, "required": list(ALWAYS), "additionalProperties": False}
