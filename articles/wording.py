"""The values of a story's content in words, side by side, for people who choose between them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from . import html
from .content import Content, Credit
from .merging import Clash, word_differences
from .models import Article, Author, MediaAsset, Section, Series, Tag, User

Pieces = list[tuple[str, str]]
FIGURE = re.compile(r"<figure ([^>]*)>")


@dataclass(frozen=True)
class Row:
    """One difference: how it was, and the way from there to each side, word by word."""

    key: str
    label: str
    base: str
    mine: Pieces
    theirs: Pieces
    chosen: str = ""
    is_body: bool = False
    plain_mine: str = ""
    plain_theirs: str = ""


def rows_of(clashes: Iterable[Clash], *, user: User) -> list[Row]:
    """Clashes in words, for somebody who may see the story."""
    return [
        Row(
            key=clash.key,
            label=label(clash.names),
            base=(base := _said(clash, clash.base, user) if clash.base is not None else ""),
            mine=word_differences(base, mine := _said(clash, clash.mine, user)),
            theirs=word_differences(base, theirs := _said(clash, clash.theirs, user)),
            chosen=clash.chosen,
            is_body=clash.is_body,
            plain_mine=mine,
            plain_theirs=theirs,
        )
        for clash in clashes
    ]


def label(names: tuple[str, ...]) -> str:
    between = pgettext("between names", ", ")
    said = between.join(str(_label(name)) for name in names)
    return said[:1].upper() + said[1:]


def _label(name: str) -> Any:
    if name == "bylines":
        return _("byline")
    if name == "tag_ids":
        name = "tags"
    return Article._meta.get_field(name.removesuffix("_id")).verbose_name  # type: ignore[union-attr]


def _said(clash: Clash, side: Any, user: User) -> str:
    if clash.is_body:
        return readable(side)
    parts = [_value(name, value, user) for name, value in side.items()]
    return "\n".join(part for part in parts if part)


def readable(body: str) -> str:
    """A body as plain text, with a word for each picture and embed."""

    def name(figure: re.Match[str]) -> str:
        number = re.search(r'data-media-id="(\d+)"', figure[1])
        text = _("[Picture %(number)s]") % {"number": number[1]} if number else _("[Embed]")
        return f"<p>{text}</p>{figure[0]}"

    return html.text(FIGURE.sub(name, body)).strip()


def _value(name: str, value: Any, user: User) -> str:
    if value in (None, "", []):
        return ""
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    between = pgettext("between names", ", ")
    if name == "bylines":
        return between.join(_credits(value))
    if name == "tag_ids":
        return between.join(Tag.objects.filter(pk__in=value).order_by("name").values_list("name", flat=True))
    if name == "kind":
        return str(dict(Article.Kind.choices).get(value, value))
    if name == "language":
        return str(dict(settings.LANGUAGES).get(value, value))
    rows: dict[str, Any] = {
        "section_id": Section.objects,
        "hero_id": MediaAsset.objects,
        "series_id": Series.objects,
        # The headline of a story that somebody may not open is not told.
        "translation_of_id": Article.objects.visible_to(user),
    }
    if name not in rows:
        return str(value)
    row = rows[name].filter(pk=value).first()
    return str(row) if row else _("number %(number)s") % {"number": value}


def _credits(credits: list[Credit]) -> list[str]:
    names = {author.pk: author.display_name for author in Author.objects.filter(pk__in=[c.author_id for c in credits])}
    said = [(names.get(credit.author_id, f"{credit.author_id}"), credit.role) for credit in credits]
    return [f"{name} ({role})" if role else name for name, role in said]


def changes(old: Content, new: Content, base: Content | None, *, user: User) -> list[Row]:
    """What a text says otherwise than another, leaving out what it never touched since `base`."""
    found = []
    for name in Content.__dataclass_fields__:
        was, now = getattr(old, name), getattr(new, name)
        if was == now or (base and now == getattr(base, name)) or (name == "slug" and not now):
            continue
        new_side, old_side = (now, was) if name == "body" else ({name: now}, {name: was})
        found.append(Clash(name, (name,), new_side, old_side, old_side, chosen=""))
    return rows_of(found, user=user)
