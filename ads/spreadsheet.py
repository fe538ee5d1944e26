"""Tables as CSV that any spreadsheet opens as it is meant, without running anything that a stranger wrote."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse

# What begins a formula, in the full-width forms too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Tells spreadsheets that the file is UTF-8.
MARK = "\ufeff"


class _Echo:
    def write(self, line: str) -> str:
        return line


def lines(heads: list[Any], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The lines of a file, one for each row, as they are asked for. Numbers stay numbers, None is an empty cell."""
    writer = csv.writer(_Echo())
    yield MARK + writer.writerow(heads)
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def download(lines: Iterable[str], name: str) -> StreamingHttpResponse:
    """The lines of a file as one to keep, for whoever asked and no cache. `name` is without its ending."""
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def harmless(cell: Any) -> Any:
    """A cell whose text no spreadsheet takes for a formula."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell
