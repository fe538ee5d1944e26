"""The rate card's prices on a day: the newest dated price that has begun, or the thing's own before the first.

A flight costs what the card says for the day it begins, however long it runs; a post or a service what the card says
on the day of the offer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from .models import Position, PositionPrice, PostPrice, PostProduct, QuoteLine, Service
from .money import cents

Dated = TypeVar("Dated", PositionPrice, PostPrice)


@dataclass(frozen=True, slots=True)
class PositionRate:
    per_week: Decimal
    per_thousand: Decimal
    is_example: bool


@dataclass(frozen=True, slots=True)
class PostRate:
    """`newsroom` is None where each post that we write is a quote of its own."""

    client: Decimal
    newsroom: Decimal | None


def of_position(position: Position, day: date) -> PositionRate:
    """Prices of flights that begin on `day`. A price that the publisher dated is no example any more."""
    dated = _begun(position.dated_prices.all(), day)
    if dated is None:
        return PositionRate(position.price_per_week, position.price_per_thousand, position.is_example_price)
    return PositionRate(dated.price_per_week, dated.price_per_thousand, is_example=False)


def of_post(product: PostProduct, day: date) -> PostRate:
    dated = _begun(product.dated_prices.all(), day)
    return PostRate(dated.price, dated.newsroom_price) if dated else PostRate(product.price, product.newsroom_price)


def of_line(line: QuoteLine, *, services: dict[str, Service], day: date) -> Decimal | None:
    """What one of a line costs by the card: a week at the line's share, a thousand impressions, a post or a service.
    None where the card has no price. `day` is that of the offer; a position is priced on its first day."""
    if line.position and line.first_day:
        rate = of_position(line.position, line.first_day)
        if line.kind == QuoteLine.Kind.IMPRESSIONS:
            return rate.per_thousand
        return cents(rate.per_week * (line.share or 0) / 100)
    if line.product:
        post = of_post(line.product, day)
        return post.newsroom if line.written_by == "newsroom" else post.client
    service = services.get(line.kind)
    return service.price if service else None


def services() -> dict[str, Service]:
    """What is on sale beside positions and posts, by the kind of its line."""
    return {service.kind: service for service in Service.objects.filter(is_active=True)}


def positions_on_card(day: date) -> list[Position]:
    """On sale, each with its `rate` of the day and the price that is `coming`."""
    positions = list(Position.objects.filter(is_active=True).prefetch_related("dated_prices"))
    for position in positions:
        position.rate = of_position(position, day)
        position.coming = _next(position.dated_prices.all(), day)
    return positions


def products_on_card(day: date) -> list[PostProduct]:
    products = list(PostProduct.objects.filter(is_active=True).prefetch_related("dated_prices"))
    for product in products:
        product.rate = of_post(product, day)
        product.coming = _next(product.dated_prices.all(), day)
    return products


def _begun(rows: Iterable[Dated], day: date) -> Dated | None:
    # Chosen here and not in the database, so that rows fetched for a whole page are used.
    return max((row for row in rows if row.from_day <= day), key=lambda row: row.from_day, default=None)


def _next(rows: Iterable[Dated], day: date) -> Dated | None:
    return min((row for row in rows if row.from_day > day), key=lambda row: row.from_day, default=None)
