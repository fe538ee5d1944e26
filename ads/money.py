"""Money is `Decimal`, and rounded here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format

CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Two decimals, a half up: 0.125 is 0.13."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def percent(number: Decimal) -> str:
    """A rate as it is written: 7.5 for 7.50, 10 for 10.00."""
    return number_format(Decimal(f"{Decimal(number).normalize():f}"))


@dataclass(frozen=True, slots=True)
class Totals:
    """Of an offer or an invoice. Tax is computed on the sum, not line by line."""

    net: Decimal
    tax: Decimal

    @classmethod
    def of(cls, nets: Iterable[Decimal], *, tax_rate: Decimal) -> Totals:
        """From net amounts in cents, and a rate in percent."""
        net = sum(nets, Decimal("0.00"))
        return cls(net=net, tax=cents(net * tax_rate / 100))

    @property
    def total(self) -> Decimal:
        return self.net + self.tax
