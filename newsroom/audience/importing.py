"""Addresses from elsewhere, with the proof that they agreed: looked at first, then read in by a job, a batch at a time.

Nobody comes back by an import who left or is not written to, and what is here already is not overwritten. The same
file twice changes nothing the second time.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from articles import jobs
from articles.models import User

from . import import_files, suppressing
from .import_files import Row
from .models import Consent, Newsletter, Subscriber, SubscriberImport

logger = logging.getLogger(__name__)

State = Subscriber.State
# Rows of one transaction, and of one job: other jobs wait no longer than these take.
AT_ONCE = 500
IN_ONE_JOB = 5000
# Of what was skipped, so many rows are named, and of what will happen, so many are shown.
NAMED = 1000
SHOWN = 200
# So many rows are looked at before somebody decides: a page does not wait for a hundred thousand.
LOOKED_AT = 5000
BETWEEN = re.compile(r"[,;|/،؛]")
WHAT = ("created", "updated", "unchanged", "skipped")
LANGUAGES = {code: code for code, _name in settings.LANGUAGES} | {
    "english": "en",
    "arabic": "ar",
    "العربية": "ar",
    "عربي": "ar",
}


class NotImported(Exception):
    """Raised when a file cannot be read in; its text is a sentence for the person who brought it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of one row: "created", "updated", "unchanged" or "skipped", and why."""

    row: Row
    what: str
    why: str = ""
    email: str = ""
    language: str = "en"
    newsletters: tuple[int, ...] = ()
    consented_at: datetime | None = None
    proof: str = ""
    subscriber: Subscriber | None = None


@dataclass(slots=True)
class Forecast:
    """What would happen: how many rows each, and the first of them."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("created", "updated", "unchanged", "skipped"), 0)
    )
    shown: list[Plan] = field(default_factory=list)


@dataclass(frozen=True)
class Defaults:
    """For rows that say nothing themselves."""

    newsletters: tuple[int, ...]
    language: str
    statement: str


def bring(
    file: IO[bytes], name: str, *, newsletters: list[Newsletter], language: str, statement: str, by: User, at: datetime
) -> SubscriberImport:
    """Keep a file, written anew, for somebody to look at what it would do. Raises NotImported."""
    try:
        encoding, rows = import_files.read(file)
        count = 0

        def counted() -> Iterator[Row]:
            nonlocal count
            for row in rows:
                count += 1
                yield row

        content = ContentFile(b"")
        for line in import_files.written_anew(counted()):
            content.write(line.encode())
    except import_files.NotRead as error:
        raise NotImported(str(error)) from None
    if not count:
        raise NotImported(_("This file has no rows below its heads."))
    with transaction.atomic():
        made = SubscriberImport(
            name=name[:120], encoding=encoding, language=language, statement=statement, by=by, at=at, rows=count
        )
        made.file.save("addresses.csv", content, save=False)
        made.save()
        made.newsletters.set(newsletters)
    return made


def forecast(one: SubscriberImport, *, at: datetime) -> Forecast:
    """What reading its first rows in would do, without doing it."""
    found, seen = Forecast(), set[str]()
    with one.file.open("rb") as file:
        for plan in _plans(one, islice(import_files.read_again(file), LOOKED_AT), seen, at=at):
            found.counts[plan.what] += 1
            if len(found.shown) < SHOWN:
                found.shown.append(plan)
    return found


def start(one: SubscriberImport, *, at: datetime) -> None:
    """Have it read in. Raises NotImported where that is under way or over."""
    with transaction.atomic():
        if not _move(one, SubscriberImport.State.RUNNING):
            raise NotImported(_("This file is read in already, or was put away."))
        jobs.enqueue_once(read_in, f"import:{one.pk}:0", pk=one.pk)


def cancel(one: SubscriberImport, *, at: datetime) -> None:
    """Read no more of it. What was read in stays. Raises NotImported where it is over."""
    if not _move(one, SubscriberImport.State.CANCELLED, finished_at=at):
        raise NotImported(_("This file is read in already, or was put away."))
    _throw_away(one)


def forget_old(at: datetime) -> None:
    """Files that nobody decided about go after a week: they hold addresses of people."""
    old = SubscriberImport.objects.filter(state=SubscriberImport.State.CHECKED, at__lt=at - timedelta(days=7))
    for one in old:
        cancel(one, at=at)


@task()
def read_in(pk: int) -> str:
    """The next rows, as many as one job takes. Each batch is one transaction with the place it got to, so that what a
    worker that died had not finished is done by the next, and nothing twice."""
    one = SubscriberImport.objects.filter(pk=pk, state=SubscriberImport.State.RUNNING).first()
    if one is None:
        return "over"
    at, until = timezone.now(), one.rows_read + IN_ONE_JOB
    with one.file.open("rb") as file, translation.override("en"):
        for rows in _batches(import_files.read_again(file, skip=one.rows_read), AT_ONCE):
            if not _read_in_peace(one, rows, at=at) or one.rows_read >= until:
                break
    if one.state != SubscriberImport.State.RUNNING:
        return "stopped"
    if one.rows_read < one.rows:
        jobs.enqueue_once(read_in, f"import:{pk}:{one.rows_read}", pk=pk)
        return f"{one.rows_read} of {one.rows}"
    if _move(one, SubscriberImport.State.DONE, finished_at=at):
        _throw_away(one)
        logger.info("Import %d: %d new, %d more, %d skipped.", pk, one.created, one.updated, one.skipped)
    return "done"


def look_after(at: datetime) -> int:
    """Take up again what is being read in and has no job any more, since it failed: once at each place, as what fails
    there twice is for the operator. Returns how many."""
    unfinished = [TaskResultStatus.READY, TaskResultStatus.RUNNING]
    found = 0
    for one in SubscriberImport.objects.filter(state=SubscriberImport.State.RUNNING):
        going = DBTaskResult.objects.filter(task_path=read_in.module_path, status__in=unfinished)
        if not going.filter(args_kwargs__kwargs__pk=one.pk).exists():
            found += jobs.enqueue_once(read_in, f"import:{one.pk}:{one.rows_read}:again", pk=one.pk)
    return found


def _read_in_peace(one: SubscriberImport, rows: list[Row], *, at: datetime) -> bool:
    """As `_read_batch`, once more where somebody signed up with one of these addresses meanwhile."""
    try:
        return _read_batch(one, rows, at=at)
    except IntegrityError:
        one.refresh_from_db()
        return _read_batch(one, rows, at=at)


def _read_batch(one: SubscriberImport, rows: list[Row], *, at: datetime) -> bool:
    """False where somebody stopped it, or another worker was faster."""
    before = one.rows_read
    with transaction.atomic():
        taken = SubscriberImport.objects.filter(
            pk=one.pk, state=SubscriberImport.State.RUNNING, rows_read=before
        ).update(rows_read=before + len(rows))
        if taken:
            plans = list(_plans(one, iter(rows), set(), at=at))
            _keep(plans, one, at=at)
            for plan in plans:
                setattr(one, plan.what, getattr(one, plan.what) + 1)
                if plan.what == "skipped" and len(one.reasons) < NAMED:
                    one.reasons.append([plan.row.number, plan.why])
            one.save(update_fields=["created", "updated", "unchanged", "skipped", "reasons"])
    one.refresh_from_db()
    return bool(taken)


def _plans(one: SubscriberImport, rows: Iterator[Row], seen: set[str], *, at: datetime) -> Iterator[Plan]:
    """What becomes of each row, a batch of queries for AT_ONCE of them. `seen` keeps the second of two rows with one
    address from counting as new."""
    every = {newsletter.pk: newsletter for newsletter in Newsletter.objects.all()}
    named = {name.lower(): pk for pk, letter in every.items() for name in (letter.slug, letter.name)}
    own = Defaults(tuple(one.newsletters.values_list("pk", flat=True)), one.language, one.statement)
    for some in _batches(rows, AT_ONCE):
        addresses = {row.number: row.address() for row in some}
        wanted = {address.lower() for address in addresses.values() if address}
        suppressed = suppressing.among(wanted)
        known = {
            reader.email.lower(): reader
            for reader in Subscriber.objects.alias(lowered=Lower("email"))
            .filter(lowered__in=wanted)
            .prefetch_related("newsletters")
        }
        for row in some:
            yield _plan(row, addresses[row.number], own, named, known, suppressed, seen, at=at)


def _plan(
    row: Row,
    email: str | None,
    own: Defaults,
    named: dict[str, int],
    known: dict[str, Subscriber],
    suppressed: set[str],
    seen: set[str],
    *,
    at: datetime,
) -> Plan:
    def skipped(why: str) -> Plan:
        return Plan(row, "skipped", why, email=email or row.email)

    if email is None:
        return skipped(_("no e-mail address"))
    address = email.lower()
    if address in seen:
        return skipped(_("stands in this file already"))
    if address in suppressed:
        return skipped(_("is not to be written to"))
    proof = row.proof or own.statement
    if not proof:
        return skipped(_("no proof of consent"))
    consented_at = row.moment(at=at) if row.consented_at else at
    if consented_at is None:
        return skipped(_("the time of consent is none, or still to come"))
    language = LANGUAGES.get((row.language or own.language).strip().lower()[:2]) or LANGUAGES.get(row.language.lower())
    if language is None:
        return skipped(_("a language that we do not write in"))
    names = [name.strip().lower() for name in BETWEEN.split(row.newsletters) if name.strip()]
    if strange := [name for name in names if name not in named]:
        return skipped(_("no newsletter is called “%(name)s”") % {"name": strange[0][:60]})
    newsletters = tuple(sorted({named[name] for name in names})) or own.newsletters
    if not newsletters:
        return skipped(_("no newsletter is named"))
    reader = known.get(address)
    if reader and reader.state == State.SUPPRESSED:
        return skipped(_("is not to be written to"))
    if reader and reader.state == State.UNSUBSCRIBED:
        return skipped(_("has unsubscribed"))
    seen.add(address)
    has = {newsletter.pk for newsletter in reader.newsletters.all()} if reader else set()
    is_there = reader is not None and reader.state == State.CONFIRMED and set(newsletters) <= has
    what = "unchanged" if is_there else "updated" if reader else "created"
    return Plan(
        row,
        what,
        email=email,
        language=language,
        newsletters=newsletters,
        consented_at=consented_at,
        proof=proof,
        subscriber=reader,
    )


def _keep(plans: list[Plan], one: SubscriberImport, *, at: datetime) -> None:
    """Four statements for a whole batch."""
    new = [plan for plan in plans if plan.what == "created"]
    more = [plan for plan in plans if plan.what == "updated" and plan.subscriber]
    made = Subscriber.objects.bulk_create(
        Subscriber(
            email=plan.email,
            name=plan.row.name[:120],
            language=plan.language,
            state=State.CONFIRMED,
            created_at=at,
            confirmed_at=plan.consented_at,
        )
        for plan in new
    )
    pending = [plan.subscriber.pk for plan in more if plan.subscriber and plan.subscriber.state == State.PENDING]
    Subscriber.objects.filter(pk__in=pending, state=State.PENDING).update(
        state=State.CONFIRMED, confirmed_at=at, suspected=""
    )
    pairs: list[tuple[Plan, Subscriber]] = list(zip(new, made, strict=True))
    pairs += [(plan, plan.subscriber) for plan in more if plan.subscriber]
    through: Any = Subscriber.newsletters.through
    through.objects.bulk_create(
        (through(subscriber_id=reader.pk, newsletter_id=pk) for plan, reader in pairs for pk in plan.newsletters),
        ignore_conflicts=True,
    )
    Consent.objects.bulk_create(
        Consent(
            subscriber=reader,
            kind=Consent.Kind.IMPORTED,
            at=plan.consented_at or at,
            by_id=one.by_id,
            said=plan.proof,
            source=f"{one.name[:100]}:{plan.row.number}",
        )
        for plan, reader in pairs
    )


def _move(one: SubscriberImport, to: str, **fields: Any) -> bool:
    sources = [state for state, targets in SubscriberImport.MOVES.items() if to in targets]
    moved = SubscriberImport.objects.filter(pk=one.pk, state__in=sources).update(state=to, **fields)
    one.refresh_from_db()
    return bool(moved)


def _throw_away(one: SubscriberImport) -> None:
    if one.file:
        one.file.delete(save=False)
    SubscriberImport.objects.filter(pk=one.pk).update(file="")


def _batches(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while some := list(islice(rows, size)):
        yield some
