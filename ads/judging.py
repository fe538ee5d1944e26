"""What cannot be known of an event when it arrives: whether its visitor did too much, or clicked what nobody saw.

Judged when an hour is counted, from the events alone, so that counting again gives the same. After the list of general
invalid traffic of the Media Rating Council (known robots, and activity beyond what people do).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from . import tokens
from .models import Event
from .models.event import COLUMNS, Kind, Reason, Source

# In an hour, from one network and kind of browser, which many people may share on phones.
MOST_PAGES = 1000
MOST_CLICKS = 50
MOST_CLICKS_ON_A_LINE = 5
# Between showing and click. Nobody reads and taps faster.
FASTEST = timedelta(milliseconds=500)


def counted(begin: datetime, end: datetime) -> Iterator[tuple[dict[str, int], int]]:
    """The events received from `begin` to before `end`, by COLUMNS, with how many and why not."""
    events = Event.objects.filter(at__gte=begin, at__lt=end)
    busy = _busy(events)
    clicks = list(events.filter(kind=Kind.CLICK, source=Source.PAGE, reason=Reason.VALID).order_by("at", "key"))
    rest = events.exclude(kind=Kind.CLICK, source=Source.PAGE, reason=Reason.VALID)
    totals: Counter[tuple[int, ...]] = Counter()
    for *facts, number in _grouped(rest):
        totals[tuple(facts)] += number
    for *facts, number in _grouped(rest.filter(visitor__in=busy, reason=Reason.VALID)) if busy else ():
        totals[tuple(facts)] -= number
        totals[_with_reason(facts, Reason.RATE)] += number
    for click, reason in _judged(clicks, busy):
        totals[_with_reason([getattr(click, name) for name in COLUMNS], reason)] += 1
    for key, number in totals.items():
        if number:
            yield dict(zip(COLUMNS, key, strict=True)), number


def _grouped(events: Any) -> Iterator[tuple[int, ...]]:
    return events.order_by().values_list(*COLUMNS).annotate(number=Count("key"))


def _busy(events: Any) -> list[int]:
    """Visitors with more pages than a person has. 0 is nobody: their salt was gone."""
    pages = events.filter(kind=Kind.SERVED, position=0, reason=Reason.VALID).exclude(visitor=0)
    return list(
        pages.order_by()
        .values("visitor")
        .annotate(number=Count("key"))
        .filter(number__gt=MOST_PAGES)
        .values_list("visitor", flat=True)
    )


def _with_reason(facts: Any, reason: Reason) -> tuple[int, ...]:
    return tuple(int(reason) if name == "reason" else fact for name, fact in zip(COLUMNS, facts, strict=True))


def _judged(clicks: list[Event], busy: list[int]) -> Iterator[tuple[Event, Reason]]:
    """Clicks in the order in which they came, each with whether it counts."""
    renders = Event.objects.filter(pk__in=[tokens.sibling(click.key, Kind.RENDER) for click in clicks])
    shown = dict(renders.values_list("key", "at"))
    busy_ones = set(busy)
    by_visitor: Counter[int] = Counter()
    on_line: Counter[tuple[int, int, int]] = Counter()
    for click in clicks:
        render = shown.get(tokens.sibling(click.key, Kind.RENDER))
        by_visitor[click.visitor] += 1
        on_line[click.visitor, click.line, click.house] += 1
        if click.visitor in busy_ones:
            yield click, Reason.RATE
        elif render is None:
            yield click, Reason.UNSEEN
        elif click.at - render < FASTEST:
            yield click, Reason.FAST
        elif by_visitor[click.visitor] > MOST_CLICKS or (
            on_line[click.visitor, click.line, click.house] > MOST_CLICKS_ON_A_LINE
        ):
            yield click, Reason.CLICKS
        else:
            yield click, Reason.VALID
