"""An account on a Mastodon server, and on others that speak its API."""

from __future__ import annotations

from datetime import timedelta

from . import wire

# A server knows a post that comes again for so long, and answers with the first one.
KEYS_ARE_KNOWN = timedelta(minutes=55)


def post(message: wire.Post) -> str:
    """The address of the status. Raises NotShared."""
    answer = wire.call(
        "POST",
        f"{message.address.rstrip('/')}/api/v1/statuses",
        body={"status": message.text, "visibility": "public", "language": message.language},
        headers={"Authorization": f"Bearer {message.secrets['token']}", "Idempotency-Key": message.key},
    )
    if link := wire.of(answer, "url"):
        return link
    raise wire.missing()
