"""What comes next: for every status a sentence, whose turn it is, and until when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from ads import artwork, billing, clock, deals, timeline
from ads.models import AdRequest, Creative
from ads.next_step import Turn, next_step
from tests import factories

pytestmark = pytest.mark.django_db

Status = AdRequest.Status

TURNS = {
    Status.RECEIVED: Turn.OURS,
    Status.IN_TALKS: Turn.THEIRS,
    Status.QUOTED: Turn.THEIRS,
    Status.EXPIRED: Turn.THEIRS,
    Status.ACCEPTED: Turn.OURS,
    Status.INVOICED: Turn.THEIRS,
    Status.PAID: Turn.THEIRS,
    Status.SCHEDULED: Turn.THEIRS,  # on credit, and its artwork is missing
    Status.LIVE: Turn.NOBODY,
    Status.DELIVERED: Turn.NOBODY,
    Status.CLOSED: Turn.NOBODY,
    Status.DECLINED: Turn.NOBODY,
    Status.CANCELLED: Turn.NOBODY,
}


def deal_in(status: str, at) -> AdRequest:
    if status in (Status.RECEIVED, Status.IN_TALKS, Status.QUOTED):
        request = factories.quote(at=at).request if status == Status.QUOTED else factories.ad_request(at=at)
        if status == Status.IN_TALKS:
            deals.answer(request, by=None, at=at)
        request.refresh_from_db()
        return request
    return factories.deal(status, at=at)


@pytest.mark.parametrize("status", Status)
def test_every_status_says_what_comes_next_and_whose_turn_it_is(status):
    at = timezone.now()
    step = next_step(deal_in(status, at), at)
    assert step.turn == TURNS[status]
    assert step.text.endswith((".", "!"))
    with translation.override("ar"):
        arabic = next_step(AdRequest.objects.get(), at)
    assert arabic.text != step.text
    assert str(arabic.turn.label) != str(step.turn.value)


def test_a_request_is_answered_within_48_hours():
    at = timezone.now()
    assert next_step(deal_in(Status.RECEIVED, at), at).until == at + timedelta(hours=48)


def test_an_open_offer_waits_until_it_expires_and_then_is_said_to_have_expired():
    at = timezone.now()
    request = deal_in(Status.QUOTED, at)
    until = request.quotes.get().valid_until
    assert next_step(request, at).until == until
    assert "expired" in next_step(request, until).text


def test_who_asks_during_an_offer_reads_both_ends():
    at = timezone.now()
    request = deal_in(Status.QUOTED, at)
    clock.start(request, at=at)
    step = next_step(request, at)
    assert (step.turn, step.until, step.answer_due) == (
        Turn.THEIRS,
        request.quotes.get().valid_until,
        at + timedelta(hours=48),
    )


def test_a_late_answer_is_owned_up_to():
    at = timezone.now()
    request = deal_in(Status.RECEIVED, at - timedelta(hours=50))
    assert "late" in next_step(request, at).text


def test_a_paid_deal_asks_for_its_artwork_until_two_days_before_it_begins():
    at = timezone.now()
    deal = deal_in(Status.PAID, at)
    booking = deal.bookings.get()
    step = next_step(deal, at)
    assert step.until == booking.first_day - timedelta(days=2)
    assert step.details[0].startswith(f"Artwork for {booking.position.name} is missing. Needed by ")
    Creative.objects.create(
        booking=booking,
        version=1,
        status="waiting",
        format="JPEG",
        bytes=1,
        alt="Bread",
        click_url="https://firm.example",
        created_at=at,
    )
    assert next_step(deal, at).turn == Turn.OURS
    assert "waits for our review" in next_step(deal, at).details[0]


def test_a_running_deal_says_until_when():
    at = timezone.now()
    scheduled = deal_in(Status.SCHEDULED, at)
    booking = scheduled.bookings.get()
    art = artwork.check(booking.position, factories.jpeg(*booking.position.size))
    artwork.hang(booking, art, alt="Bread", click_url="https://firm.example/", at=at)
    assert next_step(scheduled, at).until == booking.first_day
    AdRequest.objects.update(status=Status.LIVE)
    scheduled.refresh_from_db()
    assert next_step(scheduled, at).until == booking.last_day


def reached(deal: AdRequest) -> list[bool]:
    return [step.is_reached for step in timeline.steps(deal)]


@pytest.mark.parametrize(
    ("status", "count"),
    [("accepted", 3), ("invoiced", 3), ("paid", 4), ("delivered", 3)],
)
def test_the_timeline_follows_the_status(status, count):
    deal = factories.deal(status)
    assert reached(deal)[:count] == [True] * count
    assert sum(step.is_current for step in timeline.steps(deal)) == 1


def test_a_payment_that_came_after_the_beginning_is_known_to_the_timeline():
    at = timezone.now()
    invoice = factories.invoice()
    billing.grant_credit(invoice.request, by=None, at=at, note="Known for years")
    assert timeline.steps(invoice.request)[3].at is None
    billing.pay(invoice, amount=invoice.total, paid_on=timezone.localdate(at), by=None, at=at)
    assert timeline.steps(invoice.request)[3].at == timezone.localdate(at)


def test_on_credit_a_live_deal_is_not_called_paid():
    assert reached(factories.deal("live")) == [True, True, True, False, True, False]


@pytest.mark.parametrize(("status", "words"), [("declined", "Declined"), ("cancelled", "Cancelled"), ("paid", "")])
def test_where_a_deal_left_the_way_is_said_in_words(status, words):
    assert str(timeline.left_the_way(factories.deal(status))) == words
