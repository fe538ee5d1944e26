"""Quotes, invoices and credit notes on paper, read back from the PDF."""

from __future__ import annotations

import io
import time
import unicodedata
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pypdf import PdfReader

from ads import billing, paper, quoting
from ads.models import Invoice, QuoteLine
from ads.paper.sheet import INNER, Sheet
from ads.paper.text import clean, one_line, whole
from articles import branding
from articles.models import Brand
from tests import factories

D = Decimal
ARABIC = {
    "SELLER_NAME_AR": "بريد أمايا",
    "BANK_DETAILS_AR": "بنك أمايا الأول",
    "INVOICE_TERMS_AR": "الدفع خلال أسبوعين",
}


def agreed(language: str = "en", lines: int = 2, **changes):
    """A quote that was accepted, with some lines and a tax, in a language."""
    at = timezone.now()
    quote = factories.draft_quote(at=at)
    quote.lines.all().delete()
    for order in range(lines):
        QuoteLine.objects.create(
            quote=quote,
            order=order,
            kind="design",
            description=f"Leaderboard 728×90, version {order + 1}",
            quantity=D("1.5"),
            unit_price=D("1250.10") + order,
            discount_percent=D("10") if order else D("0"),
            discount_reason="Regular" if order else "",
        )
    quote.language, quote.tax_name, quote.tax_rate = language, "VAT", D("7.5")
    quote.save()
    if changes:
        type(quote.request).objects.filter(pk=quote.request_id).update(**changes)
        quote.refresh_from_db()
    quoting.send(quote, by=None, at=at)
    quoting.accept(quote, name="Ada Example", at=at)
    quote.refresh_from_db()
    return quote


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text(pdf: bytes) -> str:
    """All text, with Arabic shapes as the letters they stand for."""
    found = "\n".join(page.extract_text() for page in read(pdf).pages)
    return unicodedata.normalize("NFKC", found)


@pytest.mark.django_db
def test_papers_bear_the_logo_and_an_invoice_that_of_its_day():
    at = timezone.now()
    brand = factories.brand(at=at - timedelta(days=1), logo=branding.draw("logo", factories.logo()))
    quote = agreed()
    made = billing.issue(quote.request, by=None, at=at)
    before = paper.of_invoice(made)
    change = {"name": "Another", "logo": branding.draw("logo", factories.logo((300, 300)))}
    branding.change(change, seen=brand.version, by=None, at=at + timedelta(days=1))
    Brand.forget()
    after = paper.of_invoice(made)
    shapes = [
        [image.image.size for image in read(one).pages[0].images] for one in (before, after, paper.of_quote(quote))
    ]
    assert shapes == [[(464, 112)], [(464, 112)], [(224, 224)]]
    facts = [read(one).metadata for one in (before, after, paper.of_quote(quote))]
    assert [(one.author, one.creator) for one in facts] == [
        ("The Courier",) * 2,
        ("The Courier",) * 2,
        ("Another",) * 2,
    ]


@pytest.mark.django_db
def test_an_invoice_on_paper_says_what_its_rows_say(settings):
    settings.BANK_DETAILS = "First Bank of Amaya\nAccount 0123456789"
    settings.SELLER_TAX_ID = "T-4711"
    made = billing.issue(agreed().request, by=None, at=timezone.now())
    said = text(paper.of_invoice(made))
    sums = [f"{value:,.2f}" for value in (made.net, made.tax, made.total, *(line.net for line in made.lines.all()))]
    words = [made.number, made.buyer, made.quote.number, "Account 0123456789", "T-4711", "7.5 %", "Page 1 of 1"]
    assert [word for word in [*words, *sums, "To pay", "1,250.10", "10 %", "1.5", "USD"] if word not in said] == []


@pytest.mark.django_db
def test_an_arabic_invoice_is_arabic_and_sizes_keep_their_order(settings):
    for name, value in ARABIC.items():
        setattr(settings, name, value)
    made = billing.issue(agreed("ar", company="شركة الأمل Teneru Mills").request, by=None, at=timezone.now())
    pdf = paper.of_invoice(made)
    said = text(pdf)
    sums = [f"{value:,.2f}" for value in (made.net, made.tax, made.total)]
    assert [word for word in ["728×90", made.number, "Teneru Mills", *sums] if word not in said] == []
    letters = {sign for sign in said if "\u0600" <= sign <= "\u06ff"}
    assert letters >= set("فاتورةبريدبنكمايشل")
    assert (read(pdf).metadata.title.split()[-1], read(pdf).trailer["/Root"]["/Lang"]) == (made.number, "ar")


@pytest.mark.django_db
def test_the_paper_of_a_quote_says_until_when_it_is_valid_and_what_it_comes_to():
    quote = agreed()
    pdf = paper.of_quote(quote)
    said = text(pdf)
    assert [
        word
        for word in ["Quote", quote.number, f"{quote.totals().total:,.2f}", "Valid until", "Ada Example"]
        if word not in said
    ] == []
    assert (read(pdf).metadata.title, read(pdf).trailer["/Root"]["/Lang"]) == (f"Quote {quote.number}", "en")


@pytest.mark.django_db
def test_a_credit_note_names_its_invoice_and_its_reason():
    made = billing.issue(agreed().request, by=None, at=timezone.now())
    note = billing.credit(made, by=None, at=timezone.now(), note="One week was dark", amount=D("100"))
    said = text(paper.of_invoice(note))
    assert [
        word for word in ["Credit note", note.number, made.number, "One week was dark", "107.50"] if word not in said
    ] == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ar"])
def test_many_lines_go_over_pages_that_are_numbered_and_each_has_heads(language):
    made = billing.issue(agreed(language, lines=40).request, by=None, at=timezone.now())
    pages = [unicodedata.normalize("NFKC", page.extract_text()) for page in read(paper.of_invoice(made)).pages]
    assert len(pages) > 1
    assert [made.number in page for page in pages] == [True] * len(pages)
    if language == "en":
        assert ["Quantity" in page for page in pages[:-1]] == [True] * (len(pages) - 1)
        assert f"Page 2 of {len(pages)}" in pages[1]
    found = sum(page.count("728×90") for page in pages)
    assert found == 40


@pytest.mark.django_db
def test_two_copies_of_one_invoice_say_the_same_whatever_happened_since():
    made = billing.issue(agreed().request, by=None, at=timezone.now())
    before = text(paper.of_invoice(made))
    day = timezone.localdate()
    billing.pay(made, amount=D("10"), paid_on=day, by=None, at=timezone.now())
    billing.credit(made, by=None, at=timezone.now() + timedelta(days=1), note="why", amount=D("1"))
    assert text(paper.of_invoice(Invoice.objects.get(pk=made.pk))) == before


HOSTILE = [
    "x" * 5000,
    "ﷺ" * 3000,
    "\u202e\u2066\u200f" * 500 + "reversed",
    "😀" * 1000 + "e" + "\u0301" * 2000,
    "\x00\x07\x1b[31m\ud800 a",
    "العربية" * 500,
    "(" * 2000 + ")" * 2000,
    "a b " * 2000,
    "\n" * 5000,
    "עברית 漢字 ไทย हिन्दी",
    "1" * 400 + "×" + "9,9" * 300,
]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ar"])
def test_hostile_text_is_drawn_in_bounded_time(language):
    quote = agreed(language)
    began = time.process_time()
    for hostile in HOSTILE[language == "ar" :: 2]:
        quote.words, quote.request.company, quote.accepted_by = hostile, hostile, hostile
        quote.request.name, quote.tax_name = hostile, hostile
        pdf = paper.of_quote(quote)
        assert 1 <= len(read(pdf).pages) < 12
    assert time.process_time() - began < 60


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    """One for many texts: its fonts take longer to load than a page to draw."""
    return Sheet("ar")


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.text(max_size=200) | st.text("aب1×\u0301\u064b()\u202e ,.٣é\n", max_size=200))
def test_any_text_is_drawn_within_its_width(sheet, some):
    sheet.add_page()
    sheet.type(9)
    lines = sheet.wrapped(clean(some), 60)
    assert [line for line in lines if len(line) > 1 and sheet.width_of([line]) > 61] == []
    sheet.put(0, INNER, clean(some), 4)


def test_text_is_made_fit_for_paper():
    assert clean("a\x00b\u202ec\r\nd\te  f") == "abc\nd e f"
    assert clean("😀😀 ok") == "\ufffd ok"
    assert clean("e" + "\u0301" * 9) == "é" + "\u0301" * 3
    assert (one_line("a\nb"), one_line("x" * 500, 10)) == ("a b", "x" * 9 + "…")
    assert whole("حجم 728×90 و R-AB12/2") == "حجم \u2066728×90\u2069 و \u2066R-AB12/2\u2069"
