"""Mail leaves through the job queue: it is a row in the same transaction as what caused it, and sent by a worker."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language
from django_tasks import task
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from . import branding, jobs
from .models import IdempotencyKey

logger = logging.getLogger(__name__)

# Minutes until the next attempt; after the last one the mail is given up, and the log says so.
RETRY_AFTER = [1, 5, 15, 60, 240, 720]

# What must not stand in the queue, by the name of its place: secret addresses, put in when a mail leaves.
_fillers: dict[str, Callable[[str], str]] = {}
# Files that a mail takes along, made when it leaves, by the name that stands before the colon.
_papers: dict[str, Callable[[str], tuple[str, bytes, str] | None]] = {}
_PLACE = re.compile(r"\[\[([a-z-]+):([\w-]{43}):([0-9a-f]{32})\]\]")


def placeholder(name: str, key: str, *, to: str) -> str:
    """Stands in the body of a mail to `to` for what a filler makes of `key` (43 URL-safe characters) when it leaves.
    Sealed for that address, so that nobody has one filled by writing it into a name or a message."""
    return f"[[{name}:{key}:{_seal(name, key, to)}]]"


def _seal(name: str, key: str, to: str) -> str:
    return salted_hmac("articles.mail", f"{name}:{key}:{to.lower()}", algorithm="sha256").hexdigest()[:32]


def fill_places(name: str, filler: Callable[[str], str]) -> None:
    """Register who fills the places of a name."""
    _fillers[name] = filler


def make_papers(name: str, maker: Callable[[str], tuple[str, bytes, str] | None]) -> None:
    """Register who makes the files of a name: of what stands after the colon, their name, content and type, or None
    where there is none any more."""
    _papers[name] = maker


def post(
    *,
    subject: str,
    body: str,
    to: list[str],
    reply_to: str | None = None,
    key: str = "",
    message_id: str = "",
    paper: str = "",
) -> bool:
    """Queue one plain-text mail, or with a `key` one and no more, ever. Returns whether it was queued now. The subject
    loses its line breaks, so no header can be smuggled in. `paper`, such as "report:7", is made and attached when it
    leaves (`make_papers`)."""
    message: dict[str, Any] = {
        "subject": " ".join(subject.split()),
        "body": body,
        "to": to,
        "reply_to": reply_to,
        "message_id": message_id or new_message_id(),
    }
    if paper:
        message["paper"] = paper
    if (language := get_language() or settings.LANGUAGE_CODE) != settings.LANGUAGE_CODE:
        message["language"] = language
    if key:
        return jobs.enqueue_once(deliver, f"mail:{key}", **message)
    deliver.enqueue(**message)
    return True


def posted(key: str, *, since: datetime) -> int:
    """How many mails were posted since a moment whose keys are this one and more after a colon. For 90 days."""
    return IdempotencyKey.objects.filter(key__startswith=f"mail:{key}:", created_at__gt=since).count()


def forget(address: str) -> int:
    """Delete what the queue has of mails to an address: those that left are kept there for weeks, those that wait leave
    no more. Returns how many. Looks at every job, so it is for what happens now and then."""
    jobs_of_mail = DBTaskResult.objects.filter(task_path=deliver.module_path).exclude(status=TaskResultStatus.RUNNING)
    return jobs_of_mail.filter(args_kwargs__kwargs__to=[address]).delete()[0]


def new_message_id() -> str:
    return make_msgid(domain=settings.SITE_URL.partition("://")[2].partition(":")[0])


@task()
def deliver(
    subject: str,
    body: str,
    to: list[str],
    reply_to: str | None,
    message_id: str,
    attempt: int = 0,
    paper: str = "",
    language: str = "",
) -> str:
    """Send, or queue the next attempt. The Message-ID stays, so a mail that comes twice is known for one. `language` is
    that of the sender's name, empty for the site's."""
    message = EmailMessage(
        subject=subject,
        from_email=branding.sender(language or settings.LANGUAGE_CODE),
        body=_PLACE.sub(lambda place: _filled(*place.groups(), to=to[0]) or place[0], body),
        to=to,
        reply_to=[reply_to] if reply_to else None,
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
    )
    if made := _made(paper):
        message.attach(*made)
    try:
        message.send()
    except OSError as error:  # smtplib's exceptions are OSErrors too
        if attempt >= len(RETRY_AFTER):
            logger.exception("Mail %s was given up after %d attempts.", message_id, attempt + 1)
            raise
        later = timezone.now() + timedelta(minutes=RETRY_AFTER[attempt])
        # By key: a worker that dies right after this and is followed by another makes no second mail of it.
        jobs.enqueue_once(
            deliver.using(run_after=later),
            f"retry:{attempt + 1}:{message_id}",
            subject=subject,
            body=body,
            to=to,
            reply_to=reply_to,
            message_id=message_id,
            attempt=attempt + 1,
            **({"paper": paper} if paper else {}),
            **({"language": language} if language else {}),
        )
        logger.warning("Mail %s is tried again at %s: %s", message_id, later.isoformat(), error)
        return "postponed"
    return "sent"


def _filled(name: str, key: str, seal: str, *, to: str) -> str:
    filler = _fillers.get(name)
    return filler(key) if filler and constant_time_compare(seal, _seal(name, key, to)) else ""


def _made(paper: str) -> tuple[str, bytes, str] | None:
    """A mail without its paper is better than none: what cannot be made is logged, and told by its absence."""
    name, _colon, of = paper.partition(":")
    maker = _papers.get(name)
    if maker is None:
        return None
    try:
        return maker(of)
    except (DatabaseError, InterfaceError):
        raise
    except Exception:
        logger.exception("The paper %s could not be made; its mail goes without it.", paper)
        return None
