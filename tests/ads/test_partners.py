"""The rate card, and what becomes of a request. How it is made, step by step: test_request_steps.py."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.utils import timezone

from ads import deals, sales
from ads.models import AdRequest, Advertiser, Position
from tests import factories
from tests.ads import steps
from tests.ads.test_intake import word_file

pytestmark = pytest.mark.django_db


def upload(data: bytes, name: str = "art.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_the_rate_card_says_what_is_sold_where_and_for_how_much(client):
    Position.objects.filter(code="top-728x90").update(price_per_week=Decimal("1234.50"), is_example_price=False)
    html = client.get("/partners/").content.decode()
    for place in Position.objects.all():
        assert place.name in html
        assert place.where in html
        assert f"{place.width}" in html
    assert "$1,234.50" in html
    for kind in ("Press release", "Advertorial", "Video content", "Article", "Interview"):
        assert kind in html
    assert "100" in html
    assert "48 hours" in html


def test_a_position_off_sale_is_not_on_the_rate_card_nor_on_the_form(client):
    Position.objects.filter(code="rail-200x200").update(is_active=False)
    assert "Small square" not in client.get("/partners/").content.decode()
    assert "Small square" not in client.get("/partners/request/").content.decode()


def test_a_request_with_artwork_and_a_word_file_is_stored_and_confirmed_by_mail(client, run_jobs):
    data = {
        "want_press-release": "on",
        "writer_press-release": "client",
        "file_press-release": upload(word_file(), "../../release.docx"),
        "file_foot-300x250": upload(factories.jpeg(300, 250)),
    }
    response = steps.send(client, **data)
    request = AdRequest.objects.get()
    assert response["Location"] == f"/partners/request/{request.reference}/"
    receipt = client.get(response["Location"]).content.decode()
    assert (request.reference in receipt, "Teneru" in receipt) == (True, False)
    assert (request.company, request.website, request.country.code, request.status) == (
        "Teneru Mills",
        "https://mills.example",
        "NG",
        "received",
    )
    assert [str(item) for item in request.items.all()] == ["Medium rectangle 300×250", "Press release"]
    artwork, word = request.material.order_by("kind")
    assert (artwork.format, artwork.width, artwork.height) == ("JPEG", 300, 250)
    assert (word.format, word.original_name) == ("DOCX", "release.docx")
    assert "release" not in word.file.name
    assert mail.outbox == []
    run_jobs()
    to_advertiser, to_desk = sorted(mail.outbox, key=lambda m: m.to != ["ada@mills.example"])
    assert request.reference in to_advertiser.subject
    assert to_advertiser.to == ["ada@mills.example"]
    assert to_desk.to == ["partners@testserver"]
    assert to_desk.reply_to == ["ada@mills.example"]
    assert "Teneru Mills" in to_desk.body


def test_a_request_in_arabic_is_confirmed_in_arabic(client, run_jobs):
    steps.send(client, "/ar", company="مطاحن")
    assert AdRequest.objects.get().language == "ar"
    run_jobs()
    assert any("طلب" in message.subject for message in mail.outbox)


def test_a_request_that_the_database_refuses_is_not_taken_for_a_second_click():
    twice = [sales.Wish(position=factories.position())] * 2
    with pytest.raises(IntegrityError, match="request"):
        factories.ad_request(twice)
    assert AdRequest.objects.count() == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_clicks_at_the_same_moment_make_one_request(run_jobs):
    gate, references = threading.Barrier(6), []

    def send() -> None:
        gate.wait()
        try:
            wish = sales.Wish(position=factories.position())
            fields = {
                "name": "A",
                "email": "a@b.example",
                "company": "C",
                "website": "https://c.example",
                "country": "NG",
            }
            now = timezone.now()
            made = sales.receive(fields, [wish], form_key="one", language="en", suspicion="", at=now)
            references.append(made.reference)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(references) == 6
    assert len(set(references)) == 1
    assert AdRequest.objects.count() == 1


def test_a_held_request_that_was_no_spam_is_released_and_confirmed_once(client, run_jobs):
    steps.send(client, homepage="https://mine.example")
    request = AdRequest.objects.get()
    client.force_login(factories.user("Ad manager"))
    page = f"/admin/ads/adrequest/{request.pk}/"
    assert "Not spam: release" in client.get(page + "change/").content.decode()
    for _ in range(2):
        assert client.post(page + "release/")["Location"] == page + "change/"
    run_jobs()
    assert len(mail.outbox) == 2
    assert "Not spam: release" not in client.get(page + "change/").content.decode()


def test_the_history_of_a_request_names_its_statuses_in_words(client):
    request = factories.ad_request()
    deals.answer(request, by=None, at=timezone.now())
    client.force_login(factories.user("Ad manager"))
    html = client.get(f"/admin/ads/adrequest/{request.pk}/change/").content.decode()
    history = html.partition("What happened")[2].partition("</ol>")[0]
    assert "in-talks" not in history
    assert history.index("In talks") < history.index("Received")


def test_the_clock_runs_for_48_hours_and_stops_with_the_answer():
    now = timezone.now()
    request = factories.ad_request(at=now - timedelta(hours=40))
    assert request.time_left(now) == timedelta(hours=8)
    deals.answer(request, by=None, at=now)
    assert request.time_left(now) is None


def test_a_firm_is_put_on_file_once():
    first, second = (factories.ad_request(company=name) for name in ("Teneru Mills", "teneru mills"))
    assert sales.advertiser_of(first) == sales.advertiser_of(second)
    assert Advertiser.objects.count() == 1


def test_begun_weeks_are_charged_whole():
    place = factories.position()
    today = timezone.localdate()
    prices = [sales.price_for(place, today, today + timedelta(days=n)) for n in (0, 6, 7, 13)]
    assert prices == [place.price_per_week * n for n in (1, 1, 2, 2)]
