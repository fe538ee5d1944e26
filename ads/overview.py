"""What the publisher asks of the ad desk: money by month, how full the positions are, and what to sell next.

Everything is read in as many queries whatever there is of it, and added up here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db.models import Max, Q
from django.utils import timezone

from . import availability, prices, records, totals
from .days import weeks_between
from .free_weeks import month_after
from .ledger import WHOLE
from .models import AdRequest, Advertiser, Booking, Position, Quote, QuoteLine, WaitingEntry
from .models.booking import midnight
from .models.event import Kind
from .money import cents
from .totals import Figures

MONTHS_BACK, MONTHS_AHEAD = 11, 12
FILL_DAYS = timedelta(days=28)
AHEAD = 7, 14
MOST_NAMES = 10
NOTHING = Decimal(0)


@dataclass(slots=True)
class Month:
    """Money of the flights of a month, pro rata by day, in one currency. What was delivered is part of what is booked:
    weeks by their sealed days, impressions by net renders, posts and services once their deal is delivered."""

    month: date
    currency: str
    booked: Decimal = NOTHING
    delivered: Decimal = NOTHING


@dataclass(slots=True)
class Fill:
    """How a position's opportunities of four weeks were used. `revenue` is what its bookings are worth in that time."""

    position: Position
    opportunities: int = 0
    paid: int = 0
    house: int = 0
    empty: int = 0
    revenue: Decimal = NOTHING

    def _part(self, number: int) -> float | None:
        return 100 * number / self.opportunities if self.opportunities else None

    @property
    def paid_percent(self) -> float | None:
        return self._part(self.paid)

    @property
    def house_percent(self) -> float | None:
        return self._part(self.house)

    @property
    def empty_percent(self) -> float | None:
        return self._part(self.empty)

    @property
    def per_thousand(self) -> Decimal | None:
        """What a thousand paid renders brought."""
        return cents(self.revenue * 1000 / self.paid) if self.paid and self.revenue else None


@dataclass(frozen=True, slots=True)
class Window:
    """What is free of a position in the next days, at the rate card's price: a share of all of them, or impressions."""

    days: int
    share: int
    share_value: Decimal
    impressions: int
    impressions_value: Decimal


@dataclass(frozen=True, slots=True)
class Offer:
    position: Position
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A firm that had bookings, has none now or to come, and talks about none."""

    firm: Advertiser
    last_day: date
    worth: dict[str, Decimal]


@dataclass(slots=True)
class Overview:
    currency: str
    months: list[Month]
    others: list[Month]
    fills: list[Fill]
    fill_first: date
    fill_last: date
    offers: list[Offer]
    lapsed: list[Lapsed]
    waiting: list[WaitingEntry]
    waiting_count: int


@dataclass(frozen=True, slots=True)
class Sold:
    """What is needed of a booking."""

    pk: int
    position: int
    first_day: date
    last_day: date
    impressions: int | None
    price: Decimal
    currency: str

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    def worth_of(self, first_day: date, last_day: date) -> Fraction:
        """The price of its days within some days."""
        days = (min(self.last_day, last_day) - max(self.first_day, first_day)).days + 1
        return Fraction(self.price) * max(0, days) / self.days

    def worth_of_renders(self, number: int) -> Fraction:
        return Fraction(self.price) * number / (self.impressions or 1)


def make(at: datetime, *, currency: str) -> Overview:
    today = timezone.localdate(at)
    begin, end = _sight(today)
    sealed = totals.sealed_until()
    bookings = _bookings(begin, end)
    months = money_by_month(bookings, _lines(begin, end), begin, end, sealed=sealed, today=today)
    last = sealed or today - timedelta(days=1)
    positions = prices.positions_on_card(today + timedelta(days=1))
    waiting = WaitingEntry.objects.filter(told_at=None, left_at=None, suspected="", last_day__gte=today)
    return Overview(
        currency=currency,
        months=[row for row in months if row.currency == currency],
        others=[row for row in months if row.currency != currency],
        fills=_fills(positions, bookings, last - FILL_DAYS + timedelta(days=1), last),
        fill_first=last - FILL_DAYS + timedelta(days=1),
        fill_last=last,
        offers=_offers(positions, today + timedelta(days=1), at=at),
        lapsed=_lapsed(today),
        waiting=list(waiting.select_related("position").order_by("asked_at", "pk")[:MOST_NAMES]),
        waiting_count=waiting.count(),
    )


def months_of(at: datetime) -> list[Month]:
    """Money by month and currency, the oldest first."""
    today = timezone.localdate(at)
    begin, end = _sight(today)
    sealed = totals.sealed_until()
    return money_by_month(_bookings(begin, end), _lines(begin, end), begin, end, sealed=sealed, today=today)


def _sight(today: date) -> tuple[date, date]:
    """The months that are shown: a year back, and a year ahead."""
    month = today.replace(day=1)
    return month_after(month, -MONTHS_BACK), month_after(month, MONTHS_AHEAD + 1) - timedelta(days=1)


def _bookings(begin: date, end: date) -> list[Sold]:
    rows = Booking.objects.filter(status=Booking.Status.BOOKED, last_day__gte=begin, first_day__lte=end).order_by()
    fields = ("pk", "position", "first_day", "last_day", "impressions", "price", "currency")
    return [Sold(*row) for row in rows.values_list(*fields)]


def _lines(begin: date, end: date) -> list[QuoteLine]:
    """Posts and services of accepted quotes. Positions are bookings."""
    rows = QuoteLine.objects.filter(
        Q(first_day__range=(begin, end)) | Q(first_day=None, quote__accepted_at__gte=midnight(begin)),
        quote__status=Quote.Status.ACCEPTED,
        quote__accepted_at__isnull=False,
    )
    rows = rows.exclude(kind__in=QuoteLine.Kind.of_positions()).exclude(
        quote__request__status=AdRequest.Status.CANCELLED
    )
    return list(rows.select_related("quote__request").order_by())


def _day_of(line: QuoteLine) -> date:
    assert line.quote.accepted_at is not None  # noqa: S101  (the filter)
    return line.first_day or timezone.localdate(line.quote.accepted_at)


def money_by_month(
    bookings: Iterable[Sold], lines: Iterable[QuoteLine], begin: date, end: date, *, sealed: date | None, today: date
) -> list[Month]:
    """By month and currency, the oldest first."""
    booked: dict[tuple[date, str], Fraction] = {}
    delivered: dict[tuple[date, str], Fraction] = {}

    def add(to: dict[tuple[date, str], Fraction], month: date, currency: str, amount: Fraction) -> None:
        key = month.replace(day=1), currency
        to[key] = to.get(key, Fraction(0)) + amount

    goals = {one.pk: one for one in bookings if one.impressions}
    for one in bookings:
        for first, last in _months(max(begin, one.first_day), min(end, one.last_day)):
            add(booked, first, one.currency, one.worth_of(first, last))
            if not one.impressions and sealed:
                add(delivered, first, one.currency, one.worth_of(first, min(last, sealed)))
    renders = totals.figures("day", "line", first_day=begin, last_day=today, line__in=list(goals), kind=Kind.RENDER)
    had: dict[int, int] = {}
    for (day, number), figures in sorted(renders.items()) if goals else ():
        goal = goals[number]
        # Nobody pays for more than was bought.
        counted = min(figures.renders, (goal.impressions or 0) - had.get(number, 0))
        had[number] = had.get(number, 0) + counted
        add(delivered, day, goal.currency, goal.worth_of_renders(counted))
    done = {AdRequest.Status.DELIVERED, AdRequest.Status.CLOSED}
    for line in lines:
        add(booked, _day_of(line), line.quote.currency, Fraction(line.net))
        if line.quote.request.status in done:
            add(delivered, _day_of(line), line.quote.currency, Fraction(line.net))
    return [
        Month(*key, booked=_cents(booked.get(key)), delivered=_cents(delivered.get(key)))
        for key in sorted({*booked, *delivered})
        if booked.get(key) or delivered.get(key)
    ]


def _months(first_day: date, last_day: date) -> Iterator[tuple[date, date]]:
    """The days of a range by month."""
    while first_day <= last_day:
        after = month_after(first_day.replace(day=1))
        yield first_day, min(last_day, after - timedelta(days=1))
        first_day = after


def _cents(amount: Fraction | None) -> Decimal:
    return cents(Decimal(amount.numerator) / amount.denominator) if amount else NOTHING


def _fills(positions: list[Position], bookings: list[Sold], first_day: date, last_day: date) -> list[Fill]:
    fills = {position.pk: Fill(position) for position in positions}
    renders: dict[int, int] = {}
    found: dict[tuple[int, ...], Figures] = totals.figures(
        "position",
        "line",
        "house",
        first_day=first_day,
        last_day=last_day,
        position__in=list(fills),
        kind__in=[Kind.SERVED, Kind.RENDER],
    )
    for (number, line, house), figures in found.items():
        fill = fills[number]
        fill.opportunities += figures.net[Kind.SERVED]
        if line:
            fill.paid += figures.renders
            renders[line] = renders.get(line, 0) + figures.renders
        elif house:
            fill.house += figures.renders
        else:
            fill.empty += figures.net[Kind.SERVED]
    worth: dict[int, Fraction] = {}
    for one in bookings:
        if one.position in fills and one.currency == fills[one.position].position.currency:
            if one.impressions:
                amount = one.worth_of_renders(min(one.impressions, renders.get(one.pk, 0)))
            else:
                amount = one.worth_of(first_day, last_day)
            worth[one.position] = worth.get(one.position, Fraction(0)) + amount
    for number, fill in fills.items():
        fill.revenue = _cents(worth.get(number))
    return list(fills.values())


def _offers(positions: list[Position], first_day: date, *, at: datetime) -> list[Offer]:
    """Positions with something free, at the card's prices of the first day."""
    spans = [(days, first_day + timedelta(days=days - 1)) for days in AHEAD]
    outlooks = availability.outlooks(positions, first_day, spans[-1][1], at=at)
    offers = []
    for position in positions:
        windows = []
        for days, last_day in spans:
            outlook = outlooks[position.pk]
            share = outlook.free_share(first_day, last_day)
            number = (
                outlook.free_impressions(first_day, last_day) if availability.is_sold_by_number(position, at=at) else 0
            )
            windows.append(
                Window(
                    days,
                    share,
                    cents(position.rate.per_week * weeks_between(first_day, last_day) * share / WHOLE),
                    number,
                    cents(position.rate.per_thousand * number / 1000),
                )
            )
        if any(window.share or window.impressions for window in windows):
            offers.append(Offer(position, tuple(windows)))
    return offers


def _lapsed(today: date) -> list[Lapsed]:
    talking = AdRequest.objects.filter(status__in=records.OPEN, suspected="", advertiser__isnull=False)
    firms = (
        Advertiser.objects.filter(merged_into=None)
        .annotate(last=Max("bookings__last_day", filter=Q(bookings__status=Booking.Status.BOOKED)))
        .filter(last__lt=today)
        .exclude(pk__in=talking.order_by().values("advertiser"))
        .order_by("-last", "pk")[:MOST_NAMES]
    )
    found = list(firms)
    worth = records.lifetime_value([firm.pk for firm in found])
    return [Lapsed(firm, firm.last, worth.get(firm.pk, {})) for firm in found]  # type: ignore[attr-defined]


# The chart, in units of its own: so wide is a month, so high the highest bar.
BAR_STEP, BAR_WIDTH, BAR_HEIGHT = 48, 16, 140


@dataclass(frozen=True, slots=True)
class Bar:
    """A month of the chart. Text throughout, so that no language puts separators into it."""

    month: date
    x: str
    middle: str
    booked_y: str
    booked_height: str
    delivered_x: str
    delivered_y: str
    delivered_height: str


def bars(months: list[Month], *, is_mirrored: bool = False) -> list[Bar]:
    most = max([Decimal(1), *(max(row.booked, row.delivered) for row in months)])

    def high(amount: Decimal) -> int:
        return round(amount * BAR_HEIGHT / most)

    drawn = []
    for n, row in enumerate(months):
        place = len(months) - 1 - n if is_mirrored else n
        x = place * BAR_STEP + (BAR_STEP - 2 * BAR_WIDTH) // 2
        first, second = (x + BAR_WIDTH, x) if is_mirrored else (x, x + BAR_WIDTH)
        booked, delivered = high(row.booked), high(row.delivered)
        drawn.append(
            Bar(
                month=row.month,
                x=str(first),
                middle=str(x + BAR_WIDTH),
                booked_y=str(BAR_HEIGHT - booked),
                booked_height=str(booked),
                delivered_x=str(second),
                delivered_y=str(BAR_HEIGHT - delivered),
                delivered_height=str(delivered),
            )
        )
    return drawn
