"""What a plan is made of: positions with the lines that they may show, and the artwork of both. None of it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from .targeting import ANYWHERE, Where


@dataclass(frozen=True, slots=True)
class Art:
    """One artwork that may be shown: of a booking, or with `is_house` the newsroom's own."""

    number: int
    src: str
    phone_src: str
    alt: str
    click_url: str
    weight: int = 1
    is_house: bool = False
    # Who pays for it, empty for the newsroom's own.
    advertiser: str = ""
    # Of the newsroom's own: 0 for pages of every language.
    language: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One booking with the artwork it shows, and when and where it runs.

    By share: `share` percent of the views. By number (a share of 0): `pace` (0 to 1) of what shares leave, and no more
    than `allowance` decisions by this process before the plan is read again.
    """

    booking: int
    share: int
    art: tuple[Art, ...]
    starts_at: datetime
    ends_at: datetime
    where: Where = ANYWHERE
    pace: float = 0.0
    allowance: int = 0
    # Impressions that it will lack at its end, by the forecast.
    short: int = 0

    def runs(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True)
class Slot:
    """A position that is on sale, with the lines it may show, and the newsroom's own artwork for what they leave."""

    number: int
    code: str
    place: str
    pages: str
    width: int
    height: int
    phone_width: int
    phone_height: int
    lines: tuple[Line, ...]
    house: tuple[Art, ...] = ()

    @property
    def art(self) -> tuple[Art, ...]:
        """All that may stand in it."""
        return (*(art for line in self.lines for art in line.art), *self.house)

    @property
    def stands_without_script(self) -> bool:
        """Whether readers without script may find something in it (`ads.decision.in_turn`)."""
        return bool(self.house) or any(line.where is ANYWHERE for line in self.lines)

    @cached_property
    def has_phone_artwork(self) -> bool:
        """Whether phones get a box of their own size: only where all that may stand in it fits."""
        return all(art.phone_src for art in self.art)
