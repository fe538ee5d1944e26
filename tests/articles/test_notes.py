"""Notes between colleagues: who writes, who is told, what stays among them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles import notes, workflow
from articles.models import Note
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def address(story, more: str = "") -> str:
    return f"/admin/articles/article/{story.pk}/notes/{more}"


@pytest.fixture
def editor():
    return factories.user(
        "Editor", username="amina.bello", first_name="Amina", last_name="Bello", email="amina@news.example"
    )


@pytest.fixture
def reporter():
    return factories.user("Reporter", username="kelo", email="kelo@news.example")


@pytest.fixture
def story(reporter):
    return factories.draft(by=reporter, headline="The harbour opens")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@kelo and @amina.bello.", ["kelo", "amina.bello."]),
        ("write to kelo@news.example", []),
        ("(@kelo), @kelo!", ["kelo"]),
        ("@", []),
        ("اسأل @كيلو", ["كيلو"]),
    ],
)
def test_names_behind_an_at_are_mentions(text, names):
    assert notes.mentions(text) == names


def test_a_mentioned_colleague_gets_one_mail_with_the_note_and_a_link(story, editor, reporter, run_jobs):
    note = factories.note(story, "@amina.bello, look: @Amina.Bello. And me, @kelo", by=reporter)
    run_jobs()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["amina@news.example"], "A note for you: The harbour opens")
    assert "@amina.bello, look" in letter.body
    assert f"{address(story)}#note-{note.pk}" in letter.body
    assert set(note.mentioned.all()) == {editor, reporter}


def test_who_may_not_open_the_story_is_not_told_and_the_writer_hears_so(client, story, editor, run_jobs):
    factories.user("Ad manager", username="bisi", email="bisi@news.example")
    client.force_login(editor)
    html = client.post(address(story), {"text": "@bisi @nobody @kelo see"}, follow=True).content.decode()
    assert "Nobody was told by @bisi @nobody: there is no such login that opens this story." in html
    run_jobs()
    assert [letter.to for letter in mail.outbox] == [["kelo@news.example"]]


def test_an_answer_stands_under_the_first_note_and_tells_its_writer(story, editor, reporter, run_jobs):
    first = factories.note(story, "Where is this from?", by=editor)
    answer = factories.note(story, "From the port.", by=reporter, reply_to=first)
    again = factories.note(story, "Which page?", by=editor, reply_to=answer)
    run_jobs()
    assert (answer.reply_to, again.reply_to) == (first, first)
    assert [letter.to for letter in mail.outbox] == [["amina@news.example"]]


def test_the_same_words_by_a_second_click_are_one_note_and_one_mail(story, reporter, editor, run_jobs):
    for seconds in (0, 1, 59):
        factories.note(story, "@amina.bello please", by=reporter, at=NOW + timedelta(seconds=seconds))
    assert Note.objects.count() == 1
    factories.note(story, "@amina.bello please", by=reporter, at=NOW + timedelta(seconds=61))
    assert Note.objects.count() == 2
    run_jobs()
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write something first."),
        (" \u200b\n ", "Write something first."),
        ("\x00", "Write something first."),
        ("x" * 4001, "at most 4000 characters, this one has 4001"),
        (" ".join(f"@name{n}" for n in range(21)), "at most 20 colleagues"),
    ],
)
def test_what_cannot_be_a_note_is_refused_in_words_and_stays_in_its_field(client, story, reporter, text, sentence):
    client.force_login(reporter)
    response = client.post(address(story), {"text": text})
    html = response.content.decode()
    assert response.status_code == 400
    assert sentence in html
    assert text.replace("\x00", "") in html
    assert not Note.objects.exists()


def test_hostile_words_are_shown_as_they_are_written(client, story, reporter):
    client.force_login(reporter)
    client.post(address(story), {"text": "<script>alert(1)</script>"})
    for page in (address(story), f"/admin/articles/article/{story.pk}/change/"):
        html = client.get(page).content.decode()
        assert "<script>alert(1)" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_a_note_is_resolved_and_opened_again_once_each(story, reporter, editor):
    note = factories.note(story, by=reporter)
    assert [notes.resolve(note, by=editor, at=NOW), notes.resolve(note, by=reporter, at=NOW)] == [True, False]
    note.refresh_from_db()
    assert (note.resolved_by, note.resolved_at) == (editor, NOW)
    assert [notes.reopen(note, by=editor, at=NOW), notes.reopen(note, by=editor, at=NOW)] == [True, False]


def test_open_notes_and_those_that_mention_me_leave_out_what_is_done_and_what_i_may_not_open(story, editor, reporter):
    asked = factories.note(story, "@kelo?", by=editor)
    answer = factories.note(story, "@kelo again", by=editor, reply_to=asked)
    hidden = factories.note(factories.draft(by=reporter), "@kelo!", by=editor)
    assert set(Note.objects.open().mentioning(reporter)) == {asked, answer, hidden}
    type(story).objects.filter(pk=hidden.article_id).update(kind="video", sponsor_name="Teneru Mills")
    assert set(Note.objects.open().mentioning(reporter)) == {asked, answer}
    notes.resolve(asked, by=editor, at=NOW)
    assert set(Note.objects.open().mentioning(reporter)) == set()
    assert set(Note.objects.threads()) == {asked, hidden}


def test_notes_of_a_story_that_is_not_ones_own_are_not_there(client, story, editor):
    note = factories.note(story, "Secret words", by=editor)
    for person in (factories.user("Reporter"), factories.user("Ad manager")):
        client.force_login(person)
        assert client.get(address(story)).status_code == 404
        assert client.post(address(story), {"text": "In"}).status_code == 404
        assert client.post(address(story, f"{note.pk}/")).status_code == 404
        assert client.get(address(story, "colleagues/?q=a")).status_code == 404
    note.refresh_from_db()
    assert (Note.objects.count(), note.resolved_at) == (1, None)


def test_a_note_of_another_story_cannot_be_answered_or_resolved_through_this_one(client, story, editor):
    other = factories.note(factories.draft(), by=editor)
    client.force_login(editor)
    assert client.post(address(story), {"text": "Hm", "reply_to": other.pk}).status_code == 404
    assert client.post(address(story), {"text": "Hm", "reply_to": "9" * 40}).status_code == 404
    assert client.post(address(story, f"{other.pk}/")).status_code == 404
    assert client.post(address(story, "9223372036854775808/")).status_code == 404


def test_colleagues_are_suggested_by_the_beginning_of_login_or_name(client, story, editor, reporter):
    factories.user("Ad manager", username="amos")
    client.force_login(reporter)
    found = client.get(address(story, "colleagues/?q=am")).json()
    assert found == {"people": [{"login": "amina.bello", "name": "Amina Bello"}]}
    assert len(client.get(address(story, "colleagues/?q=")).json()["people"]) == 2


def test_nothing_of_a_note_is_public(client, reporter):
    story = factories.article(headline="Public")
    factories.note(story, "canarynote", by=factories.user("Editor"))
    for path in ("/", story.get_absolute_url(), story.section.get_absolute_url()):
        assert "canarynote" not in client.get(path).content.decode()


def test_the_panel_asks_as_much_of_the_database_for_thirty_notes_as_for_one(
    client, story, editor, django_assert_num_queries
):
    client.force_login(editor)
    first = factories.note(story, by=editor)
    factories.note(story, by=editor, reply_to=first)
    client.get(address(story))
    with django_assert_num_queries(10):
        client.get(address(story))
    for n in range(30):
        factories.note(story, f"Thread {n}", by=editor)
        factories.note(story, f"Answer {n}", by=editor, reply_to=first)
    with django_assert_num_queries(10):
        assert client.get(address(story)).content.decode().count('class="story-note"') == 31


def test_the_script_gets_the_panel_alone(client, story, editor):
    client.force_login(editor)
    response = client.post(address(story), {"text": "Quickly"}, headers={"X-Requested-With": "notes"})
    html = response.content.decode()
    assert response.status_code == 200
    assert html.strip().startswith('<section class="story-notes"')
    assert "Your note is kept." in html


def test_a_note_says_which_revision_its_writer_saw(story, editor):
    factories.edit(story, headline="Second")
    assert factories.note(story, by=editor).revision_number == 2
    workflow.submit(story, by=editor, at=timezone.now())


def test_what_leads_to_no_story_is_not_there(client, editor):
    client.force_login(editor)
    for number in ("0", "9" * 30):
        assert client.get(f"/admin/articles/article/{number}/notes/").status_code == 404
        assert client.get(f"/admin/articles/article/{number}/history/compare/").status_code == 404


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_same_note_sent_six_times_at_once_is_kept_once(at_once):
    writer, editor = factories.user("Reporter"), factories.user("Editor", username="amina", email="a@news.example")
    story = factories.draft(by=writer)
    assert at_once(6, lambda: factories.note(story, "@amina please", by=writer)) == []
    assert Note.objects.count() == 1
    assert DBTaskResult.objects.count() == 1
    assert list(Note.objects.get().mentioned.all()) == [editor]
