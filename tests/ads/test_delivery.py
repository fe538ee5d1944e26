"""A booking's artwork is shown in its position between its days, and not a second longer; a click leads to it."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from ads import artwork, deals, decision, plan, tokens
from ads.models import Creative, Position
from ads.models.event import Source
from tests import factories

pytestmark = pytest.mark.django_db

# The publisher's zone is Lagos, an hour ahead of UTC.
FIRST, LAST = date(2026, 12, 7), date(2026, 12, 8)
STARTS = datetime(2026, 12, 6, 23, 0, tzinfo=UTC)
ENDS = datetime(2026, 12, 8, 23, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


# Readers have a browser.
AGENT = "Mozilla/5.0 (Linux; Android 13; TECNO BG6) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36"


def fill(client, *codes, **headers):
    body = json.dumps({"positions": codes})
    return client.post("/s/fill", body, content_type="application/json", headers={"user-agent": AGENT} | headers)


def shown(client, *codes):
    """The fills that have artwork."""
    return [one for one in fill(client, *codes).json()["fills"] if "src" in one]


@pytest.mark.parametrize(
    ("at", "is_there"),
    [(STARTS - SECOND, False), (STARTS, True), (ENDS - SECOND, True), (ENDS, False)],
)
def test_artwork_runs_from_the_first_moment_of_its_first_day_to_the_last_of_its_last(client, at, is_there):
    booking = factories.booking(first_day=FIRST, last_day=LAST)
    with time_machine.travel(at, tick=False):
        fills = shown(client, "foot-300x250")
        assert bool(fills) is is_there
        page = client.get("/partners/").content.decode()
        assert ('data-slot="foot-300x250"' in page) is is_there
        assert client.get("/s/still/foot-300x250").status_code == (302 if is_there else 404)
    if is_there:
        creative = booking.creatives.get()
        assert fills[0]["src"] == creative.file.url
        assert (fills[0]["width"], fills[0]["height"], fills[0]["alt"]) == (300, 250, creative.alt)


def test_a_plan_in_memory_starts_and_ends_bookings_on_the_second(client):
    factories.booking(first_day=FIRST, last_day=LAST)
    with time_machine.travel(STARTS - SECOND, tick=False) as clock:
        assert shown(client, "foot-300x250") == []
        clock.shift(SECOND)
        assert len(shown(client, "foot-300x250")) == 1


def test_a_decision_asks_the_database_nothing(client, django_assert_num_queries):
    for code in Position.objects.values_list("code", flat=True):
        factories.booking(code)
    codes = list(Position.objects.values_list("code", flat=True))
    plan.current()
    with django_assert_num_queries(0):
        assert len(shown(client, *codes)) == 7


def test_a_new_booking_is_in_the_plan_at_once_and_a_cancelled_one_is_not(client, django_capture_on_commit_callbacks):
    plan.current()
    with django_capture_on_commit_callbacks(execute=True):
        booking = factories.booking()
    assert len(shown(client, "foot-300x250")) == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert deals.stop_booking(booking, by=None, at=booking.booked_at)
    assert shown(client, "foot-300x250") == []
    assert not deals.stop_booking(booking, by=None, at=booking.booked_at)


def test_a_plan_that_was_read_before_a_change_is_not_kept(client):
    def change_meanwhile(execute, *query):
        found = execute(*query)
        plan.forget()
        return found

    with connection.execute_wrapper(change_meanwhile):
        assert plan.current().slots["foot-300x250"].lines == ()
    factories.booking()
    assert len(shown(client, "foot-300x250")) == 1


def test_a_cancelled_booking_gives_its_days_back():
    deals.stop_booking(factories.booking(), by=None, at=datetime.now(UTC))
    assert factories.booking().status == "booked"


def test_new_artwork_is_a_new_version_and_the_newest_is_shown(client):
    booking = factories.booking()
    place = booking.position
    other = artwork.check(place, factories.jpeg(*place.size, colour="red"))
    newest = artwork.hang(booking, other, alt="Red", click_url="https://red.example/", at=datetime.now(UTC))
    assert newest.version == 2
    plan.forget()
    assert shown(client, place.code)[0]["alt"] == "Red"


def test_a_click_leads_to_the_address_stored_with_the_artwork(client):
    factories.booking(click_url="https://bakery.example/today?from=news")
    link = shown(client, "foot-300x250")[0]["go"]
    response = client.get(link + "?url=https://evil.example/")
    assert (response.status_code, response["Location"]) == (302, "https://bakery.example/today?from=news")
    assert "no-store" in response["Cache-Control"]


def test_an_old_click_still_leads_on(client):
    with time_machine.travel(STARTS, tick=False):
        factories.booking(first_day=FIRST, last_day=LAST, click_url="https://bakery.example/")
        link = shown(client, "foot-300x250")[0]["go"]
    with time_machine.travel(STARTS + timedelta(days=400), tick=False):
        assert client.get(link)["Location"] == "https://bakery.example/"


@pytest.mark.parametrize(
    "token",
    ["1", "1:abc:def", "https:evil.example", "javascript:alert(1)", "..%2f..%2fadmin", "%00", "é" * 200],
)
def test_a_forged_click_leads_nowhere(client, token):
    factories.booking()
    assert client.get(f"/s/go/{token}").status_code == 404


def test_a_token_of_another_purpose_leads_nowhere(client):
    creative = factories.booking().creatives.get()
    choice = tokens.Token(tokens.decision_id(timezone.now()), creative=creative.pk)
    assert client.get(reverse("delivery:go", args=[tokens.seal(choice)])).status_code == 302
    assert client.get(reverse("delivery:go", args=[tokens.seal(choice, Source.MAIL)])).status_code == 404


def test_a_click_on_artwork_that_is_gone_leads_nowhere(client):
    factories.booking()
    link = shown(client, "foot-300x250")[0]["go"]
    Creative.objects.all().delete()
    plan.forget()  # as the change does, once it is committed
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"positions": "top"}',
        '{"positions": [1]}',
        "[" * 100_000,
        '{"positions": %s}' % (["x"] * 21),
    ],
)
def test_a_bad_question_is_answered_in_words(client, body):
    response = client.post("/s/fill", body, content_type="application/json")
    assert response.status_code == 400
    assert "positions" in response.json()["error"]


def test_only_pages_of_ours_may_ask(client):
    assert fill(client, "foot-300x250", origin="https://elsewhere.example").status_code == 403
    assert fill(client, "foot-300x250", **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert fill(client, "foot-300x250", origin="http://testserver").status_code == 200
    assert client.get("/s/fill").status_code == 405


def test_unknown_and_repeated_positions_are_passed_over(client):
    factories.booking()
    response = fill(client, "foot-300x250", "foot-300x250", "nowhere")
    assert [one["position"] for one in response.json()["fills"]] == ["foot-300x250"]
    assert "no-store" in response["Cache-Control"]
    assert "Set-Cookie" not in response.headers


def test_a_position_off_sale_shows_nothing(client):
    factories.booking()
    place = factories.position()
    place.is_active = False
    place.save()
    plan.forget()
    assert shown(client, place.code) == []


def shares_of(views: int, at: datetime = STARTS) -> dict[str, float]:
    """How often each alternative text came up, out of all views."""
    view = decision.View(at=at)
    chosen = [choice.art for _ in range(views) for choice in decision.decide(["foot-300x250"], view)]
    return {alt: count / views for alt, count in Counter(art.alt for art in chosen if art).items()}


@pytest.mark.parametrize(
    ("sold", "expected"),
    [
        ([("whole", 100, None)], {"whole": 1}),
        (
            [("half", 50, None), ("quarter", 25, None), ("other", 25, None)],
            {"half": 0.5, "quarter": 0.25, "other": 0.25},
        ),
        # Nobody bought the rest: it goes to those who run, in proportion.
        ([("quarter", 25, None), ("half", 50, None)], {"quarter": 1 / 3, "half": 2 / 3}),
    ],
)
def test_lines_share_a_position_as_they_were_sold(client, sold, expected):
    Position.objects.update(weekly_impressions=70_000)
    for alt, share, number in sold:
        factories.booking(first_day=FIRST, last_day=LAST, alt=alt, share=share, impressions=number)
    assert shares_of(4_000) == pytest.approx(expected, abs=0.005)
    # Without script, over two days: the same.
    turns = [decision.in_turn("foot-300x250", at=STARTS + n * decision.TURN).alt for n in range(2 * 24 * 6)]
    assert {alt: count / len(turns) for alt, count in Counter(turns).items()} == pytest.approx(expected, abs=0.02)


def test_without_script_the_picture_and_its_link_agree_for_ten_minutes(client):
    for name in ("one", "two"):
        factories.booking(first_day=FIRST, last_day=LAST, share=50, alt=name, click_url=f"https://{name}.example/")
    pairs = set()
    for n in range(12):
        with time_machine.travel(STARTS + n * decision.TURN, tick=False) as clock:
            picture = client.get("/s/still/foot-300x250")["Location"]
            clock.shift(decision.TURN - SECOND)
            pairs.add((picture, client.get("/s/visit/foot-300x250")["Location"]))
    assert sorted(address for _picture, address in pairs) == ["https://one.example/", "https://two.example/"]


def test_a_box_for_phones_is_reserved_only_where_everything_in_it_fits(client):
    place = factories.position("top-728x90")
    today = {"first_day": FIRST, "last_day": LAST}
    phone = artwork.check(place, factories.jpeg(320, 100), phone=True)
    with time_machine.travel(STARTS, tick=False):
        factories.booking("top-728x90", share=50, phone_art=phone, **today)
        plan.forget()
        assert (shown(client, place.code)[0]["phone"] != "") is True
        page = client.get("/partners/").content.decode()
        assert "slot--phone" in page
        assert f"/s/still/{place.code}?phone=1&amp;page=" in page  # without script too
        creative = Creative.objects.get()
        assert client.get(f"/s/still/{place.code}?phone=1")["Location"] == creative.phone_file.url
        assert client.get(f"/s/still/{place.code}")["Location"] == creative.file.url
        factories.booking("top-728x90", share=50, **today)
        plan.forget()
        assert {shown(client, place.code)[0]["phone"] for _ in range(20)} == {""}
        assert "slot--phone" not in client.get("/partners/").content.decode()


def test_without_script_a_click_leads_to_what_runs_now(client):
    factories.booking(click_url="https://bakery.example/")
    assert client.get("/s/visit/foot-300x250")["Location"] == "https://bakery.example/"
    assert client.get("/s/visit/top-728x90").status_code == 404
