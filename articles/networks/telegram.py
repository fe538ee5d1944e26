"""A Telegram channel, through the Bot API's `sendMessage`."""

from __future__ import annotations

from . import wire

BASE = "https://api.telegram.org"


def post(message: wire.Post) -> str:
    """The address of the message. Raises NotShared."""
    answer = wire.call(
        "POST",
        f"{message.address or BASE}/bot{message.secrets['token']}/sendMessage",
        body={
            "chat_id": message.account,
            "text": message.text,
            "link_preview_options": {"url": message.url},
        },
    )
    number = wire.of(answer, "result", "message_id")
    if not number:
        raise wire.missing()
    if name := wire.of(answer, "result", "chat", "username"):
        return f"https://t.me/{name}/{number}"
    return f"https://t.me/c/{wire.of(answer, 'result', 'chat', 'id').removeprefix('-100')}/{number}"
