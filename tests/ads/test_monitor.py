from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from ads import monitor, posts
from ads.models import AdRequest, PostCheck, SponsoredPost
from articles import workflow
from articles.models import Article
from tests import factories

pytestmark = pytest.mark.django_db

LINKED = '<p>Buy <a href="https://mills.example/">bread</a>, says <a href="/contact/">us</a>.</p>'


def public(**fields) -> SponsoredPost:
    values = {"kind": "advertorial", "sponsor_name": "Teneru Mills", "body": LINKED}
    return factories.article(**values | fields).sponsored_post


def look(post: SponsoredPost, *, at=None) -> str:
    post = SponsoredPost.objects.get(pk=post.pk)
    return monitor.check(post, at=at or timezone.now()).problem


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_post_as_it_was_sold_is_well(language):
    post = public(language=language, headline="خبز جديد" if language == "ar" else "New bread")
    assert look(post) == ""
    assert (PostCheck.objects.get().problem, SponsoredPost.objects.get().problem) == ("", "")


def test_a_page_that_is_gone_is_mailed_once_and_so_is_its_return(run_jobs):
    post = public()
    workflow.withdraw(post.article, by=None, at=timezone.now())
    for hours in (1, 2, 3):
        assert look(post, at=timezone.now() + timedelta(hours=hours)) == "gone"
    run_jobs()
    assert [m.subject for m in mail.outbox] == [f"A sponsored post has a problem: {post.article}"]
    assert "404" in mail.outbox[0].body
    story = Article.objects.get()
    factories.paid_story(story)
    workflow.publish(story, by=None, at=timezone.now())
    assert look(post) == ""
    run_jobs()
    assert mail.outbox[-1].subject == f"A sponsored post is well again: {post.article}"
    assert SponsoredPost.objects.get().problem_since is None


def test_a_page_without_its_label_and_links_without_their_marks_are_seen(settings):
    post = public()
    Article.objects.filter(pk=post.article_id).update(kind="story", sponsor_name="")
    assert look(post) == "label"
    assert list(monitor._unmarked([("https://a.example/", "nofollow"), ("/here/", ""), ("https://[", "")])) == [
        "https://a.example/",
        "https://[",
    ]


def test_an_order_that_fell_is_seen_after_publication():
    deal = factories.post_deal(company="Teneru Mills")
    post = posts.begin(posts.places(deal)[0].line, by=None, at=timezone.now())
    factories.edit(post.article, body=LINKED, section_id=factories.section().pk)
    workflow.publish(factories.paid_story(post.article), by=None, at=timezone.now())
    assert look(post) == ""
    AdRequest.objects.update(status="cancelled")
    assert look(post) == "order"


def test_each_post_is_looked_at_once_a_day_a_few_at_a_time():
    now = timezone.now()
    for _ in range(monitor.AT_MOST + 1):
        public()
    assert [monitor.make_due(now) for _ in range(3)] == [monitor.AT_MOST, 1, 0]
    assert monitor.make_due(now + timedelta(hours=23)) == 0
    assert monitor.make_due(now + timedelta(hours=25)) == monitor.AT_MOST


def test_nobody_looks_at_what_is_down_on_purpose_or_was_never_public():
    post = public()
    workflow.withdraw(post.article, by=None, at=timezone.now())
    look(post)
    with pytest.raises(posts.PostRefused):
        posts.stop_watching(post, " ", by=None, at=timezone.now())
    posts.stop_watching(post, "they asked for it", by=None, at=timezone.now())
    SponsoredPost.objects.create(
        article=factories.draft(kind="video", sponsor_name="Firm"), advertiser=factories.advertiser()
    )
    assert monitor.make_due(timezone.now() + timedelta(days=2)) == 0
    assert list(monitor.troubles()) == []


def test_looking_keeps_bad_news_and_throws_old_good_news_away():
    post, now = public(), timezone.now()
    PostCheck.objects.create(post=post, at=now - timedelta(days=91))
    PostCheck.objects.create(post=post, at=now - timedelta(days=91), problem="gone")
    monitor.make_due(now)
    assert list(PostCheck.objects.order_by("at", "problem").values_list("problem", flat=True)) == ["gone", ""]


def test_today_and_the_list_say_what_is_wrong_and_somebody_looks_again(client):
    post = public()
    workflow.withdraw(post.article, by=None, at=timezone.now())
    look(post)
    client.force_login(factories.user("Ad manager"))
    said = "Readers do not get the page"
    assert said in client.get("/admin/").content.decode()
    assert said in client.get("/admin/ads/sponsoredpost/?problem=yes").content.decode()
    assert said in client.get(f"/admin/ads/sponsoredpost/{post.pk}/change/").content.decode()
    client.post(f"/admin/ads/sponsoredpost/{post.pk}/move/check/")
    assert PostCheck.objects.count() == 2


def test_the_list_asks_as_often_for_thirty_posts_as_for_one(client, django_assert_num_queries):
    client.force_login(factories.user("Publisher"))

    def cost() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get("/admin/ads/sponsoredpost/")
        return len(found)

    first = public()
    factories.edit(first.article, body="<p>Newer.</p>")
    client.get("/admin/ads/sponsoredpost/")
    one = cost()
    section = factories.section().pk
    for _ in range(8):
        factories.edit(public(section_id=section).article, body="<p>Newer.</p>")
    assert cost() == one
