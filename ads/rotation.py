"""Several versions of a booking's artwork that take turns, by weight. Without weights the newest alone is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from articles.models import User

from . import running
from .models import Booking, Creative

MOST = 100

Status = Creative.Status


def weigh(booking: Booking, weights: Mapping[int, int | None], *, by: User | None, at: datetime) -> bool:
    """Give approved versions, by number of the version, their weights; None and what is not named are not shown while
    others have one. All None: the newest alone. False when they are what they were. Raises RunningRefused."""
    if booking.status != Booking.Status.BOOKED or at >= booking.ends_at:
        raise running.RunningRefused(_("This booking is over or was cancelled, so its artwork takes no turns."))
    if any(weight is not None and not 1 <= weight <= MOST for weight in weights.values()):
        raise running.RunningRefused(_("A weight is a number from 1 to %(most)d.") % {"most": MOST})
    with transaction.atomic():
        approved = list(_approved(booking).select_for_update())
        known = {one.version for one in approved}
        if not {version for version, weight in weights.items() if weight} <= known:
            raise running.RunningRefused(
                _("One of these versions is not approved any more. Reload the page to see where they stand.")
            )
        changed = [one for one in approved if one.weight != weights.get(one.version)]
        for one in changed:
            Creative.objects.filter(pk=one.pk).update(weight=weights.get(one.version))
        if changed:
            note = in_words({version: weight for version, weight in sorted(weights.items()) if weight})
            running.write_down(booking, running.What.WEIGHED, note, by=by, at=at)
    return bool(changed)


def take_place(creative: Creative) -> None:
    """A version that comes in place of all that took turns: without weights it is the one that is shown. Within the
    transaction of the caller, who has the plan read anew."""
    Creative.objects.filter(booking=creative.booking_id).exclude(weight=None).update(weight=None)


def weighted(booking: Booking) -> list[Creative]:
    """The versions that take turns, the newest first; none where the newest alone is shown."""
    return [one for one in _approved(booking) if one.weight]


def in_words(weights: Mapping[int, int]) -> str:
    """“v3: 50 %, v2: 50 %”, by version."""
    if not weights:
        return _("The newest alone")
    whole = sum(weights.values())
    return _(", ").join(
        _("version %(number)d: %(part)d %%") % {"number": version, "part": round(100 * weight / whole)}
        for version, weight in weights.items()
    )


def _approved(booking: Booking):
    return Creative.objects.filter(booking=booking, status=Status.APPROVED).order_by("-version")
