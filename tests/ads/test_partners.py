"""The rate card, the request form and what becomes of a request."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.utils import timezone

from ads import deals, sales
from ads.forms import RequestForm
from ads.models import AdRequest, Advertiser, Material, Position
from articles.public_forms import FORM_LIFETIME
from tests import factories
from tests.ads.test_intake import word_file

pytestmark = pytest.mark.django_db


def filled(**changes) -> dict:
    """The form as an advertiser sends it, a minute after it was drawn."""
    with time_machine.travel(timezone.now() - timedelta(minutes=1), tick=False):
        key = RequestForm().initial["key"]
    values = {
        "key": key,
        "homepage": "",
        "name": "Ada Example",
        "email": "ada@mills.example",
        "company": "Teneru Mills",
        "website": "mills.example",
        "country": "NG",
        "first_day": timezone.localdate().isoformat(),
        "last_day": (timezone.localdate() + timedelta(days=6)).isoformat(),
        "message": "Hello",
        "want_foot-300x250": "on",
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def upload(data: bytes, name: str = "art.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def errors(response) -> dict[str, list[str]]:
    return {name: [str(e) for e in found] for name, found in response.context["form"].errors.items()}


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
    data = filled(
        **{
            "want_press-release": "on",
            "writer_press-release": "client",
            "file_press-release": upload(word_file(), "../../release.docx"),
            "file_foot-300x250": upload(factories.jpeg(300, 250)),
        }
    )
    response = client.post("/partners/request/", data, follow=True)
    request = AdRequest.objects.get()
    assert response.redirect_chain == [(f"/partners/request/{request.reference}/", 302)]
    assert request.reference in response.content.decode()
    assert "Teneru" not in response.content.decode()
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
    client.post("/ar/partners/request/", filled(company="مطاحن"))
    assert AdRequest.objects.get().language == "ar"
    run_jobs()
    assert any("طلب" in message.subject for message in mail.outbox)


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (factories.jpeg(299, 250), "a.jpg", "exactly 300 × 250 pixels; yours is 299 × 250"),
        (factories.gif(250, 300), "a.gif", "exactly 300 × 250 pixels; yours is 250 × 300"),
        (b"%PDF-1.7 not a picture", "a.jpg", "JPEG"),
        (b"<html><script>alert(1)</script>", "a.gif", "JPEG"),
        (factories.jpeg(300, 250)[:300], "a.jpg", ""),
    ],
)
def test_artwork_that_does_not_fit_is_refused_by_its_field_in_words(client, data, name, says):
    response = client.post("/partners/request/", filled(**{"file_foot-300x250": upload(data, name)}))
    assert response.status_code == 400
    [sentence] = errors(response)["file_foot-300x250"]
    assert says in sentence
    assert sentence in response.content.decode().replace("&#x27;", "'")
    assert 'value="Teneru Mills"' in response.content.decode()
    assert (AdRequest.objects.count(), Material.objects.count()) == (0, 0)


def test_a_pdf_called_docx_is_refused_in_words(client):
    data = filled(want_interview="on", file_interview=upload(b"%PDF-1.7\n%x", "interview.docx"))
    response = client.post("/partners/request/", data)
    assert response.status_code == 400
    assert "PDF" in errors(response)["file_interview"][0]


def test_a_file_of_forty_megabytes_is_refused_with_both_figures(client):
    huge = upload(b"\xff\xd8\xff" + b"0" * (40 * 1024 * 1024))
    response = client.post("/partners/request/", filled(**{"file_foot-300x250": huge}))
    assert response.status_code == 400
    [sentence] = errors(response)["file_foot-300x250"]
    assert "40.0" in sentence
    assert "15.0" in sentence


def test_an_empty_form_says_what_each_field_needs(client):
    response = client.post("/partners/request/", {"key": filled()["key"]})
    assert response.status_code == 400
    assert set(errors(response)) == {"name", "email", "company", "website", "country"}
    html = response.content.decode()
    assert 'role="alert"' in html
    assert "<title>Error:" in html


def test_a_request_for_nothing_is_asked_what_it_wants(client):
    response = client.post("/partners/request/", filled(**{"want_foot-300x250": None}))
    assert "Choose at least one position or sponsored post" in errors(response)["__all__"][0]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(-1, 5, "first_day"), (5, 4, "last_day"), (800, 801, "first_day"), (1, 800, "last_day")],
)
def test_dates_that_cannot_be_are_refused(client, first, last, field):
    today = timezone.localdate()
    days = {
        "first_day": (today + timedelta(days=first)).isoformat(),
        "last_day": (today + timedelta(days=last)).isoformat(),
    }
    assert field in errors(client.post("/partners/request/", filled(**days)))


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Ada\r\nBcc: all@victims.example"},
        {"email": "ada@mills.example\nBcc: all@victims.example"},
        {"company": "Mills\r\nSubject: hello"},
    ],
)
def test_no_header_can_be_smuggled_into_a_mail(client, run_jobs, changes):
    client.post("/partners/request/", filled(**changes))
    run_jobs()
    for message in mail.outbox:
        assert len(message.recipients()) == 1
        assert "\n" not in message.subject
        assert "Bcc" not in message.message()


def test_two_clicks_make_one_request(client, run_jobs):
    data = filled()
    answers = [client.post("/partners/request/", data)["Location"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert AdRequest.objects.count() == 1
    run_jobs()
    assert len(mail.outbox) == 2


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


@pytest.mark.parametrize("key", ["", "forged:1:2", None])
def test_a_form_that_is_not_ours_is_refused_and_keeps_what_was_typed(client, key):
    response = client.post("/partners/request/", filled(key=key))
    assert response.status_code == 403
    html = response.content.decode()
    assert 'value="Teneru Mills"' in html
    assert AdRequest.objects.count() == 0
    fresh = response.context["form"]["key"].value()
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        assert client.post("/partners/request/", filled(key=fresh)).status_code == 302


def test_a_page_left_open_for_too_long_asks_to_send_again(client):
    data = filled()
    with time_machine.travel(timezone.now() + FORM_LIFETIME, tick=False):
        response = client.post("/partners/request/", data | {"first_day": "", "last_day": ""})
    assert response.status_code == 403
    assert "open for too long" in errors(response)["key"][0]


def test_a_form_sent_from_elsewhere_is_refused(client):
    response = client.post("/partners/request/", filled(), headers={"origin": "https://evil.example"})
    assert response.status_code == 403
    assert AdRequest.objects.count() == 0


@pytest.mark.parametrize("trick", ["hidden field", "too fast"])
def test_what_looks_like_spam_is_kept_and_shown_but_mails_nobody(client, run_jobs, trick):
    changes = {"homepage": "https://spam.example"} if trick == "hidden field" else {"key": RequestForm().initial["key"]}
    assert client.post("/partners/request/", filled(**changes)).status_code == 302
    assert AdRequest.objects.get().suspected
    run_jobs()
    assert mail.outbox == []


def test_a_held_request_that_was_no_spam_is_released_and_confirmed_once(client, run_jobs):
    client.post("/partners/request/", filled(homepage="https://mine.example"))
    request = AdRequest.objects.get()
    client.force_login(factories.user("Ad manager"))
    page = f"/admin/ads/adrequest/{request.pk}/"
    assert "Not spam: release" in client.get(page + "change/").content.decode()
    for _ in range(2):
        assert client.post(page + "release/")["Location"] == page + "change/"
    run_jobs()
    assert len(mail.outbox) == 2
    assert "Not spam: release" not in client.get(page + "change/").content.decode()


def test_a_network_that_sends_too_much_is_asked_to_wait_and_others_are_not(client):
    for _ in range(20):
        assert client.post("/partners/request/", filled()).status_code == 302
    refused = client.post("/partners/request/", filled(), REMOTE_ADDR="127.0.0.9")
    assert refused.status_code == 429
    assert "try again later" in refused.content.decode()
    assert client.post("/partners/request/", filled(), REMOTE_ADDR="10.1.2.3").status_code == 302
    assert client.post("/partners/request/", filled(), REMOTE_ADDR="2001:db8:1::5").status_code == 302


def test_no_file_of_a_form_that_is_not_ours_is_opened(client):
    data = filled(
        **{
            "key": "forged:1:2",
            "file_foot-300x250": upload(b"not a picture"),
            "want_interview": "on",
            "file_interview": upload(b"not a document", "interview.docx"),
        }
    )
    response = client.post("/partners/request/", data)
    assert response.status_code == 403
    assert set(errors(response)) == {"key"}


def test_a_network_that_sends_the_form_all_the_time_is_asked_to_wait_before_its_files_are_opened(client):
    for _ in range(60):
        client.post("/partners/request/", {"key": "forged:1:2"})
    response = client.post("/partners/request/", filled(**{"file_foot-300x250": upload(b"not a picture")}))
    assert response.status_code == 429
    assert set(errors(response)) == {"__all__"}
    assert 'value="Teneru Mills"' in response.content.decode()
    assert client.post("/partners/request/", filled(), REMOTE_ADDR="10.1.2.3").status_code == 302


def test_a_mail_server_that_is_down_loses_nothing(client, run_jobs, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert client.post("/partners/request/", filled()).status_code == 302
    run_jobs()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    run_jobs()
    assert mail.outbox == []
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        run_jobs()
    assert sorted(m.to[0] for m in mail.outbox) == ["ada@mills.example", "partners@testserver"]
    assert len({m.extra_headers["Message-ID"] for m in mail.outbox}) == 2


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
