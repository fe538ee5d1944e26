"""The mailbox in the admin."""

from __future__ import annotations

import pytest
from django.utils import timezone

from ads import mail_filing
from ads.models import AdRequest, InboundMail
from tests import factories
from tests.ads.mails import bounce, mail

pytestmark = pytest.mark.django_db

LIST = "/admin/ads/inboundmail/"


@pytest.fixture
def desk(client):
    client.force_login(factories.user("Ad manager"))
    return client


def filed(raw: bytes) -> InboundMail:
    kept = factories.inbound_mail(raw)
    mail_filing.file_waiting(timezone.now())
    kept.refresh_from_db()
    return kept


def held(reference: str = "") -> InboundMail:
    return filed(
        mail("<b>Hello</b>", sender="Eve <eve@other.example>", subject=f"About {reference}", Precedence="bulk")
    )


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_as_much_for_one_mail_as_for_thirty(desk, django_assert_num_queries, count):
    request = factories.ad_request()
    for n in range(count):
        filed(mail(f"Message {n}", sender=f"p{n}@firm.example", subject=request.reference))
    desk.get(LIST)
    with django_assert_num_queries(6):
        page = desk.get(LIST).content.decode()
    assert page.count(f"{request.reference}</bdi>") == count


def test_an_empty_mailbox_and_the_filters_are_drawn(desk):
    assert desk.get(LIST).status_code == 200
    held()
    filed(bounce("x@y.example", subject="z"))
    rows = {status: desk.get(f"{LIST}?status={status}").content.decode().count("desk-mail__from") for status in
            ("automatic", "bounce", "loop", "failed", "held")}  # fmt: skip
    assert rows == {"automatic": 1, "bounce": 1, "loop": 0, "failed": 0, "held": 0}


def test_a_mail_is_shown_as_text_and_downloaded_as_it_came(desk):
    kept = held()
    page = desk.get(f"{LIST}{kept.pk}/change/").content.decode()
    assert "&lt;b&gt;Hello&lt;/b&gt;" in page
    assert "Precedence: bulk" in page
    response = desk.get(f"{LIST}{kept.pk}/raw/")
    assert response["Content-Disposition"] == f'attachment; filename="mail-{kept.pk}.eml"'
    assert response["Content-Type"] == "application/octet-stream"
    assert b"".join(response.streaming_content).startswith(b"Message-ID: ")


def test_the_desk_attaches_a_mail_to_the_deal_it_names(desk):
    request = factories.ad_request()
    kept = held(request.reference)
    address = f"{LIST}{kept.pk}/move/attach/"
    assert f'value="{request.reference}"' in desk.get(address).content.decode()
    assert "No deal has this reference" in desk.post(address, {"request": "R-2222222"}).content.decode()
    desk.post(address, {"request": f" {request.reference.lower()} "})
    kept.refresh_from_db()
    assert (kept.status, request.messages.get().text) == ("message", "<b>Hello</b>")
    page = desk.get(f"/admin/ads/adrequest/{request.pk}/change/").content.decode()
    assert f"/admin/ads/inboundmail/{kept.pk}/change/" in page
    assert "Nothing is left to decide" in desk.get(f"{LIST}{kept.pk}/change/").content.decode()


def test_the_desk_makes_a_request_of_a_mail_or_puts_it_aside(desk):
    first, second = held(), filed(mail("Other", sender="bob@other.example", Precedence="bulk"))
    desk.post(f"{LIST}{first.pk}/move/request/")
    desk.post(f"{LIST}{second.pk}/move/aside/", {"note": "a newsletter"})
    assert list(InboundMail.objects.order_by("pk").values_list("status", "note")) == [
        ("request", "Precedence: bulk"),
        ("not-ours", "a newsletter"),
    ]
    assert AdRequest.objects.get().email == "eve@other.example"
    desk.post(f"{LIST}{first.pk}/move/request/")
    assert AdRequest.objects.count() == 1


def test_the_request_says_that_mail_to_its_contact_bounces(desk):
    request = factories.ad_request()
    filed(bounce("ada@firm.example", subject=f"[{request.reference}] Our offer"))
    page = desk.get(f"/admin/ads/adrequest/{request.pk}/change/").content.decode()
    assert "Mail to ada@firm.example bounces" in page
    assert "550 5.1.1 No such user here" in page
