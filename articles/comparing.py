"""Differences in words, for people: fields by their labels and the names behind their numbers, bodies drawn with what
went struck out and what came underlined."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from . import differences
from .content import TIMES, Content
from .differences import Block, BlockChange, Piece
from .models import Article, Author, MediaAsset, Section, Series, Tag, User

KINDS = {
    "p": gettext_lazy("Paragraph"),
    "h2": gettext_lazy("Heading 2"),
    "h3": gettext_lazy("Heading 3"),
    "h4": gettext_lazy("Heading 4"),
    "ul": gettext_lazy("List"),
    "ol": gettext_lazy("Numbered list"),
    "blockquote": gettext_lazy("Quotation"),
    "pre": gettext_lazy("Code block"),
    "hr": gettext_lazy("Line between parts"),
    "table": gettext_lazy("Table"),
    "picture": gettext_lazy("Picture"),
    "embed": gettext_lazy("Embed"),
}
WHAT = {
    "same": "",
    "gone": gettext_lazy("Removed"),
    "new": gettext_lazy("Added"),
    "changed": gettext_lazy("Changed"),
    "moved": gettext_lazy("Moved here"),
    "moved-away": gettext_lazy("Moved from here"),
}
FORMATS = {
    "strong": gettext_lazy("bold"),
    "em": gettext_lazy("italic"),
    "s": gettext_lazy("struck out"),
    "sub": gettext_lazy("subscript"),
    "sup": gettext_lazy("superscript"),
    "code": gettext_lazy("code"),
    "cite": gettext_lazy("title of a work"),
}
# Of lists and tables inside a block, what separates their words on the page.
BREAKS = {"li": "\n• ", "tr": "\n", "p": "\n", "br": "\n", "td": "  |  ", "th": "  |  "}
# Fields of plain words, compared by word.
TEXTS = ("headline", "standfirst", "updated_note", "search_title", "search_description")
# So many blocks without changes are shown at either side of one that changed.
AROUND = 1
HREF = re.compile(r'href="([^"]*)"')


@dataclass(frozen=True)
class Line:
    """One field: both values in words, or the words between them."""

    name: str
    label: str
    old: str = ""
    new: str = ""
    words: SafeString | None = None
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Passage:
    """One block of a body as it is shown."""

    what: str
    label: str
    kind: str
    drawn: SafeString
    thumbs: list[tuple[str, str]] = field(default_factory=list)
    saying: str = ""


@dataclass(frozen=True)
class Stretch:
    """Passages that belong together. `title` is set for those without changes, which are folded away."""

    passages: list[Passage]
    title: str = ""


@dataclass(frozen=True)
class Comparison:
    """What a page shows of two contents."""

    fields: list[Line]
    body: list[Stretch]

    @property
    def is_empty(self) -> bool:
        return not (self.fields or self.body)


def compare(old: Content, new: Content, *, by: User | None = None) -> Comparison:
    """Two contents for somebody to read; stories that this person may not open are named by number. Costs a query for
    each kind of thing that is named: at most seven."""
    changes = differences.of_fields(old, new)
    names = _names([value for change in changes for value in _named(change.name, change.old, change.new)], by)
    lines = [_line(change, names) for change in changes]
    if old.body == new.body:
        return Comparison(lines, [])
    blocks = differences.of_body(old.body, new.body)
    assets = _assets(block for change in blocks if change.what != "same" for block in (change.old, change.new))
    return Comparison(lines, list(_stretches(blocks, assets)))


def reading(content: Content, *, by: User | None = None) -> Comparison:
    """One content for somebody to read: the fields that say something, and the whole body."""
    changes = [
        change
        for change in differences.of_fields(Content(headline="", language="", kind=""), content)
        if change.new or change.new == 0
    ]
    names = _names([value for change in changes for value in _named(change.name, change.old, change.new)], by)
    lines = [replace(_line(change, names), words=None, new=_said(change.name, change.new, names)) for change in changes]
    blocks = [BlockChange("same", block, block) for block in differences.blocks(content.body)]
    assets = _assets(change.new for change in blocks)
    return Comparison(lines, [Stretch([_passage(change, assets) for change in blocks])] if blocks else [])


def label_of(name: str) -> str:
    """What the form calls a field of `Content`."""
    if name == "tag_ids":
        return str(Article._meta.get_field("tags").verbose_name)
    if name == "bylines":
        return _("Byline")
    return str(Article._meta.get_field(name.removesuffix("_id")).verbose_name)  # type: ignore[union-attr]


# Fields


def _named(name: str, *values: Any) -> Iterable[tuple[type, Any]]:
    """The rows whose names the values of a field need."""
    models = {"section_id": Section, "hero_id": MediaAsset, "series_id": Series, "translation_of_id": Article}
    for value in values:
        if name == "tag_ids":
            yield from ((Tag, pk) for pk in value)
        elif name == "bylines":
            yield from ((Author, credit.author_id) for credit in value)
        elif name in models and value:
            yield models[name], value


def _names(wanted: Iterable[tuple[type, Any]], by: User | None) -> dict[tuple[type, Any], str]:
    found: dict[tuple[type, Any], str] = {}
    by_model: dict[type, set[Any]] = {}
    for model, pk in wanted:
        by_model.setdefault(model, set()).add(pk)
    for model, numbers in by_model.items():
        rows = model._default_manager.filter(pk__in=numbers)  # type: ignore[attr-defined]
        if model is Article and by is not None:
            rows = rows.visible_to(by)
        for row in rows:
            found[model, row.pk] = row.display_name if model is Author else str(row)
    return found


def _line(change: differences.FieldChange, names: dict) -> Line:
    label = label_of(change.name)
    label = label[:1].upper() + label[1:]
    if change.name in TEXTS:
        return Line(change.name, label, words=_drawn(differences.of_text(change.old, change.new)))
    if change.name == "tag_ids":
        added, removed = ([_name(names, Tag, pk) for pk in group] for group in (change.added, change.removed))
        return Line(change.name, label, added=added, removed=removed)
    old, new = (_said(change.name, value, names) for value in (change.old, change.new))
    return Line(change.name, label, old=old, new=new)


def _said(name: str, value: Any, names: dict) -> str:
    """A value in words."""
    if value in (None, "", []):
        return _("nothing")
    if name in TIMES:
        return _time(value)
    if name == "language":
        return str(dict(settings.LANGUAGES).get(value, value))
    if name == "kind":
        return str(dict(Article.Kind.choices).get(value, value))
    if name == "bylines":
        said = (_credit(credit, names) for credit in value)
        return pgettext("between names", ", ").join(said)
    if name == "tag_ids":
        return pgettext("between names", ", ").join(_name(names, Tag, pk) for pk in value)
    if row := next(iter(_named(name, value)), None):
        return _name(names, *row)
    return str(value)


def _credit(credit, names: dict) -> str:
    name = _name(names, Author, credit.author_id)
    return f"{name} ({credit.role})" if credit.role else name


def _name(names: dict, model: type, pk: Any) -> str:
    return names.get((model, pk)) or _("number %(number)s") % {"number": pk}


def _time(value: datetime) -> str:
    when = date_format(timezone.localtime(value), "DATETIME_FORMAT")
    return f"{when} ({timezone.get_current_timezone_name()})"


# Bodies


def _assets(blocks: Iterable[Block | None]) -> dict[int, MediaAsset]:
    wanted = {block.media_id for block in blocks if block and block.media_id}
    return MediaAsset.objects.in_bulk(wanted) if wanted else {}


def _stretches(changes: Sequence[BlockChange], assets: dict[int, MediaAsset]) -> Iterable[Stretch]:
    near = {
        place + step
        for place, change in enumerate(changes)
        if change.what != "same"
        for step in range(-AROUND, AROUND + 1)
    }
    for is_near, run in groupby(enumerate(changes), key=lambda pair: pair[0] in near):
        passages = [_passage(change, assets) for _place, change in run]
        count = len(passages)
        title = ngettext("%(count)d block without changes", "%(count)d blocks without changes", count)
        yield Stretch(passages, "" if is_near else title % {"count": count})


def _passage(change: BlockChange, assets: dict[int, MediaAsset]) -> Passage:
    block = change.block
    kind = str(KINDS.get(block.kind, KINDS["p"]))
    if change.what == "changed" and change.old and change.old.kind != block.kind:
        kind = _("%(old)s, now %(new)s") % {"old": KINDS.get(change.old.kind, KINDS["p"]), "new": kind}
    elif change.what == "same" and block.kind == "p":
        kind = ""  # as nearly every block is
    saying = ""
    if change.is_formatting_only and change.old and change.old.kind == block.kind:
        saying = _("Its words are the same; its formatting or spaces changed.")
    # What moved reads as it is: nothing of it came or went.
    whole = {"gone": "gone", "new": "new"}.get(change.what, "same")
    pieces = change.pieces or [Piece(whole, p.text, p.marks) for p in _whole(block)]  # type: ignore[arg-type]
    drawn = _drawn(pieces)
    if block.kind == "embed":
        drawn = format_html('<bdi dir="ltr">{}</bdi> {}', block.address, drawn)
    asset = assets.get(block.media_id or 0)
    thumbs = [(asset.url("full", 320), str(asset))] if asset else []
    if block.media_id and not asset and change.what != "same":
        saying = _("This picture is gone from the library.")
    return Passage(change.what, str(WHAT[change.what]), kind, drawn, thumbs, saying)


def _whole(block: Block) -> list[Piece]:
    tokens = differences.tokens(block.html)
    runs = groupby(tokens, key=lambda token: token.marks)
    return [Piece("same", "".join(token.space + token.text for token in run), marks) for marks, run in runs]


def _drawn(pieces: Iterable[Piece]) -> SafeString:
    """Words with `del` and `ins` round what went and came. Links and formatting that changed are said in words."""
    pieces = list(pieces)
    both = {p.text.strip() for p in pieces if p.what == "gone"} & {p.text.strip() for p in pieces if p.what == "new"}
    is_mixed = len({piece.what for piece in pieces}) > 1
    parts: list[SafeString] = []
    for what, run in groupby(pieces, key=lambda piece: piece.what):
        inner = [_formatted(piece, says_all=piece.text.strip() in both, signs_breaks=is_mixed) for piece in run]
        if not parts and inner:
            inner[0] = mark_safe(inner[0].lstrip())
        drawn = mark_safe("".join(inner))
        parts.append(drawn if what == "same" else _marked(what, drawn))
    return mark_safe("".join(parts))


def _marked(what: str, inner: SafeString) -> SafeString:
    """In words as well, for people who do not see it. The space before stays outside."""
    if what == "gone":
        tag, before, after = "del", _("removed:"), _("end of what was removed")
    else:
        tag, before, after = "ins", _("added:"), _("end of what was added")
    space = " " if inner.startswith(" ") else ""
    return format_html(
        '{space}<{tag}><span class="visually-hidden"> {before} </span>{inner}'
        '<span class="visually-hidden"> ({after}) </span></{tag}>',
        space=space,
        tag=mark_safe(tag),
        before=before,
        inner=mark_safe(inner.removeprefix(" ")),
        after=after,
    )


def _formatted(piece: Piece, *, says_all: bool, signs_breaks: bool) -> SafeString:
    tags = [mark.split(" ", 1)[0] for mark in piece.marks]
    if piece.text.strip(" ") and not piece.text.strip("\n "):
        between = next((BREAKS[tag] for tag in BREAKS if tag in tags), "\n")
        sign = "¶" if signs_breaks and piece.what != "same" and "\n" in between else ""
        return format_html("{}{}", sign, between * piece.text.count("\n"))
    space, words = (" ", piece.text[1:]) if piece.text.startswith(" ") else ("", piece.text)
    inner: SafeString = format_html("{}", words)
    for tag in reversed(tags):
        if tag in FORMATS:
            inner = format_html("<{0}>{1}</{0}>", mark_safe(tag), inner)
        elif tag == "a":
            inner = format_html('<span class="diff-link">{}</span>', inner)
    said: list[str] = []
    if piece.what != "same":
        said = [entities.unescape(found[1]) for mark in piece.marks if (found := HREF.search(mark))]
        if says_all:
            said = [*(str(FORMATS[tag]) for tag in tags if tag in FORMATS), *said]
            said = said or ([_("plain")] if piece.what == "new" else [])
    aside = format_html(' <span class="diff-said">[<bdi>{}</bdi>]</span>', ", ".join(said)) if said else ""
    return format_html("{}{}{}", space, inner, aside)
