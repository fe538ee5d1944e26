"""What a report is made of, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles.models import Article

from .models import AdRequest, Booking, Creative, Promise
from .models.event import Kind
from .totals import Figures

# Artwork of so many pixels counts as viewable with 30 % of them in view, by the guideline of the Media Rating Council.
LARGE = 242_500
# Within so much of what is expected by now, all is well.
ON_TRACK = 0.05


class State(Enum):
    """How far a day's figures stand."""

    UNCOUNTED = "uncounted"
    SEALED = "sealed"
    PROVISIONAL = "provisional"


@dataclass(slots=True)
class Row:
    """Figures under a name: of an artwork, a section, a device, a position."""

    label: str
    figures: Figures = field(default_factory=Figures)

    @property
    def viewable_percent(self) -> float | None:
        rate = self.figures.viewable_rate
        return None if rate is None else rate * 100

    @property
    def click_percent(self) -> float | None:
        rate = self.figures.click_rate
        return None if rate is None else rate * 100

    @property
    def page_views(self) -> int:
        """Of a post: how often its page was opened."""
        return self.figures.net[Kind.SERVED]

    @property
    def reads(self) -> int:
        return self.figures.net[Kind.READ]

    @property
    def gross_renders(self) -> int:
        return self.figures.gross[Kind.RENDER]

    @property
    def gross_views(self) -> int:
        return self.figures.gross[Kind.VIEW]

    @property
    def gross_clicks(self) -> int:
        return self.figures.gross[Kind.CLICK]

    @property
    def corrected(self) -> list[int] | None:
        """How many more, or fewer below zero, corrections made of it: shown, viewable, clicks. None where of none."""
        numbers = [self.figures.corrected.get(kind, 0) for kind in (Kind.RENDER, Kind.VIEW, Kind.CLICK)]
        return numbers if any(numbers) else None


@dataclass(slots=True)
class Corrected(Row):
    """All corrections, where a table is by something that they do not know. They have no rate."""

    @property
    def viewable_percent(self) -> float | None:
        return None

    @property
    def click_percent(self) -> float | None:
        return None


@dataclass(slots=True)
class Day(Row):
    day: date = date.min
    state: State = State.PROVISIONAL

    @property
    def is_counted(self) -> bool:
        return self.state != State.UNCOUNTED


@dataclass(slots=True)
class Version(Row):
    """An artwork version of a line."""

    creative: Creative | None = None
    # Of its picture, for who draws a page; the view knows it.
    address: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """What a line has had of what it bought, from its first day to now.

    For a number: impressions. For a share: how often its position was shown in its days, of which it bought a part.
    """

    had: int
    bought: int
    expected: int
    # How often the position was shown to anybody; None for a number.
    of: int | None = None

    @property
    def percent(self) -> float | None:
        """Of what is expected by now; None where nothing is."""
        return 100 * self.had / self.expected if self.expected else None

    @property
    def had_percent(self) -> float | None:
        """A share: the part of its position's showings that it had. A number: the part of the goal."""
        whole = self.bought if self.of is None else self.of
        return 100 * self.had / whole if whole else None

    @property
    def words(self) -> str:
        if self.percent is None:
            return _("nothing expected yet")
        if self.percent < 100 * (1 - ON_TRACK):
            return _("behind")
        return _("ahead") if self.percent > 100 * (1 + ON_TRACK) else _("as expected")

    @property
    def is_behind(self) -> bool:
        return self.percent is not None and self.percent < 100 * (1 - ON_TRACK)


@dataclass(slots=True)
class Line(Row):
    """A booking in the days of the report; `pace` is of its whole time, and None where it was cancelled."""

    booking: Booking = field(default_factory=Booking)
    days: list[Day] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    pace: Pace | None = None
    # None also where nobody wrote down when.
    cancelled_on: date | None = None

    @property
    def is_cancelled(self) -> bool:
        return self.booking.status == Booking.Status.CANCELLED

    @property
    def cancelled(self) -> str:
        """That it was, in words; nothing where it was not."""
        if not self.is_cancelled:
            return ""
        if self.cancelled_on is None:
            return _("Cancelled")
        return _("Cancelled on %(day)s") % {"day": date_format(self.cancelled_on, "j F Y")}

    @property
    def is_large(self) -> bool:
        return self.booking.position.width * self.booking.position.height >= LARGE


@dataclass(slots=True)
class Proof:
    """A promised mention: whether it was made, where, and how many clicks its links had."""

    promise: Promise
    clicks: int
    is_counted: bool


@dataclass(slots=True)
class Post(Row):
    """A sponsored post in the days of the report."""

    article: Article = field(default_factory=Article)
    days: list[Day] = field(default_factory=list)
    # Up to now; 0 where readers do not have it.
    online_days: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """How often something was told and does not count, and why."""

    reason: str
    renders: int
    views: int
    clicks: int


@dataclass(frozen=True, slots=True)
class Correction:
    day: date
    what: str
    number: int
    why: str


@dataclass(slots=True)
class Report:
    deal: AdRequest
    first_day: date
    last_day: date
    at: datetime
    zone: str
    # The days of the whole flight; None where nothing has days yet.
    flight: tuple[date, date] | None
    began: date | None
    sealed_to: date | None
    # Of its last sealed day: it covers all days before.
    seal: str
    method: int
    total: Row
    days: list[Day] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    positions: list[Row] = field(default_factory=list)
    sections: list[Row] = field(default_factory=list)
    devices: list[Row] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    # Whether the deal bought posts, public or not.
    posts_bought: bool = False
    proofs: list[Proof] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)

    @property
    def sealed_days(self) -> list[Day]:
        return [day for day in self.days if day.state == State.SEALED]

    @property
    def provisional_days(self) -> list[Day]:
        return [day for day in self.days if day.state == State.PROVISIONAL]

    @property
    def uncounted_days(self) -> list[Day]:
        return [day for day in self.days if day.state == State.UNCOUNTED]

    @property
    def is_counted(self) -> bool:
        return any(day.is_counted for day in self.days)

    @property
    def is_final(self) -> bool:
        """Whether the whole flight is in it and sealed: nothing of it changes but by a correction."""
        if not (self.flight and self.sealed_to):
            return False
        first, last = self.flight
        return self.first_day <= first and last <= min(self.last_day, self.sealed_to)

    @property
    def large(self) -> list[Line]:
        return [line for line in self.lines if line.is_large]
