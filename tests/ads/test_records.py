"""What is on file about advertisers: people, notes, history, value, and the same firm twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from ads import conversation, deals, merging, records, sales
from ads.models import AdRequest, Advertiser, AdvertiserNote, Booking, Contact
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(factories.user("Ad manager", username="desk"))
    return client


@pytest.fixture
def publisher(client):
    client.force_login(factories.user("Publisher", username="boss"))
    return client


def agreed(advertiser: Advertiser, **fields) -> AdRequest:
    """A deal with an accepted quote of a week, from a firm on file."""
    request = factories.deal()
    first = request.advertiser
    AdRequest.objects.filter(pk=request.pk).update(advertiser=advertiser, **fields)
    request.bookings.update(advertiser=advertiser)
    first.delete()
    return AdRequest.objects.get(pk=request.pk)


def test_a_deal_keeps_the_contact_it_came_from_and_the_next_one_is_recognised():
    first = factories.ad_request(company="Teneru Mills", email="Ada@firm.example")
    assert (first.advertiser, first.contact) == (None, None)
    firm = sales.advertiser_of(first)
    assert (first.contact.name, first.contact.is_main) == ("Ada Example", True)
    again = factories.ad_request(company="teneru mills", email="ada@FIRM.example")
    assert (again.advertiser, again.contact) == (firm, first.contact)
    factories.contact(firm, email="bo@firm.example")
    other = factories.ad_request(company="Teneru Mills", email="bo@firm.example", name="Bo")
    assert (other.advertiser, other.contact.email) == (firm, "bo@firm.example")
    assert factories.ad_request(company="Teneru Mills", email="eve@else.example").advertiser is None


def test_a_contact_stands_once_at_a_firm_and_a_new_main_one_takes_the_place_of_the_old():
    firm = factories.advertiser()
    old = factories.contact(firm, is_main=True, email="a@firm.example")
    new = factories.contact(firm, is_main=True)
    old.refresh_from_db()
    assert (old.is_main, new.is_main) == (False, True)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.contact(firm, email="A@firm.example")
    factories.contact(email="a@firm.example")  # somebody works for two firms


def test_lifetime_value_is_what_was_agreed_without_tax_by_currency():
    firm = factories.advertiser()
    request = agreed(advertiser=firm)
    quote = request.quotes.get()
    booked = factories.booking("rail-336x280", advertiser=firm, price=Decimal("12.50"))
    Booking.objects.filter(pk=booked.pk).update(currency="EUR")
    sold = quote.lines.get().net
    assert records.lifetime_value([firm.pk]) == {firm.pk: {"USD": sold, "EUR": Decimal("12.50")}}
    deals.cancel(request, by=None, at=timezone.now())
    deals.stop_booking(booked, by=None, at=timezone.now())
    assert records.lifetime_value([firm.pk]) == {}


def test_history_tells_everything_in_one_line_of_time_newest_first():
    at = timezone.now()
    firm, user = factories.advertiser(), factories.user("Ad manager", first_name="Amina", last_name="Bello")
    request = agreed(advertiser=firm, received_at=at - timedelta(days=2))
    records.write_note(firm, "Pays late,\nbut pays.", by=user, at=at + timedelta(hours=2))
    conversation.hear(request, "When does it start?", name="Ada", via="page", at=at + timedelta(hours=1))
    said = [(event.what, event.about, event.by) for event in records.history(firm).events]
    assert said[0] == ("Note", "Pays late, but pays.", "Amina Bello")
    assert said[1] == (f"{request.reference}: From the advertiser", "When does it start?", "Ada")
    assert said[-1] == (f"Request {request.reference}", "", "Ada Example")
    quote = request.quotes.get()
    assert f"Offer {quote.number} accepted: {quote.totals().total} USD" in [what for what, _about, _by in said]


def test_history_is_paged_and_bounded():
    firm, at = factories.advertiser(), timezone.now()
    AdvertiserNote.objects.bulk_create(
        AdvertiserNote(advertiser=firm, text=f"Note {n}", at=at - timedelta(minutes=n)) for n in range(60)
    )
    pages = [records.history(firm, page=number) for number in (1, 2, 3)]
    assert [len(page.events) for page in pages] == [25, 25, 10]
    assert [page.has_older for page in pages] == [True, True, False]
    assert [event.about for page in pages for event in page.events] == [f"Note {n}" for n in range(60)]
    assert records.history(firm, page=10**6).number == records.MOST_PAGES


def test_one_firm_twice_becomes_one_with_everything_of_both():
    at, boss = timezone.now(), factories.user("Publisher")
    kept = factories.advertiser(company="Teneru Mills", email="ada@firm.example", country="")
    other = factories.advertiser(company="Teneru Mills Ltd", email="ada@firm.example", tax_id="NG 12")
    main = factories.contact(kept, email="ada@firm.example", is_main=True)
    twin = factories.contact(other, email="ADA@firm.example", is_main=True)
    moved = factories.contact(other, email="bo@firm.example")
    deal = agreed(advertiser=other, contact=twin)
    factories.next_action(advertiser=other)
    assert ("requests", 1) in merging.weight(other)
    merging.merge(other, into=kept, by=boss, at=at)
    deal.refresh_from_db()
    kept.refresh_from_db()
    assert (deal.advertiser, deal.contact, deal.bookings.get().advertiser) == (kept, main, kept)
    assert set(kept.contacts.all()) == {main, moved}
    assert (kept.tax_id, kept.country.code, kept.next_actions.count()) == ("NG 12", "NG", 1)
    assert list(Advertiser.objects.current()) == [kept]
    note = kept.entries.get()
    assert (note.kind, note.text, note.author) == ("merged", "Teneru Mills Ltd, ada@firm.example", boss)
    assert records.known_firm("teneru mills ltd", "ada@firm.example") == kept


@pytest.mark.parametrize("case", ["itself", "twice", "tax"])
def test_what_is_not_one_firm_is_refused_in_words_and_nothing_moves(case):
    kept, other = factories.advertiser(tax_id="1"), factories.advertiser(tax_id="2" if case == "tax" else "")
    deal = agreed(advertiser=other)
    if case == "itself":
        other = kept
    if case == "twice":
        merging.merge(other, into=factories.advertiser(), by=None, at=timezone.now())
        deal.refresh_from_db()
    before = deal.advertiser
    words = {"itself": "the same entry", "twice": "merged into another", "tax": "different tax numbers"}[case]
    with pytest.raises(merging.MergeRefused, match=words):
        merging.merge(other, into=kept, by=None, at=timezone.now())
    deal.refresh_from_db()
    assert deal.advertiser == before


def test_the_screen_shows_people_value_notes_and_history_and_takes_a_note(desk):
    firm = factories.advertiser()
    request = agreed(advertiser=firm)
    person = factories.contact(firm, phone="+234 803 123 4567")
    address = f"/admin/ads/advertiser/{firm.pk}/change/"
    answer = desk.post(f"/admin/ads/advertiser/{firm.pk}/note/", {"text": "Call <b>before</b> noon"})
    assert answer["Location"] == f"{address}#notes"
    html = desk.get(address).content.decode()
    value = request.quotes.get().lines.get().net
    for words in (person.email, person.phone, f"{value} USD", "Call &lt;b&gt;before&lt;/b&gt; noon", request.reference):
        assert words in html
    assert "Export all we have on them" not in html
    desk.post(f"/admin/ads/advertiser/{firm.pk}/note/", {"text": " "})
    assert firm.entries.count() == 1


def contact_rows(*rows: dict, initial: int = 0) -> dict:
    values = {"contacts-TOTAL_FORMS": len(rows), "contacts-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        values |= {f"contacts-{number}-{name}": value for name, value in {"language": "en", **row}.items()}
    return values


def test_the_main_contact_is_changed_on_the_screen_and_there_is_never_a_second(desk):
    firm = factories.advertiser()
    old, new = factories.contact(firm, is_main=True), factories.contact(firm)
    common = {"company": firm.company, "email": firm.email, "country": "NG"}
    rows = [
        {"id": person.pk, "advertiser": firm.pk, "name": person.name, "email": person.email} for person in (old, new)
    ]
    both = [row | {"is_main": "on"} for row in rows]
    address = f"/admin/ads/advertiser/{firm.pk}/change/"
    refused = desk.post(address, common | contact_rows(*both, initial=2))
    assert "Only one of them can be the main contact." in refused.content.decode()
    saved = desk.post(address, common | contact_rows(rows[0], both[1], initial=2))
    assert saved.status_code == 302
    assert list(Contact.objects.filter(is_main=True)) == [new]


def test_the_publisher_merges_on_a_page_that_says_what_moves(publisher):
    kept, other = factories.advertiser(company="Kept"), factories.advertiser(company="Gone")
    agreed(advertiser=other)
    address = f"/admin/ads/advertiser/{kept.pk}/merge/"
    assert "The other entry" in publisher.get(address).content.decode()
    asked = publisher.post(address, {"other": other.pk}).content.decode()
    assert "Merge Gone" in asked
    assert "Requests: 1" in asked
    assert Advertiser.objects.current().count() == 2
    publisher.post(address, {"other": other.pk, "sure": "1"})
    assert list(Advertiser.objects.current()) == [kept]
    old = publisher.get(f"/admin/ads/advertiser/{other.pk}/change/")
    assert old["Location"] == f"/admin/ads/advertiser/{kept.pk}/change/"
    assert "These are the same entry" in publisher.post(address, {"other": kept.pk}).content.decode()


def shown(client, query: str = "") -> list[str]:
    response = client.get(f"/admin/ads/advertiser/{query}")
    return [firm.company for firm in response.context["cl"].result_list]


def test_the_list_filters_by_open_deals_by_when_they_bought_and_by_country(desk):
    at = timezone.now()
    for name, country in (("Never", "NG"), ("Lately", "GH"), ("Long ago", "GH")):
        factories.advertiser(company=name, country=country)
    agreed(advertiser=Advertiser.objects.get(company="Lately"))
    Booking.objects.all().delete()
    old = factories.booking("rail-336x280", advertiser=Advertiser.objects.get(company="Long ago"))
    Booking.objects.filter(pk=old.pk).update(booked_at=at - timedelta(days=500))
    assert shown(desk) == ["Lately", "Long ago", "Never"]
    assert shown(desk, "?deals=open") == ["Lately"]
    assert shown(desk, "?bought=lapsed") == ["Long ago"]
    assert shown(desk, "?bought=year") == ["Lately"]
    assert shown(desk, "?bought=never") == ["Never"]
    assert shown(desk, "?country=GH") == ["Lately", "Long ago"]
    assert desk.get("/admin/ads/advertiser/?country=XX").status_code == 302


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_the_same_number_of_questions(desk, django_assert_num_queries, count):
    for _n in range(count):
        firm = factories.advertiser()
        factories.contact(firm)
        request = factories.ad_request()
        AdRequest.objects.filter(pk=request.pk).update(advertiser=firm)
    desk.get("/admin/ads/advertiser/")
    with django_assert_num_queries(12):
        assert desk.get("/admin/ads/advertiser/").status_code == 200
