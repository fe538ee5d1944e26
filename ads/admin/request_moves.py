"""What can be done with a request in the admin, as buttons that ask first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.moves import Move, MoveForm, MovesMixin
from articles.models import User

from .. import deals, endings, progress
from ..models import AdRequest

Status = AdRequest.Status

# Moves that lead to no status of the request itself, or not from every status that the table names.
ANSWERED, RENEWED, READY = "answered", "renewed", "ready"


class WordsForm(MoveForm):
    """For moves that the advertiser hears of."""

    words = forms.CharField(
        label=gettext_lazy("Your words to them (optional)"),
        help_text=gettext_lazy("Stand in the mail that they get, and on their page."),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"class": "vLargeTextField", "rows": 5, "dir": "auto"}),
    )
    field_order = ["words", "note"]


class NoteForm(MoveForm):
    """For moves that no fact proves, so the history says why."""

    note = forms.CharField(
        label=gettext_lazy("How do you know? For the history."),
        max_length=300,
        widget=forms.TextInput({"class": "vTextField", "dir": "auto"}),
    )


def _put(target: str):
    def verb(deal: AdRequest, *, by: User, at: datetime, note: str) -> None:
        progress.put(deal, target, by=by, at=at, note=note)

    return verb


def _move(name: str, label, question, verb, targets, done, **options: Any) -> Move:
    return Move(
        name=name,
        label=label,
        question=question,
        verb=verb,
        targets=frozenset(targets),
        permissions=("ads.answer_adrequest",),
        done=done,
        errors=(deals.IllegalMove,),
        **options,
    )


MOVES = (
    _move(
        "answer",
        gettext_lazy("Mark as answered"),
        gettext_lazy("You got back to them by telephone or otherwise, and the 48-hour clock may stop?"),
        deals.answer,
        [ANSWERED],
        gettext_lazy("Answered. The clock has stopped."),
    ),
    _move(
        "reopen",
        gettext_lazy("Talk again"),
        gettext_lazy("Open this request again?"),
        deals.reopen,
        [Status.IN_TALKS],
        gettext_lazy("It is open again. Write to them below."),
    ),
    _move(
        "scheduled",
        gettext_lazy("Mark as scheduled"),
        gettext_lazy("Everything is ready, although the system cannot see it? They are told by mail."),
        _put(Status.SCHEDULED),
        [READY],
        gettext_lazy("Scheduled. They get a mail."),
        form=NoteForm,
    ),
    _move(
        "live",
        gettext_lazy("Mark as live"),
        gettext_lazy("It is live, although the system cannot see it? They are told by mail."),
        _put(Status.LIVE),
        [Status.LIVE],
        gettext_lazy("Live. They get a mail."),
        form=NoteForm,
    ),
    _move(
        "delivered",
        gettext_lazy("Mark as delivered"),
        gettext_lazy("All that was bought was delivered, although the system cannot see it? They are told by mail."),
        _put(Status.DELIVERED),
        [Status.DELIVERED],
        gettext_lazy("Delivered. They get a mail."),
        form=NoteForm,
    ),
    _move(
        "renew",
        gettext_lazy("Renew"),
        gettext_lazy("Begin a new request for the same again? They get a mail with its page."),
        deals.renew,
        [RENEWED],
        gettext_lazy("Renewed. The new request stands in the list and waits for your offer."),
    ),
    _move(
        "close",
        gettext_lazy("Close"),
        gettext_lazy("Nothing is left to do for this request?"),
        endings.close,
        [Status.CLOSED],
        gettext_lazy("Closed."),
    ),
    _move(
        "decline",
        gettext_lazy("Decline"),
        gettext_lazy("Decline this request? They are told by mail."),
        endings.decline,
        [Status.DECLINED],
        gettext_lazy("Declined. They get a mail."),
        is_grave=True,
        form=WordsForm,
    ),
    _move(
        "cancel",
        gettext_lazy("Cancel the deal"),
        gettext_lazy("Cancel this deal?"),
        endings.cancel,
        [Status.CANCELLED],
        gettext_lazy("Cancelled. They get a mail."),
        is_grave=True,
        form=WordsForm,
    ),
)


class RequestMovesMixin(MovesMixin, admin.ModelAdmin):
    """Which of the moves are open, and what the grave ones take along."""

    def reachable(self, obj: AdRequest) -> set[str]:
        targets = set(obj.MOVES[obj.status])
        # Talks begin again only where they had ended; what is quoted goes back by withdrawing the quote.
        if obj.status not in (Status.CLOSED, Status.DECLINED, Status.EXPIRED):
            targets.discard(Status.IN_TALKS)
        if obj.answer_due_at:
            targets.add(ANSWERED)
        # An unpaid deal is scheduled by a publisher alone, on credit.
        if obj.status == Status.PAID:
            targets.add(READY)
        if obj.status in deals.RENEWABLE:
            targets.add(RENEWED)
        return targets

    def consequences(self, request: HttpRequest, obj: AdRequest, move: Move) -> list[str]:
        if move.name == "cancel":
            return endings.consequences(obj)
        if move.name in ("scheduled", "delivered"):
            facts = progress.facts_of(obj, at=timezone.now())
            if move.name == "scheduled":
                return [str(gap) for gap in progress.lacks(facts)]
            return progress.unproven(facts) + progress.unshown(facts)
        if move.name == "decline" and obj.suspected:
            return [_("It is held back as spam, so nobody is mailed.")]
        return []
