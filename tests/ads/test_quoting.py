"""Quotes: what a draft holds, what cannot be sent, and what becomes of an offer."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ads import deals, ledger, quote_changes, quoting, rounds, sales
from ads.models import AdRequest, Hold, Position, PositionDay, Quote, QuoteLine
from ads.money import Totals
from tests import factories

Status = Quote.Status


def draft(request: AdRequest | None = None, *lines: QuoteLine, at=None, **fields) -> Quote:
    """A draft with these lines in the place of what the request asks for."""
    made = factories.draft_quote(request, at=at)
    if lines or fields:
        kept = {"language": "en", "currency": "USD", "tax_name": "", "tax_rate": Decimal(0), "words": ""}
        quoting.save(made, kept | fields, lines or _again(made), based_on=made.edits, by=None, at=at or timezone.now())
    return made


def _again(quote: Quote) -> list[QuoteLine]:
    lines = list(quote.lines.all())
    for line in lines:
        line.pk = None
        line._state.adding = True
    return lines


def week(**fields) -> QuoteLine:
    first = fields.pop("first_day", timezone.localdate() + timedelta(days=7))
    values = {
        "kind": "weeks",
        "position": factories.position(),
        "first_day": first,
        "last_day": first + timedelta(days=6),
        "share": 100,
        "unit_price": Decimal("110"),
    }
    return QuoteLine(**values | fields)


def piece(**fields) -> QuoteLine:
    return QuoteLine(**{"kind": "newsletter", "quantity": Decimal(1), "unit_price": Decimal("40")} | fields)


def used(position: Position | None = None) -> set[tuple[int, int]]:
    days = PositionDay.objects.filter(position=position or factories.position(), used__gt=0)
    return set(days.values_list("used", "held"))


@pytest.mark.django_db
@pytest.mark.parametrize("origin", Status)
@pytest.mark.parametrize("target", [Status.SENT, Status.ACCEPTED, Status.SUPERSEDED, Status.EXPIRED, Status.WITHDRAWN])
def test_every_pair_of_statuses_of_a_quote_moves_only_as_the_table_says(origin, target):
    at = timezone.now()
    quote = factories.quote(at=at) if origin != Status.DRAFT else factories.draft_quote(at=at)
    values = {"accepted_at": at, "accepted_by": "Ada"} if origin == Status.ACCEPTED else {}
    Quote.objects.filter(pk=quote.pk).update(status=origin, **values)
    quote.refresh_from_db()
    moved_at = at
    try:
        if target == Status.SENT:
            quoting.send(quote, by=None, at=at)
        elif target == Status.ACCEPTED:
            quoting.accept(quote, name="Ada", at=at)
        elif target == Status.WITHDRAWN:
            verb = quoting.discard if origin == Status.DRAFT else quoting.withdraw
            verb(quote, by=None, at=at)
        elif target == Status.EXPIRED:
            moved_at = at + timedelta(days=60)
            quoting.expire_due(moved_at)
        else:
            quoting.send(quoting.begin(quote.request, by=None, at=at), by=None, at=at)
    except (quoting.QuoteRefused, deals.IllegalMove, ledger.SoldOut):
        pass
    quote.refresh_from_db()
    may = target in Quote.MOVES[origin]
    if target == Status.SUPERSEDED and origin == Status.DRAFT:
        assert quote.status == Status.SENT  # the draft itself is the next version
        return
    assert quote.status == (target if may else origin)


@pytest.mark.django_db
class TestWriting:
    def test_a_draft_begins_with_what_the_request_asks_for(self):
        product = factories.product()
        first = timezone.localdate() + timedelta(days=7)
        request = factories.ad_request(
            [
                sales.Wish(position=factories.position()),
                sales.Wish(product=product, written_by="client"),
            ],
            first_day=first,
            last_day=first + timedelta(days=7),
        )
        lines = quoting.begin(request, by=None, at=timezone.now()).lines.all()
        assert [(line.kind, line.quantity, line.unit_price) for line in lines] == [
            ("weeks", 2, Decimal("110")),
            ("post", 1, Decimal("100")),
        ]

    def test_beginning_again_finds_the_same_draft(self):
        quote = factories.draft_quote()
        assert quoting.begin(quote.request, by=None, at=timezone.now()) == quote

    def test_the_next_version_copies_the_newest_that_was_sent(self):
        quote = draft(
            None, week(share=50, unit_price=Decimal("55")), words="Welcome", tax_name="VAT", tax_rate=Decimal("7.5")
        )
        quoting.send(quote, by=None, at=timezone.now())
        thrown = quoting.begin(quote.request, by=None, at=timezone.now())
        quoting.save(thrown, {"words": "Rubbish"}, [piece()], based_on=0, by=None, at=timezone.now())
        quoting.discard(thrown, by=None, at=timezone.now())
        third = quoting.begin(quote.request, by=None, at=timezone.now())
        line = third.lines.get()
        assert (third.version, third.words, third.tax_name, third.tax_rate) == (3, "Welcome", "VAT", Decimal("7.5"))
        assert (line.share, line.unit_price, line.hold if hasattr(line, "hold") else None) == (50, Decimal("55"), None)

    def test_the_quantity_of_a_position_follows_from_its_days_whatever_was_typed(self):
        first = date(2027, 3, 1)
        lines = [
            week(first_day=first, last_day=first + timedelta(days=7), quantity=Decimal(1)),
            week(kind="impressions", share=None, impressions=12_345, quantity=Decimal(1), unit_price=Decimal("3.50")),
        ]
        quote = draft(None, *lines)
        assert [(line.quantity, line.net) for line in quote.lines.all()] == [
            (Decimal("2.000"), Decimal("220.00")),
            (Decimal("12.345"), Decimal("43.21")),
        ]

    def test_of_two_who_write_the_later_is_told_and_nothing_is_lost(self):
        quote = factories.draft_quote()
        writer = factories.user("Ad manager", username="amina")
        other = Quote.objects.select_related("request").get(pk=quote.pk)
        quoting.save(quote, {"words": "First"}, [piece()], based_on=0, by=writer, at=timezone.now())
        with pytest.raises(quoting.StaleDraft, match="amina saved this draft after you opened it"):
            quoting.save(other, {"words": "Second"}, [], based_on=0, by=None, at=timezone.now())
        quote.refresh_from_db()
        assert (quote.words, quote.lines.count()) == ("First", 1)

    def test_a_sent_version_is_never_written_again(self):
        quote = factories.quote()
        with pytest.raises(quoting.QuoteRefused, match="sent or withdrawn meanwhile"):
            quoting.save(quote, {"words": "Cheaper"}, [], based_on=0, by=None, at=timezone.now())
        assert quote.lines.count() == 1

    def test_a_deal_that_is_agreed_or_over_gets_no_quote(self):
        with pytest.raises(quoting.QuoteRefused, match="agreed already"):
            quoting.begin(factories.deal(), by=None, at=timezone.now())
        request = factories.ad_request()
        deals.decline(request, by=None, at=timezone.now())
        with pytest.raises(quoting.QuoteRefused, match="This deal is “Declined”"):
            quoting.begin(request, by=None, at=timezone.now())

    def test_a_discount_without_a_reason_is_refused_by_the_database(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            draft(None, piece(discount_percent=Decimal(10)))


REFUSALS = {
    "empty": (list, {}, "The quote is empty"),
    "free": (lambda: [piece(unit_price=Decimal(0))], {}, "costs nothing"),
    "past": (lambda: [week(first_day=timezone.localdate() - timedelta(days=1))], {}, "begins in the past"),
    "far": (
        lambda: [week(last_day=timezone.localdate() + timedelta(days=731))],
        {},
        "ends more than two years from now",
    ),
    "currency": (lambda: [week()], {"currency": "EUR"}, "priced in USD and this quote is in EUR"),
    "tax": (lambda: [piece()], {"tax_rate": Decimal("7.5")}, "Name the tax"),
    "expired": (
        lambda: [piece()],
        {"valid_until": timezone.now() - timedelta(minutes=1)},
        "Choose a time to come",
    ),
    "late": (
        lambda: [week()],
        {"valid_until": timezone.now() + timedelta(days=9)},
        "could still be accepted after that",
    ),
}


@pytest.mark.django_db
class TestSending:
    @pytest.mark.parametrize("name", REFUSALS)
    def test_what_cannot_be_sent_is_refused_in_words_and_nothing_moves(self, name):
        lines, fields, sentence = REFUSALS[name]
        quote = draft(factories.ad_request())
        base = {"language": "en", "currency": "USD"}
        quoting.save(quote, base | fields, lines(), based_on=0, by=None, at=timezone.now())
        with pytest.raises(quoting.QuoteRefused, match=sentence):
            quoting.send(quote, by=None, at=timezone.now())
        quote.refresh_from_db()
        assert (quote.status, quote.request.status, Hold.objects.count()) == (Status.DRAFT, "received", 0)

    def test_a_position_that_is_off_sale_and_a_request_held_as_spam_are_refused(self):
        quote = draft(None, week())
        Position.objects.update(is_active=False)
        with pytest.raises(quoting.QuoteRefused, match="not on sale any more"):
            quoting.send(quote, by=None, at=timezone.now())
        Position.objects.update(is_active=True)
        AdRequest.objects.update(suspected="links")
        with pytest.raises(quoting.QuoteRefused, match="held as spam"):
            quoting.send(Quote.objects.select_related("request").get(), by=None, at=timezone.now())

    @pytest.mark.parametrize(
        "line",
        [
            {"discount_percent": Decimal(100), "discount_reason": "A make-good for May"},
            {"unit_price": Decimal(0), "discount_reason": "Part of the package"},
        ],
    )
    def test_what_is_free_for_a_reason_is_sent(self, line):
        quote = draft(None, piece(**line))
        quoting.send(quote, by=None, at=timezone.now())
        assert quote.totals() == Totals(Decimal("0.00"), Decimal("0.00"))

    def test_an_offer_does_not_outlast_the_beginning_of_its_first_flight(self):
        at = timezone.now()
        today = timezone.localdate(at)
        quote = draft(None, week(first_day=today + timedelta(days=3)), piece(), at=at)
        quoting.send(quote, by=None, at=at)
        assert timezone.localtime(quote.valid_until).date() == today + timedelta(days=3)
        other = draft(None, week(first_day=today, position=factories.position("rail-200x200")), at=at)
        quoting.send(other, by=None, at=at)
        assert timezone.localtime(other.valid_until).date() == today + timedelta(days=1)

    def test_an_offer_without_days_is_valid_as_long_as_the_setting_says(self, settings):
        settings.QUOTE_VALID_DAYS = 21
        at = timezone.now()
        quote = draft(None, piece(), at=at)
        quoting.send(quote, by=None, at=at)
        assert quote.valid_until == at + timedelta(days=21)

    def test_only_what_was_looked_at_is_sent(self):
        quote = factories.draft_quote()
        quoting.save(quote, {"words": "Dearer"}, [piece()], based_on=0, by=None, at=timezone.now())
        with pytest.raises(quoting.QuoteRefused, match="Look at it again"):
            quoting.send(quote, by=None, at=timezone.now(), edits=0)
        quoting.send(quote, by=None, at=timezone.now(), edits=1)
        assert quote.status == Status.SENT

    def test_sending_a_second_time_sends_nothing(self, run_jobs):
        quote = factories.quote()
        with pytest.raises(quoting.QuoteRefused):
            quoting.send(quote, by=None, at=timezone.now())
        run_jobs()
        assert len([m for m in mail.outbox if "Our offer" in m.subject]) == 1

    def test_a_new_version_leaves_a_row_in_the_history_of_the_deal(self):
        quote = factories.quote()
        second = quoting.begin(quote.request, by=None, at=timezone.now())
        quoting.send(second, by=None, at=timezone.now())
        notes = quote.request.moves.order_by("pk").values_list("to_status", "note")
        assert list(notes) == [("received", ""), ("quoted", quote.number), ("quoted", second.number)]

    def test_shares_of_voice_are_held_side_by_side_and_never_above_the_whole(self):
        first = draft(None, week(share=60, unit_price=Decimal("66")))
        second = draft(None, week(share=40, unit_price=Decimal("44")))
        third = draft(None, week(share=1, unit_price=Decimal("1.10")))
        quoting.send(first, by=None, at=timezone.now())
        quoting.send(second, by=None, at=timezone.now())
        with pytest.raises(ledger.SoldOut):
            quoting.send(third, by=None, at=timezone.now())
        assert used() == {(100, 100)}

    def test_the_mail_sums_up_lines_and_total_in_the_language_of_the_advertiser(self, run_jobs):
        lines = [
            week(share=50, unit_price=Decimal("55"), discount_percent=Decimal(10), discount_reason="First order"),
            piece(),
        ]
        quote = draft(None, *lines, tax_name="VAT", tax_rate=Decimal("7.5"), words="Welcome, Ada.")
        quoting.send(quote, by=None, at=timezone.now())
        run_jobs()
        body = next(m.body for m in mail.outbox if "Our offer" in m.subject)
        assert "1 week × 55.00, less 10% (First order) = 49.50 USD" in body
        assert "1 piece × 40.00 = 40.00 USD" in body
        assert "Net: 89.50 USD" in body
        assert "VAT 7.5%: 6.71 USD" in body
        assert "Total: 96.21 USD" in body
        assert "Welcome, Ada." in body
        assert "&" not in body


@pytest.mark.django_db
class TestAfterwards:
    def test_a_withdrawn_offer_frees_its_days_and_tells_the_advertiser_why(self, run_jobs):
        quote = factories.quote()
        quoting.withdraw(quote, by=None, at=timezone.now(), note="The position is being rebuilt.")
        run_jobs()
        assert (quote.status, AdRequest.objects.get().status, used()) == (Status.WITHDRAWN, "in-talks", set())
        body = next(m.body for m in mail.outbox if "took our offer back" in m.subject)
        assert "The position is being rebuilt." in body

    def test_a_draft_is_thrown_away_without_a_mail(self, run_jobs):
        quote = factories.draft_quote()
        quoting.discard(quote, by=None, at=timezone.now())
        run_jobs()
        assert (quote.status, quote.request.status) == (Status.WITHDRAWN, "received")
        assert not [m for m in mail.outbox if "offer" in m.subject]

    def test_a_page_that_stood_open_throws_away_no_offer_that_was_sent_meanwhile(self):
        stale = factories.draft_quote()
        quoting.send(Quote.objects.get(pk=stale.pk), by=None, at=timezone.now())
        with pytest.raises(quoting.QuoteRefused, match="was sent, accepted"):
            quoting.discard(stale, by=None, at=timezone.now())
        assert Quote.objects.get(pk=stale.pk).status == Status.SENT

    def test_an_advertiser_is_reminded_once_two_days_before_the_offer_expires(self, run_jobs):
        at = timezone.now()
        quote = factories.quote(at=at)
        rounds.make(quote.valid_until - timedelta(days=2, minutes=1))
        assert Quote.objects.get().reminded_at is None
        for minutes in (0, 1, 60):
            rounds.make(quote.valid_until - timedelta(days=2) + timedelta(minutes=minutes))
        run_jobs()
        bodies = [m.body for m in mail.outbox if "expires soon" in m.subject]
        assert len(bodies) == 1
        assert "Total: 110.00 USD" in bodies[0]

    def test_who_has_only_just_got_an_offer_is_not_reminded(self):
        at = timezone.now()
        quote = draft(None, piece(), at=at)
        quoting.send(quote, by=None, at=at, valid_until=at + timedelta(days=2))
        assert quoting.remind_due(at + timedelta(hours=1)) == 0

    def test_an_accepted_offer_ends_the_draft_of_a_newer_version(self):
        quote = factories.quote()
        newer = quoting.begin(quote.request, by=None, at=timezone.now())
        quoting.accept(quote, name="Ada", at=timezone.now())
        newer.refresh_from_db()
        assert newer.status == Status.WITHDRAWN

    def test_what_a_version_changed_is_said_line_by_line(self):
        at = timezone.now()
        first = draft(None, week(), piece(), at=at)
        quoting.send(first, by=None, at=at)
        second = quoting.begin(first.request, by=None, at=at)
        lines = [week(share=50, unit_price=Decimal("55")), QuoteLine(kind="social", quantity=1, unit_price=25)]
        quoting.save(second, {}, lines, based_on=0, by=None, at=at)
        changes = quote_changes.since(quote_changes.version_before(second), list(second.lines.all()))
        assert [len(said) for said in changes.of_lines] == [2, 1]
        assert "alone there" in changes.of_lines[0][0]
        assert changes.of_lines[0][1] == "price of one was 110.00"
        assert changes.of_lines[1] == ["New"]
        assert [line.kind for line in changes.gone] == ["newsletter"]


amounts = st.decimals(min_value=0, max_value=99_999, places=2)
line_values = st.tuples(
    st.decimals(min_value=Decimal("0.001"), max_value=999, places=3),
    amounts,
    st.decimals(min_value=0, max_value=100, places=2),
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(line_values, max_size=12), st.decimals(min_value=0, max_value=100, places=2))
def test_totals_are_the_sum_to_the_cent_and_never_negative(rows, rate):
    lines = [QuoteLine(quantity=q, unit_price=price, discount_percent=discount) for q, price, discount in rows]
    totals = Totals.of([line.net for line in lines], tax_rate=rate)
    assert totals.net == sum((line.net for line in lines), Decimal(0))
    assert totals.total == totals.net + totals.tax
    assert all(0 <= line.net <= line.full for line in lines)
    assert all(line.net == 0 for line in lines if line.discount_percent == 100)
    assert all(amount == amount.quantize(Decimal("0.01")) >= 0 for amount in (totals.net, totals.tax, totals.total))
