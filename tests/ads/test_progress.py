"""Facts move a deal on, once, whoever looks first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from ads import artwork, deals, make_goods, materials, progress, promises, quoting, sales
from ads.models import AdRequest, Creative, MakeGood, Position, QuoteLine, SponsoredPost
from ads.models.booking import midnight
from ads.next_step import Turn, next_step
from tests import factories

pytestmark = pytest.mark.django_db

Status = AdRequest.Status


def hang(deal: AdRequest, *, at) -> None:
    for booking in deal.bookings.all():
        art = artwork.check(booking.position, factories.jpeg(*booking.position.size))
        artwork.hang(booking, art, alt="Bread", click_url="https://firm.example/", at=at)


def post_deal(*, at) -> AdRequest:
    """A paid deal for one press release that the client writes."""
    wish = sales.Wish(product=factories.product(), written_by="client")
    quote = factories.quote(factories.ad_request([wish], at=at), at=at)
    quoting.accept(quote, name="Ada Example", at=at)
    AdRequest.objects.filter(pk=quote.request_id).update(status=Status.PAID)
    return AdRequest.objects.get(pk=quote.request_id)


def publish(deal: AdRequest, *, at) -> SponsoredPost:
    story = factories.article(kind="press-release", sponsor_name=deal.company, at=at)
    line = QuoteLine.objects.get(quote__request=deal, kind="post")
    SponsoredPost.objects.filter(article=story).update(line=line, advertiser=deal.advertiser)
    return SponsoredPost.objects.get(article=story)


def status(deal: AdRequest) -> str:
    deal.refresh_from_db()
    return deal.status


def test_a_paid_deal_waits_for_its_artwork_then_runs_and_is_delivered(run_jobs):
    at = timezone.now()
    deal = factories.deal("paid", at=at)
    booking = deal.bookings.get()
    assert progress.advance_due(at) == 0
    hang(deal, at=at)
    assert (progress.advance_due(at), progress.advance_due(at), status(deal)) == (1, 0, Status.SCHEDULED)
    assert (progress.advance_due(booking.starts_at), status(deal)) == (1, Status.LIVE)
    assert (progress.advance_due(booking.ends_at - timedelta(seconds=1)), status(deal)) == (0, Status.LIVE)
    assert (progress.advance_due(booking.ends_at), status(deal)) == (1, Status.DELIVERED)
    assert [move.to_status for move in deal.moves.order_by("pk")][-3:] == ["scheduled", "live", "delivered"]
    run_jobs()
    ours = [m.subject for m in mail.outbox if m.subject.startswith(f"[{deal.reference}]")]
    assert [subject.partition("] ")[2] for subject in ours if m_is_progress(subject)] == [
        "Everything is ready",
        "It is live",
        "Everything has been delivered",
    ]


def m_is_progress(subject: str) -> bool:
    return any(str(words) in subject for words, _template in progress.MAILS.values())


def test_artwork_that_waits_for_review_schedules_nothing():
    at = timezone.now()
    deal = factories.deal("paid", at=at)
    hang(deal, at=at)
    Creative.objects.update(status="waiting")
    assert progress.advance(deal, at=at) == []
    assert [(str(gap.text), gap.is_theirs) for gap in progress.missing(deal, at=at)] == [
        ("Artwork for Medium rectangle waits for our review.", False)
    ]
    Creative.objects.update(status="refused", refusal="Blurred")
    assert [gap.is_theirs for gap in progress.missing(deal, at=at)] == [True]


def test_a_post_moves_its_deal_when_it_is_scheduled_and_when_readers_have_it():
    at = timezone.now()
    deal = post_deal(at=at)
    assert [str(gap) for gap in progress.missing(deal, at=at)] == ["Press release: your text is missing."]
    publish(deal, at=at + timedelta(hours=1))
    assert (progress.advance(deal, at=at), status(deal)) == ([Status.SCHEDULED], Status.SCHEDULED)
    later = at + timedelta(hours=2)
    assert progress.advance(deal, at=later) == [Status.LIVE]
    assert progress.advance(deal, at=later) == []  # the mentions that the post includes are not proven
    promises.make_due(later)
    by = factories.user("Ad manager")
    first, *rest = promises.of(deal)
    promises.keep(first, channel="Friday newsletter", note="Issue 12", by=by, at=later)
    assert progress.advance(deal, at=later) == []
    for promise in rest:
        promises.keep(promise, channel="Social", link="https://social.example/1", by=by, at=later)
    assert rest
    assert progress.advance(deal, at=later) == [Status.DELIVERED]


def test_a_word_file_that_is_here_is_not_asked_for_again():
    at = timezone.now()
    deal = post_deal(at=at)
    materials.keep(materials.new(deal, b"words", name="release.docx", format="DOCX"), b"words", [])
    gap = progress.missing(deal, at=at)[0]
    assert (gap.text, gap.is_theirs) == ("Press release: your Word file is here; we make the page of it.", False)


def test_a_draft_of_the_post_is_missing_at_our_side():
    at = timezone.now()
    deal = post_deal(at=at)
    draft = factories.draft(kind="press-release", sponsor_name="Firm")
    SponsoredPost.objects.create(article=draft, item=deal.items.get(), advertiser=deal.advertiser)
    gap = progress.missing(deal, at=at)[0]
    assert (gap.text, gap.is_theirs) == ("Press release: the story is not scheduled yet.", False)


def test_what_no_fact_proves_is_delivered_by_a_person_with_a_note():
    at = timezone.now()
    deal = post_deal(at=at)
    quote = deal.quotes.get()
    QuoteLine.objects.create(quote=quote, kind="newsletter", quantity=1, unit_price=20, description="Newsletter")
    publish(deal, at=at)
    assert progress.advance(deal, at=at) == [Status.SCHEDULED, Status.LIVE]
    deal.refresh_from_db()
    progress.put(deal, Status.DELIVERED, by=factories.user("Ad manager"), at=at, note="Sent with issue 12")
    assert deal.moves.first().note == "Sent with issue 12"


def test_an_unpaid_deal_is_neither_moved_nor_put_anywhere():
    at = timezone.now()
    deal = factories.deal("invoiced", at=at)
    hang(deal, at=at)
    assert progress.advance_due(at) == 0
    with pytest.raises(deals.IllegalMove, match="not paid"):
        progress.put(deal, Status.SCHEDULED, by=factories.user("Publisher"), at=at, note="They promised")


@pytest.mark.parametrize("count", [1, 12])
def test_a_round_takes_as_many_queries_for_many_deals_as_for_one(count, django_assert_num_queries):
    at = timezone.now()
    for number in range(count):
        factories.deal("paid", at=at + timedelta(days=7 * number))
    with django_assert_num_queries(10):
        assert progress.advance_due(at) == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_eight_workers_move_a_deal_once(at_once):
    at = timezone.now()
    deal = factories.deal("paid", at=at)
    hang(deal, at=at)
    before = deal.moves.count()
    assert at_once(8, lambda: progress.advance_due(at)) == []
    assert (status(deal), deal.moves.count()) == (Status.SCHEDULED, before + 1)


def test_what_never_had_artwork_is_not_called_delivered():
    at = timezone.now()
    deal = factories.deal("live", at=at)
    assert progress.advance(deal, at=deal.bookings.get().ends_at + timedelta(days=1)) == []


FIRST = date(2026, 12, 1)
LAST = date(2026, 12, 10)
OVER = midnight(LAST + timedelta(days=1))


def ran(*, shown: int, began: date = FIRST, **fields) -> AdRequest:
    """A live deal for one line of the first ten days of December, counted since a day."""
    factories.day_counts(began)
    deal = factories.deal("live")
    booking = deal.bookings.get()
    deal.bookings.update(**{"first_day": FIRST, "last_day": LAST, "impressions": 28_000, "share": 0} | fields)
    hang(deal, at=timezone.now())
    if shown:
        factories.day_counts(LAST, shown=shown, line=booking.pk, position=booking.position_id)
    return deal


BY_SHARE = {"impressions": None, "share": 100}


@pytest.mark.parametrize(
    ("fields", "is_delivered"),
    [
        ({"shown": 900}, False),
        ({"shown": 27_999}, False),
        ({"shown": 28_000}, True),
        ({"shown": 0, "paused_at": OVER - timedelta(days=30)}, False),
        ({"shown": 0} | BY_SHARE, False),
        ({"shown": 1} | BY_SHARE, True),
        # Before counting began there are no figures, which is not nought.
        ({"shown": 900, "began": FIRST + timedelta(days=1)}, True),
        ({"shown": 0, "began": LAST + timedelta(days=1)} | BY_SHARE, True),
    ],
)
def test_what_was_counted_is_delivered_when_it_was_shown(fields, is_delivered):
    deal = ran(**fields)
    assert progress.advance_due(OVER - timedelta(seconds=1)) == 0
    assert (progress.advance_due(OVER), status(deal)) == (int(is_delivered), "delivered" if is_delivered else "live")


def test_what_ended_short_waits_for_somebody_and_says_what_is_missing(client):
    deal = ran(shown=900)
    step = next_step(deal, OVER)
    assert step.turn == Turn.OURS
    assert step.details == ("Medium rectangle: 900 of 28,000 impressions were shown.",)
    with time_machine.travel(OVER, tick=False):
        client.force_login(factories.user("Ad manager"))
        page = client.get(f"/admin/ads/adrequest/{deal.pk}/change/").content.decode()
        assert "Medium rectangle: 900 of 28,000 impressions were shown." in page
        assert 'href="/admin/ads/makegood/">Make it good' in page


def test_who_closes_what_ended_short_by_hand_tells_nobody_that_all_was_delivered(run_jobs):
    deal = ran(shown=900)
    progress.put(deal, Status.DELIVERED, by=factories.user("Ad manager"), at=OVER, note="They got money back")
    run_jobs()
    letter = mail.outbox[-1]
    assert letter.subject == f"[{deal.reference}] It has ended"
    assert "- Medium rectangle: 900 of 28,000 impressions were shown." in letter.body
    assert "less was shown" in next_step(deal, OVER).text


def made_good(deal: AdRequest, **fields) -> MakeGood:
    days = {"first_day": LAST + timedelta(days=1), "last_day": LAST + timedelta(days=2)}
    booking = deal.bookings.order_by("pk").first()
    return MakeGood.objects.create(booking=booking, impressions=100, prepared_at=OVER, **days | fields)


def test_a_make_good_that_ran_makes_its_line_delivered_and_one_that_did_not_does_not(run_jobs):
    deal = ran(shown=27_900)
    Position.objects.update(weekly_impressions=700_000)
    made = make_goods.book(made_good(deal), by=None, at=OVER - timedelta(hours=1))
    assert (progress.advance_due(OVER), progress.advance_due(made.ends_at), status(deal)) == (0, 0, "live")
    factories.day_counts(made.last_day, shown=100, line=made.pk, position=made.position_id)
    assert (progress.advance_due(made.ends_at), status(deal)) == (1, "delivered")
    run_jobs()
    assert mail.outbox[-1].subject.endswith("Everything has been delivered")


def test_a_make_good_that_a_person_dismissed_lets_the_deal_go_and_one_that_time_did_not():
    deal = ran(shown=27_000)
    make_goods.dismiss(made_good(deal), by=None, at=OVER)
    assert progress.advance_due(OVER) == 0
    make_goods.dismiss(made_good(deal), by=factories.user("Ad manager"), at=OVER, note="A refund")
    assert (progress.advance_due(OVER), status(deal)) == (1, "delivered")


def test_artwork_that_came_with_the_request_is_not_asked_for_again(client):
    at = timezone.now()
    deal = factories.deal("paid", at=at)
    booking = deal.bookings.get()
    item = deal.items.get(position=booking.position)
    materials.keep(materials.new(deal, b"art", name="art.jpg", format="JPEG", item=item), b"art", [])
    gap = progress.missing(deal, at=at)[0]
    name = booking.position.name
    assert (gap.text, gap.is_theirs) == (f"Artwork for {name} came with the request; we look at it.", False)
    page = client.get(f"/partners/deal/{factories.deal_token(deal)}/").content.decode()
    assert "sent with it: <bdi>art.jpg</bdi>" in page
