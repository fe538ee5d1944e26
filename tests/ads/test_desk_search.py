"""One search across the desk: what it finds, for whom, in both languages, and whatever somebody types."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from ads import conversation, desk_search, desk_words, next_actions, records, sales
from ads.models import AdRequest, DeskText, Material
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/admin/ads/search/"


@pytest.fixture
def seller():
    return factories.user("Ad manager")


def found(typed: str, user) -> dict[str, list[str]]:
    return {group.source.kind: [hit.head for hit in group.hits] for group in desk_search.search(typed, user=user)}


@pytest.fixture
def desk(seller):
    """One deal with everything that can be found hanging on it."""
    at = timezone.now()
    request = factories.ad_request(
        first_day=timezone.localdate() + timedelta(days=7),
        last_day=timezone.localdate() + timedelta(days=13),
        company="Teneru Mills",
        name="Zaynab Okafor",
        email="zaynab@teneru.example",
        message="Flour for the holidays",
    )
    firm = sales.advertiser_of(request)
    firm.contacts.update(phone="")
    factories.contact(firm, name="Kelo Mandruwe", email="kelo@teneru.example", phone="+234 803-123 4567")
    quote = factories.quote(request)
    conversation.hear(request, "Could the invoice name our kiosk?", name="Zaynab", via="page", at=at)
    Material.objects.create(
        request=request, kind="word", original_name="spring_campaign-v2.docx", bytes=1, sha256="0", format="DOCX"
    )
    records.write_note(firm, "Prefers mornings", by=seller, at=at)
    next_actions.add("Send the media kit", due_on=timezone.localdate(), owner=None, by=seller, at=at, advertiser=firm)
    return request, firm, quote


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("teneru mil", {"request", "advertiser"}),
        ("ZAYNAB@teneru.example", {"request", "advertiser", "contact"}),
        ("mandru", {"contact"}),
        ("08031234567", {"contact"}),
        ("0803 123 45", {"contact"}),
        ("holid flo", {"request"}),
        ("kiosk", {"message"}),
        ("spring campaign", {"file"}),
        ("campaign-v2.docx", {"file"}),
        ("morning", {"note"}),
        ("media kit", {"action"}),
        ("holidays kiosk", set()),
    ],
)
def test_everything_is_found_by_the_beginnings_of_its_words(seller, desk, typed, kinds):
    assert set(found(typed, seller)) == kinds


def test_a_reference_finds_its_deal_and_its_quotes(seller, desk):
    request, _firm, quote = desk
    factories.ad_request()
    assert found(request.reference.lower(), seller) == {
        "request": [str(request)],
        "quote": [f"{quote.number} {request.company}"],
    }
    assert set(found(quote.number, seller)) == {"request", "quote"}
    assert found(request.reference[2:6], seller)["request"] == [str(request)]


@pytest.mark.parametrize("typed", ["الإعلانات", "اعلانات", "إعلان", "والإعلانات", "شَرِكة", "شركه", "٢٠٢٦", "2026"])
def test_arabic_is_found_as_people_type_it(seller, typed):
    request = factories.ad_request(company="شركة الإعلانات", message="من يناير ٢٠٢٦")
    assert found(typed, seller)["request"] == [str(request)]


def test_what_changes_is_found_by_its_new_words_alone_and_what_is_gone_not_at_all(seller):
    contact = factories.contact(name="Ngozi Firstname")
    contact.name = "Ngozi Lastname"
    contact.save()
    assert (found("firstname", seller), found("lastname", seller)["contact"]) == (
        {},
        [f"{contact.name} · {contact.advertiser}"],
    )
    contact.delete()
    assert found("ngozi", seller) == {}


def test_what_came_in_bulk_is_found_after_a_round_and_the_index_can_be_written_anew(seller):
    at = timezone.now()
    request = factories.ad_request(company="Teneru")
    AdRequest.objects.bulk_create(
        [
            AdRequest(
                reference=f"R-BULK{n}",
                form_key=f"b{n}",
                name="B",
                email="b@b.example",
                company="Bulkfirm",
                received_at=at,
            )
            for n in (1, 2)
        ]
    )
    assert found("bulkfirm", seller) == {}
    assert [desk_search.catch_up(at), desk_search.catch_up(at)] == [2, 0]
    assert len(found("bulkfirm", seller)["request"]) == 2
    DeskText.objects.all().delete()
    assert desk_search.rebuild(at) == 3
    assert found("teneru", seller)["request"] == [str(request)]


def test_each_kind_needs_its_permission(client, desk):
    assert found("teneru", factories.user("Reporter")) == {}
    client.force_login(factories.user("Reporter"))
    assert client.get(PAGE, {"q": "teneru"}).status_code == 403
    half = factories.user()
    half.user_permissions.add(Permission.objects.get(codename="view_adrequest"))
    assert set(found("zaynab", half)) == {"request", "message"}


def test_the_page_marks_what_was_found_and_escapes_what_people_wrote(client, seller):
    factories.ad_request(message="<script>alert(1)</script> flour <b>bold</b>")
    client.force_login(seller)
    html = client.get(PAGE, {"q": "flo"}).content.decode()
    assert "<mark>flour</mark>" in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<b>bold" not in html
    assert "Nothing on the desk has “nowhere”" in client.get(PAGE, {"q": "nowhere"}).content.decode()
    assert "two letters or more" in client.get(PAGE, {"q": "x"}).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_it_asks_the_same_number_of_questions(client, seller, django_assert_num_queries, count):
    for _n in range(count):
        conversation.hear(factories.ad_request(), "flour", name="Flour", via="page", at=timezone.now())
    client.force_login(seller)
    client.get(PAGE, {"q": "flo"})
    with django_assert_num_queries(4 + len(desk_search.SOURCES)):
        html = client.get(PAGE, {"q": "flo"}).content.decode()
    assert ("There are more" in html) == (count == 30)


@pytest.mark.parametrize(
    "typed",
    [
        "'",
        '"',
        "a* OR b",
        "NEAR(a b)",
        "%",
        "_request",
        "\0\0aa",
        "-- drop",
        ") OR 1=1",
        "😀😀",
        "a" * 5000,
        "&|!",
        "words:x",
        "\ud83d",
    ],
)
def test_hostile_words_find_nothing_and_break_nothing(client, seller, typed):
    factories.ad_request()
    client.force_login(seller)
    query = (
        typed
        if typed.isprintable() or "\0" in typed
        else typed.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )
    assert client.get(PAGE, {"q": query}).status_code == (400 if "\0" in typed else 200)
    assert client.get("/admin/ads/adrequest/", {"q": query}).status_code in (200, 302, 400)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_typed_makes_words_that_no_query_takes_for_its_own(typed):
    words = desk_words.typed_words(typed)
    assert all(word.isalnum() or word.replace("_", "x") == word for word in words)
    assert not any(set(word) & set("'\"*&|!:()_\0 ") for word in words)


def test_lists_are_searched_by_the_same_words(client, desk, seller):
    request, firm, _quote = desk
    factories.ad_request()
    client.force_login(seller)
    for typed in ("kiosk", "spring", request.reference, "teneru"):
        deals = client.get("/admin/ads/adrequest/", {"q": typed}).context["cl"].result_list
        assert list(deals) == [request]
    for typed in ("mandruwe", "mornings"):
        assert list(client.get("/admin/ads/advertiser/", {"q": typed}).context["cl"].result_list) == [firm]
