"""For the tests of newsletters that go out: readers by the hundred, and mail servers with a will of their own."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from newsroom.audience.models import Delivery, Issue, Newsletter, Subscriber


def newsletter(slug: str = "morning", **fields: Any) -> Newsletter:
    facts = {"name": "Morning", "language": "en", "description": "The news of the day"}
    return Newsletter.objects.get_or_create(slug=slug, defaults=facts | fields)[0]


def readers(of: Newsletter, count: int, *, name: str = "reader", **fields: Any) -> list[Subscriber]:
    now = timezone.now()
    facts = {"state": "confirmed", "created_at": now, "confirmed_at": now, "language": of.language} | fields
    made = Subscriber.objects.bulk_create(
        Subscriber(email=f"{name}-{number}@reader.example", **facts) for number in range(count)
    )
    through = Subscriber.newsletters.through
    through.objects.bulk_create(through(subscriber=one, newsletter=of) for one in made)
    return made


def issue(of: Newsletter | None = None, *, at: datetime | None = None, **fields: Any) -> Issue:
    facts = {"subject": "Rain at last", "introduction": "Good morning.", "created_at": at or timezone.now()}
    return Issue.objects.create(newsletter=of or newsletter(), **facts | fields)


def delivered(issue: Issue) -> None:
    """A mail in each state, the first two hours after one another."""
    now = timezone.now()
    errors = {"failed": "550 5.1.1 <a@reader.example> unknown", "bounced": "550 full"}
    ways = Delivery.State.values
    Delivery.objects.bulk_create(
        Delivery(
            issue=issue,
            subscriber=reader,
            state=state,
            sent_at=now + timedelta(hours=place % 2) if state in Delivery.State.gone() else None,
            error=errors.get(state, ""),
        )
        for place, (reader, state) in enumerate(zip(readers(issue.newsletter, len(ways)), ways, strict=True))
    )


def states(of: Issue) -> dict[str, int]:
    return dict(Counter(Delivery.objects.filter(issue=of).values_list("state", flat=True)))


class Server(socketserver.ThreadingTCPServer):
    """A mail server that is quick: what it took is what it answered 250 to, after the dot. `answers` may say otherwise
    to a command: (verb, argument) -> an answer, or "" to hang up."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, answers: Callable[[str, str], str | None] | None = None) -> None:
        self.answers = answers or (lambda verb, argument: None)
        # (recipient, content) of each, in the order in which they were taken.
        self.taken: list[tuple[str, bytes]] = []
        self.connections = 0
        super().__init__(("127.0.0.1", port), Talk)

    @property
    def counted(self) -> Counter[str]:
        return Counter(recipient for recipient, _content in self.taken)


class Talk(socketserver.StreamRequestHandler):
    server: Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def handle(self) -> None:
        self.server.connections += 1
        with suppress(OSError):  # the other side was killed
            self._talk()

    def _talk(self) -> None:
        recipient = ""
        if not self._say(self.server.answers("CONNECT", "") or "220 ready"):
            return
        while line := self.rfile.readline().decode("ascii").strip():
            verb, _space, argument = line.partition(" ")
            verb = verb.upper()
            if verb == "RCPT":
                recipient = argument[argument.index("<") + 1 : argument.index(">")]
            usual = {"EHLO": "250-hello\r\n250 PIPELINING", "DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 ok")
            answer = self.server.answers(verb, argument)
            if not self._say(usual if answer is None else answer) or verb == "QUIT":
                return
            if verb == "DATA" and (answer or usual).startswith("354"):
                content = b""
                while not content.endswith(b"\r\n.\r\n"):
                    piece = self.rfile.readline()
                    if not piece:
                        return  # no dot: nothing was sent
                    content += piece
                answer = self.server.answers("DOT", recipient)
                if answer is None:
                    self.server.taken.append((recipient, content[:-3].replace(b"\r\n..", b"\r\n.")))
                if not self._say("250 taken" if answer is None else answer):
                    return

    def _say(self, answer: str) -> bool:
        if answer:
            self.wfile.write(f"{answer}\r\n".encode())
        return bool(answer)


@contextmanager
def mail_server(port: int = 0, answers: Callable[[str, str], str | None] | None = None) -> Iterator[Server]:
    server = Server(port, answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
