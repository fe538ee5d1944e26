"""What a page gets with each choice, and gives back when it was shown, seen or clicked: the decision itself, sealed.

A token is 72 characters of base64url over 54 bytes: number of the key's month (2), decision (6 of milliseconds since
1970, 8 of chance), position (4), line (4), artwork (4), section (4), story (4), visitor (6), flags (1), traits (1) and
the first 10 bytes of an HMAC-SHA256. Big-endian throughout. Nothing in it says who somebody is: the visitor is a hash
under a salt that lives a day (`ads.visitors`).

Keys are made from SECRET_KEY for one kind of token and one month, and from SECRET_KEY_FALLBACKS too, so that a change
of the secret breaks nothing that stands on a page.

Numbers above MOST are sealed into no token (TooLarge): columns of counts hold no more, and a token that could not be
written down must not stand on a page.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.conf import settings

from .models.event import Kind, Reason, Source

_FORM = struct.Struct(">H14sIIIII6sBB")
_SEAL = 10
_SHAPE = re.compile(r"[A-Za-z0-9_-]{72}", re.ASCII)
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
LENGTH = 72
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

# How long after its decision a token counts as each.
LIFETIMES = {
    Kind.SERVED: timedelta(hours=1),
    Kind.RENDER: timedelta(hours=1),
    Kind.VIEW: timedelta(hours=2),
    Kind.READ: timedelta(hours=2),
    Kind.CLICK: timedelta(hours=24),
}
# Flags: what was known when it was served.
BOT, STAFF, PRERENDER, HOUSE = 1, 2, 4, 16

# Links of a page that are told apart, from 0 on.
MOST_LINKS = 16
# The largest number that a column of `models.event.Facts` holds.
MOST = 2**31 - 1


class Forged(Exception):
    """Raised for a token that we did not make, or not for this."""


class TooLarge(ValueError):
    """Raised for a number of a row that no count holds."""


@dataclass(frozen=True, slots=True)
class Token:
    """One choice for one page view; position 0: the page itself. `creative` is the newsroom's own with HOUSE in the
    flags, or of the booking `line`. In a newsletter `line` is the number of the `TrackedLink`."""

    decision: bytes
    position: int = 0
    line: int = 0
    creative: int = 0
    section: int = 0
    article: int = 0
    visitor: int = 0
    flags: int = 0
    language: int = 0
    device: int = 0

    @property
    def decided_at(self) -> datetime:
        return EPOCH + int.from_bytes(self.decision[:6], "big") * _MILLISECOND


def decision_id(at: datetime) -> bytes:
    """Of a page view: 6 bytes of milliseconds, 8 of chance."""
    return ((at - EPOCH) // _MILLISECOND).to_bytes(6, "big") + os.urandom(8)


def seal(token: Token, source: Source = Source.PAGE) -> str:
    """72 characters. Raises TooLarge."""
    if max(token.position, token.line, token.creative, token.section, token.article) > MOST:
        raise TooLarge(f"A number of {token} is above {MOST}.")
    month = _month(token.decision[:6])
    body = _FORM.pack(
        month,
        token.decision,
        token.position,
        token.line,
        token.creative,
        token.section,
        token.article,
        token.visitor.to_bytes(6, "big"),
        token.flags,
        token.language << 4 | token.device,
    )
    mac = hmac.digest(_key(settings.SECRET_KEY, source, month), body, "sha256")[:_SEAL]
    return binascii.b2a_base64(body + mac, newline=False).translate(_URL_SAFE).decode()


def read(text: str, source: Source = Source.PAGE) -> Token:
    """The token, of whatever age. Raises Forged."""
    if not _SHAPE.fullmatch(text):  # decoders forgive more
        raise Forged
    data = base64.urlsafe_b64decode(text)
    body, mac = data[:-_SEAL], data[-_SEAL:]
    month, decision, position, line, creative, section, article, visitor, flags, traits = _FORM.unpack(body)
    if not any(
        hmac.compare_digest(hmac.digest(_key(secret, source, month), body, "sha256")[:_SEAL], mac)
        for secret in _secrets()
    ):
        raise Forged
    return Token(
        decision=decision,
        position=position,
        line=line,
        creative=creative,
        section=section,
        article=article,
        visitor=int.from_bytes(visitor, "big"),
        flags=flags,
        language=traits >> 4,
        device=traits & 15,
    )


def key(token: Token, kind: Kind, *, reason: Reason = Reason.VALID, link: int = 0) -> UUID:
    """Of the event that this token tells: 6 bytes of the decision's milliseconds, 8 of a hash of decision and position,
    one of kind and link, one of the reason. So all that one choice became lies together (`sibling`), and what does not
    count never stands in the way of what does."""
    return UUID(bytes=_stem(token) + bytes([kind << 4 | link, reason]))


def sibling(event: UUID, kind: Kind) -> UUID:
    """The key of what the choice of an event became too, where it counts."""
    return UUID(bytes=event.bytes[:14] + bytes([kind << 4, Reason.VALID]))


def decided_at(event: UUID) -> datetime:
    """When what became an event was decided, by its key."""
    return EPOCH + int.from_bytes(event.bytes[:6], "big") * _MILLISECOND


def first_key(at: datetime) -> UUID:
    """Not above the key of anything that was decided from a moment on."""
    return UUID(bytes=((at - EPOCH) // _MILLISECOND).to_bytes(6, "big") + bytes(10))


def _stem(token: Token) -> bytes:
    hashed = hashlib.blake2s(token.decision + token.position.to_bytes(4, "big"), digest_size=8).digest()
    return token.decision[:6] + hashed


@lru_cache(maxsize=64)
def _month(milliseconds: bytes) -> int:
    moment = EPOCH + int.from_bytes(milliseconds, "big") * _MILLISECOND
    return moment.year * 12 + moment.month - 1


def _secrets() -> Iterator[str]:
    yield str(settings.SECRET_KEY)
    yield from map(str, settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=64)
def _key(secret: str, source: int, month: int) -> bytes:
    purpose = f"delivery:{source}:{month}".encode()
    return hmac.digest(secret.encode(), purpose, "sha256")
