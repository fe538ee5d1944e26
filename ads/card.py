"""The rate card of a day as data: what is sold, for how much, from when, to whom. Page and paper draw the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from . import audience, forecast, free_weeks, prices
from .audience import Audience, Mailed
from .forecast import Forecast
from .models import Position, PostProduct, Service


@dataclass(frozen=True, slots=True)
class Row:
    """A position with its `number` on the maps. `free_from` is None where no week is free in sight."""

    number: int
    position: Position
    forecast: Forecast
    free_from: date | None


@dataclass(frozen=True, slots=True)
class Card:
    day: date
    rows: Sequence[Row]
    products: Sequence[PostProduct]
    services: Sequence[Service]
    audience: Audience | None
    mailed: Mailed | None

    @property
    def positions(self) -> list[Position]:
        return [row.position for row in self.rows]

    @property
    def has_examples(self) -> bool:
        return any(row.position.rate.is_example for row in self.rows)

    @property
    def has_example_services(self) -> bool:
        return any(service.is_example_price for service in self.services)

    @property
    def measured_until(self) -> date | None:
        """The newest day that stands behind views a week; None where all of them are estimates."""
        return max((row.forecast.last_day for row in self.rows if row.forecast.last_day), default=None)


def read(day: date) -> Card:
    """In as many queries for thirty positions as for one."""
    positions = prices.positions_on_card(day)
    forecasts = forecast.of_all(positions)
    free = free_weeks.free_from(positions, day)
    return Card(
        day=day,
        rows=[
            Row(number, position, forecasts[position.pk], free[position.pk])
            for number, position in enumerate(positions, 1)
        ],
        products=prices.products_on_card(day),
        services=list(prices.services().values()),
        audience=audience.measured(),
        mailed=audience.mailed(day),
    )
