"""A real server on the loopback that answers as the networks document it, and keeps what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class Network:
    """`answers` stand in line before the usual ones: (status, body), or None for a connection that breaks off after
    the post was taken."""

    address: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: list[tuple[int, str] | None] = field(default_factory=list)
    # What stands on Bluesky, by its key, and on Mastodon by its idempotency key.
    records: dict[str, dict] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)

    @property
    def posts(self) -> list[Asked]:
        return [one for one in self.asked if "createSession" not in one.path and one.method == "POST"]


def usual(network: Network, asked: Asked) -> tuple[int, Any]:
    path = urlsplit(asked.path).path
    if path.endswith("/sendMessage"):
        chat = {"id": -1001234567890, "type": "channel", "username": asked.json["chat_id"].removeprefix("@")}
        return 200, {"ok": True, "result": {"message_id": 41 + len(network.asked), "chat": chat}}
    if path == "/api/v1/statuses":
        key = asked.headers["Idempotency-Key"]
        number = network.statuses.setdefault(key, str(1000 + len(network.statuses)))
        return 200, {"id": number, "url": f"https://mastodon.example/@courier/{number}"}
    if path.endswith("createSession"):
        if asked.json["password"].startswith("wrong"):
            return 401, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"}
        return 200, {"did": "did:plc:courier", "handle": "courier.bsky.social", "accessJwt": "jwt"}
    if path.endswith("getRecord"):
        key = parse_qs(urlsplit(asked.path).query)["rkey"][0]
        if key in network.records:
            return 200, {"uri": f"at://did:plc:courier/app.bsky.feed.post/{key}", "value": network.records[key]}
        return 400, {"error": "RecordNotFound"}
    if path.endswith("createRecord"):
        key = asked.json["rkey"]
        network.records[key] = asked.json["record"]
        return 200, {"uri": f"at://did:plc:courier/app.bsky.feed.post/{key}", "cid": "bafy"}
    if path.endswith("/feed"):
        return 200, {"id": "1234_5678"}
    if path == "/2/tweets":
        return 201, {"data": {"id": "1900", "text": asked.json["text"]}}
    return 200, {"received": True}


@contextmanager
def serving() -> Iterator[Network]:
    network = Network()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(self.command, self.path, dict(self.headers), body)
            network.asked.append(asked)
            is_session = "createSession" in self.path or "getRecord" in self.path
            forced = network.answers.pop(0) if network.answers and not is_session else ()
            status, said = usual(network, asked)
            if forced is None:
                self.close_connection = True
                self.connection.close()
                return
            if forced:
                status, said = forced
            content = said.encode() if isinstance(said, str) else json.dumps(said).encode()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "/secret")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET = answer

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    network.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield network
    finally:
        server.shutdown()
        server.server_close()
