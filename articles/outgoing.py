"""Requests that leave the server for addresses that people typed in: webhooks, channels, search engines, hubs.

Private, loopback and link-local addresses are refused when connecting: a name is resolved once, and what was judged is
what is connected to, so a name that changes its address meanwhile leads nowhere. Redirects are not followed, proxies of
the environment are not asked, and an answer is read for so long and so far only.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter
from requests_hardened.ip_filter import InvalidIPAddress, get_ip_address
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError

AGENT = "Newsroom/1.0 (+{site})"
# Seconds until a connection stands, between two pieces of an answer, and for the whole of it.
CONNECT, PAUSE, WHOLE = 5.0, 10.0, 20.0
LONGEST_ANSWER = 256 * 1024


class NotSent(Exception):
    """Raised when nothing could be sent; its text is a sentence for staff, without the address."""

    # Whether another attempt, later, may succeed.
    is_passing = True

    def __init__(self, sentence: str, *, may_have_arrived: bool = False) -> None:
        """`may_have_arrived`: the connection stood, so the other side may have done what it was asked to."""
        super().__init__(sentence)
        self.may_have_arrived = may_have_arrived


class Refused(NotSent):
    """Raised for an address that the server does not call."""

    is_passing = False


@dataclass(frozen=True)
class Answer:
    """`body` is the first LONGEST_ANSWER bytes as text."""

    status: int
    body: str
    headers: Mapping[str, str]

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_passing(self) -> bool:
        """Whether the other side may answer otherwise later: it is overloaded or broken, and not of another opinion."""
        return self.status in (408, 409, 425, 429) or self.status >= 500


def check(url: str) -> None:
    """Raise Refused for an address that can be told to be wrong without a connection."""
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_whole = False
    if not is_whole or parts.scheme not in ("http", "https"):
        raise Refused(_("This is not an address that begins with https:// or http://."))
    if parts.username or parts.password:
        raise Refused(_("Write the address without a user name and password in it."))


def check_where(url: str) -> None:
    """As `check`, and with a look where the name leads to now: for a form, which says so before anything is sent.
    Whether it may be called is decided when connecting, each time anew."""
    check(url)
    if settings.ALLOW_PRIVATE_ADDRESSES:
        return
    parts = urlsplit(url)
    try:
        get_ip_address(parts.hostname or "", parts.port or 443, allow_loopback=False)
    except InvalidIPAddress:
        raise Refused(_("This address leads into a private network, which is not allowed.")) from None
    except (OSError, ValueError, UnicodeError):
        return  # nobody knows the name just now


def send(method: str, url: str, *, content: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """What the other side answered, whatever its status; redirects are answers. Raises NotSent."""
    check(url)
    headers = {"User-Agent": AGENT.format(site=settings.SITE_URL), "Accept-Encoding": "identity"} | dict(headers or {})
    try:
        with (
            _Clock(WHOLE) as clock,
            _session(clock) as session,
            session.request(
                method,
                url,
                data=content,
                headers=headers,
                timeout=(CONNECT, PAUSE),
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            body = _read(response)
            if clock.is_over:  # a part of an answer is none
                raise NotSent(_("The other server did not answer in time."), may_have_arrived=True)
            return Answer(response.status_code, body, dict(response.headers))
    except InvalidIPAddress:
        raise Refused(_("This address leads into a private network, which is not allowed.")) from None
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, UnicodeError):
        raise Refused(_("This is not an address that can be called.")) from None
    except requests.Timeout as error:
        arrived = not isinstance(error, requests.ConnectTimeout)
        raise NotSent(_("The other server did not answer in time."), may_have_arrived=arrived) from None
    except (requests.RequestException, HTTPError, OSError) as error:
        if clock.is_over:
            raise NotSent(_("The other server did not answer in time."), may_have_arrived=True) from None
        sentence = _("The other server could not be reached (%(what)s).") % {"what": type(error).__name__}
        raise NotSent(sentence, may_have_arrived=not _never_stood(error)) from None


def _never_stood(error: Exception) -> bool:
    """Whether there was no connection that anything could have been sent over."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    is_of_name_or_port = isinstance(reason, NewConnectionError | NameResolutionError)
    return is_of_name_or_port or isinstance(error, requests.exceptions.SSLError | requests.exceptions.ProxyError)


class _Clock:
    """Ends every connection of a request when its time is over, whatever part of it the other side draws out: a
    timeout of a socket begins anew with every byte, and a head alone may have millions."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self.is_over = False

    def __enter__(self) -> _Clock:
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        with self._lock:
            for one in self._sockets:
                one.close()
            self._sockets.clear()

    def holds(self, connection: socket.socket) -> None:
        # Its double: TLS takes the socket itself away, and what is shut through one is shut through both.
        with self._lock:
            self._sockets.append(connection.dup())

    def _ring(self) -> None:
        with self._lock:
            self.is_over = True
            for one in self._sockets:
                with suppress(OSError):  # closed by the other side
                    one.shutdown(socket.SHUT_RDWR)


class _Timed(HTTPAdapter):
    """Tells a clock of every connection before anything is said over it."""

    clock: _Clock

    def get_connection_with_tls_context(self, *args: Any, **more: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **more)
        known, clock = pool.ConnectionCls, self.clock

        def connected(connection: Any) -> socket.socket:
            made = known._new_conn(connection)
            clock.holds(made)
            return made

        pool.ConnectionCls = type("Timed", (known,), {"_new_conn": connected})
        return pool


class _Outside(_Timed, IPFilterAdapter):
    pass


def _session(clock: _Clock) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    for scheme in ("http", "https"):
        adapter: _Timed = _Timed() if settings.ALLOW_PRIVATE_ADDRESSES else _Outside(scheme == "https")
        adapter.clock = clock
        session.mount(f"{scheme}://", adapter)
    return session


def _read(response: requests.Response) -> str:
    pieces, size = [], 0
    while size < LONGEST_ANSWER and (piece := response.raw.read1(8192)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)[:LONGEST_ANSWER].decode(errors="replace")
