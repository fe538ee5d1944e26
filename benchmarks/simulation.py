"""A month of readers against the plan, the paces and the decisions as they are: `python -m benchmarks.simulation`.

Days and nights, weekends, a spike of five times for two hours, an outage of four hours, and traffic that is another
than was forecast. Events go into a real database in steps of some minutes, hours are counted and days sealed as they
are in life. The same seed gives the same figures.
"""

from __future__ import annotations

import math
import os
import random
import sys
import tempfile
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

CODE = "foot-300x250"
FIRST_DAY = date(2027, 3, 1)  # a Monday
FORECAST = 3_000  # opportunities a day
RENDERED = 0.9  # of what is served
FINE_STEP = timedelta(minutes=10)
TOLD_WITHIN = timedelta(minutes=1)
# In a rush: a goal, and seconds from a decision until it is told.
IN_A_RUSH, TOLD_AFTER = 8_000, 10
PHONES, SPORT = 0.7, 0.4
# By hour of the publisher's day, and by weekday from Monday on; each with a mean of 1.
HOURS = [0.3, 0.2, 0.1, 0.1, 0.2, 0.5, 1.1, 1.6, 1.7, 1.5, 1.3, 1.3, 1.5, 1.4, 1.2, 1.1, 1.1, 1.2, 1.4, 1.6, 1.5, 1.1]
HOURS += [24 - sum(HOURS) - 0.4, 0.4]
WEEKDAYS = [1.1, 1.1, 1.1, 1.1, 1.1, 0.8, 0.7]
VIEWS = 4_000  # in any so many, a share is what was sold
OFF_GOAL, OVER_GOAL, OFF_SHARE = 0.005, 0.01, 0.005


@dataclass(frozen=True)
class Sold:
    """A line: from and to a part of the time, and its goal as a part of what is forecast beside the share."""

    name: str
    begins: float
    ends: float
    part: float
    is_targeted: bool = False
    fits: bool = True

    def days(self, days: int) -> tuple[int, int]:
        return round(self.begins * (days - 1)), round(self.ends * (days - 1))

    def goal(self, days: int, forecast: int) -> int:
        first, last = self.days(days)
        return round(self.part * (last - first + 1) * forecast * (1 - SHARE / 100))


SHARE = 25
SOLD = (
    Sold("early", 0, 0.3, 0.25),
    Sold("overlapping", 0.2, 0.75, 0.2),
    Sold("targeted", 0.1, 0.9, 0.08, is_targeted=True),
    Sold("late", 0.5, 0.95, 0.15),
    Sold("too large", 0.6, 1, 2, fits=False),
)


@dataclass
class Outcome:
    sold: Sold
    goal: int
    delivered: int = 0
    # Days on which it was said that its goal would not be met.
    said_on: set[date] = field(default_factory=set)

    @property
    def off(self) -> float:
        return self.delivered / self.goal - 1

    @property
    def holds(self) -> bool:
        if self.sold.fits:
            return -OFF_GOAL <= self.off <= OFF_GOAL
        return self.off < 0 and bool(self.said_on)


@dataclass
class Result:
    outcomes: list[Outcome]
    # The largest difference of a share, in any VIEWS views in a row, from what was sold.
    off_share: float
    views: int

    @property
    def holds(self) -> bool:
        return all(one.holds for one in self.outcomes) and self.off_share <= OFF_SHARE


class Month:
    """One run. Makes bookings in the database that is there, and leaves them."""

    def __init__(self, *, days: int, step: timedelta, wrong: float, forecast: int = FORECAST, seed: int = 1) -> None:
        self.usual_step = step
        self.days, self.step, self.wrong, self.forecast = days, step, wrong, forecast
        self.chance = random.Random(seed)
        self.late: list[Any] = []
        self.has_share: list[bool] = []

    def run(self) -> Result:
        from django.utils import timezone

        from ads import plan, rollups, totals
        from ads.models import Event
        from ads.models.booking import midnight

        plan.begin_anew()
        self.section = self._sections()
        lines = self._sell()
        outcomes = {pk: Outcome(sold, sold.goal(self.days, self.forecast)) for sold, pk in lines.items()}
        at, end = midnight(FIRST_DAY), midnight(FIRST_DAY + timedelta(days=self.days))
        today = FIRST_DAY
        while at < end:
            # Before midnight, when flights end, as in life a plan is seldom older than its minute.
            self.step = min(self.usual_step, FINE_STEP) if timezone.localtime(at).hour >= 22 else self.usual_step
            self._serve(at)
            rollups.roll_due(at + self.step)
            at += self.step
            if (day := FIRST_DAY + timedelta(days=(at - midnight(FIRST_DAY)).days)) != today:
                rollups.seal_due(at - self.step + timedelta(hours=2))
                for line in plan.current(at - self.step).slots[CODE].lines:
                    if line.short:
                        outcomes[line.booking].said_on.add(today)
                today = day
        Event.objects.bulk_create(self.late)
        for pk, number in totals.delivered(list(outcomes)).items():
            outcomes[pk].delivered = number
        return Result(list(outcomes.values()), self._off_share(), len(self.has_share))

    def _sections(self) -> tuple[int, int]:
        from articles.models import Section

        sport, _new = Section.objects.get_or_create(slug="sport-simulated", defaults={"name": "S", "language": "en"})
        return sport.pk, sport.pk + 1

    def _sell(self) -> dict[Sold, int]:
        from ads import ledger
        from ads.models import Advertiser, Booking, HouseCreative, Position, Targeting
        from ads.models.booking import midnight

        Position.objects.filter(code=CODE).update(weekly_impressions=self.forecast * 7)
        place = Position.objects.get(code=CODE)
        at = midnight(FIRST_DAY)
        firm = Advertiser.objects.create(company="Simulated", email="firm@firm.example")
        HouseCreative.objects.create(
            position=place, name="Own", file="o.jpg", alt="Own", click_url="https://news.example/", created_at=at
        )

        def book(first: int, last: int, **fields: Any) -> Booking:
            booking = Booking.objects.create(
                position=place,
                advertiser=firm,
                first_day=FIRST_DAY + timedelta(days=first),
                last_day=FIRST_DAY + timedelta(days=last),
                price=1,
                booked_at=at,
                **fields,
            )
            art = {"file": "a.jpg", "format": "JPEG", "bytes": 1, "alt": "Art", "click_url": "https://firm.example/"}
            booking.creatives.create(version=1, created_at=at, **art)
            return booking

        ledger.take(place, FIRST_DAY, FIRST_DAY + timedelta(days=self.days - 1), share=SHARE)
        self.share = book(0, self.days - 1, share=SHARE).pk
        lines = {}
        for sold in SOLD:
            booking = book(*sold.days(self.days), share=0, impressions=sold.goal(self.days, self.forecast))
            if sold.is_targeted:
                target = Targeting.objects.create(booking=booking, device="phone", from_hour=6, to_hour=22)
                target.sections.add(self.section[0])
            lines[sold] = booking.pk
        return lines

    def _number(self, at: datetime) -> int:
        """Views of a step."""
        from django.utils import timezone

        local = timezone.localtime(at)
        day = (local.date() - FIRST_DAY).days
        usual = HOURS[local.hour] * WEEKDAYS[local.weekday()] / 24
        if day == self.days // 3 and 12 <= local.hour < 14:
            usual *= 5
        if day == self.days // 2 and 8 <= local.hour < 12:
            usual = 0
        mean = self.forecast * (1 + self.wrong) * usual * (self.step / timedelta(hours=1))
        return max(0, round(self.chance.gauss(mean, math.sqrt(mean))))

    def _serve(self, at: datetime) -> None:
        from ads import decision, tokens
        from ads.models import Event, Position
        from ads.models.event import Kind
        from ads.page_key import Page

        position = Position.objects.only("pk").get(code=CODE).pk
        events, self.late = self.late, []
        chance = self.chance
        for _view in range(self._number(at)):
            page = Page(section=self.section[chance.random() >= SPORT])
            device = 1 if chance.random() < PHONES else 3
            (choice,) = decision.decide([CODE], decision.View(at=at, page=page, device=device))
            line = choice.line.booking if choice.line else 0
            self.has_share.append(line == self.share)
            told = at + self.step * chance.random() + TOLD_WITHIN * chance.random()
            traits = {"line": line, "section": page.section, "language": page.language, "device": device}
            kinds = [Kind.SERVED, Kind.RENDER] if chance.random() < RENDERED else [Kind.SERVED]
            where = events if told < at + self.step else self.late
            first = tokens.first_key(at).int
            where += [
                Event(
                    key=uuid.UUID(int=first | chance.getrandbits(80)), at=told, kind=kind, position=position, **traits
                )
                for kind in kinds
            ]
        Event.objects.bulk_create(events)

    def _off_share(self) -> float:
        views = min(VIEWS, len(self.has_share))
        had = sum(self.has_share[:views])
        worst = abs(had / views - SHARE / 100)
        for n in range(views, len(self.has_share)):
            had += self.has_share[n] - self.has_share[n - views]
            worst = max(worst, abs(had / views - SHARE / 100))
        return worst


def rush(*, processes: int, day: date = FIRST_DAY, goal: int = IN_A_RUSH, a_second: int = 40) -> int:
    """How often a line is served that takes every view before its day ends. Each process reads its plan once a minute,
    not all at once; pages tell ten seconds after they were served."""
    from ads import pacing, tokens
    from ads.models import Advertiser, Booking, Event, Position
    from ads.models.booking import midnight
    from ads.models.event import Kind

    place = Position.objects.get(code=CODE)
    firm = Advertiser.objects.create(company="In a rush", email="rush@firm.example")
    sold = {"share": 0, "impressions": goal, "price": 1, "booked_at": midnight(day)}
    line = Booking.objects.create(position=place, advertiser=firm, first_day=day, last_day=day, **sold)
    begins = midnight(day + timedelta(days=1)) - timedelta(minutes=12)
    served = [[0] * 600 for _process in range(processes)]
    left = [0] * processes
    for second in range(600):
        at = begins + timedelta(seconds=second)
        if second >= TOLD_AFTER:
            first = tokens.first_key(at - timedelta(seconds=TOLD_AFTER)).int
            told = {"at": at, "line": line.pk, "position": place.pk}
            Event.objects.bulk_create(
                Event(key=uuid.UUID(int=first | random.getrandbits(80)), kind=kind, **told)
                for _view in range(sum(one[second - TOLD_AFTER] for one in served))
                for kind in (Kind.SERVED, Kind.RENDER)
            )
        for n, one in enumerate(served):
            if (second - n * 60 // processes) % 60 == 0:
                untold = {line.pk: sum(one[max(0, second - 60) : second])}
                left[n] = pacing.paces([line], at=at, processes=processes, untold=untold)[line.pk].allowance
            one[second] = min(a_second // processes, left[n])
            left[n] -= one[second]
    return sum(map(sum, served))


def table(wrong: float, result: Result) -> str:
    rows = [f"traffic {wrong:+.0%} against the forecast, {result.views:,} views"]
    rows.append(f"  {'line':<14}{'goal':>9}{'delivered':>11}{'off':>9}   said to be short on")
    for one in result.outcomes:
        days = f"{len(one.said_on)} days, first {min(one.said_on)}" if one.said_on else "-"
        verdict = "" if one.holds else "   DOES NOT HOLD"
        rows.append(f"  {one.sold.name:<14}{one.goal:>9,}{one.delivered:>11,}{one.off:>+9.2%}   {days}{verdict}")
    verdict = "" if result.off_share <= OFF_SHARE else "   DOES NOT HOLD"
    rows.append(
        f"  share of {SHARE} %, any {VIEWS:,} views: off by {result.off_share * 100:.2f} points at most{verdict}"
    )
    return "\n".join(rows)


def main() -> None:
    step = timedelta(minutes=float(os.environ.get("SIMULATION_STEP", "10")))
    days = int(os.environ.get("SIMULATION_DAYS", "30"))
    only = [float(one) for one in sys.argv[1:]] or [-0.3, 0.0, 0.3]
    fine = True
    for wrong in only:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["DATA_DIR"] = folder
            import django

            django.setup()
            from django.conf import settings
            from django.core.management import call_command
            from django.db import connections

            if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
                connections.close_all()
                connections["default"].settings_dict["NAME"] = os.path.join(folder, "simulation.sqlite3")
                # What is thrown away at the end need not survive a power cut.
                options = connections["default"].settings_dict["OPTIONS"]
                options["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
            call_command("migrate", verbosity=0)
            result = Month(days=days, step=step, wrong=wrong).run()
            rushed = rush(processes=2, day=FIRST_DAY + timedelta(days=days + 1))
            connections.close_all()
        fine = fine and result.holds and rushed == IN_A_RUSH
        print(table(wrong, result), flush=True)
        print(f"  in a rush, {IN_A_RUSH:,} sold: {rushed:,} served", flush=True)
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    os.environ.setdefault("SECRET_KEY", "only-for-benchmarks")
    os.environ.setdefault("ALLOWED_HOSTS", "testserver")
    os.environ.setdefault("EMAIL_URL", "memorymail://")
    os.environ.setdefault("STATIC_HASHED", "false")
    main()
