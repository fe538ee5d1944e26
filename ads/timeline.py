"""The way of a deal as its advertiser sees it: six steps, each with its day, and words where it left the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import billing
from .models import AdRequest

Status = AdRequest.Status

# A step, and the statuses that say it was reached. On credit a deal runs unpaid, so only a payment says "paid".
STEPS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (_("Received"), tuple(Status.values)),
    (
        _("Quoted"),
        (Status.QUOTED, Status.EXPIRED, *Status.agreed()),
    ),
    (_("Accepted"), tuple(Status.agreed())),
    (_("Paid"), (Status.PAID,)),
    (_("Live"), (Status.LIVE, Status.DELIVERED)),
    (_("Done"), (Status.DELIVERED,)),
)
LEFT = {
    Status.DECLINED: _("Declined"),
    Status.EXPIRED: _("The offer expired"),
    Status.CANCELLED: _("Cancelled"),
}


@dataclass(frozen=True)
class Step:
    name: str | Promise
    at: datetime | date | None
    is_reached: bool
    is_current: bool


def steps(deal: AdRequest) -> list[Step]:
    """The six steps with the moment each was first reached, as the history tells."""
    first: dict[str, datetime | date] = {}
    for move in deal.moves.order_by("at", "pk"):
        first.setdefault(move.to_status, move.at)
    if Status.PAID not in first and (paid := billing.paid_on(deal)):
        first[Status.PAID] = paid
    reached = {*first, deal.status}
    found = []
    for name, statuses in STEPS:
        # Statuses stand in the order in which they are reached.
        moment = next((first[status] for status in _in_order(statuses) if status in first), None)
        found.append((name, moment, bool(reached & set(statuses))))
    furthest = max(number for number, (_name, _at, is_reached) in enumerate(found) if is_reached)
    return [Step(*step, is_current=number == furthest) for number, step in enumerate(found)]


def _in_order(statuses: tuple[str, ...]) -> list[str]:
    return [status for status in Status.values if status in statuses]


def left_the_way(deal: AdRequest) -> str | Promise:
    """In words, where a deal ended before it was done; empty where it goes on or went well."""
    if deal.status == Status.CLOSED and not deal.moves.filter(to_status=Status.ACCEPTED).exists():
        return _("Closed")
    return LEFT.get(Status(deal.status), "")
