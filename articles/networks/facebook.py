"""A Facebook page, through the Graph API."""

from __future__ import annotations

from urllib.parse import urlencode

from . import wire

BASE = "https://graph.facebook.com/v23.0"


def post(message: wire.Post) -> str:
    """The address of the post. Raises NotShared."""
    form = {"message": message.text, "link": message.url, "access_token": message.secrets["token"]}
    answer = wire.call(
        "POST",
        f"{message.address or BASE}/{message.account}/feed",
        form=urlencode(form).encode(),
    )
    if number := wire.of(answer, "id"):
        return f"https://www.facebook.com/{number}"
    raise wire.missing()
