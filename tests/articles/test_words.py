"""No word is lost: buffers between saves, saves over somebody else's, presence and locks."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.utils import timezone

from articles import autosave, drafting, locking, workflow
from articles.content import Content, head
from articles.models import Article, Autosave, EditLock, Presence, Revision
from tests import factories

from .test_admin_story import ADD, change, typed

pytestmark = pytest.mark.django_db

KEY, OTHER_KEY = "a" * 32, "b" * 32


def address(article: Article | None, name: str) -> str:
    return f"/admin/articles/article/{article.pk if article else 'add'}/{name}/"


def fields_of(**values) -> dict[str, list[str]]:
    return {
        name: [str(one) for one in (value if isinstance(value, list) else [value])] for name, value in values.items()
    }


def send(client, article, key=KEY, base=1, **message):
    said = {"session_key": key, "base": base, "mode": "editing"} | message
    return client.post(address(article, "autosave"), json.dumps(said), content_type="application/json")


def keep(client, article, key=KEY, base=1, **values):
    section = {"section": article.section_id} if article else {}
    return send(client, article, key, base, fields=fields_of(**typed(**section | values)))


def decide(client, article, do, **values):
    return client.post(address(article, "words"), {"do": do, **values}, follow=True)


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)] or [
        str(message) for message in response.context["messages"]
    ]


@pytest.fixture
def editor(client):
    user = factories.user("Editor", first_name="Amina", last_name="B")
    client.force_login(user)
    return user


@pytest.fixture
def kelo(db):
    return factories.user("Editor", first_name="Kelo", last_name="M")


@pytest.fixture
def story(editor):
    return factories.draft(headline="The harbour", by=editor)


# Buffers


def test_what_is_typed_is_offered_and_brought_back_whole(client, editor, story):
    section, tags, hero = factories.section(), [factories.tag(), factories.tag()], factories.picture()
    names = [factories.author(), factories.author()]
    typing = {
        "headline": "Typed",
        "body": "<p>Typed text</p>",
        "section": section.pk,
        "tags": [tag.pk for tag in tags],
        "hero": hero.pk,
        "publish_at_0": "2031-05-01",
        "publish_at_1": "09:30:00",
        "bylines-TOTAL_FORMS": "2",
        "bylines-0-author": names[1].pk,
        "bylines-0-role": "text",
        "bylines-0-order": "1",
        "bylines-1-author": names[0].pk,
        "bylines-1-order": "2",
    }
    assert keep(client, story, **typing).json()["kept"] is True
    assert head(story).headline == "The harbour"
    page = client.get(change(story))
    assert page.context["adminform"].form["headline"].value() == "The harbour"
    offer = page.context["offer"]
    assert {row.key for row in offer["rows"]} == {
        "headline", "standfirst", "body", "section_id", "tag_ids", "hero_id", "publish_at", "bylines",
    }  # fmt: skip
    back = decide(client, story, "bring_back", version=offer["version"])
    form = back.context["adminform"].form
    values = {name: form[name].value() for name in ("headline", "body", "section", "tags", "hero", "base_revision")}
    assert values == {
        "headline": "Typed",
        "body": "<p>Typed text</p>",
        "section": section.pk,
        "tags": [tag.pk for tag in tags],
        "hero": hero.pk,
        "base_revision": 1,
    }
    bylines = back.context["inline_admin_formsets"][0].formset
    assert [(row["author"].value(), row["role"].value()) for row in bylines.forms[:2]] == [
        (names[1].pk, "text"),
        (names[0].pk, ""),
    ]
    assert timezone.localtime(form["publish_at"].value()).strftime("%Y-%m-%d %H:%M") == "2031-05-01 09:30"
    assert "Your text is back in the form. It is not saved yet." in back.content.decode()
    assert back.context["offer"] is None
    key = form["session_key"].value()
    assert Autosave.objects.get().session_key == key != KEY
    client.post(change(story), typed(headline="Typed", section=section.pk, base_revision=1, session_key=key))
    assert not Autosave.objects.exists()
    assert head(Article.objects.get()).headline == "Typed"


def test_a_new_story_comes_back_too(client, editor):
    tag, name = factories.tag(), factories.author()
    keep(client, None, base=0, headline="Never saved", tags=[tag.pk], **{"bylines-0-author": name.pk})
    offer = client.get(ADD).context["offer"]
    assert {row.label for row in offer["rows"]} >= {"Headline", "Tags", "Byline"}
    page = decide(client, None, "bring_back", version=offer["version"])
    form = page.context["adminform"].form
    assert (form["headline"].value(), form["tags"].value()) == ("Never saved", [tag.pk])
    assert page.context["inline_admin_formsets"][0].formset.forms[0]["author"].value() == name.pk
    key = form["session_key"].value()
    client.post(ADD, typed(headline="Never saved", tags=[tag.pk], session_key=key))
    assert not Autosave.objects.exists()
    assert client.get(ADD).context["offer"] is None


def test_nothing_is_offered_when_there_is_nothing_new(client, editor, story):
    assert client.get(change(story)).context["offer"] is None
    names = {"bylines-0-author": story.bylines.get().author_id, "bylines-0-order": "1"}
    same = {
        "headline": "The harbour",
        "standfirst": "",
        "body": "<p>Text of the story.</p>",
        "slug": story.slug,
        **names,
    }
    keep(client, story, **same)
    page = client.get(change(story))
    assert page.context["offer"] is None
    instead = page.context["words"]["insteadOf"]
    answer = send(client, story, OTHER_KEY, fields=fields_of(**typed(headline="New")), instead_of=instead)
    assert answer.json()["kept"] is True
    assert Autosave.objects.get().payload["headline"] == ["New"]


def test_a_text_that_waits_is_not_overwritten_by_another_window(client, editor, story):
    keep(client, story, headline="First window")
    assert keep(client, story, OTHER_KEY, headline="Second window").json()["kept"] is False
    assert Autosave.objects.get().payload["headline"] == ["First window"]
    version = client.get(change(story)).context["offer"]["version"]
    keep(client, story, headline="First window, typed on")
    assert "has changed or is gone since" in said(decide(client, story, "throw_away", version=version))[0]
    version = client.get(change(story)).context["offer"]["version"]
    assert said(decide(client, story, "throw_away", version=version)) == ["Thrown away."]
    assert not Autosave.objects.exists()
    assert keep(client, story, OTHER_KEY, headline="Second window").json()["kept"] is True


def test_words_that_could_not_be_saved_as_they_are_come_back_all_the_same(client, editor, story):
    keep(client, story, headline="x" * 400, body="<p>Kept</p>", publish_at_0="31 Smarch", slug="has spaces!")
    offer = client.get(change(story)).context["offer"]
    form = decide(client, story, "bring_back", version=offer["version"]).context["adminform"].form
    assert (form["headline"].value(), form["body"].value()) == ("x" * 400, "<p>Kept</p>")
    assert form["slug"].value() == "has spaces!"


def test_the_browsers_own_copy_is_known_once_it_was_saved(client, editor, story):
    copy = fields_of(**typed(headline="Saved", section=story.section_id))
    client.post(change(story), typed(headline="Saved", section=story.section_id, base_revision=1, session_key=KEY))
    assert send(client, story, fields=copy, offer=True).json()["offer"] == ""
    assert not Autosave.objects.exists()
    copy["standfirst"] = ["Typed while it was being saved"]
    assert "Typed while it was being saved" in send(client, story, fields=copy, offer=True).json()["offer"]


def test_the_copy_of_a_save_that_was_merged_is_known(client, editor, story, kelo):
    workflow.save_draft(
        story,
        factories.content(**vars(head(story)) | {"standfirst": "Kelo's"}),
        base_revision=1,
        by=kelo,
        at=timezone.now(),
    )
    mine = typed(headline="Mine", standfirst="", body=head(story).body, section=story.section_id, slug=story.slug,
                 base_revision=1, session_key=KEY, **{"bylines-0-author": story.bylines.get().author_id})  # fmt: skip
    client.post(change(story), mine)
    assert (head(Article.objects.get()).headline, head(Article.objects.get()).standfirst) == ("Mine", "Kelo's")
    assert send(client, story, fields=fields_of(**mine), offer=True).json()["offer"] == ""


def test_a_copy_that_the_server_has_leaves_the_question_as_it_is(client, editor, story):
    keep(client, story, headline="Typed")
    version = client.get(change(story)).context["offer"]["version"]
    copy = Autosave.objects.get().payload
    assert version in send(client, story, fields=copy, offer=True).json()["offer"].replace("&#x2B;", "+")
    longer = send(client, story, fields=copy | {"standfirst": ["Longer"]}, offer=True).json()["offer"]
    assert "Longer" in longer
    assert version not in longer.replace("&#x2B;", "+")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'"x"',
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"session_key": 7}',
        b'{"session_key": "short", "fields": {}}',
        b'{"session_key": "' + KEY.encode() + b'", "fields": []}',
        b'{"session_key": "' + KEY.encode() + b'", "fields": {"a": "b"}}',
        b'{"session_key": "' + KEY.encode() + b'", "fields": {"a": [1]}}',
        b'{"session_key": "' + KEY.encode() + b'", "fields": {}, "base": -1}',
        b'{"session_key": "' + KEY.encode() + b'", "fields": {}, "base": "x"}',
        b'{"session_key": "' + KEY.encode() + b'", "fields": {}, "base": 1' + b"0" * 5000 + b"}",
    ],
)
def test_what_is_no_form_is_refused_in_words(client, editor, story, body):
    response = client.post(address(story, "autosave"), body, content_type="application/json")
    assert response.status_code == 400
    assert "your words are kept in this browser" in response.json()["message"]
    assert not Autosave.objects.exists()


def test_a_hostile_form_is_kept_as_words_and_breaks_nothing(client, editor, story):
    hostile = {
        "headline": ["\0\ud800<script>alert(1)</script>"],
        "body": ["<p onclick=x>Text</p><script>alert(1)</script>"],
        "bylines-TOTAL_FORMS": ["99999999999"],
        "bylines-INITIAL_FORMS": ["-1"],
        "section": ["999999999999999999999999"],
        "tags": ["x", "1' OR 1=1"],
        "hero": ["\u0661"],
        "settles": ["99999999999999999999"],
    }
    assert send(client, story, fields=hostile).json()["kept"] is True
    page = client.get(change(story))
    assert "<script>alert(1)" not in page.content.decode()
    back = decide(client, story, "bring_back", version=page.context["offer"]["version"])
    assert back.context["adminform"].form["headline"].value() == "<script>alert(1)</script>"


def test_too_much_is_refused_in_words(client, editor, story):
    response = send(client, story, fields={"body": ["x" * autosave.MAX_BYTES]})
    assert response.status_code == 413
    assert "more than the 3 MB" in response.json()["message"]


def test_a_text_longer_than_a_story_may_be_is_kept_and_offered(client, editor, story):
    long = "<p>" + "x" * 1_100_000 + "</p>"
    assert keep(client, story, body=long).json()["kept"] is True
    offer = client.get(change(story)).context["offer"]
    assert (
        decide(client, story, "bring_back", version=offer["version"]).context["adminform"].form["body"].value() == long
    )


def test_nobody_reaches_anothers_buffer_or_story(client, editor, story, kelo):
    keep(client, story, headline="Private words")
    version = Autosave.objects.get().updated_at.isoformat()
    client.force_login(kelo)
    assert client.get(change(story)).context["offer"] is None
    assert "Private words" not in client.get(f"{change(story)}?window={KEY}").content.decode()
    decide(client, story, "throw_away", version=version)
    decide(client, story, "bring_back", version=version)
    assert keep(client, story, headline="Kelo's words").json()["kept"] is True
    assert {(row.user, row.payload["headline"][0]) for row in Autosave.objects.all()} == {
        (editor, "Private words"),
        (kelo, "Kelo's words"),
    }
    client.force_login(factories.user("Reporter"))
    for name in ("autosave", "words"):
        assert client.post(address(story, name)).status_code == 404
    assert client.post("/admin/articles/article/abc/autosave/").status_code == 404
    assert client.get(address(story, "autosave")).status_code == 404


def test_a_window_asks_for_a_new_token_after_a_login_elsewhere(client, editor, story):
    answer = client.get(address(story, "autosave")).json()
    assert answer["user"] == editor.pk
    assert len(answer["csrf"]) == 64


# Two people


def test_disjoint_changes_are_merged_and_the_person_is_told(client, editor, story, kelo):
    newer = factories.content(
        **vars(head(story)) | {"standfirst": "Kelo's", "body": "<p>Text of the story.</p><p>K</p>"}
    )
    workflow.save_draft(story, newer, base_revision=1, by=kelo, at=timezone.now())
    name = story.bylines.get().author_id
    mine = typed(
        headline="Amina's",
        standfirst="",
        body="<p>A</p><p>Text of the story.</p>",
        section=story.section_id,
        slug=story.slug,
        base_revision=1,
        **{"bylines-0-author": name},
    )
    response = client.post(change(story), mine, follow=True)
    both = head(Article.objects.get())
    assert (both.headline, both.standfirst, both.body) == (
        "Amina's",
        "Kelo's",
        "<p>A</p><p>Text of the story.</p><p>K</p>",
    )
    assert said(response)[0].startswith("Kelo M saved revision 2 at ")
    assert "You changed different parts, so both are in revision 3." in said(response)[0]
    assert Revision.objects.get(number=3).note == "Merged with revision 2"


def test_a_clash_is_shown_settled_and_both_texts_stay(client, editor, story, kelo):
    theirs = factories.content(**vars(head(story)) | {"headline": "Kelo's", "standfirst": "Kelo's too"})
    workflow.save_draft(story, theirs, base_revision=1, by=kelo, at=timezone.now())
    mine = typed(
        headline="Amina's", body="<p>Amina's text</p>", section=story.section_id, base_revision=1, session_key=KEY
    )
    page = client.post(change(story), mine, follow=True)
    assert page.redirect_chain == [(f"{change(story)}?settle=3", 302)]
    rows = {row.key: (row.base, row.plain_mine, row.plain_theirs) for row in page.context["settling_rows"]}
    assert rows["headline"] == ("The harbour", "Amina's", "Kelo's")
    assert rows["standfirst"] == ("", "Cranes work until four.", "Kelo's too")
    form = page.context["adminform"].form
    assert (form["headline"].value(), form["body"].value()) == ("Amina's", "<p>Amina's text</p>")
    form = client.get(f"{change(story)}?settle=3&take-headline=theirs").context["adminform"].form
    assert (form["headline"].value(), form["base_revision"].value(), form["settles"].value()) == ("Kelo's", 2, 3)
    # Somebody saves again meanwhile: it comes again, with nothing lost.
    again = factories.content(**vars(theirs) | {"headline": "Kelo's third"})
    workflow.save_draft(story, again, base_revision=2, by=kelo, at=timezone.now())
    merged = typed(headline="Both", standfirst="Both", section=story.section_id, base_revision=2, settles=3)
    page = client.post(change(story), merged, follow=True)
    assert page.redirect_chain == [(f"{change(story)}?settle=5", 302)]
    assert not Revision.objects.unsettled().filter(number=3).exists()
    last = typed(headline="All three", standfirst="Both", section=story.section_id, base_revision=4, settles=5)
    client.post(change(story), last)
    story = Article.objects.get()
    assert (head(story).headline, story.head_number) == ("All three", 6)
    assert not Revision.objects.unsettled().exists()
    headlines = [revision.content["headline"] for revision in story.revisions.order_by("number")]
    assert headlines == ["The harbour", "Kelo's", "Amina's", "Kelo's third", "Both", "All three"]


def test_a_conflict_waits_on_the_story_until_it_is_put_aside(client, editor, story, kelo):
    drafting.keep_conflict(story, head(story), base_revision=1, by=kelo, at=timezone.now(), note="Why")
    page = client.get(change(story))
    assert [conflict.number for conflict in page.context["conflicts"]] == [2]
    decide(client, story, "put_aside", number=2)
    assert list(client.get(change(story)).context["conflicts"]) == []
    assert Revision.objects.get(number=2).content["headline"] == "The harbour"
    decide(client, story, "put_aside", number="9" * 30)


def test_no_window_is_in_conflict_with_itself(client, editor, story):
    mine = typed(headline="Mine", section=story.section_id, base_revision=1, session_key=KEY)
    for _ in range(2):
        client.post(change(story), mine)
    client.post(change(story), mine | {"headline": "Mine, after the answer was lost"})
    assert [r.content["headline"] for r in story.revisions.order_by("number")] == [
        "The harbour",
        "Mine",
        "Mine, after the answer was lost",
    ]
    keep(client, story, headline="Typed", base=3)
    client.post(change(story), mine | {"headline": "Typed and saved", "base_revision": 3})
    assert not Revision.objects.filter(kind="conflict").exists()


def test_a_base_that_is_none_keeps_the_text(client, editor, story):
    for base in ("0", "77", "2147483647"):
        response = client.post(
            change(story), typed(headline=f"From {base}", section=story.section_id, base_revision=base)
        )
        assert "settle=" in response["Location"]
    assert client.post(change(story), typed(base_revision="99999999999")).status_code == 200
    assert Revision.objects.unsettled().count() == 3
    assert client.get(f"{change(story)}?settle=99999999999999").status_code == 200
    assert client.get(f"{change(story)}?settle=1").context["settling"] is None


def test_a_merge_leaves_out_tags_that_are_gone(editor, story, kelo):
    tag = factories.tag()
    tagged = factories.content(**vars(head(story)) | {"tag_ids": [tag.pk]})
    workflow.save_draft(story, tagged, base_revision=1, by=kelo, at=timezone.now())
    tag.delete()
    mine = factories.content(**vars(factories.content()) | vars(head(story)) | {"tag_ids": [], "headline": "Mine"})
    saved = workflow.save_draft(story, mine, base_revision=1, by=editor, at=timezone.now())
    assert (saved.content["headline"], saved.content["tag_ids"]) == ("Mine", [])


# Presence and locks


def test_people_see_each_other_for_as_long_as_they_are_there(client, editor, story, kelo):
    with time_machine.travel("2026-05-01 10:00:00+00:00", tick=False) as now:
        assert send(client, story).json()["here"] == []
        client.force_login(kelo)
        assert send(client, story, OTHER_KEY, mode="looking").json()["here"] == ["Amina B is editing too"]
        assert client.get(change(story)).context["here"] == ["Amina B is editing too"]
        client.force_login(editor)
        send(client, story, "c" * 32, mode="looking")  # a second window of hers
        assert send(client, story).json()["here"] == ["Kelo M also here"]
        now.shift(46)
        assert send(client, story).json()["here"] == []
        client.force_login(kelo)
        assert send(client, story, OTHER_KEY).json()["here"] == ["Amina B is editing too"]
        send(client, story, OTHER_KEY, mode="gone")
        client.force_login(editor)
        assert send(client, story).json()["here"] == []
        now.shift(7200)
        send(client, story, "d" * 32)
        assert Presence.objects.count() == 1


def test_a_window_hears_that_somebody_saved(client, editor, story, kelo):
    newer = factories.content(**vars(head(story)) | {"standfirst": "Kelo's"})
    with time_machine.travel("2026-05-01 10:44:00+00:00", tick=False):
        workflow.save_draft(story, newer, base_revision=1, by=kelo, at=timezone.now())
    newer = send(client, story).json()["newer"]
    assert newer.startswith("Kelo M saved revision 2 at ")
    assert newer.endswith("Your text stays; saving brings both together.")
    assert send(client, story, base=2).json()["newer"] == ""


def test_a_lock_keeps_what_others_save_beside_the_story(client, editor, story, kelo):
    now = timezone.now()
    until = now + timedelta(minutes=30)
    locking.lock(story, until=until, reason="Legal check", by=kelo, at=now)
    page = client.get(change(story)).content.decode()
    assert "Kelo M" in page
    assert "Legal check" in page
    assert "“Legal check”" in send(client, story).json()["lock"]
    response = client.post(
        change(story), typed(headline="Mine", section=story.section_id, base_revision=1), follow=True
    )
    assert "has this story alone until" in said(response)[0]
    assert "Your text is kept as revision 2." in said(response)[0]
    assert (head(story).headline, Revision.objects.unsettled().get().content["headline"]) == (
        "The harbour",
        "Mine",
    )
    assert response.context["settling"].number == 2
    assert response.context["settling_rows"] == []
    assert said(decide(client, story, "lock", until="2h")) == ["Kelo M has this story alone. Take it over if you must."]
    with time_machine.travel(until + timedelta(seconds=1)):
        saved = typed(headline="Mine", section=story.section_id, base_revision=1, settles=2)
        client.post(change(story), saved)
        assert head(Article.objects.get()).headline == "Mine"
        assert "Legal check" not in client.get(change(story)).content.decode()


def test_taking_over_keeps_what_the_owner_had_typed(client, editor, story, kelo):
    client.force_login(kelo)
    decide(client, story, "lock", until="2h", reason="Numbers")
    keep(client, story, headline="Kelo's unsaved words")
    client.force_login(editor)
    messages = said(decide(client, story, "take_over"))
    assert messages[1] == "What Kelo M had not saved is kept as revision 2."
    kept = Revision.objects.unsettled().get()
    assert (kept.author, kept.content["headline"], kept.note) == (
        kelo,
        "Kelo's unsaved words",
        "Not saved yet when Amina B took the story over",
    )
    assert EditLock.objects.get().owner == editor
    client.force_login(kelo)
    assert send(client, story).json()["lock"].startswith("Amina B has this story alone until")
    assert client.get(change(story)).context["offer"]["rows"][0].key == "headline"
    assert said(decide(client, story, "release")) == ["You do not have this story alone any more."]
    client.force_login(editor)
    assert said(decide(client, story, "take_over")) == ["Nobody else has this story alone any more. You can go on."]
    assert said(decide(client, story, "release")) == ["Others can save this story again."]
    assert not EditLock.objects.exists()


def test_the_lock_form_takes_what_it_offers(client, editor, story, kelo):
    with time_machine.travel("2026-05-01 20:30:00+00:00", tick=False):
        for until, ends in (("30m", "21:00"), ("2h", "22:30"), ("tonight", "23:00")):
            decide(client, story, "lock", until=until)
            assert EditLock.objects.get().until.strftime("%H:%M") == ends, until
        assert said(decide(client, story, "lock", until="for ever"))[0].startswith("Say how long")
        assert said(decide(client, story, "lock", until="2h", reason="x" * 201))[0].startswith("Say how long")
        client.force_login(kelo)
        assert "has this story alone. Take it over" in said(decide(client, story, "lock", until="30m"))[0]
    client.force_login(editor)
    assert client.post(address(story, "words"), {"do": "explode"}).status_code == 400
    assert client.post(address(None, "words"), {"do": "lock"}).status_code == 400
    assert client.get(address(story, "words")).status_code == 405


# How much it asks of the database


@pytest.mark.parametrize("people", [1, 30])
def test_a_sign_of_life_asks_the_same_few_questions(client, editor, story, people, django_assert_num_queries):
    for number in range(people):
        user = factories.user("Editor")
        Presence.objects.create(article=story, user=user, session_key=f"{number:032}", seen_at=timezone.now())
    keep(client, story, headline="Typed")
    with django_assert_num_queries(9):
        keep(client, story, headline="Typed on")


# Everybody at once


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_twenty_who_save_at_once_lose_no_text():
    story = factories.draft(headline="Base")
    base = head(story)
    users = [factories.user("Editor") for _ in range(20)]
    errors: list[Exception] = []
    gate = threading.Barrier(20)

    def save(number: int) -> None:
        try:
            gate.wait()
            mine = Content(**vars(base) | {"headline": f"Text of {number}"})
            workflow.save_draft(
                story, mine, base_revision=1, by=users[number], at=timezone.now(), session_key=f"{number:032}"
            )
        except workflow.StaleRevision:
            pass
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    texts = {revision.content["headline"] for revision in Revision.objects.filter(article=story)}
    assert texts == {"Base", *(f"Text of {number}" for number in range(20))}
    assert [r.number for r in story.revisions.order_by("number")] == list(range(1, 22))
    assert (Article.objects.get().head_number, Revision.objects.unsettled().count()) == (2, 19)
