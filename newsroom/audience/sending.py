"""The way of an issue out of the house: started, held up, taken up again, stopped, over. `batches` sends it."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles.models import Article, User
from articles.signals import article_withdrawn

from . import batches, pace, promised, recipients, rendering
from .models import Delivery, Issue, IssueBlock

logger = logging.getLogger(__name__)

# What was due so long ago that nobody wants it without a look.
STALE = timedelta(hours=12)

State = Issue.State


class SendingRefused(Exception):
    """What cannot be done with an issue now; its text is a sentence for the person who tried."""


def watch() -> None:
    article_withdrawn.connect(_withdrawn, dispatch_uid="audience.sending")


def _withdrawn(sender: type, *, article: Article, at: datetime, **_more: Any) -> None:
    """No more readers get a story that is withdrawn while its issue goes out: a person looks, and lets the rest go on
    without it."""
    for issue in Issue.objects.filter(state=State.SENDING, blocks__article=article).distinct():
        why = _("“%(story)s” was withdrawn. Let the rest go on without it, or stop it for good.")
        with suppress(SendingRefused):  # it was over a moment ago
            pause(issue, by=None, at=at, because=why % {"story": article.headline[:160]})


def start(issue: Issue, *, by: User | None, at: datetime) -> int:
    """Freeze the issue as it is at this moment, write down who gets it, and have it sent. Returns how many that are;
    with nobody it is sent at once. Raises SendingRefused when somebody else was faster."""
    promised.drop_called_off(issue)
    made = rendering.render(issue, at=at)
    with transaction.atomic():
        # One issue after another, so that who wants one mail a day gets the first of two that start together.
        pace.locked(at)
        _move(
            issue,
            State.SENDING,
            from_=State.open(),
            sent_as=made.as_json(),
            started_at=at,
            finished_at=None,
            trouble="",
        )
        promised.free(issue, besides=made.mentions)  # what is left out keeps no promise
        count = recipients.write_down(issue, at=at)
        if count:
            batches.set_going(issue.pk, issue.run)
        else:
            finish(issue, at=at)
    return count


def start_due(at: datetime) -> int:
    """Start what is scheduled for now. Of any number of workers one does. Returns how many were started."""
    started = 0
    for issue in Issue.objects.due(at).select_related("newsletter").order_by("send_at", "pk")[:20]:
        try:
            if issue.send_at and at - issue.send_at > STALE:
                _put_back(issue, at=at)
                continue
            start(issue, by=None, at=at)
            started += 1
        except SendingRefused:
            pass  # another worker, or a person
        except Exception:
            logger.exception("Issue %s could not be started.", issue.pk)
            Issue.objects.filter(pk=issue.pk, state=State.SCHEDULED).update(
                trouble=_("It could not be written. The operator finds the reason in the log.")
            )
    return started


def _put_back(issue: Issue, *, at: datetime) -> None:
    due = date_format(timezone.localtime(issue.send_at), "DATETIME_FORMAT")
    why = _("It was due on %(time)s, and no worker ran. Look whether it is still news, then send it.") % {"time": due}
    _move(issue, State.DRAFT, from_=[State.SCHEDULED], send_at=None, trouble=why)


def pause(issue: Issue, *, by: User | None, at: datetime, because: str = "") -> None:
    """No mail more, but for the one whose last line is on the way. Raises SendingRefused."""
    _move(issue, State.PAUSED, from_=[State.SENDING], trouble=because[:300])
    logger.info("Issue %s is held up: %s", issue.pk, because or "by a person")


def go_on(issue: Issue, *, by: User | None, at: datetime) -> None:
    """Send the rest, without what was withdrawn meanwhile; a mail server that was away is tried at once. Raises
    SendingRefused."""
    blocks = issue.blocks.exclude(kind__in=[IssueBlock.Kind.HEADING, IssueBlock.Kind.NOTICE])
    is_there = Q(article__in=Article.objects.live(at)) | Q(kind=IssueBlock.Kind.TEXT)
    if not blocks.filter(is_there).exists():
        raise SendingRefused(_("Nothing of it is public any more. Stop it for good."))
    # In the places that links have in mails that are gone, so that those lead on.
    made = rendering.render(issue, at=at, known=issue.sent_as.get("links", ()))
    frozen = {"sent_as": made.as_json()} if made.left_out else {}
    with transaction.atomic():
        pace.try_now(at)
        _move(issue, State.SENDING, from_=[State.PAUSED], trouble="", **frozen)
        batches.set_going(issue.pk, issue.run)


def cancel(issue: Issue, *, by: User | None, at: datetime) -> int:
    """Send nothing more of it. Returns how many are left out; what is gone is gone. Raises SendingRefused."""
    with transaction.atomic():
        _move(issue, State.CANCELLED, from_=[State.SENDING, State.PAUSED], finished_at=at, trouble="")
        rows = Delivery.objects.filter(issue=issue)
        if not rows.filter(state__in=Delivery.State.gone()).exists():
            promised.free(issue)
        return rows.filter(state=Delivery.State.WAITING).update(
            state=Delivery.State.SKIPPED, lease_until=None, error=_("The issue was stopped.")
        )


def send_again(issue: Issue, *, by: User | None, at: datetime) -> int:
    """Send once more what was handed over without an answer: some of these readers may get it twice, which is for a
    person to decide. Returns how many. Raises SendingRefused."""
    with transaction.atomic():
        left = Delivery.objects.unanswered(at).filter(issue=issue)
        count = left.update(state=Delivery.State.WAITING, attempts=0, try_at=None, lease_until=None, error="")
        if not count:
            raise SendingRefused(_("Every mail that was handed over has its answer."))
        issue.refresh_from_db(fields=["state"])
        if issue.state not in (State.SENDING, State.PAUSED):
            _move(issue, State.SENDING, from_=[State.SENT], trouble="")
            batches.set_going(issue.pk, issue.run)
    return count


def finish(issue: Issue, *, at: datetime) -> bool:
    """Nothing waits any more. The ad desk's promises are kept with the first time. False: it is over already."""
    with transaction.atomic():
        is_first = issue.finished_at is None
        done: dict[str, Any] = {"finished_at": at} if is_first else {}
        if not Issue.objects.filter(pk=issue.pk, state=State.SENDING).update(state=State.SENT, trouble="", **done):
            return False
        issue.state = State.SENT
        if is_first:
            issue.finished_at = at
            promised.kept(issue, at=at)
    return True


def look_after(at: datetime) -> int:
    """Set going again what is going out and has no batch in the queue, since its job was given up or lost."""
    found = 0
    for issue in Issue.objects.filter(state=State.SENDING).order_by("pk"):
        if not batches.is_going(issue.pk, issue.run):
            with transaction.atomic():
                # Of several workers that notice, one counts further.
                same = Issue.objects.filter(pk=issue.pk, state=State.SENDING, run=issue.run)
                if same.update(run=F("run") + 1):
                    batches.set_going(issue.pk, issue.run + 1)
                    found += 1
    return found


def _move(issue: Issue, to: str, *, from_: list[Any], **facts: Any) -> None:
    """The one way in which an issue changes its state here: `run` counts further when it is set going."""
    allowed = [state for state in from_ if to in Issue.MOVES[state]]
    more = {"run": F("run") + 1} if to == State.SENDING else {}
    if not Issue.objects.filter(pk=issue.pk, state__in=allowed).update(state=to, **more, **facts):
        issue.refresh_from_db()
        raise SendingRefused(_("It is “%(state)s” now, so this cannot be done.") % {"state": issue.get_state_display()})
    issue.refresh_from_db()
