"""Invoices where people meet them: the page of a deal, the admin, months and tables."""

from __future__ import annotations

import csv
import io
import runpy
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ads import billing, bookkeeping, checks, deals, quoting
from ads.models import AdRequest, Invoice, Payment, QuoteLine
from tests import factories

pytestmark = pytest.mark.django_db

D = Decimal


def issued(price: str = "100", **request) -> Invoice:
    """An invoice that holds no position."""
    at = timezone.now()
    quote = factories.draft_quote(factories.ad_request(at=at, **request), at=at)
    quote.lines.all().delete()
    QuoteLine.objects.create(quote=quote, kind="design", quantity=1, unit_price=D(price))
    quoting.send(quote, by=None, at=at)
    quoting.accept(quote, name="Ada Example", at=at)
    return billing.issue(quote.request, by=None, at=at)


def move(invoice: Invoice, name: str) -> str:
    return reverse("admin:ads_invoice_move", args=[invoice.pk, name])


def enter(client, invoice: Invoice, name: str, **said):
    day = timezone.localdate().isoformat()
    return client.post(move(invoice, name), {"paid_on": day, "method": "transfer", "note": ""} | said, follow=True)


def test_the_page_of_a_deal_says_what_to_pay_how_and_what_was_paid(client, settings):
    settings.BANK_DETAILS = "First Bank of Amaya\nAccount 0123456789"
    made = issued()
    billing.pay(made, amount=D("40"), paid_on=timezone.localdate(), by=None, at=timezone.now())
    address = reverse("ads:deal", args=[factories.deal_token(made.request)])
    page = client.get(address).content.decode()
    words = ["Account 0123456789", made.number, "$100.00", "$40.00", "$60.00", "Left to pay", "Due on"]
    assert [word for word in words if word not in page] == []
    billing.pay(made, amount=D("60"), paid_on=timezone.localdate(), by=None, at=timezone.now())
    page = client.get(address).content.decode()
    assert ("Paid. Thank you." in page, "Account 0123456789" in page) == (True, False)


def test_papers_are_downloads_that_nobody_stores_and_other_deals_are_not_found(client):
    made, other = issued(), issued()
    token = factories.deal_token(made.request)
    for name, number in (("invoice_paper", made.number), ("quote_paper", 1)):
        response = client.get(reverse(f"ads:{name}", args=[token, number]))
        assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
        assert response["Content-Disposition"].startswith("attachment; filename=")
        assert (response["Cache-Control"], response["X-Robots-Tag"][:7]) == ("private, no-store", "noindex")
    assert client.get(reverse("ads:invoice_paper", args=[token, other.number])).status_code == 404
    assert client.get(reverse("ads:quote_paper", args=[token, 2])).status_code == 404
    assert client.get(reverse("ads:invoice_paper", args=["wrong", made.number])).status_code == 404


def test_a_draft_of_a_quote_has_no_paper_for_the_advertiser(client):
    draft = factories.draft_quote()
    address = reverse("ads:quote_paper", args=[factories.deal_token(draft.request), draft.version])
    assert client.get(address).status_code == 404


def test_the_ad_manager_issues_from_the_request_and_enters_what_came_in(client):
    at = timezone.now()
    deal = factories.deal(at=at)
    client.force_login(factories.user("Ad manager"))
    screen = reverse("admin:ads_adrequest_change", args=[deal.pk])
    issue = reverse("admin:ads_adrequest_move", args=[deal.pk, "issue"])
    assert issue in client.get(screen).content.decode()
    assert "never changes" in client.get(issue).content.decode()
    client.post(issue, {"note": ""})
    made = Invoice.objects.get()
    page = client.get(screen).content.decode()
    assert (made.number in page, issue in page) == (True, False)
    said = enter(client, made, "pay", amount=str(made.total)).content.decode()
    assert "They get a receipt by mail" in said
    assert AdRequest.objects.get().status == AdRequest.Status.PAID
    payment = Payment.objects.get()
    client.post(move(made, "reverse"), {"payment": payment.pk, "note": "Of another firm"})
    assert AdRequest.objects.get().status == AdRequest.Status.INVOICED


def test_what_is_refused_is_said_and_nothing_is_entered(client):
    made = issued()
    client.force_login(factories.user("Publisher"))
    said = enter(client, made, "pay", amount="100.01").content.decode()
    assert "Only 100.00 USD are due" in said
    assert 'value="100.01"' in said  # what was looked up stays in the form, beside the reason
    assert "at least one line" in client.post(move(made, "credit"), {"what": "lines", "note": "why"}).content.decode()
    assert "above zero" in client.post(move(made, "credit"), {"what": "amount", "note": "why"}).content.decode()
    assert (Payment.objects.count(), Invoice.objects.count()) == (0, 1)


def test_before_an_invoice_goes_out_the_desk_is_told_what_it_will_lack(client, settings):
    settings.BANK_DETAILS = settings.SELLER_ADDRESS = settings.SELLER_TAX_ID = ""
    deal = factories.deal(at=timezone.now())
    client.force_login(factories.user("Ad manager"))
    issue = reverse("admin:ads_adrequest_move", args=[deal.pk, "issue"])
    bare = client.get(issue).content.decode()
    assert ("the operator sets BANK_DETAILS" in bare, "the operator sets SELLER_ADDRESS" in bare) == (True, True)
    settings.BANK_DETAILS, settings.SELLER_ADDRESS = "IBAN 1", "1 Road"
    told = client.get(issue).content.decode()
    assert ("the operator sets" in told, "with how to pay" in told) == (False, True)


def test_the_publisher_credits_by_line_and_by_amount_and_grants_credit(client):
    made = issued()
    client.force_login(factories.user("Publisher"))
    client.post(move(made, "credit"), {"what": "amount", "amount": "10", "note": "Goodwill"})
    grant = reverse("admin:ads_adrequest_move", args=[made.request_id, "grant-credit"])
    client.post(grant, {"note": ""})
    assert AdRequest.objects.get().status == AdRequest.Status.INVOICED
    client.post(grant, {"note": "Known for years"})
    assert AdRequest.objects.get().status == AdRequest.Status.SCHEDULED
    client.post(move(made, "credit"), {"what": "whole", "note": "Wrong name"})
    assert [note.total for note in made.credit_notes.order_by("serial")] == [D("10.00"), D("90.00")]


@pytest.mark.parametrize("name", ["credit", "refund"])
def test_the_ad_manager_writes_no_credit_note_and_pays_nothing_back(client, name):
    made = issued()
    billing.pay(
        made, amount=D("120"), paid_on=made.issued_on, by=None, at=timezone.now(), keeps_overpaid=True, note="x"
    )
    client.force_login(factories.user("Ad manager"))
    page = client.get(reverse("admin:ads_invoice_change", args=[made.pk])).content.decode()
    assert (move(made, name) in page, client.get(move(made, name)).status_code) == (False, 403)
    grant = reverse("admin:ads_adrequest_move", args=[made.request_id, "grant-credit"])
    assert client.post(grant, {"note": "Please"}).status_code == 403


@pytest.mark.parametrize("state", ["open", "overdue", "paid", "credited", "refund", "credit"])
def test_the_list_filters_by_state(client, state):
    at, day = timezone.now(), timezone.localdate()
    made = {name: issued("100.10", company=f"Firm {name}") for name in ("open", "paid", "credited", "refund")}
    with_old_date = timezone.now() - timedelta(days=40)
    old = issued(company="Firm overdue").request
    billing.credit(old.invoices.get(), by=None, at=at, note="Wrong day")
    billing.issue(old, by=None, at=with_old_date)
    billing.pay(made["paid"], amount=D("100.10"), paid_on=day, by=None, at=at)
    billing.pay(made["refund"], amount=D("100.20"), paid_on=day, by=None, at=at, keeps_overpaid=True, note="x")
    billing.credit(made["credited"], by=None, at=at, note="Wrong")
    client.force_login(factories.user("Ad manager"))
    shown = client.get(f"/admin/ads/invoice/?state={state}").context["cl"].queryset
    expected = {
        "open": {"Firm open", "Firm overdue"},
        "overdue": {"Firm overdue"},
        "paid": {"Firm paid"},
        "credited": {"Firm credited", "Firm overdue"},
        "refund": {"Firm refund"},
        "credit": {"Firm credited", "Firm overdue"},
    }
    assert {invoice.buyer for invoice in shown} == expected[state]


def test_list_months_and_deal_take_the_same_queries_for_one_and_for_many(client):
    client.force_login(factories.user("Publisher"))
    made = issued()
    billing.pay(made, amount=D("1"), paid_on=made.issued_on, by=None, at=timezone.now())
    addresses = [reverse("admin:ads_invoice_changelist"), reverse("admin:ads_invoice_months")]

    def count() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    count()
    before = count()
    for _ in range(8):
        more = issued()
        billing.credit(more, by=None, at=timezone.now(), note="why", amount=D("1"))
    assert count() == before


def test_issuing_takes_a_bounded_number_of_queries():
    deal = factories.deal()
    with CaptureQueriesContext(connection) as queries:
        billing.issue(deal, by=None, at=timezone.now())
    assert len(queries) <= 32


def test_months_add_up_by_currency():
    first, second = issued("100.10"), issued("0.20")
    day = timezone.localdate()
    billing.pay(first, amount=D("50.05"), paid_on=day, by=None, at=timezone.now())
    billing.credit(second, by=None, at=timezone.now(), note="why", amount=D("0.10"))
    month = bookkeeping.Month(day.replace(day=1), "USD", D("100.30"), D("0.10"), D("50.05"), D("50.15"))
    assert bookkeeping.by_month() == [month]
    assert [(row.invoiced, row.open) for row in bookkeeping.totals([month, month])] == [(D("200.60"), D("100.30"))]


def test_tables_are_utf8_for_spreadsheets_and_run_no_formula(client):
    made = issued(company='=HYPERLINK("x")')
    day = timezone.localdate()
    for reference in ("+1", "-2+3", "@SUM", "\tx", "مرجع"):
        billing.pay(made, amount=D("1"), paid_on=day, reference=reference, by=None, at=timezone.now())
    billing.credit(made, by=None, at=timezone.now(), note="=1+1", amount=D("10"))
    client.force_login(factories.user("Ad manager"))
    response = client.get(reverse("admin:ads_invoice_csv"))
    invoices = b"".join(response.streaming_content)
    payments = b"".join(client.get(reverse("admin:ads_payment_csv")).streaming_content)
    assert (invoices[:3], payments[:3]) == (b"\xef\xbb\xbf", b"\xef\xbb\xbf")
    assert "no-store" in response["Cache-Control"]
    rows = list(csv.DictReader(io.StringIO(invoices.decode("utf-8-sig"))))
    assert [(row["number"], row["buyer"], row["total"], row["left to pay"], row["reason"]) for row in rows] == [
        (made.number, '\'=HYPERLINK("x")', "100.00", "85.00", ""),
        (made.credit_notes.get().number, '\'=HYPERLINK("x")', "-10.00", "0.00", "'=1+1"),
    ]
    found = [row["reference"] for row in csv.DictReader(io.StringIO(payments.decode("utf-8-sig")))]
    assert found == ["'+1", "'-2+3", "'@SUM", "'\tx", "مرجع"]


def test_a_cancelled_deal_says_on_its_screen_what_the_books_still_want(client):
    made = issued()
    deals.cancel(made.request, by=None, at=timezone.now())
    client.force_login(factories.user("Publisher"))
    page = client.get(reverse("admin:ads_adrequest_change", args=[made.request_id])).content.decode()
    assert f"Invoice {made.number} stands: credit 100.00 USD" in page


def test_check_warns_where_readers_come_and_no_bank_details_are_set(settings):
    settings.DEBUG, settings.HTTPS, settings.BANK_DETAILS = False, True, ""
    assert [warning.id for warning in checks.advertisers_are_told_where_to_pay(None)] == ["ads.W001"]
    settings.BANK_DETAILS = "First Bank"
    assert checks.advertisers_are_told_where_to_pay(None) == []
    settings.BANK_DETAILS, settings.HTTPS = "", False
    assert checks.advertisers_are_told_where_to_pay(None) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INVOICE_PREFIX", "inv 1"),
        ("INVOICE_PREFIX", "CN"),
        ("CREDIT_NOTE_PREFIX", ""),
        ("PAYMENT_DAYS", "-1"),
        ("PAYMENT_DAYS", "400"),
        ("SELLER_NAME", "x" * 200),
        ("BANK_DETAILS", "a\x07b"),
    ],
)
def test_bad_settings_are_refused_loudly(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        runpy.run_path(str(Path(__file__).parents[2] / "newsroom" / "settings.py"))
