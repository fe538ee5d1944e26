"""Bars of a chart as plain numbers, for a template or a sheet of paper to draw. A day is 10 wide, all 100 high."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from .models.event import Kind
from .report_rows import Day, State

STEP, BAR, HEIGHT = 10, 8, 100


@dataclass(frozen=True, slots=True)
class Bar:
    """From the top left corner of the chart. `style` is sealed, provisional or uncounted."""

    x: int
    y: float
    width: int
    height: float
    style: str


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    bars: Sequence[Bar]
    width: int
    top: int
    words: str


def of_days(days: Sequence[Day], kind: Kind, title: str, *, is_rtl: bool) -> Chart:
    """What a kind of event had on each day, in the order of reading: Arabic begins at the right."""
    numbers = [day.figures.net[kind] for day in days]
    top = max(numbers, default=0)
    bars = []
    for place, (day, number) in enumerate(zip(days, numbers, strict=True)):
        column = len(days) - 1 - place if is_rtl else place
        tall = round(HEIGHT * number / top, 2) if top else 0
        if day.state == State.UNCOUNTED:
            tall = HEIGHT
        if tall:
            bars.append(Bar(column * STEP + 1, round(HEIGHT - tall, 2), BAR, tall, day.state.value))
    return Chart(title, bars, max(len(days), 1) * STEP, top, _words(days, numbers, title))


def _words(days: Sequence[Day], numbers: Sequence[int], title: str) -> str:
    """The chart for who cannot see it; the whole table stands beside it."""
    if not numbers or not max(numbers):
        return _("%(title)s by day: none.") % {"title": title}
    best = days[numbers.index(max(numbers))].day
    return _("%(title)s by day, %(total)s in all, most on %(day)s with %(number)s. The table below has every day.") % {
        "title": title,
        "total": grouped(sum(numbers)),
        "day": date_format(best, "j F Y"),
        "number": grouped(max(numbers)),
    }


def grouped(number: int) -> str:
    """12,345"""
    return number_format(number, use_l10n=True, force_grouping=True)
