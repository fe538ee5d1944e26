"""A sponsored story goes live, on a channel and into a newsletter; its advertiser sees each on their page, and readers
see everywhere who paid."""

from __future__ import annotations

import email
import json
import re
from email import policy
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from ads import posts, promises, rounds
from ads.models import AdRequest, PostProduct, Promise
from articles import workflow
from newsroom.audience.models import Issue
from tests import factories
from tests.articles import network_server
from tests.newsroom import issues, mailing

pytestmark = pytest.mark.django_db

HEADLINE = "How the flour of Teneru is made"
LABEL = "Paid for by Teneru Mills"


@pytest.fixture
def sold(settings):
    """A deal with one post, one mention in a newsletter and two shares: what the rate card of a press release says."""
    settings.ALLOW_PRIVATE_ADDRESSES, settings.NEWSLETTER_PER_MINUTE = True, 0
    PostProduct.objects.update(newsletter_mentions=1, social_shares=2)
    deal = factories.post_deal(company="Teneru Mills")
    AdRequest.objects.filter(pk=deal.pk).update(status="paid")
    post = posts.begin(posts.places(deal)[0].line, by=None, at=timezone.now())
    section = factories.section(name="Business", slug="business")
    words = {"headline": HEADLINE, "body": "<p>From grain to bag.</p>", "sponsor_name": "Teneru Mills"}
    factories.edit(post.article, section_id=section.pk, **words)
    story = factories.paid_story(post.article)
    return SimpleNamespace(deal=deal, story=story, page=f"/partners/deal/{factories.deal_token(deal)}/")


def go_live(sold, run_jobs) -> None:
    workflow.publish(sold.story, by=None, at=timezone.now())
    run_jobs()
    rounds.make(timezone.now())
    sold.story.refresh_from_db()


def parts(raw: bytes) -> tuple[str, str]:
    """The text and the HTML of a mail as it was taken by the server."""
    letter = email.message_from_bytes(raw, policy=policy.default)
    bodies = [letter.get_body([kind]) for kind in ("plain", "html")]
    return tuple(body.get_content().replace("\r\n", "\n") for body in bodies)


def test_from_live_to_promises_that_are_kept_and_seen(client, guest, run_jobs, settings, sold):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    by_hand = factories.channel("hand", name="The Courier on Instagram")
    with network_server.serving() as network, mailing.mail_server() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        telegram = factories.channel(name="The Courier on Telegram", address=network.address)
        go_live(sold, run_jobs)

        # Telegram has it by itself, with its label; the link is the proof.
        (told,) = [post.json["text"] for post in network.posts]
        assert LABEL in told
        assert HEADLINE in told
        share = sold.story.shares.get(channel=telegram)
        assert f'href="{share.link}"' in guest.get(sold.page).text

        # Instagram is for a person, who pastes where it stands. The desk sells and checks; editors compose.
        client.force_login(factories.user("Ad manager"))
        pasted = {"do": "prove", "link": "https://instagram.example/p/1"}
        where = f"/admin/articles/article/{sold.story.pk}/channels/{by_hand.pk}/"
        assert client.post(where, pasted).status_code == 302
        html = guest.get(sold.page).text
        assert "The Courier on Instagram" in html
        assert 'href="https://instagram.example/p/1"' in html

        # The composer offers the mention; it is saved, and sent.
        letter = issues.newsletter(name="The Friday letter", slug="friday")
        mailing.readers(letter, 3)
        issue = issues.issue(of=letter, subject="What the week brought")
        promise = Promise.objects.get(kind="newsletter")
        compose = reverse("admin:audience_issue_change", args=[issue.pk])
        client.force_login(factories.user("Editor"))
        assert f'value="promise-{promise.pk}"' in client.get(compose).text
        news = {"b0-kind": "story", "b0-article": issue.blocks.get().article_id}
        typed = {"subject": issue.subject, "version": issue.version, "blocks": 1, **news}
        added = client.post(compose, typed | {"do": f"promise-{promise.pk}"}).context["composition"].blocks[1]
        paid = {f"b1-{name}": added[name].value() for name in ("kind", "article", "promise")}
        assert client.post(compose, typed | paid | {"blocks": 2, "do": "save"}).status_code == 302
        client.post(reverse("admin:audience_issue_move", args=[issue.pk, "send"]), {"note": ""})
        run_jobs()
        run_jobs()

    # Three readers have it, the label above its headline in both parts; the link is the desk's own.
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENT
    letters = [raw for to, raw in server.taken if to.startswith("reader-")]
    assert len(letters) == 3
    text, page = parts(letters[0])
    assert f"[ {LABEL} ]\n{HEADLINE}" in text
    assert re.search(rf"Paid for by <bdi>Teneru Mills</bdi>.*{HEADLINE}", page, re.DOTALL)
    counted = re.search(r'href="http://testserver(/s/go/[^"]+)"', page)[1]
    assert guest.get(counted)["Location"].endswith(sold.story.get_absolute_url())

    # The advertiser: where, when, to how many, and that somebody followed it.
    html = guest.get(sold.page).text
    proof = f"http://testserver/newsletter/friday/{issue.pk}/"
    for words in ("The Friday letter", f'href="{proof}"', "Sent to 3 readers.", "1 click from the newsletter"):
        assert words in html
    assert "within a week of publication" not in html
    assert LABEL in re.sub(r"</?bdi>", "", guest.get(proof.removeprefix("http://testserver")).text)

    # The desk: nothing of this deal is owed any more.
    assert [p.done_at is not None for p in promises.of(sold.deal)] == [True, True, True]
    client.force_login(factories.user("Ad manager"))
    assert "desk-state--live" in client.get(reverse("admin:audience_issue_mentions")).text
    rounds.make(timezone.now())
    sold.deal.refresh_from_db()
    assert sold.deal.status == "delivered"


def test_the_label_goes_wherever_the_story_goes_and_no_news_list_has_it(guest, run_jobs, settings, sold):
    news = factories.article(headline="Rain on the river", section_id=sold.story.section_id)
    with network_server.serving() as network:
        factories.channel("webhook", address=network.address, with_body=True)
        go_live(sold, run_jobs)
        run_jobs()
        (event,) = [one.json for one in network.posts if HEADLINE in one.body.decode()]
    assert LABEL in json.dumps(event)
    path = sold.story.get_absolute_url()
    url = f"http://testserver{path}"

    html = guest.get(path).text
    assert f'<meta property="og:title" content="{LABEL}: {HEADLINE}">' in html
    graph = json.loads(re.search(r'ld\+json">(.*?)</script>', html, re.DOTALL)[1])["@graph"]
    (data,) = [one for one in graph if one["@type"] == "AdvertiserContentArticle"]
    assert (data["headline"], data["sponsor"]["name"]) == (f"{LABEL}: {HEADLINE}", "Teneru Mills")
    assert re.search(rf'og:image:alt" content="{LABEL}\.', html)

    one = guest.get(f"/api/v1/articles/{sold.story.pk}/").json()
    assert (one["label"], one["sponsor"], one["title"]) == (LABEL, "Teneru Mills", f"{LABEL}: {HEADLINE}")
    assert guest.get(f"/api/v1/articles/{sold.story.pk}/?format=ninjs").json()["title"] == f"{LABEL}: {HEADLINE}"
    card = guest.get("/oembed", {"url": url}).json()
    assert card["title"] == f"{LABEL}: {HEADLINE}"
    assert LABEL in card["html"]
    for feed in ("/partners/stories/feed/", "/partners/stories/feed/atom/", "/partners/stories/feed.json"):
        assert f"{LABEL}: {HEADLINE}" in guest.get(feed).text
    found = re.sub(r"</?(?:bdi|mark)>", "", guest.get("/search/", {"q": "flour"}).text)
    assert found.index(LABEL) < found.index(HEADLINE)

    # Lists that say they are news; each has the other story, so none is empty.
    for address in ("/feed/", "/feed/atom/", "/feed.json", "/section/business/feed/", "/news-sitemap.xml"):
        said = guest.get(address).text
        assert news.get_absolute_url() in said
        assert path not in said
    beside = guest.get(news.get_absolute_url()).text
    assert path not in re.sub(r'<aside class="paid.*?</aside>', "", beside, flags=re.DOTALL)
