"""The pages of newsletters for readers: what a POST does, what a GET leaves alone, and what nobody learns."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from articles.public_forms import PublicForm
from newsroom.audience import links, subscribing, suppressing
from newsroom.audience.models import Consent, Subscriber, Suppression
from newsroom.logs import Discreet
from tests import factories

pytestmark = pytest.mark.django_db

State = Subscriber.State


def filled(*newsletters, **changes) -> dict:
    with time_machine.travel(timezone.now() - timedelta(minutes=1), tick=False):
        key = PublicForm().initial["key"]
    return {
        "key": key,
        "homepage": "",
        "email": "amina@reader.example",
        "name": "Amina",
        "most_often": "each",
        "newsletters": [one.slug for one in newsletters],
    } | changes


def path(address: str) -> str:
    assert address.startswith("http://testserver/")
    return address.removeprefix("http://testserver")


@pytest.fixture
def letter(db):
    return factories.newsletter(name="Harbour", slug="harbour", description="Boats and tides.")


@pytest.fixture
def reader(letter):
    return factories.subscriber(letter, email="amina@reader.example")


def test_what_is_on_offer_stands_by_language_with_when_it_comes_and_no_box_is_ticked(client, letter):
    factories.newsletter(name="الميناء", slug="mina", language="ar", rhythm="weekly")
    factories.newsletter(name="Closed", is_open=False)
    html = client.get("/newsletter/").content.decode()
    assert html.index("Harbour") < html.index("الميناء")
    assert "Every morning at 06:30" in html
    assert "Boats and tides." in html
    assert "Closed" not in html
    assert " checked" not in html
    arabic = client.get("/ar/newsletter/").content.decode()
    assert arabic.index("الميناء") < arabic.index("Harbour")


def test_a_list_of_30_newsletters_costs_as_many_queries_as_one(client, letter, django_assert_num_queries):
    with django_assert_num_queries(16):
        client.get("/newsletter/")
    for _number in range(29):
        factories.newsletter().sections.add(factories.section())
    with django_assert_num_queries(16):
        client.get("/newsletter/")


def test_a_site_without_newsletters_says_so_and_offers_no_form(client):
    html = client.get("/newsletter/").content.decode()
    assert "There is no newsletter yet." in html
    assert "<form method" not in html.split("<main")[1]
    assert 'id="newsletter-form"' not in client.get("/").content.decode()


def test_front_page_section_and_story_have_the_form_and_every_reader_gets_the_same_bytes(client, letter):
    story = factories.article()
    for page in ("/", story.section.get_absolute_url(), story.get_absolute_url()):
        html = client.get(page).content
        assert html.count(b'id="newsletter-form"') == 1
        assert Client().get(page).content == html


def test_the_form_on_other_pages_leads_to_the_boxes_with_the_address_filled_in(client, letter, run_jobs):
    response = client.post("/newsletter/", {"email": 'amina@reader.example"><script>'})
    html = response.content.decode()
    assert response.status_code == 200
    assert "One more step" in html
    assert "amina@reader.example&quot;&gt;" in html
    assert "<script>" not in html
    run_jobs()
    assert (Subscriber.objects.count(), mail.outbox) == (0, [])


def test_from_a_form_to_a_reader_by_two_presses(client, letter, run_jobs):
    response = client.post("/newsletter/", filled(letter))
    assert (response.status_code, response["Location"]) == (302, "/newsletter/asked/")
    run_jobs()
    [address] = [line for line in mail.outbox[0].body.splitlines() if "/confirm/" in line]
    for method in ("get", "head", "get"):  # a scanner
        assert getattr(client, method)(path(address)).status_code == 200
    assert not Subscriber.objects.reachable().exists()
    sentence = "I want these newsletters of Newsroom by e-mail: Harbour. I can leave at any time."
    assert sentence in client.get(path(address)).content.decode()
    response = client.post(path(address), headers={"origin": "null"})
    assert "You are subscribed" in response.content.decode()
    reader = Subscriber.objects.reachable().get()
    assert reader.consents.get(kind="confirmed").said == sentence
    assert client.post(path(address)).status_code == 200


def test_who_signs_up_in_arabic_is_written_to_in_arabic(client, run_jobs):
    letter = factories.newsletter(name="الميناء", language="ar")
    assert client.post("/ar/newsletter/", filled(letter)).status_code == 302
    run_jobs()
    assert "http://testserver/ar/newsletter/confirm/" in mail.outbox[0].body
    assert Subscriber.objects.get().language == "ar"


def test_the_answer_is_the_same_for_every_address(client, letter):
    factories.subscriber(letter, email="subscribed@reader.example")
    factories.subscriber(letter, email="left@reader.example", state="unsubscribed")
    factories.subscriber(letter, email="asked@reader.example", state="pending")
    factories.subscriber(letter, email="hold@reader.example", state="suppressed")
    suppressing.put("forgotten@reader.example", reason="erased", at=timezone.now())
    answers = set()
    for who in ("new", "subscribed", "left", "asked", "hold", "forgotten"):
        for page, more in (("/newsletter/", filled(letter)), ("/newsletter/link/", filled())):
            response = client.post(page, more | {"email": f"{who}@reader.example"})
            answers.add((response.status_code, response["Location"], response.content, tuple(response.cookies)))
            cache.clear()
    assert answers == {(302, "/newsletter/asked/", b"", ())}


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "a@b.example\r\nBcc: x@y.example"},
        {"email": "a@b.example\nX: y"},
        {"email": "no address"},
        {"email": "a@" + "b" * 300 + ".example"},
        {"email": "\x00a@b.example"},
        {"name": "A\x00"},
        {"name": "n" * 121},
        {"most_often": "hourly"},
        {"newsletters": ["nothing"]},
        {"newsletters": []},
    ],
)
def test_bad_input_is_refused_in_words_and_mails_nobody(client, letter, run_jobs, changes):
    response = client.post("/newsletter/", filled(letter) | changes)
    assert response.status_code == 400
    assert response.context["form"].errors
    run_jobs()
    assert (Subscriber.objects.count(), mail.outbox) == (0, [])


def test_a_name_with_line_breaks_or_an_address_in_it_reaches_no_stranger(client, letter, run_jobs):
    client.post("/newsletter/", filled(letter, name="Win\r\nBcc: x@y.example http://evil.example"))
    run_jobs()
    [sent] = mail.outbox
    assert "evil" not in str(sent.message())
    assert sent.message().get_all("To") == ["amina@reader.example"]


def test_a_network_that_asks_too_often_is_told_to_wait(client, letter, run_jobs):
    codes = [
        client.post("/newsletter/", filled(letter, email=f"r{number}@reader.example")).status_code
        for number in range(22)
    ]
    assert codes == [302] * 20 + [429] * 2
    run_jobs()
    assert len(mail.outbox) == 20


def test_when_all_networks_together_ask_too_much_the_form_says_so(client, letter, settings):
    settings.READER_MAILS_PER_HOUR = 1
    assert client.post("/newsletter/", filled(letter)).status_code == 302
    response = client.post("/newsletter/", filled(letter, email="b@reader.example"), REMOTE_ADDR="10.9.8.7")
    assert response.status_code == 429
    assert "in an hour" in response.content.decode()


def test_a_hidden_field_holds_a_machine_back_and_it_learns_nothing(client, letter, run_jobs):
    response = client.post("/newsletter/", filled(letter, homepage="http://x.example"))
    assert response["Location"] == "/newsletter/asked/"
    run_jobs()
    assert mail.outbox == []
    assert Subscriber.objects.get().suspected


def test_forms_of_other_sites_are_refused(client, letter, reader):
    other = {"sec-fetch-site": "cross-site"}
    mine = path(links.preferences_url(reader))
    for page in ("/newsletter/", "/newsletter/link/", mine, f"{mine}forget/", f"{mine}address/", f"{mine}known.json"):
        assert client.post(page, filled(letter), headers=other).status_code == 403
    assert Subscriber.objects.reachable().count() == 1


def test_a_link_that_is_too_old_says_so_and_gives_another(client, letter, run_jobs):
    reader = factories.subscriber(letter, state="pending")
    address = path(links.confirm_url(reader))
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        for method in ("get", "post"):
            response = getattr(client, method)(address)
            assert response.status_code == 410
            assert "good for seven days" in response.content.decode()
        assert not Subscriber.objects.reachable().exists()
        assert client.post(address, {"again": "1"})["Location"] == "/newsletter/asked/"
        assert client.post(address, {"again": "1"}).status_code == 409
        run_jobs()
        assert len(mail.outbox) == 2
        assert client.post(address).status_code == 200
    assert Subscriber.objects.reachable().get() == reader


@pytest.mark.parametrize("page", ["confirm/{}/", "mine/{}/", "mine/{}/forget/", "leave/{}/harbour/", "address/{}/"])
def test_a_made_up_link_is_answered_in_words_and_told_to_nobody(client, letter, reader, page):
    token = links.token(reader)
    for wrong in (f"{token[:-1]}{'0' if token[-1] != '0' else '1'}", "1-" + "a" * 40, "nothing"):
        for method in ("get", "post"):
            response = getattr(client, method)("/newsletter/" + page.format(wrong))
            assert response.status_code == 404
            assert "This link does not work" in response.content.decode()
            assert response["Referrer-Policy"] == "no-referrer"


def test_a_new_key_makes_all_links_of_a_reader_dead(client, reader):
    address = path(links.preferences_url(reader))
    Subscriber.objects.filter(pk=reader.pk).update(key="another")
    assert client.get(address).status_code == 404


def test_private_pages_are_not_kept_indexed_or_told(client, letter, reader):
    for address in (
        links.preferences_url(reader),
        links.confirm_url(reader),
        links.unsubscribe_url(reader, letter),
        links.preferences_url(reader) + "forget/",
    ):
        response = client.get(path(address))
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]
        assert not response.cookies
        assert 'rel="canonical"' not in response.content.decode()


def test_tokens_stand_in_no_log(reader, letter):
    for address in (
        links.preferences_url(reader),
        links.confirm_url(reader),
        links.unsubscribe_url(reader, letter),
        f"http://testserver/ar/newsletter/address/{links.token(reader)}/",
    ):
        line = Discreet("%(message)s").format(
            logging.LogRecord("x", logging.INFO, "", 1, 'GET "%s" 200', (path(address),), None)
        )
        assert links.token(reader) not in line
        assert "[token]" in line


def test_a_reader_changes_what_comes_and_how_often(client, letter, reader):
    other = factories.newsletter()
    mine = path(links.preferences_url(reader))
    html = client.get(mine).content.decode()
    assert html.count(" checked") == 1
    typed = {"newsletters": [other.slug], "most_often": "weekly", "language": "ar", "name": "ليلى"}
    response = client.post(mine, typed)
    assert (response.status_code, "Saved." in response.content.decode()) == (200, True)
    reader.refresh_from_db()
    assert (reader.most_often, reader.language, reader.name) == ("weekly", "ar", "ليلى")
    assert list(reader.newsletters.all()) == [other]
    assert client.post(mine, typed | {"most_often": "hourly"}).status_code == 400


def test_a_reader_leaves_everything_and_comes_back(client, letter, reader):
    mine = path(links.preferences_url(reader))
    assert "no newsletters any more" in client.post(mine, {"leave": "1"}).content.decode()
    assert not Subscriber.objects.reachable().exists()
    client.post(mine, {"newsletters": ["harbour"], "most_often": "each", "language": "en", "name": ""})
    assert Subscriber.objects.reachable().get().newsletters.get() == letter


def test_a_closed_newsletter_stays_with_who_has_it_and_is_offered_to_nobody_else(client, letter, reader):
    letter.is_open = False
    letter.save()
    other = factories.subscriber(factories.newsletter())
    assert "Harbour" in client.get(path(links.preferences_url(reader))).content.decode()
    assert "Harbour" not in client.get(path(links.preferences_url(other))).content.decode()


def test_a_new_address_is_asked_and_taken_by_a_press(client, reader, run_jobs):
    mine = path(links.preferences_url(reader))
    assert client.post(f"{mine}address/", {"email": "no address"}).status_code == 400
    assert client.post(f"{mine}address/", {"email": reader.email}).status_code == 409
    assert client.post(f"{mine}address/", {"email": "new@reader.example"}).status_code == 200
    run_jobs()
    [address] = [line for line in mail.outbox[-1].body.splitlines() if "/address/" in line]
    assert client.get(path(address)).status_code == 200
    reader.refresh_from_db()
    assert reader.email == "amina@reader.example"
    assert "Your address is changed" in client.post(path(address)).content.decode()
    reader.refresh_from_db()
    assert reader.email == "new@reader.example"
    assert client.get(path(address)).status_code == 404
    assert client.get(mine).status_code == 200


def test_a_reader_downloads_what_is_known_by_post_alone(client, reader):
    address = path(links.preferences_url(reader)) + "known.json"
    assert client.get(address).status_code == 405
    response = client.post(address)
    assert response.json()["email"] == "amina@reader.example"
    assert response["Content-Disposition"] == 'attachment; filename="newsletters.json"'
    assert response["Cache-Control"] == "private, no-store"


def test_a_reader_is_forgotten_after_a_press(client, letter, reader):
    mine = path(links.preferences_url(reader))
    assert client.get(f"{mine}forget/").status_code == 200
    assert Subscriber.objects.exists()
    assert client.post(f"{mine}forget/")["Location"] == "/newsletter/gone/"
    assert (Subscriber.objects.count(), Consent.objects.count()) == (0, 0)
    assert client.get("/newsletter/gone/").status_code == 200
    assert client.get(mine).status_code == 404


ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.mark.parametrize("body", ["form", "multipart"])
def test_one_click_unsubscribes_at_once_from_anywhere(letter, reader, body):
    strict = Client(enforce_csrf_checks=True)
    address = path(links.unsubscribe_url(reader, letter))
    headers = {"sec-fetch-site": "cross-site", "origin": "https://mail.provider.example"}
    for _twice in range(2):
        if body == "form":
            kind = "application/x-www-form-urlencoded"
            response = strict.post(address, "List-Unsubscribe=One-Click", content_type=kind, headers=headers)
        else:
            response = strict.post(address, ONE_CLICK, headers=headers)
        assert (response.status_code, response.cookies) == (200, {})
    assert not Subscriber.objects.reachable().exists()
    assert list(Consent.objects.filter(kind="left").values_list("source", "said")) == [("one-click", "Harbour")]


@pytest.mark.parametrize("state", State.values)
def test_one_click_is_answered_alike_from_every_state(client, letter, state):
    reader = factories.subscriber(letter, state=state)
    response = client.post(path(links.unsubscribe_url(reader, letter)), ONE_CLICK)
    assert (response.status_code, response.content) == (200, b"You are unsubscribed.")


def test_a_scanner_that_opens_the_link_unsubscribes_nobody(client, letter, reader):
    address = path(links.unsubscribe_url(reader, letter))
    for _twice in range(2):
        assert "Stop this newsletter" in client.get(address).content.decode()
        client.head(address)
    assert client.post(address, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert Subscriber.objects.reachable().get().newsletters.get() == letter


def test_people_stop_one_newsletter_or_all(client, letter, reader):
    other = factories.newsletter()
    reader.newsletters.add(other)
    address = path(links.unsubscribe_url(reader, letter))
    assert "Harbour" in client.post(address).content.decode()
    assert list(Subscriber.objects.reachable().get().newsletters.all()) == [other]
    client.post(address, {"all": "1"})
    assert not Subscriber.objects.reachable().exists()


def test_a_reader_on_hold_by_the_newsroom_is_told_so(client, letter, reader):
    subscribing.suppress(reader, reason=Suppression.Reason.STAFF, by=None, at=timezone.now())
    typed = {"newsletters": ["harbour"], "most_often": "each", "language": "en", "name": ""}
    response = client.post(path(links.preferences_url(reader)), typed)
    assert response.status_code == 409
    assert "does not write to this address" in response.content.decode()


def test_letters_that_look_like_others_in_capitals_make_no_address(client, letter):
    """The sign of Kelvin is a k to some and none to others: the second sign-up found nobody, and could add nobody."""
    for _time in range(2):
        answer = client.post("/newsletter/", filled(letter, email="\u212aarim@reader.example"))
        assert answer.status_code == 400
        assert "No mail can be written to this address." in answer.text
