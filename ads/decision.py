"""The answer for one page view: which artwork stands in which position. Reads the plan, never the database.

One draw for each position: first the lines that bought a share, each as wide as its part; of the rest, lines by number
at their pace; then the newsroom's own artwork. Where there is none, shares have what is left in proportion, so that no
view goes to waste.

Draws are not purely at random: each position goes round a circle by steps of the golden ratio, which come near every
part of it early and evenly (a Kronecker sequence), so that a share of a quarter is one after four views and not only
after four thousand. Pages on which other lines may stand have a circle of their own: readers mix pages at random, and
what is left of a sequence after that is no longer even.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.utils import timezone

from . import plan, tokens
from .ledger import WHOLE
from .page_key import Page
from .slots import Art, Line, Slot
from .targeting import ANYWHERE

# Without script a picture and its link are asked for one after the other, so what runs changes seldom.
TURN = timedelta(minutes=10)
GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True)
class View:
    """One page, shown once. Whom nobody counts (`is_counted`: robots, people of ours) sees what readers see, and takes
    nothing from them: not of an allowance, and no step of a circle."""

    at: datetime
    page: Page = field(default_factory=Page)
    device: int = 0
    is_counted: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """What stands in one position for one page view; nothing, where nobody has it."""

    slot: Slot
    line: Line | None
    art: Art | None

    def token(self, decision: bytes, view: View, *, visitor: int, flags: int) -> tokens.Token:
        return tokens.Token(
            decision=decision,
            position=self.slot.number,
            line=self.line.booking if self.line else 0,
            creative=self.art.number if self.art else 0,
            section=view.page.section,
            article=view.page.article,
            visitor=visitor,
            flags=flags | (tokens.HOUSE if self.art and self.art.is_house else 0),
            language=view.page.language,
            device=view.device,
        )


# By position and the lines that may stand there: where the circle begins, and how many steps were made. Circles that
# nobody goes round any more are forgotten with all the others, now and then.
_circles: dict[Hashable, tuple[float, Iterator[int]]] = {}
MOST_CIRCLES = 5_000
# Kinds of pages that a plan remembers what may stand on.
MOST_KINDS = 20_000


def _next(circle: Hashable) -> float:
    found = _circles.get(circle)
    if found is None:
        if len(_circles) >= MOST_CIRCLES:
            _circles.clear()
        start = random.random()  # noqa: S311  (nobody wins anything by guessing it)
        found = _circles.setdefault(circle, (start, itertools.count()))
    start, steps = found
    return (start + next(steps) * GOLDEN) % 1


def decide(codes: Iterable[str], view: View, *, draw: Callable[[Hashable], float] = _next) -> list[Choice]:
    """For every position that is on sale, what stands there: one draw each. Unknown positions are passed over, and so
    are all beside a story that has no advertising. A line belongs to one position, so none comes twice."""
    now = plan.current(view.at)
    if is_quiet(now, view.page):
        return []
    local = timezone.localtime(view.at)
    moment = local.toordinal() * 24 + local.hour
    is_stale = now.is_stale(view.at)

    def spend(line: Line) -> bool:
        return now.spend(line, view.at) if view.is_counted else now.has_left(line)

    choices = []
    for code in dict.fromkeys(codes):
        slot = now.slots.get(code)
        if slot is None:
            continue
        page = view.page
        kind = (code, moment, page.section, page.language, page.word_lists, view.device, is_stale)
        found = now.eligible.get(kind)
        if found is None:
            if len(now.eligible) >= MOST_KINDS:
                now.eligible.clear()
            found = now.eligible[kind] = _eligible(slot, view, local, is_stale=is_stale)
        circle = found.circle if view.is_counted else ("uncounted", *found.circle)
        line, art = pick(found.lines, found.house, draw(circle), spend=spend)
        choices.append(Choice(slot=slot, line=line, art=art))
    return choices


def _eligible(slot: Slot, view: View, local: datetime, *, is_stale: bool) -> plan.Eligible:
    """What may stand in a position: the same for all pages of a kind in an hour, for flights begin and end at
    midnight."""
    lines = tuple(
        line
        for line in slot.lines
        if line.runs(view.at)
        and (
            line.where is ANYWHERE
            or line.where.allows(view.page, view.device, weekday=local.weekday(), hour=local.hour)
        )
        and (line.share or not is_stale)
    )
    house = tuple(art for art in slot.house if art.language in (0, view.page.language))
    return plan.Eligible((slot.code, *(line.booking for line in lines)), lines, house)


def is_quiet(now: plan.Plan, page: Page) -> bool:
    """Whether nothing is advertised beside a page's story."""
    return page.article in now.quiet or not now.forbidding.isdisjoint(page.word_lists)


def pick(
    lines: Sequence[Line],
    house: Sequence[Art],
    mark: float,
    *,
    spend: Callable[[Line], bool] = lambda line: True,
) -> tuple[Line | None, Art | None]:
    """What stands at a mark (0 to 1) of all views. A line by number is passed over when `spend` refuses it."""
    taken = 0.0
    for line in lines:
        if line.share:
            width = line.share / WHOLE
            if mark < taken + width:
                return line, _among(line.art, (mark - taken) / width)
            taken += width
    rest, begin = max(0.0, 1 - taken), taken
    left = mark  # of the part in which the mark lies, when nobody has it: from 0 to 1
    for line in lines:
        if line.share or not line.pace:
            continue
        width = min(rest * line.pace, 1 - begin)
        if width > 0 and begin <= mark < begin + width:
            left = (mark - begin) / width
            if spend(line):
                return line, _among(line.art, left)
            break
        begin += width
    else:
        left = (mark - begin) / (1 - begin) if begin < 1 else mark
    if house:
        return None, _among(house, left)
    shares = [line for line in lines if line.share]
    return pick(shares, (), left * taken) if shares else (None, None)


def _among(art: Sequence[Art], mark: float) -> Art:
    """By weight, at a mark from 0 to 1."""
    if len(art) > 1:
        mark *= sum(one.weight for one in art)
        for one in art:
            mark -= one.weight
            if mark < 0:
                return one
    return art[-1]


def in_turn(code: str, *, at: datetime, page: Page | None = None) -> Art | None:
    """For readers without script: what runs in a position of a page these ten minutes. In time, each has its part. Not
    among them are lines with limits: nobody knows on what device a picture is asked for."""
    page = page or Page()
    now = plan.current(at)
    slot = now.slots.get(code)
    if slot is None or is_quiet(now, page):
        return None
    may_goals = not now.is_stale(at)
    lines = [line for line in slot.lines if line.runs(at) and line.where is ANYWHERE and (line.share or may_goals)]
    turn = int(at.timestamp() // TURN.total_seconds())
    _line, art = pick(lines, [art for art in slot.house if art.language in (0, page.language)], turn * GOLDEN % 1)
    return art


def boxes(page: Page, *, at: datetime) -> dict[str, list[Slot]]:
    """The positions that have a box on a page, by place: those on sale there that something can fill now, with that."""
    now = plan.current(at)
    by_place: dict[str, list[Slot]] = {}
    if is_quiet(now, page):
        return by_place
    for slot in now.slots.values():
        if not (page.is_home or slot.pages == "every"):
            continue
        lines = tuple(line for line in slot.lines if line.runs(at) and line.where.allows_page(page))
        house = tuple(art for art in slot.house if art.language in (0, page.language))
        if lines or house:
            by_place.setdefault(slot.place, []).append(replace(slot, lines=lines, house=house))
    return by_place
