"""A report as a table for spreadsheets: a row for each day of each line and post."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from . import spreadsheet
from .report_rows import Day, Report, State

STATES = {State.SEALED: "sealed", State.PROVISIONAL: "provisional", State.UNCOUNTED: "not counted"}


def lines(report: Report, *, with_gross: bool = False) -> Iterator[str]:
    """The lines of the file. The words of the last column are the same in every language, for programs. Days without
    figures have empty cells."""
    heads = [_("Day"), _("Line"), _("Position"), _("Shown"), _("Viewable"), _("Clicks")]
    if with_gross:
        heads += [_("Shown, gross"), _("Viewable, gross"), _("Clicks, gross")]
    heads += [_("Page views"), _("Reads"), _("Clicks on links"), _("State")]
    return spreadsheet.lines(heads, _rows(report, with_gross=with_gross))


def _rows(report: Report, *, with_gross: bool) -> Iterator[list[Any]]:
    for line in report.lines:
        for day in line.days:
            cells: list[Any] = [day.figures.renders, day.figures.views, day.figures.clicks]
            if with_gross:
                cells += [day.gross_renders, day.gross_views, day.gross_clicks]
            named = [day.day.isoformat(), line.booking.pk, str(line.booking.position)]
            yield [*named, *_known(day, cells), None, None, None, STATES[day.state]]
    for post in report.posts:
        for day in post.days:
            named = [day.day.isoformat(), None, post.label]
            cells = [day.page_views, day.reads, day.figures.clicks]
            nothing = [None] * (6 if with_gross else 3)
            yield [*named, *nothing, *_known(day, cells), STATES[day.state]]


def _known(day: Day, cells: list[Any]) -> list[Any]:
    return cells if day.is_counted else [None] * len(cells)
