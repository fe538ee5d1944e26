"""The private page of a deal: what it shows, what can be done there, and that it opens nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver, reverse
from django.utils import timezone
from django.utils.html import escape

from ads import attachments, conversation, deals, links
from ads.models import AdRequest, DealMessage, Material
from ads.views import deal as deal_views
from tests import factories
from tests.ads.test_intake import word_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal() -> AdRequest:
    return factories.quote().request


def page(client, deal: AdRequest, prefix: str = "") -> str:
    response = client.get(f"{prefix}/partners/deal/{factories.deal_token(deal)}/")
    assert response.status_code == 200
    return response.content.decode()


def ask(client, deal: AdRequest, text: str = "Can it be green?", files: list | None = None):
    data = {"text": text} | ({"attached": files} if files else {})
    return client.post(f"/partners/deal/{factories.deal_token(deal)}/ask/", data)


def art(data: bytes, name: str = "art.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_the_page_tells_reference_company_steps_and_whose_turn_it_is(client, deal):
    html = page(client, deal)
    for words in (deal.reference, deal.company, "Received", "Quoted", "Accepted", "Paid", "Live", "Done"):
        assert words in html
    assert "It is your turn" in html
    assert html.count('aria-current="step"') == 1
    assert "Medium rectangle" in html


def test_the_page_is_private_and_without_advertising(client, deal):
    factories.booking("top-728x90")
    response = client.get(f"/partners/deal/{factories.deal_token(deal)}/")
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("private, no-store", "no-referrer")
    assert response["X-Robots-Tag"].startswith("noindex")
    assert "data-slot" not in response.content.decode()
    assert not response.cookies


def test_the_page_speaks_arabic_under_its_arabic_address(client, deal):
    html = page(client, deal, "/ar")
    assert '<html lang="ar" dir="rtl">' in html
    assert "It is your turn" not in html
    assert f"/partners/deal/{factories.deal_token(deal)}/" in html  # the way to the English page


def test_a_mail_to_an_arabic_advertiser_leads_to_the_arabic_page(deal, run_jobs):
    AdRequest.objects.update(language="ar")
    deal.refresh_from_db()
    conversation.write(deal, "مرحبا", by=factories.user("Ad manager"), at=timezone.now())
    run_jobs()
    assert f"/ar/partners/deal/{factories.deal_token(deal)}/" in mail.outbox[-1].body


def test_a_question_is_kept_starts_the_clock_and_mails_the_desk(client, deal, run_jobs):
    assert deal.answer_due_at is None
    response = ask(client, deal)
    assert response.status_code == 302
    assert response["Location"].endswith("/?said=asked#said")
    deal.refresh_from_db()
    assert deal.time_left(timezone.now()) > timedelta(hours=47)
    html = client.get(response["Location"]).content.decode()
    assert "We have your message, and answer within 48 hours." in html
    assert "Can it be green?" in html
    run_jobs()
    assert [m.subject for m in mail.outbox if "Message" in m.subject] == [f"[{deal.reference}] Message: {deal.company}"]


def test_the_same_text_twice_is_one_message_until_something_comes_between(client, deal):
    ask(client, deal)
    ask(client, deal)
    assert deal.messages.count() == 1
    conversation.write(deal, "Yes", by=factories.user("Ad manager"), at=timezone.now())
    ask(client, deal)
    assert deal.messages.count() == 3


@pytest.mark.parametrize("text", ["", "   ", "x" * 5001, "a\0b"])
def test_an_empty_huge_or_odd_message_is_refused_in_words(client, deal, text):
    response = ask(client, deal, text)
    assert response.status_code == 400
    html = response.content.decode()
    assert 'role="alert"' in html
    assert "<title>Error:" in html
    assert deal.messages.count() == 0


def test_what_people_write_is_text_and_never_markup(client, deal):
    ask(client, deal, "<script>alert(1)</script>")
    html = page(client, deal)
    assert escape("<script>alert(1)</script>") in html
    assert "<script>alert" not in html


def test_somebody_who_writes_without_end_is_asked_to_wait(client, deal, monkeypatch):
    monkeypatch.setattr(deal_views, "ASKED_PER_HOUR", 2)
    statuses = [ask(client, deal, f"Message {n}").status_code for n in range(3)]
    assert statuses == [302, 302, 429]


def test_files_of_a_message_are_checked_written_anew_and_kept_with_it(client, deal):
    picture = factories.jpeg(300, 250, comment=b"secret comment")
    response = ask(
        client, deal, files=[art(picture), art(word_file(), "../../story.docx"), art(factories.gif(20, 20), "a.gif")]
    )
    assert response.status_code == 302
    kept = list(deal.messages.get().material.order_by("pk"))
    assert [(one.kind, one.format, one.width) for one in kept] == [
        ("artwork", "JPEG", 300),
        ("word", "DOCX", None),
        ("artwork", "GIF", 20),
    ]
    with kept[0].file.open("rb") as file:
        assert b"secret comment" not in file.read()
    assert "story.docx" in page(client, deal)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("page.html", b"<html><script>1</script>", "page.html"),
        ("art.jpg", b"\x89PNG\r\n\x1a\n" + b"0" * 99, "neither a picture"),
        ("art.jpg", b"\xff\xd8\xff\xe0 torn", "art.jpg"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "old.doc"),
        ("empty.jpg", b"", "empty"),
    ],
)
def test_other_files_are_refused_in_words_and_nothing_is_kept(client, deal, name, data, words):
    response = ask(client, deal, files=[art(data, name)])
    assert response.status_code == 400
    assert words in response.content.decode()
    assert (DealMessage.objects.count(), Material.objects.count()) == (0, 0)


def test_at_most_three_files_come_with_a_message(client, deal):
    response = ask(client, deal, files=[art(factories.jpeg()) for _ in range(4)])
    assert response.status_code == 400
    assert "at most 3 files" in response.content.decode()


def test_a_deal_has_room_for_so_many_files_and_says_so(client, deal, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_FILES", 1)
    assert ask(client, deal, files=[art(factories.jpeg())]).status_code == 302
    response = ask(client, deal, "And this", files=[art(factories.jpeg())])
    assert response.status_code == 429
    assert "as many files as one can have: 1" in response.content.decode()
    assert (DealMessage.objects.count(), Material.objects.count()) == (1, 1)


def test_one_renewal_comes_of_many_clicks_and_both_pages_point_at_each_other(client, run_jobs):
    deal = factories.deal("delivered")
    token = factories.deal_token(deal)
    first = client.post(f"/partners/deal/{token}/renew/")
    assert client.post(f"/partners/deal/{token}/renew/")["Location"] == first["Location"]
    renewal = deal.renewals.get()
    booking = deal.bookings.get()
    assert (renewal.status, renewal.source, renewal.email) == ("received", "renewal", deal.email)
    assert [item.position for item in renewal.items.all()] == [booking.position]
    assert renewal.first_day == booking.last_day + timedelta(days=1)
    assert renewal.last_day - renewal.first_day == booking.last_day - booking.first_day
    assert renewal.answer_due_at is not None
    html = client.get(first["Location"]).content.decode()
    assert "We have your renewal" in html
    assert f"/partners/deal/{token}/" in html
    assert first["Location"].partition("?")[0] in page(client, deal)
    run_jobs()
    mails = [m for m in mail.outbox if renewal.reference in m.subject]
    assert [m.subject.partition("] ")[2] for m in mails] == ["Your renewal", f"Renewal: {deal.company}"]
    assert first["Location"].partition("?")[0] in mails[0].body


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_eight_who_renew_or_write_at_once_make_one_renewal_and_one_message(at_once):
    at = timezone.now()
    deal = factories.deal("live")
    assert at_once(8, lambda: deals.renew(AdRequest.objects.get(pk=deal.pk), by=None, at=at)) == []
    assert at_once(8, lambda: conversation.hear(deal, "Hello?", name="Ada", via="page", at=at)) == []
    assert (deal.renewals.count(), deal.messages.count()) == (1, 1)


def test_what_the_desk_notes_with_a_renewal_is_not_shown_to_the_advertiser(client):
    renewal = deals.renew(factories.deal("closed"), by=None, at=timezone.now(), note="zanzaranth")
    assert renewal.notes == "zanzaranth"
    assert "zanzaranth" not in page(client, renewal)


def test_after_a_declined_renewal_another_may_be_asked_for():
    at = timezone.now()
    deal = factories.deal("closed")
    first = deals.renew(deal, by=None, at=at)
    deals.decline(first, by=None, at=at)
    assert deals.renew(deal, by=None, at=at) != first


def test_a_deal_that_did_not_run_yet_cannot_be_renewed(client, deal):
    response = client.post(f"/partners/deal/{factories.deal_token(deal)}/renew/")
    assert response.status_code == 409
    assert "can be renewed once it runs" in response.content.decode()


def test_who_has_no_link_of_their_own_to_a_renewal_reads_its_reference_only(client):
    deal = factories.deal("live")
    renewal = deals.renew(deal, by=None, at=timezone.now())
    colleague = links.make(deal, by=None, at=timezone.now(), email="colleague@firm.example")
    html = client.get(links.path(colleague.key, "en")).content.decode()
    assert renewal.reference in html
    assert factories.deal_token(renewal) not in html


def test_a_closed_deal_keeps_its_page_but_takes_no_message(client):
    deal = factories.deal("closed")
    html = page(client, deal)
    assert "Renew" in html
    assert 'id="ask"' not in html
    assert ask(client, deal).status_code == 409


def test_before_it_runs_the_report_names_days_and_shares_and_no_figure(client):
    html = page(client, factories.deal("live"))
    assert "The whole position is yours" in html
    assert "Figures stand here from" in html


def test_notes_and_names_of_the_desk_stay_at_the_desk(client, deal):
    boss = factories.user("Publisher", username="zanzaranth")
    AdRequest.objects.update(notes="zanzaranth")
    deals.move(deal, "in-talks", by=boss, at=timezone.now(), note="zanzaranth")
    assert "zanzaranth" not in page(client, deal)


def under_deal() -> list:
    """Every pattern under a private link."""
    (resolver,) = [r for r in _resolvers(get_resolver()) if r.app_name == "ads"]
    return [p for p in resolver.url_patterns if str(p.pattern).startswith("deal/<str:token>/")]


def _resolvers(resolver) -> list:
    found = []
    for entry in getattr(resolver, "url_patterns", []):
        if hasattr(entry, "url_patterns"):
            found += [entry, *_resolvers(entry)]
    return found


def addresses_of_another(token: str) -> list[str]:
    """Every address under a token, with the number of anything that belongs to somebody else."""
    found = []
    for pattern in under_deal():
        names = [name for name in pattern.pattern.converters if name != "token"]
        for number in range(1, 6) if names else (0,):
            values = dict.fromkeys(names, number)
            found.append(reverse(f"ads:{pattern.name}", kwargs={"token": token} | values))
    return found


def test_every_address_under_a_link_is_known_to_this_file():
    assert {"deal", "deal_ask", "deal_renew"} <= {pattern.name for pattern in under_deal()}


@pytest.mark.parametrize("method", ["get", "head", "post", "options"])
def test_a_wrong_a_revoked_and_an_expired_link_open_nothing_anywhere(client, deal, method):
    at = timezone.now()
    revoked = links.make(deal, by=None, at=at)
    links.revoke(revoked, by=None, at=at)
    expired = links.make(deal, by=None, at=at - timedelta(days=181))
    for token in ["A" * 43, *(links.path(one.key, "en").split("/")[3] for one in (revoked, expired))]:
        for address in addresses_of_another(token):
            response = getattr(client, method)(address)
            assert response.status_code == 404, address
            assert deal.company not in response.content.decode()
            assert response["Referrer-Policy"] == "no-referrer"


def test_a_link_opens_its_own_deal_and_nothing_with_numbers_of_another(client, deal):
    at = timezone.now()
    other = factories.deal("invoiced", at=at + timedelta(days=14))
    conversation.hear(other, "zanzaranth", name="zanzaranth", via="page", at=at)
    AdRequest.objects.filter(pk=other.pk).update(company="zanzaranth")
    creative = factories.creative(other.bookings.get())
    invoice = factories.invoice(factories.deal(at=at + timedelta(days=28)))
    story = factories.offered_post(factories.post_deal())
    waits = factories.waiting_entry(other.bookings.get(), deal=other)
    token = factories.deal_token(deal)
    named = {
        "quote_accept": [{"version": 2}],
        "quote_paper": [{"version": 2}],
        "invoice_paper": [{"number": invoice.number}],
        "deal_artwork": [{"pk": creative.booking_id}],
        "deal_artwork_file": [{"pk": creative.pk, "which": "art"}],
        "deal_wait": [{"code": "top-728x90"}],
        "deal_unwait": [{"number": waits.pk}],
        **{
            f"deal_post_{name}": [{"line": story.line_id, "number": 1}]
            for name in ("file", "brief", "approve", "say", "text")
        },
        "deal_post_picture": [{"line": story.line_id, "number": 1, "path": "0" * 32 + "/full-320.webp"}],
    }
    with_numbers = {p.name for p in under_deal() if set(p.pattern.converters) - {"token"}}
    assert with_numbers == set(named)
    for name, cases in named.items():
        for case in cases:
            address = reverse(f"ads:{name}", kwargs={"token": token} | case)
            for method in ("get", "post"):
                response = getattr(client, method)(address)
                assert response.status_code in (404, 405), (method, address)
                assert b"zanzaranth" not in getattr(response, "content", b"")
    assert "zanzaranth" not in client.get(reverse("ads:deal", args=[token])).content.decode()


@pytest.mark.parametrize("address", ["ask/", "renew/"])
def test_a_post_from_another_site_is_refused(client, deal, address):
    response = client.post(
        f"/partners/deal/{factories.deal_token(deal)}/{address}",
        {"text": "Hello"},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert response.status_code == 403
    assert deal.messages.count() == 0
