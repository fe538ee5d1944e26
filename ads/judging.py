"""What cannot be known of an event when it arrives: whether its visitor did too much, or clicked what nobody saw.

Judged when an hour is counted, from the events alone, so that counting again gives the same. After the list of general
invalid traffic of the Media Rating Council (known robots, and activity beyond what people do). `docs/counting.md` says
it in words for those who pay; other limits are another METHOD (`ads.rollups`).

A visitor is a network and a kind of browser. Behind the doors of a carrier that may be thousands of phones, so the
limits are of hours, not minutes, and one on pages holds only for who had an unlikely part of all pages besides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, Q, Value, When

from . import tokens, visitors
from .models import Event
from .models.event import COLUMNS, Kind, Reason, Source

# In an hour, of one visitor: pages, and from which part of all pages of the hour on that is no carrier's door.
MOST_PAGES, PART_OF_PAGES = 1000, 0.05
# The same for all browsers of one network, for who changes the browser's name with every page.
MOST_PAGES_OF_NETWORK, PART_OF_NETWORK = 5000, 0.25
# In an hour, clicks that count: of one visitor, on one line (or story, or link); on all; of one network.
MOST_CLICKS_ON_ONE, MOST_CLICKS, MOST_CLICKS_OF_NETWORK = 10, 50, 200
# From the decision to the click. Nobody gets the page, sees and taps faster. What shows a page tells of it in batches,
# some seconds late, so the moment of showing is no measure.
FASTEST = timedelta(milliseconds=500)
KEYS_AT_ONCE = 5000


def counted(begin: datetime, end: datetime) -> Iterator[tuple[dict[str, int], int]]:
    """The events received from `begin` to before `end`, by COLUMNS, with how many and why not."""
    events = Event.objects.filter(at__gte=begin, at__lt=end)
    busy = _busy(events)
    clicks = Q(kind=Kind.CLICK, reason=Reason.VALID)
    totals: Counter[tuple[int, ...]] = Counter()
    is_busy = Case(When(busy, then=Value(1)), default=Value(0)) if busy else Value(0)
    rest = events.exclude(clicks).annotate(is_busy=is_busy)
    for *facts, too_much, number in rest.order_by().values_list(*COLUMNS, "is_busy").annotate(number=Count("key")):
        totals[_with_reason(facts, Reason.RATE if too_much else None)] += number
    for click, reason in _judged(events.filter(clicks).annotate(is_busy=is_busy).order_by("at", "key")):
        totals[_with_reason([getattr(click, name) for name in COLUMNS], reason)] += 1
    for key, number in totals.items():
        yield dict(zip(COLUMNS, key, strict=True)), number


def _busy(events: Any) -> Q:
    """Matches what visitors did who had more pages than people have; empty where there are none. Visitor 0 is nobody:
    their salt was gone."""
    pages = events.filter(kind=Kind.SERVED, position=0, reason=Reason.VALID).order_by()
    of_all = pages.count()
    found = Q()
    if of_all <= MOST_PAGES:
        return found
    most = max(MOST_PAGES, of_all * PART_OF_PAGES)
    by_visitor = pages.exclude(visitor=0).values("visitor").annotate(number=Count("key")).filter(number__gt=most)
    if loud := list(by_visitor.values_list("visitor", flat=True)):
        found |= Q(visitor__in=loud)
    most = max(MOST_PAGES_OF_NETWORK, of_all * PART_OF_NETWORK)
    by_network = (
        pages.exclude(visitor=0)
        .annotate(network=F("visitor").bitrightshift(visitors.BITS))
        .values("network")
        .annotate(number=Count("key"))
        .filter(number__gt=most)
    )
    for network in by_network.values_list("network", flat=True):
        found |= Q(visitor__range=visitors.visitors_of(network))
    return Q(found, reason=Reason.VALID) if found else found


def _with_reason(facts: Any, reason: Reason | None) -> tuple[int, ...]:
    """The facts, with another reason than their own where there is one."""
    if reason is None:
        return tuple(facts)
    return tuple(int(reason) if name == "reason" else fact for name, fact in zip(COLUMNS, facts, strict=True))


def _judged(clicks: Any) -> Iterator[tuple[Event, Reason | None]]:
    """Clicks in the order in which they came, each with the reason for which it does not count, if any."""
    by_visitor: Counter[int] = Counter()
    by_network: Counter[int] = Counter()
    on_one: Counter[tuple[int, ...]] = Counter()
    rows = clicks.iterator(chunk_size=KEYS_AT_ONCE)
    while some := list(islice(rows, KEYS_AT_ONCE)):
        there = _there(cause for click in some if (cause := _cause(click)))
        for click in some:
            cause = _cause(click)
            network = visitors.network_of(click.visitor)
            one = (click.visitor, click.line, click.house, click.article, click.link)
            if click.is_busy:
                yield click, Reason.RATE
            elif cause and cause not in there:
                yield click, Reason.UNSEEN
            elif click.source == Source.PAGE and click.at - tokens.decided_at(click.key) < FASTEST:
                yield click, Reason.FAST
            elif click.visitor and (
                on_one[one] >= MOST_CLICKS_ON_ONE
                or by_visitor[click.visitor] >= MOST_CLICKS
                or by_network[network] >= MOST_CLICKS_OF_NETWORK
            ):
                yield click, Reason.CLICKS
            else:
                by_visitor[click.visitor] += 1
                by_network[network] += 1
                on_one[one] += 1
                yield click, None


def _cause(click: Event) -> UUID | None:
    """The key of what must have happened before: artwork was shown, the page with the link was served. Of a mail
    nobody can know."""
    kinds = {Source.PAGE: Kind.RENDER, Source.STORY: Kind.SERVED}
    kind = kinds.get(Source(click.source))
    return tokens.sibling(click.key, kind) if kind else None


def _there(keys: Iterable[UUID]) -> set[UUID]:
    return set(Event.objects.filter(pk__in=list(keys)).values_list("pk", flat=True))
