"""What must not go on unnoticed: a worker that is silent, an agenda that is late or failed, mail that does not leave
or is not read.

The admin shows it in red to those who publish, `/readyz` names it, and the operator gets a mail, at most one an hour
for each cause. That mail is sent by whoever notices, because the worker that sends the others may be what is missing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Exists, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tasks_db.models import DBTaskResult

from ads import plan, rollups
from ads.mailbox import Account
from ads.models import Mailbox
from articles import branding, jobs, mail, pings, timing
from articles.models import Brand, DueAction, Heartbeat, IdempotencyKey
from articles.models.due import LATE

from .audience.models import Issue, MailServer

logger = logging.getLogger(__name__)

ONE_MAIL_EVERY = timedelta(hours=1)
# What is counted one by one; beyond it the sentence says the same.
MOST_COUNTED = 500


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong, in words for who can do something about it. `is_news` is False for what has never been
    otherwise: nobody is woken because a new site has no worker yet."""

    cause: str
    sentence: str
    is_news: bool = True


def troubles(at: datetime) -> list[Trouble]:
    """What is wrong with the worker and the agenda. One query."""
    late_or_failed = DueAction.objects.overdue(at) | DueAction.objects.failed()
    # The slice is of both arms: SQLite takes no LIMIT inside one.
    rows = list(
        Heartbeat.objects.filter(name=jobs.WORKER)
        .values_list("name", "at")
        .union(late_or_failed.order_by().values_list("state", "due_at"), all=True)[: MOST_COUNTED + 1]
    )
    seen_at = next((moment for name, moment in rows if name == jobs.WORKER), None)
    states = Counter(name for name, _moment in rows if name != jobs.WORKER)
    failed = states.pop(DueAction.State.FAILED, 0)
    found = [_of_worker(seen_at)] if not is_recent(seen_at, at) else []
    if late := sum(states.values()):
        sentence = ngettext(
            "%(count)d thing on the agenda is more than five minutes late.",
            "%(count)d things on the agenda are more than five minutes late.",
            late,
        )
        found.append(Trouble("overdue", sentence % {"count": late}))
    if failed:
        sentence = ngettext(
            "%(count)d thing on the agenda failed and is given up. Read why, and try it again.",
            "%(count)d things on the agenda failed and are given up. Read why, and try them again.",
            failed,
        )
        found.append(Trouble("failed", sentence % {"count": failed}))
    return found


def _of_worker(seen_at: datetime | None) -> Trouble:
    what_to_do = _(
        "Stories still appear on time, but mail and announcements wait. Ask the operator to start it: manage.py work."
    )
    if seen_at is None:
        never = _("No worker has run here yet.")
        return Trouble("worker", f"{never} {what_to_do}", is_news=False)
    since = _("The worker has been silent since %(time)s (%(zone)s).") % {
        "time": date_format(timezone.localtime(seen_at), "DATETIME_FORMAT"),
        "zone": timezone.get_current_timezone_name(),
    }
    return Trouble("worker", f"{since} {what_to_do}")


def is_recent(moment: datetime | None, at: datetime) -> bool:
    """Within five minutes. What lies further ahead was written by a clock that has been put back since."""
    return moment is not None and abs(at - moment) <= LATE


def mail_trouble(at: datetime) -> Trouble | None:
    """Whether mail waits for longer than it should, or was given up within a day."""
    letters = DBTaskResult.objects.filter(task_path=mail.deliver.module_path)
    waiting = letters.ready().filter(
        Q(run_after__year__lt=9999, run_after__lt=at - LATE) | Q(run_after__year=9999, enqueued_at__lt=at - LATE)
    )
    given_up = letters.failed().filter(finished_at__gt=at - timedelta(days=1))
    if given_up.exists():
        return Trouble("mail", _("Mail could not be delivered and was given up. See Operation > Task results."))
    if waiting.exists():
        return Trouble("mail", _("Mail has been waiting for more than five minutes. Is a worker running?"))
    return None


def mailbox_trouble(at: datetime) -> Trouble | None:
    """Whether the mailbox that requests come to was not read for an hour, or ten times as long as it should be."""
    if not settings.MAILBOX_URL:
        return None
    name = Account.from_url(settings.MAILBOX_URL).name
    box = Mailbox.objects.filter(name=name).first()
    longest = max(timedelta(hours=1), timedelta(seconds=10 * settings.MAILBOX_EVERY))
    if box is None:
        return Trouble("mailbox", _("The mailbox %(name)s was never read.") % {"name": name}, is_news=False)
    if box.read_at is not None and abs(at - box.read_at) <= longest:
        return None
    if box.read_at is None:
        sentence = _("The mailbox %(name)s was never read.") % {"name": name}
    else:
        sentence = _("The mailbox %(name)s was not read since %(time)s (%(zone)s).") % {
            "name": name,
            "time": date_format(timezone.localtime(box.read_at), "DATETIME_FORMAT"),
            "zone": timezone.get_current_timezone_name(),
        }
    return Trouble("mailbox", f"{sentence} {box.trouble}".strip())


def counting_trouble(at: datetime) -> Trouble | None:
    """Whether hours that are over wait to be counted: reports and paces then rest on what is older. One query where
    nothing came, two else."""
    late = rollups.uncounted_since(at - LATE)
    if late is None:
        return None
    sentence = _("What was shown since %(time)s (%(zone)s) is not counted yet. Is a worker running?") % {
        "time": date_format(timezone.localtime(late), "DATETIME_FORMAT"),
        "zone": timezone.get_current_timezone_name(),
    }
    return Trouble("counting", sentence)


def plan_trouble(at: datetime) -> Trouble | None:
    """Whether this process shows advertising by a plan that is out of date. Asks the database nothing."""
    age = plan.out_of_date(at)
    if age is None or age <= plan.STALE_AFTER:
        return None
    minutes = int(age.total_seconds() // 60)
    sentence = ngettext(
        "Advertising runs by a plan that is %(count)d minute old: lines by number stand still.",
        "Advertising runs by a plan that is %(count)d minutes old: lines by number stand still.",
        minutes,
    )
    return Trouble("plan", sentence % {"count": minutes})


def ping_trouble(at: datetime) -> Trouble | None:
    """Whether search engines or the hub of feeds could not be told of anything for an hour. No query where nobody is to
    be told."""
    failing = pings.failing_since(at, for_longer_than=timedelta(hours=1))
    if not failing:
        return None
    sentences = {
        pings.INDEXNOW: _("Search engines could not be told of stories since %(time)s (%(zone)s). The log says why."),
        pings.WEBSUB: _("The hub of feeds could not be told of stories since %(time)s (%(zone)s). The log says why."),
    }
    said = [
        sentences[name]
        % {
            "time": date_format(timezone.localtime(since), "DATETIME_FORMAT"),
            "zone": timezone.get_current_timezone_name(),
        }
        for name, since in sorted(failing.items())
    ]
    return Trouble("pings", " ".join(said))


def newsletter_trouble(at: datetime) -> Trouble | None:
    """Whether the mail server has taken no newsletter for more than five minutes, while one goes out."""
    under_way = Issue.objects.filter(state=Issue.State.SENDING)
    server = MailServer.objects.filter(Exists(under_way), failing_since__lt=at - LATE).first()
    if server is None or server.failing_since is None:
        return None
    sentence = _("The mail server takes no newsletters since %(time)s (%(zone)s): “%(answer)s”.") % {
        "time": date_format(timezone.localtime(server.failing_since), "DATETIME_FORMAT"),
        "zone": timezone.get_current_timezone_name(),
        "answer": server.error,
    }
    promise = _("They go on by themselves when it does; nothing is lost.")
    return Trouble("newsletter", f"{sentence} {promise}")


def freshness(at: datetime) -> dict[str, bool]:
    """For `/readyz`: whether the worker lives, the agenda is on time, mail leaves, and the mailbox is read."""
    causes = {trouble.cause for trouble in troubles(at)}
    return {
        "worker": "worker" not in causes,
        "agenda": not causes & {"overdue", "failed"},
        "mail": mail_trouble(at) is None,
        "counting": counting_trouble(at) is None,
        "plan": plan_trouble(at) is None,
        **({"mailbox": mailbox_trouble(at) is None} if settings.MAILBOX_URL else {}),
        **({"pings": ping_trouble(at) is None} if settings.INDEXNOW_KEY or settings.WEBSUB_HUB else {}),
    }


_looked_at = time.monotonic()


def keep_watch() -> None:
    """Now and then look whether the operator must be told, in a thread, because somebody waits for a page. Called with
    every request, so that where no worker is left to notice it, whoever serves readers does."""
    global _looked_at
    now = time.monotonic()
    if not settings.WATCH_EVERY or now - _looked_at < settings.WATCH_EVERY:
        return
    _looked_at = now
    threading.Thread(target=_look, daemon=True).start()


def _look() -> None:
    try:
        sound(timezone.now())
    except (DatabaseError, InterfaceError) as error:
        logger.warning("Nobody could look after the worker: %s", error)
    finally:
        connection.close()


def sound(at: datetime) -> list[Trouble]:
    """Tell the operator by mail what is wrong. Returns what was told: nothing that was told within the hour."""
    with translation.override(settings.LANGUAGE_CODE):
        each = [
            mail_trouble(at),
            mailbox_trouble(at),
            counting_trouble(at),
            plan_trouble(at),
            ping_trouble(at),
            newsletter_trouble(at),
        ]
        found = [trouble for trouble in [*troubles(at), *each] if trouble and trouble.is_news]
        told = [trouble for trouble in found if _is_first_in_an_hour(trouble.cause, at)]
        if told:
            _send(_message(told))
    return told


def _is_first_in_an_hour(cause: str, at: datetime) -> bool:
    """One of all who notice it, in all processes, writes the hour down."""
    key = f"alarm:{cause}"
    try:
        with timing.impatient(timing.PATIENCE), transaction.atomic():
            _key, is_new = IdempotencyKey.objects.get_or_create(key=key, defaults={"created_at": at})
            told = Q(created_at__gt=at - ONE_MAIL_EVERY, created_at__lte=at)
            return is_new or bool(IdempotencyKey.objects.filter(~told, key=key).update(created_at=at))
    except (DatabaseError, InterfaceError):
        return False  # the next one who notices


def _message(told: list[Trouble]) -> EmailMessage:
    address = settings.SITE_URL + reverse("admin:articles_dueaction_changelist")
    lines = [trouble.sentence for trouble in told]
    site = branding.one_line(Brand.current().said("name", settings.LANGUAGE_CODE))
    return EmailMessage(
        subject=_("%(site)s needs you: %(what)s") % {"site": site, "what": lines[0]},
        body="\n\n".join([*lines, _("The agenda: %(address)s") % {"address": address}]),
        from_email=branding.sender(settings.LANGUAGE_CODE),
        to=[settings.OPERATOR_EMAIL],
        headers={"Message-ID": mail.new_message_id(), "Auto-Submitted": "auto-generated"},
    )


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except OSError:
        logger.exception("The operator could not be told: %s", message.subject)
