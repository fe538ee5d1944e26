"""A deal from the request form to its renewal, through the doors that people use."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from ads import artwork, deals, progress, quoting, rounds
from ads.models import AdRequest
from tests import factories
from tests.ads.test_partners import filled

pytestmark = pytest.mark.django_db


def link_in(letter) -> str:
    return re.search(r"/partners/deal/[\w-]{43}/", letter.body)[0]


def newest(reference: str, to: str):
    return next(m for m in reversed(mail.outbox) if m.to == [to] and f"[{reference}]" in m.subject)


def test_from_the_request_form_to_the_renewal(client, guest, run_jobs):
    seller, advertiser = factories.user("Ad manager"), "ada@mills.example"
    client.force_login(seller)

    # Somebody asks; the receipt names the reference, and the clock runs.
    first = timezone.localdate() + timedelta(days=7)
    days = {"first_day": first.isoformat(), "last_day": (first + timedelta(days=6)).isoformat()}
    receipt = guest.post("/partners/request/", filled(email=advertiser, **days))
    deal = AdRequest.objects.get()
    assert deal.reference in receipt["Location"]
    assert deal.time_left(timezone.now()) > timedelta(hours=47)

    # The desk answers; the mail brings the private page, where a question goes back and is answered.
    client.post(f"/admin/ads/adrequest/{deal.pk}/write/", {"text": "One week, as you wrote?"})
    run_jobs()
    page = link_in(newest(deal.reference, advertiser))
    assert "One week, as you wrote?" in guest.get(page).content.decode()
    guest.post(f"{page}ask/", {"text": "Yes, please."})
    deal.refresh_from_db()
    assert (deal.status, deal.answer_due_at is None) == ("in-talks", False)

    # The offer holds the week; a yes books it.
    quote = quoting.begin(deal, by=seller, at=timezone.now())
    quoting.send(quote, by=seller, at=timezone.now())
    assert "Read our offer" in guest.get(page).content.decode()
    quoting.accept(quote, name="Ada Example", at=timezone.now())
    html = guest.get(page).content.decode()
    assert "It is agreed" in html
    assert "Artwork for Medium rectangle is missing" in html

    # Paid, and the artwork is there: nobody has to press anything from here on.
    deal.refresh_from_db()
    for status in ("invoiced", "paid"):
        deals.move(deal, status, by=seller, at=timezone.now())
    booking = deal.bookings.get()
    art = artwork.check(booking.position, factories.jpeg(*booking.position.size))
    artwork.hang(booking, art, alt="Flour", click_url="https://mills.example/", at=timezone.now())
    rounds.make(timezone.now())
    assert "It begins by itself" in guest.get(page).content.decode()
    for moment, words in ((booking.starts_at, "It is live"), (booking.ends_at, "renew it with one button")):
        with time_machine.travel(moment, tick=False):
            rounds.make(moment)
            assert words in guest.get(page).content.decode()
    run_jobs()
    ours = [m.subject.partition("] ")[2] for m in mail.outbox if m.to == [advertiser]]
    assert ours[-3:] == [str(progress.MAILS[status][0]) for status in ("scheduled", "live", "delivered")]

    # The same again, with one button.
    with time_machine.travel(booking.ends_at, tick=False):
        renewed = guest.post(f"{page}renew/")["Location"]
        assert "We have your renewal" in guest.get(renewed).content.decode()
        client.force_login(seller)
        client.post(f"/admin/ads/adrequest/{deal.pk}/move/close/", {"note": ""})
        deal.refresh_from_db()
        assert (deal.status, deal.renewals.get().status) == ("closed", "received")
        assert "This deal is closed" in guest.get(page).content.decode()
