from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from articles import workflow
from articles.content import Content, Credit, head
from articles.models import Article, Redirect, Revision
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
VERBS = {
    Article.Status.DRAFT: workflow.return_to_draft,
    Article.Status.IN_REVIEW: workflow.submit,
    Article.Status.APPROVED: workflow.approve,
    Article.Status.LIVE: workflow.publish,
    Article.Status.WITHDRAWN: workflow.withdraw,
    Article.Status.SPIKED: workflow.spike,
}


def edit(article, *, at=NOW, **changes):
    """Save a draft on top of the newest one."""
    article.refresh_from_db()
    content = head(article)
    values = {name: getattr(content, name) for name in Content.__dataclass_fields__} | changes
    return workflow.save_draft(article, Content(**values), base_revision=article.head_number, by=None, at=at)


def test_a_new_story_is_a_draft_with_its_first_revision():
    editor = factories.user()
    article = factories.draft(by=editor, at=NOW, headline="  Two\n words ")
    assert (article.status, article.headline, article.slug) == ("draft", "Two words", "two-words")
    revision = article.revisions.get()
    assert (revision.number, revision.author, revision.kind) == (1, editor, "manual")
    assert article.transitions.get().to_status == "draft"
    assert not Article.objects.live(NOW).exists()


def test_publishing_makes_a_story_live_at_that_moment_and_not_before():
    article = factories.article(at=NOW)
    assert article.status == "live"
    assert list(Article.objects.live(NOW)) == [article]
    assert not Article.objects.live(NOW - timedelta(seconds=1)).exists()


def test_a_story_for_tomorrow_is_scheduled_and_appears_on_the_second_without_any_worker():
    tomorrow = NOW + timedelta(days=1)
    article = factories.article(at=NOW, publish_at=tomorrow)
    assert article.status == "scheduled"
    assert not Article.objects.live(tomorrow - timedelta(microseconds=1)).exists()
    assert list(Article.objects.live(tomorrow)) == [article]


def test_a_story_is_gone_at_the_moment_it_expires():
    article = factories.article(at=NOW, expire_at=NOW + timedelta(hours=1))
    assert list(Article.objects.live(NOW + timedelta(minutes=59, seconds=59))) == [article]
    assert not Article.objects.live(NOW + timedelta(hours=1)).exists()


def test_editing_a_live_story_changes_nothing_for_readers_until_it_is_published_again():
    article = factories.article(at=NOW, headline="Old", body="<p>Old text</p>")
    edit(article, headline="New", body="<p>New text</p>")
    article.refresh_from_db()
    assert (article.headline, article.body, article.updated_at) == ("Old", "<p>Old text</p>", None)
    later = NOW + timedelta(hours=1)
    article = workflow.publish(article, by=None, at=later)
    assert (article.headline, article.body, article.updated_at) == ("New", "<p>New text</p>", later)
    assert article.publish_at == NOW


def test_a_draft_row_follows_its_newest_revision():
    article = factories.draft(at=NOW)
    tag, name = factories.tag(), factories.author()
    edit(article, headline="Changed", tag_ids=[tag.pk], bylines=[Credit(author_id=name.pk, role="Words")])
    article.refresh_from_db()
    assert article.headline == "Changed"
    assert list(article.tags.all()) == [tag]
    assert [(b.author, b.role) for b in article.bylines.all()] == [(name, "Words")]


def test_a_save_on_an_old_revision_is_kept_as_a_conflict_and_does_not_win():
    first, second = factories.user(first_name="Amina", last_name="Bello"), factories.user()
    article = factories.draft(at=NOW)
    workflow.save_draft(article, factories.content(headline="Mine"), base_revision=1, by=first, at=NOW)
    with pytest.raises(workflow.StaleRevision, match="Amina Bello saved this story") as caught:
        workflow.save_draft(article, factories.content(headline="Yours"), base_revision=1, by=second, at=NOW)
    article.refresh_from_db()
    assert article.headline == "Mine"
    assert article.head_number == 2
    kept = Revision.objects.get(kind="conflict")
    assert (kept.number, kept.content["headline"], kept.author) == (3, "Yours", second)
    assert caught.value.conflict == kept
    edit(article, headline="Both")
    assert sorted(article.revisions.values_list("number", "kind")) == [
        (1, "manual"),
        (2, "manual"),
        (3, "conflict"),
        (4, "manual"),
    ]


@pytest.mark.parametrize("origin", Article.Status)
@pytest.mark.parametrize("target", VERBS)
def test_every_pair_of_statuses_moves_only_as_the_table_says(origin, target):
    article = factories.article(at=NOW)
    edit(article, standfirst="Not yet published")
    Article.objects.filter(pk=article.pk).update(status=origin)
    article.refresh_from_db()
    before = article.transitions.count()
    if target in Article.MOVES[origin]:
        VERBS[target](article, by=None, at=NOW)
        article.refresh_from_db()
        assert article.status == target
        assert article.transitions.count() == before + 1
    elif origin in Article.Status.released() and target in ("in-review", "approved"):
        VERBS[target](article, by=None, at=NOW)  # a change of what readers have: the story itself stays
        article.refresh_from_db()
        assert article.status == origin
        assert article.transitions.count() == before + 1
    else:
        with pytest.raises(workflow.IllegalMove):
            VERBS[target](article, by=None, at=NOW)
        article.refresh_from_db()
        assert article.status == origin
        assert article.transitions.count() == before


def test_a_move_decided_on_a_page_that_is_out_of_date_is_refused():
    article = factories.draft(at=NOW)
    stale = Article.objects.get(pk=article.pk)
    workflow.submit(article, by=None, at=NOW)
    with pytest.raises(workflow.IllegalMove, match="Reload the page"):
        workflow.submit(stale, by=None, at=NOW)


def test_publishing_says_everything_that_is_missing():
    bare = factories.picture(alt="")
    article = factories.draft(
        section_id=None, bylines=[], body=f'<figure data-media-id="{bare.pk}"></figure>', hero_id=bare.pk
    )
    with pytest.raises(workflow.NotReady) as caught:
        workflow.publish(article, by=None, at=NOW)
    assert caught.value.message == (
        "Choose a section. The body is empty. Say who wrote it: add at least one author, or the newsroom itself. "
        "1 picture has no alternative text. Describe it in the media library, or tick “decorative”."
    )
    article.refresh_from_db()
    assert article.status == "draft"


def test_a_sponsored_story_needs_no_byline_of_ours():
    article = factories.article(at=NOW, kind="press-release", sponsor_name="Teneru Mills")
    assert list(Article.objects.live(NOW)) == [article]


def test_a_story_that_would_expire_unread_is_not_published():
    article = factories.draft(at=NOW, expire_at=NOW + timedelta(minutes=1))
    with pytest.raises(workflow.NotReady, match="expire before anybody"):
        workflow.publish(article, by=None, at=NOW + timedelta(hours=1))


def test_slugs_are_numbered_within_their_month():
    slugs = [factories.draft(at=NOW, headline="Same words").slug for _ in range(3)]
    assert slugs == ["same-words", "same-words-2", "same-words-3"]
    assert factories.draft(at=NOW + timedelta(days=30), headline="Same words").slug == "same-words"


def test_a_slug_that_somebody_chose_is_refused_when_it_is_taken():
    factories.draft(at=NOW, slug="chosen")
    with pytest.raises(workflow.SlugTaken, match="“chosen”"):
        factories.draft(at=NOW, slug="chosen")


def test_an_arabic_headline_makes_an_arabic_slug():
    article = factories.draft(at=NOW, headline="الميناء يفتح أبوابه", language="ar")
    assert article.slug == "الميناء-يفتح-أبوابه"


def test_the_month_in_the_address_is_that_of_the_publishers_zone():
    # 23:30 UTC on the last of the month is the first of the next in Lagos.
    article = factories.article(at=datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    assert article.month == date(2026, 11, 1)


def test_a_new_slug_of_a_live_story_leaves_a_redirect_and_going_back_takes_it_away():
    article = factories.article(at=NOW, slug="first")
    old = article.get_absolute_url()
    edit(article, slug="second")
    article = workflow.publish(article, by=None, at=NOW + timedelta(minutes=5))
    assert article.get_absolute_url() == "/2026/11/second/"
    assert list(Redirect.objects.values_list("old_path", "article")) == [(old, article.pk)]
    edit(article, slug="first")
    workflow.publish(article, by=None, at=NOW + timedelta(minutes=6))
    assert list(Redirect.objects.values_list("old_path", flat=True)) == ["/2026/11/second/"]


def test_a_slug_changed_before_publication_leaves_no_redirect():
    article = factories.draft(at=NOW, slug="first")
    edit(article, slug="second")
    workflow.publish(article, by=None, at=NOW)
    assert not Redirect.objects.exists()


def test_every_body_goes_through_the_sanitiser():
    article = factories.draft(at=NOW, body='<p onclick="x()">Hello <script>alert(1)</script><b>you</b></p>')
    assert article.body == "<p>Hello <strong>you</strong></p>"
    assert article.revisions.get().content["body"] == "<p>Hello <strong>you</strong></p>"


def test_content_survives_the_way_through_a_revision():
    content = factories.content(
        publish_at=timezone.localtime(NOW), tag_ids=[3, 1], bylines=[Credit(author_id=7, role="Text")]
    )
    assert Content.from_json(content.as_json()) == content
    assert Content.from_json(content.as_json() | {"unknown": 1}) == content


def test_a_sponsored_story_without_a_name_is_refused_by_the_database():
    from django.db import IntegrityError

    with pytest.raises(IntegrityError, match="article_sponsored_means_named"):
        factories.draft(at=NOW, kind="advertorial", sponsor_name="")


def test_staff_see_the_stories_of_their_job():
    reporter, other = factories.user("Reporter"), factories.user("Reporter")
    own = factories.draft(by=reporter)
    signed = factories.draft(by=other, bylines=[Credit(author_id=factories.author(user=reporter).pk)])
    foreign = factories.draft(by=other)
    paid = factories.draft(by=other, kind="video", sponsor_name="Teneru Mills")
    seen = {
        group: set(Article.objects.visible_to(factories.user(group)))
        for group in ("Editor", "Publisher", "Ad manager", None)
    }
    assert set(Article.objects.visible_to(reporter)) == {own, signed}
    assert seen == {
        "Editor": {own, signed, foreign, paid},
        "Publisher": {own, signed, foreign, paid},
        "Ad manager": {paid},
        None: set(),
    }


def test_an_expired_story_is_published_again_for_another_time():
    article = factories.article(at=NOW, expire_at=NOW + timedelta(hours=1))
    later = NOW + timedelta(days=2)
    edit(article, publish_at=later, expire_at=later + timedelta(days=1), at=later)
    workflow.publish(article, by=None, at=later)
    assert list(Article.objects.live(later)) == [article]


def test_what_was_deleted_since_the_draft_is_named_or_left_out():
    tag, hero, name = factories.tag(), factories.picture(), factories.author()
    article = factories.article(at=NOW)
    edit(article, tag_ids=[tag.pk], hero_id=hero.pk, bylines=[Credit(author_id=name.pk)])
    for gone in (tag, hero, name):
        gone.delete()
    with pytest.raises(workflow.NotReady) as caught:
        workflow.publish(article, by=None, at=NOW)
    assert "An author of the byline is gone" in caught.value.message
    assert "The lead picture is gone from the library" in caught.value.message
    edit(article, tag_ids=[tag.pk], hero_id=None, bylines=[Credit(author_id=factories.author().pk)])
    article = workflow.publish(article, by=None, at=NOW)
    assert list(article.tags.all()) == []


def test_a_new_slug_of_an_arabic_story_leaves_a_redirect_that_leads(client):
    article = factories.article(slug="مرحبا-بالعالم", language="ar")
    old = article.get_absolute_url()
    edit(article, slug="أهلا-بالعالم", at=timezone.now())
    article = workflow.publish(article, by=None, at=timezone.now())
    assert client.get(old)["Location"] == article.get_absolute_url()
    edit(article, slug="ع" * 95, at=timezone.now())
    article = workflow.publish(article, by=None, at=timezone.now())
    assert client.get(old)["Location"] == article.get_absolute_url()


@pytest.mark.parametrize("way", ["withdrawn", "rescheduled"])
def test_a_story_that_was_public_once_keeps_its_month_and_redirects_ever_after(client, way):
    article = factories.article(at=NOW, slug="first")
    old = article.get_absolute_url()
    if way == "withdrawn":
        workflow.withdraw(article, by=None, at=NOW + timedelta(hours=1))
    else:
        edit(article, publish_at=NOW + timedelta(days=9))
        workflow.publish(article, by=None, at=NOW + timedelta(hours=1))
    later = NOW + timedelta(days=70)
    edit(article, slug="second", publish_at=None, at=later)
    edit(article, standfirst="Twice", publish_at=later, at=later)
    article = workflow.publish(article, by=None, at=later)
    assert article.get_absolute_url() == "/2026/11/second/"
    assert list(Redirect.objects.values_list("old_path", flat=True)) == [old]


def test_a_story_taken_back_before_anybody_saw_it_is_free_to_move():
    article = factories.article(at=NOW, slug="first", publish_at=NOW + timedelta(days=1))
    workflow.return_to_draft(article, by=None, at=NOW)
    later = NOW + timedelta(days=70)
    edit(article, slug="second", publish_at=None, at=later)
    article = workflow.publish(article, by=None, at=later)
    assert article.get_absolute_url() == "/2027/02/second/"
    assert not Redirect.objects.exists()


def test_a_story_renumbered_at_publication_is_saved_again_like_any_other():
    october = datetime(2026, 10, 5, tzinfo=UTC)
    article = factories.draft(at=october, slug="the-budget")
    factories.article(at=NOW, slug="the-budget")
    article = workflow.publish(article, by=None, at=NOW)
    assert article.slug == "the-budget-2"
    edit(article, standfirst="Again")
    assert workflow.publish(article, by=None, at=NOW).slug == "the-budget-2"


def test_a_long_slug_is_numbered_within_its_length():
    factories.article(at=NOW, slug="s" * 100)
    article = factories.draft(at=datetime(2026, 10, 5, tzinfo=UTC), slug="s" * 100)
    assert len(workflow.publish(article, by=None, at=NOW).slug) <= 100
    assert factories.draft(at=NOW, headline="covid-19").slug == "covid-19"
    assert factories.draft(at=NOW, headline="covid-19").slug == "covid-19-2"


def test_publishing_takes_the_revision_that_somebody_read_and_no_newer_one():
    article = factories.draft(at=NOW, headline="Read and approved")
    edit(article, headline="Slipped in")
    with pytest.raises(workflow.IllegalMove, match="Read the newer text"):
        workflow.publish(article, by=None, at=NOW, revision=1)
    assert not Article.objects.live(NOW).exists()
    assert workflow.publish(article, by=None, at=NOW, revision=2).headline == "Slipped in"


def test_a_name_without_ink_names_nobody():
    from django.db import IntegrityError

    with pytest.raises(IntegrityError, match="article_sponsored_means_named"):
        factories.draft(kind="video", sponsor_name="\u200b\u2060")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_equal_headlines_at_the_same_moment_get_slugs_of_their_own():
    import threading

    from django.db import connection

    gate, slugs, errors = threading.Barrier(6), [], []

    def write() -> None:
        gate.wait()
        try:
            slugs.append(workflow.create(factories.content(headline="One moment"), by=None, at=NOW).slug)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(slugs) == ["one-moment", *(f"one-moment-{n}" for n in range(2, 7))]


def test_an_edit_after_approval_needs_a_new_one():
    editor, reporter = factories.user("Editor"), factories.user("Reporter")
    article = factories.draft(at=NOW, by=reporter)
    workflow.submit(article, by=reporter, at=NOW)
    workflow.approve(article, by=editor, at=NOW, revision=1)
    assert (article.status, article.is_approved) == ("approved", True)
    edit(article, standfirst="One more sentence")
    article.refresh_from_db()
    assert (article.status, article.is_approved, article.submitted_number) == ("in-review", False, 2)
    with pytest.raises(workflow.IllegalMove, match="Read the newer text"):
        workflow.approve(article, by=editor, at=NOW, revision=1)
    workflow.approve(article, by=editor, at=NOW, revision=2)
    assert article.approved_number == 2


def test_a_change_of_a_live_story_is_submitted_and_approved_while_readers_keep_theirs():
    article = factories.article(at=NOW, headline="Old")
    with pytest.raises(workflow.IllegalMove, match="Readers have this text already"):
        workflow.submit(article, by=None, at=NOW)
    edit(article, headline="New")
    article.refresh_from_db()
    workflow.submit(article, by=None, at=NOW)
    assert list(Article.objects.awaiting_review()) == [article]
    workflow.approve(article, by=None, at=NOW, revision=2)
    assert not Article.objects.awaiting_review().exists()
    article.refresh_from_db()
    assert (article.status, article.headline, article.is_approved) == ("live", "Old", True)


def test_nothing_is_published_before_its_embargo_ends():
    embargo = NOW + timedelta(hours=6)
    article = factories.draft(at=NOW, embargo_until=embargo)
    with pytest.raises(workflow.NotReady, match="under embargo until"):
        workflow.publish(article, by=None, at=NOW)
    edit(article, publish_at=embargo)
    article = workflow.publish(article, by=None, at=NOW)
    assert not Article.objects.live(embargo - timedelta(seconds=1)).exists()
    assert list(Article.objects.live(embargo)) == [article]


def test_a_save_repeated_by_the_same_window_is_no_conflict_with_itself():
    reporter = factories.user("Reporter")
    article = factories.draft(at=NOW, by=reporter)
    for headline in ("Sent, and the answer was lost", "Sent again"):
        workflow.save_draft(
            article, factories.content(headline=headline), base_revision=1, by=reporter, at=NOW, session_key="window"
        )
    assert list(article.revisions.values_list("kind", flat=True)) == ["manual"] * 3
    with pytest.raises(workflow.StaleRevision):
        workflow.save_draft(
            article, factories.content(), base_revision=1, by=reporter, at=NOW, session_key="another window"
        )


def test_restoring_an_old_revision_writes_a_new_one():
    article = factories.draft(at=NOW, headline="First")
    edit(article, headline="Second")
    article.refresh_from_db()
    revision = workflow.restore(article, 1, base_revision=2, by=None, at=NOW)
    assert (revision.number, revision.kind, revision.content["headline"]) == (3, "restore", "First")
    assert head(Article.objects.get()).headline == "First"
