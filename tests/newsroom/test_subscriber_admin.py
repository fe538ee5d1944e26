"""Readers of newsletters in the admin."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from newsroom.audience import growth, subscribing, suppressing
from newsroom.audience.models import Newsletter, Subscriber, Suppression
from tests import factories

pytestmark = pytest.mark.django_db

LIST = "/admin/audience/subscriber/"


@pytest.fixture
def publisher(client):
    user = factories.user("Publisher")
    client.force_login(user)
    return user


@pytest.mark.parametrize("role", ["Reporter", "Editor", "Ad manager"])
def test_only_publishers_see_addresses(client, role):
    reader = factories.subscriber(factories.newsletter())
    client.force_login(factories.user(role))
    for page in (LIST, f"{LIST}{reader.pk}/change/", f"{LIST}{reader.pk}/move/erase/", "/admin/audience/suppression/"):
        assert client.get(page).status_code == 403
    assert "reader.example" not in client.get("/admin/", follow=True).content.decode()


@pytest.mark.usefixtures("publisher")
@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_as_many_questions_with_30_readers_as_with_one(client, count, django_assert_num_queries):
    letter = factories.newsletter()
    for _number in range(count):
        factories.subscriber(letter)
    client.get(LIST)
    with django_assert_num_queries(9):
        assert client.get(LIST).status_code == 200


@pytest.mark.usefixtures("publisher")
def test_a_reader_is_found_by_address_in_any_capitals_and_by_a_part_of_it(client):
    reader = factories.subscriber(factories.newsletter(), email="Amina@reader.example", name="Amina Bello")
    factories.subscriber(factories.newsletter(), email="other@reader.example")
    for words in ("amina@READER.example", "amina", "bello"):
        assert list(client.get(LIST, {"q": words}).context["cl"].result_list) == [reader]
    assert not client.get(LIST, {"state": "pending"}).context["cl"].result_list
    assert client.get(LIST, {"state": "nothing"}).status_code == 302
    assert "Nobody has subscribed yet." not in client.get(LIST).content.decode()


@pytest.mark.usefixtures("publisher")
def test_an_empty_list_says_where_readers_come_from(client):
    assert "Nobody has subscribed yet." in client.get(LIST).content.decode()


@pytest.mark.usefixtures("publisher")
def test_the_page_of_a_reader_shows_what_they_said_and_when(client):
    reader = factories.subscriber(factories.newsletter())
    html = client.get(f"{LIST}{reader.pk}/change/").content.decode()
    assert html.count("I want it.") == 2
    assert "/newsletter/" in html


@pytest.mark.parametrize(
    ("state", "moves"),
    [
        ("pending", {"again", "leave", "suppress", "erase"}),
        ("confirmed", {"leave", "suppress", "erase"}),
        ("unsubscribed", {"suppress", "erase"}),
        ("suppressed", {"release", "erase"}),
    ],
)
def test_moves_are_guarded_posts_and_those_that_the_state_allows(client, publisher, state, moves):
    ends = {"again": "pending", "leave": "unsubscribed", "suppress": "suppressed", "release": "unsubscribed"}
    for move in ("again", "leave", "suppress", "release", "erase"):
        reader = factories.subscriber(factories.newsletter(), state=state)
        page = f"{LIST}{reader.pk}/move/{move}/"
        assert client.get(page).status_code == (200 if move in moves else 302)
        assert Subscriber.objects.get(pk=reader.pk).state == state
        assert client.post(page, {"note": "why"}).status_code == 302
        after = Subscriber.objects.filter(pk=reader.pk).values_list("state", flat=True).first()
        assert after == ((None if move == "erase" else ends[move]) if move in moves else state)


def test_what_the_newsroom_did_is_kept_with_who_did_it(client, publisher):
    reader = factories.subscriber(factories.newsletter())
    client.post(f"{LIST}{reader.pk}/move/suppress/", {"note": "Asked on the phone"})
    consent = reader.consents.first()
    assert (consent.kind, consent.by, consent.said) == ("suppressed", publisher, "Asked on the phone")


@pytest.mark.usefixtures("publisher")
def test_an_erased_reader_leads_back_to_the_list(client):
    reader = factories.subscriber(factories.newsletter())
    assert client.post(f"{LIST}{reader.pk}/move/erase/", {})["Location"] == LIST


@pytest.mark.usefixtures("publisher")
def test_a_suppressed_address_can_be_looked_up_and_not_read(client):
    suppressing.put("gone@reader.example", reason="bounce", at=timezone.now())
    page = "/admin/audience/suppression/"
    html = client.get(page).content.decode()
    assert "gone@" not in html
    assert len(client.get(page, {"q": "Gone@reader.example"}).context["cl"].result_list) == 1
    assert len(client.get(page, {"q": "other@reader.example"}).context["cl"].result_list) == 0


@pytest.mark.usefixtures("publisher")
def test_taking_an_address_off_the_list_lets_its_reader_subscribe_again(client):
    reader = factories.subscriber(factories.newsletter(), state="suppressed")
    one = Suppression.objects.get()
    client.post(f"/admin/audience/suppression/{one.pk}/delete/", {"post": "yes"})
    reader.refresh_from_db()
    assert (reader.state, Suppression.objects.count()) == ("unsubscribed", 0)


@pytest.mark.usefixtures("publisher")
def test_a_newsletter_shows_how_it_grows(client):
    letter, at = factories.newsletter(name="Harbour"), timezone.now()
    factories.subscriber(letter)
    factories.subscriber(letter)
    subscribing.leave(factories.subscriber(letter), letter, where=subscribing.Where("leave"), by=None, at=at)
    factories.subscriber(letter, at=at - timedelta(weeks=30))
    this, *before = growth.weeks(letter, at=at)
    assert (this.joined, this.left, this.change) == (2, 1, 1)
    assert [(week.joined, week.left) for week in before] == [(0, 0)] * 11
    assert "3 readers get it." in client.get(f"/admin/audience/newsletter/{letter.pk}/change/").content.decode()
    [row] = client.get("/admin/audience/newsletter/").context["cl"].result_list
    assert row.readers == 3


@pytest.mark.usefixtures("publisher")
def test_a_newsletter_whose_name_would_hide_one_of_our_pages_is_refused(client):
    typed = {
        "name": "Mine",
        "slug": "mine",
        "language": "en",
        "description": "D",
        "rhythm": "daily",
        "weekday": 0,
        "send_at": "06:30",
        "stories": 7,
        "order": 0,
        "is_open": "on",
    }
    response = client.post("/admin/audience/newsletter/add/", typed)
    assert "leads to another page" in response.content.decode()
    assert client.post("/admin/audience/newsletter/add/", typed | {"slug": "ours"}).status_code == 302
    assert Newsletter.objects.get().slug == "ours"
