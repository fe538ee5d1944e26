"""Handing one mail over, so that it is known at every moment whether it may have left.

A mail server has taken a mail when it has read the dot on a line of its own after it. Everything else is said first:
sender, address, headers, text. Then `hand` writes down that the mail is out of our hands, and only then the dot leaves.
Who is killed before it has sent nothing; who is killed after it is known to perhaps have, so nothing that takes time
stands between the two. Providers that take mails in another way get them after `hand`, too.
"""

from __future__ import annotations

import gc
import smtplib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from .letter import Letter
from .models import Subscriber

# Whether the mail may still leave; True once it is written down that it does.
Hand = Callable[[], bool]


class NotTaken(Exception):
    """One mail was not taken, and certainly so. Its text is the server's answer."""


class TryLater(NotTaken):
    """The server may take this one another time."""


class Refused(NotTaken):
    """It never will. `is_address`: because of the address, and not of what we sent."""

    def __init__(self, answer: str, *, is_address: bool = False) -> None:
        super().__init__(answer)
        self.is_address = is_address


class ServerAway(NotTaken):
    """The server takes nothing from us at the moment, whoever it is for."""


class NotWanted(NotTaken):
    """`hand` said no, and nothing left."""


class NoAnswer(Exception):
    """Handed over, and then silence: nobody knows."""


def road() -> Smtp | Otherwise:
    """A way to the mail server of the settings, for some mails: one connection, opened with the first."""
    backend = get_connection()
    return Smtp(backend) if isinstance(backend, EmailBackend) else Otherwise(backend)


class Smtp:
    """Over a connection that Django's backend opens: it knows of TLS, logins and timeouts."""

    def __init__(self, backend: EmailBackend) -> None:
        self._backend = backend
        # Mails that went through this connection: one that a server closes after so many is opened anew.
        self._taken = 0

    def __enter__(self) -> Smtp:
        return self

    def __exit__(self, *_error: object) -> None:
        try:
            self._backend.close()
        except OSError:
            self._drop()

    def hand_over(self, letter: Letter, subscriber: Subscriber, *, to: str, at: datetime, hand: Hand) -> str:
        """Returns the Message-ID by which others will know the mail, empty for our own. Raises NotTaken, NoAnswer."""
        data = letter.data(subscriber, to=to, at=at)
        try:
            self._say_all_but_the_dot(letter.envelope_sender, to, data)
        except ServerAway:
            if not self._taken:
                raise
            self._taken = 0
            self._say_all_but_the_dot(letter.envelope_sender, to, data)
        self._send_the_dot(hand)
        try:
            code, answer = self._smtp.getreply()
        except OSError as error:  # smtplib's exceptions are OSErrors too
            self._drop()
            raise NoAnswer(_words(error)) from error
        if 200 <= code < 300:
            self._taken += 1
            return ""
        if code == 421:
            self._drop()
        if 400 <= code < 500:
            raise TryLater(_said(code, answer))
        if code >= 500:
            raise Refused(_said(code, answer))
        self._drop()
        raise NoAnswer(_said(code, answer))

    def _send_the_dot(self, hand: Hand) -> None:
        sock = self._smtp.sock
        assert sock is not None  # noqa: S101  (the text went over it a moment ago)
        is_left = False
        try:
            with _undisturbed():
                is_wanted = hand()
                if is_wanted:
                    sock.sendall(b".\r\n")
                    is_left = True
        except ConnectionError as error:  # of the socket: the server hung up before, and this was not read by anybody
            raise ServerAway(_words(error)) from error
        except OSError as error:
            raise NoAnswer(_words(error)) from error
        finally:
            if not is_left:
                self._drop()  # without the dot, the server forgets all of it
        if not is_wanted:
            raise NotWanted

    def _say_all_but_the_dot(self, sender: str, to: str, data: bytes) -> None:
        try:
            self._open()
            smtp = self._smtp
            # All at once where the server can read on (RFC 2920): one way there and back, for three.
            is_at_once = smtp.has_extn("pipelining")
            mail, rcpt = f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>"
            if is_at_once:
                smtp.send(f"{mail}\r\n{rcpt}\r\nDATA\r\n")
            code, answer = smtp.getreply() if is_at_once else smtp.docmd(mail)
            if code != 250:
                raise self._away(code, answer)
            code, answer = smtp.getreply() if is_at_once else smtp.docmd(rcpt)
            if code == 421 or not 200 <= code < 600:
                raise self._away(code, answer)
            if code >= 300:
                self._forget_this_one(is_at_once=is_at_once)
                said = _said(code, answer)
                raise Refused(said, is_address=_is_about_address(code, answer)) if code >= 500 else TryLater(said)
            code, answer = smtp.getreply() if is_at_once else smtp.docmd("DATA")
            if code != 354:
                raise self._away(code, answer)
            smtp.send(data)
        except OSError as error:
            self._drop()
            raise ServerAway(_words(error)) from error

    def _forget_this_one(self, *, is_at_once: bool) -> None:
        """Begin anew after a recipient was refused. What becomes of the connection is no reason to ask again."""
        try:
            if is_at_once and self._smtp.getreply()[0] == 354:
                self._drop()  # it waits for a text that is for nobody
            else:
                self._smtp.rset()
        except OSError:
            self._drop()

    @property
    def _smtp(self) -> smtplib.SMTP:
        if self._backend.connection is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        return self._backend.connection

    def _open(self) -> None:
        if not self._backend.open():
            return
        self._smtp.ehlo_or_helo_if_needed()
        # Or the dot would wait for an acknowledgement of what was sent before it, 40 ms a mail.
        if self._smtp.sock is not None:
            self._smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _away(self, code: int, answer: bytes) -> ServerAway:
        self._drop()
        return ServerAway(_said(code, answer))

    def _drop(self) -> None:
        """Close the connection without a word."""
        if self._backend.connection is not None:
            self._backend.connection.close()
            self._backend.connection = None


class Otherwise:
    """Over a provider's own interface, or to wherever else a backend of Django writes."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self._backend = backend

    def __enter__(self) -> Otherwise:
        return self

    def __exit__(self, *_error: object) -> None:
        self._backend.close()

    def hand_over(self, letter: Letter, subscriber: Subscriber, *, to: str, at: datetime, hand: Hand) -> str:
        """As above; the Message-ID is the provider's, by which it tells what became of the mail."""
        message = letter.message(subscriber, to=to)
        try:
            self._backend.open()
        except OSError as error:
            raise ServerAway(_words(error)) from error
        if not hand():
            raise NotWanted
        try:
            self._backend.send_messages([message])
        except AnymailRecipientsRefused as error:
            raise Refused(_words(error), is_address=True) from error
        except AnymailAPIError as error:
            raise _of_provider(error) from error
        except AnymailError as error:
            raise Refused(_words(error)) from error
        except (ConnectionRefusedError, socket.gaierror) as error:
            raise ServerAway(_words(error)) from error
        except OSError as error:
            raise NoAnswer(_words(error)) from error
        status = getattr(message, "anymail_status", None)
        return str(getattr(status, "message_id", None) or "")


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without a pause in which Python looks for garbage, which may take a tenth of a second."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _of_provider(error: AnymailAPIError) -> Exception:
    """What an error of a provider's interface says of the mail. One that may have been made after the mail was taken
    counts as no answer."""
    status, said = getattr(error, "status_code", None), _words(error)
    if status in (400, 413, 422):
        return Refused(said)
    if status is not None and (400 <= status < 500 or status == 503):  # a key that is wrong, a limit, maintenance
        return ServerAway(said)
    if isinstance(error.__cause__, requests.exceptions.ConnectTimeout):
        return ServerAway(said)
    return NoAnswer(said)


def _is_about_address(code: int, answer: bytes) -> bool:
    """Whether a refusal says that nobody lives there. Servers that give no enhanced code (RFC 3463) say so with 550 or
    553, and mean themselves when they speak of relaying, of what is denied, or of lists that we stand on."""
    if enhanced := _enhanced(answer):
        return enhanced.startswith("5.1.") or enhanced == "5.2.1"
    doubts = (b"relay", b"denied", b"block", b"spam", b"policy", b"auth", b"black", b"reject", b"http")
    return code in (550, 551, 553) and not any(word in answer.lower() for word in doubts)


def _enhanced(answer: bytes) -> str:
    first = answer.split(None, 1)[0].decode("ascii", "replace") if answer.strip() else ""
    return first if first.count(".") == 2 and first.replace(".", "").isdigit() else ""


def _said(code: int, answer: bytes) -> str:
    return f"{code} {' '.join(answer.decode('utf-8', 'replace').split())}"[:300]


def _words(error: BaseException) -> str:
    said = getattr(error, "smtp_error", None)
    if isinstance(said, bytes):
        return _said(getattr(error, "smtp_code", 0), said)
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
