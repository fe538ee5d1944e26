"""Where and when lines run beyond their days, and the words that they keep away from: in memory, for the plan."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from articles.models import Section

from .models import Booking, Targeting, WordList
from .models.device import Device
from .models.targeting import EVERY_DAY
from .page_key import LANGUAGES, Page

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Where:
    """Limits of a line; what is empty is no limit. Hours are of the publisher's day, over midnight too."""

    sections: frozenset[int] = frozenset()
    not_sections: frozenset[int] = frozenset()
    not_words: frozenset[int] = frozenset()
    language: int = 0
    device: str = ""
    weekdays: int = EVERY_DAY
    from_hour: int | None = None
    to_hour: int | None = None

    def allows_page(self, page: Page) -> bool:
        return (
            (not self.sections or page.section in self.sections)
            and page.section not in self.not_sections
            and not (self.not_words and page.word_lists & self.not_words)
            and self.language in (0, page.language)
        )

    def allows(self, page: Page, device: int, *, weekday: int, hour: int) -> bool:
        """Weekdays from 0, Monday, on."""
        return (
            (self.weekdays == EVERY_DAY or bool(self.weekdays >> weekday & 1))
            and self._allows_hour(hour)
            and (not self.device or (self.device == Targeting.Device.PHONE) == (device == Device.PHONE))
            and self.allows_page(page)
        )

    @property
    def hours(self) -> list[int]:
        """Those of a day in which it may run."""
        return [hour for hour in range(24) if self._allows_hour(hour)]

    def _allows_hour(self, hour: int) -> bool:
        if self.from_hour is None or self.to_hour is None:
            return True
        if self.from_hour < self.to_hour:
            return self.from_hour <= hour < self.to_hour
        return hour >= self.from_hour or hour < self.to_hour


ANYWHERE = Where()


def wheres(bookings: Collection[Booking]) -> dict[int, Where]:
    """The limits of those bookings that have any. A section stands for its subsections too."""
    targets = {booking.pk: booking.targeting for booking in bookings if hasattr(booking, "targeting")}
    if not targets:
        return {}
    below: dict[int, set[int]] = {}
    for number, parent in Section.objects.values_list("pk", "parent"):
        below.setdefault(number, set()).add(number)
        if parent:
            below.setdefault(parent, {parent}).add(number)

    def numbers(name: str) -> dict[int, set[int]]:
        through = getattr(Targeting, name).through
        column = {"not_words": "wordlist"}.get(name, "section")
        found: dict[int, set[int]] = {}
        for booking, number in through.objects.filter(targeting__in=targets).values_list("targeting", column):
            found.setdefault(booking, set()).update(below.get(number, ()) if column == "section" else {number})
        return found

    only, never, words = numbers("sections"), numbers("not_sections"), numbers("not_words")
    return {
        number: Where(
            sections=frozenset(only.get(number, ())),
            not_sections=frozenset(never.get(number, ())),
            not_words=frozenset(words.get(number, ())),
            language=LANGUAGES.get(target.language, 0),
            device=target.device,
            weekdays=target.weekdays,
            from_hour=target.from_hour,
            to_hour=target.to_hour,
        )
        for number, target in targets.items()
    }


@dataclass(frozen=True, slots=True)
class Words:
    """A word list, ready to be looked for."""

    number: int
    single: frozenset[str]
    phrases: tuple[str, ...]
    is_for_all: bool

    @classmethod
    def of(cls, word_list: WordList) -> Words:
        lines = [" ".join(_words(line)) for line in word_list.words.splitlines()]
        return cls(
            number=word_list.pk,
            single=frozenset(line for line in lines if line and " " not in line),
            phrases=tuple(f" {line} " for line in lines if " " in line),
            is_for_all=word_list.is_for_all,
        )


def found_in(text: str, lists: Collection[Words]) -> frozenset[int]:
    """The lists of which a text holds a word or phrase, whole, in whatever case. In time linear in the text."""
    if not lists:
        return frozenset()
    words = _words(text)
    there, running = set(words), f" {' '.join(words)} "
    return frozenset(
        one.number for one in lists if one.single & there or any(phrase in running for phrase in one.phrases)
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
