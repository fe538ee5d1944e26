"""A deal of the demo that runs for two weeks, and what readers did meanwhile: events like those of a small newsroom,
counted and sealed as in life. The same seed makes the same fortnight."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ads import artwork, artwork_review, billing, ledger, progress, quoting, rollups, sales
from ads.models import AdRequest, Advertiser, Booking, Creative, Event, HouseCreative, Position, SealedDay
from ads.models.booking import midnight
from ads.models.event import Kind, Reason, Source
from articles import mail
from articles.models import Article, User

from . import artwork as drawing
from . import dealing, reading

DAYS = 14
FIRM = "Tenerubank"
KEY = "demo-running-deal"
# Impressions that the second line buys in its four weeks.
GOAL = 900
PAGES_A_DAY = 140
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
CLICKED = 0.009
PHONE, COMPUTER = 1, 3
RAIL = ("rail-336x280", "rail-200x200", "rail-300x600", "rail-300x1050")
ROWS_AT_ONCE = 5000


def make_deal(rows: list[reading.Booking], advertisers: dict[str, Advertiser], now: datetime) -> None:
    """Two lines that began two weeks ago: a whole position, and a number of impressions in another. Safe to run
    again."""
    if AdRequest.objects.filter(form_key=KEY).exists():
        return
    row = next(one for one in rows if one.advertiser == "tenerubank")
    firm, desk = advertisers[row.advertiser], User.objects.get(username="desk")
    started = timezone.now()
    early = now - timedelta(days=DAYS + 8)
    first = timezone.localdate(now) - timedelta(days=DAYS)
    wishes = [sales.Wish(position=Position.objects.get(code=code)) for code in ("top-728x90", "rail-336x280")]
    deal = sales.receive(
        {
            "name": "Olumi Fadare-Quist",
            "email": firm.email,
            "company": firm.company,
            "website": firm.website,
            "country": str(firm.country),
            "message": "We open our savings accounts to everybody and want to be seen at the top of every page.",
        },
        wishes,
        form_key=KEY,
        language="en",
        suspicion="",
        at=early,
        is_silent=True,
    )
    days = {"first_day": first, "last_day": first + timedelta(weeks=4, days=-1)}
    wanted = [("top-728x90", days | {"share": 100}), ("rail-336x280", days | {"impressions": GOAL})]
    try:
        quote = dealing.offer(deal, desk, early + timedelta(hours=4), wanted)
        quoting.accept(quote, name=deal.name, at=early + timedelta(days=1))
    except (ledger.SoldOut, quoting.QuoteRefused):
        return  # an older demo has sold these days
    deal.refresh_from_db()
    invoice = billing.issue(deal, by=desk, at=early + timedelta(days=1, hours=2))
    paid = early + timedelta(days=4)
    billing.pay(invoice, amount=invoice.total, paid_on=timezone.localdate(paid), reference="TB-11873", by=desk, at=paid)
    for booking in deal.bookings.select_related("position", "request", "advertiser"):
        size, phone = booking.position.size, booking.position.phone_size
        creative = artwork.submit(
            booking,
            drawing.draw(size, firm.company, row.line, row.palette, row.button),
            drawing.draw(phone, firm.company, row.line, row.palette, row.button) if phone else None,
            alt=f"{firm.company}: {row.line}",
            click_url=firm.website,
            at=paid,
        )
        artwork_review.approve(creative, by=desk, at=paid + timedelta(hours=3))
    deal.refresh_from_db()
    progress.advance(deal, at=now)
    DBTaskResult.objects.filter(task_path=mail.deliver.module_path, enqueued_at__gte=started).delete()


@dataclass(frozen=True, slots=True)
class Box:
    """A position with what runs in it: lines with their artwork and part, the newsroom's own artwork by language."""

    pk: int
    code: str
    lines: tuple[tuple[int, int, date, date, float], ...]
    house: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    article: int
    section: int
    language: int
    is_paid: bool


def make_events(now: datetime) -> int:
    """Two weeks of readers, counted and sealed. Nothing where something was counted already. Returns the events."""
    if SealedDay.objects.exists() or Event.objects.exists():
        return 0
    chance = random.Random(14)  # noqa: S311  (a demo)
    boxes, pages = _boxes(), _pages()
    rows: list[Event] = []
    made = 0
    for number in range(DAYS, -1, -1):
        day = timezone.localdate(now) - timedelta(days=number)
        for row in _day(day, chance, boxes, pages):
            if row.at >= now:
                continue
            rows.append(row)
            if len(rows) >= ROWS_AT_ONCE:
                made += len(Event.objects.bulk_create(rows))
                rows = []
    made += len(Event.objects.bulk_create(rows))
    rollups.roll_due(now)
    rollups.seal_due(now)
    return made


def _boxes() -> dict[str, Box]:
    found = {}
    for position in Position.objects.filter(is_active=True):
        lines = []
        for booking in position.bookings.filter(status=Booking.Status.BOOKED):
            newest = booking.creatives.filter(status=Creative.Status.APPROVED).first()
            if newest:
                part = booking.share / 100 or 0.5
                lines.append((booking.pk, newest.pk, booking.first_day, booking.last_day, part))
        house = tuple(HouseCreative.objects.filter(position=position, is_active=True).values_list("pk", "language"))
        found[position.code] = Box(position.pk, position.code, tuple(lines), house)
    return found


def _pages() -> list[Page]:
    """The newest stories, and front pages as often as one in three."""
    languages = {"en": 1, "ar": 2}
    stories = Article.objects.live().order_by("-public_since")[:60]
    found = [
        Page(story.pk, story.section_id or 0, languages.get(story.language, 1), story.kind != Article.Kind.STORY)
        for story in stories
    ]
    homes = [Page(0, 0, 1, False)] * (len(found) // 3) + [Page(0, 0, 2, False)] * (len(found) // 6)
    return found + homes


def _day(day: date, chance: random.Random, boxes: dict[str, Box], pages: list[Page]) -> Iterator[Event]:
    begin = midnight(day)
    many = round(PAGES_A_DAY * WEEKDAYS[day.weekday()] * chance.uniform(0.88, 1.14))
    visitors = [chance.getrandbits(47) for _one in range(many // 3)]
    for hour in chance.choices(range(24), HOURS, k=many):
        at = begin + timedelta(hours=hour, seconds=chance.uniform(0, 3590))
        yield from _view(at, day, chance, boxes, chance.choice(pages), chance.choice(visitors))


def _view(
    at: datetime, day: date, chance: random.Random, boxes: dict[str, Box], page: Page, visitor: int
) -> Iterator[Event]:
    reason = chance.choices(
        [Reason.VALID, Reason.BOT, Reason.STAFF, Reason.MISMATCH, Reason.PRERENDER], [938, 34, 14, 8, 6]
    )[0]
    device = PHONE if chance.random() < 0.7 else COMPUTER
    common = {"language": page.language, "section": page.section, "device": device, "visitor": visitor}

    def tell(stem: bytes, kind: Kind, seconds: float, **facts: int) -> Event:
        key = UUID(bytes=stem + bytes([kind << 4, reason]))
        return Event(key=key, kind=kind, reason=reason, at=at + timedelta(seconds=seconds), **common | facts)

    def stem() -> bytes:
        return int(at.timestamp() * 1000).to_bytes(6, "big") + chance.randbytes(8)

    own = stem()
    source = Source.STORY if page.is_paid else Source.PAGE
    yield tell(own, Kind.SERVED, 0.9, article=page.article, source=source)
    if page.article and chance.random() < (0.52 if page.is_paid else 0.4):
        yield tell(own, Kind.READ, chance.uniform(30, 90), article=page.article, source=source)
    if page.is_paid and chance.random() < 0.06:
        yield tell(own, Kind.CLICK, chance.uniform(20, 80), article=page.article, source=source)
    for code in _codes(page, device, chance):
        box = boxes.get(code)
        if box is None:
            continue
        choice, mine = _choose(box, day, page, chance), stem()
        yield tell(mine, Kind.SERVED, 0.9, position=box.pk, **choice)
        if not choice or chance.random() > 0.96:
            continue
        yield tell(mine, Kind.RENDER, 1.3, position=box.pk, **choice)
        if chance.random() < VIEWABLE.get(code, 0.5):
            yield tell(mine, Kind.VIEW, chance.uniform(2.5, 20), position=box.pk, **choice)
            if chance.random() < CLICKED:
                yield tell(mine, Kind.CLICK, chance.uniform(3, 45), position=box.pk, **choice)
        elif chance.random() < 0.002:
            yield tell(mine, Kind.CLICK, 1.5, position=box.pk, **choice)  # faster than a person


def _codes(page: Page, device: int, chance: random.Random) -> list[str]:
    rail = list(RAIL) if device == COMPUTER else [chance.choice(RAIL)]
    return [*(["home-970x250"] if not page.article else []), "top-728x90", *rail, "foot-300x250"]


def _choose(box: Box, day: date, page: Page, chance: random.Random) -> dict[str, int]:
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
