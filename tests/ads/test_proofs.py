"""The link of a share proves the promise that a deal made."""

from __future__ import annotations

import pytest
from django.utils import timezone

from ads import posts, promises
from ads.models import Promise
from articles import sharing, workflow
from tests import factories

pytestmark = pytest.mark.django_db


def published(place: posts.Place):
    post = posts.begin(place.line, place.number, by=None, at=timezone.now())
    factories.edit(post.article, body="<p>Bread.</p>", section_id=factories.section().pk)
    return workflow.publish(factories.paid_story(post.article), by=None, at=timezone.now())


def kept() -> list[tuple[int, str, str]]:
    done = Promise.objects.filter(kind="social").exclude(done_at=None).order_by("place")
    return list(done.values_list("place", "channel", "link"))


def test_a_share_ticks_off_the_promise_of_its_own_post_once_and_the_advertiser_sees_it(client):
    deal = factories.post_deal(count=2, company="Teneru Mills")
    second = published(posts.places(deal)[1])
    on_x, on_instagram = factories.channel(name="The Courier on X"), factories.channel("hand", name="Instagram")
    sharing.prove(second, on_x, "https://x.example/1", by=None, at=timezone.now())
    assert kept() == [(2, "The Courier on X", "https://x.example/1")]
    sharing.prove(second, on_instagram, "https://instagram.example/1", by=None, at=timezone.now())
    assert len(kept()) == 1  # one was promised, and the other post's stays open
    page = client.get(f"/partners/deal/{factories.deal_token(deal)}/").text
    assert "https://x.example/1" in page
    assert "The Courier on X" in page


def test_where_more_was_promised_each_channel_is_a_proof_of_its_own():
    product = factories.product()
    product.social_shares = 2
    product.save()
    deal = factories.post_deal(company="Teneru Mills")
    story = published(posts.places(deal)[0])
    first = factories.channel(name="One")
    sharing.prove(story, first, "https://one.example/1", by=None, at=timezone.now())
    again = {"article": story, "channel": "One", "link": "https://one.example/1", "at": timezone.now()}
    sharing.story_shared.send(None, **again)
    assert len(kept()) == 1
    sharing.prove(story, factories.channel(name="Two"), "https://two.example/1", by=None, at=timezone.now())
    assert [channel for _place, channel, _link in kept()] == ["One", "Two"]
    assert not [p for p in promises.of(deal) if p.kind == "social" and p.done_at is None]


def test_news_and_orders_made_elsewhere_prove_nothing():
    channel = factories.channel()
    sharing.prove(factories.article(), channel, "https://x.example/1", by=None, at=timezone.now())
    paid = factories.article(kind="advertorial", sponsor_name="Firm")
    sharing.prove(paid, channel, "https://x.example/2", by=None, at=timezone.now())
    assert not Promise.objects.exists()
