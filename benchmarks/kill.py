"""`python -m benchmarks.kill [times]`: what was acknowledged is counted, and once, whatever is killed.

Starts the server, as `manage.py serve` does, on a scratch DATA_DIR, or on the database that DATABASE_URL names, which
must be empty. Clients send beacons, some of them twice, and note what was answered with 204. Meanwhile the web process
is killed with SIGKILL at random moments and started again, and so is a process that counts hours again. At the end
every acknowledged event must be in the table, the database must be sound, and the totals after a last roll-up must be
those of the events.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

CLIENTS = 4
LONGEST_ALIVE = 0.5  # seconds between two kills, once the server answers again
ROOT = Path(__file__).resolve().parent.parent
AGENT = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36"


@dataclass
class Found:
    kills: int = 0
    rollups_killed: int = 0
    acknowledged: int = 0
    unanswered: int = 0
    lost: int = 0
    # Events in the table that nobody was told of: written, and killed before the answer.
    more: int = 0
    counted: int = 0
    events: int = 0
    # Whether each row of counts has its number, and not only all together.
    is_exact: bool = False
    is_sound: bool = False

    @property
    def is_well(self) -> bool:
        return (
            self.is_sound and self.is_exact and not self.lost and self.counted == self.events and self.acknowledged > 0
        )

    def __str__(self) -> str:
        return (
            f"{self.kills} kills of the server, {self.rollups_killed} of a roll-up; {self.acknowledged} events "
            f"acknowledged, {self.lost} of them lost; {self.unanswered} messages without an answer, of which "
            f"{self.more} events are there all the same; {self.events} events, {self.counted} counted, "
            f"{'each where it belongs' if self.is_exact else 'NOT WHERE THEY BELONG'}; "
            f"the database is {'sound' if self.is_sound else 'BROKEN'}"
        )


@dataclass
class Clients:
    """Threads that send beacons until they are stopped. `acknowledged`: the keys of what was answered with 204."""

    port: int
    acknowledged: set[Any] = field(default_factory=set)
    sent: set[Any] = field(default_factory=set)
    unanswered: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        from . import http_load

        chance = random.Random()
        connection = None
        while not self.is_over.is_set():
            keys, body = self._beacon(chance)
            with self._lock:
                self.sent |= keys
            try:
                connection = connection or http_load.Connection(self.port)
                statuses = {
                    connection.post("/s/seen", body, agent=AGENT) for _ in range(2 if chance.random() < 0.1 else 1)
                }
            except (OSError, ValueError, IndexError):
                if connection:
                    connection.__exit__()
                connection = None
                with self._lock:
                    self.unanswered += 1
                time.sleep(0.02)
                continue
            if statuses == {204}:
                with self._lock:
                    self.acknowledged |= keys
        if connection:
            connection.__exit__()

    def _beacon(self, chance: random.Random) -> tuple[set[Any], bytes]:
        from django.utils import timezone

        from ads import tokens
        from ads.models.event import Kind, Reason

        at = timezone.now()
        decision = tokens.decision_id(at)
        told, keys = [], set()
        for position in range(chance.randint(1, 4)):
            # Of no visitor that can be: all of it is stored with its reason, as what counts is.
            token = tokens.Token(decision, position=position, line=position, creative=position, visitor=1)
            told.append([tokens.seal(token), "sr" if position else "s"])
            for kind in (Kind.SERVED, Kind.RENDER) if position else (Kind.SERVED,):
                keys.add(tokens.key(token, kind, reason=Reason.MISMATCH))
        return keys, json.dumps({"told": told}).encode()


def prove(times: int) -> Found:
    """Kill so many times. Expects the environment of a scratch database that is there and has no events."""
    from . import http_load

    _past_events()
    found, chance = Found(), random.Random()
    port = http_load.free_port()
    server = http_load.start("newsroom.wsgi:application", port)
    clients = Clients(port)
    threads = [threading.Thread(target=clients.run, daemon=True) for _ in range(CLIENTS)]
    threads.append(threading.Thread(target=_kill_rollups, args=[clients.is_over, found], daemon=True))
    try:
        http_load.wait_for(port)
        for thread in threads:
            thread.start()
        while found.kills < times:
            _wait_for_more(clients)
            time.sleep(chance.uniform(0, LONGEST_ALIVE))
            _kill(server)
            found.kills += 1
            server = http_load.start("newsroom.wsgi:application", port)
        _wait_for_more(clients)
        clients.is_over.set()
        for thread in threads:
            thread.join(60)
    finally:
        clients.is_over.set()
        _kill(server)
    return _counted(found, clients)


def _kill(server: subprocess.Popen) -> None:
    """The web process and what started it, without a word."""
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


ROLLING = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from ads import rollups
print(flush=True)
while True:
    for hours in (2, 1):  # as they close: no hour is closed before the one before it
        rollups.roll(rollups.hour_of(timezone.now()) - timedelta(hours=hours), at=timezone.now())
"""


def _kill_rollups(is_over: threading.Event, found: Found) -> None:
    """The two hours before this one are counted again and again, and whoever does it is killed half way."""
    chance = random.Random()
    while not is_over.is_set():
        process = subprocess.Popen([sys.executable, "-c", ROLLING], cwd=ROOT, stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.5))
        process.kill()
        process.wait()
        process.stdout.close()
        found.rollups_killed += 1


def _wait_for_more(clients: Clients, *, seconds: float = 60) -> None:
    """Until the server acknowledges something."""
    before, end = len(clients.acknowledged), time.monotonic() + seconds
    while len(clients.acknowledged) <= before:
        if time.monotonic() > end:
            raise TimeoutError("The server acknowledges nothing.")
        time.sleep(0.02)


def _past_events() -> None:
    """For the roll-ups that are killed: two hours with something to count."""
    from django.utils import timezone

    from ads import counting, rollups, tokens
    from ads.models.event import Kind, Reason

    this_hour = rollups.hour_of(timezone.now())
    for hours in (1, 2):
        at = this_hour - timedelta(hours=hours)
        told = [
            counting.Told(tokens.Token(tokens.decision_id(at), position=n % 7, line=n % 50, visitor=n), Kind.SERVED)
            for n in range(5000)
        ]
        counting.write(counting.event(one, Reason.VALID, at=at) for one in told)


def _counted(found: Found, clients: Clients) -> Found:
    from django.db import connection
    from django.db.models import Count, Sum
    from django.utils import timezone

    from ads import rollups
    from ads.models import Event, HourCount

    # The hour that is open closes in the end, as it would.
    rollups.roll_due(timezone.now() + timedelta(hours=3))
    keys = set(Event.objects.values_list("key", flat=True))
    found.acknowledged, found.unanswered = len(clients.acknowledged), clients.unanswered
    found.lost = len(clients.acknowledged - keys)
    found.more = len(keys & clients.sent - clients.acknowledged)
    found.events = Event.objects.count()
    # Row by row of what was counted, not only in sum.
    rolled = Counter(dict(_by_kind(HourCount.objects.values_list("kind", "line").annotate(n=Sum("number")))))
    there = Counter(dict(_by_kind(Event.objects.values_list("kind", "line").annotate(n=Count("key")))))
    found.counted, found.is_exact = sum(rolled.values()), rolled == there
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check")
            found.is_sound = cursor.fetchall() == [("ok",)]
        else:
            cursor.execute("SELECT count(*) = count(DISTINCT key) FROM ads_event")
            found.is_sound = cursor.fetchone() == (True,)
    return found


def _by_kind(rows: Any) -> list[tuple[tuple[int, int], int]]:
    return [((kind, line), number) for kind, line, number in rows.order_by()]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    os.environ.setdefault("SECRET_KEY", "only-for-benchmarks-" * 3)
    os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1")
    os.environ.setdefault("EMAIL_URL", "dummymail://")
    os.environ.setdefault("STATIC_HASHED", "false")
    os.environ.setdefault("WATCH_EVERY", "0")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from ads.models import Event

        if Event.objects.exists():
            sys.exit("This database has events already. Name an empty one.")
        started = time.monotonic()
        found = prove(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
        print(f"{found}. {time.monotonic() - started:.0f} s")
        sys.exit(0 if found.is_well else 1)


if __name__ == "__main__":
    main()
