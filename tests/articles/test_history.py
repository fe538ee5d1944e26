"""The history of a story: its timeline, differences in words, and texts brought back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from articles import comparing, restoring, workflow
from articles.content import Content, Credit, head
from articles.models import Article, PreviewApproval, PreviewLink, Revision
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def address(story, more: str = "") -> str:
    return f"/admin/articles/article/{story.pk}/history/{more}"


@pytest.fixture
def editor(client):
    user = factories.user("Editor", first_name="Amina", last_name="Bello")
    client.force_login(user)
    return user


@pytest.fixture
def reporter():
    return factories.user("Reporter")


# The timeline.


def test_the_timeline_tells_saves_and_decisions_newest_first(client, editor, reporter):
    story = factories.draft(by=reporter, at=NOW)
    factories.edit(story, by=reporter, at=NOW + timedelta(minutes=1), standfirst="More")
    workflow.submit(story, by=reporter, at=NOW + timedelta(minutes=2), note="Please")
    workflow.approve(story, by=editor, at=NOW + timedelta(minutes=3))
    link = PreviewLink.objects.create(
        article=story, token_hash="x" * 64, created_at=NOW, expires_at=NOW + timedelta(days=7)
    )
    PreviewApproval.objects.create(
        link=link, article=story, revision_number=2, name="Teneru", at=NOW + timedelta(minutes=4)
    )
    told = [
        (str(step.who), step.revision.number if step.revision else step.transition and step.transition.said)
        for step in client.get(address(story)).context["steps"]
    ]
    assert told == [
        ("Teneru", None),
        (str(editor), "Approved"),
        (str(reporter), "Submitted for review"),
        (str(reporter), 2),
        (str(reporter), "Begun"),
        (str(reporter), 1),
    ]


def test_the_timeline_marks_what_readers_see_what_is_newest_and_conflicts_that_wait(client, editor, reporter):
    story = factories.article()
    factories.edit(story, by=editor, headline="Newer")
    factories.conflict(story, by=reporter, headline="Lost the race")
    html = client.get(address(story)).content.decode()
    for words in ("readers see this", "newest", "waits for somebody", "Texts that wait for somebody"):
        assert words in html


def test_a_story_of_one_revision_offers_nothing_to_compare(client, editor):
    story = factories.draft(by=editor)
    assert "Compare the chosen" not in client.get(address(story)).content.decode()
    factories.edit(story, by=editor, standfirst="More")
    assert "Compare the chosen" in client.get(address(story)).content.decode()


def test_somebody_who_approved_their_own_story_is_seen_to_have_done_so(client, editor):
    story = factories.draft(by=editor)
    workflow.submit(story, by=editor, at=NOW)
    workflow.approve(story, by=editor, at=NOW)
    assert "their own story" in client.get(address(story)).content.decode()


def test_the_history_of_two_thousand_revisions_costs_what_that_of_one_does(client, editor, django_assert_num_queries):
    story = factories.draft(by=editor)
    client.get(address(story))
    with django_assert_num_queries(16):
        client.get(address(story))
    content = head(story).as_json()
    Revision.objects.bulk_create(
        Revision(
            article=story, number=n, content=content, author=editor, created_at=timezone.now() + timedelta(seconds=n)
        )
        for n in range(2, 2001)
    )
    Article.objects.filter(pk=story.pk).update(head_number=2000)
    story.refresh_from_db()
    workflow.submit(story, by=editor, at=timezone.now() + timedelta(hours=1))
    with django_assert_num_queries(16):
        page = client.get(address(story))
    assert [step.revision.number for step in page.context["steps"] if step.revision] == list(range(2000, 1951, -1))
    last = client.get(address(story, "?page=41")).context["steps"]
    assert last[-1].revision.number == 1
    assert client.get(address(story, "?page=abc")).status_code == 200


# Differences.


def test_fields_are_compared_in_words(editor):
    section, tag, gone = factories.section(name="Harbour"), factories.tag(name="Port"), factories.tag(name="Sea")
    author, hero = factories.author(name="Kelo"), factories.picture(title="Dawn")
    old = factories.content(headline="Old head", tag_ids=[gone.pk])
    new = factories.content(
        headline="New head",
        body=old.body,
        section_id=section.pk,
        tag_ids=[tag.pk],
        hero_id=hero.pk,
        bylines=[Credit(author_id=author.pk, role="Text")],
        publish_at=NOW,
        language="ar",
    )
    lines = {line.name: line for line in comparing.compare(old, new, by=editor).fields}
    assert (lines["tag_ids"].added, lines["tag_ids"].removed) == (["Port"], ["Sea"])
    assert {name: (line.old, line.new) for name, line in lines.items() if line.new} == {
        "language": ("English", "Arabic"),
        "section_id": ("nothing", "Harbour"),
        "hero_id": ("nothing", "Dawn"),
        "publish_at": ("nothing", "23 November 2026, 13:00 (Africa/Lagos)"),
        "bylines": ("nothing", "Kelo (Text)"),
    }
    assert "<del>" in lines["headline"].words
    gone.delete()
    assert comparing.compare(old, new).fields != []


def test_a_story_that_a_reporter_may_not_open_is_named_by_number(reporter):
    secret = factories.draft(headline="Canary")
    old, new = factories.content(), factories.content(translation_of_id=secret.pk)
    (line,) = [line for line in comparing.compare(old, new, by=reporter).fields if line.name == "translation_of_id"]
    assert (line.old, line.new) == ("nothing", f"number {secret.pk}")


def test_bodies_are_drawn_escaped_and_long_stretches_without_changes_are_folded():
    paragraphs = [f"<p>Paragraph {n} &lt;b&gt;</p>" for n in range(9)]
    old = factories.content(headline="H", body="".join(paragraphs))
    new = factories.content(headline="H", body="".join([*paragraphs[:8], "<p>Other 8 &lt;b&gt;</p>"]))
    comparison = comparing.compare(old, new)
    assert [(stretch.title, len(stretch.passages)) for stretch in comparison.body] == [
        ("7 blocks without changes", 7),
        ("", 2),
    ]
    drawn = comparison.body[1].passages[1].drawn
    assert "<del>" in drawn
    assert "&lt;b&gt;" in drawn
    assert "<b>" not in drawn


def test_only_breaks_that_came_or_went_inside_a_block_are_signed():
    old = factories.content(headline="H", body="<ul><li>One</li></ul><p>Stays</p>")
    more = factories.content(headline="H", body="<ul><li>One</li><li>Two</li></ul><p>Stays</p>")
    less = factories.content(headline="H", body="<p>Stays</p>")
    assert "• One" in comparing.compare(old, more).body[0].passages[0].drawn
    assert "¶\n• Two" in comparing.compare(old, more).body[0].passages[0].drawn
    assert "</span>• One<span" in comparing.compare(old, less).body[0].passages[0].drawn


def test_two_revisions_are_compared_by_number_with_the_one_before_or_with_what_readers_see(client, editor):
    story = factories.article(headline="One")
    factories.edit(story, headline="Two")
    factories.edit(story, headline="Three")

    def pair(query: str):
        context = client.get(address(story, f"compare/{query}")).context
        return context["old"].number, context["new"].number

    assert pair("") == (2, 3)
    assert pair("?to=2") == (1, 2)
    assert pair("?from=live") == (1, 3)
    assert pair("?from=3&to=1") == (1, 3)


@pytest.mark.parametrize("query", ["?from=99", "?to=0", "?from=abc", f"?to={'9' * 30}", "?to=1"])
def test_revisions_that_are_not_there_are_refused_in_words(client, editor, query):
    story = factories.draft()
    response = client.get(address(story, f"compare/{query}"))
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()


def test_a_conflict_is_compared_with_the_line_and_is_not_what_came_before(client, editor, reporter):
    story = factories.draft()
    factories.edit(story, by=editor, headline="Second")
    factories.conflict(story, by=reporter, headline="Lost")
    factories.edit(story, by=editor, headline="Fourth")
    context = client.get(address(story, "compare/?to=4")).context
    assert (context["old"].number, context["new"].number) == (2, 4)


def test_what_others_wrote_is_not_there_for_who_may_not_open_the_story(client):
    story = factories.draft(headline="Canary")
    for person in (factories.user("Reporter"), factories.user("Ad manager")):
        client.force_login(person)
        for more in ("", "1/", "compare/", "1/restore/"):
            assert client.get(address(story, more)).status_code == 404
        assert client.post(address(story, "1/restore/"), {"base_revision": "1"}).status_code == 404
        assert client.post(address(story, "1/settle/")).status_code == 404


def test_one_revision_is_read_with_all_it_says(client, editor):
    story = factories.draft(headline="Night work", standfirst="Until four")
    html = client.get(address(story, "1/")).content.decode()
    for words in ("Night work", "Until four", "Text of the story.", story.section.name):
        assert words in html
    assert client.get(address(story, "2/")).status_code == 404
    assert client.get(address(story, "99999999999999999999/")).status_code == 404


# Bringing back.


def test_an_older_text_comes_back_as_a_revision_and_readers_keep_what_they_have(client, editor):
    story = factories.article(headline="First")
    factories.edit(story, headline="Second")
    story = workflow.publish(story, by=editor, at=timezone.now())
    page = client.get(address(story, "1/restore/"))
    assert "First" in page.content.decode()
    response = client.post(address(story, "1/restore/"), {"base_revision": page.context["newest"].number})
    assert response["Location"] == f"/admin/articles/article/{story.pk}/change/"
    story.refresh_from_db()
    assert (story.headline, head(story).headline, story.head_number, story.live_number) == ("Second", "First", 3, 2)
    newest = story.revisions.get(number=3)
    assert (newest.kind, newest.author, newest.note) == ("restore", editor, "Revision 1 again")


def test_a_text_is_not_brought_back_over_one_that_nobody_has_compared(client, editor):
    story = factories.draft(headline="First")
    factories.edit(story, headline="Second")
    factories.edit(story, headline="Slipped in")
    response = client.post(address(story, "1/restore/"), {"base_revision": "2"})
    assert response.status_code == 409
    assert "Look at the differences once more." in response.content.decode()
    assert 'name="base_revision" value="3"' in response.content.decode()
    assert head(Article.objects.get()).headline == "Slipped in"
    assert client.post(address(story, "1/restore/"), {"base_revision": "x"}).status_code == 400
    assert story.revisions.count() == 3


def test_what_was_deleted_since_is_left_out_and_said(client, editor):
    section, hero, tag, author = factories.section(), factories.picture(), factories.tag(), factories.author()
    fields = {"section_id": section.pk, "hero_id": hero.pk, "tag_ids": [tag.pk], "kind": "story"}
    story = factories.draft(headline="First", bylines=[Credit(author_id=author.pk)], **fields)
    factories.edit(story, headline="Second", section_id=None, hero_id=None, tag_ids=[], bylines=[])
    for row in (section, hero, tag, author):
        row.delete()
    said = client.get(address(story, "1/restore/")).context["left_out"]
    assert len(said) == 4
    client.post(address(story, "1/restore/"), {"base_revision": "2"})
    back = head(Article.objects.get())
    assert (back.headline, back.section_id, back.hero_id, back.tag_ids, back.bylines) == ("First", None, None, [], [])


def test_a_reporter_brings_back_words_but_no_sponsor_colleague_or_secret_story(client, reporter):
    colleague = factories.author(user=factories.user("Reporter"))
    secret = factories.draft(language="ar")
    story = factories.draft(
        by=reporter,
        headline="First",
        kind="video",
        sponsor_name="Teneru Mills",
        translation_of_id=secret.pk,
        bylines=[Credit(author_id=colleague.pk)],
    )
    mine = [Credit(author_id=factories.author(user=reporter).pk)]
    factories.edit(story, headline="Second", kind="story", sponsor_name="", translation_of_id=None, bylines=mine)
    client.force_login(reporter)
    assert len(client.get(address(story, "1/restore/")).context["left_out"]) == 3
    client.post(address(story, "1/restore/"), {"base_revision": "2"})
    back = head(Article.objects.get(pk=story.pk))
    assert (back.headline, back.kind, back.sponsor_name, back.translation_of_id, back.bylines) == (
        "First",
        "story",
        "",
        None,
        mine,
    )


def test_the_ad_desk_brings_no_news_back_into_a_sponsored_story(client):
    manager = factories.user("Ad manager")
    story = factories.draft(headline="News")
    factories.edit(story, headline="Paid", kind="video", sponsor_name="Teneru Mills")
    content = restoring.as_it_would_be(
        Article.objects.get(pk=story.pk), story.revisions.get(number=1), by=manager
    ).content
    assert (content.headline, content.kind, content.sponsor_name) == ("News", "video", "Teneru Mills")


def test_a_slug_that_is_taken_by_now_is_refused_in_words(client, editor):
    story = factories.draft(slug="first")
    factories.edit(story, slug="second")
    factories.draft(slug="first")
    response = client.post(address(story, "1/restore/"), {"base_revision": "2"})
    assert response.status_code == 409
    assert "already has the slug “first”" in response.content.decode()


# Conflicts.


def test_a_conflict_waits_until_somebody_takes_it_in(client, editor, reporter):
    story = factories.draft()
    lost = factories.conflict(story, by=reporter, headline="Lost")
    assert list(Revision.objects.unsettled()) == [lost]
    client.post(address(story, f"{lost.number}/restore/"), {"base_revision": "1"})
    assert head(Article.objects.get()).headline == "Lost"
    assert not Revision.objects.unsettled().exists()


def test_a_conflict_is_put_aside_once_and_stays_in_the_history(client, editor, reporter):
    story = factories.draft()
    lost = factories.conflict(story, by=reporter)
    where = address(story, f"{lost.number}/settle/")
    assert "stays in the history" in client.post(where, follow=True).content.decode()
    assert not Revision.objects.unsettled().exists()
    assert "somebody has settled it" in client.post(where, follow=True).content.decode()
    assert story.transitions.filter(what="settled").count() == 1
    assert Revision.objects.filter(pk=lost.pk).exists()


def test_a_conflict_waits_whoever_saves_meanwhile(editor, reporter):
    story = factories.draft()
    lost = factories.conflict(story, by=reporter)
    factories.edit(story, by=editor, headline="By another")
    factories.edit(story, by=reporter, headline="By its writer")
    assert list(Revision.objects.unsettled()) == [lost]


def test_nothing_of_the_history_is_public(client, reporter):
    story = factories.article(headline="Public")
    factories.conflict(story, by=reporter, headline="canaryconflict", body="<p>canarybody</p>")
    factories.edit(story, headline="canarydraft")
    for path in ("/", story.get_absolute_url(), story.section.get_absolute_url()):
        assert "canary" not in client.get(path).content.decode()


# What the review shows.


def test_whoever_approves_sees_what_changed_since_the_last_yes(client, editor, reporter):
    story = factories.article(headline="Agreed")
    factories.edit(story, by=reporter, headline="Changed")
    page = client.get(f"/admin/articles/article/{story.pk}/move/approve/")
    assert (page.context["agreed"].number, page.context["comparison"].fields[0].name) == (1, "headline")
    client.post(f"/admin/articles/article/{story.pk}/move/approve/", {"revision": "2"})
    story.refresh_from_db()
    assert story.approved_number == 2
    html = client.get(f"/admin/articles/article/{story.pk}/change/").content.decode()
    assert "Revision 2 approved by <bdi>Amina Bello</bdi>" in html
    factories.edit(story, by=reporter, headline="Again")
    html = client.get(f"/admin/articles/article/{story.pk}/change/").content.decode()
    assert "the newest text needs a new approval" in html


@pytest.mark.parametrize(
    ("group", "kind", "open_moves"),
    [
        ("Reporter", "story", {"submit"}),
        ("Editor", "story", {"submit", "publish", "approve", "changes", "spike"}),
        ("Publisher", "story", {"submit", "publish", "approve", "changes", "spike"}),
        ("Ad manager", "story", set()),
        ("Ad manager", "video", {"submit", "publish", "approve", "changes", "spike"}),
        ("Reporter", "video", set()),
    ],
)
def test_every_door_of_the_review_opens_for_those_whose_job_it_is(client, group, kind, open_moves):
    person = factories.user(group)
    client.force_login(person)
    sponsor = "" if kind == "story" else "Teneru Mills"
    done = set()
    for name in ("submit", "publish", "approve", "changes", "return", "withdraw", "spike"):
        story = factories.paid_story(factories.draft(by=person, kind=kind, sponsor_name=sponsor))
        if name in ("approve", "changes"):
            workflow.submit(story, by=person, at=NOW)
            story.refresh_from_db()
        before = story.status
        client.post(
            f"/admin/articles/article/{story.pk}/move/{name}/", {"note": "Because", "revision": story.head_number}
        )
        story.refresh_from_db()
        if story.status != before:
            done.add(name)
    assert done == open_moves


def test_content_of_every_field_is_readable(client, editor):
    assert {comparing.label_of(name) for name in Content.__dataclass_fields__} >= {"headline", "Byline", "tags"}
