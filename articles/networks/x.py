"""An account on X: `POST /2/tweets`, signed by OAuth 1.0a with HMAC-SHA1 (RFC 5849)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit

from . import wire

BASE = "https://api.x.com"


def post(message: wire.Post) -> str:
    """The address of the post. Raises NotShared."""
    url = f"{message.address or BASE}/2/tweets"
    headers = {"Authorization": authorization("POST", url, message.secrets, at=message.at)}
    answer = wire.call("POST", url, body={"text": message.text}, headers=headers)
    if number := wire.of(answer, "data", "id"):
        return f"https://x.com/i/web/status/{number}"
    raise wire.missing()


def authorization(method: str, url: str, keys: Mapping[str, str], *, at: datetime, nonce: str = "") -> str:
    """The header of a request whose body is not of form fields, which are the only ones that would be signed."""
    said = {
        "oauth_consumer_key": keys["api_key"],
        "oauth_nonce": nonce or secrets.token_hex(16),
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(int(at.timestamp())),
        "oauth_token": keys["access_token"],
        "oauth_version": "1.0",
    }
    said["oauth_signature"] = signature(method, url, said, keys["api_secret"], keys["access_secret"])
    return "OAuth " + ", ".join(f'{name}="{_escaped(value)}"' for name, value in sorted(said.items()))


def signature(method: str, url: str, parameters: Mapping[str, str], secret: str, token_secret: str) -> str:
    """Of RFC 5849, 3.4. `parameters` are those of header, query and form; `url` is without a query."""
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}[parts.scheme]
    host = parts.hostname or ""
    where = host if parts.port in (None, default) else f"{host}:{parts.port}"
    pairs = sorted((_escaped(name), _escaped(value)) for name, value in parameters.items())
    said = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join(map(_escaped, (method.upper(), f"{parts.scheme}://{where}{parts.path or '/'}", said)))
    key = f"{_escaped(secret)}&{_escaped(token_secret)}"
    return base64.b64encode(hmac.digest(key.encode(), base.encode(), hashlib.sha1)).decode()


def _escaped(text: str) -> str:
    return quote(text, safe="-._~")
