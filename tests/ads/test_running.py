"""A line that runs: paused and resumed, shown here and not there, with versions of its artwork that take turns."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from ads import artwork, artwork_review, decision, plan, rotation, running, targeting, targeting_display
from ads.models import Booking, Creative, Position, Targeting
from ads.models.device import Device
from ads.page_key import Page
from tests import factories

pytestmark = pytest.mark.django_db

CODE = "foot-300x250"


@pytest.fixture
def desk(client):
    client.force_login(factories.user("Ad manager", username="desk"))
    return client


def stands(page: Page | None = None, *, at: datetime | None = None, device: int = 0) -> bool:
    """Whether an advertiser stands at the foot of a page."""
    plan.forget()
    view = decision.View(at=at or timezone.now(), page=page or Page(), device=device)
    return any(choice.line for choice in decision.decide([CODE], view))


def alts(count: int = 100) -> Counter[str]:
    plan.forget()
    view = decision.View(at=timezone.now())
    return Counter(choice.art.alt for _ in range(count) for choice in decision.decide([CODE], view) if choice.art)


def steps(booking: Booking) -> list[str]:
    return [move.said for move in booking.moves.order_by("pk")]


def test_a_paused_booking_is_not_shown_and_goes_on_when_resumed(desk):
    booking = factories.booking()
    address = f"/admin/ads/booking/{booking.pk}/"
    desk.post(f"{address}move/pause/", {"note": "They asked"})
    assert not stands()
    html = desk.get(f"{address}change/").content.decode()
    assert "Paused since" in html
    assert "They asked" in html
    assert "Paused since" in desk.get("/admin/ads/booking/?paused=yes").content.decode()
    desk.post(f"{address}move/resume/", {})
    assert stands()
    assert steps(booking) == ["Booked", "Paused", "Goes on"]
    assert "Paused since" not in desk.get("/admin/ads/booking/?paused=yes").content.decode()


@pytest.mark.parametrize(("what", "says"), [({}, "A share loses the days"), ({"impressions": 70}, "is caught up")])
def test_the_page_says_before_what_a_pause_costs(desk, what, says):
    Position.objects.filter(code=CODE).update(weekly_impressions=10_000)
    booking = factories.booking(**what)
    assert says in desk.get(f"/admin/ads/booking/{booking.pk}/move/pause/").content.decode()


def test_who_is_late_pauses_and_resumes_nothing():
    booking = factories.booking()
    same = Booking.objects.get(pk=booking.pk)
    at = timezone.now()
    running.pause(booking, by=None, at=at)
    with pytest.raises(running.RunningRefused, match="paused already"):
        running.pause(same, by=None, at=at)
    running.resume(booking, by=None, at=at)
    with pytest.raises(running.RunningRefused, match="not paused"):
        running.resume(same, by=None, at=at)
    assert steps(booking) == ["Booked", "Paused", "Goes on"]


def test_what_is_cancelled_or_over_is_not_paused():
    booking = factories.booking()
    with pytest.raises(running.RunningRefused, match="is over"):
        running.pause(booking, by=None, at=booking.ends_at)
    Booking.objects.update(status="cancelled")
    with pytest.raises(running.RunningRefused, match="cancelled"):
        running.pause(Booking.objects.get(), by=None, at=timezone.now())


def test_the_days_that_went_by_are_counted_within_the_booking():
    with time_machine.travel("2026-12-07 12:00 +01:00", tick=False):
        booking = factories.booking(last_day=timezone.localdate() + timedelta(days=3))
        running.pause(booking, by=None, at=timezone.now())
        assert [running.days_paused(booking, at=timezone.now() + timedelta(days=n)) for n in (0, 2, 9)] == [1, 3, 4]


def test_the_advertiser_reads_since_when_it_is_paused(client):
    deal = factories.deal("live")
    running.pause(deal.bookings.get(), by=None, at=timezone.now())
    html = client.get(f"/partners/deal/{factories.deal_token(deal)}/").content.decode()
    assert html.count("Paused since") == 2


def test_a_booking_keeps_to_its_sections_and_their_subsections():
    business, sport = factories.section(), factories.section()
    markets = factories.section(parent=business)
    factories.limits(factories.booking(), sections=[business], not_sections=[])
    pages = [Page(section=one.pk) for one in (business, markets, sport)]
    assert [stands(page) for page in [*pages, Page(is_home=True)]] == [True, True, False, False]


def test_a_booking_keeps_out_of_sections_devices_and_languages():
    sport = factories.section()
    booking = factories.booking()
    factories.limits(booking, not_sections=[sport])
    assert [stands(Page(section=number)) for number in (sport.pk, 0)] == [False, True]
    factories.limits(booking, device="phone")
    assert [stands(device=device) for device in (Device.PHONE, Device.DESKTOP)] == [True, False]
    factories.limits(booking, language="ar")
    assert [stands(Page(language=number)) for number in (1, 2)] == [False, True]


@pytest.mark.parametrize(
    ("hours", "times"),
    [
        ((7, 19), {"Fri 06:59": False, "Fri 07:00": True, "Fri 18:59": True, "Fri 19:00": False, "Sat 08:00": False}),
        # The night of a Friday ends on Saturday morning.
        ((22, 6), {"Fri 05:00": False, "Fri 22:00": True, "Sat 05:59": True, "Sat 06:00": False, "Sat 22:00": False}),
        ((18, 24), {"Fri 17:59": False, "Fri 23:59": True, "Sat 00:00": False}),
        ((22, 0), {"Fri 23:00": True, "Sat 00:00": False, "Fri 00:00": False}),
    ],
)
def test_hours_are_of_the_publishers_day_and_a_night_of_its_evening(hours, times):
    friday = {"Fri": datetime(2026, 12, 11, tzinfo=UTC), "Sat": datetime(2026, 12, 12, tzinfo=UTC)}
    with time_machine.travel("2026-12-10 12:00 +01:00", tick=False):
        booking = factories.booking(last_day=timezone.localdate() + timedelta(days=9))
        factories.limits(booking, weekdays=0b0010000, from_hour=hours[0], to_hour=hours[1])
    found = {}
    for said in times:
        day, _space, clock = said.partition(" ")
        hour, minute = map(int, clock.split(":"))
        # Lagos is an hour ahead.
        moment = friday[day] + timedelta(hours=hour - 1, minutes=minute)
        found[said] = stands(at=moment)
    assert found == times


def test_the_hours_of_a_day_are_those_of_its_evening_and_of_the_night_before():
    where = targeting.Where(weekdays=0b0010000, from_hour=22, to_hour=3)
    assert [where.hours_on(day) for day in (3, 4, 5)] == [[], [22, 23], [0, 1, 2]]


def sent(**changes):
    return {"weekdays": [0, 1, 2, 3, 4, 5, 6], "from_hour": "", "to_hour": "", "device": "", "language": ""} | changes


def test_the_desk_says_where_and_when_and_reads_it_in_words(desk):
    booking = factories.booking()
    address = f"/admin/ads/booking/{booking.pk}/targeting/"
    values = sent(weekdays=[0, 1, 2, 3, 4], from_hour="7", to_hour="19", device="phone", language="ar")
    words = "Weekdays, 7–19 h, phones, Arabic pages"
    assert words in desk.post(address, values | {"look": "1"}).content.decode()
    assert not Targeting.objects.exists()
    assert desk.post(address, values).status_code == 302
    for page in (f"/admin/ads/booking/{booking.pk}/change/", "/admin/ads/booking/", address):
        assert words in desk.get(page).content.decode()
    move = booking.moves.get(what="targeted")
    assert (move.actor.username, move.note) == ("desk", f"{words} (before: Everywhere, at all hours)")
    desk.post(address, values)
    assert booking.moves.filter(what="targeted").count() == 1
    desk.post(address, sent())
    assert not Targeting.objects.exists()


def test_the_deals_screen_shows_where_and_when(desk):
    deal = factories.deal("live")
    factories.limits(deal.bookings.get(), device="large")
    html = desk.get(f"/admin/ads/adrequest/{deal.pk}/change/").content.decode()
    assert "Where and when: Tablets and computers" in " ".join(html.split())


def test_limits_that_nothing_meets_are_refused_by_their_field(desk):
    business = factories.section(name="Business")
    markets = factories.section(name="Markets", parent=business)
    booking = factories.booking()
    for values, field, says in (
        ({"sections": [business.pk], "not_sections": [business.pk]}, "not_sections", "both wanted and unwanted"),
        ({"sections": [markets.pk], "not_sections": [business.pk]}, "not_sections", "Nothing is left"),
        ({"sections": [business.pk], "language": "ar"}, "language", "has no pages in this language"),
        ({"weekdays": []}, "weekdays", "Choose at least one weekday."),
        ({"from_hour": "7"}, "to_hour", "Give both hours"),
        ({"from_hour": "7", "to_hour": "7"}, "to_hour", "Give both hours"),
        ({"weekdays": [9]}, "weekdays", "is not one of the available choices"),
    ):
        response = desk.post(f"/admin/ads/booking/{booking.pk}/targeting/", sent(**values))
        assert response.status_code == 400
        assert says in str(response.context["form"].errors[field])
    assert not Targeting.objects.exists()


def test_when_its_last_section_is_deleted_a_booking_runs_nowhere_and_not_everywhere(desk):
    business, sport = factories.section(), factories.section()
    booking = factories.limits(factories.booking(), sections=[business])
    business.delete()
    assert [stands(page) for page in (Page(), Page(section=sport.pk))] == [False, False]
    assert targeting_display.of(booking) == "Nowhere: its sections were deleted"
    assert "Nowhere: its sections were deleted" in desk.get("/admin/ads/booking/").content.decode()
    assert desk.post(f"/admin/ads/booking/{booking.pk}/targeting/", sent()).status_code == 302
    assert stands()


def test_a_section_that_nobody_wants_is_deleted_without_a_trace():
    sport = factories.section()
    booking = factories.limits(factories.booking(), not_sections=[sport])
    sport.delete()
    assert stands()
    assert targeting_display.of(booking) == "Everywhere, at all hours"


def test_a_position_off_sale_shows_nothing_and_its_bookings_stay_readable(desk, client):
    booking = factories.limits(factories.booking(), device="phone")
    place = booking.position
    place.is_active = False
    place.save()
    assert not stands()
    assert client.get("/").status_code == 200
    for page in ("change", "targeting", "turns"):
        assert desk.get(f"/admin/ads/booking/{booking.pk}/{page}/").status_code == 200


def second(booking: Booking, **values) -> Creative:
    """Another approved version."""
    creative = factories.creative(booking, colour="red", alt="Cake of the day")
    artwork_review.approve(creative, by=None, at=timezone.now(), **values)
    return creative


def test_without_weights_the_newest_alone_is_shown_and_with_them_they_take_turns(desk):
    booking = factories.booking()
    second(booking)
    assert alts() == {"Cake of the day": 100}
    address = f"/admin/ads/booking/{booking.pk}/turns/"
    assert desk.post(address, {"v1": "30", "v2": "10"}).status_code == 302
    assert alts()["Cake of the day"] in range(23, 28)
    assert "Shown now, 75 % of the times" in desk.get(address).content.decode()
    assert booking.moves.get(what="weighed").note == "version 1: 75 %, version 2: 25 %"
    assert desk.post(address, {"v1": "30", "v2": "500"}).status_code == 400
    desk.post(address, {"v1": "1", "v2": ""})
    assert alts() == {"Fresh bread, every morning": 100}
    desk.post(address, {})
    assert alts() == {"Cake of the day": 100}


def test_who_approves_while_versions_take_turns_is_asked_whether_beside_or_instead(desk):
    booking = factories.booking()
    second(booking)
    rotation.weigh(booking, {1: 10, 2: 10}, by=None, at=timezone.now())
    third = factories.creative(booking, colour="navy", alt="Pie on Sundays")
    address = f"/admin/ads/creative/{third.pk}/move/approve/"
    assert "Show this one beside them" in desk.get(address).content.decode()
    assert desk.post(address, {}).status_code == 200
    assert desk.post(address, {"turns": "beside", "weight": ""}).status_code == 200
    desk.post(address, {"turns": "beside", "weight": "20"})
    assert alts()["Pie on Sundays"] in range(47, 54)
    fourth = factories.creative(booking, colour="gold", alt="Soup on Mondays")
    desk.post(f"/admin/ads/creative/{fourth.pk}/move/approve/", {"turns": "instead", "weight": "20"})
    assert alts() == {"Soup on Mondays": 100}


def test_a_refused_version_takes_no_turn_and_the_others_go_on():
    booking = factories.booking()
    newer = second(booking)
    rotation.weigh(booking, {1: 10, 2: 10}, by=None, at=timezone.now())
    newer.refresh_from_db()
    instead = artwork_review.refuse(newer, by=None, at=timezone.now(), reason="Wrong logo")
    assert (instead.version, alts()) == (1, {"Fresh bread, every morning": 100})
    artwork_review.approve(newer, by=None, at=timezone.now(), beside=30)
    assert alts()["Cake of the day"] in range(73, 78)


def test_artwork_of_the_desk_comes_in_place_of_all_that_took_turns():
    booking = factories.booking()
    second(booking)
    rotation.weigh(booking, {1: 10, 2: 10}, by=None, at=timezone.now())
    place = booking.position
    other = artwork.check(place, factories.jpeg(*place.size, colour="gold"))
    artwork.hang(booking, other, alt="Soup on Mondays", click_url="https://soup.example/", at=timezone.now())
    assert alts() == {"Soup on Mondays": 100}


def test_weights_of_what_is_not_approved_any_more_are_refused():
    booking = factories.booking()
    newer = second(booking)
    artwork_review.refuse(newer, by=None, at=timezone.now(), reason="Wrong logo")
    with pytest.raises(running.RunningRefused, match="not approved any more"):
        rotation.weigh(booking, {1: 10, 2: 10}, by=None, at=timezone.now())


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_as_often_for_many_as_for_one(desk, django_assert_num_queries, count):
    row = Booking.objects.filter(pk=factories.booking().pk).values().get()
    copies = Booking.objects.bulk_create(Booking(**row | {"id": None}) for _ in range(count - 1))
    Targeting.objects.bulk_create(Targeting(booking=one, device="phone") for one in copies)
    factories.limits(Booking.objects.get(pk=row["id"]), device="phone")
    with django_assert_num_queries(24):
        desk.get("/admin/ads/booking/")
