"""A mail taken apart into plain values, whatever is wrong with it. May run in a child process without Django."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import Message
from email.policy import EmailPolicy
from email.utils import getaddresses
from typing import Any

MOST_PARTS = 300
MOST_FILES = 30
MOST_TEXT = 500_000
# Each level of parts in parts makes every line slower to read.
MOST_DEPTH = 100
BOUNDARY = re.compile(rb"boundary\s*=", re.IGNORECASE)
CONTENT_HEADER = re.compile(rb"^content-(type|transfer-encoding):.*(\n[ \t].*)*", re.IGNORECASE | re.MULTILINE)
MOST_HEADER = 8_000
# Headers that anything is made of.
HEADERS = (
    "from",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "return-path",
    "auto-submitted",
    "precedence",
    "x-autoreply",
    "x-autorespond",
    "x-loop",
    "x-failed-recipients",
    "list-id",
    "list-unsubscribe",
    "authentication-results",
)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@]+@[^\s<>()\[\],;:\\\"@]+\.[^\s<>()\[\],;:\\\"@.]{2,}")
# Python knows others that are no way to write a mail, and cost time.
CHARSET = re.compile(r"(utf-?(8|16|32)|(us-)?ascii|iso|latin|windows|cp|koi8|gb|big5|euc|shift|mac|tis)", re.IGNORECASE)
MESSAGE_ID = re.compile(r"<[^<>\s]{1,248}>")


class _Bounded(EmailPolicy):
    """A header is read to MOST_HEADER, and one that cannot be understood is its raw text."""

    def header_source_parse(self, sourcelines):
        name, value = super().header_source_parse(sourcelines)
        if not value.isascii():  # UTF-8 without a word about it, as many programs send it
            value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return name, value[:MOST_HEADER]

    def header_fetch_parse(self, name, value):
        try:
            return super().header_fetch_parse(name, value)
        except Exception:
            return " ".join(str(value).split())


POLICY = _Bounded(raise_on_defect=False)


def take_apart(raw: bytes) -> dict[str, Any]:
    """Headers by small name, pieces of text as [subtype, text], files as [name, type, is inline, content], and of a
    report about a delivery the fields of each recipient and the header of the mail it is about."""
    if len(BOUNDARY.findall(raw)) > MOST_DEPTH:
        return header_alone(raw)
    try:
        return _walk(message_from_bytes(raw, policy=POLICY))
    except Exception:  # whatever the library stumbles over: the mail is kept, and somebody can look at it
        return header_alone(raw)


def header_alone(raw: bytes) -> dict[str, Any]:
    """As `take_apart`, of a mail whose parts in parts in parts nobody should read."""
    header = raw[: 8 * MOST_HEADER].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    plain = CONTENT_HEADER.sub(b"", header)
    return _walk(message_from_bytes(plain, policy=POLICY)) | {"is_cut": True}


def _walk(message: Message) -> dict[str, Any]:
    found: dict[str, Any] = {
        "headers": {name: _header(message, name) for name in HEADERS},
        "type": message.get_content_type(),
        "report_type": _parameter(message, "report-type"),
        "texts": [],
        "files": [],
        "report": [],
        "original": {},
        "is_cut": False,
    }
    is_report = found["type"] == "multipart/report"
    texts: list[tuple[int, str, str]] = []  # with the alternative it belongs to
    waiting: list[tuple[Message, int]] = [(message, 0)]
    seen = length = 0
    while waiting:
        part, group = waiting.pop()
        seen += 1
        if seen > MOST_PARTS:
            found["is_cut"] = True
            break
        kind = part.get_content_type()
        children = part.get_payload()
        if is_report and kind == "message/delivery-status" and isinstance(children, list):
            found["report"] += [_fields(block) for block in children[:50] if isinstance(block, Message)]
        elif is_report and kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
            found["original"] = _original(part)
        elif isinstance(children, list):
            inner = seen if kind == "multipart/alternative" else group
            waiting += [(child, inner) for child in reversed(children) if isinstance(child, Message)]
        elif kind in ("text/plain", "text/html") and _disposition(part) != "attachment":
            text = _text(part)[: max(0, MOST_TEXT - length)]
            length += len(text)
            texts.append((group, kind.removeprefix("text/"), text))
        elif len(found["files"]) < MOST_FILES:
            content = _decoded(part)
            is_inline = _disposition(part) == "inline" or (part.get("Content-ID") is not None and group > 0)
            found["files"].append([_name(part), kind, is_inline, content])
        else:
            found["is_cut"] = True
    plain = {group for group, subtype, text in texts if subtype == "plain" and text.strip()}
    found["texts"] = [
        [subtype, text] for group, subtype, text in texts if subtype == "plain" or not (group and group in plain)
    ]
    return found


def _header(message: Message, name: str) -> list[str]:
    try:
        values = message.get_all(name) or []
    except Exception:
        return []
    return [CONTROLS.sub("", " ".join(str(value).split())) for value in values[:20]]


def _parameter(message: Message, name: str) -> str:
    try:
        return str(message.get_param(name) or "").lower()
    except Exception:
        return ""


def _disposition(part: Message) -> str:
    try:
        return part.get_content_disposition() or ""
    except Exception:
        return ""


def _name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except Exception:
        name = ""
    return CONTROLS.sub("", " ".join(str(name).split()))[-200:]


def _decoded(part: Message) -> bytes:
    """What a part holds; nothing where it says of itself what no program can follow."""
    try:
        content = part.get_payload(decode=True)
    except Exception:
        return b""
    return content if isinstance(content, bytes) else b""


def _text(part: Message) -> str:
    content = _decoded(part)
    said = _parameter(part, "charset")
    for charset in (said if CHARSET.match(said) else "utf-8", "utf-8", "cp1252"):
        try:
            text = content.decode(charset)
            break
        except (LookupError, ValueError):  # no such charset, a wrong one, or none
            continue
    else:
        text = content.decode("latin-1")
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _fields(block: Message) -> dict[str, str]:
    """Of one recipient (RFC 3464), by small name."""
    return {
        name.lower(): CONTROLS.sub("", " ".join(str(value).split()))[:500] for name, value in list(block.items())[:40]
    }


def _original(part: Message) -> dict[str, str]:
    inside = part.get_payload()
    if isinstance(inside, list):
        mail = inside[0] if inside and isinstance(inside[0], Message) else None
    else:
        mail = message_from_bytes(_decoded(part)[:65536], policy=POLICY)
    if mail is None:
        return {}
    return {name: "".join(_header(mail, name)[:1]) for name in ("message-id", "subject")}


def message_id(headers: dict[str, list[str]]) -> str:
    found = MESSAGE_ID.search("".join(headers["message-id"][:1]))
    return found[0] if found else ""


def subject(headers: dict[str, list[str]]) -> str:
    return "".join(headers["subject"][:1])[:300]


def sender(headers: dict[str, list[str]]) -> tuple[str, str]:
    """Name and small address of who wrote; empty strings where there is no address that a mail could go to."""
    said = "".join(headers["from"][:1])
    try:
        [(name, address), *_others] = getaddresses([said]) or [("", "")]
    except RecursionError:  # brackets in brackets
        name = address = ""
    if ADDRESS.fullmatch(address) and len(address) <= 254:
        return name[:160], address.lower()
    found = ADDRESS.search(said[:1000])
    return ("", found[0].lower()[:254]) if found else ("", "")
