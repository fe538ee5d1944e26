"""What became of an issue: how many got it, what came back, and which links were followed. No figure names a reader."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import TruncHour
from django.utils.encoding import uri_to_iri
from django.utils.translation import gettext as _

from .models import Consent, Delivery, Issue, LinkClick

# Who leaves within so long after an issue left because of it, perhaps.
LEFT_WITHIN = timedelta(days=7)
HOURS_SHOWN = 72
REASONS_SHOWN = 20
# A bar of the chart and its place, the height of all.
STEP, BAR, HEIGHT = 24, 18, 100
# Mail servers repeat the address in their answers.
_ADDRESS = re.compile(r"<?[^\s<>]+@[^\s<>]+>?")

State = Delivery.State


@dataclass(frozen=True)
class Figures:
    """`taken` is what a mail server accepted, whatever came after. `unanswered` is a part of `handed`: what nobody
    waits for any more."""

    waiting: int = 0
    handed: int = 0
    unanswered: int = 0
    taken: int = 0
    delivered: int = 0
    bounced: int = 0
    complained: int = 0
    failed: int = 0
    skipped: int = 0
    clicks: int = 0

    @property
    def recipients(self) -> int:
        return self.waiting + self.handed + self.taken + self.failed + self.skipped

    @property
    def percent_done(self) -> int:
        return 100 if not self.recipients else (self.recipients - self.waiting) * 100 // self.recipients

    def share(self, number: int) -> float | None:
        """Of a hundred mails that were taken; None without any."""
        return number * 100 / self.taken if self.taken else None


@dataclass(frozen=True)
class Link:
    address: str
    clicks: int
    # In a hundred mails that were taken; None without any.
    rate: float | None


@dataclass(frozen=True)
class Hour:
    """`x`, `y` and `height` are of its bar."""

    begins: datetime
    mails: int
    x: int
    y: float
    height: float


@dataclass(frozen=True)
class Report:
    issue: Issue
    figures: Figures
    reasons: Sequence[tuple[str, int]]
    links: Sequence[Link]
    hours: Sequence[Hour]
    left: int

    @property
    def chart_width(self) -> int:
        return max(len(self.hours), 1) * STEP

    @property
    def most_an_hour(self) -> int:
        return max((hour.mails for hour in self.hours), default=0)


def figures(issues: Iterable[int], *, at: datetime) -> dict[int, Figures]:
    """Of some issues, in three queries whatever their number."""
    pks = list(issues)
    rows = Delivery.objects.filter(issue__in=pks).order_by()
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for issue, state, number in rows.values_list("issue", "state").annotate(number=Count("pk")):
        counts[issue][state] = number
    unanswered = dict(
        Delivery.objects.unanswered(at).filter(issue__in=pks).order_by().values_list("issue").annotate(Count("pk"))
    )
    clicks = dict(LinkClick.objects.filter(issue__in=pks).order_by().values_list("issue").annotate(Sum("clicks")))
    return {
        pk: Figures(
            waiting=states[State.WAITING],
            handed=states[State.HANDED],
            unanswered=unanswered.get(pk, 0),
            taken=sum(states[one] for one in (State.SENT, State.DELIVERED, State.BOUNCED, State.COMPLAINED)),
            delivered=states[State.DELIVERED] + states[State.COMPLAINED],
            bounced=states[State.BOUNCED],
            complained=states[State.COMPLAINED],
            failed=states[State.FAILED],
            skipped=states[State.SKIPPED],
            clicks=clicks.get(pk, 0),
        )
        for pk in pks
        for states in [counts[pk]]
    }


def of(issue: Issue, *, at: datetime, is_rtl: bool = False) -> Report:
    found = figures([issue.pk], at=at)[issue.pk]
    return Report(
        issue=issue,
        figures=found,
        reasons=_reasons(issue),
        links=_links(issue, found),
        hours=_hours(issue, is_rtl),
        left=_left(issue),
    )


def lines(report: Report) -> Iterator[list[Any]]:
    """The report as rows of a table for spreadsheets: what, of which, how many."""
    figures = report.figures
    for label, number in [
        (_("Recipients"), figures.recipients),
        (_("Sent"), figures.taken),
        (_("Waiting"), figures.waiting),
        (_("Handed over, no answer"), figures.unanswered),
        (_("Arrived"), figures.delivered),
        (_("Came back"), figures.bounced),
        (_("Called spam"), figures.complained),
        (_("Could not be sent"), figures.failed),
        (_("Left out"), figures.skipped),
        (_("Unsubscribed within a week"), report.left),
    ]:
        yield [label, "", number]
    for reason, number in report.reasons:
        yield [_("Could not be sent"), reason, number]
    for link in report.links:
        yield [_("Clicks"), link.address, link.clicks]
    for hour in report.hours:
        yield [_("Sent in the hour"), f"{hour.begins:%Y-%m-%d %H:%M}", hour.mails]


def _reasons(issue: Issue) -> list[tuple[str, int]]:
    """What mail servers said of mails that failed or came back, most often first and without the addresses in it."""
    bad = Delivery.objects.filter(issue=issue, state__in=[State.FAILED, State.BOUNCED]).exclude(error="")
    said: Counter[str] = Counter()
    for error, number in bad.order_by().values_list("error").annotate(number=Count("pk")).order_by("-number")[:1000]:
        said[_ADDRESS.sub("…", error)] += number
    return said.most_common(REASONS_SHOWN)


def _links(issue: Issue, figures: Figures) -> list[Link]:
    clicks = dict(LinkClick.objects.filter(issue=issue).order_by().values_list("link").annotate(number=Sum("clicks")))
    addresses = issue.sent_as.get("links", [])
    found = [
        Link(uri_to_iri(address), clicks.get(place, 0), figures.share(clicks.get(place, 0)))
        for place, address in enumerate(addresses)
    ]
    return sorted(found, key=lambda link: -link.clicks)


def _hours(issue: Issue, is_rtl: bool) -> list[Hour]:
    """Each hour from the first mail to the last, also those without any; Arabic begins at the right."""
    gone = Delivery.objects.filter(issue=issue, state__in=State.gone(), sent_at__isnull=False).order_by()
    mails = dict(gone.annotate(hour=TruncHour("sent_at")).values_list("hour").annotate(number=Count("pk")))
    if not mails:
        return []
    first, top = min(mails), max(mails.values())
    count = min(int((max(mails) - first).total_seconds() // 3600) + 1, HOURS_SHOWN)
    hours = []
    for place in range(count):
        begins = first + timedelta(hours=place)
        number = mails.get(begins, 0)
        height = round(HEIGHT * number / top, 2)
        column = count - 1 - place if is_rtl else place
        hours.append(Hour(begins, number, column * STEP + (STEP - BAR) // 2, round(HEIGHT - height, 2), height))
    return hours


def _left(issue: Issue) -> int:
    """Readers who got it and unsubscribed within a week."""
    if issue.started_at is None:
        return 0
    week = (issue.started_at, issue.started_at + LEFT_WITHIN)
    gone = Consent.objects.filter(kind=Consent.Kind.LEFT, at__range=week, subscriber__deliveries__issue=issue)
    return gone.values("subscriber").distinct().count()
