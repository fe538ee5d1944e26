"""The publish page says what will happen, and a change of a live story goes out at once or at its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from articles.models import Article, DueAction
from tests import factories
from tests.articles.test_admin_story import change, move
from tests.articles.test_timing import changed, edit

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor(client):
    user = factories.user("Editor")
    client.force_login(user)
    return user


def page(client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_button_says_what_it_will_do(client, editor):
    draft = factories.draft(at=NOW)
    assert ">Publish now</button>" in page(client, move(draft, "publish"))
    planned = factories.draft(at=NOW, publish_at=NOW + timedelta(hours=20))
    assert ">Schedule for Tue 24 Nov 2026, 09:00 (Africa/Lagos)</button>" in page(client, move(planned, "publish"))
    screen = page(client, change(planned))
    assert ">Schedule for Tue 09:00…</button>" in screen
    assert "Saves, then asks: Schedule for Tue 24 Nov 2026, 09:00 (Africa/Lagos)" in screen
    live = factories.article(at=NOW)
    edit(live, headline="New")
    assert ">Publish the change</button>" in page(client, move(live, "publish"))


def test_the_review_shows_embargo_and_end(client, editor):
    day = timedelta(days=1)
    draft = factories.draft(at=NOW, publish_at=NOW + 2 * day, embargo_until=NOW + day, expire_at=NOW + 9 * day)
    shown = page(client, move(draft, "publish"))
    assert "Tue 24 Nov 2026, 13:00 (Africa/Lagos)" in shown
    assert "Wed 2 Dec 2026, 13:00 (Africa/Lagos)" in shown
    early = factories.draft(at=NOW, embargo_until=NOW + day)
    assert "It is under embargo until" in page(client, move(early, "publish"))


def test_a_change_is_scheduled_shown_and_called_off(client, editor):
    story = factories.article(at=NOW, headline="Old")
    edit(story, headline="New")
    said = {"revision": "2", "when": "later", "change_at": "2026-11-24T09:00"}
    response = client.post(move(story, "publish"), said, follow=True)
    assert "Readers get this text at Tue 24 Nov 2026, 09:00 (Africa/Lagos)." in response.content.decode()
    [action] = DueAction.objects.filter(kind="change")
    assert (action.due_at, action.asked_by) == (NOW + timedelta(hours=20), editor)
    assert Article.objects.get().headline == "Old"
    off = f"/admin/articles/dueaction/{action.pk}/move/cancel/"
    assert off in page(client, change(story))
    assert off in page(client, move(story, "publish"))
    assert "Call this change off?" in page(client, off)
    assert client.post(off)["Location"] == change(story)
    action.refresh_from_db()
    assert action.state == "cancelled"
    assert off not in page(client, change(story))


def test_a_change_goes_out_at_once(client, editor):
    story = factories.article(at=NOW, headline="Old")
    edit(story, headline="New")
    client.post(move(story, "publish"), {"revision": "2", "when": "now", "change_at": ""})
    assert Article.objects.get().headline == "New"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"when": "later", "change_at": ""}, "Say when, or choose"),
        ({"when": "later", "change_at": "2026-11-23T09:00"}, "This time is past."),
        ({"when": "now", "change_at": "2026-11-24T09:00"}, "You gave a time for the change."),
        ({"when": "later", "change_at": "soon"}, "Enter a valid date/time."),
        ({"when": "never"}, "Select a valid choice."),
    ],
)
def test_what_does_not_fit_together_is_said_and_nothing_happens(client, editor, said, sentence):
    story = factories.article(at=NOW, headline="Old")
    edit(story, headline="New")
    response = client.post(move(story, "publish"), {"revision": "2", **said})
    assert sentence in response.content.decode()
    assert Article.objects.get().headline == "Old"
    assert not DueAction.objects.filter(kind="change").exists()


def test_a_story_that_readers_lose_for_a_while_is_warned_of(client, editor):
    story = factories.article(at=NOW)
    edit(story, publish_at=NOW + timedelta(days=1))
    assert "They lose it at once" in page(client, move(story, "publish"))


# The agenda.

AGENDA = "/admin/articles/dueaction/"


def test_the_agenda_shows_what_is_to_do_late_first_and_what_is_over_on_request(client, editor):
    late = factories.article(at=NOW - timedelta(hours=1), headline="Late one")
    ahead = factories.article(at=NOW, publish_at=NOW + timedelta(hours=1), headline="Ahead one")
    over = factories.article(at=NOW, headline="Over one")
    over.due_actions.update(state="done")
    shown = page(client, AGENDA)
    assert shown.index("Late one") < shown.index("Ahead one")
    assert "overdue" in shown
    assert "Over one" not in shown
    assert "Over one" in page(client, f"{AGENDA}?now=done")
    only = page(client, f"{AGENDA}?now=late")
    assert late.headline in only
    assert ahead.headline not in only


def test_what_failed_says_why_and_is_tried_again(client, editor):
    story = factories.article(at=NOW)
    action = story.due_actions.get()
    story.due_actions.update(state="failed", attempts=5, last_error="<b>Broken</b>")
    shown = page(client, AGENDA)
    assert "&lt;b&gt;Broken&lt;/b&gt;" in shown
    again = f"{AGENDA}{action.pk}/move/again/"
    assert again in shown
    client.post(again)
    action.refresh_from_db()
    assert (action.state, action.attempts) == ("waiting", 0)
    assert "cannot be done" in client.get(again, follow=True).content.decode()
    assert "has not failed" in client.post(again, follow=True).content.decode()


def test_the_ad_desk_sees_and_calls_off_what_was_paid_for_and_nothing_else(client):
    client.force_login(factories.user("Ad manager"))
    paid = factories.article(at=NOW, kind="video", sponsor_name="Firm", headline="Paid one")
    news = factories.article(at=NOW, headline="News one")
    actions = changed(paid, "Paid anew", NOW + timedelta(hours=1)), changed(news, "News anew", NOW + timedelta(hours=1))
    shown = page(client, AGENDA)
    assert "Paid one" in shown
    assert "News one" not in shown
    answers = [client.post(f"{AGENDA}{action.pk}/move/cancel/").status_code for action in actions]
    assert answers == [302, 404]
    assert [DueAction.objects.get(pk=action.pk).state for action in actions] == ["cancelled", "waiting"]


@pytest.mark.parametrize("count", [2, 30])
def test_the_agenda_asks_the_same_number_of_questions(client, editor, django_assert_num_queries, count):
    for _ in range(count):
        factories.article(at=timezone.now())
    client.get(AGENDA)
    with django_assert_num_queries(7):
        assert client.get(AGENDA).status_code == 200
