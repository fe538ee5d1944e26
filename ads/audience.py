"""What the rate card says of readers: what was counted on whole, sealed weeks, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.cache import cache
from django.dispatch import Signal

from . import totals
from .models import SealedDay
from .models.device import Device
from .models.event import Kind, Source

MOST_WEEKS = 4
KEPT_FOR = 3600
ENGLISH, ARABIC = 1, 2

# How many readers confirmed that they want our newsletters? The floor above knows. Receivers return the number.
asking_who_gets_mail = Signal()


@dataclass(frozen=True, slots=True)
class Audience:
    """Pages opened in an average week, as one says a number: two digits, and noughts. Parts are whole percents of
    those pages of which it is known; None where it is known of none."""

    pages: int
    phones: int | None
    arabic: int | None
    first_day: date
    last_day: date

    @property
    def others(self) -> int | None:
        return None if self.phones is None else 100 - self.phones

    @property
    def english(self) -> int | None:
        return None if self.arabic is None else 100 - self.arabic


@dataclass(frozen=True, slots=True)
class Mailed:
    """Readers who get newsletters and confirmed that they want them: two digits and noughts, as counted on a day."""

    readers: int
    day: date


def mailed(day: date) -> Mailed | None:
    """None where nobody gets one. Counted once an hour."""
    key = f"audience-mailed-{day}"
    number = cache.get(key)
    if number is None:
        number = sum(answer for _receiver, answer in asking_who_gets_mail.send(None))
        cache.set(key, number, KEPT_FOR)
    return Mailed(about(number), day) if number else None


def measured() -> Audience | None:
    """Of the newest sealed weeks, four at most; None before the first of them is whole. Read once an hour."""
    days = SealedDay.objects.order_by("-day").values_list("day", flat=True)[: 7 * MOST_WEEKS]
    sealed = list(days)
    weeks = len(sealed) // 7
    if not weeks:
        return None
    key = f"audience-{sealed[0]}-{weeks}"
    found = cache.get(key)
    if found is None:
        found = _read(sealed[0], weeks)
        cache.set(key, found, KEPT_FOR)
    return found if found.pages else None


def _read(last_day: date, weeks: int) -> Audience:
    first_day = last_day - timedelta(weeks=weeks, days=-1)
    pages = (Source.PAGE, Source.STORY)
    counted = totals.figures(
        "language", "device", first_day=first_day, last_day=last_day, kind=Kind.SERVED, position=0, source__in=pages
    )
    by_language: dict[int, int] = {}
    by_device: dict[int, int] = {}
    for (language, device), figures in counted.items():
        number = figures.net[Kind.SERVED]
        by_language[language] = by_language.get(language, 0) + number
        by_device[device] = by_device.get(device, 0) + number
    return Audience(
        pages=about(sum(by_device.values()) // weeks),
        phones=_percent(by_device, Device.PHONE, Device),
        arabic=_percent(by_language, ARABIC, (ENGLISH, ARABIC)),
        first_day=first_day,
        last_day=last_day,
    )


def about(number: int) -> int:
    return number - number % 10 ** max(0, len(str(number)) - 2)


def _percent(numbers: dict[int, int], one: int, known) -> int | None:
    whole = sum(numbers.get(each, 0) for each in known)
    return round(100 * numbers.get(one, 0) / whole) if whole else None
