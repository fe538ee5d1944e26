"""Two weeks of readers for the demo: counts like those of a small newsroom with some 35,000 page views a week. Sealed
days have their counts and no events, as in life after 90 days; what is not sealed yet has events. The same seed makes
the same fortnight."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from ads import forecast, rollups
from ads.models import Booking, Creative, DayCount, Event, HourCount, HouseCreative, Position, RolledHour, SealedDay
from ads.models.booking import midnight
from ads.models.device import Device
from ads.models.event import COLUMNS, Kind, Reason, Source
from articles.models import Article

from .running import DAYS

PAGES_A_DAY = 5000
# A sealed day is made of fewer pages, each opened about so often within its hour.
AT_ONCE = 32
# How many of a day's pages are opened in each hour, and on which days of the week more.
HOURS = (1, 1, 1, 1, 2, 5, 10, 13, 12, 10, 9, 9, 11, 10, 8, 8, 9, 10, 12, 13, 12, 9, 5, 3)
WEEKDAYS = (1.1, 1.05, 1.0, 1.05, 1.1, 0.8, 0.75)
# Of what is shown in a position, so much is viewable.
VIEWABLE = {
    "top-728x90": 0.82,
    "home-970x250": 0.74,
    "rail-336x280": 0.66,
    "rail-200x200": 0.55,
    "rail-300x600": 0.6,
    "rail-300x1050": 0.42,
    "foot-300x250": 0.48,
}
SHOWN, CLICKED, TOO_FAST = 0.96, 0.009, 0.002
# What a line that buys a number gets of its position: a little more than its goal asks for.
PART = 0.43
RAIL = ("rail-336x280", "rail-200x200", "rail-300x600", "rail-300x1050")
ROWS_AT_ONCE = 5000

Facts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A position with what runs in it: lines with their artwork and part, the newsroom's own artwork by language."""

    pk: int
    code: str
    lines: tuple[tuple[int, int, date, date, float], ...]
    house: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A story since it is public, or a front page."""

    article: int
    section: int
    language: int
    is_paid: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened `number` times, so many seconds after the decision `stem`."""

    stem: bytes
    kind: Kind
    reason: Reason
    seconds: float
    number: int
    facts: Facts


def make(now: datetime) -> None:
    """Two weeks of readers, counted and sealed. Nothing where something was counted already."""
    if SealedDay.objects.exists() or Event.objects.exists():
        return
    chance = random.Random(14)  # noqa: S311  (a demo)
    boxes, pages = _boxes(), _pages()
    for number in range(DAYS, -1, -1):
        day = timezone.localdate(now) - timedelta(days=number)
        if rollups.ends(day) + rollups.SEALS_AFTER <= now:
            _seal(day, _day(day, chance, boxes, pages, at_once=AT_ONCE), at=now)
        else:
            _tell(_day(day, chance, boxes, pages, at_once=1), chance, before=now)
    rollups.roll_due(now)
    rollups.seal_due(now)
    forecast.forget()


def _seal(day: date, happened: Iterator[tuple[datetime, int, Told]], *, at: datetime) -> None:
    """The counts of a day as its hours would have been counted, written down for good."""
    hours: Counter[tuple[datetime, tuple[int, ...]]] = Counter()
    for moment, _visitor, told in happened:
        known = told.facts | {"kind": told.kind, "reason": told.reason}
        hours[rollups.hour_of(moment), tuple(int(known.get(name, _DEFAULTS[name])) for name in COLUMNS)] += told.number
    days: Counter[tuple[int, ...]] = Counter()
    for (_hour, facts), number in hours.items():
        days[facts] += number
    rolled = {hour: RolledHour(hour=hour, until=rollups.end_of(hour), rolled_at=at) for hour in rollups.hours_of(day)}
    for (hour, _facts), number in hours.items():
        rolled[hour].events += number
    RolledHour.objects.bulk_create(rolled.values())
    HourCount.objects.bulk_create(
        [_row(HourCount, facts, hour=hour, number=number) for (hour, facts), number in hours.items() if number],
        batch_size=ROWS_AT_ONCE,
    )
    rows = [_row(DayCount, facts, day=day, number=number) for facts, number in days.items() if number]
    DayCount.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    before = rollups.newest_seal()
    made = SealedDay(
        day=day,
        until=rollups.ends(day),
        rows=len(rows),
        events=sum(row.number for row in rows),
        method=rollups.METHOD,
        previous=before.seal if before else "",
        sealed_at=rollups.ends(day) + rollups.SEALS_AFTER,
    )
    made.seal = rollups.hash_of(made, rows, [])
    made.save(force_insert=True)


_DEFAULTS = dict.fromkeys(COLUMNS, 0) | {"source": Source.PAGE}


def _row(model, facts: Sequence[int], **more):
    return model(**dict(zip(COLUMNS, facts, strict=True)), **more)


def _tell(happened: Iterator[tuple[datetime, int, Told]], chance: random.Random, *, before: datetime) -> None:
    rows: list[Event] = []
    for moment, visitor, told in happened:
        at = moment + timedelta(seconds=told.seconds)
        if at >= before or not told.number:
            continue
        # An event says what pages told; that a click was too fast is judged when its hour is counted.
        reason = Reason.VALID if told.reason == Reason.FAST else told.reason
        key = UUID(bytes=told.stem + bytes([told.kind << 4, reason]))
        rows.append(Event(key=key, kind=told.kind, reason=reason, at=at, visitor=visitor, **told.facts))
    Event.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)


def _boxes() -> dict[str, Box]:
    found = {}
    for position in Position.objects.filter(is_active=True):
        lines = []
        for booking in position.bookings.filter(status=Booking.Status.BOOKED):
            newest = booking.creatives.filter(status=Creative.Status.APPROVED).first()
            if newest:
                part = booking.share / 100 or PART
                lines.append((booking.pk, newest.pk, booking.first_day, booking.last_day, part))
        house = tuple(HouseCreative.objects.filter(position=position, is_active=True).values_list("pk", "language"))
        found[position.code] = Box(position.pk, position.code, tuple(lines), house)
    return found


def _pages() -> list[Page]:
    """The newest stories, and front pages as often as one in three."""
    languages = {"en": 1, "ar": 2}
    ever = datetime.min.replace(tzinfo=UTC)
    stories = Article.objects.live().order_by("-public_since")[:60]
    found = [
        Page(
            story.pk,
            story.section_id or 0,
            languages.get(story.language, 1),
            story.kind != Article.Kind.STORY,
            story.public_since or ever,
        )
        for story in stories
    ]
    homes = [Page(0, 0, 1, False, ever)] * (len(found) // 3) + [Page(0, 0, 2, False, ever)] * (len(found) // 6)
    return found + homes


def _day(
    day: date, chance: random.Random, boxes: dict[str, Box], pages: list[Page], *, at_once: int
) -> Iterator[tuple[datetime, int, Told]]:
    """When a page was opened, by whom, and what was told of it."""
    begin = midnight(day)
    many = round(PAGES_A_DAY * WEEKDAYS[day.weekday()] * chance.uniform(0.9, 1.12) / at_once)
    visitors = [chance.getrandbits(47) for _one in range(max(1, many // 3))]
    for hour in chance.choices(range(24), HOURS, k=many):
        at = begin + timedelta(hours=hour, seconds=chance.uniform(0, 3590))
        page = chance.choice([one for one in pages if one.since <= at])
        visitor = chance.choice(visitors)
        number = at_once if at_once == 1 else round(at_once * chance.uniform(0.7, 1.3))
        for told in _view(at, day, chance, boxes, page, number):
            yield at, visitor, told


def _view(
    at: datetime, day: date, chance: random.Random, boxes: dict[str, Box], page: Page, number: int
) -> Iterator[Told]:
    reason = chance.choices(
        [Reason.VALID, Reason.BOT, Reason.STAFF, Reason.MISMATCH, Reason.PRERENDER], [938, 34, 14, 8, 6]
    )[0]
    device = Device.PHONE if chance.random() < 0.7 else Device.DESKTOP
    common: Facts = {"language": page.language, "section": page.section, "device": int(device)}

    def stem() -> bytes:
        return int(at.timestamp() * 1000).to_bytes(6, "big") + chance.randbytes(8)

    own, about = stem(), common | {"article": page.article, "source": Source.STORY if page.is_paid else Source.PAGE}
    yield Told(own, Kind.SERVED, reason, 0.9, number, about)
    if page.article:
        read = _part(number, 0.52 if page.is_paid else 0.4, chance)
        yield Told(own, Kind.READ, reason, chance.uniform(30, 90), read, about)
    if page.is_paid:
        yield Told(own, Kind.CLICK, reason, chance.uniform(20, 80), _part(number, 0.06, chance), about)
    for code in _codes(page, device, chance):
        box = boxes.get(code)
        if box is None:
            continue
        choice, mine = _choose(box, day, page, chance), stem()
        there = common | {"position": box.pk} | choice
        yield Told(mine, Kind.SERVED, reason, 0.9, number, there)
        if not choice:
            continue
        shown = _part(number, SHOWN, chance)
        seen = _part(shown, VIEWABLE.get(code, 0.5), chance)
        yield Told(mine, Kind.RENDER, reason, 1.3, shown, there)
        yield Told(mine, Kind.VIEW, reason, chance.uniform(2.5, 20), seen, there)
        if clicks := _part(seen, CLICKED, chance):
            yield Told(mine, Kind.CLICK, reason, chance.uniform(3, 45), clicks, there)
        elif reason == Reason.VALID and (fast := _part(shown - seen, TOO_FAST, chance)):
            yield Told(mine, Kind.CLICK, Reason.FAST, 1.5, fast, there)


def _part(number: int, rate: float, chance: random.Random) -> int:
    return sum(chance.random() < rate for _one in range(number))


def _codes(page: Page, device: Device, chance: random.Random) -> list[str]:
    rail = list(RAIL) if device == Device.DESKTOP else [chance.choice(RAIL)]
    return [*(["home-970x250"] if not page.article else []), "top-728x90", *rail, "foot-300x250"]


def _choose(box: Box, day: date, page: Page, chance: random.Random) -> Facts:
    """What stands in a box: lines by their parts, in the rest the newsroom's own, or nothing."""
    draw = chance.random()
    for line, creative, first, last, part in box.lines:
        if first <= day <= last:
            if draw < part:
                return {"line": line, "creative": creative}
            draw -= part
    language = "ar" if page.language == 2 else "en"
    own = [pk for pk, spoken in box.house if spoken in ("", language)]
    return {"house": chance.choice(own)} if own else {}
