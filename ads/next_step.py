"""What comes next in a deal, in one sentence: for every status, whose turn it is and until when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import billing, progress
from .models import AdRequest, Booking, Quote

Status = AdRequest.Status


class Turn(models.TextChoices):
    """As the advertiser reads it."""

    THEIRS = "theirs", gettext_lazy("It is your turn")
    OURS = "ours", gettext_lazy("It is our turn")
    NOBODY = "nobody", gettext_lazy("Nothing to do for now")


@dataclass(frozen=True)
class NextStep:
    """`until` is a moment or a whole day; None where nothing is dated. `answer_due` is when we answer what they asked
    meanwhile, while they wait for us; `details` are what is missing."""

    text: str
    turn: Turn
    until: datetime | date | None = None
    answer_due: datetime | None = None
    details: tuple[str, ...] = ()

    @property
    def until_words(self) -> str:
        if self.until is None:
            return ""
        if isinstance(self.until, datetime):
            return moment(self.until)
        return date_format(self.until, "l j F Y")


def moment(at: datetime) -> str:
    """A moment in full, in the publisher's zone and with its name."""
    return date_format(timezone.localtime(at), "l j F Y, H:i T")


def next_step(deal: AdRequest, at: datetime) -> NextStep:
    step = _STEPS[Status(deal.status)](deal, at)
    if deal.answer_due_at is None or step.until == deal.answer_due_at:
        return step
    return NextStep(step.text, step.turn, step.until, deal.answer_due_at, step.details)


def _in_talks(deal: AdRequest, at: datetime) -> NextStep:
    due = deal.answer_due_at
    if due is None:
        if deal.status == Status.RECEIVED:
            return NextStep(_("We have your request and get back to you."), Turn.OURS)
        return NextStep(_("We wrote to you. Answer by mail or below when it suits you."), Turn.THEIRS)
    if due < at:
        return NextStep(
            _("We promised you an answer and are late. We are sorry; yours comes before everything else."),
            Turn.OURS,
            due,
        )
    return NextStep(_("We answer you, with free dates and a price."), Turn.OURS, due)


def _quoted(deal: AdRequest, at: datetime) -> NextStep:
    quote = deal.quotes.filter(status=Quote.Status.SENT).first()
    if quote is None or not quote.is_open(at):
        return _expired(deal, at)
    return NextStep(_("Read our offer. Accept it, or ask us what you want to know."), Turn.THEIRS, quote.valid_until)


def _expired(deal: AdRequest, at: datetime) -> NextStep:
    return NextStep(_("Our offer has expired. Ask below for a new one; it takes one message."), Turn.THEIRS)


def _accepted(deal: AdRequest, at: datetime) -> NextStep:
    return _with_missing(deal, at, NextStep(_("It is agreed. We send you the invoice."), Turn.OURS))


def _invoiced(deal: AdRequest, at: datetime) -> NextStep:
    invoice = billing.standing(deal)
    due = invoice.due_on if invoice else None
    return _with_missing(
        deal, at, NextStep(_("Pay the invoice. Name its number, so that we know it is yours."), Turn.THEIRS, due)
    )


def _with_missing(deal: AdRequest, at: datetime, step: NextStep) -> NextStep:
    gaps = progress.missing(deal, at=at)
    return NextStep(step.text, step.turn, step.until, details=tuple(map(str, gaps)))


def _paid(deal: AdRequest, at: datetime) -> NextStep:
    if gaps := progress.missing(deal, at=at):
        return _for_the_missing(gaps)
    return NextStep(_("Thank you, it is paid. We schedule everything."), Turn.OURS)


def _for_the_missing(gaps: list[progress.Missing]) -> NextStep:
    details = tuple(map(str, gaps))
    theirs = [gap for gap in gaps if gap.is_theirs]
    if theirs:
        until = min((gap.by for gap in theirs if gap.by), default=None)
        return NextStep(_("Thank you. Send us what is missing."), Turn.THEIRS, until, details=details)
    return NextStep(_("Thank you. We prepare the rest."), Turn.OURS, details=details)


def _scheduled(deal: AdRequest, at: datetime) -> NextStep:
    if gaps := progress.missing(deal, at=at):  # on credit a deal may be scheduled before everything is there
        return _for_the_missing(gaps)
    first = _booked(deal).order_by("first_day").values_list("first_day", flat=True).first()
    text = _("Everything is ready. It begins by itself.")
    return NextStep(text, Turn.NOBODY, first if first and first >= timezone.localdate(at) else None)


def _live(deal: AdRequest, at: datetime) -> NextStep:
    last = _booked(deal).order_by("-last_day").values_list("last_day", flat=True).first()
    is_running = bool(last and last >= timezone.localdate(at))
    missed = progress.undecided(progress.facts_of(deal, at=at))
    if missed and not is_running:
        text = _("Its days are over, and less was shown than you bought. We make that good, or write to you.")
        return NextStep(text, Turn.OURS, details=tuple(missed))
    return NextStep(_("It is live."), Turn.NOBODY, last if is_running else None, details=tuple(missed))


def _booked(deal: AdRequest):
    return deal.bookings.filter(status=Booking.Status.BOOKED)


def _delivered(deal: AdRequest, at: datetime) -> NextStep:
    if missed := progress.unshown(progress.facts_of(deal, at=at)):
        text = _(
            "It has ended, and less was shown than you bought. If you have not heard from us about that, ask below."
        )
        return NextStep(text, Turn.NOBODY, details=tuple(missed))
    return NextStep(_("Everything you bought was delivered. If you liked it, renew it with one button."), Turn.NOBODY)


def _closed(deal: AdRequest, at: datetime) -> NextStep:
    return NextStep(_("This deal is closed. Its page stays here to read, and you can renew it."), Turn.NOBODY)


def _declined(deal: AdRequest, at: datetime) -> NextStep:
    return NextStep(
        _("We cannot take this on; what we wrote to you stands below. Ask us if something else would help."),
        Turn.NOBODY,
    )


def _cancelled(deal: AdRequest, at: datetime) -> NextStep:
    return NextStep(_("This deal was cancelled. Nothing of it runs any more."), Turn.NOBODY)


_STEPS: dict[AdRequest.Status, Callable[[AdRequest, datetime], NextStep]] = {
    Status.RECEIVED: _in_talks,
    Status.IN_TALKS: _in_talks,
    Status.QUOTED: _quoted,
    Status.ACCEPTED: _accepted,
    Status.INVOICED: _invoiced,
    Status.PAID: _paid,
    Status.SCHEDULED: _scheduled,
    Status.LIVE: _live,
    Status.DELIVERED: _delivered,
    Status.CLOSED: _closed,
    Status.DECLINED: _declined,
    Status.EXPIRED: _expired,
    Status.CANCELLED: _cancelled,
}
