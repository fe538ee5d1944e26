from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from ads import approving, deals, posts, publish_gate
from ads.models import AdRequest, SponsoredPost
from articles import bulk, previews, rescheduling, timing, workflow
from articles.content import Content, head
from articles.models import Article, DueAction
from tests import factories

pytestmark = pytest.mark.django_db

NOBODY = "Nobody ordered this post"
UNAPPROVED = "has not approved this text"


def ordered(**fields) -> SponsoredPost:
    """A post of an accepted deal with a text that nobody approved yet."""
    deal = factories.post_deal(company="Teneru Mills")
    post = posts.begin(posts.places(deal)[0].line, by=None, at=timezone.now())
    factories.edit(post.article, body="<p>Bread.</p>", section_id=factories.section().pk, **fields)
    post.refresh_from_db()
    return post


def approve(post: SponsoredPost) -> None:
    article = Article.objects.get(pk=post.article_id)
    approving.record(
        post, number=article.head_number, name="B. Adeyemi", reference="mail of 3 Nov", by=None, at=timezone.now()
    )


def publish(post: SponsoredPost, **said) -> Article:
    article = Article.objects.get(pk=post.article_id)
    return workflow.publish(article, by=None, at=said.pop("at", timezone.now()), **said)


def test_a_paid_story_without_an_order_is_not_published():
    story = factories.draft(kind="advertorial", sponsor_name="Firm")
    with pytest.raises(workflow.NotReady, match=NOBODY):
        workflow.publish(story, by=None, at=timezone.now())


def test_an_order_alone_is_not_enough_and_a_yes_to_this_text_is():
    post = ordered()
    with pytest.raises(workflow.NotReady, match=UNAPPROVED):
        publish(post)
    approve(post)
    assert publish(post).status == "live"


def test_a_yes_to_an_older_text_is_void():
    post = ordered()
    approve(post)
    factories.edit(post.article, body="<p>Other bread.</p>")
    with pytest.raises(workflow.NotReady, match=UNAPPROVED):
        publish(post)
    assert [(one.number, one.holds) for one in approving.given(SponsoredPost.objects.get())] == [(2, False)]


def test_a_change_of_a_published_post_needs_a_yes_of_its_own():
    post = ordered()
    approve(post)
    live = publish(post)
    factories.edit(live, body="<p>Dearer bread.</p>")
    with pytest.raises(workflow.NotReady, match=UNAPPROVED):
        publish(post)
    with pytest.raises(workflow.NotReady, match=UNAPPROVED):
        workflow.schedule_change(live, timezone.now() + timedelta(hours=1), by=None, at=timezone.now())
    approve(post)
    assert publish(post).body == "<p>Dearer bread.</p>"


def test_a_preview_link_is_a_way_to_say_yes():
    post = ordered()
    link, _token = factories.preview_link(post.article, can_approve=True)
    previews.approve(link, revision_number=post.article.head_number, name="Ada", at=timezone.now())
    assert publish(post).status == "live"


def test_another_time_needs_no_new_yes_and_another_word_does():
    now = timezone.now()
    post = ordered(publish_at=now + timedelta(days=1))
    approve(post)
    article = publish(post)
    moved = rescheduling.reschedule(
        article, now + timedelta(days=2), base_revision=article.head_number, by=None, at=now
    )
    assert (moved.status, moved.publish_at) == ("scheduled", now + timedelta(days=2))
    factories.edit(moved, standfirst="Buy it.")
    with pytest.raises(workflow.NotReady, match=UNAPPROVED):
        workflow.publish(moved, by=None, at=now)


def test_the_calendar_does_not_move_a_post_whose_order_is_gone():
    now = timezone.now()
    post = ordered(publish_at=now + timedelta(days=1))
    approve(post)
    article = publish(post)
    AdRequest.objects.update(status="cancelled")
    with pytest.raises(workflow.NotReady, match=NOBODY):
        rescheduling.reschedule(article, now + timedelta(days=2), base_revision=article.head_number, by=None, at=now)
    article.refresh_from_db()
    assert article.publish_at == now + timedelta(days=1)


def test_a_scheduled_change_whose_order_is_gone_does_not_appear():
    now = timezone.now()
    post = ordered()
    approve(post)
    live = publish(post)
    factories.edit(live, body="<p>More bread.</p>")
    approve(post)
    live.refresh_from_db()
    workflow.schedule_change(live, now + timedelta(hours=1), by=None, at=timezone.now())
    AdRequest.objects.update(status="cancelled")
    assert timing.apply_changes(now + timedelta(hours=2)) == 0
    live.refresh_from_db()
    assert live.body == "<p>Bread.</p>"
    assert NOBODY in DueAction.objects.get(kind="change").last_error


def test_scripts_and_bulk_imports_get_the_same_answer():
    paid = Content(
        headline="Paid",
        slug="paid",
        body="<p>x</p>",
        kind="advertorial",
        sponsor_name="Firm",
        section_id=factories.section().pk,
        publish_at=timezone.now(),
    )
    with pytest.raises(workflow.NotReady, match=NOBODY):
        bulk.publish_all([replace(paid, kind="story", sponsor_name="", slug="news"), paid], by=None, at=timezone.now())
    assert Article.objects.count() == 0
    with pytest.raises(workflow.NotReady, match=NOBODY):
        workflow.publish(workflow.create(paid, by=None, at=timezone.now()), by=None, at=timezone.now())


def test_the_story_screen_says_it_before_anybody_tries(client):
    story = factories.draft(kind="advertorial", sponsor_name="Firm")
    client.force_login(factories.user("Editor"))
    page = client.get(f"/admin/articles/article/{story.pk}/move/publish/").content.decode()
    assert NOBODY in page
    client.post(f"/admin/articles/article/{story.pk}/move/publish/", {"revision": "1"})
    story.refresh_from_db()
    assert story.status == "draft"


def test_a_post_does_not_lose_its_label_by_becoming_news():
    post = ordered()
    approve(post)
    live = publish(post)
    factories.edit(live, kind="story", sponsor_name="", bylines=[factories.Credit(author_id=factories.author().pk)])
    with pytest.raises(workflow.NotReady, match="This story was paid for"):
        publish(post)


def test_the_label_names_the_advertiser_or_what_somebody_confirmed():
    post = ordered(sponsor_name="teneru  MILLS")
    approve(post)
    assert publish_gate.answer(None, article=post.article, content=head(post.article), number=2, at=None) == []
    factories.edit(post.article, sponsor_name="Teneru Foods")
    approve(post)
    with pytest.raises(workflow.NotReady, match=r"Teneru Foods.*is not what the advertiser is called, Teneru Mills"):
        publish(post)
    posts.confirm_name(post, "Teneru Foods", by=None, at=timezone.now())
    assert publish(post).sponsor_name == "Teneru Foods"


def test_what_was_sold_for_ever_does_not_end():
    now = timezone.now()
    post = ordered(expire_at=now + timedelta(days=30))
    approve(post)
    with pytest.raises(workflow.NotReady, match="stay online for ever"):
        publish(post)
    line = post.line
    line.last_day = timezone.localdate(now + timedelta(days=40))
    line.save()
    with pytest.raises(workflow.NotReady, match="cannot end before"):
        publish(post)
    line.last_day = timezone.localdate(now + timedelta(days=20))
    line.save()
    assert publish(post).status == "live"


def test_only_who_may_stands_in_for_an_order_made_elsewhere():
    story = factories.draft(kind="advertorial", sponsor_name="Firm")
    post = SponsoredPost.objects.create(article=story, advertiser=factories.advertiser(company="Firm"))
    with pytest.raises(PermissionDenied):
        posts.vouch(post, "Order 4", by=factories.user("Ad manager"), at=timezone.now())
    with pytest.raises(posts.PostRefused):
        posts.vouch(post, " ", by=factories.user("Publisher"), at=timezone.now())
    posts.vouch(post, "Order 4", by=factories.user("Publisher"), at=timezone.now())
    approve(post)
    assert publish(post).status == "live"


@pytest.mark.parametrize("status", AdRequest.Status)
def test_a_deal_pays_for_a_post_only_while_it_stands(status):
    post = ordered()
    AdRequest.objects.update(status=status)
    stands = {"accepted", "invoiced", "paid", "scheduled", "live", "delivered", "closed"}
    assert publish_gate.has_order(SponsoredPost.objects.get(pk=post.pk)) == (status in stands)


def test_a_cancelled_deal_takes_its_scheduled_post_off_the_calendar():
    now = timezone.now()
    post = ordered(publish_at=now + timedelta(days=1))
    approve(post)
    publish(post)
    deals.cancel(AdRequest.objects.get(), by=None, at=now)
    assert Article.objects.get().status == "draft"


def test_a_recorded_yes_names_who_and_where_and_is_to_the_newest_text():
    post = ordered()
    with pytest.raises(approving.ApprovalRefused, match="where"):
        approving.record(post, number=2, name="Ada", reference=" ", by=None, at=timezone.now())
    with pytest.raises(approving.Superseded):
        approving.record(post, number=1, name="Ada", reference="mail", by=None, at=timezone.now())
    approve(post)
    with pytest.raises(TypeError):
        post.approvals.get().save()
