"""A decision for seven positions, and the request around it, against a view that returns a constant."""

import json

from django.test import Client
from django.utils import timezone

from ads import decision, plan

from .timing import measure, say


def run() -> None:
    client = Client()
    codes = list(plan.current().slots)
    body = json.dumps({"positions": codes})
    at = timezone.now()
    base, p99 = measure(lambda: client.get("/livez"))
    print(f"\nDelivery, {len(codes)} positions, in process; the baseline is /livez")
    say("/livez", base, p99, base)
    median, p99 = measure(lambda: decision.decide(codes, decision.View(at=at)))
    say("decision", median, p99, base)
    median, p99 = measure(lambda: client.post("/s/fill", body, content_type="application/json"))
    say("/s/fill", median, p99, base)
