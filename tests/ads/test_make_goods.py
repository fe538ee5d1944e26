"""What a line misses is made good: prepared by the clock, decided by a person, within the same limits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from ads import delivery_watch, forecast, make_goods, plan, running, targeting
from ads.models import AdRequest, Booking, MakeGood, Position, Targeting, WordList
from ads.models.event import Kind
from tests import factories
from tests.ads.test_delivery_watch import NOON, _clock, happened, line, look  # noqa: F401

pytestmark = pytest.mark.django_db

OVER = datetime(2026, 12, 12, 9, 0, tzinfo=UTC)


def short_line(**fields) -> Booking:
    """It lacks 16,500 of 22,000 by the forecast at noon of the fifth."""
    booking = line(**{"impressions": 22_000} | fields)
    Position.objects.filter(pk=booking.position_id).update(weekly_impressions=14_000)
    return booking


def prepared() -> MakeGood:
    look()
    return MakeGood.objects.get(status="prepared")


def states() -> list[tuple[str, int]]:
    return list(MakeGood.objects.order_by("pk").values_list("status", "impressions"))


def test_a_make_good_is_prepared_where_there_is_room_and_follows_what_is_missing():
    booking = line(impressions=22_000)
    Position.objects.filter(pk=booking.position_id).update(weekly_impressions=14_000)
    look()
    made = MakeGood.objects.get()
    assert (made.impressions, made.first_day, made.last_day) == (16_500, date(2026, 12, 11), date(2026, 12, 30))
    happened(booking, 400)
    look(NOON + timedelta(minutes=5))
    assert MakeGood.objects.get().impressions == 16_500
    Position.objects.filter(pk=booking.position_id).update(weekly_impressions=70_000)
    look(NOON + timedelta(minutes=10))
    assert MakeGood.objects.get().status == "dismissed"


def test_a_booked_make_good_runs_with_the_same_artwork_and_costs_nothing(client, mailoutbox, run_jobs):
    booking = line(impressions=22_000, request=factories.post_deal())
    Position.objects.filter(pk=booking.position_id).update(weekly_impressions=14_000)
    look()
    made = make_goods.book(MakeGood.objects.get(), by=None, at=NOON)
    assert (made.price, made.impressions, made.request) == (0, 16_500, booking.request)
    assert made.creatives.get().alt == booking.creatives.get().alt
    assert made.creatives.get().file.name != booking.creatives.get().file.name
    with time_machine.travel(made.starts_at, tick=False):
        plan.forget()
        assert [one.booking for one in plan.current().slots["foot-300x250"].lines] == [made.pk]
    run_jobs()
    page = client.get(f"/partners/deal/{factories.deal_token(booking.request)}/").content.decode()
    assert page.count("Free of charge, for impressions that were missed") == 1
    assert "16500 impressions more" in mailoutbox[-1].body.replace(",", "")
    with pytest.raises(make_goods.MakeGoodRefused, match="Somebody decided"):
        make_goods.dismiss(MakeGood.objects.get(), by=None, at=NOON)


def test_a_make_good_whose_days_are_taken_is_refused_in_words_and_other_days_are_found():
    short_line()
    made = prepared()
    factories.booking(first_day=made.first_day, last_day=made.last_day, art=None)
    with pytest.raises(make_goods.MakeGoodRefused, match="within five minutes"):
        make_goods.book(made, by=None, at=NOON)
    assert Booking.objects.filter(price=0).count() == 0
    look(NOON + timedelta(minutes=5))
    made.refresh_from_db()
    assert (made.status, made.first_day) == ("prepared", date(2026, 12, 25))


def test_it_runs_where_and_when_the_line_may_and_nowhere_else():
    booking = short_line(impressions=11_000)
    target = Targeting.objects.create(booking=booking, device="phone")
    word_list, section = WordList.objects.create(name="War", words="war"), factories.section(name="Harbour")
    factories.section(name="Sport")
    target.not_words.add(word_list)
    # 2,000 views a day, of which four fifths are sold and half are on phones: ten days do not suffice.
    booking = Booking.objects.select_related("position", "targeting").get(pk=booking.pk)
    assert make_goods.prepare({booking: 9_000}, at=NOON) == 1
    one = MakeGood.objects.get()
    assert (one.first_day, one.last_day) == (date(2026, 12, 11), date(2026, 12, 30))
    target.not_sections.add(section)
    MakeGood.objects.update(impressions=500)
    made = make_goods.book(one, by=None, at=NOON)
    both = Booking.objects.filter(pk__in=[booking.pk, made.pk]).select_related("targeting")
    limits = targeting.wheres(list(both))
    assert limits[made.pk] == limits[booking.pk]
    assert limits[made.pk].device == "phone"
    assert (limits[made.pk].not_sections, limits[made.pk].not_words) == ({section.pk}, {word_list.pk})


def test_a_make_good_that_its_limits_leave_no_room_for_is_refused():
    booking = line(impressions=1000)
    Targeting.objects.create(booking=booking, from_hour=3, to_hour=4)
    days = {"first_day": date(2026, 12, 11), "last_day": date(2026, 12, 11)}
    one = MakeGood.objects.create(booking=booking, impressions=5000, prepared_at=NOON, **days)
    with pytest.raises(make_goods.MakeGoodRefused, match="can still take 328 impressions"):
        make_goods.book(one, by=None, at=NOON)


def test_what_a_person_dismissed_is_not_prepared_again_until_a_quarter_more_is_missing():
    booking = short_line()
    make_goods.dismiss(prepared(), by=factories.user("Ad manager"), at=NOON, note="They want money back")
    look(NOON + timedelta(minutes=5))
    assert states() == [("dismissed", 16_500)]
    Booking.objects.filter(pk=booking.pk).update(impressions=26_500)
    look(NOON + timedelta(minutes=10))
    assert [status for status, _number in states()] == ["dismissed", "prepared"]


def test_a_pause_does_not_close_what_is_prepared():
    booking = short_line()
    prepared()
    running.pause(booking, by=None, at=NOON)
    look(NOON + timedelta(minutes=5))
    assert states() == [("prepared", 16_500)]


def test_what_ended_short_is_prepared_for_thirty_days_with_what_was_really_missed():
    booking = line(impressions=1000)
    factories.event(Kind.SERVED, at=booking.starts_at)
    happened(booking, 900)
    look(OVER + timedelta(days=31))
    assert states() == []
    look(OVER)
    one = MakeGood.objects.get()
    assert (one.impressions, one.first_day, one.last_day) == (100, date(2026, 12, 13), date(2026, 12, 22))


def test_what_ran_before_counting_began_is_not_made_good():
    booking = line(impressions=1000)
    factories.event(Kind.SERVED, at=booking.starts_at + timedelta(days=1))
    look(OVER)
    assert states() == []


def test_what_nobody_paid_or_sent_artwork_for_is_not_made_good():
    unpaid, bare = line(impressions=1000, request=factories.post_deal()), line(impressions=1000, art=None)
    factories.event(Kind.SERVED, at=unpaid.starts_at)
    look(OVER)
    assert states() == []
    AdRequest.objects.update(status="live")
    look(OVER)
    assert [one.booking_id for one in MakeGood.objects.all()] == [unpaid.pk] != [bare.pk]


def test_one_whose_days_have_passed_is_booked_on_days_to_come_with_the_real_number():
    booking = short_line()
    factories.event(Kind.SERVED, at=booking.starts_at)
    one = prepared()
    happened(booking, 2000)
    later = datetime(2026, 12, 31, 9, 0, tzinfo=UTC)
    with time_machine.travel(later, tick=False):
        forecast.forget()
        made = make_goods.book(one, by=None, at=later)
    assert (made.impressions, made.first_day) == (20_000, date(2027, 1, 1))
    assert (one.impressions, one.first_day, one.status) == (20_000, date(2027, 1, 1), "booked")


def test_what_passed_undecided_is_prepared_anew_on_days_to_come():
    booking = short_line()
    factories.event(Kind.SERVED, at=booking.starts_at)
    prepared()
    look(datetime(2027, 2, 20, 9, 0, tzinfo=UTC))
    one = MakeGood.objects.get()
    assert (one.status, one.impressions, one.first_day) == ("prepared", 22_000, date(2027, 2, 21))


@pytest.mark.parametrize(
    ("booking", "deal", "words"),
    [("cancelled", "live", "booking was cancelled"), ("booked", "cancelled", "request is over"),
     ("booked", "closed", "request is over")],
)  # fmt: skip
def test_nothing_is_made_good_for_what_was_cancelled_or_is_over(booking, deal, words):
    sold = short_line(request=factories.post_deal())
    AdRequest.objects.update(status="live")
    one = prepared()
    Booking.objects.filter(pk=sold.pk).update(status=booking)
    AdRequest.objects.update(status=deal)
    with pytest.raises(make_goods.MakeGoodRefused, match=words):
        make_goods.book(one, by=None, at=NOON)
    look(NOON + timedelta(minutes=5))
    assert states() == [("dismissed", 16_500)]


def test_a_line_that_cannot_be_looked_at_keeps_no_other_from_being_prepared(monkeypatch):
    first, second = line(impressions=1000), line(impressions=1000)
    Booking.objects.update(impressions=22_000)
    Position.objects.update(weekly_impressions=14_000)
    real = make_goods._window

    def window(booking, *args, **kwargs):
        if booking.pk == first.pk:
            raise ValueError("a bad row")
        return real(booking, *args, **kwargs)

    monkeypatch.setattr(make_goods, "_window", window)
    with time_machine.travel(NOON, tick=False):
        delivery_watch.look(NOON)
    assert [one.booking_id for one in MakeGood.objects.all()] == [second.pk]
