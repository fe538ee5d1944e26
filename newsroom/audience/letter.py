"""The mail of an issue, as bytes: built once, and finished for each reader, which is fast enough to do for everybody.

What stands before the first place that is a reader's own is encoded once for all. All of it is ASCII in short lines
(RFC 5322), so that no server on the way has to write it anew and break what signs it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage as Headers
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cached_property
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.crypto import salted_hmac

from articles import branding
from articles.models import Brand

from . import links
from .models import Issue, Newsletter, Subscriber

PLACES = (links.PREFERENCES, links.UNSUBSCRIBE)
_PLACE = re.compile("|".join(map(re.escape, PLACES)).encode())
# Bytes that make one line of base64.
LINE = 57
_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")  # ASCII without spaces and angle brackets


class BadAddress(Exception):
    """Raised for an address that no mail can be written to."""


def ascii_address(email: str) -> str:
    """As mail servers read it: the host in its ASCII form. Raises BadAddress."""
    local, _at, host = email.rpartition("@")
    try:
        found = f"{local}@{host.encode('idna').decode()}"
    except UnicodeError:
        raise BadAddress from None
    if not _ADDRESS.fullmatch(found):
        raise BadAddress
    return found


def message_id(issue: int, subscriber: int) -> str:
    """The same whenever this issue is sent to this reader, and nothing that a stranger could name."""
    seal = salted_hmac("audience.letter", f"{issue}:{subscriber}", algorithm="sha256").hexdigest()[:16]
    return f"<n{issue}.{subscriber}.{seal}@{_host()}>"


# Python would put a longer subject below its name: an empty first line, of which some programs make an empty subject or
# one that begins with a space. A line may have 998 bytes (RFC 5322).
MOST_UNFOLDED = 900


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


@dataclass(frozen=True)
class Part:
    """One text of a mail. `head` is encoded; `rest` begins before the first place that is a reader's own."""

    kind: str
    is_base64: bool
    head: bytes
    rest: bytes

    @classmethod
    def of(cls, text: str, kind: str) -> Part:
        data = "\r\n".join(text.splitlines()).encode() + b"\r\n"
        # Letters beyond ASCII take three times their room in one encoding, everything a third more in the other.
        is_base64 = sum(byte > 127 for byte in data) > len(data) / 6
        place = _PLACE.search(data)
        cut = place.start() if place else len(data)
        if is_base64:
            cut -= cut % LINE
        head = _encoded(data[:cut], is_base64)
        if head and not is_base64 and cut < len(data):
            head += b"=\r\n"  # the line goes on
        return cls(kind, is_base64, _crlf(head), data[cut:])

    def filled(self, own: Mapping[bytes, bytes]) -> bytes:
        rest = _PLACE.sub(lambda place: own[place[0]], self.rest)
        return self.head + _crlf(_encoded(rest, self.is_base64))

    @property
    def headers(self) -> bytes:
        encoding = b"base64" if self.is_base64 else b"quoted-printable"
        return (
            b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: %b\r\n\r\n"
            % (self.kind.encode(), encoding)
        )  # fmt: skip


def _encoded(data: bytes, is_base64: bool) -> bytes:
    return base64.encodebytes(data) if is_base64 else binascii.b2a_qp(data, istext=True)


def _crlf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


class Letter:
    """An issue that goes out, for all of its readers: what `Issue.sent_as` froze."""

    def __init__(self, issue: Issue) -> None:
        self.issue, self.newsletter = issue, issue.newsletter
        self.frozen = issue.sent_as
        self.sender = branding.sender(self.newsletter.language)

    @property
    def envelope_sender(self) -> str:
        return parseaddr(self.sender)[1]

    def data(self, subscriber: Subscriber, *, to: str, at: datetime) -> bytes:
        """The whole mail as it goes over the line, dots at the beginning of lines doubled, without the final dot."""
        personal = self._personal(subscriber)
        own = {place.encode(): address.encode() for place, address in personal.items()}
        first = (
            f"Message-ID: {message_id(self.issue.pk, subscriber.pk)}\r\n"
            f"Date: {format_datetime(at)}\r\n"
            f"To: {to}\r\n"
            f"List-Unsubscribe: <{personal[links.UNSUBSCRIBE]}>\r\n"
        ).encode()
        pieces = [first, self._headers]
        for part in self._parts:
            pieces += [b"--", self._boundary, b"\r\n", part.headers, part.filled(own)]
        pieces += [b"--", self._boundary, b"--\r\n"]
        return b"".join(pieces).replace(b"\r\n.", b"\r\n..")

    def message(self, subscriber: Subscriber, *, to: str) -> EmailMultiAlternatives:
        """The same for a provider that takes mails in another way than SMTP."""
        personal = self._personal(subscriber)
        text, html = self.frozen["text"], self.frozen["html"]
        for place, address in personal.items():
            text, html = text.replace(place, address), html.replace(place, address)
        more = {name: value for name, value in self._common.items() if name not in ("From", "Subject", "Reply-To")}
        return EmailMultiAlternatives(
            subject=branding.one_line(self.frozen["subject"]),
            body=text,
            from_email=self.sender,
            to=[to],
            reply_to=[self._common["Reply-To"]],
            alternatives=[(html, "text/html")],
            headers={
                "Message-ID": message_id(self.issue.pk, subscriber.pk),
                "List-Unsubscribe": f"<{personal[links.UNSUBSCRIBE]}>",
                **more,
            },
        )

    def _personal(self, subscriber: Subscriber) -> dict[str, str]:
        return {
            links.PREFERENCES: links.preferences_url(subscriber),
            links.UNSUBSCRIBE: links.unsubscribe_url(subscriber, self.newsletter),
        }

    @cached_property
    def _common(self) -> dict[str, str]:
        """Headers that everybody's mail has."""
        host = _host()
        return {
            "From": self.sender,
            "Subject": branding.one_line(self.frozen["subject"]),
            "Reply-To": Brand.current().email or settings.NEWSROOM_EMAIL,
            # A POST to the address of List-Unsubscribe ends it, without a page (RFC 8058).
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Id": list_id(self.newsletter, host),
            # Nobody's absence is answered to a list (RFC 3834); older programs know the second.
            "Auto-Submitted": "auto-generated",
            "Precedence": "bulk",
            # By which Gmail's reports of complaints name an issue; the last is who sends, 5 to 15 signs.
            "Feedback-ID": f"{self.issue.pk}:{self.newsletter.slug[:40]}:newsletter:{_sender_id(host)}",
            "Content-Language": self.newsletter.language,
        }

    @cached_property
    def _headers(self) -> bytes:
        headers = Headers(policy=SMTP)
        for name, value in self._common.items():
            if name == "From":
                shown, address = parseaddr(value)
                headers["From"] = Address(_decoded(shown), addr_spec=address)
            else:
                headers[name] = value
        subject = self._common["Subject"]
        if subject.isascii() and len(subject) < MOST_UNFOLDED:
            del headers["Subject"]
            head = f"Subject: {subject}\r\n".encode()
        else:
            head = b""
        head += headers.as_bytes().partition(b"\r\n\r\n")[0]
        kind = b'Content-Type: multipart/alternative; boundary="%b"' % self._boundary
        return head.rstrip(b"\r\n") + b"\r\nMIME-Version: 1.0\r\n" + kind + b"\r\n\r\n"

    @cached_property
    def _boundary(self) -> bytes:
        # "=_" stands in no text of either encoding.
        return (
            b"=_" + salted_hmac("audience.boundary", str(self.issue.pk), algorithm="sha256").hexdigest()[:24].encode()
        )

    @cached_property
    def _parts(self) -> list[Part]:
        return [Part.of(self.frozen["text"], "plain"), Part.of(self.frozen["html"], "html")]


def list_id(newsletter: Newsletter, host: str) -> str:
    """RFC 2919: a name that stays when the newsletter is called otherwise."""
    return f"<{newsletter.slug}.newsletter.{host}>"


def _sender_id(host: str) -> str:
    return re.sub(r"[^a-z0-9]", "", host.removeprefix("www."))[:15].ljust(5, "0")


def _decoded(name: str) -> str:
    from email.header import decode_header, make_header

    return str(make_header(decode_header(name)))
