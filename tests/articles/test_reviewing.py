"""The review: who hands what to whom, who said yes to which revision, and who is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from articles import letters, reviewing, workflow
from articles.content import Credit
from articles.models import Article, DueAction, Transition
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
Status, What = Article.Status, Transition.What

# What each verb makes of a story in each status, with a changed draft behind what was released; None: refused.
OUTCOMES = {
    "submit": {"draft": "in-review", "approved": "in-review", "scheduled": "scheduled", "live": "live"},
    "approve": {"in-review": "approved", "scheduled": "scheduled", "live": "live"},
    "ask_for_changes": {"in-review": "draft", "approved": "draft", "scheduled": "scheduled", "live": "live"},
    "return_to_draft": {
        "in-review": "draft",
        "approved": "draft",
        "scheduled": "draft",
        "withdrawn": "draft",
        "spiked": "draft",
    },
    "publish": {
        "draft": "live",
        "in-review": "live",
        "approved": "live",
        "scheduled": "live",
        "live": "live",
        "withdrawn": "live",
    },
    "withdraw": {"scheduled": "withdrawn", "live": "withdrawn"},
    "spike": {"draft": "spiked", "in-review": "spiked", "approved": "spiked", "withdrawn": "spiked"},
}


@pytest.mark.parametrize("origin", Status)
@pytest.mark.parametrize("verb", OUTCOMES)
def test_every_verb_in_every_status_does_as_the_table_says_or_is_refused(verb, origin):
    article = factories.article(at=NOW)
    factories.edit(article, at=NOW, standfirst="Not yet published")
    handed_in = article.head_number if verb == "ask_for_changes" else None
    Article.objects.filter(pk=article.pk).update(status=origin, submitted_number=handed_in)
    article.refresh_from_db()
    before = article.transitions.count()
    expected = OUTCOMES[verb].get(origin)
    if expected is None:
        with pytest.raises(workflow.IllegalMove):
            getattr(workflow, verb)(article, by=None, at=NOW, note="Because")
    else:
        getattr(workflow, verb)(article, by=None, at=NOW, note="Because")
    article.refresh_from_db()
    assert article.status == (expected or origin)
    assert article.transitions.count() == before + (expected is not None)


def test_every_move_says_in_the_history_what_it_was():
    editor = factories.user("Editor")
    article = factories.draft(at=NOW)
    for verb in ("submit", "ask_for_changes", "submit", "approve", "publish", "withdraw", "return_to_draft", "spike"):
        article.refresh_from_db()
        getattr(workflow, verb)(article, by=editor, at=NOW, note="Because")
    assert list(article.transitions.order_by("pk").values_list("what", flat=True)) == [
        "begun",
        "submitted",
        "changes-asked",
        "submitted",
        "approved",
        "published",
        "withdrawn",
        "returned",
        "spiked",
    ]


def test_asking_for_changes_needs_a_note():
    article = factories.draft(at=NOW)
    workflow.submit(article, by=None, at=NOW)
    with pytest.raises(workflow.IllegalMove, match="Say what should change"):
        workflow.ask_for_changes(article, by=None, at=NOW, note="  ")


def test_changes_asked_of_a_live_story_leave_readers_their_text_and_take_the_change_off_the_agenda():
    article = factories.article(at=NOW, headline="Old")
    factories.edit(article, at=NOW, headline="New")
    workflow.submit(article, by=None, at=NOW)
    workflow.schedule_change(article, NOW + timedelta(hours=2), by=None, at=NOW)
    article.refresh_from_db()
    workflow.ask_for_changes(article, by=None, at=NOW, note="Not yet")
    article.refresh_from_db()
    assert (article.status, article.headline) == ("live", "Old")
    assert (article.submitted_number, article.approved_number) == (None, 1)
    assert DueAction.objects.get(kind=DueAction.Kind.CHANGE).state == DueAction.State.CANCELLED
    assert not Article.objects.awaiting_review().exists()


def test_a_change_that_was_handed_in_is_not_handed_in_twice():
    article = factories.article(at=NOW)
    factories.edit(article, at=NOW, headline="New")
    workflow.submit(article, by=None, at=NOW)
    with pytest.raises(workflow.IllegalMove, match="have this text already"):
        workflow.submit(article, by=None, at=NOW)
    workflow.approve(article, by=None, at=NOW)
    with pytest.raises(workflow.IllegalMove, match="approved already"):
        workflow.approve(article, by=None, at=NOW)


def test_an_approval_says_who_and_when_and_is_void_after_the_next_save():
    editor = factories.user("Editor")
    article = factories.draft(at=NOW)
    assert reviewing.approval_of(article) is None
    workflow.submit(article, by=None, at=NOW)
    workflow.approve(article, by=editor, at=NOW)
    approval = reviewing.approval_of(article)
    assert (approval.number, approval.by, approval.at, approval.is_void) == (1, editor, NOW, False)
    factories.edit(article, at=NOW, headline="Changed")
    assert reviewing.approval_of(article).is_void
    workflow.ask_for_changes(article, by=editor, at=NOW, note="No")
    assert reviewing.approval_of(article) is None


def test_a_draft_is_compared_with_what_readers_have_or_else_with_what_was_approved_last():
    article = factories.draft(at=NOW)
    assert reviewing.last_agreed(article) is None
    workflow.submit(article, by=None, at=NOW)
    workflow.approve(article, by=None, at=NOW)
    factories.edit(article, at=NOW, headline="Two")
    assert reviewing.last_agreed(article).number == 1
    article = workflow.publish(article, by=None, at=NOW)
    factories.edit(article, at=NOW, headline="Three")
    assert reviewing.last_agreed(article).number == 2


@pytest.mark.parametrize("kind", ["story", "video"])
def test_colleagues_are_exactly_those_who_may_open_a_story(kind):
    began = factories.user("Reporter")
    signs = factories.user("Reporter")
    people = [began, signs, factories.user("Reporter", is_active=False), factories.user(None)]
    people += [factories.user(group) for group in ("Reporter", "Editor", "Ad manager", "Publisher")]
    people += [factories.user(is_superuser=True), factories.user("Editor", is_active=False)]
    sponsor = "" if kind == "story" else "Teneru Mills"
    credit = Credit(author_id=factories.author(user=signs).pk)
    article = factories.draft(by=began, kind=kind, sponsor_name=sponsor, bylines=[credit])
    may_open = {person for person in people if Article.objects.visible_to(person).filter(pk=article.pk).exists()}
    assert set(letters.colleagues(article)) == may_open
    assert len(may_open) == (5 if kind == "story" else 4)


def test_a_writer_is_told_once_that_changes_are_asked_for_with_the_note_and_a_link(run_jobs):
    writer = factories.user("Reporter", email="kelo@news.example")
    editor = factories.user("Editor", email="amina@news.example", first_name="Amina", last_name="Bello")
    article = factories.draft(at=NOW, by=writer, headline="The harbour\r\nopens")
    workflow.submit(article, by=writer, at=NOW)
    stale = Article.objects.get(pk=article.pk)
    workflow.ask_for_changes(article, by=editor, at=NOW, note="Name the source")
    with pytest.raises(workflow.IllegalMove):
        workflow.ask_for_changes(stale, by=editor, at=NOW, note="Name the source")
    run_jobs()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["kelo@news.example"], "Changes asked for: The harbour opens")
    for words in ("By: Amina Bello", "Name the source", f"/admin/articles/article/{article.pk}/change/"):
        assert words in letter.body


def test_writers_are_told_of_approval_and_publication_and_nobody_of_their_own_deeds(run_jobs):
    writer = factories.user("Reporter", email="kelo@news.example")
    editor = factories.user("Editor", email="amina@news.example")
    article = factories.draft(by=writer, headline="Night work")
    factories.edit(article, by=editor, standfirst="By the editor")
    workflow.submit(article, by=writer, at=NOW)
    workflow.approve(article, by=editor, at=NOW)
    workflow.publish(article, by=editor, at=NOW)
    run_jobs()
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["kelo@news.example"], "Approved: Night work"),
        (["kelo@news.example"], "Published: Night work"),
    ]


def test_a_writer_who_may_not_open_the_story_any_more_is_told_nothing(run_jobs):
    writer = factories.user("Reporter", email="kelo@news.example")
    article = factories.draft(by=writer, kind="video", sponsor_name="Teneru Mills")
    workflow.submit(article, by=writer, at=NOW)
    workflow.approve(article, by=factories.user("Editor"), at=NOW)
    run_jobs()
    assert mail.outbox == []


def test_a_scheduled_story_tells_its_writer_when_it_appears(run_jobs):
    writer = factories.user("Reporter", email="kelo@news.example")
    article = factories.draft(by=writer, at=NOW, publish_at=NOW + timedelta(days=1))
    workflow.publish(article, by=factories.user("Editor"), at=NOW)
    run_jobs()
    assert "Readers see it from Tuesday 24 November 2026, 13:00 (Africa/Lagos)." in mail.outbox[0].body


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_six_editors_who_ask_for_changes_at_once_ask_once(at_once):
    writer, editor = factories.user("Reporter", email="kelo@news.example"), factories.user("Editor")
    article = factories.draft(at=NOW, by=writer)
    workflow.submit(article, by=writer, at=NOW)

    def ask() -> None:
        mine = Article.objects.get(pk=article.pk)
        workflow.ask_for_changes(mine, by=editor, at=NOW, note="Name the source")

    refused = at_once(6, ask)
    assert article.transitions.filter(what=What.CHANGES_ASKED).count() == 1
    assert DBTaskResult.objects.count() == 1
    assert {type(error) for error in refused} <= {workflow.IllegalMove}
    assert len(refused) == 5
