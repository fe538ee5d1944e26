"""The panels of the ad desk on Today."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from ads.models import AdRequest, Booking, Creative, Quote, RequestMove
from newsroom import today_desk
from tests import factories

pytestmark = pytest.mark.django_db


def titles(panel) -> list[str]:
    return [row.title for row in panel.rows]


def test_a_person_sees_their_own_next_actions_what_is_due_first_on_top():
    at, seller = timezone.now(), factories.user("Ad manager")
    day = timezone.localdate(at)
    request = factories.ad_request()
    factories.next_action("Later", owner=seller, due_on=day + timedelta(days=1), request=request)
    factories.next_action("Late", owner=seller, due_on=day - timedelta(days=1), advertiser=factories.advertiser())
    factories.next_action("Canary", owner=factories.user("Ad manager"), request=request)
    panel = today_desk.next_actions(seller, at=at)
    assert [(row.title, row.tone) for row in panel.rows] == [("Late", "overdue"), ("Later", "green")]
    assert panel.rows[1].url == f"/admin/ads/adrequest/{request.pk}/change/#next-actions"


def test_quotes_that_expire_within_three_days():
    at = timezone.now()
    quote = factories.quote(at=at)
    assert titles(today_desk.expiring_quotes(None, at=at)) == []
    Quote.objects.update(valid_until=at + timedelta(days=2))
    panel = today_desk.expiring_quotes(None, at=at)
    assert [(row.title, row.about) for row in panel.rows] == [(quote.request.company, quote.number)]
    Quote.objects.update(status="withdrawn")
    assert titles(today_desk.expiring_quotes(None, at=at)) == []


def test_artwork_that_waits_and_bookings_that_start_without_any():
    at = timezone.now()
    booking = factories.booking()
    assert titles(today_desk.without_artwork(None, at=at)) == []
    Creative.objects.update(status="waiting")
    assert titles(today_desk.artwork_to_review(None, at=at)) == [booking.advertiser.company]
    assert [(r.title, r.state) for r in today_desk.without_artwork(None, at=at).rows] == [
        (booking.advertiser.company, "Starts today")
    ]
    later = timezone.localdate(at) + timedelta(days=4)
    Booking.objects.update(first_day=later, last_day=later)
    assert titles(today_desk.without_artwork(None, at=at)) == []
    Booking.objects.update(status="cancelled")
    assert titles(today_desk.artwork_to_review(None, at=at)) == []


def test_what_was_agreed_and_stands_still_for_seven_days():
    at = timezone.now()
    deal = factories.deal()
    assert titles(today_desk.standing_still(None, at=at)) == []
    RequestMove.objects.update(at=at - timedelta(days=8))
    assert titles(today_desk.standing_still(None, at=at)) == [deal.company]
    AdRequest.objects.update(status="scheduled")
    assert titles(today_desk.standing_still(None, at=at)) == []


def test_a_booking_that_ends_soon_leads_to_its_deal_and_says_whether_renewal_was_offered():
    at = timezone.now()
    deal = factories.deal("live")
    panel = today_desk.expiring_bookings(None, at=at)
    assert [(row.url, row.state) for row in panel.rows] == [(f"/admin/ads/adrequest/{deal.pk}/change/", "")]
    AdRequest.objects.update(renewal_offered_at=at)
    assert [row.state for row in today_desk.expiring_bookings(None, at=at).rows] == ["Renewal offered"]
