"""The screen of a request: conversation, moves with what the advertiser hears of them, requests by telephone."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.utils import timezone

from ads import billing, deals
from ads.models import AdRequest, Booking
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(factories.user("Ad manager", username="desk"))
    return client


def screen(desk, deal: AdRequest) -> str:
    response = desk.get(f"/admin/ads/adrequest/{deal.pk}/change/")
    assert response.status_code == 200
    return response.content.decode()


def buttons(desk, deal: AdRequest) -> list[str]:
    return re.findall(rf"/adrequest/{deal.pk}/move/(\w+)/", screen(desk, deal))


def move(desk, deal: AdRequest, name: str, **data):
    return desk.post(f"/admin/ads/adrequest/{deal.pk}/move/{name}/", data, follow=True)


def told(deal: AdRequest) -> list[str]:
    """Subjects of the mails to the advertiser that carry its reference in brackets."""
    return [
        m.subject.partition("] ")[2] for m in mail.outbox if m.to == [deal.email] and f"[{deal.reference}]" in m.subject
    ]


def test_what_the_desk_writes_is_kept_mailed_with_the_link_and_stops_the_clock(desk, run_jobs):
    deal = factories.ad_request()
    desk.post(f"/admin/ads/adrequest/{deal.pk}/write/", {"text": "Which week?"})
    deal.refresh_from_db()
    assert (deal.status, deal.answer_due_at) == ("in-talks", None)
    run_jobs()
    letter = next(m for m in mail.outbox if f"[{deal.reference}]" in m.subject)
    assert "Which week?" in letter.body
    assert f"/partners/deal/{factories.deal_token(deal)}/" in letter.body
    assert "Which week?" in screen(desk, deal)


def test_an_empty_message_is_refused_on_the_screen(desk):
    deal = factories.ad_request()
    response = desk.post(f"/admin/ads/adrequest/{deal.pk}/write/", {"text": " "})
    assert response.status_code == 400
    assert "Write something first." in response.content.decode()
    assert deal.messages.count() == 0


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("received", ["answer", "close", "decline", "cancel"]),
        ("in-talks", ["answer", "close", "decline", "cancel"]),
        ("expired", ["answer", "reopen", "close", "decline", "cancel"]),
        ("accepted", ["answer", "cancel", "issue"]),
        ("paid", ["answer", "scheduled", "cancel"]),
        ("scheduled", ["answer", "live", "cancel"]),
        ("live", ["answer", "delivered", "renew", "cancel"]),
        ("delivered", ["answer", "renew", "close"]),
        ("closed", ["answer", "reopen", "renew"]),
        ("declined", ["answer", "reopen"]),
        ("cancelled", ["answer", "renew"]),
    ],
)
def test_the_buttons_are_the_moves_that_are_open(desk, status, expected):
    deal = factories.ad_request()
    AdRequest.objects.update(status=status)
    assert buttons(desk, deal) == expected


def test_mark_as_answered_is_offered_only_while_the_clock_runs(desk):
    deal = factories.ad_request()
    move(desk, deal, "answer")
    assert "answer" not in buttons(desk, deal)


def test_a_declined_advertiser_reads_why_by_mail_and_on_their_page(desk, client, run_jobs):
    deal = factories.ad_request()
    move(desk, deal, "decline", words="We sell no space for that.", note="gambling")
    run_jobs()
    assert told(deal) == ["We cannot take this on"]
    letter = next(m for m in mail.outbox if "We cannot take this on" in m.subject)
    assert "We sell no space for that." in letter.body
    html = client.get(f"/partners/deal/{factories.deal_token(deal)}/").content.decode()
    assert "We sell no space for that." in html
    assert "gambling" not in html + letter.body


def test_nobody_is_mailed_when_held_spam_is_declined(desk, run_jobs):
    deal = factories.ad_request()
    AdRequest.objects.update(suspected="filled in a hidden field")
    move(desk, deal, "decline")
    run_jobs()
    assert told(deal) == []


def test_a_cancellation_says_before_what_it_takes_along_and_tells_them_after(desk, run_jobs):
    deal = factories.deal()
    html = desk.get(f"/admin/ads/adrequest/{deal.pk}/move/cancel/").content.decode()
    assert "1 booking stops within a minute" in html
    move(desk, deal, "cancel", words="As you asked.")
    run_jobs()
    assert told(deal)[-1] == "Cancelled"
    assert Booking.objects.get().status == "cancelled"


def test_a_deal_is_not_closed_while_its_invoice_is_open(desk):
    invoice = factories.invoice()
    deal, at = invoice.request, timezone.now()
    AdRequest.objects.update(status="delivered")
    assert f"are open on invoice {invoice.number}" in move(desk, deal, "close").content.decode()
    deal.refresh_from_db()
    assert deal.status == "delivered"
    billing.pay(invoice, amount=invoice.total, paid_on=timezone.localdate(at), by=None, at=at)
    move(desk, deal, "close")
    deal.refresh_from_db()
    assert deal.status == "closed"


def test_what_facts_cannot_tell_needs_a_note(desk):
    deal = factories.deal("scheduled")
    move(desk, deal, "live")
    deal.refresh_from_db()
    assert deal.status == "scheduled"
    move(desk, deal, "live", note="Seen in print")
    deal.refresh_from_db()
    assert (deal.status, deal.moves.first().note) == ("live", "Seen in print")


def test_the_screen_says_what_is_missing_and_until_when(desk):
    deal = factories.deal("paid")
    assert "Artwork for Medium rectangle is missing. Needed by" in screen(desk, deal)


def test_a_renewal_by_the_desk_stands_on_both_screens(desk):
    deal = factories.deal("closed")
    move(desk, deal, "renew")
    renewal = deal.renewals.get()
    assert f"/admin/ads/adrequest/{renewal.pk}/change/" in screen(desk, deal)
    assert f"/admin/ads/adrequest/{deal.pk}/change/" in screen(desk, renewal)


def test_an_owner_is_active_staff_who_may_answer(desk):
    factories.user("Reporter", username="reporter")
    factories.user("Ad manager", username="gone", is_active=False)
    publisher = factories.user("Publisher", username="boss")
    deal = factories.ad_request()
    html = screen(desk, deal)
    choices = re.search(r'<select name="owner".*?</select>', html, re.DOTALL)[0]
    assert re.findall(r">(\w+)</option>", choices) == ["boss", "desk"]
    desk.post(f"/admin/ads/adrequest/{deal.pk}/change/", {"owner": publisher.pk, "notes": "Call first"})
    deal.refresh_from_db()
    assert (deal.owner, deal.notes) == (publisher, "Call first")


def told_by_telephone(desk, **changes):
    page = desk.get("/admin/ads/adrequest/add/").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    data = {
        "key": key,
        "name": "Bola Example",
        "email": "bola@mills.example",
        "company": "Teneru Mills",
        "language": "ar",
        "positions": [factories.position().pk],
        "by_us": [factories.product().pk],
        "message": "Called about June",
        "is_confirmed": "on",
    }
    return data | changes


def test_a_request_by_telephone_is_written_down_once_and_confirmed(desk, run_jobs):
    data = told_by_telephone(desk)
    for _n in range(2):
        assert desk.post("/admin/ads/adrequest/add/", data).status_code == 302
    deal = AdRequest.objects.get()
    assert (deal.source, deal.language, deal.reference[:2]) == ("desk", "ar", "R-")
    assert {(str(item.position or ""), item.written_by) for item in deal.items.all()} == {
        (str(factories.position()), ""),
        ("", "newsroom"),
    }
    assert deal.answer_due_at is not None
    run_jobs()
    assert ["bola@mills.example"] in [m.to for m in mail.outbox]


def test_a_request_by_telephone_for_nothing_is_refused(desk):
    response = desk.post("/admin/ads/adrequest/add/", told_by_telephone(desk, positions=[], by_us=[]))
    assert "Choose at least one position or sponsored post." in response.content.decode()
    assert AdRequest.objects.count() == 0


def test_an_agreed_deal_that_is_closed_is_not_talked_over_again(desk):
    deal = factories.deal("closed")
    assert "Begin a renewal instead" in move(desk, deal, "reopen").content.decode()
    request = factories.ad_request()
    deals.decline(request, by=None, at=timezone.now())
    move(desk, request, "reopen")
    request.refresh_from_db()
    assert request.status == "in-talks"
