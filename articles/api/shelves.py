"""Sections, tags, authors and series as JSON. Each is there only while readers have something of it: the name of a tag
that only drafts carry is not public.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import translation

from ..models import Article, Author, Byline, Section, Series, Tag
from .bodies import whole
from .rows import PICTURE_COLUMNS, TOLD
from .shapes import (
    ADDRESS,
    CODES,
    COUNT,
    LANGUAGE,
    NUMBER,
    PICTURE,
    TEXT,
    YES_OR_NO,
    Schema,
    list_of,
    or_null,
    picture,
    thing,
)
from .stories import SHELF, shelf

IN_EACH = thing(**dict.fromkeys(CODES, TEXT))


@dataclass(frozen=True)
class Shelf:
    """One kind of thing that stories belong to. `rows` are those that readers may know of at a moment."""

    name: str
    one: str
    summary: str
    schema: Schema
    rows: Callable[[datetime], QuerySet[Any]]
    draw: Callable[[Any], dict[str, Any]]
    facts: Callable[[Any], list[Any]]
    has_language: bool = True


def _is_live(at: datetime) -> Exists:
    """For rows that belong to a story. Asked row by row: from all that is live to those that belong is a long way."""
    return Exists(Article.objects.live(at).filter(pk=OuterRef("article")))


def _sections(at: datetime) -> QuerySet[Section]:
    """Those in the menu, and those that have a story."""
    inside = Article.objects.live(at).filter(section=OuterRef("pk"))
    return Section.objects.filter(Q(is_active=True) | Exists(inside)).select_related("parent")


def _tags(at: datetime) -> QuerySet[Tag]:
    carried = Article.tags.through.objects.filter(_is_live(at), tag=OuterRef("pk"))
    return Tag.objects.filter(Exists(carried)).only(*TOLD[Tag])


def _authors(at: datetime) -> QuerySet[Author]:
    signed = Byline.objects.filter(_is_live(at), author=OuterRef("pk"))
    return (
        Author.objects.filter(Exists(signed))
        .select_related("photo")
        .only(*TOLD[Author], "photo", *(f"photo__{column}" for column in PICTURE_COLUMNS))
    )


def _series(at: datetime) -> QuerySet[Series]:
    parts = Article.objects.live(at).news().filter(series=OuterRef("pk"), language=OuterRef("language"))
    return Series.objects.filter(Exists(parts)).only(*TOLD[Series])


def _api(name: str, row: Model) -> str:
    return whole(reverse(f"api:{name}", args=[row.pk]))


def _place(row: Section | Tag | Series, view: str, name: str = "name") -> dict[str, Any]:
    """What belongs to one language has in common; `name` is what its name is called."""
    return {
        "id": row.pk,
        "language": row.language,
        name: getattr(row, name),
        "slug": row.slug,
        "description": row.description,
        "url": whole(row.get_absolute_url()),
        "api_url": _api(view, row),
    }


def _section(row: Section) -> dict[str, Any]:
    parent = shelf(row.parent) if row.parent else None
    return _place(row, "section") | {"parent": parent, "order": row.order}


def _author(row: Author) -> dict[str, Any]:
    names: dict[str, str] = {}
    roles: dict[str, str] = {}
    biographies: dict[str, str] = {}
    addresses: dict[str, str] = {}
    for code in CODES:
        with translation.override(code):
            names[code], roles[code], biographies[code] = row.display_name, row.display_role, row.display_bio
            addresses[code] = whole(row.get_absolute_url())
    return {
        "id": row.pk,
        "name": names,
        "slug": row.slug,
        "is_newsroom": row.is_newsroom,
        "role": roles,
        "biography": biographies,
        "photo": picture(row.photo) if row.photo else None,
        "links": row.link_list,
        "url": addresses,
        "api_url": _api("author", row),
    }


_COMMON = {"id": NUMBER, "language": LANGUAGE}
_PLACES = {"description": TEXT, "url": ADDRESS, "api_url": ADDRESS}

SHELVES = {
    shelf.name: shelf
    for shelf in (
        Shelf(
            "sections",
            "section",
            "Sections: those in the menu, and those that have a story",
            thing(**_COMMON, name=TEXT, slug=TEXT, parent=or_null(SHELF), order=COUNT, **_PLACES),
            _sections,
            _section,
            lambda row: [row, row.parent],
        ),
        Shelf(
            "authors",
            "author",
            "Authors whose name stands above a story that readers have",
            thing(
                id=NUMBER,
                name=IN_EACH,
                slug=TEXT,
                is_newsroom=YES_OR_NO,
                role=IN_EACH,
                biography=IN_EACH,
                photo=or_null(PICTURE),
                links=list_of(TEXT),
                url=thing(**dict.fromkeys(CODES, ADDRESS)),
                api_url=ADDRESS,
            ),
            _authors,
            _author,
            lambda row: [row, row.photo],
            has_language=False,
        ),
        Shelf(
            "tags",
            "tag",
            "Tags that a story carries",
            thing(**_COMMON, name=TEXT, slug=TEXT, **_PLACES),
            _tags,
            lambda row: _place(row, "tag"),
            lambda row: [row],
        ),
        Shelf(
            "series",
            "one_series",
            "Series that have a part",
            thing(**_COMMON, title=TEXT, slug=TEXT, **_PLACES),
            _series,
            lambda row: _place(row, "one_series", "title"),
            lambda row: [row],
        ),
    )
}
