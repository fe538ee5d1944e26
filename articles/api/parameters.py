"""What may stand behind the question mark. A kind of parameter reads its text and says how it looks as a JSON schema;
`read` refuses whatever no table names, in a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime

from .problems import bad

MOST_IDS = 100
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
# With leading zeros, no number of ours: one thing has one name.
_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_SLUG = re.compile(r"[-\w]{1,120}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)


class Kind(Protocol):
    @property
    def schema(self) -> dict[str, Any]: ...

    def read(self, name: str, text: str) -> Any: ...


@dataclass(frozen=True)
class Choice:
    values: tuple[str, ...]

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.values)}

    def read(self, name: str, text: str) -> str:
        if text not in self.values:
            raise bad(f"{name} is one of: {', '.join(self.values)}.")
        return text


@dataclass(frozen=True)
class Number:
    low: int
    high: int

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    def read(self, name: str, text: str) -> int:
        if not _NUMBER.fullmatch(text) or not self.low <= int(text) <= self.high:
            raise bad(f"{name} is a whole number from {self.low} to {self.high}.")
        return int(text)


@dataclass(frozen=True)
class Text:
    most: int

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.most, "pattern": r"\S"}

    def read(self, name: str, text: str) -> str:
        if not text.strip():
            raise bad(f"{name} is empty. Leave it out, or write something.")
        if len(text) > self.most:
            raise bad(f"{name} has at most {self.most} characters.")
        return text


@dataclass(frozen=True)
class Reference:
    """A thing by its number or by its slug."""

    schema = {
        "type": "string",
        "minLength": 1,
        "maxLength": 120,
        "pattern": r"^[-\w]+$",
        "examples": ["business", "7"],
    }

    def read(self, name: str, text: str) -> int | str:
        if _ID.fullmatch(text):
            return int(text)
        if not _SLUG.fullmatch(text):
            raise bad(f"{name} is a number or a slug, such as 7 or business.")
        return text


@dataclass(frozen=True)
class Ids:
    schema = {"type": "string", "pattern": r"^[1-9][0-9]{0,17}(,[1-9][0-9]{0,17}){0,99}$", "examples": ["4,8,15"]}

    def read(self, name: str, text: str) -> list[int]:
        found = text.split(",")
        if not all(_ID.fullmatch(one) for one in found):
            raise bad(f"{name} is a list of numbers with commas between them, such as 4,8,15.")
        if len(found) > MOST_IDS:
            raise bad(f"{name} has at most {MOST_IDS} numbers.")
        return [int(one) for one in found]


@dataclass(frozen=True)
class Moment:
    """A moment with its zone, or a day, which begins at midnight UTC."""

    schema = {
        "type": "string",
        "anyOf": [{"format": "date-time"}, {"format": "date"}],
        "pattern": f"^({_MOMENT.pattern}|{_DAY.pattern})$".replace(r"\d", "[0-9]"),
        "examples": ["2026-11-25", "2026-11-25T06:30:00Z"],
    }

    def read(self, name: str, text: str) -> datetime:
        text = text.replace(" ", "+")  # how a plus that nobody escaped arrives
        try:
            if _DAY.fullmatch(text) and (day := parse_date(text)):
                return datetime(day.year, day.month, day.day, tzinfo=UTC)
            if _MOMENT.fullmatch(text) and (moment := parse_datetime(text)):
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise bad(f"{name} is a day such as 2026-11-25, or a moment with its zone such as 2026-11-25T06:30:00Z.")


@dataclass(frozen=True)
class Names:
    """Names out of a table, with commas between them."""

    names: tuple[str, ...]

    @property
    def schema(self) -> dict[str, Any]:
        one = f"({'|'.join(self.names)})"
        return {"type": "string", "pattern": f"^{one}(,{one})*$", "maxLength": 1000}

    def read(self, name: str, text: str) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(text.split(",")))
        if wrong := next((one for one in found if one not in self.names), None):
            raise bad(f"{name} knows no “{wrong[:40]}”. It is a list of: {', '.join(self.names)}.")
        if "" in found:
            raise bad(f"{name} is a list with commas between the names: {', '.join(self.names)}.")
        return found


@dataclass(frozen=True)
class Parameter:
    name: str
    kind: Kind
    description: str


def read(said: QueryDict, table: Collection[Parameter]) -> dict[str, Any]:
    """The values of what was asked, by name; what was not asked is not among them. Raises Problem for a name that is
    not in the table, for one that stands there twice, and for a value that its kind refuses."""
    known = {one.name: one for one in table}
    values: dict[str, Any] = {}
    for name, texts in said.lists():
        parameter = known.get(name)
        if parameter is None:
            offered = ", ".join(known) or "none"
            raise bad(f"There is no parameter “{name[:40]}” here. Known are: {offered}.")
        if len(texts) > 1:
            raise bad(f"{name} stands in the address {len(texts)} times. Say it once.")
        values[name] = parameter.kind.read(name, texts[0])
    return values
