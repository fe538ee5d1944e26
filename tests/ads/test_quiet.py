"""“No advertising on this story”: an editor decides, it holds at once, and the ad desk reads why."""

from __future__ import annotations

import pytest
from django.utils import timezone

from ads import decision, quieting
from ads.models import QuietStory
from ads.page_key import Page
from articles.models import Article
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    client.force_login(factories.user("Editor", username="ed"))
    return client


def address(story: Article) -> str:
    return f"/admin/ads/quietstory/story/{story.pk}/"


def boxes(client, story: Article) -> bool:
    return "data-slot=" in client.get(story.get_absolute_url()).content.decode()


def test_an_editor_keeps_advertising_off_a_story_and_lets_it_back(editor, django_capture_on_commit_callbacks):
    factories.booking()
    story, other = factories.article(), factories.article()
    view = decision.View(at=timezone.now(), page=Page(article=story.pk))
    assert (boxes(editor, story), len(decision.decide(["foot-300x250"], view))) == (True, 1)
    screen = f"/admin/articles/article/{story.pk}/change/"
    assert address(story) in editor.get(screen).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert editor.post(address(story), {"why": "Six people died"}).status_code == 302
    # A page that was drawn before asks too.
    assert (boxes(editor, story), decision.decide(["foot-300x250"], view)) == (False, [])
    assert boxes(editor, other)
    html = editor.get(screen).content.decode()
    assert "No advertising on this story</strong> since" in html
    assert "Six people died" in html
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(address(story), {"back": "1"})
    assert (boxes(editor, story), QuietStory.objects.count()) == (True, 0)


def test_the_ad_desk_reads_which_stories_and_why_and_decides_nothing(client):
    quiet = factories.quiet_story(why="Six people died")
    client.force_login(factories.user("Ad manager"))
    html = client.get("/admin/ads/quietstory/").content.decode()
    assert "Six people died" in html
    assert quiet.article.headline in html
    assert address(quiet.article) not in html
    assert client.post(address(quiet.article), {"back": "1"}).status_code == 403
    client.force_login(factories.user("Editor"))
    assert address(quiet.article) in client.get("/admin/ads/quietstory/").content.decode()


def test_a_reporter_does_not_decide(client):
    story = factories.article()
    client.force_login(factories.user("Reporter"))
    assert client.post(address(story), {"why": "Sad"}).status_code == 403
    assert not QuietStory.objects.exists()


def test_a_reason_is_owed(editor):
    story = factories.article()
    assert editor.post(address(story), {"why": "  "}).status_code == 400
    with pytest.raises(quieting.QuietRefused, match="Say why"):
        quieting.quieten(story, " ", by=None, at=timezone.now())


def test_a_paid_story_is_never_without_advertising(editor):
    story = factories.article(kind="press-release", sponsor_name="Teneru Mills")
    assert "was paid for" in editor.get(address(story)).content.decode()
    response = editor.post(address(story), {"why": "Sad"})
    assert (response.status_code, QuietStory.objects.count()) == (400, 0)
    assert "so nobody can keep advertising off it" in response.content.decode()


def test_said_twice_the_first_reason_stands():
    story = factories.article()
    first = factories.quiet_story(story, why="Six people died")
    assert factories.quiet_story(story, why="Sad").why == first.why
    assert quieting.unquiet(story)
    assert not quieting.unquiet(story)


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_asks_as_often_for_many_as_for_one(editor, django_assert_num_queries, count):
    for _ in range(count):
        factories.quiet_story(factories.draft())
    with django_assert_num_queries(7):
        editor.get("/admin/ads/quietstory/")
