"""Renewal offers: once, in time, and not to those who do not want one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from ads import deals, renewing
from ads.models import AdRequest, Booking
from tests import factories

pytestmark = pytest.mark.django_db


def ending(days: int, *, weeks: int = 4, **fields) -> AdRequest:
    """A deal whose last booking ends in so many days."""
    deal = factories.deal("live")
    last = timezone.localdate() + timedelta(days=days)
    Booking.objects.filter(request=deal).update(last_day=last, first_day=last - timedelta(weeks=weeks))
    AdRequest.objects.filter(pk=deal.pk).update(**fields)
    deal.refresh_from_db()
    return deal


def test_who_ends_within_fourteen_days_gets_one_mail_with_the_way_to_renew(run_jobs):
    at = timezone.now()
    deal = ending(14)
    assert [renewing.offer_due(at) for _n in range(2)] == [1, 0]
    assert renewing.offer_due(at + timedelta(days=13)) == 0
    run_jobs()
    sent = [message for message in mail.outbox if "Shall it run on?" in message.subject]
    assert [message.to for message in sent] == [[deal.email]]
    assert sent[0].subject == f"[{deal.reference}] Shall it run on?"
    assert f"/partners/deal/{factories.deal_token(deal)}/#renew" in sent[0].body


@pytest.mark.parametrize("case", ["far", "fresh", "renewed", "unwanted", "cancelled", "over", "spam", "never"])
def test_nobody_else_is_mailed(case, settings):
    at = timezone.now()
    deal = ending({"far": 15, "over": -1}.get(case, 5), weeks=0 if case == "fresh" else 4)
    if case == "fresh":  # begins tomorrow
        day = timezone.localdate() + timedelta(days=1)
        Booking.objects.update(first_day=day, last_day=day + timedelta(days=6))
    if case == "renewed":
        AdRequest.objects.filter(pk=factories.ad_request().pk).update(renews=deal)
    if case == "unwanted":
        deal.advertiser.no_reminders = True
        deal.advertiser.save()
    if case == "cancelled":
        Booking.objects.update(status="cancelled")
        AdRequest.objects.filter(pk=deal.pk).update(status="cancelled")
    if case == "spam":
        AdRequest.objects.filter(pk=deal.pk).update(suspected="too fast")
    if case == "never":
        settings.RENEWAL_DAYS = 0
    assert renewing.offer_due(at) == 0


def test_the_last_booking_counts_not_the_first():
    deal = ending(5)
    other = factories.booking("rail-336x280", advertiser=deal.advertiser)
    later = timezone.localdate() + timedelta(days=40)
    Booking.objects.filter(pk=other.pk).update(request=deal, first_day=later, last_day=later)
    assert renewing.offer_due(timezone.now()) == 0
    deals.stop_booking(other, by=None, at=timezone.now())
    assert renewing.offer_due(timezone.now()) == 1
