"""Sending an issue in batches: jobs that follow one another until nobody waits.

A job takes some rows that wait and holds them for two minutes, sends them over one connection, and queues the next. Of
each mail it is written down that it is handed over right before its last byte leaves, by one statement with the answer
to the one before: a worker that is killed leaves one mail, at most, of which nobody knows whether it went, and all
others either wait or are sent. Jobs of newsletters come after all others (`PRIORITY`), and none takes long.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, Min, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_tasks import task
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from articles import jobs

from . import handover, letter, pace, providers
from .models import Delivery, Issue, MailServer, Subscriber

logger = logging.getLogger(__name__)

# Letters, deals and announcements first.
PRIORITY = -50
# How long rows are held; a mail takes less than a minute, with every answer as late as the settings allow.
LEASE = timedelta(minutes=2)
# No new mail is begun after so many seconds, so that letters do not wait and a worker can stop.
LONGEST = 8.0
# Until the next attempt, after each one that the server did not take; after the last one it is given up.
RETRY_AFTER = [timedelta(minutes=minutes) for minutes in (5, 15, 60, 240)]
# So many refused for good in a batch, and none taken: it is not the readers.
MOST_REFUSED, LEAST_JUDGED = 10, 5
# A server that takes nothing for so long: it is not news any more, and a person has to look.
PATIENCE = timedelta(hours=12)
# Two rows at most: the mail whose last byte leaves now, if issue and reader still want it, and the one before it, which
# the server took. SENT may be more already, by what a provider told. Not of the ORM, as each mail waits for it, and
# without a transaction around it: it is written down when this returns, and nothing else has to be asked.
HAND = """
    UPDATE audience_delivery SET
        state = CASE WHEN id = %s THEN 'handed' ELSE 'sent' END,
        attempts = CASE WHEN id = %s THEN attempts + 1 ELSE attempts END,
        message_id = CASE WHEN id = %s THEN %s ELSE message_id END,
        sent_at = CASE WHEN id = %s THEN %s ELSE sent_at END,
        lease_until = CASE WHEN id = %s THEN lease_until ELSE NULL END,
        error = CASE WHEN id = %s THEN error ELSE '' END
    WHERE id IN (%s, %s) AND lease_until = %s
        AND (id = %s AND state = 'handed' OR id = %s AND state = 'waiting' AND {going} AND {wanted})
    RETURNING id
"""

State = Delivery.State


@task(priority=PRIORITY)
def send_batch(issue: int, run: int, lane: int, number: int) -> str:
    """One batch of an issue, then the next. Ends by itself when the issue is held up, over, or set going anew."""
    at = timezone.now()
    found = Issue.objects.select_related("newsletter").filter(pk=issue, state=Issue.State.SENDING, run=run).first()
    if found is None:
        return "over"
    if not Delivery.objects.claimable(at).filter(issue=issue).exists():
        return _without_rows(found, lane, number, at)
    turn = pace.take(at)
    if not turn.mails:
        _queue(issue, run, lane, number + 1, turn.at)
        return "waits for its turn"
    batch = Batch(found, at)
    batch.claim(turn.mails)
    with translation.override(settings.LANGUAGE_CODE):  # what is written down in words is for staff
        batch.send()
    _queue(issue, run, lane, number + 1, batch.again_at)
    return batch.said


def set_going(issue: int, run: int) -> None:
    for lane in range(pace.lanes()):
        _queue(issue, run, lane, 0, None)


def is_going(issue: int, run: int) -> bool:
    """Whether the chain that ends an issue has a job that is queued or being done."""
    unfinished = [TaskResultStatus.READY, TaskResultStatus.RUNNING]
    return DBTaskResult.objects.filter(
        task_path=send_batch.module_path,
        status__in=unfinished,
        args_kwargs__kwargs__issue=issue,
        args_kwargs__kwargs__run=run,
        args_kwargs__kwargs__lane=0,
    ).exists()


def _queue(issue: int, run: int, lane: int, number: int, after: datetime | None) -> None:
    job = send_batch.using(run_after=after) if after else send_batch
    jobs.enqueue_once(job, f"issue:{issue}:{run}:{lane}:{number}", issue=issue, run=run, lane=lane, number=number)


def _without_rows(issue: Issue, lane: int, number: int, at: datetime) -> str:
    """Nothing to take now. The first lane waits for what was put off or is in other hands, and ends the issue."""
    from . import sending  # which starts what is here

    if lane:
        return "nothing left for this lane"
    rows = Delivery.objects.filter(issue=issue)
    waiting = rows.filter(state=State.WAITING)
    if rows.filter(state__in=[State.WAITING, State.HANDED], lease_until__gt=at).exists():
        # A living worker is done with its rows long before it has to be.
        again_at = at + timedelta(seconds=5)
    elif waiting.exists():
        again_at = max(waiting.aggregate(first=Min("try_at"))["first"] or at, at)
    else:
        sending.finish(issue, at=at)
        return "finished"
    _queue(issue.pk, issue.run, 0, number + 1, again_at)
    return "waits for what was put off"


class Batch:
    """Some rows of an issue in one worker's hands. `again_at` is when the next batch may begin, None for at once."""

    def __init__(self, issue: Issue, at: datetime) -> None:
        self.issue = issue
        # Of nobody else's rows: one who holds a row that was taken from them finds another moment in it.
        self.lease = at + LEASE
        self.rows: list[Delivery] = []
        # The one that the server took and that is not written down as sent; 0: none.
        self.taken = 0
        self.sent = 0
        self.refused: list[tuple[Delivery, handover.Refused]] = []
        self.again_at: datetime | None = None
        self.said = ""

    def claim(self, most: int) -> None:
        """Take rows, and leave out readers who went away meanwhile."""
        at = self.lease - LEASE
        with transaction.atomic():
            free = Delivery.objects.claimable(at).filter(issue=self.issue).order_by("pk")
            chosen = list(free.select_for_update(skip_locked=True).values_list("pk", flat=True)[:most])
            mine = Delivery.objects.filter(pk__in=chosen)
            mine.filter(~self._wants_it()).update(state=State.SKIPPED, lease_until=None)
            mine.filter(state=State.WAITING).update(lease_until=self.lease)
        held = Delivery.objects.filter(pk__in=chosen, state=State.WAITING, lease_until=self.lease)
        self.rows = list(held.select_related("subscriber").order_by("pk"))

    @property
    def _readers(self) -> QuerySet[Subscriber]:
        return Subscriber.objects.reachable().filter(newsletters=self.issue.newsletter_id)

    def _wants_it(self) -> Exists:
        return Exists(self._readers.filter(pk=OuterRef("subscriber_id")))

    @property
    def _going(self) -> QuerySet[Issue]:
        return Issue.objects.filter(pk=self.issue.pk, state=Issue.State.SENDING, run=self.issue.run)

    @cached_property
    def _conditions(self) -> tuple[str, list[Any]]:
        """HAND, and the last of what is put into it."""
        of_row = RawSQL("audience_delivery.subscriber_id", [])
        asked = [rows.values("pk").query.sql_with_params() for rows in (self._going, self._readers.filter(pk=of_row))]
        going, wanted = (f"EXISTS ({sql})" for sql, _params in asked)
        return HAND.format(going=going, wanted=wanted), [one for _sql, params in asked for one in params]

    def send(self) -> None:
        began = time.monotonic()
        paper = letter.Letter(self.issue)
        try:
            with handover.road() as road:
                for row in self.rows:
                    if time.monotonic() - began > LONGEST or not self._one(row, paper, road):
                        break
        finally:
            self._close()
        if self.sent:
            pace.took()

    def _one(self, row: Delivery, paper: letter.Letter, road: handover.Smtp | handover.Otherwise) -> bool:
        """Send one. False when the batch ends here."""
        reader = row.subscriber
        if reader is None:  # erased since it was claimed
            return True
        at = timezone.now()
        name = row.message_id or letter.message_id(self.issue.pk, reader.pk)
        try:
            to = letter.ascii_address(reader.email)
            other = road.hand_over(paper, reader, to=to, at=at, hand=lambda: self._hand(row, name))
        except letter.BadAddress:
            self._fail(row, _("No mail can be written to this address."))
        except handover.NotWanted:
            return self._was_withdrawn(row)
        except handover.TryLater as error:
            self._put_off(row, str(error))
        except handover.Refused as error:
            return self._refuse(row, error)
        except handover.ServerAway as error:
            return self._give_back(row, str(error))
        except handover.NoAnswer as error:
            self._mine(row, State.HANDED).update(lease_until=None, error=str(error)[:300])
        else:
            self._took(row, other)
        return True

    def _mine(self, row: Delivery, *states: str):
        return Delivery.objects.filter(pk=row.pk, state__in=states, lease_until=self.lease)

    def _hand(self, row: Delivery, name: str) -> bool:
        """Write down that a mail leaves, and that the one before it arrived. The moment after this is the last byte."""
        sql, conditions = self._conditions
        this, before, as_stored = row.pk, self.taken, connection.ops.adapt_datetimefield_value
        lease, now = as_stored(self.lease), as_stored(timezone.now())
        values = [this, this, this, name, this, now, this, this, this, before, lease, before, this, *conditions]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            written = cursor.fetchall()
        self.taken = 0
        return (this,) in written

    def _took(self, row: Delivery, other_name: str) -> None:
        self.sent += 1
        if other_name and other_name != row.message_id:
            Delivery.objects.filter(pk=row.pk).update(message_id=other_name[:200])
        self.taken = row.pk

    def _write_sent(self) -> None:
        if self.taken:
            mine = Delivery.objects.filter(pk=self.taken, state=State.HANDED, lease_until=self.lease)
            mine.update(state=State.SENT, lease_until=None, error="")
            self.taken = 0

    def _was_withdrawn(self, row: Delivery) -> bool:
        """Between the claim and the last byte: the issue was held up, the reader left, or the row went to others."""
        is_going = self._going.exists()
        if is_going:
            self._mine(row, State.WAITING).filter(~self._wants_it()).update(state=State.SKIPPED, lease_until=None)
        return is_going

    def _put_off(self, row: Delivery, answer: str) -> None:
        attempts = row.attempts + 1
        if attempts > len(RETRY_AFTER):
            self._fail(row, answer)
            return
        self._mine(row, State.WAITING, State.HANDED).update(
            state=State.WAITING,
            attempts=attempts,
            try_at=timezone.now() + RETRY_AFTER[attempts - 1],
            lease_until=None,
            sent_at=None,
            error=answer[:300],
        )

    def _refuse(self, row: Delivery, error: handover.Refused) -> bool:
        """Kept until it is known whether the server refuses everybody."""
        # Out of the window in which it would be taken for handed over without an answer.
        self._mine(row, State.HANDED).update(state=State.WAITING, sent_at=None)
        self.refused.append((row, error))
        return bool(self.sent) or len(self.refused) < MOST_REFUSED

    @property
    def _refuses_everybody(self) -> bool:
        enough = min(MOST_REFUSED, max(len(self.rows), LEAST_JUDGED))
        return not self.sent and len(self.refused) >= enough

    def _fail(self, row: Delivery, why: str) -> None:
        self._mine(row, State.WAITING, State.HANDED).update(
            state=State.FAILED, attempts=row.attempts + 1, lease_until=None, sent_at=None, error=why[:300]
        )

    def _give_back(self, row: Delivery, why: str) -> bool:
        """The server is away: no row is to blame, and all wait for it."""
        self._mine(row, State.HANDED).update(state=State.WAITING, attempts=row.attempts, sent_at=None)
        at = timezone.now()
        self.again_at = pace.failed(why, at=at)
        since = MailServer.objects.values_list("failing_since", flat=True).get(pk=MailServer.ONLY)
        logger.warning("The mail server takes no newsletters; tried again at %s: %s", self.again_at.isoformat(), why)
        if since and at - since > PATIENCE:
            sentence = _("The mail server took nothing since %(time)s: %(answer)s") % {
                "time": date_format(timezone.localtime(since), "DATETIME_FORMAT"),
                "answer": why,
            }
            self._hold(sentence)
        return False

    def _hold(self, because: str) -> None:
        from . import sending

        with suppress(sending.SendingRefused):  # somebody was faster
            sending.pause(self.issue, by=None, at=timezone.now(), because=because)

    def _close(self) -> None:
        """Write down the last answers, and let go of what was not sent."""
        at = timezone.now()
        refuses_everybody = self._refuses_everybody
        with transaction.atomic():
            self._write_sent()
            for row, error in self.refused:
                if refuses_everybody:
                    self._put_off(row, str(error))
                    continue
                self._fail(row, str(error))
                if error.is_address and row.subscriber:
                    providers.bounced(row.subscriber, why=str(error), is_hard=True, at=at)
            pks = [row.pk for row in self.rows]
            left = Delivery.objects.filter(pk__in=pks, state=State.WAITING, lease_until=self.lease)
            left.filter(subscriber=None).update(state=State.SKIPPED, lease_until=None)
            left.update(lease_until=None)
        if refuses_everybody:
            answer = str(self.refused[0][1])
            self._hold(_("The mail server refuses every address: %(answer)s") % {"answer": answer})
        self.said = f"{self.sent} of {len(self.rows)} sent"
