"""The same thing done to several stories: asked first, each by its verb, each with its own result."""

from __future__ import annotations

import pytest
from django.utils import timezone

from articles import workflow
from articles.content import head
from articles.models import Article
from tests import factories

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/article/"


def log_in(client, role: str):
    user = factories.user(role)
    client.force_login(user)
    return user


def ask(client, action: str, stories: list[Article]):
    return client.post(LIST, {"action": action, "index": "0", "_selected_action": [story.pk for story in stories]})


def do(client, action: str, stories: list[Article], **fields) -> list[str]:
    """What the person is told."""
    revisions = {f"revision-{story.pk}": story.head_number for story in stories}
    chosen = {"action": action, "confirmed": "1", "_selected_action": [story.pk for story in stories]}
    response = client.post(LIST, chosen | revisions | fields)
    assert response.status_code == 302, response.content.decode()
    return told(client)


def told(client) -> list[str]:
    return [str(message) for message in client.get(LIST).context["messages"]]


def offered(client) -> list[str]:
    return [name for name, _label in client.get(LIST).context["action_form"].fields["action"].choices if name]


def states(*stories: Article) -> list[str]:
    return [Article.objects.get(pk=story.pk).status for story in stories]


def test_everybody_is_offered_what_they_may_do(client):
    for role, actions in {
        "Reporter": ["submit", "tag", "section"],
        "Editor": ["submit", "approve", "tag", "section", "withdraw", "spike"],
        "Ad manager": ["submit", "approve", "tag", "section", "withdraw", "spike"],
    }.items():
        log_in(client, role)
        factories.draft(kind="video", sponsor_name="Firm", by=factories.user())
        assert offered(client) == actions


def test_the_page_asks_and_nothing_happens_before(client):
    log_in(client, "Editor")
    stories = [factories.draft(headline=f"Story {n}") for n in range(2)]
    response = ask(client, "spike", stories)
    html = response.content.decode()
    assert response.status_code == 200
    assert "Drop this story?" in html
    assert all(story.headline in html for story in stories)
    assert states(*stories) == ["draft", "draft"]


def test_each_story_has_its_own_result(client):
    log_in(client, "Editor")
    draft, other = factories.draft(), factories.draft()
    live = factories.article(headline="Already out")
    said = do(client, "spike", [draft, other, live])
    assert said == [
        "Spike: 2 stories done.",
        "1 refused: It is “Live” now, so this cannot be done. (Already out)",
    ]
    assert states(draft, other, live) == ["spiked", "spiked", "live"]
    assert do(client, "spike", [draft]) == [
        f"1 refused: It is “Spiked” now, so this cannot be done. ({draft.headline})"
    ]


def test_moves_leave_their_history_with_the_note(client):
    editor = log_in(client, "Editor")
    story = factories.draft()
    do(client, "submit", [story], note="Whole batch")
    move = story.transitions.first()
    assert (move.to_status, move.actor, move.note) == ("in-review", editor, "Whole batch")
    story.refresh_from_db()
    do(client, "approve", [story])
    story.refresh_from_db()
    assert (story.status, story.approved_number) == ("approved", 1)


def test_a_text_that_nobody_read_is_not_approved(client):
    log_in(client, "Editor")
    story = factories.draft(headline="Moved on")
    workflow.submit(story, by=None, at=timezone.now())
    seen = Article.objects.get(pk=story.pk)
    content = factories.content(headline="Moved on", section_id=story.section_id)
    workflow.save_draft(story, content, base_revision=1, by=None, at=timezone.now())
    assert do(client, "approve", [seen]) == ["1 refused: Somebody saved it after you opened the page. (Moved on)"]
    assert states(story) == ["in-review"]


def test_a_reporter_does_nothing_with_stories_of_others(client):
    reporter = log_in(client, "Reporter")
    mine, foreign = factories.draft(by=reporter), factories.draft(headline="Canary")
    said = do(client, "submit", [mine, foreign])
    assert said == [
        "Submit for review: 1 story done.",
        f"1 refused: It is not there any more, or not yours to open. (#{foreign.pk})",
    ]
    assert states(mine, foreign) == ["in-review", "draft"]


@pytest.mark.parametrize("action", ["spike", "withdraw", "approve", "delete_selected"])
def test_a_forged_action_does_nothing(client, action):
    reporter = log_in(client, "Reporter")
    story = factories.draft(by=reporter)
    chosen = {"action": action, "confirmed": "1", "_selected_action": [story.pk], f"revision-{story.pk}": "1"}
    client.post(LIST, chosen)
    assert states(story) == ["draft"]


def test_the_ad_desk_reaches_paid_stories_only(client):
    log_in(client, "Ad manager")
    paid, news = factories.draft(kind="video", sponsor_name="Firm"), factories.draft()
    do(client, "spike", [paid, news])
    assert states(paid, news) == ["spiked", "draft"]


def test_a_tag_is_that_of_the_storys_language(client):
    log_in(client, "Editor")
    english, arabic = factories.tag(name="Ports"), factories.tag(name="ports", language="ar")
    stories = [
        factories.draft(),
        factories.draft(language="ar", section_id=factories.section(language="ar").pk),
    ]
    has_it = factories.draft(headline="Has it", tag_ids=[english.pk])
    said = do(client, "tag", [*stories, has_it], tag="PORTS")
    assert said == ["Add a tag: 2 stories done.", "1 refused: It has this tag already. (Has it)"]
    assert [head(Article.objects.get(pk=story.pk)).tag_ids for story in stories] == [[english.pk], [arabic.pk]]


def test_a_tag_that_does_not_exist_is_said_on_the_page(client):
    log_in(client, "Editor")
    story = factories.draft()
    chosen = {"action": "tag", "confirmed": "1", "_selected_action": [story.pk], f"revision-{story.pk}": "1"}
    response = client.post(LIST, chosen | {"tag": "Nothing"})
    assert response.status_code == 400
    assert "There is no tag of this name. Make it first, under Tags." in response.content.decode()


def test_a_live_story_gets_its_section_in_a_draft(client):
    log_in(client, "Editor")
    section = factories.section()
    live, arabic = factories.article(), factories.draft(headline="عربي", language="ar", section_id=None)
    said = do(client, "section", [live, arabic], section=section.pk)
    assert said == [
        "Set the section: 1 story done.",
        "1 refused: This section is in another language than the story. (عربي)",
    ]
    live.refresh_from_db()
    assert (live.section != section, head(live).section_id, live.has_unpublished_changes) == (True, section.pk, True)


def test_too_many_at_once_are_refused_in_words(client, monkeypatch):
    monkeypatch.setattr("articles.admin.together.MOST", 2)
    log_in(client, "Editor")
    stories = [factories.draft() for _ in range(3)]
    ask(client, "spike", stories)
    assert told(client) == ["At most 2 stories at once. Choose fewer, page by page."]
    assert states(*stories) == ["draft"] * 3
