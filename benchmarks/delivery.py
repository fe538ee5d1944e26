"""A decision for seven positions with 500 live lines, the request around it, and reading the plan, against a view that
returns a constant."""

import json
import random
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from ads import decision, plan, rollups
from ads.models import Advertiser, Booking, Creative, DayCount, Position, SealedDay, Targeting
from ads.models.device import Device
from ads.models.event import Kind
from ads.page_key import Page

from .timing import measure, say

LINES = 500
DAYS = 40
SECTIONS = 12


def run() -> None:
    client = Client()
    base, p99 = measure(lambda: client.get("/livez"))
    at = timezone.now()
    sell(at)
    codes = list(plan.current(at).slots)
    body = json.dumps({"positions": codes})
    chance = random.Random(1)
    devices = list(Device)

    def decide() -> None:
        page = Page(section=chance.randrange(SECTIONS), language=chance.choice([1, 2]))
        decision.decide(codes, decision.View(at=at, page=page, device=chance.choice(devices)))

    print(f"\nDelivery, {len(codes)} positions, {LINES} live lines, in process; the baseline is /livez")
    say("/livez", base, p99, base)
    median, p99 = measure(decide)
    say("decision", median, p99, base)
    median, p99 = measure(lambda: client.post("/s/fill", body, content_type="application/json"))
    say("/s/fill", median, p99, base)
    median, p99 = measure(lambda: plan.load(at))
    say(f"reading the plan, {DAYS} days counted", median, p99, base)


def sell(at) -> None:
    """Lines by number on every position, one in five with a target, beside a share; and what they had until now."""
    today = timezone.localdate(at)
    Position.objects.update(weekly_impressions=700_000)
    positions = list(Position.objects.filter(is_active=True))
    firm = Advertiser.objects.create(company="Benchmark", email="firm@firm.example")
    days = [today - timedelta(days=n) for n in range(DAYS, 0, -1)]
    lines = Booking.objects.bulk_create(
        Booking(
            position=positions[n % len(positions)],
            advertiser=firm,
            first_day=days[0],
            last_day=today + timedelta(days=10 + n % 20),
            share=10 if n < len(positions) else 0,
            impressions=None if n < len(positions) else 50_000,
            price=1,
            booked_at=at,
        )
        for n in range(LINES)
    )
    art = {"file": "a.jpg", "format": "JPEG", "bytes": 1, "alt": "Art", "click_url": "https://firm.example/"}
    arts = Creative.objects.bulk_create(Creative(booking=line, version=1, created_at=at, **art) for line in lines)
    targets = [("phone", "", None, None), ("", "en", None, None), ("large", "", 6, 22)]
    for n, line in enumerate(lines[:: len(lines) // 100]):
        device, language, begin, end = targets[n % 3]
        Targeting.objects.create(booking=line, device=device, language=language, from_hour=begin, to_hour=end)
    DayCount.objects.bulk_create(
        (
            DayCount(
                day=day,
                kind=kind,
                position=line.position_id,
                line=line.pk,
                creative=creative.pk,
                section=(line.pk + part) % SECTIONS,
                language=1 + part,
                device=1 + part,
                number=100,
            )
            for day in days
            for line, creative in zip(lines, arts, strict=True)
            for kind in (Kind.SERVED, Kind.RENDER)
            for part in range(2)
        ),
        batch_size=5000,
    )
    sealed = {"rows": 4 * LINES, "events": 400 * LINES, "method": 1, "sealed_at": at}
    rows = [SealedDay(day=day, until=rollups.ends(day), seal=str(day), **sealed) for day in days]
    SealedDay.objects.bulk_create(rows, ignore_conflicts=True)  # the demo has sealed some of them
