"""From all that was told to what counts: gross, less each reason, corrected, net."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import totals
from .models.event import Kind, Reason
from .totals import Figures


class Measure(Enum):
    """What is told of some days: name in addresses, words, kind of event, and whether it is the page's (True), a
    position's (False) or either's (None)."""

    PAGES = "pages", _("Page views"), Kind.SERVED, True
    ASKED = "asked", _("Opportunities"), Kind.SERVED, False
    RENDERS = "renders", _("Shown"), Kind.RENDER, None
    VIEWS = "views", _("Viewable"), Kind.VIEW, None
    CLICKS = "clicks", _("Clicks"), Kind.CLICK, None
    READS = "reads", _("Reads"), Kind.READ, None

    def __init__(self, code: str, label: Any, kind: Kind, of_page: bool | None) -> None:
        self.code, self.label, self.kind, self.of_page = code, label, kind, of_page

    def holds(self, position: int) -> bool:
        return self.of_page is None or self.of_page == (position == 0)


@dataclass(frozen=True, slots=True)
class Step:
    """One row: how many of each measure. `reason` is None for gross, corrected and net."""

    label: str
    numbers: list[int]
    reason: Reason | None = None
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of one measure, drawn: from `start`, `length` long, of a hundred."""

    label: str
    number: int
    start: str
    length: str
    is_sum: bool


@dataclass(frozen=True, slots=True)
class Waterfall:
    measures: list[Measure]
    steps: list[Step]
    is_sealed: bool

    @property
    def is_empty(self) -> bool:
        return not any(number for step in self.steps for number in step.numbers)

    @property
    def rows(self) -> list[tuple[Step, list[tuple[Measure, int]]]]:
        """Each step with its numbers, and whose they are."""
        return [(step, list(zip(self.measures, step.numbers, strict=True))) for step in self.steps]

    def bars(self, measure: Measure) -> Iterator[Bar]:
        """Each reason begins where the one before left off."""
        place = self.measures.index(measure)
        most = max((abs(step.numbers[place]) for step in self.steps if step.is_sum), default=0) or 1
        left = 0
        for step in self.steps:
            number = step.numbers[place]
            if not number and not step.is_sum:
                continue
            if step.is_sum:
                start, end, left = 0, number, number
            else:
                start, end = sorted([left, left + number])
                left += number
            yield Bar(step.label, number, _share(start, most), _share(end - start, most), step.is_sum)


def _share(number: int, most: int) -> str:
    """Of a hundred, as SVG writes it, whatever the language."""
    return f"{max(0, min(100, number * 100 / most)):.2f}"


def of(first_day: date, last_day: date, *, position: int = 0, line: int = 0) -> Waterfall:
    """Of all, or of a position or a line: then without what only pages have."""
    where = {name: number for name, number in (("position", position), ("line", line)) if number}
    found = totals.figures("position", first_day=first_day, last_day=last_day, **where)
    measures = [one for one in Measure if not (where and (one.of_page or one is Measure.READS))]
    by_measure = {one: Figures() for one in measures}
    for (place,), figures in found.items():
        for measure, sum_of in by_measure.items():
            if measure.holds(place):
                sum_of.take(figures)

    def row(tell: Any) -> list[int]:
        return [tell(by_measure[one], one.kind) for one in measures]

    corrected = row(lambda figures, kind: figures.corrected.get(kind, 0))
    refused = [
        Step(str(reason.label), row(lambda figures, kind, r=reason: -figures.refused.get((kind, r), 0)), reason)
        for reason in Reason
        if reason != Reason.VALID
    ]
    steps = [
        Step(gettext("All that was told (gross)"), row(lambda figures, kind: figures.gross[kind]), is_sum=True),
        *(step for step in refused if any(step.numbers)),
        *([Step(gettext("Corrected"), corrected)] if any(corrected) else []),
        Step(gettext("What counts (net)"), row(lambda figures, kind: figures.net[kind]), is_sum=True),
    ]
    sealed = totals.sealed_until()
    return Waterfall(measures, steps, sealed is not None and last_day <= sealed)
