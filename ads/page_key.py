"""What delivery knows of a page, written into its HTML and sealed, so that it is our word and not the reader's.

The same for every reader, as the page is. Base64url of: story (4 bytes), section (4), language (1), flags (1), as many
numbers of word lists as the story has words of (4 each), and the first 8 bytes of an HMAC-SHA256.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings

from .tokens import MOST

_HEAD = struct.Struct(">IIBB")
_SEAL = 8
# Enough for some 700 word lists.
MOST_CHARACTERS = 4000
LANGUAGES = {"en": 1, "ar": 2}
_HOME, _PAID = 1, 2


@dataclass(frozen=True, slots=True)
class Page:
    """0 where a page has no story or section; `word_lists` are those of which its story holds a word."""

    article: int = 0
    section: int = 0
    language: int = 1
    is_home: bool = False
    is_paid: bool = False
    word_lists: frozenset[int] = field(default_factory=frozenset)


def write(page: Page) -> str:
    """The key. A number that no token holds is left out: the page is drawn, and counted without it."""
    article, section = (number if number <= MOST else 0 for number in (page.article, page.section))
    flags = _HOME * page.is_home | _PAID * page.is_paid
    lists = sorted(page.word_lists)
    body = _HEAD.pack(article, section, page.language, flags) + struct.pack(f">{len(lists)}I", *lists)
    return base64.urlsafe_b64encode(body + _mac(settings.SECRET_KEY, body)).decode().rstrip("=")


@lru_cache(maxsize=4096)
def read(text: str) -> Page | None:
    """The page of a key; None where it is not one of ours."""
    if len(text) > MOST_CHARACTERS:
        return None
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        body, mac = data[:-_SEAL], data[-_SEAL:]
        article, section, language, flags = _HEAD.unpack_from(body)
        lists = struct.unpack(f">{(len(body) - _HEAD.size) // 4}I", body[_HEAD.size :])
    except (UnicodeEncodeError, binascii.Error, struct.error):
        return None
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(hmac.compare_digest(_mac(secret, body), mac) for secret in secrets):
        return None
    return Page(article, section, language, bool(flags & _HOME), bool(flags & _PAID), frozenset(lists))


def _mac(secret: str, body: bytes) -> bytes:
    return hmac.digest(hmac.digest(secret.encode(), b"delivery:page", "sha256"), body, "sha256")[:_SEAL]
