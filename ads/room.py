"""What a line of a quote finds free, in a few words for the seller: said while they write, decided when they send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from . import availability
from .ledger import WHOLE, days_between
from .models import Hold, PositionDay, Quote, QuoteLine


def beside(lines: Sequence[QuoteLine], *, quote: Quote, at: datetime) -> list[str]:
    """A sentence for each line, empty where nothing can run out. What an open version of the same deal holds counts as
    free, because sending the new one gives it back; so does what is held past its time."""
    found = [line for line in lines if line.position and line.first_day and line.last_day]
    if not found:
        return ["" for _line in lines]
    first = min(line.first_day for line in found if line.first_day)
    last = max(line.last_day for line in found if line.last_day)
    positions = {line.position_id for line in found}
    used: dict[tuple[int, date], int] = {
        (position, day): number
        for position, day, number in PositionDay.objects.filter(
            position__in=positions, day__range=(first, last), used__gt=0
        ).values_list("position", "day", "used")
    }
    held = list(
        Hold.objects.filter(
            position__in=positions, state=Hold.State.HELD, first_day__lte=last, last_day__gte=first
        ).select_related("line__quote")
    )
    ours = [hold for hold in held if hold.line.quote.request_id == quote.request_id or hold.expires_at <= at]
    for hold in ours:
        for day in days_between(max(first, hold.first_day), min(last, hold.last_day)):
            used[hold.position_id, day] = used.get((hold.position_id, day), 0) - hold.share
    theirs = [hold for hold in held if hold not in ours]
    numbers: dict[tuple[int | None, date | None, date | None], int] = {}
    said = []
    for line in lines:
        if line not in found:
            said.append("")
        elif line.kind == QuoteLine.Kind.IMPRESSIONS:
            window = (line.position_id, line.first_day, line.last_day)
            if window not in numbers:  # lines of one window ask once
                numbers[window] = _number(line, ours, at=at)
            said.append(_of_number(line, numbers[window]))
        else:
            said.append(_of_share(line, used, theirs))
    return said


def _number(line: QuoteLine, ours: list[Hold], *, at: datetime) -> int:
    assert line.position and line.first_day and line.last_day  # noqa: S101, PT018  (those without were left out)
    free = availability.free_impressions(line.position, line.first_day, line.last_day, at=at)
    # Exact for a hold inside the window; one that reaches beyond it may free less, so it is not counted.
    return free + sum(
        hold.impressions
        for hold in ours
        if hold.position_id == line.position_id and hold.first_day >= line.first_day and hold.last_day <= line.last_day
    )


def _of_number(line: QuoteLine, free: int) -> str:
    assert line.position  # noqa: S101
    if not availability.is_sold_by_number(line.position):
        return _("Not sold by impressions: none were counted yet, and the publisher has estimated none.")
    words = {"number": number_format(free, force_grouping=True)}
    if (line.impressions or 0) > free:
        return _("Takes at most %(number)s impressions on these days.") % words
    return _("Free: these days take up to %(number)s impressions.") % words


def _of_share(line: QuoteLine, used: dict[tuple[int, date], int], theirs: list[Hold]) -> str:
    assert line.first_day and line.last_day  # noqa: S101, PT018
    days = days_between(line.first_day, line.last_day)
    fullest = max(days, key=lambda day: used.get((line.position_id or 0, day), 0))
    free = WHOLE - used.get((line.position_id or 0, fullest), 0)
    if free >= WHOLE:
        return _("Free.")
    if free >= (line.share or WHOLE):
        return _("%(free)d %% free.") % {"free": free}
    waiting = [
        hold
        for hold in theirs
        if hold.position_id == line.position_id and hold.share and hold.first_day <= fullest <= hold.last_day
    ]
    words = {"day": date_format(fullest), "free": free}
    if waiting:
        until = timezone.localtime(min(hold.expires_at for hold in waiting))
        said = _("On %(day)s only %(free)d %% are free: held for somebody else until %(until)s.")
        return said % {**words, "until": date_format(until, "DATETIME_FORMAT")}
    return _("On %(day)s only %(free)d %% are free: sold. Choose other days, or a smaller share.") % words
