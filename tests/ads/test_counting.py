"""What a page tells is written down once, with why it does not count where it does not."""

import json
import logging
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from ads import counting, page_key, plan, rollups, tokens, totals, visitors
from ads.models import Event, Salt, SealedDay
from ads.models.event import Kind, Reason
from tests import factories

pytestmark = pytest.mark.django_db

PHONE = "Mozilla/5.0 (Linux; Android 13; TECNO BG6) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36"
ROBOT = {"user-agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}
CODE = "foot-300x250"
MORNING = "2026-12-07 10:00 +01:00"


def post(client, path, body, **headers):
    return client.post(path, json.dumps(body), content_type="application/json", headers={"user-agent": PHONE} | headers)


def fill(client, *codes, page=None, **headers):
    key = page_key.write(page or page_key.Page())
    return post(client, "/s/fill", {"page": key, "positions": codes}, **headers).json()


def tell(client, *told, **headers):
    return post(client, "/s/seen", {"told": told}, **headers).status_code


def kept():
    return [(row.get_kind_display(), Reason(row.reason)) for row in Event.objects.order_by("kind", "key")]


@pytest.fixture
def token(client):
    """Of artwork that one page view got."""
    factories.booking(CODE)
    return fill(client, CODE)["fills"][0]["token"]


def test_what_is_shown_and_seen_is_kept_once_and_counted(client):
    line = factories.booking(CODE)
    answer = fill(client, CODE)
    token = answer["fills"][0]["token"]
    assert [tell(client, [token, "s"], [token, "rv"], [answer["page"], "s"]) for _ in range(3)] == [204, 204, 204]
    assert Event.objects.count() == 4
    found = totals.figures("line", line=line.pk)[line.pk,]
    assert (found.renders, found.views, found.clicks, found.is_sealed) == (1, 1, 0, False)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_token_told_a_hundred_times_by_fifty_threads_counts_once(client, at_once, token):
    other = fill(client, CODE)["fills"][0]["token"]
    answers = []

    def twice():
        mine = Client()
        # Of each pair one has the events in another order: nobody waits for each other in a circle.
        answers.append(tell(mine, [token, "rs"], [other, "s"]))
        answers.append(tell(mine, [other, "s"], [token, "sr"]))

    assert at_once(50, twice) == []
    assert answers == [204] * 100
    assert kept() == [("served", Reason.VALID)] * 2 + [("shown", Reason.VALID)]


def test_events_are_rolled_up_and_sealed_and_stay_what_they_were(client):
    with time_machine.travel(MORNING, tick=False) as clock:
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
    token = fill(client, CODE, **ROBOT)["fills"][0]["token"]
    assert tell(client, [token, "r"], **ROBOT) == 204
    token = fill(admin_client, CODE)["fills"][0]["token"]
    assert tell(admin_client, [token, "r"]) == 204
    assert sorted(kept()) == [("shown", Reason.BOT), ("shown", Reason.STAFF)]


@pytest.mark.parametrize(
    ("asking", "telling", "reason"),
    [
        ({}, {}, Reason.VALID),
        ({"user-agent": ""}, {"user-agent": ""}, Reason.BOT),
        (ROBOT, {}, Reason.BOT),
        ({}, ROBOT, Reason.BOT),
        ({"sec-purpose": "prefetch;prerender"}, {}, Reason.PRERENDER),
        ({}, {"sec-purpose": "prefetch;prerender"}, Reason.PRERENDER),
        ({}, {"user-agent": PHONE.replace("TECNO", "ITEL")}, Reason.MISMATCH),
        ({"x-forwarded-for": "203.0.113.7"}, {"x-forwarded-for": "198.51.100.9"}, Reason.VALID),
    ],
)
def test_what_was_known_when_it_was_served_or_told_says_whether_it_counts(client, asking, telling, reason):
    factories.booking(CODE)
    token = fill(client, CODE, **asking)["fills"][0]["token"]
    assert tell(client, [token, "r"], **telling) == 204
    assert kept() == [("shown", reason)]


def test_what_does_not_count_never_stands_in_the_way_of_what_does(client, token):
    for headers in (ROBOT, {"user-agent": PHONE + "x"}, {}):
        assert tell(client, [token, "r"], **headers) == 204
    assert sorted(kept()) == [("shown", Reason.VALID), ("shown", Reason.BOT), ("shown", Reason.MISMATCH)]


def test_a_browser_in_another_network_is_another_visitor_and_one_beside_it_is_not(client, token):
    body = json.dumps({"told": [[token, "r"]]})
    for address in ("127.0.0.99", "127.0.1.1"):
        client.post("/s/seen", body, content_type="text/plain", headers={"user-agent": PHONE}, REMOTE_ADDR=address)
    assert sorted(kept()) == [("shown", Reason.VALID), ("shown", Reason.MISMATCH)]


@pytest.mark.parametrize(
    ("letter", "lifetime"), [("s", timedelta(hours=1)), ("r", timedelta(hours=1)), ("v", timedelta(hours=2))]
)
def test_a_token_counts_for_its_time_and_is_kept_as_too_late_after_it(client, letter, lifetime):
    with time_machine.travel(MORNING, tick=False) as clock:
        factories.booking(CODE)
        token = fill(client, CODE)["fills"][0]["token"]
        clock.shift(lifetime)
        tell(client, [token, letter])
        assert [reason for _kind, reason in kept()] == [Reason.VALID]
        Event.objects.all().delete()
        clock.shift(timedelta(milliseconds=1))
        tell(client, [token, letter])
        assert [reason for _kind, reason in kept()] == [Reason.EXPIRED]


@pytest.mark.parametrize("letters", ["c", "sc", "srvc", "x", ""])
def test_a_click_without_its_link_is_no_message(client, token, letters):
    assert tell(client, [token, letters]) == 400
    assert kept() == []


def test_forged_tokens_are_passed_over_and_only_sampled_into_the_log(client, token, caplog):
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    with caplog.at_level(logging.WARNING, "ads"):
        for _ in range(40):
            assert tell(client, *[[forged, "r"]] * 30, [token, "r"]) == 204
    assert kept() == [("shown", Reason.VALID)]
    assert 0 < len([one for one in caplog.records if "forged" in one.message]) < 100


def test_tokens_become_only_what_they_may(client):
    factories.booking(CODE)
    answer = fill(client, CODE, "top-728x90")
    artwork, empty = (one["token"] for one in answer["fills"])
    assert tell(client, [artwork, "srvd"], [empty, "srv"], [answer["page"], "srvd"]) == 204
    assert [kind for kind, _reason in kept()] == ["served"] * 3 + ["shown", "viewable"]


def test_only_a_story_is_read(client):
    page = page_key.Page(article=factories.article().pk)
    assert tell(client, [fill(client, page=page)["page"], "sd"]) == 204
    assert [kind for kind, _reason in kept()] == ["served", "read"]
    assert set(Event.objects.values_list("article", flat=True)) == {page.article}


def test_a_page_that_is_not_ours_gets_nothing_and_no_key_is_a_page_without_a_story(client):
    factories.booking(CODE)
    key = page_key.write(page_key.Page(article=5))
    for unknown in (key[:-2], "x", "é", "A" * 5000, "\ud800"):
        answer = post(client, "/s/fill", {"page": unknown, "positions": [CODE]})
        assert (answer.status_code, answer.json()["fills"]) == (200, [])
    assert len(post(client, "/s/fill", {"positions": [CODE]}).json()["fills"]) == 1


HOSTILE = [
    b"",
    b"null",
    b"[]",
    b"[" * 16_000,
    b'{"told": ' * 1700,
    b"{",
    b"\xff\xfe\x00",
    b'{"told": "\xc3\x28"}',
    b"\x00" * 100,
    b'{"told": {}}',
    b'{"told": [[]]}',
    b'{"told": ["rv"]}',
    b'{"told": [[1, "r"]]}',
    b'{"told": [["t", 1]]}',
    b'{"told": [["t", "x"]]}',
    b'{"told": [["t", ""]]}',
    b'{"told": [["t", "srvdcs"]]}',
    b'{"told": [["t", "c", true]]}',
    b'{"told": [["t", "c", -1]]}',
    b'{"told": [["t", "c", 16]]}',
    b'{"told": [["t", "c", 1.0]]}',
    b'{"told": [["t", "c", 1e999]]}',
    b'{"told": [["t", "c", 1' + b"0" * 5000 + b"]]}",
    b'{"told": [["t", "r", 1]]}',
    b'{"told": [["t", "r", null]]}',
    json.dumps({"told": [["t", "r"]] * 65}).encode(),
    b'{"told": []' + b" " * 17_000 + b"}",
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_message_is_answered_in_words(client, body):
    for path, word in {"/s/seen": "told", "/s/fill": "positions"}.items():
        response = client.post(path, body, content_type="application/json", headers={"user-agent": PHONE})
        assert (response.status_code, word in response.json()["error"]) == (400, True)
    assert kept() == []


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800", "é" * 72, "A" * 72, "=" * 72, "A" * 4 + "=" * 68, "-" * 72, "x" * 4000]
)
def test_a_hostile_token_is_only_forged(client, text):
    assert tell(client, [text, "r"], [text, "c", 3]) == 204
    assert kept() == []


def test_sixty_four_entries_are_taken_and_no_length_is_believed(client, token):
    assert tell(client, *[[token, "r"]] * 64) == 204
    body = json.dumps({"told": [[token, "r"]]})
    for length, status in {"5": 400, "0": 400, "-1": 400, "x": 400, "": 400, "999999999999": 413}.items():
        answer = client.post(
            "/s/seen", body, content_type="text/plain", headers={"user-agent": PHONE}, CONTENT_LENGTH=length
        )
        assert answer.status_code == status
    assert kept() == [("shown", Reason.VALID)]


@pytest.mark.parametrize("path", ["/s/fill", "/s/seen"])
def test_only_pages_of_ours_may_post(path):
    strict = Client(enforce_csrf_checks=True)
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        assert post(strict, path, {"told": [], "positions": []}, **headers).status_code == 403
    assert post(strict, path, {"told": [], "positions": []}, origin="http://testserver").status_code in (200, 204)
    assert [getattr(strict, verb)(path).status_code for verb in ("get", "head", "put", "delete")] == [405] * 4
    assert post(strict, path, {}, host="evil.example").status_code == 400


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


def test_a_clock_that_jumps_loses_nothing_and_says_so(client):
    with time_machine.travel(MORNING, tick=False) as clock:
        factories.booking(CODE)
        token = fill(client, CODE)["fills"][0]["token"]
        clock.shift(timedelta(seconds=-4))  # of another machine, or set by a second
        answers = [tell(client, [token, "s"])]
        clock.shift(timedelta(hours=-1))
        answers.append(tell(client, [token, "r"]))
        clock.shift(timedelta(hours=1, seconds=4))
        answers.append(tell(client, [token, "v"]))
        clock.shift(timedelta(hours=26))
        answers.append(tell(client, [token, "v"]))
    assert answers == [204] * 4
    assert kept() == [
        ("served", Reason.VALID),
        ("shown", Reason.CLOCK),
        ("viewable", Reason.VALID),
        ("viewable", Reason.EXPIRED),
    ]


def test_a_page_that_is_open_at_midnight_is_the_same_visitor_after_it(client):
    with time_machine.travel("2026-12-07 23:59:30 +01:00", tick=False) as clock:
        factories.booking(CODE, last_day=timezone.localdate() + timedelta(days=2))
        choice = fill(client, CODE)["fills"][0]
        clock.shift(timedelta(minutes=1))
        tell(client, [choice["token"], "rv"])
        clock.shift(timedelta(hours=23))
        visitors.destroy_old(timezone.now())
        plan.forget()
        client.get(choice["go"], headers={"user-agent": PHONE})
        assert {reason for _kind, reason in kept()} == {Reason.VALID}
        other = fill(client, CODE)["fills"][0]["token"]
        assert tokens.read(other).visitor != tokens.read(choice["token"]).visitor


def test_a_salt_is_made_the_day_before_and_destroyed_when_the_next_day_is_over():
    with time_machine.travel("2026-12-07 12:00 +01:00", tick=False) as clock:
        first = visitors.salts(timezone.now())
        assert sorted(day.isoformat() for day in first) == ["2026-12-07", "2026-12-08"]
        assert visitors.salts(timezone.now()) == first
        clock.move_to("2026-12-08 23:59:59 +01:00")
        assert visitors.destroy_old(timezone.now()) == 0
        clock.move_to("2026-12-09 00:00:00 +01:00")
        assert visitors.destroy_old(timezone.now()) == 1
        assert [day.isoformat() for day in Salt.objects.values_list("day", flat=True)] == ["2026-12-08"]


def test_what_is_deleted_while_it_runs_is_still_counted(client, token):
    from ads.models import Booking, Creative

    Creative.objects.all().delete()
    Booking.objects.all().delete()
    plan.forget()
    assert tell(client, [token, "srv"]) == 204
    assert len(kept()) == 3


def test_numbers_up_to_the_largest_that_a_token_holds_are_kept(client):
    at = timezone.now()
    most = tokens.MOST
    told = [
        counting.Told(tokens.Token(tokens.decision_id(at), most, most, most, most, most, 2**48 - 1, flags), Kind.SERVED)
        for flags in (0, tokens.HOUSE)
    ]
    counting.write(counting.event(one, Reason.VALID, at=at) for one in told)
    assert sorted(Event.objects.values_list("line", "creative", "house")) == [(most, 0, most), (most, most, 0)]
    assert set(Event.objects.values_list("at", flat=True)) == {at}
