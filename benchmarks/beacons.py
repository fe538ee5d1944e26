"""`/s/fill` over HTTP beside a view that returns a constant, and `/s/seen`, durable, beside bare inserts into the same
database: the same server, the same run, loopback only. On SQLite, or on PostgreSQL by DATABASE_URL."""

from __future__ import annotations

import json
import statistics
import threading
import time
from collections.abc import Callable, Sequence

from django.db import connection, connections
from django.http import HttpRequest
from django.utils import timezone

from ads import counting, page_key, plan, tokens, visitors
from ads.counting import Told
from ads.models import Event
from ads.models.event import Kind
from ads.page_key import Page
from ads.tokens import Token

from . import http_load

AGENT = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
)
ROUNDS = 5
SECONDS = 2
# What the first message of a page tells: the page, four boxes, three of them shown.
BOXES, SHOWN = 4, 3
EVENTS = 1 + BOXES + SHOWN
MOST_BEACONS = 40_000


def run() -> None:
    slots = list(plan.current().slots.values())
    question = json.dumps({"page": page_key.write(Page()), "positions": [slot.code for slot in slots]})
    engine = connection.vendor
    made = Event.objects.count()
    print(f"\nDelivery over HTTP, one process of four threads, {engine}; medians of {ROUNDS} rounds")
    with http_load.server("benchmarks.constant:application") as port:
        for path in ("/constant", "/s/fill"):
            http_load.post(port, path, [question], agent=AGENT, seconds=1)
        base, fill = _by_turns(
            lambda: http_load.post(port, "/constant", [question], agent=AGENT, seconds=SECONDS),
            lambda: http_load.post(port, "/s/fill", [question], agent=AGENT, seconds=SECONDS),
        )
        _say("a constant", base, base, "requests/s")
        _say(f"/s/fill, {len(slots)} positions", fill, base, "requests/s")
        beacons = iter(_beacons(MOST_BEACONS))
        size = MOST_BEACONS // (2 * ROUNDS + 1)

        def some() -> list[list[Told]]:
            return [next(beacons) for _ in range(size)]

        def seen() -> float:
            bodies = [_as_body(told) for told in some()]
            before = Event.objects.count()
            http_load.post(port, "/s/seen", bodies, agent=AGENT, seconds=SECONDS)
            return (Event.objects.count() - before) / SECONDS

        seen()
        bare, told = _by_turns(lambda: _bare(some()), seen)
    _say("bare inserts, durable", bare, bare, "events/s")
    _say(f"/s/seen, {EVENTS} events each, durable", told, bare, "events/s")
    print(f"{Event.objects.count() - made} events were written")


def _by_turns(*actions: Callable[[], float]) -> list[float]:
    """Medians; each round has all of them, so that a slow moment is everybody's."""
    rounds = [[action() for action in actions] for _ in range(ROUNDS)]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def _say(name: str, rate: float, base: float, unit: str) -> None:
    print(f"{name:<44} {rate:9.0f} {unit:<12} {rate / base:6.2f} of its baseline")


def _beacons(count: int):
    """What pages tell, each of a decision of its own."""
    at = timezone.now()
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": http_load.HOST, "HTTP_USER_AGENT": AGENT}
    visitor = visitors.visitor(request, plan.current(at).salts, timezone.localdate(at))
    for _ in range(count):
        decision = tokens.decision_id(at)
        page = Token(decision, visitor=visitor, language=1, device=1)
        boxes = [
            Token(decision, position=n + 1, line=n + 1, creative=n + 1, visitor=visitor, language=1, device=1)
            for n in range(BOXES)
        ]
        yield [
            Told(page, Kind.SERVED),
            *(Told(box, Kind.SERVED) for box in boxes),
            *(Told(box, Kind.RENDER) for box in boxes[:SHOWN]),
        ]


def _as_body(beacon: Sequence[Told]) -> str:
    letters = {Kind.SERVED: "s", Kind.RENDER: "r"}
    return json.dumps({"told": [[tokens.seal(one.token), letters[one.kind]] for one in beacon]})


def _bare(beacons: list[list[Told]]) -> float:
    """Nothing but the statement: the rows are ready, each beacon is a transaction, and there are as many connections
    as the server has threads, or one, whichever is faster."""
    at = timezone.now()
    ready = [
        counting.statement([counting.event(one, counting.Reason.VALID, at=at) for one in some]) for some in beacons
    ]
    half = len(ready) // 2
    return max(_insert(ready[:half], threads=1), _insert(ready[half:], threads=4))


def _insert(ready: list, *, threads: int) -> float:
    written, end = [0] * threads, time.perf_counter() + SECONDS / 2
    started = time.perf_counter()

    def work(place: int) -> None:
        own = connections["default"]
        own.ensure_connection()
        driver = own.connection.cursor()  # without Django around it
        for sql, values in ready[place::threads]:
            if time.perf_counter() > end:
                break
            driver.execute(sql.replace("%s", "?") if own.vendor == "sqlite" else sql, values)
            written[place] += EVENTS
        driver.close()
        own.close()

    workers = [threading.Thread(target=work, args=[place]) for place in range(threads)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    return sum(written) / (time.perf_counter() - started)
