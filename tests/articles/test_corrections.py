"""What readers are told about a change, in one transaction with it, and on a page of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from articles import corrections, workflow
from articles.content import head
from articles.corrections import NoteToReaders
from articles.models import Article, Correction
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
NOTE = NoteToReaders(kind="correction", text="It is eleven, not nine.", place="top")


def edit(article: Article, **fields) -> None:
    content = factories.content(section_id=article.section_id, bylines=head(article).bylines, **fields)
    workflow.save_draft(article, content, base_revision=article.head_number, by=None, at=LATER)
    article.refresh_from_db()


def move(story: Article) -> str:
    return f"/admin/articles/article/{story.pk}/move/publish/"


def test_a_correction_goes_out_with_the_change_it_is_about():
    story = factories.article(at=NOW)
    edit(story, headline="Eleven nurses", slug=story.slug)
    story = workflow.publish(story, by=None, at=LATER, to_readers=NOTE)
    written = story.corrections.get()
    assert (written.kind, written.place, written.revision_number, written.at) == ("correction", "top", 2, LATER)
    assert (story.live_number, story.updated_at) == (2, LATER)


def test_a_note_whose_change_cannot_go_out_is_not_written():
    story = factories.article(at=NOW)
    edit(story, body="")
    with pytest.raises(workflow.NotReady):
        workflow.publish(story, by=None, at=LATER, to_readers=NOTE)
    assert not Correction.objects.exists()


def test_a_revision_that_publishing_writes_is_called_a_correction():
    story = factories.article(at=NOW)
    tag = factories.tag()
    edit(story, headline="With a tag that is gone by then", slug=story.slug, tag_ids=[tag.pk])
    tag.delete()
    story = workflow.publish(story, by=None, at=LATER, to_readers=NOTE)
    kinds = list(story.revisions.order_by("number").values_list("kind", flat=True))
    assert (kinds, story.corrections.get().revision_number) == (["manual", "manual", "correction"], 3)


def test_a_small_fix_leaves_the_updated_time_where_it_is():
    story = factories.article(at=NOW)
    edit(story, headline="A comma, moved", slug=story.slug)
    story = workflow.publish(story, by=None, at=LATER, is_editorial=False)
    assert (story.headline, story.updated_at) == ("A comma, moved", None)


def test_the_same_note_sent_twice_is_told_once():
    story = factories.article(at=NOW)
    for _click in range(2):
        workflow.publish(story, by=None, at=LATER, to_readers=NOTE)
        corrections.tell_readers(story, NOTE, by=None, at=LATER)
    assert story.corrections.count() == 1


def test_nothing_is_told_about_what_readers_do_not_have():
    for story in (factories.draft(at=NOW), factories.article(at=NOW, publish_at=LATER)):
        with pytest.raises(workflow.WorkflowError, match="Readers do not have this story now"):
            corrections.tell_readers(story, NOTE, by=None, at=NOW)


def test_a_note_stands_where_it_was_put_with_its_date(client):
    story = factories.article()
    factories.correction(story, text="Said on top", place="top")
    factories.correction(story, text="Said below", kind="clarification")
    html = client.get(story.get_absolute_url()).content.decode().partition("<body")[2]
    body = html.index("Text of the story.")
    assert html.index("Said on top") < body < html.index("Said below")
    assert "Clarification" in html
    assert f'datetime="{timezone.localtime(story.corrections.first().at).isoformat()[:16]}' in html


@pytest.mark.parametrize("state", ["withdrawn", "expired", "scheduled", "later"])
def test_the_corrections_page_tells_of_live_stories_only(client, state):
    canary, now = "zanzaranth", timezone.now()
    expire_at = now - timedelta(minutes=1) if state == "expired" else None
    story = factories.article(headline=canary, at=now - timedelta(hours=3), expire_at=expire_at)
    factories.correction(story, text=canary, at=now - timedelta(hours=2))
    assert Correction.objects.count() == 1
    if state == "withdrawn":
        workflow.withdraw(story, by=None, at=now)
    elif state == "scheduled":
        Article.objects.filter(pk=story.pk).update(publish_at=now + timedelta(hours=1))
    elif state == "later":
        Correction.objects.update(at=now + timedelta(hours=1))
    assert canary not in client.get("/corrections/").content.decode()
    if state == "later":
        page = client.get(story.get_absolute_url()).content.decode()
        assert 'class="correction"' not in page


def test_the_corrections_page_is_in_the_language_of_its_stories(client):
    factories.correction(factories.article(), text="English note")
    factories.correction(factories.article(language="ar"), text="نص الملاحظة")
    english, arabic = (client.get(path).content.decode() for path in ("/corrections/", "/ar/corrections/"))
    assert ("English note" in english, "نص الملاحظة" in english) == (True, False)
    assert ("English note" in arabic, "نص الملاحظة" in arabic) == (False, True)
    assert 'href="/corrections/"' in client.get("/").content.decode()


@pytest.mark.parametrize("count", [2, 30])
def test_the_corrections_page_asks_the_same_whatever_it_holds(client, django_assert_num_queries, count):
    story = factories.article()
    for n in range(count):
        factories.correction(story, text=f"Note {n}")
    factories.booking()
    client.get("/")
    with django_assert_num_queries(5):
        client.get("/corrections/")
    assert client.get("/corrections/?page=9").status_code == 404
    assert client.get("/corrections/?page=2").status_code == (200 if count == 30 else 404)


def test_a_page_of_a_paid_story_carries_its_label_there_too(client):
    paid = factories.article(kind="advertorial", sponsor_name="Teneru Mills")
    factories.correction(paid)
    assert "Paid for by" in client.get("/corrections/").content.decode()


# In the admin.


def test_an_editor_tells_readers_while_publishing(client):
    story = factories.article()
    edit(story, headline="Eleven", slug=story.slug)
    client.force_login(factories.user("Editor"))
    page = client.get(move(story)).content.decode()
    assert "Tell readers" in page
    said = {"revision": "2", "tell": "correction", "text": "It is eleven.", "place": "top", "is_minor": "on"}
    client.post(move(story), said)
    story.refresh_from_db()
    assert (story.headline, story.updated_at) == ("Eleven", None)
    assert story.corrections.values_list("kind", "text", "place").get() == ("correction", "It is eleven.", "top")


@pytest.mark.parametrize(
    ("said", "field"),
    [({"tell": "correction"}, "text"), ({"text": "Words"}, "tell"), ({"tell": "apology", "text": "Words"}, "tell")],
)
def test_half_a_note_is_refused_and_nothing_is_published(client, said, field):
    story = factories.article(headline="Old")
    edit(story, headline="New", slug=story.slug)
    client.force_login(factories.user("Editor"))
    response = client.post(move(story), {"revision": "2", **said})
    assert field in response.context["form"].errors
    story.refresh_from_db()
    assert (story.headline, story.corrections.count()) == ("Old", 0)


def test_a_story_that_readers_never_had_is_not_asked_about(client):
    story = factories.draft()
    client.force_login(factories.user("Editor"))
    assert "Tell readers" not in client.get(move(story)).content.decode()
    client.post(move(story), {"revision": "1"})
    story.refresh_from_db()
    assert story.status == "live"


def test_a_note_is_reworded_in_view_of_its_history_and_never_dropped(client):
    story = factories.article()
    note = factories.correction(story, text="It is twelve.")
    editor = factories.user("Editor")
    client.force_login(editor)
    address = f"/admin/articles/correction/{note.pk}/change/"
    assert client.post(address, {"kind": "correction", "text": "It is eleven.", "place": "top"}).status_code == 302
    note.refresh_from_db()
    assert (note.text, note.place, note.article_id) == ("It is eleven.", "top", story.pk)
    logged = LogEntry.objects.get(object_id=str(note.pk))
    assert (logged.user, "It is twelve." in logged.change_message) == (editor, True)
    assert client.post(address.replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert "It is twelve." in client.get(address.replace("change", "history")).content.decode()


def test_a_note_on_its_own_needs_a_live_story(client):
    story, draft = factories.article(), factories.draft()
    client.force_login(factories.user("Editor"))
    address = "/admin/articles/correction/add/"
    said = {"kind": "update", "text": "More is known now.", "place": "top"}
    refused = client.post(address, {"article": draft.pk, **said})
    assert "Readers do not have this story now" in refused.content.decode()
    assert client.get(f"{address}?article={story.pk}").context["adminform"].form.initial["article"] == story.pk
    client.post(address, {"article": story.pk, **said})
    assert list(Correction.objects.values_list("article", "kind")) == [(story.pk, "update")]
