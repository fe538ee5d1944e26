"""Where and when lines run beyond their days: in memory, for the plan."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from articles.models import Section

from .models import Booking, Targeting
from .models.device import Device
from .models.targeting import EVERY_DAY
from .page_key import LANGUAGES, Page

# No page has this section: for lines that want sections of which none is left.
NOWHERE = frozenset([-1])


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
        """Weekdays from 0, Monday, on. What runs over midnight belongs to the day on which the night began."""
        return self.allows_time(weekday, hour) and self.allows_device(device) and self.allows_page(page)

    def allows_traits(self, section: int, language: int, device: int) -> bool:
        """By what counts know of a view: not the words of its page, nor its hour."""
        return self.allows_device(device) and self.allows_page(Page(section=section, language=language))

    def allows_device(self, device: int) -> bool:
        return not self.device or (self.device == Targeting.Device.PHONE) == (device == Device.PHONE)

    def allows_time(self, weekday: int, hour: int) -> bool:
        if not self.allows_hour(hour):
            return False
        if self.is_over_midnight and hour < (self.to_hour or 0):
            weekday = (weekday - 1) % 7
        return bool(self.weekdays >> weekday & 1)

    def allows_hour(self, hour: int) -> bool:
        """On whatever day."""
        if self.from_hour is None or self.to_hour is None:
            return True
        if self.is_over_midnight:
            return hour >= self.from_hour or hour < self.to_hour
        return self.from_hour <= hour < self.to_hour

    def hours_on(self, weekday: int) -> list[int]:
        """The hours of a day in which it may run."""
        return [hour for hour in range(24) if self.allows_time(weekday, hour)]

    @property
    def is_over_midnight(self) -> bool:
        return self.from_hour is not None and self.to_hour is not None and self.from_hour > self.to_hour


ANYWHERE = Where()


def wheres(bookings: Collection[Booking]) -> dict[int, Where]:
    """The limits of those bookings that have any, in five queries at most."""
    targets = {booking.pk: booking.targeting for booking in bookings if hasattr(booking, "targeting")}
    if not targets:
        return {}
    below = sections_below()

    def numbers(name: str, column: str) -> dict[int, set[int]]:
        through = getattr(Targeting, name).through
        found: dict[int, set[int]] = {}
        for booking, number in through.objects.filter(targeting__in=targets).values_list("targeting", column):
            found.setdefault(booking, set()).update(below.get(number, ()) if column == "section" else {number})
        return found

    only, never = numbers("sections", "section"), numbers("not_sections", "section")
    words = numbers("not_words", "wordlist")
    found = {
        number: where(
            target, sections=only.get(number, ()), not_sections=never.get(number, ()), not_words=words.get(number, ())
        )
        for number, target in targets.items()
    }
    # Where there is no limit, in whatever words, a decision is spared the question.
    return {number: limits for number, limits in found.items() if limits != ANYWHERE}


def where(
    target: Targeting,
    *,
    sections: Collection[int] = (),
    not_sections: Collection[int] = (),
    not_words: Collection[int] = (),
) -> Where:
    """The limits that a row says, with the numbers of its sections (and those below them) and of its word lists."""
    return Where(
        sections=frozenset(sections) or (NOWHERE if target.is_by_section else frozenset()),
        not_sections=frozenset(not_sections),
        not_words=frozenset(not_words),
        language=LANGUAGES.get(target.language, 0),
        device=target.device,
        weekdays=target.weekdays,
        from_hour=target.from_hour,
        to_hour=target.to_hour,
    )


def sections_below() -> dict[int, set[int]]:
    """Every section with itself and its subsections: it stands for them too."""
    below: dict[int, set[int]] = {}
    for number, parent in Section.objects.values_list("pk", "parent"):
        below.setdefault(number, set()).add(number)
        if parent:
            below.setdefault(parent, {parent}).add(number)
    return below
