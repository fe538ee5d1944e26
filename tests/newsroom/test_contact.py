from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError
from django.utils import timezone

from newsroom.audience import inbox
from newsroom.audience.forms import ContactForm
from newsroom.audience.models import ContactMessage

pytestmark = pytest.mark.django_db


def filled(**changes) -> dict:
    with time_machine.travel(timezone.now() - timedelta(minutes=1), tick=False):
        key = ContactForm().initial["key"]
    return {
        "key": key,
        "homepage": "",
        "reason": "tip",
        "name": "Amina Reader",
        "email": "amina@reader.example",
        "message": "The bridge is closed.",
    } | changes


def test_a_message_is_stored_and_mailed_to_the_newsroom(client, run_jobs):
    response = client.post("/contact/", filled())
    assert (response.status_code, response["Location"]) == (302, "/contact/sent/")
    message = ContactMessage.objects.get()
    assert (message.name, message.reason, message.language) == ("Amina Reader", "tip", "en")
    run_jobs()
    [sent] = mail.outbox
    assert (sent.to, sent.reply_to) == (["newsroom@testserver"], ["amina@reader.example"])
    assert "The bridge is closed." in sent.body


def test_an_advertiser_who_writes_here_reaches_the_desk(client, run_jobs):
    client.post("/contact/", filled(reason="partners"))
    run_jobs()
    assert mail.outbox[0].to == ["partners@testserver"]


def test_a_message_in_arabic_stays_in_arabic(client, run_jobs):
    html = client.get("/ar/contact/").content.decode()
    assert '<html lang="ar" dir="rtl"' in html
    response = client.post("/ar/contact/", filled(name="ليلى", message="الجسر مغلق منذ الصباح."))
    assert response["Location"] == "/ar/contact/sent/"
    message = ContactMessage.objects.get()
    assert (message.language, message.message) == ("ar", "الجسر مغلق منذ الصباح.")
    run_jobs()
    assert "الجسر مغلق منذ الصباح." in mail.outbox[0].body


def test_two_clicks_make_one_message(client):
    data = filled()
    assert [client.post("/contact/", data).status_code for _ in range(2)] == [302, 302]
    assert ContactMessage.objects.count() == 1


def test_a_message_that_the_database_refuses_is_not_taken_for_a_second_click():
    with pytest.raises(IntegrityError):
        inbox.receive(
            reason="tip",
            name="N",
            email=None,
            text="T",
            form_key="k",
            language="en",
            suspicion="",
            at=timezone.now(),
        )
    assert ContactMessage.objects.count() == 0


def test_an_empty_form_keeps_what_was_typed_and_says_what_is_missing(client):
    response = client.post("/contact/", filled(message="", email="not an address"))
    assert response.status_code == 400
    assert set(response.context["form"].errors) == {"message", "email"}
    html = response.content.decode()
    assert 'value="Amina Reader"' in html
    assert 'aria-describedby="' in html
    assert not ContactMessage.objects.exists()


@pytest.mark.parametrize("size", [5001, 1_000_000])
def test_a_message_that_is_too_long_is_refused_in_words(client, size):
    response = client.post("/contact/", filled(message="x" * size))
    assert response.status_code == 400
    assert "5000" in str(response.context["form"].errors["message"])


@pytest.mark.parametrize(
    "changes", [{"name": "\x00"}, {"reason": "nothing"}, {"email": "a@" + "b" * 300 + ".example"}, {"name": "n" * 121}]
)
def test_hostile_values_are_refused_by_their_field(client, changes):
    response = client.post("/contact/", filled(**changes))
    assert response.status_code == 400
    assert set(response.context["form"].errors) == set(changes)


def test_a_form_without_our_key_is_refused(client):
    assert client.post("/contact/", filled(key="made up")).status_code == 403
    assert client.post("/contact/", filled(), headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert not ContactMessage.objects.exists()


def test_every_send_is_counted_even_one_that_is_refused(client):
    for _ in range(60):
        assert client.post("/contact/", {"key": "made up"}).status_code == 403
    response = client.post("/contact/", filled())
    assert response.status_code == 429
    assert "The bridge is closed." in response.content.decode()
    assert client.post("/contact/", filled(), REMOTE_ADDR="10.1.2.3").status_code == 302


def test_spam_is_kept_and_mails_nobody(client, run_jobs):
    assert client.post("/contact/", filled(homepage="x")).status_code == 302
    assert ContactMessage.objects.get().suspected == "filled in a hidden field"
    run_jobs()
    assert mail.outbox == []


def test_forms_are_never_cached(client):
    for page in ("/contact/", "/partners/request/"):
        assert "no-store" in client.get(page)["Cache-Control"]


def test_a_cache_that_is_away_loses_no_message(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"socket_connect_timeout": 0.1},
        }
    }
    assert client.post("/contact/", filled()).status_code == 302
    assert ContactMessage.objects.count() == 1
