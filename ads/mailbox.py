"""The mailbox of the ad desk, read over IMAP. Nothing is marked or moved in it before it is kept here.

Mails are known by their UID, not by their flags, so nothing is lost when a person opens the mailbox too. What is kept
is filed afterwards, by `ads.mail_filing`.
"""

from __future__ import annotations

import hashlib
import logging
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from . import mail_parts
from .models import InboundMail, Mailbox

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 15
MOST_BYTES = 25 << 20
HEADER_BYTES = 64 << 10
# One reading: so many mails, and no new one begun after so many seconds. The next one goes on.
MOST_MAILS = 200
MOST_SECONDS = 60


class MailboxTrouble(Exception):
    """Raised when a mailbox cannot be read; says why, for an operator."""


@dataclass(frozen=True)
class Account:
    """What `MAILBOX_URL` says."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    is_tls_from_start: bool

    @classmethod
    def from_url(cls, url: str) -> Account:
        parts = urlsplit(url)
        is_tls = parts.scheme == "imaps"
        return cls(
            host=parts.hostname or "",
            port=parts.port or (993 if is_tls else 143),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            folder=unquote(parts.path.strip("/")) or "INBOX",
            is_tls_from_start=is_tls,
        )

    @property
    def name(self) -> str:
        return f"{self.user}@{self.host}/{self.folder}"[:250]


@dataclass
class Reading:
    """How many mails were kept, how many of them only as a note, and how many were here already."""

    kept: int = 0
    too_large: int = 0
    known: int = 0
    has_more: bool = False


def read_due(at: datetime) -> Reading | None:
    """Read the mailbox of the settings when it is time, in one worker of all. Trouble is logged and noted, and it is
    tried again at the next time."""
    if not settings.MAILBOX_URL:
        return None
    account = Account.from_url(settings.MAILBOX_URL)
    last = at - timedelta(seconds=settings.MAILBOX_EVERY)
    is_time = Q(tried_at=None) | Q(tried_at__lte=last) | Q(tried_at__gt=at)  # the clock was put back
    if not Mailbox.objects.filter(is_time, pk=_box(account).pk).update(tried_at=at):
        return None
    try:
        return read(account, at=at)
    except MailboxTrouble as trouble:
        logger.warning("The mailbox %s cannot be read: %s", account.name, trouble)
        return None


def read(account: Account, *, at: datetime) -> Reading:
    """Keep what is new. Raises MailboxTrouble."""
    box = _box(account)
    try:
        with _connected(account) as client:
            reading = _read(client, account, box, at)
    except (OSError, IMAPClientError) as error:
        Mailbox.objects.filter(pk=box.pk).update(trouble=_words(error))
        raise MailboxTrouble(_words(error)) from error
    Mailbox.objects.filter(pk=box.pk).update(read_at=at, trouble="")
    return reading


def look(account: Account) -> list[tuple[str, str, int]]:
    """Sender, subject and size of what would be kept. Changes nothing, here or there. Raises MailboxTrouble."""
    box = Mailbox.objects.filter(name=account.name).first() or Mailbox()
    found = []
    try:
        with _connected(account) as client:
            for uid in _new(client, box, client.select_folder(account.folder, readonly=True)):
                answer = _answer(client, uid, "RFC822.SIZE", f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>")
                header = mail_parts.take_apart(answer.get(b"BODY[HEADER]<0>", b""))["headers"]
                found.append(("".join(header["from"]), "".join(header["subject"]), answer.get(b"RFC822.SIZE", 0)))
    except (OSError, IMAPClientError) as error:
        raise MailboxTrouble(_words(error)) from error
    return found


def _box(account: Account) -> Mailbox:
    return Mailbox.objects.get_or_create(name=account.name)[0]


@contextmanager
def _connected(account: Account) -> Iterator[IMAPClient]:
    """A connection over TLS with a certificate that is checked, and a login."""
    context = ssl.create_default_context()
    client = IMAPClient(
        account.host, account.port, ssl=account.is_tls_from_start, ssl_context=context, timeout=TIMEOUT_SECONDS
    )
    try:
        client.normalise_times = False
        if not account.is_tls_from_start:
            client.starttls(context)
        client.login(account.user, account.password)
        yield client
        client.logout()
    except BaseException:
        with suppress(OSError, IMAPClientError):  # closed already
            client.shutdown()
        raise


def _new(client: IMAPClient, box: Mailbox, chosen: dict) -> list[int]:
    """What was not dealt with. With another validity the server gave new numbers to everything, so all of it; what is
    kept already is known by its content."""
    last = box.last_uid if chosen[b"UIDVALIDITY"] == box.uid_validity else 0
    # The server counts the last mail in, whatever its number.
    return sorted(uid for uid in client.search(["UID", f"{last + 1}:*"]) if uid > last)


def _read(client: IMAPClient, account: Account, box: Mailbox, at: datetime) -> Reading:
    chosen = client.select_folder(account.folder)
    uids = _new(client, box, chosen)
    validity, reading, started, dealt_with, to_mark = chosen[b"UIDVALIDITY"], Reading(), time.monotonic(), 0, []
    known = set(
        InboundMail.objects.filter(mailbox=box, uid_validity=validity, uid__in=uids[:MOST_MAILS])
        .exclude(status=InboundMail.Status.TOO_LARGE)
        .values_list("uid", flat=True)
    )
    for uid in uids[:MOST_MAILS]:
        if time.monotonic() - started > MOST_SECONDS:
            break
        if uid in known or _take(client, box, validity, uid, reading, at):
            to_mark.append(uid)
        dealt_with = uid
    reading.known += len(known)
    reading.has_more = bool(uids) and dealt_with != uids[-1]
    if to_mark:
        _mark(client, to_mark)
    # Last, so that a reading that was killed marks what it kept.
    if dealt_with:
        Mailbox.objects.filter(pk=box.pk).update(uid_validity=validity, last_uid=dealt_with)
    return reading


def _take(client: IMAPClient, box: Mailbox, validity: int, uid: int, reading: Reading, at: datetime) -> bool:
    """Keep one mail. False when it must not be marked: too large, or gone meanwhile."""
    facts = _answer(client, uid, "RFC822.SIZE", "INTERNALDATE")
    size = facts.get(b"RFC822.SIZE", 0)
    raw = b""
    if size <= MOST_BYTES:  # and servers may be wrong about it
        raw = _answer(client, uid, f"BODY.PEEK[]<0.{MOST_BYTES + 1}>").get(b"BODY[]<0>") or b""
    is_too_large = size > MOST_BYTES or len(raw) > MOST_BYTES
    if is_too_large:
        raw = _answer(client, uid, f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>").get(b"BODY[HEADER]<0>") or b""
    if not raw:
        return False
    arrived = facts.get(b"INTERNALDATE")
    mail = InboundMail(
        mailbox=box,
        uid_validity=validity,
        uid=uid,
        sha256=hashlib.sha256(raw).hexdigest(),
        bytes=max(size, len(raw)),
        arrived_at=min(arrived, at) if arrived else at,
        stored_at=at,
    )
    is_new = keep(mail, raw, is_too_large=is_too_large)
    reading.kept += is_new
    reading.too_large += is_new and is_too_large
    reading.known += not is_new
    return not is_too_large


def keep(mail: InboundMail, raw: bytes, *, is_too_large: bool = False) -> bool:
    """Store a mail as it came: its file, then its row. False when it is here already."""
    header = mail_parts.take_apart(raw[:HEADER_BYTES].partition(b"\r\n\r\n")[0])["headers"]
    mail.message_id = mail_parts.message_id(header)
    if is_too_large:
        mail.status = InboundMail.Status.TOO_LARGE
        mail.sender_name, mail.sender = mail_parts.sender(header)
        mail.subject = mail_parts.subject(header)
    here = InboundMail.objects.filter(
        Q(mailbox=mail.mailbox, uid_validity=mail.uid_validity, uid=mail.uid)
        | Q(message_id=mail.message_id, sha256=mail.sha256)
    )
    if here.exists():
        return False
    _write(mail, raw)
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
    except IntegrityError:
        if here.exists():  # another reader was faster, and has the same file
            return False
        raise
    return True


def _write(mail: InboundMail, raw: bytes) -> None:
    """The file under its name, whole: what a reader that was killed left there is written anew."""
    storage = mail.raw.storage
    name = mail.raw.field.generate_filename(mail, "")
    if storage.exists(name):
        if storage.size(name) == len(raw):
            mail.raw.name = name
            return
        storage.delete(name)
    mail.raw.save("", ContentFile(raw), save=False)


def _mark(client: IMAPClient, uids: list[int]) -> None:
    """Read, and moved where the settings name a folder."""
    client.add_flags(uids, [rb"\Seen"], silent=True)
    if not settings.MAILBOX_DONE:
        return
    [(_flags, separator, _name), *_others] = client.list_folders("", "INBOX")
    folder = settings.MAILBOX_DONE.replace("/", separator.decode() if separator else "/")
    if not client.folder_exists(folder):
        client.create_folder(folder)
    if client.has_capability("MOVE"):
        client.move(uids, folder)
        return
    client.copy(uids, folder)
    client.add_flags(uids, [rb"\Deleted"], silent=True)
    if client.has_capability("UIDPLUS"):  # else somebody's own deleted mails would go too
        client.uid_expunge(uids)


def _answer(client: IMAPClient, uid: int, *what: str) -> dict:
    """What the server says of a mail; nothing when it is gone."""
    return client.fetch([uid], list(what)).get(uid, {})


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
