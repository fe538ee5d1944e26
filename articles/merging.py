"""Bringing two texts together that grew out of one: by field, and within the body by block.

A field that one side changed is that side's. What both changed differently is a clash, for a person to decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher
from typing import Any

from . import html
from .content import TIMES, Content

MINE, THEIRS, BOTH = "mine", "theirs", "both"
# Values that make sense together only.
TOGETHER = [("kind", "sponsor_name"), ("series_id", "series_part")]
# A section, a tag and an original belong to a language.
LANGUAGE = ("language", "section_id", "translation_of_id", "tag_ids")
# Comparing takes time by the pairs of equal pieces: few in what people write, the square in what repeats itself.
MOST_PIECES = 5000
MOST_PAIRS = 10_000
MOST_PAIRS_OF_WORDS = 60_000

Choices = Mapping[str, str]


@dataclass(frozen=True)
class Clash:
    """What both sides changed: some fields, or a run of blocks of the body. `key` names it in a form."""

    key: str
    names: tuple[str, ...]
    mine: Any
    theirs: Any
    base: Any
    chosen: str

    @property
    def is_body(self) -> bool:
        return self.names == ("body",)


@dataclass(frozen=True)
class Merge:
    """The text of both, with every clash decided as it was chosen, for mine where nobody chose."""

    content: Content
    clashes: list[Clash]


def merge(base: Content | None, theirs: Content, mine: Content, choices: Choices | None = None) -> Merge:
    """Both texts in one. `base` None: it is not known what they grew out of, so whatever differs clashes.

    `choices` says by the key of a clash what stays: "mine", "theirs", or "both" for blocks of the body.
    """
    choices = choices or {}
    values: dict[str, Any] = {}
    clashes: list[Clash] = []
    for names in _units(base, theirs, mine):
        ours, others = _of(mine, names), _of(theirs, names)
        before = _of(base, names) if base else None
        if names == ("tag_ids",) and base:
            values["tag_ids"] = _tags(base.tag_ids, theirs.tag_ids, mine.tag_ids)
        elif ours == others or before == ours:
            values |= others
        elif before == others:
            values |= ours
        elif names == ("body",):
            values["body"], found = _body(base.body if base else "", theirs.body, mine.body, choices)
            clashes += found
        else:
            chosen = THEIRS if choices.get(names[0]) == THEIRS else MINE
            values |= others if chosen == THEIRS else ours
            clashes.append(Clash(names[0], names, ours, others, before, chosen))
    return Merge(replace(theirs, **values), clashes)


def adds_to(content: Content, base: Content | None, mine: Content) -> bool:
    """Whether a text says anything, beside what it grew out of, that `content` does not."""
    if not mine.slug:
        mine = replace(mine, slug=content.slug)  # made from the headline when it was saved
    merged = merge(base, content, mine)
    return bool(merged.clashes) or merged.content != content


def _units(base: Content | None, theirs: Content, mine: Content) -> list[tuple[str, ...]]:
    """The fields of a content, those that have to be taken together side by side."""
    together: list[tuple[str, ...]] = list(TOGETHER)
    if len({one.language for one in (base, theirs, mine) if one}) > 1:
        together.append(LANGUAGE)
    if base and _expires_too_early(
        *(_changed(getattr(base, name), getattr(theirs, name), getattr(mine, name)) for name in TIMES[:2])
    ):
        together.append(TIMES)
    taken = {name for names in together for name in names}
    single = [(f.name,) for f in fields(Content) if f.name not in taken]
    order = {f.name: place for place, f in enumerate(fields(Content))}
    return sorted([*together, *single], key=lambda names: order[names[0]])


def _expires_too_early(publish_at, expire_at) -> bool:
    return bool(publish_at and expire_at and expire_at <= publish_at)


def _changed(before, theirs, mine):
    return theirs if mine == before else mine


def _of(content: Content, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(content, name) for name in names}


def _tags(base: list[int], theirs: list[int], mine: list[int]) -> list[int]:
    """What either added, without what either took away."""
    gone = (set(base) - set(theirs)) | (set(base) - set(mine))
    return sorted((set(theirs) | set(mine)) - gone)


# The body.


def blocks(body: str) -> list[str]:
    """A clean body as its outermost paragraphs, lists, tables, figures: joined, they are the body again."""
    found: list[str] = []
    depth = start = 0
    for tag in html.TAG.finditer(body):
        if depth == 0 and not tag[1]:
            if body[start : tag.start()].strip():
                found.append(body[start : tag.start()])
                start = tag.start()
            if tag[2] in html.INLINE or tag[2] == "br":
                continue  # loose text, which only an import leaves: it goes with what follows
        if tag[2] in html.INLINE or tag[2] in html.VOID:
            end = depth == 0 and tag[2] == "hr"
        else:
            depth += -1 if tag[1] else 1
            end = depth == 0
        if end:
            found.append(body[start : tag.end()])
            start = tag.end()
    if body[start:]:
        found.append(body[start:])
    return found


def _body(base: str, theirs: str, mine: str, choices: Choices) -> tuple[str, list[Clash]]:
    sides = blocks(base), blocks(theirs), blocks(mine)
    out: list[str] = []
    clashes: list[Clash] = []
    for before, others, ours in _regions(*sides):
        if ours in (others, before):
            out += others
        elif others == before:
            out += ours
        else:
            key = f"body-{len(clashes)}"
            chosen = choices.get(key, MINE)
            out += {THEIRS: others, BOTH: [*others, *ours]}.get(chosen, ours)
            chosen = chosen if chosen in (THEIRS, BOTH) else MINE
            clashes.append(Clash(key, ("body",), "".join(ours), "".join(others), "".join(before), chosen))
    return "".join(out), clashes


Blocks = Sequence[str]


def _regions(base: Blocks, theirs: Blocks, mine: Blocks) -> list[tuple[Blocks, Blocks, Blocks]]:
    """The three texts cut at the blocks that all of them share: runs of the same, and what lies between."""
    in_theirs, in_mine = _places(base, theirs), _places(base, mine)
    found: list[tuple[Blocks, Blocks, Blocks]] = []
    at = [0, 0, 0]
    for place in [*sorted(in_theirs.keys() & in_mine.keys()), len(base)]:
        ends = [place, in_theirs.get(place, len(theirs)), in_mine.get(place, len(mine))]
        between = base[at[0] : ends[0]], theirs[at[1] : ends[1]], mine[at[2] : ends[2]]
        if any(between):
            found += _one_by_one(*between)
        if place < len(base):
            found.append((base[place : place + 1],) * 3)
        at = [end + 1 for end in ends]
    return found


def _one_by_one(base: Blocks, theirs: Blocks, mine: Blocks) -> list[tuple[Blocks, Blocks, Blocks]]:
    """Neighbouring paragraphs of which each has one writer are no clash, where it is sure which is which: as many on
    every side, and every one of them as it was on one side at least."""
    if len(base) == len(theirs) == len(mine):
        rows = list(zip(base, theirs, mine, strict=True))
        if all(before in (others, ours) for before, others, ours in rows):
            return [([before], [others], [ours]) for before, others, ours in rows]
    return [(base, theirs, mine)]


def _places(base: Blocks, other: Blocks) -> dict[int, int]:
    """Where each block of the base stands in another text, of those that stayed."""
    found = _equal_runs(base, other, MOST_PAIRS)
    return {a + n: b + n for a, b, size in found for n in range(size)}


def _equal_runs(a: Sequence[str], b: Sequence[str], most_pairs: int) -> list[tuple[int, int, int]]:
    """Runs that two sequences share, in order: where in the one, where in the other, how long. Beyond what both begin
    and end with, nothing is looked for where that would take too long."""
    short = min(len(a), len(b))
    head = next((n for n in range(short) if a[n] != b[n]), short)
    tail = next((n for n in range(short - head) if a[-1 - n] != b[-1 - n]), short - head)
    inner_a, inner_b = a[head : len(a) - tail], b[head : len(b) - tail]
    counts = Counter(inner_b)
    runs = [(0, 0, head)]
    if max(len(inner_a), len(inner_b)) <= MOST_PIECES and sum(counts[piece] for piece in inner_a) <= most_pairs:
        matches = SequenceMatcher(None, inner_a, inner_b, autojunk=False).get_matching_blocks()
        runs += [(head + match.a, head + match.b, match.size) for match in matches]
    return [run for run in [*runs, (len(a) - tail, len(b) - tail, tail)] if run[2]]


# Showing what differs.

WORDS = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")


def word_differences(old: str, new: str) -> list[tuple[str, str]]:
    """The way from one text to another: pieces that are the "same", went "out" or came "in"."""
    a, b = WORDS.findall(old), WORDS.findall(new)
    found: list[tuple[str, str]] = []
    at_a = at_b = 0
    for start_a, start_b, size in [*_equal_runs(a, b, MOST_PAIRS_OF_WORDS), (len(a), len(b), 0)]:
        pieces = ("out", a[at_a:start_a]), ("in", b[at_b:start_b]), ("same", a[start_a : start_a + size])
        found += [(kind, "".join(words)) for kind, words in pieces if words]
        at_a, at_b = start_a + size, start_b + size
    return found
