from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ads import conversation, deals, holds, ledger, letters, links, quoting
from ads.models import AdRequest, Booking, DealLink, Hold, PositionDay, Quote, QuoteLine
from tests import factories

pytestmark = pytest.mark.django_db

Status = AdRequest.Status


@pytest.mark.parametrize("origin", Status)
@pytest.mark.parametrize("target", Status)
def test_every_pair_of_statuses_moves_only_as_the_table_says(origin, target):
    request = factories.ad_request()
    AdRequest.objects.filter(pk=request.pk).update(status=origin)
    request.refresh_from_db()
    if target in AdRequest.MOVES[origin]:
        deals.move(request, target, by=None, at=timezone.now(), note="why")
        row = request.moves.first()
        assert (row.from_status, row.to_status, row.note) == (origin, target, "why")
    else:
        with pytest.raises(deals.IllegalMove):
            deals.move(request, target, by=None, at=timezone.now())
        assert request.moves.count() == 1
    request.refresh_from_db()
    assert request.status == (target if target in AdRequest.MOVES[origin] else origin)


def test_a_deal_that_moved_meanwhile_is_not_moved_again():
    first = factories.ad_request()
    second = AdRequest.objects.get(pk=first.pk)
    deals.decline(first, by=None, at=timezone.now())
    with pytest.raises(deals.IllegalMove, match="Reload the page"):
        deals.decline(second, by=None, at=timezone.now())


def test_the_clock_stands_while_we_wait_and_starts_when_they_write():
    at = timezone.now()
    request = factories.ad_request(at=at - timedelta(hours=40))
    deals.answer(request, by=None, at=at)
    assert request.time_left(at) is None
    conversation.hear(request, "And in May?", name="Ada", via="page", at=at)
    conversation.hear(request, "Or in June?", name="Ada", via="page", at=at + timedelta(hours=1))
    request.refresh_from_db()
    assert request.time_left(at) == timedelta(hours=48)
    assert request.turns.count() == 2


def test_an_accepted_quote_books_what_it_held_and_a_second_click_books_nothing():
    at = timezone.now()
    quote = factories.quote(at=at)
    request = quote.request
    assert (request.status, Hold.objects.get().state) == (Status.QUOTED, Hold.State.HELD)
    assert set(PositionDay.objects.values_list("used", "held")) == {(100, 100)}
    assert [quoting.accept(quote, name="Ada Example", at=at) for _ in range(2)] == [True, False]
    booking = Booking.objects.get()
    assert (booking.line, booking.price) == (quote.lines.get(), quote.lines.get().net)
    assert set(PositionDay.objects.values_list("used", "held")) == {(100, 0)}
    request.refresh_from_db()
    assert request.status == Status.ACCEPTED


def test_what_an_expired_quote_held_is_free_again_and_cannot_be_accepted():
    at = timezone.now()
    quote = factories.quote(at=at)
    later = at + timedelta(days=30)
    with pytest.raises(quoting.QuoteRefused, match="not open any more"):
        quoting.accept(quote, name="Ada", at=later)
    assert (quoting.expire_due(later), quoting.expire_due(later), holds.expire_due(later)) == (1, 0, 0)
    assert set(PositionDay.objects.values_list("used", "held")) == {(0, 0)}
    assert Quote.objects.get().status == Quote.Status.EXPIRED
    assert AdRequest.objects.get().status == Status.EXPIRED


def test_a_quote_for_what_somebody_else_holds_is_not_sent_and_nothing_moves():
    at = timezone.now()
    taken = factories.quote(at=at)
    other = factories.draft_quote(at=at)
    with pytest.raises(ledger.SoldOut):
        quoting.send(other, by=None, at=at)
    other.refresh_from_db()
    assert (other.status, other.request.status) == (Quote.Status.DRAFT, Status.RECEIVED)
    quoting.send(other, by=None, at=taken.valid_until)  # the first one's time is up, worker or not
    assert other.request.quotes.get().status == Quote.Status.SENT


def test_a_new_version_replaces_the_open_one_and_takes_over_what_it_held():
    at = timezone.now()
    first = factories.quote(at=at)
    second = quoting.begin(first.request, by=None, at=at)
    quoting.send(second, by=None, at=at)
    first.refresh_from_db()
    assert (first.status, second.version) == (Quote.Status.SUPERSEDED, 2)
    assert set(PositionDay.objects.values_list("used", "held")) == {(100, 100)}


def test_a_cancelled_deal_gives_back_its_days():
    at = timezone.now()
    quote = factories.quote(at=at)
    quoting.accept(quote, name="Ada", at=at)
    request = AdRequest.objects.get()
    deals.cancel(request, by=None, at=at, note="changed their mind")
    assert set(PositionDay.objects.values_list("used", flat=True)) == {0}
    assert Booking.objects.get().status == Booking.Status.CANCELLED


def test_the_queue_never_holds_a_token_and_the_mail_does(run_jobs, client):
    quote = factories.quote()
    link = DealLink.objects.get()
    address = links.address(link.key)
    token = address.rstrip("/").rpartition("/")[2]
    assert not [row for row in DBTaskResult.objects.all() if token in str(row.args_kwargs)]
    run_jobs()
    sent = next(m for m in mail.outbox if quote.number in m.body)
    assert address in sent.body
    assert client.get(f"/partners/deal/{token}/").status_code == 200
    links.revoke(link, by=None, at=timezone.now())
    closed = client.get(f"/partners/deal/{token}/")
    assert (closed.status_code, closed["Referrer-Policy"], closed["Cache-Control"]) == (
        404,
        "no-referrer",
        "private, no-store",
    )


def test_the_price_of_a_line_is_rounded_once():
    line = QuoteLine(quantity="3", unit_price="33.33", discount_percent="12.50")
    line.clean_fields(exclude=["quote", "kind"])
    assert str(line.net) == "87.49"


def test_days_of_a_draft_come_from_the_request():
    request = factories.ad_request(first_day=date(2027, 1, 4), last_day=date(2027, 1, 17))
    line = quoting.begin(request, by=None, at=timezone.now()).lines.get()
    assert (line.quantity, line.share, line.first_day) == (2, 100, date(2027, 1, 4))


def test_an_open_offer_is_withdrawn_and_not_reopened_around():
    quote = factories.quote()
    with pytest.raises(deals.IllegalMove, match="withdrawing"):
        deals.reopen(quote.request, by=None, at=timezone.now())
    assert quoting.accept(quote, name="Ada", at=timezone.now())


def test_one_offer_that_cannot_expire_keeps_no_other_from_expiring():
    at = timezone.now()
    far = timezone.localdate(at) + timedelta(days=300)
    broken = factories.quote(at=at)
    later = factories.quote(factories.ad_request(first_day=far, last_day=far), at=at)
    PositionDay.objects.filter(day__lt=far).update(used=0, held=0)
    assert quoting.expire_due(at + timedelta(days=30)) == 1
    broken.refresh_from_db()
    later.refresh_from_db()
    assert (broken.status, later.status) == (Quote.Status.SENT, Quote.Status.EXPIRED)


def test_a_place_that_a_stranger_wrote_is_not_filled(run_jobs):
    quote = factories.quote()
    link = DealLink.objects.get()
    real = links.placeholder(link)
    run_jobs()
    mail.outbox.clear()
    for text in (real, f"[[{links.PLACE}:{link.key}]]"):
        letters.to_desk(quote.request, "Hello", "message_for_desk", {"text": text, "name": "Ada"})
    run_jobs()
    assert not [m for m in mail.outbox if "/partners/deal/" in m.body]
