"""An offer when several people act on it at the same moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from ads import deals, ledger, quoting
from ads.models import AdRequest, Booking, Hold, Position, PositionDay, Quote
from tests import factories

Status = Quote.Status


def used(position: Position | None = None) -> set[tuple[int, int]]:
    days = PositionDay.objects.filter(position=position or factories.position(), used__gt=0)
    return set(days.values_list("used", "held"))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestAtTheSameMoment:
    def consistent(self) -> tuple[str, str]:
        """How a deal with one week on offer came out; the ledger must tell the same story."""
        request = AdRequest.objects.get()
        quote = request.quotes.get(version=1)
        held = Hold.objects.filter(state=Hold.State.HELD).count()
        booked = Booking.objects.filter(status=Booking.Status.BOOKED).count()
        open_quotes = request.quotes.filter(status=Status.SENT).count()
        accepted = request.quotes.filter(status=Status.ACCEPTED).count()
        assert accepted + open_quotes <= 1
        assert (booked, held) == (accepted, open_quotes)
        assert used() == ({(100, 0)} if accepted else {(100, 100)} if open_quotes else set())
        expected = {
            (1, 0): "accepted",
            (0, 1): "quoted",
            (0, 0): "expired" if quote.status == Status.EXPIRED else "in-talks",
        }
        assert request.status == expected[accepted, open_quotes]
        return quote.status, request.status

    def test_ten_clicks_on_accept_book_once(self, at_once, run_jobs):
        quote = factories.quote()
        answers = []
        at = timezone.now()
        errors = at_once(10, lambda: answers.append(quoting.accept(Quote.objects.get(pk=quote.pk), name="Ada", at=at)))
        assert errors == []
        assert sorted(answers) == [False] * 9 + [True]
        assert self.consistent() == ("accepted", "accepted")
        run_jobs()
        assert len([m for m in mail.outbox if "it is agreed" in m.subject]) == 1

    @pytest.mark.parametrize("others", ["expire", "withdraw", "new version", "all"])
    def test_accepting_and_its_opposite_have_exactly_one_outcome(self, at_once, others):
        at = timezone.now()
        quote = factories.quote(at=at)
        newer = quoting.begin(quote.request, by=None, at=at)
        before = quote.valid_until - timedelta(seconds=1)

        def fresh(pk: int) -> Quote:
            return Quote.objects.select_related("request").get(pk=pk)

        acts = {
            "accept": lambda: quoting.accept(fresh(quote.pk), name="Ada", at=before),
            "expire": lambda: quoting.expire_due(quote.valid_until),
            "withdraw": lambda: quoting.withdraw(fresh(quote.pk), by=None, at=before),
            "new version": lambda: quoting.send(fresh(newer.pk), by=None, at=at),
        }
        wanted = list(acts) if others == "all" else ["accept", others]
        queue = iter(wanted * 2)
        errors = at_once(len(wanted) * 2, lambda: acts[next(queue)]())
        known = (quoting.QuoteRefused, deals.IllegalMove, ledger.SoldOut)
        assert [error for error in errors if not isinstance(error, known)] == []
        first, _request = self.consistent()
        assert first in ("accepted", "expired", "withdrawn", "superseded")
