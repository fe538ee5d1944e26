"""Webhooks: signed, tried again, given up in words, and silent about what readers do not have."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from oauthlib import oauth1

from articles import channels, webhooks, workflow
from articles.models import Channel, ChannelSecret, Delivery
from articles.networks import x
from tests import factories
from tests.articles import network_server

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def listener(settings):
    settings.ALLOW_PRIVATE_ADDRESSES = True
    with network_server.serving() as network:
        yield network


def hook(listener, **fields) -> Channel:
    return factories.channel("webhook", address=f"{listener.address}/hook", **fields)


def events(listener) -> list[str]:
    return [one.json["type"] for one in listener.asked]


def is_signed_by(asked: network_server.Asked, key: str) -> bool:
    uid, timestamp = asked.headers["Webhook-Id"], int(asked.headers["Webhook-Timestamp"])
    return webhooks.signature(key, uid, timestamp, asked.body) in asked.headers["Webhook-Signature"].split(" ")


def test_the_signature_is_that_of_the_specification():
    signed = webhooks.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_oauth_signs_as_the_documented_example():
    said = {
        "status": "Hello Ladies + Gentlemen, a signed OAuth request!",
        "include_entities": "true",
        "oauth_consumer_key": "xvz1evFS4wEEPTGEFPHBog",
        "oauth_nonce": "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "1318622958",
        "oauth_token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "oauth_version": "1.0",
    }
    secrets = ("kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw", "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE")
    url = "https://api.twitter.com/1/statuses/update.json"
    assert x.signature("POST", url, said, *secrets) == "tnnArxj06cWHq44gCs1OSKk/jLY="


@pytest.mark.parametrize("url", ["https://api.x.com/2/tweets", "http://127.0.0.1:8123/2/tweets"])
def test_the_header_for_x_is_the_one_that_a_library_makes(url):
    keys = {"api_key": "key", "api_secret": "s&cret", "access_token": "tok en", "access_secret": "a=b"}
    at = timezone.now()
    client = oauth1.Client(
        "key", "s&cret", "tok en", "a=b", nonce="abc", timestamp=str(int(at.timestamp())), signature_type="AUTH_HEADER"
    )
    _url, headers, _body = client.sign(url, "POST")  # a body of JSON is not signed
    mine = x.authorization("POST", url, keys, at=at, nonce="abc")
    assert sorted(mine.removeprefix("OAuth ").split(", ")) == sorted(
        headers["Authorization"].removeprefix("OAuth ").split(", ")
    )


def test_each_event_of_a_story_is_told_signed_and_without_its_text(listener, run_jobs, settings):
    channel = hook(listener)
    story = factories.article(
        kind="advertorial",
        sponsor_name="Teneru Mills",
        body="<p>Whole text</p>",
        tag_ids=[factories.tag(name="Bread").pk],
    )
    run_jobs()
    [asked] = listener.asked
    told = asked.json
    data = told["data"]
    assert (told["type"], data["id"], data["kind"]) == ("story.published", story.pk, "advertorial")
    assert (data["label"], data["sponsor"]) == ("Paid for by Teneru Mills", "Teneru Mills")
    assert (data["tags"], data["section"]["slug"]) == (["Bread"], story.section.slug)
    assert data["url"] == settings.SITE_URL + story.get_absolute_url()
    assert data["published_at"].endswith("Z")
    assert "body" not in data
    assert "Whole text" not in asked.body.decode()
    [key] = channels.signing_keys(channel, at=timezone.now())
    assert is_signed_by(asked, key)
    assert not is_signed_by(asked, "whsec_" + "A" * 44)
    factories.edit(story, headline="Another headline")
    workflow.publish(factories.paid_story(story), by=None, at=timezone.now())
    run_jobs()
    assert listener.asked[-1].json["data"]["headline"] == "Another headline"
    story.refresh_from_db()
    workflow.withdraw(story, by=None, at=timezone.now())
    run_jobs()
    assert events(listener) == ["story.published", "story.updated", "story.withdrawn"]
    assert set(listener.asked[-1].json["data"]) == {"id", "url"}
    assert len({one.headers["Webhook-Id"] for one in listener.asked}) == 3


def test_the_text_goes_along_where_somebody_ticked_it(listener, run_jobs):
    hook(listener, with_body=True)
    factories.article(body="<p>Whole text</p>")
    run_jobs()
    assert listener.asked[0].json["data"]["body"] == "<p>Whole text</p>"


def test_a_webhook_hears_what_it_asked_for(listener, run_jobs):
    hook(listener, tells_updated=False)
    story = factories.article()
    run_jobs()
    factories.edit(story, headline="Another")
    workflow.publish(story, by=None, at=timezone.now())
    run_jobs()
    assert events(listener) == ["story.published"]


def test_a_story_that_expires_is_told_as_gone(listener, run_jobs):
    hook(listener)
    now = timezone.now()
    factories.article(expire_at=now + timedelta(hours=1))
    run_jobs()
    with time_machine.travel(now + timedelta(hours=1, seconds=1)):
        run_jobs()
    assert events(listener) == ["story.published", "story.withdrawn"]


def test_of_a_story_withdrawn_before_its_turn_nothing_but_the_end_is_told(listener, run_jobs):
    hook(listener)
    story = factories.article(headline="Secret headline")
    run_jobs()
    listener.asked.clear()
    factories.edit(story, headline="Secret change")
    workflow.publish(story, by=None, at=timezone.now())
    story.refresh_from_db()
    workflow.withdraw(story, by=None, at=timezone.now())
    run_jobs()
    assert events(listener) == ["story.withdrawn"]
    assert "Secret" not in listener.asked[0].body.decode()


def test_a_story_that_was_only_scheduled_is_taken_back_in_silence(listener, run_jobs):
    hook(listener)
    story = factories.article(headline="The canary sings", publish_at=timezone.now() + timedelta(days=1))
    assert story.status == "scheduled"
    workflow.withdraw(story, by=None, at=timezone.now())
    run_jobs()
    assert events(listener) == []
    assert Delivery.objects.count() == 0


def test_an_answer_that_is_not_yes_is_followed_by_growing_waits_with_one_number(listener, run_jobs):
    hook(listener)
    listener.answers = [(500, "broken"), None, (404, "x" * 900), (302, ""), (503, ""), (400, "no")]
    factories.article()
    now, waits = timezone.now(), []
    with time_machine.travel(now, tick=False) as clock:
        for _ in range(7):
            run_jobs()
            delivery = Delivery.objects.get()
            if delivery.next_at:
                waits.append((delivery.next_at - timezone.now()).total_seconds())
                clock.move_to(delivery.next_at - SECOND)
                run_jobs()  # a second early: nothing happens
                assert Delivery.objects.get().attempts == delivery.attempts
                clock.move_to(delivery.next_at + SECOND)
    assert waits == [5, 60, 600, 3600, 21600, 86400]
    assert (delivery.state, delivery.attempts, delivery.status) == ("delivered", 7, 200)
    assert len({one.headers["Webhook-Id"] for one in listener.asked}) == 1
    assert len({one.headers["Webhook-Signature"] for one in listener.asked}) == 7
    assert "/secret" not in [one.path for one in listener.asked]
    assert Channel.objects.get().failing_since is None


def test_after_a_day_without_a_yes_it_is_switched_off_in_words(listener, run_jobs):
    channel = hook(listener)
    listener.answers = [(500, "broken " * 200)] * 20
    factories.article()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(7):
            run_jobs()
            if next_at := Delivery.objects.get().next_at:
                clock.move_to(next_at + SECOND)
        channel.refresh_from_db()
        assert (channel.is_active, channel.stopped_because) == (False, "It took nothing for more than a day.")
        delivery = Delivery.objects.get()
        assert (delivery.state, len(delivery.answer), delivery.next_at) == ("failed", 500, None)
        listener.answers = []
        webhooks.send_again(delivery, at=timezone.now())
        with pytest.raises(channels.ChannelRefused):
            webhooks.send_again(delivery, at=timezone.now())


def test_a_webhook_that_says_gone_is_switched_off_at_once(listener, run_jobs):
    channel = hook(listener)
    listener.answers = [(410, "")]
    factories.article()
    run_jobs()
    channel.refresh_from_db()
    assert not channel.is_active
    assert "410" in channel.stopped_because
    assert len(listener.asked) == 1


def test_a_new_key_and_the_old_one_both_sign_for_a_day(listener, run_jobs):
    channel, now = hook(listener), timezone.now()
    [old] = channels.signing_keys(channel, at=now)
    new = channels.rotate(channel, at=now)
    assert new.startswith("whsec_")
    assert new != old
    factories.article()
    run_jobs()
    assert is_signed_by(listener.asked[0], old)
    assert is_signed_by(listener.asked[0], new)
    with time_machine.travel(now + timedelta(hours=25)):
        webhooks.test(channel, at=timezone.now())
        run_jobs()
    assert is_signed_by(listener.asked[1], new)
    assert not is_signed_by(listener.asked[1], old)
    newest = channels.rotate(channel, at=now + SECOND)
    assert channels.signing_keys(channel, at=now + SECOND) == [newest, new]
    assert ChannelSecret.objects.count() == 2


def test_a_test_tells_of_no_story_and_is_tried_once(listener, run_jobs):
    channel = hook(listener, is_active=False)
    listener.answers = [(500, "broken")]
    factories.article()
    webhooks.test(channel, at=timezone.now())
    run_jobs()
    delivery = Delivery.objects.get()
    assert (events(listener), delivery.state, delivery.status) == (["test"], "failed", 500)


def test_private_addresses_are_not_called():
    with network_server.serving() as network:
        channel = hook(network)
        delivery = webhooks.test(channel, at=timezone.now())
        assert webhooks.deliver.func(delivery=delivery.pk, attempt=0) == "failed"
        assert network.asked == []
    delivery.refresh_from_db()
    assert delivery.status is None
    assert "private network" in delivery.answer


def test_deliveries_are_kept_for_thirty_days(listener):
    now = timezone.now()
    webhooks.test(hook(listener), at=now - timedelta(days=31))
    kept = webhooks.test(hook(listener), at=now - timedelta(days=29))
    assert webhooks.prune(now) == 1
    assert list(Delivery.objects.all()) == [kept]


def test_the_body_is_json_that_says_when_and_what():
    delivery = Delivery(event="test", made_at=timezone.now())
    told = json.loads(webhooks.body_of(delivery, at=timezone.now()))
    assert set(told) == {"type", "timestamp", "data"}
