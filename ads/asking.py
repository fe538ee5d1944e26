"""What a request in steps says so far: the forms of all steps, read again from the words that were typed, with the
price of today's rate card. Nothing here is believed of a browser but its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import prices, sales
from .days import weeks_between
from .money import cents
from .step_forms import CheckForm, DatesForm, Line, MaterialForm, StepForm, WhatForm

STEPS = ("what", "dates", "material", "check")
# Of one field. Beyond what the longest takes, so that its own check still says that it is too long.
MOST_TYPED = 6000

Answers = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Priced:
    """One line with what it costs: a sum, or what a week of it costs while its days are open, or neither where it takes
    a quote."""

    line: Line
    terms: str
    amount: Decimal | None = None
    a_week: Decimal | None = None
    currency: str = ""
    is_example: bool = False


@dataclass(kw_only=True)
class PriceSoFar:
    lines: list[Priced] = field(default_factory=list)

    @property
    def totals(self) -> list[tuple[str, Decimal]]:
        """By currency, the sum of what has a price."""
        sums: dict[str, Decimal] = {}
        for priced in self.lines:
            if priced.amount is not None:
                sums[priced.currency] = sums.get(priced.currency, Decimal(0)) + priced.amount
        return list(sums.items())

    @property
    def is_open(self) -> bool:
        """Whether something still has no sum."""
        return any(priced.amount is None for priced in self.lines)

    @property
    def has_examples(self) -> bool:
        return any(priced.is_example for priced in self.lines)


class Asked:
    """The steps of one request. Each form is there once it is asked for, and was validated then; `lines` carry what all
    steps up to the last asked for say."""

    def __init__(self, answers: Answers, *, email: str = "") -> None:
        # The address that the link to come back went to, where it did: offered as that of who asks.
        self.answers, self.email = answers, email
        today = timezone.localdate()
        self.positions = prices.positions_on_card(today)
        self.products = prices.products_on_card(today)

    @cached_property
    def what(self) -> WhatForm:
        form = WhatForm(self._typed("what"), positions=self.positions, products=self.products)
        form.full_clean()
        return form

    @cached_property
    def lines(self) -> list[Line]:
        return self.what.lines()

    @cached_property
    def dates(self) -> DatesForm:
        form = DatesForm(self._typed("dates"), lines=self.lines)
        form.full_clean()
        return form

    @cached_property
    def material(self) -> MaterialForm:
        form = MaterialForm(self._typed("material"), lines=self.lines)
        form.full_clean()
        return form

    @cached_property
    def check(self) -> CheckForm:
        form = CheckForm(self._typed("check"), lines=self.lines)
        form.full_clean()
        return form

    def form(self, step: str) -> StepForm:
        return getattr(self, step)

    def unbound(self, step: str) -> StepForm:
        """The form as it is shown before anybody was told of a mistake: with what was typed, and no errors."""
        typed = dict(self._typed(step))
        if step == "what":
            return WhatForm(initial=typed, positions=self.positions, products=self.products)
        if step == "check" and not typed.get("email"):
            typed["email"] = self.email
        kinds: dict[str, Any] = {"dates": DatesForm, "material": MaterialForm, "check": CheckForm}
        return kinds[step](initial=typed, lines=self.lines)

    def first_wrong(self, *, before: str) -> str | None:
        """The first step before a step that is not in order, None where all are."""
        return next((step for step in STEPS[: STEPS.index(before)] if not self.form(step).is_valid()), None)

    def read_all(self) -> list[Line]:
        """The lines with their days and briefs."""
        self.dates, self.material  # noqa: B018  (each writes into the lines)
        return self.lines

    def price(self) -> PriceSoFar:
        self.dates  # noqa: B018
        return PriceSoFar(lines=[priced(line) for line in self.lines])

    def _typed(self, step: str) -> Mapping[str, str]:
        return self.answers.get(step) or {}


def priced(line: Line) -> Priced:
    """A line at the rate card's price of its first day, or of today while that is open."""
    today = timezone.localdate()
    if line.product:
        rate = prices.of_post(line.product, today)
        who = _("you write it") if not line.is_written_here else _("we write it")
        terms = _(", ").join(part for part in (who, line.terms()) if part)
        amount = rate.newsroom if line.is_written_here else rate.client
        return Priced(line=line, terms=terms, amount=amount, currency=line.product.currency)
    position = line.position
    assert position is not None, "a line is a position or a post"  # noqa: S101
    of_card = prices.of_position(position, line.first_day or today)
    share = line.share or 100
    terms = line.terms()
    amount = a_week = None
    if line.impressions or (line.first_day and line.last_day):
        first = line.first_day or today
        last = line.last_day or first
        amount = sales.price_for(position, first, last, share=share, impressions=line.impressions)
        if not line.impressions:
            weeks = weeks_between(first, last)
            terms = _(", ").join([terms, ngettext("%(count)d week", "%(count)d weeks", weeks) % {"count": weeks}])
    else:
        a_week = cents(of_card.per_week * share / 100)
    return Priced(
        line=line,
        terms=terms,
        amount=amount,
        a_week=a_week,
        currency=position.currency,
        is_example=of_card.is_example,
    )


def wishes_of(asked: Asked, kept: Mapping[str, Any]) -> list[sales.Wish]:
    """What a request asks for, with the files `kept` for it by slot."""
    found = []
    for line in asked.read_all():
        price = priced(line)
        files = [kept[slot] for slot in (line.code, f"{line.code}.phone") if slot in kept]
        found.append(
            sales.Wish(
                position=line.position,
                product=line.product,
                written_by=line.written_by,
                share=line.share,
                impressions=line.impressions,
                first_day=line.first_day,
                last_day=line.last_day,
                brief=line.brief,
                price=price.amount,
                currency=price.currency if price.amount is not None else "",
                kept=tuple(files),
            )
        )
    return found


def days_of(lines: list[Line]) -> dict[str, Any]:
    """From the first to the last day of all positions; none where one of them has no days."""
    placed = [line for line in lines if line.position]
    firsts = [line.first_day for line in placed if line.first_day]
    lasts = [line.last_day for line in placed if line.last_day]
    is_whole = bool(placed) and len(firsts) == len(lasts) == len(placed)
    return {"first_day": min(firsts) if is_whole else None, "last_day": max(lasts) if is_whole else None}


def answers_like(lines: list[Line], *, days: tuple[Any, Any] = (None, None), **who: str) -> dict[str, dict[str, str]]:
    """The words that somebody would type for these lines: for a draft that begins with what was ordered before."""
    what: dict[str, str] = {}
    dates: dict[str, str] = {}
    for line in lines:
        what[f"want_{line.code}"] = "on"
        if line.position:
            what[f"way_{line.code}"] = "number" if line.impressions else str(line.share or 100)
            if line.impressions:
                what[f"number_{line.code}"] = str(line.impressions)
            if all(days):
                dates |= {f"first_{line.code}": days[0].isoformat(), f"last_{line.code}": days[1].isoformat()}
        else:
            what[f"writer_{line.code}"] = line.written_by
    return {"what": what, "dates": dates, "check": who}


def typed(post: Any, step: str, asked: Asked) -> dict[str, str]:
    """Of all that was sent, the fields of a step, each cut to a length that no field exceeds."""
    names = asked.unbound(step).fields
    return {name: str(post[name]).replace("\0", "")[:MOST_TYPED] for name in names if name in post}
