from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from ads import posts, progress, promises, quoting
from ads.models import AdRequest, Promise, QuoteLine
from articles import workflow
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_post_brings_what_the_rate_card_says_and_once():
    deal = factories.post_deal(count=2)
    assert progress.unproven(progress.facts_of(deal, at=timezone.now()))
    assert (promises.make_due(timezone.now()), promises.make_due(timezone.now())) == (1, 0)
    assert sorted(Promise.objects.values_list("kind", "place")) == [
        ("newsletter", 1),
        ("newsletter", 2),
        ("social", 1),
        ("social", 2),
    ]


def test_a_line_of_its_own_is_promised_for_its_day(client):
    deal = factories.ad_request()
    quote = quoting.begin(deal, by=None, at=timezone.now())
    day = timezone.localdate() + timedelta(days=9)
    common = {"quote": quote, "kind": "newsletter", "quantity": 1, "unit_price": 5}
    QuoteLine.objects.create(**common, first_day=day, last_day=day)
    QuoteLine.objects.create(**common)
    quoting.send(quote, by=None, at=timezone.now())
    quote.refresh_from_db()
    quoting.accept(quote, name="Ada", at=timezone.now())
    promises.make_due(timezone.now())
    assert list(Promise.objects.values_list("due", flat=True)) == [day, timezone.localdate() + timedelta(days=14)]
    page = client.get(f"/partners/deal/{factories.deal_token(deal)}/").content.decode()
    assert "Your mentions</h2>" in page
    assert "Your sponsored posts" not in page


def test_mentions_of_a_post_are_due_a_week_after_its_publication():
    deal, now = factories.post_deal(count=2, company="Teneru Mills"), timezone.now()
    promises.make_due(now)
    second = posts.places(deal)[1]
    post = posts.begin(second.line, second.number, by=None, at=now)
    factories.edit(post.article, body="<p>Bread.</p>", section_id=factories.section().pk)
    workflow.publish(factories.paid_story(post.article), by=None, at=timezone.now())
    promises.make_due(timezone.now())
    week = timezone.localdate() + timedelta(days=7)
    assert sorted(Promise.objects.values_list("place", "due"), key=str) == [(1, None), (1, None), (2, week), (2, week)]


def test_a_tick_needs_its_proof_and_the_advertiser_sees_it(client):
    deal = factories.post_deal()
    promises.make_due(timezone.now())
    social, newsletter = Promise.objects.order_by("-kind")
    with pytest.raises(promises.PromiseRefused):
        promises.keep(social, channel="X", by=None, at=timezone.now())
    promises.keep(social, channel="X", link="https://x.example/1", by=None, at=timezone.now())
    with pytest.raises(promises.PromiseRefused):
        promises.keep(social, channel="X", note="again", by=None, at=timezone.now())
    assert progress.unproven(progress.facts_of(deal, at=timezone.now()))
    promises.keep(newsletter, channel="Friday letter", note="third item", by=None, at=timezone.now())
    assert not progress.unproven(progress.facts_of(deal, at=timezone.now()))
    page = client.get(f"/partners/deal/{factories.deal_token(deal)}/").content.decode()
    assert 'href="https://x.example/1" rel="noopener noreferrer nofollow"' in page
    assert "third item" in page
    promises.take_back(social, by=None, at=timezone.now())
    assert progress.unproven(progress.facts_of(deal, at=timezone.now()))


def test_an_overdue_promise_is_mailed_to_the_owner_once(run_jobs):
    deal, now = factories.post_deal(), timezone.now()
    AdRequest.objects.update(owner=factories.user("Ad manager", email="ada@desk.example"))
    promises.make_due(now)
    Promise.objects.filter(kind="social").update(due=timezone.localdate() - timedelta(days=1))
    assert (promises.remind(now), promises.remind(now)) == (1, 0)
    run_jobs()
    late = [m for m in mail.outbox if "overdue" in m.subject]
    assert [(m.subject, m.to) for m in late] == [
        (f"[{deal.reference}] A promise is overdue: {deal.company}", ["ada@desk.example"])
    ]


def test_a_cancelled_deal_reminds_nobody():
    factories.post_deal()
    promises.make_due(timezone.now())
    Promise.objects.update(due=timezone.localdate() - timedelta(days=1))
    AdRequest.objects.update(status="cancelled")
    assert promises.remind(timezone.now()) == 0


def test_the_desk_ticks_off_in_the_admin_with_an_address_of_the_web_only(client):
    factories.post_deal()
    promises.make_due(timezone.now())
    promise = Promise.objects.first()
    address = f"/admin/ads/promise/{promise.pk}/move/keep/"
    client.force_login(factories.user("Ad manager"))
    for link in ("javascript:alert(1)", "ftp://x.example/", ""):
        client.post(address, {"channel": "X", "link": link})
        promise.refresh_from_db()
        assert promise.done_at is None
    client.post(address, {"channel": "X", "link": "https://x.example/1"})
    promise.refresh_from_db()
    assert (promise.channel, promise.link, promise.done_by.username) == (
        "X",
        "https://x.example/1",
        promise.done_by.username,
    )
    assert "https://x.example/1" in client.get("/admin/ads/promise/?state=done").content.decode()


def test_posts_are_public_when_readers_have_all_of_them():
    deal = factories.post_deal(company="Teneru Mills")
    assert progress.posts_are_public(progress.facts_of(deal, at=timezone.now())) is False
    post = posts.begin(posts.places(deal)[0].line, by=None, at=timezone.now())
    factories.edit(post.article, body="<p>Bread.</p>", section_id=factories.section().pk)
    workflow.publish(factories.paid_story(post.article), by=None, at=timezone.now())
    assert progress.posts_are_public(progress.facts_of(deal, at=timezone.now())) is True
    assert progress.posts_are_public(progress.facts_of(factories.ad_request(), at=timezone.now())) is True
