"""The screen a quote is written on: what the seller types, what the server works out, and who may."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ads import deals, quoting, sales
from ads.models import AdRequest, Position, Quote, QuoteLine
from tests import factories
from tests.ads.test_quoting import piece, week

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(factories.user("Ad manager", username="desk"))
    return client


def address(quote: Quote) -> str:
    return f"/admin/ads/quote/{quote.pk}/change/"


def typed(quote: Quote, *lines: dict, **changes) -> dict:
    """The form as a browser sends it."""
    quote.refresh_from_db()
    data = {
        "language": "en",
        "currency": "USD",
        "tax_name": "",
        "tax_rate": "0",
        "words": "",
        "edits": quote.edits,
        "lines-TOTAL_FORMS": len(lines) + 1,
        "lines-INITIAL_FORMS": 0,
        "lines-MAX_NUM_FORMS": 60,
    }
    blank = {"kind": "weeks", "written_by": "client", "share": "100", "pieces": "1"}
    for number, line in enumerate([*lines, {}]):
        data |= {f"lines-{number}-{name}": value for name, value in (blank | line).items()}
    return data | changes


def a_week(**changes) -> dict:
    first = timezone.localdate() + timedelta(days=7)
    values = {
        "kind": "weeks",
        "position": factories.position().pk,
        "first_day": first.isoformat(),
        "last_day": (first + timedelta(days=6)).isoformat(),
    }
    return values | changes


def lines_of(quote: Quote) -> list[tuple]:
    return [(line.kind, line.quantity, line.unit_price, line.net) for line in quote.lines.all()]


def rows(response) -> list[dict]:
    return response.context["rows"]


def test_a_seller_goes_from_the_request_to_the_draft_and_back_to_the_same(desk):
    request = factories.ad_request()
    page = desk.get(f"/admin/ads/adrequest/{request.pk}/change/").content.decode()
    assert "Write a quote" in page
    first = desk.post(f"/admin/ads/quote/begin/{request.pk}/")
    assert first.url == address(Quote.objects.get())
    assert desk.post(f"/admin/ads/quote/begin/{request.pk}/").url == first.url
    assert desk.get(f"/admin/ads/quote/begin/{request.pk}/").status_code == 405


def test_a_position_without_days_is_asked_for_and_not_forgotten(desk):
    quote = factories.draft_quote(factories.ad_request())
    response = desk.get(address(quote))
    assert [row["form"]["position"].value() for row in rows(response)][:1] == [factories.position().pk]
    data = typed(quote, {"kind": "weeks", "position": factories.position().pk}, **{"lines-INITIAL_FORMS": 1})
    response = desk.post(address(quote), data)
    assert response.status_code == 400
    assert set(rows(response)[0]["form"].errors) == {"first_day", "last_day"}


def test_the_server_works_out_prices_from_the_rate_card(desk):
    quote = factories.draft_quote()
    sent = typed(
        quote,
        a_week(share="25", last_day=(timezone.localdate() + timedelta(days=14)).isoformat()),
        a_week(kind="impressions", impressions="12500", position=factories.position("top-728x90").pk),
        {"kind": "post", "product": factories.product().pk},
        {"kind": "newsletter", "pieces": "2"},
        {"kind": "design", "own_price": "75"},
    )
    desk.post(address(quote), sent | {"_save": "1"})
    assert lines_of(quote) == [
        ("weeks", 2, Decimal("27.50"), Decimal("55.00")),
        ("impressions", Decimal("12.5"), Decimal("6.00"), Decimal("75.00")),
        ("post", 1, Decimal("100"), Decimal("100.00")),
        ("newsletter", 2, Decimal("40"), Decimal("80.00")),
        ("design", 1, Decimal("75"), Decimal("75.00")),
    ]
    quote.refresh_from_db()
    assert (quote.edits, quote.changed_by.username) == (1, "desk")


def test_working_out_prices_shows_them_and_saves_nothing(desk):
    quote = factories.draft_quote()
    before = lines_of(quote)
    data = typed(quote, a_week(share="50"), {"kind": "social"}, tax_name="VAT", tax_rate="7.5", _work_out="1")
    response = desk.post(address(quote), data)
    assert [row["line"] and row["line"].net for row in rows(response)] == [Decimal("55.00"), Decimal("25.00"), None]
    assert response.context["totals"].total == Decimal("86.00")
    assert (lines_of(quote), Quote.objects.get().edits) == (before, 0)


def test_a_price_of_ones_own_stands_and_the_cards_is_said_beside_it(desk):
    quote = factories.draft_quote()
    desk.post(address(quote), typed(quote, a_week(own_price="99.50"), _save="1"))
    assert quote.lines.get().unit_price == Decimal("99.50")
    page = desk.get(address(quote))
    assert rows(page)[0]["form"]["own_price"].value() == Decimal("99.50")
    assert "The rate card says 110.00." in page.content.decode()


def test_a_price_of_the_card_follows_the_days_and_is_not_repeated_in_the_form(desk):
    quote = factories.draft_quote()
    assert rows(desk.get(address(quote)))[0]["form"]["own_price"].value() is None


def test_a_discount_for_all_is_given_to_lines_that_have_none(desk):
    quote = factories.draft_quote()
    data = typed(
        quote,
        a_week(discount_percent="50", discount_reason="Make-good"),
        {"kind": "social"},
        discount_for_all="10",
        reason_for_all="First order",
        _save="1",
    )
    desk.post(address(quote), data)
    assert [(line.discount_words, line.discount_reason) for line in quote.lines.all()] == [
        ("50", "Make-good"),
        ("10", "First order"),
    ]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"last_day": "2026-01-01"}, "last_day"),
        ({"last_day": "2031-01-01"}, "last_day"),
        ({"share": "101"}, "share"),
        ({"share": "0"}, "share"),
        ({"kind": "impressions", "impressions": ""}, "impressions"),
        ({"kind": "post"}, "product"),
        ({"kind": "design"}, "own_price"),
        ({"own_price": "-1"}, "own_price"),
        ({"discount_percent": "10"}, "discount_reason"),
        ({"discount_percent": "101", "discount_reason": "x"}, "discount_percent"),
        ({"position": "99999"}, "position"),
        ({"kind": "impressions", "impressions": "1000000000", "own_price": "999999"}, "__all__"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field_and_nothing_is_saved(desk, line, field):
    quote = factories.draft_quote()
    before = lines_of(quote)
    response = desk.post(address(quote), typed(quote, a_week(**line), _save="1"))
    assert (response.status_code, list(rows(response)[0]["form"].errors)) == (400, [field])
    assert lines_of(quote) == before


def test_a_line_that_is_taken_out_goes_even_when_it_is_wrong(desk):
    quote = factories.draft_quote()
    desk.post(address(quote), typed(quote, a_week(last_day="", DELETE="on"), {"kind": "social"}, _save="1"))
    assert [line.kind for line in quote.lines.all()] == ["social"]


def test_the_later_of_two_savers_is_told_sees_both_and_may_save_again(desk):
    quote = factories.draft_quote()
    mine = typed(quote, {"kind": "social"}, words="Mine", _save="1")
    other = Client()
    other.force_login(factories.user("Publisher", username="amina"))
    other.post(address(quote), typed(quote, {"kind": "newsletter"}, words="Theirs", _save="1"))
    response = desk.post(address(quote), mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Amina saved this draft after you opened it" in page
    assert [line.kind for line in response.context["theirs"]] == ["newsletter"]
    assert [line.kind for line in quote.lines.all()] == ["newsletter"]
    desk.post(address(quote), mine | {"edits": response.context["form"]["edits"].value()})
    quote.refresh_from_db()
    assert (quote.words, [line.kind for line in quote.lines.all()]) == ("Mine", ["social"])


def test_beside_each_line_stands_what_is_free(desk):
    at = timezone.now()
    taken = factories.draft_quote(at=at)
    quoting.save(taken, {}, [week(share=60, unit_price=Decimal(66))], based_on=0, by=None, at=at)
    quoting.send(taken, by=None, at=at)
    sold = timezone.localdate() + timedelta(days=28)
    sales.book(
        position=factories.position(), advertiser=factories.advertiser(), first_day=sold, last_day=sold,
        price=Decimal(1), by=None, at=at,
    )  # fmt: skip
    Position.objects.filter(code="top-728x90").update(weekly_impressions=17_500)
    quote = factories.draft_quote(factories.ad_request())
    top = factories.position("top-728x90").pk
    data = typed(
        quote,
        a_week(share="40"),
        a_week(),
        a_week(first_day=sold.isoformat(), last_day=sold.isoformat()),
        a_week(position=factories.position("rail-200x200").pk),
        a_week(kind="impressions", impressions="14000", position=top),
        a_week(kind="impressions", impressions="14001", position=top),
        a_week(kind="impressions", impressions="1", position=factories.position("rail-200x200").pk),
        {"kind": "social"},
        _work_out="1",
    )
    said = [row["room"] for row in rows(desk.post(address(quote), data))]
    assert said[0] == "40 % free."
    assert "only 40 % are free: held for somebody else until" in said[1]
    assert "only 0 % are free: sold." in said[2]
    assert said[3:] == [
        "Free.",
        "Free: these days take up to 14,000 impressions.",
        "Takes at most 14,000 impressions on these days.",
        "Not sold by impressions: none were counted yet, and the publisher has estimated none.",
        "",
        "",
    ]


def test_what_the_open_version_holds_counts_as_free_for_the_next(desk):
    quote = factories.quote()
    newer = quoting.begin(quote.request, by=None, at=timezone.now())
    assert [row["room"] for row in rows(desk.get(address(newer)))][:1] == ["Free."]


def test_the_page_before_sending_says_what_is_held_until_when_and_who_is_mailed(desk, run_jobs):
    quote = factories.draft_quote()
    response = desk.post(address(quote), typed(quote, a_week(share="50"), _send="1"))
    assert response.url == f"/admin/ads/quote/{quote.pk}/move/send/"
    page = desk.get(response.url)
    said = " ".join(page.context["consequences"])
    assert "Medium rectangle 300×250" in said
    assert "50 % of all views" in said
    assert "ada@firm.example" in said
    assert "55.00 USD" in said
    quote.refresh_from_db()
    desk.post(response.url, {"edits": quote.edits})
    run_jobs()
    quote.refresh_from_db()
    assert (quote.status, quote.request.status) == ("sent", "quoted")
    assert [m.to for m in mail.outbox if "Our offer" in m.subject] == [["ada@firm.example"]]


def test_what_stands_in_the_way_is_said_before_anybody_confirms(desk):
    quote = factories.draft_quote()
    desk.post(address(quote), typed(quote, {"kind": "social", "own_price": "0"}, _save="1"))
    page = desk.get(f"/admin/ads/quote/{quote.pk}/move/send/")
    assert "costs nothing" in page.context["problems"][0]
    assert "Back to the quote" in page.content.decode()


def test_a_sold_out_week_is_a_sentence_and_not_an_error_page(desk):
    at = timezone.now()
    factories.quote(at=at)
    other = factories.draft_quote(at=at)
    response = desk.post(f"/admin/ads/quote/{other.pk}/move/send/", {"edits": 0}, follow=True)
    assert "is already taken on" in response.content.decode()
    assert Quote.objects.get(pk=other.pk).status == "draft"


def test_a_save_by_somebody_else_before_the_confirmation_is_noticed(desk):
    quote = factories.draft_quote()
    desk.post(address(quote), typed(quote, {"kind": "social"}, _save="1"))
    response = desk.post(f"/admin/ads/quote/{quote.pk}/move/send/", {"edits": 0}, follow=True)
    assert "Look at it again before you send it" in response.content.decode()


def test_a_sent_version_is_read_only_and_marks_what_it_changed(desk):
    quote = factories.quote()
    newer = quoting.begin(quote.request, by=None, at=timezone.now())
    quoting.save(newer, {}, [week(unit_price=Decimal(90)), piece()], based_on=0, by=None, at=timezone.now())
    quoting.send(newer, by=None, at=timezone.now())
    page = desk.get(address(newer)).content.decode()
    assert "price of one was 110.00" in page
    assert ">New<" in page
    assert "Save draft" not in page
    response = desk.post(address(newer), typed(newer, {"kind": "social"}, _save="1"), follow=True)
    assert "Nothing was changed" in response.content.decode()
    assert newer.lines.count() == 2


def test_an_offer_is_withdrawn_with_a_reason_and_a_draft_only_thrown_away(desk):
    quote = factories.quote()
    draft = factories.draft_quote()
    moves = lambda obj: [move.name for move, _address in desk.get(address(obj)).context["moves"]]  # noqa: E731
    assert (moves(quote), moves(draft)) == (["withdraw"], ["discard"])
    assert desk.post(f"/admin/ads/quote/{quote.pk}/move/withdraw/", {"note": ""}).status_code == 200
    desk.post(f"/admin/ads/quote/{quote.pk}/move/withdraw/", {"note": "A mistake in the price"})
    quote.refresh_from_db()
    assert (quote.status, quote.request.status) == ("withdrawn", "in-talks")


def test_the_preview_shows_the_offer_as_they_will_see_it_and_cannot_be_sent(desk):
    quote = factories.draft_quote()
    quoting.save(quote, {"words": "Dear <b>Ada</b>"}, [week()], based_on=0, by=None, at=timezone.now())
    page = desk.get(f"/admin/ads/quote/{quote.pk}/preview/").content.decode()
    assert "<fieldset disabled>" in page
    assert "Dear &lt;b&gt;Ada" in page
    assert "110.00" in page
    AdRequest.objects.update(language="ar")
    assert 'dir="rtl"' in desk.get(f"/admin/ads/quote/{quote.pk}/preview/").content.decode()


def test_only_the_ad_desk_and_the_publisher_reach_quotes(client):
    quote = factories.draft_quote()
    for group, expected in [("Reporter", 403), ("Editor", 403), ("Ad manager", 200), ("Publisher", 200)]:
        client.force_login(factories.user(group))
        assert client.get(address(quote)).status_code == expected
        assert client.get(f"/admin/ads/quote/{quote.pk}/preview/").status_code == expected
        begun = client.post(f"/admin/ads/quote/begin/{quote.request_id}/").status_code
        assert begun == (302 if expected == 200 else 403)


def test_a_declined_request_gets_no_quote(desk):
    request = factories.ad_request()
    deals.decline(request, by=None, at=timezone.now())
    assert "Write a quote" not in desk.get(f"/admin/ads/adrequest/{request.pk}/change/").content.decode()
    response = desk.post(f"/admin/ads/quote/begin/{request.pk}/", follow=True)
    assert "Talk again first" in response.content.decode()


def queries(client, where: str, **data) -> int:
    with CaptureQueriesContext(connection) as found:
        client.post(where, data) if data else client.get(where)
    return len(found)


def many(count: int) -> list[QuoteLine]:
    first = date(2027, 3, 1)
    places = list(Position.objects.all())
    return [
        piece(kind="post", product=factories.product(), written_by="client")
        if number % 3 == 2
        else week(position=places[number % 7], first_day=first, share=10, unit_price=Decimal(11))
        if number % 3
        else week(
            kind="impressions", position=places[0], first_day=first, share=None, impressions=100, unit_price=Decimal(3)
        )
        for number in range(count)
    ]


def test_the_screens_of_a_quote_ask_as_often_for_one_line_as_for_thirty(desk):
    at = timezone.now()
    quote = factories.draft_quote(at=at)
    Position.objects.update(weekly_impressions=100_000)
    quoting.save(quote, {}, many(1), based_on=0, by=None, at=at)
    preview, send = f"/admin/ads/quote/{quote.pk}/preview/", f"/admin/ads/quote/{quote.pk}/move/send/"
    desk.get(preview), desk.get(address(quote))
    one = [queries(desk, where) for where in (address(quote), preview, send)]
    quoting.save(quote, {}, many(30), based_on=1, by=None, at=at)
    assert [queries(desk, where) for where in (address(quote), preview, send)] == one
    quoting.send(quote, by=None, at=at)
    thirty = queries(desk, address(quote))
    newer = quoting.begin(quote.request, by=None, at=at)
    quoting.save(newer, {}, many(1), based_on=0, by=None, at=at)
    quoting.send(newer, by=None, at=at)
    assert queries(desk, address(quote)) == thirty


def test_the_list_of_quotes_asks_as_often_for_one_as_for_thirty(desk):
    desk.get("/admin/ads/quote/")
    factories.draft_quote(factories.ad_request())
    one = queries(desk, "/admin/ads/quote/")
    for _ in range(29):
        factories.draft_quote(factories.ad_request([sales.Wish(product=factories.product(), written_by="client")]))
    assert queries(desk, "/admin/ads/quote/") == one
    page = desk.get("/admin/ads/quote/?status__exact=draft").content.decode()
    assert page.count("100.00 USD") == 29


def test_a_request_that_nobody_quoted_begins_with_the_way_to_a_quote(desk):
    request = factories.ad_request()

    def begins() -> bool:
        html = desk.get(f"/admin/ads/adrequest/{request.pk}/change/").content.decode()
        before_the_facts, _heading, _rest = html.partition("Who asks")
        return f'action="/admin/ads/quote/begin/{request.pk}/"' in before_the_facts

    assert begins() is True
    factories.draft_quote(request)
    assert begins() is False
