"""What becomes of a mail that is kept: a request, a message of a deal, or something that waits for the desk.

A mail is filed in one transaction with everything that comes of it, by a conditional UPDATE, so any number of workers
may file and one that dies leaves the mail to the next. Nothing here ever answers a program, and nothing of a deal is
shown to who writes: a stranger who knows a reference is heard only after the desk says so.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import User

from . import conversation, letters, mail_files, mail_reading, mail_threads, materials, sales, spam
from .mail_reading import Letter
from .mailbox import Account
from .models import AdRequest, DealMessage, InboundMail, Material

logger = logging.getLogger(__name__)

Status = InboundMail.Status

MOST_AT_ONCE = 50
MOST_ATTEMPTS = 5
# A worker has so long; then another tries.
RETRY_AFTER = timedelta(minutes=1)
# More from one address in an hour is no conversation.
MOST_AN_HOUR = 20
# What lay in the mailbox for longer before it was read is old mail, or the desk answered it long ago.
OLD = timedelta(days=7)
MOST_TEXT = 20_000


class NotFiled(Exception):
    """Raised when a mail was filed meanwhile, or cannot be; its text is a sentence for the person who tried."""


def file_waiting(at: datetime) -> int:
    """File what was kept and not filed yet. Returns how many were; what fails is tried again, then shown as failed."""
    waiting = InboundMail.objects.filter(Q(try_at=None) | Q(try_at__lte=at), status=Status.NEW)
    return sum(file(mail, at=at) for mail in waiting.order_by("pk")[:MOST_AT_ONCE])


def file(mail: InboundMail, *, at: datetime) -> bool:
    """File one mail. False when somebody else does, and when it failed."""
    mine = InboundMail.objects.filter(pk=mail.pk, status=Status.NEW, attempts=mail.attempts)
    if not mine.update(attempts=F("attempts") + 1, try_at=at + RETRY_AFTER):
        return False
    mail.attempts += 1
    try:
        with translation.override(settings.LANGUAGE_CODE):
            if mail.attempts > MOST_ATTEMPTS:  # whoever tried died of it
                raise NotFiled(_("Reading it failed five times."))
            return _file(mail, _read(mail), at=at)
    except (OperationalError, InterfaceError):  # the database is away; nothing is wrong with the mail
        raise
    except Exception as error:
        logger.exception("Mail %d could not be filed.", mail.pk)
        if mail.attempts >= MOST_ATTEMPTS:
            note = f"{type(error).__name__}: {error}"[:300]
            InboundMail.objects.filter(pk=mail.pk, status=Status.NEW).update(status=Status.FAILED, note=note)
        return False


def make_request(mail: InboundMail, *, by: User | None, at: datetime, note: str = "") -> AdRequest:
    """The desk says: this asks for something. No confirmation goes out; an answer of theirs does. Raises NotFiled."""
    letter = _read_or_empty(mail)
    if not mail.sender:
        raise NotFiled(_("It names no address that an answer could go to."))
    findings = mail_files.check(letter.files)
    stored: list[Material] = []
    try:
        with transaction.atomic():
            _claim(mail, Status.REQUEST, by=by, at=at, note=note)
            request = _receive(mail, letter, findings, suspicion="", is_silent=True, stored=stored, at=at)
    except BaseException:
        materials.discard(stored)
        raise
    return request


def attach(mail: InboundMail, *, request: AdRequest, by: User | None, at: datetime, note: str = "") -> DealMessage:
    """The desk says: this belongs to that deal. They wait for an answer from now on. Raises NotFiled."""
    letter = _read_or_empty(mail)
    findings = mail_files.check(letter.files)
    stored: list[Material] = []
    try:
        with transaction.atomic():
            _claim(mail, Status.MESSAGE, by=by, at=at, note=note)
            message = _hear(mail, letter, request, findings, stored=stored, at=at, is_silent=True)
    except BaseException:
        materials.discard(stored)
        raise
    return message


def set_aside(mail: InboundMail, *, by: User | None, at: datetime, note: str = "") -> None:
    """It is none of ours. Kept all the same. Raises NotFiled."""
    _claim(mail, Status.NOT_OURS, by=by, at=at, note=note)


def try_again(mail: InboundMail, *, by: User | None, at: datetime, note: str = "") -> None:
    """Have a mail that could not be read read again. Raises NotFiled."""
    _claim(mail, Status.NEW, by=by, at=at, note=note, attempts=0, try_at=None)


def bounce_of(request: AdRequest) -> InboundMail | None:
    """The newest report that mail to the person who asked does not arrive, unless they wrote since."""
    bounce = request.mails.filter(status=Status.BOUNCE).first()
    if bounce and request.messages.filter(direction=DealMessage.Direction.IN, at__gt=bounce.arrived_at).exists():
        return None
    return bounce


def _claim(mail: InboundMail, target: str, *, by: User | None, at: datetime, note: str, **values) -> None:
    origin = mail.status
    note = note or mail.note
    allowed = target in InboundMail.MOVES[origin]
    mine = InboundMail.objects.filter(pk=mail.pk, status=origin)
    if not (allowed and mine.update(status=target, filed_by=by, filed_at=at, note=note, **values)):
        raise NotFiled(_("Somebody filed this mail meanwhile. Reload the page to see where."))
    mail.status, mail.note = target, note


def _read(mail: InboundMail) -> Letter:
    with mail.raw.open("rb") as raw:
        return mail_reading.read(raw.read())


def _read_or_empty(mail: InboundMail) -> Letter:
    """What it says; of one that cannot be read or was too large to keep, its header."""
    try:
        return _read(mail)
    except Exception:
        logger.exception("Mail %d cannot be read.", mail.pk)
        return mail_reading.read(b"Subject: " + mail.subject.encode() + b"\r\n\r\n")


def _file(mail: InboundMail, letter: Letter, *, at: datetime) -> bool:
    status, note, request = _verdict(mail, letter, at)
    suspicion = ""
    findings = mail_files.Findings()
    if status in (Status.REQUEST, Status.MESSAGE):
        findings = mail_files.check(letter.files)
    if status == Status.REQUEST:
        suspicion = _suspicion(letter, at)
    said = {
        "sender": letter.sender,
        "sender_name": letter.sender_name,
        "subject": letter.subject,
        "text": letter.text,
        "authentication": letter.authentication[:300],
        "fingerprint": letter.fingerprint,
        "note": note[:300],
        "request": request,
        "filed_at": at,
    }
    stored: list[Material] = []
    try:
        with transaction.atomic():
            mine = InboundMail.objects.filter(pk=mail.pk, status=Status.NEW, attempts=mail.attempts)
            if not mine.update(status=status, **said):
                return False
            for name, value in said.items():
                setattr(mail, name, value)
            if status == Status.REQUEST:
                _receive(mail, letter, findings, suspicion=suspicion, is_silent=False, stored=stored, at=at)
            elif status == Status.MESSAGE and request:
                _hear(mail, letter, request, findings, stored=stored, at=at, is_silent=False)
            elif status == Status.HELD and request:
                _tell_of_stranger(mail, request)
            elif status == Status.BOUNCE and request:
                _tell_of_bounce(mail, letter, request)
    except BaseException:
        materials.discard(stored)
        raise
    mail.status = status
    return True


def _verdict(mail: InboundMail, letter: Letter, at: datetime) -> tuple[str, str, AdRequest | None]:
    """What a mail is, why, and whose."""
    filed = InboundMail.objects.filter(fingerprint=letter.fingerprint).exclude(pk=mail.pk)
    if twin := filed.exclude(status=Status.NEW).select_related("request").first():
        return Status.AGAIN, "", twin.request
    if letter.bounce:
        return Status.BOUNCE, letter.bounce.reason, mail_threads.of_bounce(letter.bounce)
    request = mail_threads.deal_of(letter)
    if why := _loop(mail, letter):
        return Status.LOOP, why, request
    if letter.automatic:
        return Status.AUTOMATIC, letter.automatic, request
    if not letter.sender:
        return Status.HELD, _("It names no sender."), request
    if mail.stored_at - mail.arrived_at > OLD:
        return Status.HELD, _("It lay in the mailbox for more than a week before it was read."), request
    if request is None:
        return Status.REQUEST, "", None
    if mail_threads.is_party(request, letter.sender):
        if warning := spam.warning_of(letter.authentication):
            return Status.HELD, warning, request
        return Status.MESSAGE, "", request
    return Status.HELD, _("It comes from another address than the deal's."), request


def _loop(mail: InboundMail, letter: Letter) -> str:
    """Why a mail may be one of ours come back; empty where it is not."""
    ours = {
        parseaddr(address)[1].lower()
        for address in (settings.DEFAULT_FROM_EMAIL, settings.ADVERTISING_EMAIL, settings.NEWSROOM_EMAIL)
    }
    if settings.MAILBOX_URL:
        ours.add(Account.from_url(settings.MAILBOX_URL).user.lower())
    host = urlsplit(settings.SITE_URL).hostname
    if letter.sender in ours:
        return _("It comes from an address of our own.")
    if letter.message_id.lower().endswith(f"@{host}>") or any(address in letter.loop.lower() for address in ours):
        return _("It is a mail of ours that came back.")
    since = mail.arrived_at - timedelta(hours=1)
    recent = InboundMail.objects.filter(sender=letter.sender, arrived_at__gt=since, arrived_at__lte=mail.arrived_at)
    if letter.sender and recent.exclude(pk=mail.pk).count() >= MOST_AN_HOUR:
        return _("More than %(count)d mails came from this address within an hour.") % {"count": MOST_AN_HOUR}
    return ""


def _suspicion(letter: Letter, at: datetime) -> str:
    by_address = InboundMail.objects.filter(
        sender=letter.sender, arrived_at__gt=at - timedelta(days=1), status=Status.REQUEST
    )
    found = spam.suspicion(
        name=letter.sender_name,
        email=letter.sender,
        company="",
        message=letter.new_text,
        counts_address=False,  # an attempt that is repeated must not count
    )
    if warning := spam.warning_of(letter.authentication):
        return warning
    if by_address.count() >= spam.BY_ADDRESS:
        return spam.TOO_MANY_OF_ADDRESS
    return found


def _receive(
    mail: InboundMail,
    letter: Letter,
    findings: mail_files.Findings,
    *,
    suspicion: str,
    is_silent: bool,
    stored: list[Material],
    at: datetime,
) -> AdRequest:
    name, company = mail_threads.who(mail.sender_name, mail.sender)
    text = _with_refusals(letter, findings)
    subject = " ".join(mail.subject.split())
    request = sales.receive(
        {
            "name": name,
            "email": mail.sender,
            "company": company,
            "message": f"{subject}\n\n{text}".strip() if subject else text,
            "source": AdRequest.Source.MAIL,
        },
        [],
        form_key=f"mail:{mail.pk}",
        language=letter.language,
        suspicion=suspicion,
        at=mail.arrived_at if not is_silent else at,
        is_silent=is_silent,
    )
    materials.keep_all(request, findings.files, stored, received_at=at)
    InboundMail.objects.filter(pk=mail.pk).update(request=request)
    mail.request = request
    return request


def _hear(
    mail: InboundMail,
    letter: Letter,
    request: AdRequest,
    findings: mail_files.Findings,
    *,
    stored: list[Material],
    at: datetime,
    is_silent: bool,
) -> DealMessage:
    is_taken = DealMessage.objects.filter(message_id=letter.message_id).exists()
    message = conversation.hear(
        request,
        _with_refusals(letter, findings) or mail.subject or _("(A mail without text.)"),
        name=mail.sender_name or mail.sender,
        via=DealMessage.Via.MAIL,
        at=mail.arrived_at if not is_silent else at,
        # Two mails may carry one identifier; the second has words of its own and must not pass for the first.
        message_id="" if is_taken else letter.message_id,
        is_silent=is_silent,
    )
    materials.keep_all(request, findings.files, stored, message=message, received_at=at)
    InboundMail.objects.filter(pk=mail.pk).update(request=request, deal_message=message)
    mail.request, mail.deal_message = request, message
    return message


def _with_refusals(letter: Letter, findings: mail_files.Findings) -> str:
    """The new words, and what was not taken of the files."""
    text = letter.new_text[:MOST_TEXT]
    notes = [_("Not taken: %(what)s") % {"what": sentence} for sentence in findings.refused]
    if letter.is_cut or len(letter.new_text) > MOST_TEXT:
        notes.append(_("This mail is longer than what is shown. Download it as it came to read all."))
    return "\n\n".join([text, "\n".join(notes)]).strip()[: MOST_TEXT + 5_000]


def _tell_of_stranger(mail: InboundMail, request: AdRequest) -> None:
    letters.to_desk(
        request,
        gettext_lazy("A mail from another address waits for you"),
        "mail_held_desk",
        {"mail": mail},
        key=f"held:{mail.pk}",
    )


def _tell_of_bounce(mail: InboundMail, letter: Letter, request: AdRequest) -> None:
    """The desk, once for an address of a deal."""
    letters.to_desk(
        request,
        gettext_lazy("Mail to them bounces"),
        "mail_bounced_desk",
        {"mail": mail, "recipient": letter.bounce and letter.bounce.recipient},
        key=f"bounce:{request.pk}:{request.email}"[:150],
    )
