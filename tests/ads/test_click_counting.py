"""A click leads to the advertiser whatever happens, and counts once, if it is one."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError, connection
from django.utils import timezone

from ads import page_key, plan, rollups, tokens, totals
from ads.models import Creative, Event, HouseCreative
from ads.models.event import Kind, Reason, Source
from tests import factories
from tests.ads.test_counting import CODE, MORNING, PHONE, ROBOT, fill, kept, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=False) as moved:
        yield moved


@pytest.fixture
def choice(client, clock):
    """What a page got in one position, shown three seconds ago."""
    factories.booking(CODE, last_day=timezone.localdate() + timedelta(days=7))
    one = fill(client, CODE)["fills"][0]
    tell(client, [one["token"], "sr"])
    clock.shift(timedelta(seconds=3))
    return one


def follow(client, choice, **headers):
    response = client.get(choice["go"], headers={"user-agent": PHONE} | headers)
    return response.status_code, response.headers.get("Location")


def clicks():
    return [reason for kind, reason in kept() if kind == "click"]


LEADS_ON = (302, "https://bakery.example/")


def test_a_click_followed_again_counts_once(client, choice):
    assert [follow(client, choice) for _ in range(5)] == [LEADS_ON] * 5
    assert clicks() == [Reason.VALID]


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-purpose": "prefetch"},
        {"sec-purpose": "prefetch;anonymous-client-ip"},
        {"purpose": "prefetch"},
        {"x-moz": "prefetch"},
    ],
)
def test_links_followed_in_advance_lead_on_and_do_not_count(client, choice, headers):
    assert follow(client, choice, **headers) == LEADS_ON
    assert clicks() == [Reason.PREFETCH]
    assert follow(client, choice) == LEADS_ON
    assert clicks() == [Reason.VALID, Reason.PREFETCH]


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (ROBOT, Reason.BOT),
        ({"user-agent": ""}, Reason.BOT),
        ({"user-agent": PHONE + " Other/1.0"}, Reason.MISMATCH),
        ({"sec-purpose": "prefetch;prerender"}, Reason.PRERENDER),
    ],
)
def test_clicks_that_are_nobodys_lead_on_with_their_reason(client, choice, headers, reason):
    assert follow(client, choice, **headers) == LEADS_ON
    assert clicks() == [reason]


def test_head_leads_on_and_does_not_count(client, choice):
    response = client.head(choice["go"], headers={"user-agent": PHONE})
    assert (response.status_code, response["Location"]) == LEADS_ON
    assert clicks() == [Reason.PREFETCH]


def test_staff_are_led_on_and_do_not_count(admin_client, choice):
    assert follow(admin_client, choice) == LEADS_ON
    assert clicks() == [Reason.STAFF]


def test_a_click_counts_for_a_day_and_leads_on_for_ever(client, choice, clock):
    clock.shift(timedelta(hours=24))
    assert follow(client, choice) == LEADS_ON
    clock.shift(timedelta(days=3))
    plan.forget()
    assert follow(client, choice) == LEADS_ON
    assert set(clicks()) == {Reason.EXPIRED}


def test_a_forged_click_leads_nowhere_and_asks_the_database_nothing(client, choice, django_assert_num_queries):
    with django_assert_num_queries(0):
        for forged in (choice["go"][:-1] + "!", choice["go"][:-4], choice["go"] + "AAAA", "/s/go/" + "A" * 72):
            assert client.get(forged, headers={"user-agent": PHONE}).status_code == 404
    assert clicks() == []


def test_a_token_of_a_page_leads_nowhere(client, choice):
    page = fill(client, CODE)["page"]
    assert client.get(f"/s/go/{page}", headers={"user-agent": PHONE}).status_code == 404


def test_a_click_asks_nothing_before_it_leads_on(client, choice, django_assert_max_num_queries):
    with django_assert_max_num_queries(5) as asked:
        follow(client, choice)
    assert [one["sql"].split()[0] for one in asked.captured_queries if "PRAGMA" not in one["sql"]][-1] in (
        "INSERT",
        "SET",
        "RELEASE",
    )
    assert not [one for one in asked.captured_queries if one["sql"].startswith("SELECT")]


class Away:
    """The database does not answer."""

    def __call__(self, execute, *query):
        raise OperationalError("the database is away")


def test_while_the_database_is_away_clicks_lead_on_pages_are_filled_and_nothing_is_acknowledged(client, choice, caplog):
    with connection.execute_wrapper(Away()), caplog.at_level(logging.CRITICAL):
        assert follow(client, choice) == LEADS_ON
        assert fill(client, CODE)["fills"][0]["src"] == choice["src"]
        answer = client.post("/s/seen", f'{{"told": [["{choice["token"]}", "v"]]}}', "text/plain")
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert "Set-Cookie" not in answer.headers
    assert clicks() == []
    assert tell(client, [choice["token"], "v"]) == 204


def test_what_nobody_remembers_waits_for_the_database(client, choice, caplog):
    plan.forget()
    with connection.execute_wrapper(Away()), caplog.at_level(logging.CRITICAL):
        answers = [
            client.get(choice["go"]),
            client.post("/s/fill", '{"positions": []}', "text/plain"),
            client.get(f"/s/still/{CODE}"),
            client.get(f"/s/visit/{CODE}"),
        ]
    assert [one.status_code for one in answers] == [503, 200, 503, 503]
    assert {one["Retry-After"] for one in answers if one.status_code == 503} == {"5"}
    assert answers[1].json()["fills"] == []


@pytest.mark.parametrize("what", [Creative, HouseCreative])
def test_artwork_that_is_deleted_while_it_runs_leads_nowhere(client, clock, what):
    (factories.booking if what is Creative else factories.house)(CODE)
    one = fill(client, CODE)["fills"][0]
    assert follow(client, one)[0] == 302
    what.objects.all().delete()
    plan.forget()
    assert follow(client, one) == (404, None)


def test_the_newsrooms_own_artwork_is_clicked_under_its_own_number(client, clock):
    own = factories.house(CODE)
    one = fill(client, CODE)["fills"][0]
    tell(client, [one["token"], "sr"])
    assert follow(client, one) == (302, "https://news.example/")
    assert set(Event.objects.values_list("house", "creative", "line")) == {(own.pk, 0, 0)}


def test_one_network_that_clicks_a_thousand_times_a_minute_is_capped_whatever_it_calls_itself(client, clock):
    line = factories.booking(CODE)
    for n in range(120):
        forwarded = {"x-forwarded-for": f"203.0.{n}.7", "forwarded": f"for=198.51.100.{n}", "x-real-ip": f"10.0.0.{n}"}
        one = fill(client, CODE, **forwarded)["fills"][0]
        tell(client, [one["token"], "sr"], **forwarded)
        clock.shift(timedelta(milliseconds=600))
        assert follow(client, one, **forwarded) == LEADS_ON
    clock.shift(timedelta(hours=2))
    rollups.roll_due(timezone.now())
    found = totals.figures("line", line=line.pk)[line.pk,]
    assert (found.clicks, found.gross[Kind.CLICK]) == (10, 120)
    assert found.refused == {(Kind.CLICK, Reason.CLICKS): 110}


def told_of_story(client, *, is_paid):
    story = factories.article(**({"kind": "article", "sponsor_name": "Teneru Mills"} if is_paid else {}))
    page = fill(client, page=page_key.Page(article=story.pk, is_paid=is_paid))["page"]
    assert tell(client, [page, "s"], [page, "c", 0], [page, "c", 3], [page, "c", 0]) == 204
    assert tell(client, [page, "c"]) == 400
    return story


def test_links_of_a_paid_story_are_counted_one_by_one(client, clock):
    story = told_of_story(client, is_paid=True)
    assert clicks() == [Reason.VALID, Reason.VALID]  # the first link and the fourth
    clock.shift(timedelta(hours=2))
    rollups.roll_due(timezone.now())
    found = totals.figures("article", source=Source.STORY)
    assert found[story.pk,].clicks == 2


def test_links_of_other_stories_are_not(client, clock):
    told_of_story(client, is_paid=False)
    assert clicks() == []
    assert tokens.LIFETIMES[Kind.CLICK] == timedelta(hours=24)
