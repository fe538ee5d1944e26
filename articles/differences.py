"""What differs between two texts: fields by value, bodies by block and, within a changed block, by word.

Pure functions over clean HTML and `Content`: no query, nothing drawn. Words are matched at those that both texts have
once (Bram Cohen's "patience" order), then exactly in what is left between; work is bounded, so a hostile text costs
precision and never time.
"""

from __future__ import annotations

import html as entities
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any, Literal, TypeVar

from . import html
from .content import Content
from .figures import media_ids

T = TypeVar("T", bound=Hashable)

# Up to so many pairs the rest between two anchors is matched exactly; beyond it is taken as replaced.
EXACT_PAIRS = 2_500
# And so many pairs for one comparison in all.
BUDGET = 60_000
# How alike two blocks are, from 0 to 1, to be one block that was changed.
ALIKE, VERY_ALIKE = 0.35, 0.6
# Among how many of the blocks that follow the old one is looked for.
WINDOW = 10

WORD = re.compile(r"[\w\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670'’-]+|[^\w\s]")
SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Token:
    """A word or a sign with the formatting it carries, or the begin of a paragraph, cell or list item inside a block.
    `space`: whether a space stands before it, which is no difference."""

    text: str
    marks: tuple[str, ...] = ()
    space: str = ""

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        return self.text, self.marks


@dataclass(frozen=True)
class Piece:
    """Words that stayed, went or came, and carry the same formatting. `marks` are opening tags without brackets."""

    what: Literal["same", "gone", "new"]
    text: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """A paragraph, heading, list, table, picture or embed of a body, with its clean HTML."""

    kind: str
    html: str

    @property
    def text(self) -> str:
        return html.text(self.html)

    @property
    def media_id(self) -> int | None:
        return next(iter(media_ids(self.html)), None) if self.kind == "picture" else None

    @property
    def address(self) -> str:
        """Where an embed comes from."""
        found = re.search(r'data-embed="([^"]*)"', self.html) if self.kind == "embed" else None
        return entities.unescape(found[1]) if found else ""


@dataclass(frozen=True)
class BlockChange:
    """One block of either body. "moved" has both, alike; "changed" has both and the words between them."""

    what: Literal["same", "gone", "new", "changed", "moved", "moved-away"]
    old: Block | None = None
    new: Block | None = None
    pieces: tuple[Piece, ...] = ()

    @property
    def block(self) -> Block:
        found = self.new or self.old
        assert found is not None  # noqa: S101  (one of them is always there)
        return found

    @property
    def is_formatting_only(self) -> bool:
        """Whether not a word of it is another: its kind, its direction or spaces changed."""
        return self.what == "changed" and all(piece.what == "same" for piece in self.pieces)


@dataclass(frozen=True)
class FieldChange:
    """A field of `Content` whose value is another; of lists (`tag_ids`) also what came and what went."""

    name: str
    old: Any
    new: Any

    @property
    def added(self) -> list[Any]:
        return [value for value in self.new if value not in self.old]

    @property
    def removed(self) -> list[Any]:
        return [value for value in self.old if value not in self.new]


def of_fields(old: Content, new: Content) -> list[FieldChange]:
    """The fields other than the body that differ, in the order of `Content`."""
    pairs = [(f.name, getattr(old, f.name), getattr(new, f.name)) for f in fields(Content) if f.name != "body"]
    return [FieldChange(name, before, after) for name, before, after in pairs if before != after]


def of_body(old: str, new: str) -> list[BlockChange]:
    """Two clean bodies side by side, every block of either once, in reading order. All "same" when they are equal."""
    budget = [BUDGET]
    before, after = blocks(old), blocks(new)
    changes: list[BlockChange] = []
    i = j = 0
    for a, b in [*_matches(before, after, budget), (len(before), len(after))]:
        changes += _between(before[i:a], after[j:b], budget)
        if a < len(before):
            changes.append(BlockChange("same", before[a], after[b]))
        i, j = a + 1, b + 1
    return _with_moves(changes)


def of_text(old: str, new: str) -> list[Piece]:
    """Two plain texts, by word."""
    return list(_pieces(_words(old), _words(new), [BUDGET]))


def blocks(body: str) -> list[Block]:
    """The outermost blocks of a clean body. Words that stand in none are a paragraph."""
    found: list[Block] = []
    depth = start = 0

    def loose(end: int) -> None:
        if body[start:end].strip():
            found.append(Block("p", body[start:end].strip()))

    for tag in html.TAG.finditer(body):
        closes, name, attributes = tag.groups()
        if depth == 0 and (name in html.INLINE or name == "br"):
            continue  # belongs to loose words
        if name == "hr" and depth == 0:
            loose(tag.start())
            found.append(Block("hr", tag[0]))
            start = tag.end()
        elif name in html.VOID or (depth and name in html.INLINE):
            continue
        elif not closes:
            if depth == 0:
                loose(tag.start())
                start, kind = tag.start(), _kind(name, attributes)
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                found.append(Block(kind, body[start : tag.end()]))
                start = tag.end()
    loose(len(body))
    return found


def _kind(name: str, attributes: str) -> str:
    if name != "figure":
        return name
    return "picture" if "data-media-id" in attributes else "embed"


def tokens(block: str) -> list[Token]:
    """The words of a block's clean HTML, each with its formatting; block tags within it are a line break,
    those that follow on each other one."""
    found: list[Token] = []
    marks: list[str] = []
    end, depth, space = 0, 0, ""

    def read(piece: str, space: str) -> str:
        words = _words(entities.unescape(piece), tuple(marks), space)
        found.extend(words)
        tail = entities.unescape(piece)[-1:].isspace()
        return " " if tail or (space and not words) else ""

    for tag in html.TAG.finditer(block):
        space = read(block[end : tag.start()], space)
        end = tag.end()
        closes, name, attributes = tag.groups()
        if name in html.INLINE:
            if closes:
                marks = marks[:-1]
            else:
                marks.append(name + attributes)
        elif not closes:
            depth += name not in html.VOID
            if depth > 1 or name in html.VOID:
                begun = (found.pop().marks if found and found[-1].text == "\n" else ()) + (name + attributes,)
                found.append(Token("\n", begun))
                space = ""
    read(block[end:], space)
    return found


def _words(text: str, marks: tuple[str, ...] = (), space: str = "") -> list[Token]:
    found = []
    end = 0
    for word in WORD.finditer(text):
        between = " " if word.start() > end or (end == 0 and space) else ""
        found.append(Token(word[0], marks, between))
        end = word.end()
    return found


def _between(old: Sequence[Block], new: Sequence[Block], budget: list[int]) -> Iterator[BlockChange]:
    """What lies between two blocks that stayed: those alike enough are one that was changed."""
    counts_old, counts_new = ([Counter(html.words(block.html)) for block in run] for run in (old, new))
    first = 0
    for place, block in enumerate(new):
        chosen = _likeness(old, block, counts_old, counts_new[place], first, budget)
        if chosen is None:
            yield BlockChange("new", new=block)
            continue
        yield from (BlockChange("gone", old=gone) for gone in old[first:chosen])
        pieces = tuple(_pieces(tokens(old[chosen].html), tokens(block.html), budget))
        yield BlockChange("changed", old[chosen], block, pieces)
        first = chosen + 1
    yield from (BlockChange("gone", old=gone) for gone in old[first:])


def _likeness(old, block, counts, count, first, budget) -> int | None:
    """The place, from `first` on, of the old block that a new one was made of; None for a new one."""
    best, best_ratio = None, ALIKE
    for place in range(first, min(first + WINDOW, len(old))):
        budget[0] -= 20
        if budget[0] < 0:
            return None
        ratio = _ratio(old[place], block, counts[place], count)
        if ratio > best_ratio:
            best, best_ratio = place, ratio
        if ratio >= VERY_ALIKE:
            break
    return best


def _ratio(old: Block, new: Block, words_old: Counter[str], words_new: Counter[str]) -> float:
    figures = {"picture", "embed"}
    if figures & {old.kind, new.kind}:
        is_same_thing = (old.media_id, old.address) == (new.media_id, new.address)
        return 1.0 if old.kind == new.kind and is_same_thing else 0.0
    total = words_old.total() + words_new.total()
    return 2 * (words_old & words_new).total() / total if total else float(old.kind == new.kind)


def _with_moves(changes: list[BlockChange]) -> list[BlockChange]:
    """A block that went here and came there, word for word, has moved."""
    gone: dict[str, list[int]] = {}
    for place, change in enumerate(changes):
        if change.what == "gone" and change.old:
            gone.setdefault(change.old.html, []).append(place)
    for place, change in enumerate(changes):
        if change.what == "new" and change.new and (places := gone.get(change.new.html)):
            origin = places.pop(0)
            changes[place] = BlockChange("moved", changes[origin].old, change.new)
            changes[origin] = BlockChange("moved-away", old=changes[origin].old)
    return changes


def _pieces(old: Sequence[Token], new: Sequence[Token], budget: list[int]) -> Iterator[Piece]:
    """The words of both, in reading order, those of a run together."""
    pairs = _readable(_matches(old, new, budget, key=lambda token: token.key), len(old), len(new))
    run: list[tuple[str, Token]] = []
    i = j = 0
    for a, b in [*pairs, (len(old), len(new))]:
        run += [("gone", token) for token in old[i:a]] + [("new", token) for token in new[j:b]]
        if a < len(old):
            # After words that went, the space may be theirs alone.
            space = new[b].space or (old[a].space if run and run[-1][0] != "same" else "")
            run.append(("same", replace(new[b], space=space)))
        i, j = a + 1, b + 1
    start = 0
    for place in range(1, len(run) + 1):
        if place == len(run) or (run[place][0], run[place][1].marks) != (run[start][0], run[start][1].marks):
            text = "".join(token.space + token.text for _what, token in run[start:place])
            what: Any = run[start][0]
            yield Piece(what, text, run[start][1].marks)
            start = place


def _readable(pairs: list[tuple[int, int]], old: int, new: int) -> list[tuple[int, int]]:
    """Without single words that happen to stand in both of two passages that have nothing else in common."""
    kept = []
    for place, (a, b) in enumerate(pairs):
        before = pairs[place - 1] if place else (-1, -1)
        after = pairs[place + 1] if place + 1 < len(pairs) else (old, new)
        is_alone = before != (a - 1, b - 1) and after != (a + 1, b + 1)
        left = max(a - before[0], b - before[1]) - 1
        right = max(after[0] - a, after[1] - b) - 1
        if not (is_alone and left >= 2 and right >= 2):
            kept.append((a, b))
    return kept


def _matches(
    old: Sequence[T], new: Sequence[T], budget: list[int], key: Callable[[T], Hashable] = lambda item: item
) -> list[tuple[int, int]]:
    """Places of equal items, ascending in both. Takes from `budget` what it costs to be exact."""
    a, b = [key(item) for item in old], [key(item) for item in new]
    found: list[tuple[int, int]] = []
    waiting = [(0, len(a), 0, len(b))]
    while waiting:
        lo_a, hi_a, lo_b, hi_b = waiting.pop()
        while lo_a < hi_a and lo_b < hi_b and a[lo_a] == b[lo_b]:
            found.append((lo_a, lo_b))
            lo_a, lo_b = lo_a + 1, lo_b + 1
        while lo_a < hi_a and lo_b < hi_b and a[hi_a - 1] == b[hi_b - 1]:
            hi_a, hi_b = hi_a - 1, hi_b - 1
            found.append((hi_a, hi_b))
        if lo_a == hi_a or lo_b == hi_b:
            continue
        if anchors := _anchors(a, b, lo_a, hi_a, lo_b, hi_b):
            found += anchors
            edges = [(lo_a - 1, lo_b - 1), *anchors, (hi_a, hi_b)]
            for (x, y), (next_x, next_y) in pairwise(edges):
                if next_x - x > 1 and next_y - y > 1:
                    waiting.append((x + 1, next_x, y + 1, next_y))
            continue
        pairs = (hi_a - lo_a) * (hi_b - lo_b)
        if pairs <= EXACT_PAIRS and pairs <= budget[0]:
            budget[0] -= pairs
            matcher = SequenceMatcher(None, a[lo_a:hi_a], b[lo_b:hi_b], autojunk=False)
            for x, y, size in matcher.get_matching_blocks():
                found += [(lo_a + x + n, lo_b + y + n) for n in range(size)]
    return sorted(found)


def _anchors(a, b, lo_a: int, hi_a: int, lo_b: int, hi_b: int) -> list[tuple[int, int]]:
    """Items that stand once in either stretch: the longest run of them that keeps its order."""
    count_a, count_b = Counter(a[lo_a:hi_a]), Counter(b[lo_b:hi_b])
    where = {b[place]: place for place in range(lo_b, hi_b) if count_b[b[place]] == 1}
    pairs = [(place, where[a[place]]) for place in range(lo_a, hi_a) if count_a[a[place]] == 1 and a[place] in where]
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = [-1] * len(pairs)
    for index, (_place, other) in enumerate(pairs):
        length = bisect_left(tails, other)
        before[index] = ends[length - 1] if length else -1
        if length == len(tails):
            tails.append(other)
            ends.append(index)
        else:
            tails[length], ends[length] = other, index
    chain: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]
