"""Lines outside of what they should have raise an alarm, once, and it closes by itself."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from ads import delivery_watch, standing
from ads.models import Booking, DeliveryAlarm, MakeGood, Position, Targeting
from ads.models.booking import midnight
from ads.models.event import Kind
from tests import factories

pytestmark = pytest.mark.django_db

# Ten days, of which four and a half have gone at noon of the fifth. The publisher's zone is an hour ahead.
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 10)
NOON = datetime(2026, 12, 5, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock():
    Position.objects.update(weekly_impressions=70_000)
    with time_machine.travel(datetime(2026, 11, 30, 9, 0, tzinfo=UTC), tick=False):
        yield


def line(**fields) -> Booking:
    return factories.booking(first_day=FIRST, last_day=LAST, **{"share": 0, "impressions": 1000} | fields)


def happened(booking: Booking, number: int, kind: Kind = Kind.RENDER, at: datetime = NOON, **fields) -> None:
    for n in range(number):
        moment = at - timedelta(minutes=n % 25)
        factories.event(kind, at=moment, position=booking.position_id, **{"line": booking.pk} | fields)


def look(at: datetime = NOON) -> list[tuple[str, int | None]]:
    with time_machine.travel(at, tick=False):
        delivery_watch.look(at)
    return list(DeliveryAlarm.objects.filter(over_at=None).order_by("kind").values_list("kind", "booking"))


@pytest.mark.parametrize(("came", "kinds"), [(404, ["behind"]), (405, []), (450, []), (540, []), (541, ["ahead"])])
def test_a_number_is_in_order_between_90_and_120_percent_of_what_time_asks(came, kinds):
    booking = line()
    happened(booking, came)
    assert look() == [(kind, booking.pk) for kind in kinds]
    (one,) = standing.of([booking], at=NOON)
    assert (one.expected, one.came) == (450, came)


def test_a_share_is_measured_in_the_views_of_its_position():
    booking = line(share=50, impressions=None)
    happened(booking, 170, Kind.SERVED)
    happened(booking, 1)
    happened(booking, 230, Kind.SERVED, line=0)
    assert look() == [("behind", booking.pk)]
    alarm = DeliveryAlarm.objects.get()
    assert (alarm.expected, alarm.delivered) == (200, 170)


def test_a_line_that_nobody_saw_for_half_an_hour_is_silent_until_somebody_does():
    booking = line(share=25, impressions=None)
    happened(booking, 80, Kind.SERVED, line=0)
    assert look() == [("silent", booking.pk)]
    happened(booking, 1)
    assert look() == []
    assert DeliveryAlarm.objects.get().over_at == NOON


def test_night_without_readers_is_not_silence():
    line(share=25, impressions=None)
    assert look() == []


def test_what_is_paused_or_has_no_artwork_raises_nothing():
    Booking.objects.filter(pk=line().pk).update(paused_at=NOON)
    factories.booking("top-728x90", first_day=FIRST, last_day=LAST, art=None)
    assert look() == []


def test_more_promised_than_comes_is_said_and_a_make_good_is_prepared():
    booking = line(impressions=50_000)
    Position.objects.filter(pk=booking.position_id).update(weekly_impressions=14_000)
    assert look() == [("behind", booking.pk), ("oversold", None), ("short", booking.pk)]
    # Five and a half days are left, of 2,000 views each; half of that is believed on a day on which nobody came.
    alarm = DeliveryAlarm.objects.get(kind="short")
    assert (alarm.expected, alarm.delivered) == (50_000, 5_500)
    # Ten days take 16,000 at most, so it needs four times as many.
    made = MakeGood.objects.get()
    assert (made.impressions, made.first_day, made.last_day) == (44_500, date(2026, 12, 11), date(2027, 1, 19))


def test_the_desk_gets_one_mail_for_what_lasts(mailoutbox, run_jobs):
    line()
    for minutes in (0, 5, 10, 15):
        look(NOON + timedelta(minutes=minutes))
    run_jobs()
    (letter,) = mailoutbox
    assert letter.subject.startswith("Behind: ")
    assert "were expected, and 0 came" in letter.body


def test_two_who_look_at_once_open_one_alarm():
    booking = line()
    finding = delivery_watch.Finding("behind", booking.position, booking, 9, 1)
    delivery_watch._open([finding], NOON)
    delivery_watch._open([finding], NOON)
    assert DeliveryAlarm.objects.count() == 1


@pytest.mark.parametrize("count", [1, 10])
def test_looking_takes_as_many_questions_for_ten_lines_as_for_one(django_assert_num_queries, count):
    for _n in range(count):
        line(impressions=300)
    with django_assert_num_queries(37):
        look()


@pytest.mark.parametrize("count", [1, 5])
def test_lines_that_nothing_can_make_good_ask_no_more_the_more_they_are(django_assert_num_queries, count):
    for _n in range(count):
        line(impressions=1000)
    Booking.objects.update(impressions=2_000_000)
    look()
    with django_assert_num_queries(36):
        look(NOON + timedelta(minutes=5))
    assert (DeliveryAlarm.objects.filter(kind="short").count(), MakeGood.objects.count()) == (count, 0)


def aimed(**limits) -> Booking:
    booking = line(**{name: limits.pop(name) for name in ("share", "impressions") if name in limits})
    Targeting.objects.create(booking=booking, **limits)
    return Booking.objects.select_related("position", "targeting").get(pk=booking.pk)


def test_a_weekend_line_that_had_its_weekend_is_not_behind():
    booking = aimed(weekdays=0b1100000, impressions=4000)
    # The fifth is a Saturday.
    assert look(NOON - timedelta(days=1)) == []
    friday, saturday, monday = (standing.of([booking], at=NOON + timedelta(days=n))[0] for n in (-1, 0, 2))
    assert (friday.expected, saturday.expected, monday.expected) == (0, 1000, 4000)
    day = {"line": booking.pk, "position": booking.position_id}
    factories.day_counts(date(2026, 12, 5), shown=2000, **day)
    factories.day_counts(date(2026, 12, 6), shown=2000, **day)
    assert look(NOON + timedelta(days=2)) == []


def test_an_evening_line_has_nothing_to_show_at_noon():
    booking = aimed(from_hour=18, to_hour=22, impressions=1000)
    (one,) = standing.of([booking], at=NOON)
    (evening,) = standing.of([booking], at=NOON.replace(hour=19))
    assert (one.expected, evening.expected) == (400, 450)


def test_a_share_of_some_hours_is_measured_in_the_views_of_these_hours():
    booking = aimed(share=50, impressions=None, from_hour=8, to_hour=14)
    day = {"position": booking.position_id, "device": 1}
    for n in range(4):
        factories.day_counts(FIRST + timedelta(days=n), pages=120, line=booking.pk, **day)
        factories.day_counts(FIRST + timedelta(days=n), pages=840, **day)
    (one,) = standing.of([booking], at=midnight(FIRST + timedelta(days=4)))
    # A quarter of 3,840 views, and half of that.
    assert (one.expected, one.came) == (480, 480)


def test_a_line_on_phones_is_silent_when_phones_were_there_and_not_when_others_were():
    booking = aimed(share=25, impressions=None, device="phone")
    happened(booking, 200, Kind.SERVED, line=0, device=3)
    assert look() == []
    happened(booking, 80, Kind.SERVED, line=0, device=1)
    assert look() == [("silent", booking.pk)]
    assert DeliveryAlarm.objects.get().expected == 20


def test_a_line_is_not_silent_before_its_hours():
    booking = aimed(share=25, impressions=None, from_hour=12, to_hour=20)
    happened(booking, 100, Kind.SERVED, line=0)
    assert look() == []


def test_a_mail_that_cannot_be_written_keeps_no_other_from_being_sent(monkeypatch, run_jobs, mailoutbox):
    first, second = line(), line()
    look()
    real = delivery_watch._mail

    def mail(alarm: DeliveryAlarm) -> None:
        if alarm.booking_id == first.pk:
            raise ValueError("a bad row")
        real(alarm)

    monkeypatch.setattr(delivery_watch, "_mail", mail)
    assert delivery_watch.tell(NOON + timedelta(minutes=11)) == 1
    told = DeliveryAlarm.objects.exclude(told_at=None)
    assert [alarm.booking_id for alarm in told] == [second.pk]


def test_the_admin_shows_what_is_wrong_and_books_what_makes_it_good(client):
    client.force_login(factories.user("Ad manager"))
    with time_machine.travel(NOON, tick=False):
        assert "Nothing is wrong" in client.get("/admin/ads/deliveryalarm/").content.decode()
        assert "nothing has to be made good" in client.get("/admin/ads/makegood/").content.decode()
        booking = line(impressions=22_000)
        Position.objects.filter(pk=booking.position_id).update(weekly_impressions=14_000)
        look()
        page = client.get("/admin/ads/deliveryalarm/").content.decode()
        assert "5,500 of 22,000 in the end" in page
        assert "Will end short of its number" in client.get("/admin/").content.decode()
        made = MakeGood.objects.get()
        assert "Book it" in client.get(f"/admin/ads/makegood/{made.pk}/change/").content.decode()
        assert client.post(f"/admin/ads/makegood/{made.pk}/move/book/", {"note": "sorry"}).status_code == 302
    made.refresh_from_db()
    assert (made.status, made.note) == ("booked", "sorry")


def test_a_make_good_needs_the_permission(client):
    client.force_login(factories.user("Editor"))
    booking = line()
    made = MakeGood.objects.create(booking=booking, impressions=5, first_day=FIRST, last_day=LAST, prepared_at=NOON)
    assert client.post(f"/admin/ads/makegood/{made.pk}/move/book/").status_code == 403
