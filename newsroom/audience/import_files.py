"""Files of addresses as people have them: from a spreadsheet in any country, or from another newsletter service.

A file is decoded, its columns are found by their names, and every row is written anew as UTF-8 with commas: what reads
it later knows one form only. Rows are read one after another, so a large file needs no more memory than a small one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import IO

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from . import suppressing
from .letter import BadAddress, ascii_address

MOST_BYTES = 24 * 1024 * 1024
MOST_ROWS = 200_000
LONGEST_LINE = 8000
COLUMNS = ("row", "email", "name", "language", "newsletters", "consented_at", "proof")
# What other programs and people call our columns, in lower case without spaces and signs.
ALSO = {
    "email": ("email", "emailaddress", "mail", "address", "subscriber", "البريدالإلكتروني", "البريد", "الإيميل"),
    "name": ("name", "fullname", "firstname", "الاسم", "الاسمالكامل"),
    "language": ("language", "lang", "locale", "اللغة"),
    "newsletters": ("newsletters", "newsletter", "lists", "list", "النشرات", "النشرة"),
    "consented_at": ("consentedat", "consentdate", "optintime", "confirmtime", "confirmedat", "تاريخالموافقة"),
    "proof": ("proof", "proofofconsent", "consent", "source", "إثباتالموافقة", "إثبات"),
}
SIGNS = re.compile(r"[\W_]+")


class NotRead(Exception):
    """Raised for a file that is no table of addresses; its text is a sentence for the person who brought it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it is in the file; `number` counts from the heads, which are row 1."""

    number: int
    email: str
    name: str
    language: str
    newsletters: str
    consented_at: str
    proof: str

    def address(self) -> str | None:
        """The address, None where it is none."""
        email = suppressing.normalised(self.email)
        try:
            validate_email(email)
            ascii_address(email)
        except (ValidationError, BadAddress):
            return None
        return email if len(email) <= 254 else None

    def moment(self, *, at: datetime) -> datetime | None:
        """When they agreed. None where that is no time, or one that is still to come."""
        text = self.consented_at.strip()
        try:
            moment = parse_datetime(text)
            day = parse_date(text) if moment is None else None
        except ValueError:
            return None
        if moment is None and day is not None:
            moment = datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())
        if moment is None:
            return None
        if timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        return moment if datetime(1990, 1, 1, tzinfo=UTC) < moment <= at else None


def encoding_of(file: IO[bytes]) -> str:
    """How the text is written: what its first bytes say, UTF-8 if all of it is that, else what spreadsheets of Windows
    write in Arabic, which has the accents of French too."""
    file.seek(0)
    begin = file.read(4)
    if begin.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    file.seek(0)
    try:
        for _piece in io.TextIOWrapper(io.BufferedReader(_Unclosed(file)), encoding="utf-8-sig"):
            pass
    except UnicodeDecodeError:
        return "cp1256"
    return "utf-8-sig"


def read(file: IO[bytes]) -> tuple[str, Iterator[Row]]:
    """The encoding and the rows, one after another. Raises NotRead, at once or at the row where it ends."""
    encoding = encoding_of(file)
    file.seek(0)
    lines = _lines(io.TextIOWrapper(io.BufferedReader(_Unclosed(file)), encoding=encoding, newline=""))
    first = next(lines, "")
    rows = csv.reader(_chain(first, lines), delimiter=_delimiter(first), strict=False)
    try:
        heads = next(rows, [])
    except (csv.Error, UnicodeError):
        raise NotRead(_("This file is not a table. Save it as CSV and bring it again.")) from None
    places = _places(heads)
    if "email" not in places:
        raise NotRead(_("No column is called “email”. Give the columns names in the first row and bring it again."))
    return encoding, _rows(rows, places)


def written_anew(rows: Iterable[Row]) -> Iterator[str]:
    """Our own form of the rows, line by line."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([getattr(row, name) for name in COLUMNS if name != "row"] + [row.number])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def read_again(file: IO[bytes], *, skip: int = 0) -> Iterator[Row]:
    """The rows that `written_anew` wrote, without the first so many."""
    lines = io.TextIOWrapper(io.BufferedReader(_Unclosed(file)), encoding="utf-8", newline="")
    for cells in islice(csv.reader(lines), skip, None):
        yield Row(int(cells[-1]), *cells[:-1])


def _rows(rows: Iterator[list[str]], places: dict[str, int]) -> Iterator[Row]:
    try:
        for number, cells in enumerate(rows, 2):
            if number > MOST_ROWS + 1:
                raise NotRead(_("This file has more than %(most)d rows. Split it.") % {"most": MOST_ROWS})
            if not any(cell.strip() for cell in cells):
                continue
            said = {name: _cell(cells, places.get(name)) for name in COLUMNS if name != "row"}
            yield Row(number, **said)
    except (csv.Error, UnicodeError):
        raise NotRead(_("This file is not a table. Save it as CSV and bring it again.")) from None


def _cell(cells: list[str], place: int | None) -> str:
    text = cells[place] if place is not None and place < len(cells) else ""
    return " ".join(text.replace("\0", "").split())[:500]


def _places(heads: list[str]) -> dict[str, int]:
    names = [SIGNS.sub("", head.lower()) for head in heads]
    found = {}
    for column, others in ALSO.items():
        place = next((names.index(name) for name in others if name in names), None)
        if place is not None:
            found[column] = place
    return found


def _delimiter(line: str) -> str:
    """What stands between the heads most often: spreadsheets write semicolons where a comma is the decimal sign."""
    return max(",;\t", key=line.count)


def _lines(text: Iterable[str]) -> Iterator[str]:
    for line in text:
        if len(line) > LONGEST_LINE:
            raise NotRead(_("A row of this file is too long to be one."))
        yield line


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


class _Unclosed(io.RawIOBase):
    """A file that stays open when the text around it goes."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[override]
        piece = self.file.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)
