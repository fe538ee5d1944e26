"""The desk of the front page: drafts of one's own, and two editors who put theirs live."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from articles import workflow
from articles.models import Article
from newsroom import front_desk, frontpage
from newsroom.front_desk import FrontPageRefused, MovedOn, Overtaken
from newsroom.front_plan import Pin, Plan
from newsroom.models import FrontDraft, FrontEdition
from tests import factories

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


class Editor:
    """Somebody at the desk of the English page: does things with what they saw last."""

    def __init__(self) -> None:
        self.user = factories.user("Editor")
        self.look()

    def look(self) -> front_desk.Desk:
        self.desk = front_desk.desk("en", by=self.user, at=timezone.now())
        return self.desk

    def do(self, verb, *args, **kwargs):
        result = verb("en", *args, seen=self.desk.seen, by=self.user, at=timezone.now(), **kwargs)
        self.look()
        return result

    def pin(self, story: Article, place: str):
        return self.do(front_desk.place, story.pk, place)

    def live(self, note: str = "") -> FrontEdition:
        return self.do(front_desk.put_draft_live, note=note)


def live_plan() -> Plan:
    edition = frontpage.newest_edition("en")
    return edition.plan if edition else Plan()


def test_a_change_stays_on_the_desk_until_it_is_put_live():
    editor, story = Editor(), factories.article()
    assert editor.pin(story, "lead") is None
    assert editor.desk.plan == Plan({"lead": Pin(story.pk)})
    assert editor.desk.is_changed
    assert live_plan() == Plan()
    edition = editor.live("New lead")
    assert (edition.number, edition.author, edition.note) == (1, editor.user, "New lead")
    assert live_plan() == Plan({"lead": Pin(story.pk)})
    assert not editor.desk.is_changed
    with pytest.raises(FrontPageRefused, match="what readers see already"):
        editor.live()
    assert FrontEdition.objects.count() == 1


def test_looking_writes_nothing():
    Editor()
    assert FrontDraft.objects.count() == 0


def test_a_pinned_story_takes_the_place_of_another_which_is_named():
    editor, first, second = Editor(), factories.article(), factories.article()
    editor.pin(first, "lead")
    assert editor.pin(second, "lead") == first
    assert editor.desk.plan == Plan({"lead": Pin(second.pk)})


def test_every_step_can_be_undone():
    editor, stories = Editor(), [factories.article() for _ in range(2)]
    editor.pin(stories[0], "lead")
    editor.pin(stories[1], "lead")
    editor.do(front_desk.discard)
    seen = [editor.desk.plan]
    for _ in range(3):
        editor.do(front_desk.undo)
        seen.append(editor.desk.plan)
    lead = [Plan({"lead": Pin(story.pk)}) for story in stories]
    assert seen == [Plan(), lead[1], lead[0], Plan()]
    with pytest.raises(FrontPageRefused, match="nothing to undo"):
        editor.do(front_desk.undo)


def test_the_desk_remembers_twenty_steps_and_no_more():
    editor, stories = Editor(), [factories.article() for _ in range(2)]
    for n in range(30):
        editor.pin(stories[n % 2], "lead")
    assert len(FrontDraft.objects.get().undo) == 20


def test_a_pin_gets_its_times_and_ends_without_anybody():
    editor, story, at = Editor(), factories.article(), timezone.now()
    editor.pin(story, "lead")
    editor.do(front_desk.hold, "lead", since=at - HOUR, until=at + HOUR)
    assert editor.desk.plan == Plan({"lead": Pin(story.pk, None, at + HOUR)})
    editor.live()
    later = front_desk.desk("en", by=editor.user, at=at + HOUR)
    assert later.plan == Plan()
    assert not later.is_changed
    for since, until, says in [
        (None, at - HOUR, "end before it begins"),
        (at + 2 * HOUR, at + HOUR, "end before it begins"),
        (None, at + timedelta(days=2000), "three years"),
        (at + timedelta(days=2000), None, "three years"),
    ]:
        with pytest.raises(FrontPageRefused, match=says):
            editor.do(front_desk.hold, "lead", since=since, until=until)
    with pytest.raises(FrontPageRefused, match="Nothing is pinned"):
        editor.do(front_desk.hold, "small-1", since=None, until=at + HOUR)


def test_blocks_move_hide_and_come_back():
    pks = [factories.section(order=n).pk for n in range(3)]
    editor = Editor()
    editor.do(front_desk.move_block, pks[2], -1)
    assert editor.desk.plan == Plan(order=(pks[0], pks[2], pks[1]))
    editor.do(front_desk.move_block, pks[2], 1)
    assert editor.desk.plan == Plan()
    editor.do(front_desk.move_block, pks[0], -1)
    assert editor.desk.plan == Plan()
    editor.do(front_desk.show_block, pks[1], False)
    assert editor.desk.plan == Plan(hidden=frozenset([pks[1]]))
    editor.do(front_desk.show_block, pks[1], True)
    assert editor.desk.plan == Plan()


@pytest.mark.parametrize("place", ["lead", "second-2"])
def test_what_is_paid_for_is_not_pinned_where_news_leads(place):
    editor, paid = Editor(), factories.article(kind="video", sponsor_name="Firm")
    with pytest.raises(FrontPageRefused, match="is paid for"):
        editor.pin(paid, place)
    with pytest.raises(FrontPageRefused, match="is paid for"):
        editor.pin(paid, f"block-{paid.section_id}-1")
    editor.pin(paid, "small-1")
    editor.pin(paid, f"block-{paid.section_id}-2")
    assert editor.desk.plan == Plan({f"block-{paid.section_id}-2": Pin(paid.pk)})
    news = factories.article()
    editor.pin(news, place)
    with pytest.raises(FrontPageRefused, match="is paid for"):
        editor.pin(news, f"block-{paid.section_id}-2")  # they would change places


def test_only_live_and_scheduled_stories_of_the_language_are_pinned():
    editor, at = Editor(), timezone.now()
    withdrawn = factories.article()
    workflow.withdraw(withdrawn, by=None, at=at)
    refused = [
        factories.draft().pk,
        withdrawn.pk,
        factories.article(language="ar").pk,
        factories.article(at=at - 2 * HOUR, expire_at=at - HOUR).pk,
        987654321,
    ]
    for pk in refused:
        with pytest.raises(FrontPageRefused, match="live or scheduled"):
            editor.do(front_desk.place, pk, "lead")
    scheduled = factories.article(publish_at=at + HOUR)
    editor.pin(scheduled, "lead")
    assert editor.desk.plan == Plan({"lead": Pin(scheduled.pk)})


@pytest.mark.parametrize(
    "place", ["", "second-3", "small-0", "lead-1", "block-1-9", "block--1-1", "block-999-1", "order"]
)
def test_a_place_that_is_not_on_the_page_is_refused(place):
    editor, story = Editor(), factories.article()
    with pytest.raises(FrontPageRefused, match="not on the page"):
        editor.pin(story, place)
    assert FrontDraft.objects.count() == 0


def test_two_windows_of_one_editor_do_not_overwrite_each_other():
    window, stories = Editor(), [factories.article() for _ in range(2)]
    stale = window.desk.seen
    window.pin(stories[0], "lead")
    with pytest.raises(MovedOn, match="another window"):
        front_desk.place("en", stories[1].pk, "lead", seen=stale, by=window.user, at=timezone.now())
    assert window.look().plan == Plan({"lead": Pin(stories[0].pk)})


def test_different_places_of_two_editors_come_together():
    amina, bello = Editor(), Editor()
    stories = [factories.article() for _ in range(3)]
    amina.pin(stories[0], "lead")
    bello.pin(stories[1], "small-1")
    amina.live()
    assert bello.look().groups == []
    assert bello.desk.plan == Plan({"lead": Pin(stories[0].pk), "small-1": Pin(stories[1].pk)})
    bello.pin(stories[2], "small-2")
    assert bello.live().number == 2
    assert live_plan() == Plan({p: Pin(s.pk) for p, s in zip(["lead", "small-1", "small-2"], stories, strict=True)})


def test_who_opened_the_page_before_another_version_went_live_works_on_what_they_saw():
    amina, bello = Editor(), Editor()
    stories = [factories.article() for _ in range(2)]
    amina.pin(stories[0], "lead")
    amina.live()
    bello.pin(stories[1], "lead")
    assert bello.desk.groups == [("lead",)]
    assert bello.desk.plan == Plan({"lead": Pin(stories[1].pk)})


def test_the_same_place_of_two_editors_is_shown_to_the_second_and_nothing_is_lost():
    amina, bello = Editor(), Editor()
    stories = [factories.article() for _ in range(3)]
    amina.pin(stories[0], "lead")
    bello.pin(stories[1], "lead")
    bello.pin(stories[2], "small-1")
    amina.live()
    with pytest.raises(Overtaken) as refusal:
        bello.live()
    assert refusal.value.theirs == frontpage.newest_edition("en")
    assert refusal.value.merge.groups == [("lead",)]
    mine = Plan({"lead": Pin(stories[1].pk), "small-1": Pin(stories[2].pk)})
    assert bello.look().plan == mine
    assert live_plan() == Plan({"lead": Pin(stories[0].pk)})
    bello.do(front_desk.settle, [("lead",)], head_number=1)
    both = Plan({"lead": Pin(stories[0].pk), "small-1": Pin(stories[2].pk)})
    assert (bello.desk.plan, bello.desk.groups) == (both, [])
    bello.do(front_desk.undo)
    bello.do(front_desk.settle, [], head_number=1)
    assert bello.live().plan == mine


def test_a_decision_about_a_version_that_is_not_the_newest_is_asked_for_again():
    amina, bello = Editor(), Editor()
    stories = [factories.article() for _ in range(3)]
    bello.pin(stories[2], "lead")
    for story in stories[:2]:
        amina.pin(story, "lead")
        amina.live()
        bello.look()
    with pytest.raises(MovedOn, match="another version"):
        bello.do(front_desk.settle, [], head_number=1)


def test_a_story_that_becomes_paid_for_is_not_put_live_as_the_lead():
    editor, story = Editor(), factories.article()
    editor.pin(story, "lead")
    Article.objects.filter(pk=story.pk).update(kind="video", sponsor_name="Firm")
    with pytest.raises(FrontPageRefused, match="is paid for"):
        editor.live()


def test_an_older_version_comes_back_through_the_desk():
    editor, stories = Editor(), [factories.article() for _ in range(2)]
    for story in stories:
        editor.pin(story, "lead")
        editor.live()
    editor.do(front_desk.restore, 1)
    assert live_plan() == Plan({"lead": Pin(stories[1].pk)})
    assert editor.live().number == 3
    assert live_plan() == Plan({"lead": Pin(stories[0].pk)})
    with pytest.raises(FrontPageRefused, match="no version 77"):
        editor.do(front_desk.restore, 77)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_editors_who_put_it_live_at_once_all_stand_in_it_or_are_told():
    """Six at the same moment: four in places of their own, two in the same one."""
    stories = [factories.article() for _ in range(6)]
    places = ["lead", "second-1", "second-2", "small-1", "small-2", "small-2"]
    editors = [Editor() for _ in places]
    for editor, story, place in zip(editors, stories, places, strict=True):
        editor.pin(story, place)
    start, told = threading.Barrier(len(editors)), {}

    def go(number: int) -> None:
        start.wait()
        try:
            editors[number].live()
        except Overtaken as refusal:
            told[number] = refusal.merge.groups
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[number]) for number in range(len(editors))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(told.values()) == [[("small-2",)]]
    (loser,) = told
    assert loser in (4, 5)
    winners = [number for number in range(6) if number != loser]
    assert live_plan() == Plan({places[n]: Pin(stories[n].pk) for n in winners})
    assert list(FrontEdition.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert editors[loser].look().plan.pins["small-2"] == Pin(stories[loser].pk)
