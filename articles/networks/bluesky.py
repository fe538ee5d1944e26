"""An account on Bluesky, or on another server of the AT Protocol.

The record's key is made of the share, so a second attempt finds what the first one wrote, whatever came of its answer.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from . import wire

BASE = "https://bsky.social"
COLLECTION = "app.bsky.feed.post"
_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
MOST_BYTES = 3000


def post(message: wire.Post) -> str:
    """The address of the post. Raises NotShared."""
    base = (message.address or BASE).rstrip("/")
    session = wire.call(
        "POST",
        f"{base}/xrpc/com.atproto.server.createSession",
        body={"identifier": message.account, "password": message.secrets["password"]},
        changes_nothing=True,
    )
    did, token = wire.of(session, "did"), wire.of(session, "accessJwt")
    if not (did and token):
        raise wire.NotShared(str(wire.missing()), wire.Outcome.REFUSED)
    headers = {"Authorization": f"Bearer {token}"}
    key = record_key(message.made_at, message.number)
    link = f"https://bsky.app/profile/{wire.of(session, 'handle') or did}/post/{key}"
    if message.is_repeated and _is_there(base, did, key, headers):
        return link
    record = {"repo": did, "collection": COLLECTION, "rkey": key, "record": record_of(message)}
    answer = wire.call("POST", f"{base}/xrpc/com.atproto.repo.createRecord", body=record, headers=headers)
    if not wire.of(answer, "uri"):
        raise wire.missing()
    return link


def _is_there(base: str, did: str, key: str, headers: dict[str, str]) -> bool:
    asked = urlencode({"repo": did, "collection": COLLECTION, "rkey": key})
    try:
        found = wire.call(
            "GET", f"{base}/xrpc/com.atproto.repo.getRecord?{asked}", headers=headers, changes_nothing=True
        )
    except wire.NotShared as trouble:
        if trouble.outcome is wire.Outcome.REFUSED:  # no such record
            return False
        raise
    return bool(wire.of(found, "uri"))


def record_of(message: wire.Post) -> dict:
    """The post with its link as a facet, which counts in bytes of UTF-8, and as a card."""
    card = {"uri": message.url, "title": message.title, "description": message.description}
    return {
        "$type": COLLECTION,
        "text": message.text,
        "createdAt": message.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "langs": [message.language],
        "facets": facets(message.text, message.url),
        "embed": {"$type": "app.bsky.embed.external", "external": card},
    }


def facets(text: str, url: str) -> list[dict]:
    """Where the link stands in a text."""
    content, wanted = text.encode(), url.encode()
    start = content.find(wanted)
    if start < 0:
        return []
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": url}
    return [{"index": {"byteStart": start, "byteEnd": start + len(wanted)}, "features": [feature]}]


def record_key(made_at: datetime, number: int) -> str:
    """A timestamp identifier of the protocol: 53 bits of microseconds and 10 of the share's number, in base 32."""
    since = made_at - datetime(1970, 1, 1, tzinfo=UTC)
    value = ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) << 10 | (number & 1023)
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(60, -1, -5))
