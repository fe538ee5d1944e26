"""What a page tells is written down once, with why it does not count where it does not."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from ads import page_key, plan, rollups, totals
from ads.models import Event, SealedDay
from ads.models.event import Kind, Reason
from tests import factories

pytestmark = pytest.mark.django_db

PHONE = "Mozilla/5.0 (Linux; Android 13; TECNO BG6) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36"
CODE = "foot-300x250"


def post(client, path, body, **headers):
    return client.post(path, json.dumps(body), content_type="application/json", headers={"user-agent": PHONE} | headers)


def fill(client, *codes, **headers):
    return post(client, "/s/fill", {"page": page_key.write(page_key.Page()), "positions": codes}, **headers).json()


def tell(client, *told, **headers):
    return post(client, "/s/seen", {"told": told}, **headers).status_code


def kept():
    return [(row.get_kind_display(), Reason(row.reason)) for row in Event.objects.order_by("key")]


def test_what_is_shown_and_seen_is_kept_once_and_counted(client):
    line = factories.booking(CODE)
    answer = fill(client, CODE)
    token = answer["fills"][0]["token"]
    assert [tell(client, [token, "s"], [token, "rv"], [answer["page"], "s"]) for _ in range(3)] == [204, 204, 204]
    assert Event.objects.count() == 4
    found = totals.figures("line", line=line.pk)[line.pk,]
    assert (found.renders, found.views, found.clicks, found.is_sealed) == (1, 1, 0, False)


def test_events_are_rolled_up_and_sealed_and_stay_what_they_were(client):
    with time_machine.travel("2026-12-07 10:00 +01:00", tick=False) as clock:
        line = factories.booking(CODE)
        choice = fill(client, CODE)["fills"][0]
        tell(client, [choice["token"], "srv"])
        clock.shift(timedelta(seconds=3))
        assert client.get(choice["go"], headers={"user-agent": PHONE}).status_code == 302
        clock.shift(timedelta(days=1))
        at = timezone.now()
        rollups.roll_due(at)
        assert [day.isoformat() for day in rollups.seal_due(at)] == ["2026-12-07"]
        rollups.check(SealedDay.objects.get())
        found = totals.figures("day", "line", line=line.pk)
    (((day, _line), one),) = found.items()
    assert (day.isoformat(), one.renders, one.views, one.clicks, one.is_sealed) == ("2026-12-07", 1, 1, 1, True)


def test_robots_and_staff_are_kept_with_the_reason(client, admin_client):
    factories.booking(CODE)
    robot = {"user-agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}
    token = fill(client, CODE, **robot)["fills"][0]["token"]
    assert tell(client, [token, "r"], **robot) == 204
    token = fill(admin_client, CODE)["fills"][0]["token"]
    assert tell(admin_client, [token, "r"]) == 204
    assert sorted(kept()) == [("shown", Reason.BOT), ("shown", Reason.STAFF)]


def test_the_clock_going_back_counts_into_no_closed_hour(client):
    factories.booking(CODE)
    with time_machine.travel("2026-11-25 10:30 +01:00", tick=False) as clock:
        factories.event(at=timezone.now())
        clock.shift(timedelta(hours=1))
        rollups.roll_due(timezone.now())
        plan.forget()
        clock.shift(timedelta(minutes=-50))
        tell(client, [fill(client, CODE)["fills"][0]["token"], "r"])
        assert Event.objects.filter(kind=Kind.RENDER).latest("at").at == rollups.closed_until()
