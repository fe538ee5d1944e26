"""Invoices, payments and credit notes: what is left to pay, and what is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ads import billing, deals, endings, quoting
from ads.models import AdRequest, Invoice, InvoiceCounter, InvoiceLine, Payment, QuoteLine
from tests import factories

pytestmark = pytest.mark.django_db

Status = AdRequest.Status
D = Decimal


def invoice(*, at: datetime | None = None, **changes) -> Invoice:
    """Of the deal that the factory makes: one week of one position for 60.00."""
    return billing.issue(factories.deal(at=at), by=None, at=at or timezone.now())


def taxed(rate: str = "7.5", prices: tuple[str, ...] = ("33.33", "66.67", "0.05")) -> Invoice:
    """An invoice with some lines and a tax."""
    at = timezone.now()
    quote = factories.draft_quote(at=at)
    quote.lines.all().delete()
    for order, price in enumerate(prices):
        why = "" if D(price) else "Made good"
        QuoteLine.objects.create(
            quote=quote, order=order, kind="design", quantity=1, unit_price=D(price), discount_reason=why
        )
    quote.tax_name, quote.tax_rate = "VAT", D(rate)
    quote.save()
    quoting.send(quote, by=None, at=at)
    quoting.accept(quote, name="Ada Example", at=at)
    return billing.issue(quote.request, by=None, at=at)


def pay(invoice: Invoice, amount: str, **more) -> Payment:
    at = timezone.now()
    values = {"amount": D(amount), "paid_on": timezone.localdate(at), "by": None, "at": at}
    return billing.pay(invoice, **values | more)


def where(invoice: Invoice) -> tuple[str, str, str]:
    """The status of its deal, what is left to pay, and its state today."""
    fresh = Invoice.objects.get(pk=invoice.pk)
    return fresh.request.status, str(fresh.balance()), fresh.state(timezone.localdate())


def test_an_invoice_says_what_was_agreed_and_a_second_click_issues_nothing():
    at = timezone.now()
    deal = factories.deal(at=at)
    made = billing.issue(deal, by=None, at=at)
    quote = deal.quotes.get()
    assert (made.number, made.total, made.buyer) == (f"INV-{at.year}-0001", quote.totals().total, deal.company)
    assert made.due_on - made.issued_on == timedelta(days=14)
    assert [line.net for line in made.lines.all()] == [line.net for line in quote.lines.all()]
    assert where(made)[0] == Status.INVOICED
    with pytest.raises(billing.BillingRefused, match=made.number):
        billing.issue(AdRequest.objects.get(), by=None, at=at)
    assert Invoice.objects.count() == 1


def test_what_is_issued_stays_when_everything_around_it_changes(settings):
    made = invoice()
    line = made.lines.get()
    said = (line.description, line.net, made.seller, made.buyer)
    settings.SELLER_NAME = "Another House"
    AdRequest.objects.update(company="Another Firm")
    line = InvoiceLine.objects.get()
    made = Invoice.objects.get()
    assert (line.description, line.net, made.seller, made.buyer) == said


@pytest.mark.parametrize("status", [status for status in Status if status != Status.ACCEPTED])
def test_only_an_accepted_deal_is_invoiced(status):
    deal = factories.deal(status)
    with pytest.raises((billing.BillingRefused, deals.IllegalMove)):
        billing.issue(deal, by=None, at=timezone.now())
    assert (Invoice.objects.count(), InvoiceCounter.objects.count()) == (0, 0)


def test_a_deal_that_nobody_accepted_is_not_invoiced():
    with pytest.raises(billing.BillingRefused, match="Nothing was accepted"):
        billing.issue(factories.quote().request, by=None, at=timezone.now())


@pytest.mark.parametrize("table", [Invoice, InvoiceLine, Payment])
def test_the_database_refuses_to_change_the_books(table):
    made = invoice()
    pay(made, "10")
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        table.objects.update(id=99_999)
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table._meta.db_table} SET id = id")  # noqa: S608
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        table.objects.first().save()


@pytest.mark.parametrize("table", [Invoice, InvoiceLine, Payment])
def test_nothing_in_the_books_is_deleted(table):
    made = invoice()
    pay(made, "10")
    with pytest.raises(TypeError, match="never deleted"):
        table.objects.first().delete()
    with pytest.raises(TypeError, match="never deleted"):
        table.objects.all().delete()
    assert table.objects.exists()


def test_numbers_begin_anew_each_year_and_for_each_kind():
    made = []
    for moment in ("2026-12-31 22:30", "2026-12-31 23:30", "2027-01-02 10:00"):
        at = datetime.fromisoformat(moment + "+00:00")  # 2027 begins at 23:00 UTC in Lagos
        made.append(billing.issue(factories.deal(at=at), by=None, at=at) if not made else another(at))
    credit_note = billing.credit(made[0], by=None, at=at, note="Wrong address")
    assert [one.number for one in made] == ["INV-2026-0001", "INV-2027-0001", "INV-2027-0002"]
    assert credit_note.number == "CN-2027-0001"


def another(at: datetime) -> Invoice:
    """An invoice that holds no position, so that any number of them can be made."""
    quote = factories.draft_quote(at=at)
    quote.lines.all().delete()
    QuoteLine.objects.create(quote=quote, kind="design", quantity=1, unit_price=D("100"))
    quoting.send(quote, by=None, at=at)
    quoting.accept(quote, name="Ada Example", at=at)
    return billing.issue(quote.request, by=None, at=at)


def test_an_invoice_that_was_rolled_back_leaves_no_gap():
    at = timezone.now()
    first = another(at)
    with transaction.atomic():
        another(at)
        transaction.set_rollback(True)
    assert [first.serial, another(at).serial] == [1, 2]


def test_a_deal_is_paid_when_nothing_is_left():
    made = another(timezone.now())
    assert where(made) == (Status.INVOICED, "100.00", "open")
    pay(made, "40.00")
    assert where(made) == (Status.INVOICED, "60.00", "open")
    pay(made, "60.00", reference="Wire 17")
    assert where(made) == (Status.PAID, "0.00", "paid")


@pytest.mark.parametrize("amount", ["0", "-5", "10.001", "100.01"])
def test_amounts_that_make_no_sense_or_are_more_than_due_are_refused(amount):
    made = another(timezone.now())
    with pytest.raises(billing.BillingRefused):
        pay(made, amount)
    assert where(made) == (Status.INVOICED, "100.00", "open")


def test_an_overpayment_that_is_noted_is_owed_back_and_paid_back():
    made = another(timezone.now())
    with pytest.raises(billing.BillingRefused, match="write a note"):
        pay(made, "120", keeps_overpaid=True)
    pay(made, "120", keeps_overpaid=True, note="They rounded up")
    assert where(made) == (Status.PAID, "-20.00", "refund")
    at = timezone.now()
    with pytest.raises(billing.BillingRefused, match="are owed back, no more"):
        billing.refund(made, amount=D("20.01"), paid_on=timezone.localdate(at), by=None, at=at)
    billing.refund(made, amount=D("20"), paid_on=timezone.localdate(at), by=None, at=at)
    assert where(made) == (Status.PAID, "0.00", "paid")


def test_a_payment_from_the_future_is_refused():
    with pytest.raises(billing.BillingRefused, match="future"):
        pay(another(timezone.now()), "1", paid_on=timezone.localdate() + timedelta(days=1))


def test_a_wrong_payment_is_taken_back_once_by_a_counter_entry():
    made = another(timezone.now())
    payment = pay(made, "100")
    at = timezone.now()
    billing.reverse(made, payment=payment, by=None, at=at, note="Of another firm")
    assert where(made) == (Status.INVOICED, "100.00", "open")
    assert sorted(made.payments.values_list("amount", flat=True)) == [D("-100.00"), D("100.00")]
    for wrong in Payment.objects.all():
        with pytest.raises(billing.BillingRefused):
            billing.reverse(made, payment=wrong, by=None, at=at, note="Again")
    with pytest.raises(billing.BillingRefused, match="of this invoice"):
        billing.reverse(another(at), payment=payment, by=None, at=at, note="Elsewhere")


def test_a_whole_credit_of_an_unpaid_invoice_lets_the_deal_be_invoiced_anew():
    at = timezone.now()
    made = taxed()
    note = billing.credit(made, by=None, at=at, note="Wrong company")
    assert (note.net, note.tax, note.total) == (made.net, made.tax, made.total)
    assert where(made) == (Status.ACCEPTED, "0.00", "credited")
    again = billing.issue(made.request, by=None, at=at)
    assert (again.serial, again.total, where(again)[0]) == (2, made.total, Status.INVOICED)
    assert billing.standing(again.request) == again


def test_credit_by_line_then_by_amount_then_the_rest_comes_to_the_cent():
    at = timezone.now()
    made = taxed()
    first = made.lines.first()
    notes = [
        billing.credit(made, by=None, at=at, note="Not delivered", lines=[first]),
        billing.credit(made, by=None, at=at, note="Goodwill", amount=D("10.01")),
    ]
    with pytest.raises(billing.BillingRefused, match="credited already"):
        billing.credit(made, by=None, at=at, note="Twice", lines=[first])
    with pytest.raises(billing.BillingRefused, match="left to credit"):
        billing.credit(made, by=None, at=at, note="Too much", amount=D("56.72"))
    notes.append(billing.credit(made, by=None, at=at, note="The rest"))
    assert sum(note.net for note in notes) == made.net
    assert sum(note.tax for note in notes) == made.tax
    assert where(made) == (Status.ACCEPTED, "0.00", "credited")
    with pytest.raises(billing.BillingRefused, match="credited whole"):
        billing.credit(made, by=None, at=at, note="Once more")


def test_a_credit_that_leaves_nothing_to_pay_makes_the_deal_paid():
    made = another(timezone.now())
    pay(made, "80")
    billing.credit(made, by=None, at=timezone.now(), note="One day was dark", amount=D("20"))
    assert where(made) == (Status.PAID, "0.00", "paid")


def test_a_whole_credit_of_a_paid_invoice_is_owed_back_and_the_deal_is_accepted_again():
    made = another(timezone.now())
    pay(made, "100")
    billing.credit(made, by=None, at=timezone.now(), note="They stepped back")
    assert where(made) == (Status.ACCEPTED, "-100.00", "refund")
    assert billing.after_cancelling(made.request) == [
        f"100.00 USD were paid on {made.number}: pay back what was not delivered."
    ]


def test_credit_needs_a_reason_lines_of_its_own_and_an_amount_that_makes_sense():
    at, made, other = timezone.now(), taxed(), another(timezone.now())
    refused = [
        {"note": ""},
        {"note": "No", "lines": other.lines.all()},
        {"note": "No", "amount": D("0")},
        {"note": "No", "amount": D("1.001")},
        {"note": "No", "amount": D("1"), "lines": made.lines.all()},
    ]
    for said in refused:
        with pytest.raises(billing.BillingRefused):
            billing.credit(made, by=None, at=at, **said)
    assert (made.credit_notes.count(), InvoiceCounter.objects.filter(kind="credit").count()) == (0, 0)


def test_a_deal_on_credit_goes_on_is_paid_later_and_stays_where_it_is():
    at = timezone.now()
    made = another(at)
    with pytest.raises(billing.BillingRefused, match="Say why"):
        billing.grant_credit(made.request, by=None, at=at, note="")
    billing.grant_credit(made.request, by=None, at=at, note="A firm of twenty years")
    assert made.request.moves.first().note == "A firm of twenty years"
    with pytest.raises(billing.BillingRefused, match="not paid"):
        billing.grant_credit(made.request, by=None, at=at, note="Again")
    pay(made, "100")
    assert where(made) == (Status.SCHEDULED, "0.00", "paid")


def test_a_wrong_invoice_of_a_deal_that_runs_on_credit_is_replaced_and_the_deal_goes_on():
    at = timezone.now()
    made = another(at)
    billing.grant_credit(made.request, by=None, at=at, note="Known well")
    billing.credit(made, by=None, at=at, note="Wrong name")
    again = billing.issue(made.request, by=None, at=at)
    assert (where(made)[2], where(again)) == ("credited", (Status.SCHEDULED, "100.00", "open"))


def test_what_is_free_is_paid_when_it_is_invoiced():
    made = taxed(prices=("0.00",))
    assert where(made) == (Status.PAID, "0.00", "paid")


def test_a_cancelled_deal_says_what_to_credit_and_what_to_pay_back():
    made = another(timezone.now())
    pay(made, "30")
    deals.cancel(made.request, by=None, at=timezone.now())
    assert billing.after_cancelling(made.request) == [
        f"Invoice {made.number} stands: credit 100.00 USD by a credit note.",
        f"30.00 USD were paid on {made.number}: pay back what was not delivered.",
    ]
    assert billing.after_cancelling(factories.deal()) == []


def test_an_advertiser_gets_invoice_receipt_and_credit_note_in_their_language(run_jobs):
    at = timezone.now()
    made = another(at)
    AdRequest.objects.update(language="ar")
    made.request.refresh_from_db()
    run_jobs()
    mail.outbox.clear()
    pay(made, "30")
    billing.credit(made, by=None, at=at, note="لم ينشر")
    run_jobs()
    receipt, credit_note = (message.body for message in mail.outbox)
    assert "30.00 USD" in receipt
    assert "70.00 USD" in receipt
    assert ("لم ينشر" in credit_note, "30.00 USD" in credit_note) == (True, True)
    assert not any("Hello" in message.body for message in mail.outbox)


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prices=st.lists(st.decimals("0.01", "999.99", places=2), min_size=1, max_size=4),
    rate=st.decimals("0", "30", places=2),
    steps=st.lists(
        st.tuples(
            st.sampled_from(["pay", "credit", "line", "reverse", "refund"]), st.decimals("0.01", "900", places=2)
        ),
        max_size=8,
    ),
)
def test_whatever_is_paid_and_credited_the_books_add_up(prices, rate, steps):
    with transaction.atomic():
        made = taxed(rate=str(rate), prices=tuple(map(str, prices)))
        at = timezone.now()
        day = timezone.localdate(at)
        for what, amount in steps:
            try:
                if what == "pay":
                    billing.pay(made, amount=amount, paid_on=day, by=None, at=at)
                elif what == "credit":
                    billing.credit(made, by=None, at=at, note="why", amount=amount)
                elif what == "line":
                    billing.credit(made, by=None, at=at, note="why", lines=[made.lines.first()])
                elif what == "refund":
                    billing.refund(made, amount=amount, paid_on=day, by=None, at=at)
                elif payment := made.payments.first():
                    billing.reverse(made, payment=payment, by=None, at=at, note="why")
            except billing.BillingRefused:
                continue
        fresh = Invoice.objects.get(pk=made.pk)
        summed = Invoice.objects.with_sums().get(pk=made.pk)
        notes = list(fresh.credit_notes.all())
        assert fresh.net == sum(line.net for line in fresh.lines.all()) == sum(prices)
        assert sum(note.net for note in notes) <= fresh.net
        assert sum(note.tax for note in notes) <= fresh.tax
        assert all(note.total == note.net + note.tax for note in notes)
        assert fresh.balance() == summed.balance()
        assert fresh.balance() >= -fresh.paid()
        paid_up = fresh.balance() <= 0 and fresh.is_open()
        status = fresh.request.status
        assert status == (Status.PAID if paid_up else Status.INVOICED if fresh.is_open() else Status.ACCEPTED)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_fifty_invoices_at_once_have_fifty_numbers_without_a_gap(at_once):
    at = timezone.now()
    made = []
    for _ in range(50):
        quote = factories.draft_quote(at=at)
        quote.lines.all().delete()
        QuoteLine.objects.create(quote=quote, kind="design", quantity=1, unit_price=D("100"))
        quoting.send(quote, by=None, at=at)
        quoting.accept(quote, name="Ada Example", at=at)
        made.append(quote.request)
    waiting = list(made)
    assert at_once(50, lambda: billing.issue(waiting.pop(), by=None, at=at)) == []
    assert sorted(Invoice.objects.values_list("serial", flat=True)) == list(range(1, 51))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_ten_who_issue_one_invoice_or_pay_it_whole_one_succeeds(at_once):
    at = timezone.now()
    deal = factories.deal(at=at)
    refused = at_once(10, lambda: billing.issue(AdRequest.objects.get(pk=deal.pk), by=None, at=at))
    made = Invoice.objects.get()
    assert [type(error) for error in refused] == [billing.BillingRefused] * 9
    refused = at_once(10, lambda: pay(Invoice.objects.get(), str(made.total)))
    assert [type(error) for error in refused] == [billing.BillingRefused] * 9
    assert where(made) == (Status.PAID, "0.00", "paid")


def test_the_second_of_two_clicks_enters_no_money_twice():
    by, made = factories.user("Publisher"), taxed()
    first, second = (pay(made, "10", by=by, reference="TX1") for _n in range(2))
    assert first == second
    assert pay(made, "10", by=by, reference="TX2") != first
    notes = [billing.credit(made, amount=D("5"), note="Goodwill", by=by, at=timezone.now()) for _n in range(2)]
    assert notes[0] == notes[1]


def test_an_invoice_is_made_out_to_the_name_on_invoices():
    deal = factories.deal()
    deal.advertiser.billing_name = "Teneru Holdings Ltd"
    deal.advertiser.save()
    assert billing.issue(AdRequest.objects.get(pk=deal.pk), by=None, at=timezone.now()).buyer == "Teneru Holdings Ltd"


def test_a_deal_is_not_closed_while_we_owe_money_back():
    made, at = taxed(), timezone.now()
    pay(made, str(made.total))
    billing.credit(made, by=None, at=at, note="Not delivered")
    AdRequest.objects.update(status="delivered")
    with pytest.raises(deals.IllegalMove, match="are open on invoice"):
        endings.close(AdRequest.objects.get(), by=None, at=at)


def test_the_desk_hears_of_a_deal_that_runs_unpaid_after_a_payment_was_taken_back(run_jobs, mailoutbox):
    at = timezone.now()
    made = factories.invoice()
    payment = billing.pay(made, amount=made.total, paid_on=timezone.localdate(at), by=None, at=at)
    AdRequest.objects.filter(pk=made.request_id).update(status="live")
    billing.reverse(Invoice.objects.get(pk=made.pk), payment=payment, by=None, at=at, note="Of another firm")
    run_jobs()
    (letter,) = [one for one in mailoutbox if "Runs unpaid" in one.subject]
    assert f"{made.number} of {made.request.company} was taken back" in letter.body
