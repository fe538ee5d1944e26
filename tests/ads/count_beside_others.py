"""A process of its own that writes events, or counts them, beside others: `... write NUMBER` or `... count FILE`.

Time is that of the events: the newest of them is now.
"""

import os
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

BEGIN = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
ROUNDS, AT_ONCE = 60, 20


def write(number: int) -> None:
    """A third of what it writes the others write too, as a page does that tells a thing twice."""
    from ads import counting
    from ads.models import Event
    from ads.models.event import Kind

    for turn in range(ROUNDS):
        at = BEGIN + turn * timedelta(hours=1)
        rows = [
            Event(key=key(number if n % 3 else 0, turn, n), kind=Kind.RENDER, at=at, visitor=1, line=n + 1)
            for n in range(AT_ONCE)
        ]
        counting.write(rows)


def key(number: int, turn: int, n: int) -> uuid.UUID:
    return uuid.UUID(int=((number * ROUNDS + turn) * AT_ONCE + n))


def count(until: Path) -> None:
    from django.db.models import Max

    from ads import rollups
    from ads.models import Event

    while not until.exists():
        now = Event.objects.aggregate(now=Max("at"))["now"]
        if now:
            rollups.roll_due(now)
            rollups.seal_due(now)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup()
    if sys.argv[1] == "write":
        write(int(sys.argv[2]))
    else:
        count(Path(sys.argv[2]))
