"""What the desk does to a line that runs: stop it for a while and let it go on, and say where and when it is shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles.models import Section, User

from . import availability, plan, targeting, targeting_display
from .models import Booking, BookingMove, Targeting, WordList
from .models.targeting import EVERY_DAY

What = BookingMove.What


class RunningRefused(Exception):
    """Raised when a booking cannot be paused, resumed, limited or given weights; its text is a sentence for people.
    `field` names what is wrong of a form."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def pause(booking: Booking, *, by: User | None, at: datetime, note: str = "") -> None:
    """Show nothing of a booking until somebody resumes it. Its days go by, and stay taken. Raises RunningRefused, also
    when somebody else was faster."""
    _check_runs(booking, at)
    with transaction.atomic():
        rows = Booking.objects.filter(pk=booking.pk, status=Booking.Status.BOOKED, paused_at=None)
        if not rows.update(paused_at=at):
            raise RunningRefused(_("It is paused already, or was cancelled. Reload the page to see where it stands."))
        write_down(booking, What.PAUSED, note, by=by, at=at)
    booking.paused_at = at


def resume(booking: Booking, *, by: User | None, at: datetime, note: str = "") -> None:
    """Let a paused booking go on. Raises RunningRefused, also when somebody else was faster."""
    _check_runs(booking, at)
    with transaction.atomic():
        rows = Booking.objects.filter(pk=booking.pk, status=Booking.Status.BOOKED, paused_at__isnull=False)
        if not rows.update(paused_at=None):
            raise RunningRefused(_("It is not paused, or was cancelled. Reload the page to see where it stands."))
        write_down(booking, What.RESUMED, note, by=by, at=at)
    booking.paused_at = None


def write_down(booking: Booking, what: BookingMove.What, note: str, *, by: User | None, at: datetime) -> None:
    """A row of history that leaves the status as it is; once it is there, the plan is read anew."""
    status = booking.status
    BookingMove.objects.create(
        booking=booking, from_status=status, to_status=status, what=what, actor=by, note=note[:300], at=at
    )
    transaction.on_commit(plan.forget)


def paused_since(booking: Booking) -> str:
    """In words; "" where it is not."""
    if booking.paused_at is None:
        return ""
    day = date_format(timezone.localtime(booking.paused_at), "j F Y")
    return _("Paused since %(day)s") % {"day": day}


def days_paused(booking: Booking, *, at: datetime) -> int:
    """How many of a paused booking's own days went by without it, those only in part included."""
    if booking.paused_at is None:
        return 0
    first = max(booking.first_day, timezone.localdate(booking.paused_at))
    last: date = min(booking.last_day, timezone.localdate(at))
    return max(0, (last - first).days + 1)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Where and when a booking is to be shown; what is empty is no limit."""

    sections: Collection[Section] = ()
    not_sections: Collection[Section] = ()
    not_words: Collection[WordList] = ()
    language: str = ""
    device: str = ""
    weekdays: int = EVERY_DAY
    from_hour: int | None = None
    to_hour: int | None = None

    def row(self, booking: Booking | None = None) -> Targeting:
        return Targeting(
            booking=booking,
            language=self.language,
            device=self.device,
            weekdays=self.weekdays,
            from_hour=self.from_hour,
            to_hour=self.to_hour,
            is_by_section=bool(self.sections),
        )

    def where(self) -> targeting.Where:
        """As delivery reads it."""
        below = targeting.sections_below()

        def numbers(sections: Collection[Section]) -> set[int]:
            return {number for section in sections for number in below.get(section.pk, ())}

        return targeting.where(
            self.row(),
            sections=numbers(self.sections),
            not_sections=numbers(self.not_sections),
            not_words=[one.pk for one in self.not_words],
        )

    def in_words(self) -> str:
        return targeting_display.say(
            self.row(), sections=self.sections, not_sections=self.not_sections, not_words=self.not_words
        )


def check_limits(limits: Limits) -> None:
    """Raises RunningRefused for limits that no page and no moment meets."""
    both = {one.pk for one in limits.sections} & {one.pk for one in limits.not_sections}
    if both:
        name = next(one.name for one in limits.sections if one.pk in both)
        raise RunningRefused(
            _("“%(section)s” is both wanted and unwanted. Take it out of one of the two.") % {"section": name},
            "not_sections",
        )
    where = limits.where()
    if limits.sections and not where.sections - where.not_sections:
        raise RunningRefused(
            _("Nothing is left of the sections that are wanted: the unwanted ones hold them all."), "not_sections"
        )
    if limits.language:
        for section in limits.sections:
            if section.language != limits.language:
                raise RunningRefused(
                    _("“%(section)s” has no pages in this language. Choose sections of it, or no language.")
                    % {"section": section.name},
                    "language",
                )
    if not 1 <= limits.weekdays <= EVERY_DAY:
        raise RunningRefused(_("Choose at least one weekday."), "weekdays")
    if (limits.from_hour is None) != (limits.to_hour is None) or (
        limits.from_hour is not None and limits.from_hour == limits.to_hour
    ):
        raise RunningRefused(_("Give both hours, one unlike the other, or neither."), "to_hour")


def limit(booking: Booking, limits: Limits, *, by: User | None, at: datetime) -> bool:
    """Show a booking where and when `limits` say, from now on. False when they are what they were.

    Raises RunningRefused for what no page meets. A limit that leaves a number of impressions too few readers is
    refused with `ledger.SoldOut`.
    """
    _check_runs(booking, at)
    check_limits(limits)
    where = limits.where()
    with transaction.atomic():
        # One after the other, so that the sections of one and the hours of another never mix.
        Booking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
        availability.check_target(booking, where, at=at)
        before = targeting_display.of(booking)
        if where == targeting.ANYWHERE:
            Targeting.objects.filter(booking=booking).delete()
        else:
            row = limits.row(booking)
            row.save(force_insert=not Targeting.objects.filter(booking=booking).exists())
            row.sections.set(limits.sections)
            row.not_sections.set(limits.not_sections)
            row.not_words.set(limits.not_words)
        after = targeting_display.of(booking)
        if before == after:
            return False
        note = _("%(now)s (before: %(before)s)") % {"now": after, "before": before}
        write_down(booking, What.TARGETED, note, by=by, at=at)
    return True


def _check_runs(booking: Booking, at: datetime) -> None:
    if booking.status != Booking.Status.BOOKED:
        raise RunningRefused(_("This booking was cancelled, so nothing of it changes any more."))
    if at >= booking.ends_at:
        raise RunningRefused(_("This booking is over, so nothing of it changes any more."))
