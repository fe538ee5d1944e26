"""The front page by pins and by rule: only what is live, nothing twice, nothing paid for where news leads."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles import workflow
from articles.models import Article, Section
from newsroom import front_desk, frontpage
from newsroom.front_plan import TOP, Pin, Plan, block_places, leads
from newsroom.models import FrontEdition
from tests import factories
from tests.newsroom.test_public_pages import newsroom_of

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def compose(plan: Plan, at: datetime | None = None, language: str = "en") -> frontpage.FrontPage:
    return frontpage.compose(language, Section.objects.menu(language), at=at or timezone.now(), plan=plan)


def stories_of(count: int, at: datetime | None = None, **fields) -> list[Article]:
    """Live stories of one section, the newest first."""
    at = at or timezone.now() - HOUR
    fields.setdefault("section_id", factories.section().pk)
    return [factories.article(at=at - timedelta(minutes=n), **fields) for n in range(count)]


def everything(page: frontpage.FrontPage) -> list[int]:
    shown = [page.lead] if page.lead else []
    shown += [*page.second, *page.small, *page.latest, *page.paid]
    return [story.pk for story in [*shown, *(story for block in page.blocks for story in block.stories)]]


def put_live(plan: Plan, language: str = "en", **who) -> FrontEdition:
    newest = frontpage.newest_edition(language)
    number = newest.number if newest else 0
    return front_desk.put_live(language, plan, base_number=number, **{"by": None, "at": timezone.now()} | who)


def test_without_pins_the_newest_lead_and_no_story_stands_twice():
    stories = stories_of(20)
    page = compose(Plan())
    assert page.lead == stories[0]
    assert page.second == stories[1:3]
    assert page.small == stories[3:7]
    assert page.latest == stories[7:12]
    assert [block.stories for block in page.blocks] == [stories[12:16]]
    assert page.pinned == frozenset()


def test_pins_stand_where_they_were_put_and_the_rule_fills_the_rest_without_them():
    stories = stories_of(20)
    section = stories[0].section
    page = compose(
        Plan(
            {
                "lead": Pin(stories[15].pk),
                "small-2": Pin(stories[0].pk),
                f"block-{section.pk}-1": Pin(stories[19].pk),
            }
        )
    )
    assert page.lead == stories[15]
    assert page.second == stories[1:3]
    assert page.small == [stories[3], stories[0], stories[4], stories[5]]
    assert page.latest == stories[6:11]
    assert [block.stories for block in page.blocks] == [[stories[19], *stories[11:14]]]
    assert page.pinned == {"lead", "small-2", f"block-{section.pk}-1"}


def test_readers_see_the_edition_that_was_put_live_last(client):
    stories = stories_of(12)
    put_live(Plan({"lead": Pin(stories[9].pk)}))
    put_live(Plan({"lead": Pin(stories[8].pk)}))
    put_live(Plan({"lead": Pin(stories[8].pk)}), language="ar")
    assert client.get("/").context["front"].lead == stories[8]
    assert client.get("/ar/").context["front"].lead is None


def test_a_pin_begins_and_ends_on_its_second():
    old = stories_of(9)[8]
    at = timezone.now()
    plan = Plan({"lead": Pin(old.pk, at + HOUR, at + 2 * HOUR)})
    moments = [at + HOUR - timedelta(seconds=1), at + HOUR, at + 2 * HOUR - timedelta(seconds=1), at + 2 * HOUR]
    assert [compose(plan, moment).lead == old for moment in moments] == [False, True, True, False]


def test_a_scheduled_story_waits_in_its_place_and_shows_itself_on_time(client):
    newest = stories_of(8)[0]
    opens = timezone.now() + HOUR
    later = factories.article(headline="Zanzaranth", publish_at=opens)
    plan = put_live(Plan({"lead": Pin(later.pk)})).plan
    assert compose(plan).lead == newest
    assert compose(plan, opens - timedelta(seconds=1)).lead == newest
    assert compose(plan, opens).lead == later
    assert b"Zanzaranth" not in client.get("/").content


def test_a_withdrawn_an_expired_and_a_deleted_story_leave_their_places_at_once():
    at = timezone.now()
    stories = stories_of(9)
    gone, expires, deleted = stories[8], factories.article(at=at - HOUR, expire_at=at + HOUR), factories.article()
    plan = Plan({"lead": Pin(gone.pk), "second-1": Pin(expires.pk), "second-2": Pin(deleted.pk)})
    page = compose(plan)
    assert [page.lead, *page.second] == [gone, expires, deleted]
    workflow.withdraw(gone, by=None, at=at)
    Article.objects.filter(pk=deleted.pk).delete()
    page = compose(plan, at + HOUR)
    assert [page.lead, *page.second] == stories[:3]


def test_a_sponsored_story_never_comes_by_rule_and_never_leads_by_hand():
    stories = stories_of(9, at=timezone.now() - 2 * HOUR)
    section = stories[0].section
    paid = [
        factories.article(kind="video", sponsor_name="Firm", section_id=section.pk, at=timezone.now() - HOUR)
        for _ in range(4)
    ]
    places = ["lead", "second-1", "small-1", f"block-{section.pk}-1"]
    page = compose(Plan({place: Pin(story.pk) for place, story in zip(places, paid, strict=True)}))
    assert [page.lead, *page.second] == stories[:3]
    assert page.small == [paid[2], *stories[3:6]]
    assert [block.stories for block in page.blocks] == []
    assert page.latest == stories[6:9]
    assert page.paid == [paid[3], paid[1], paid[0]]


def test_news_leads_a_block_even_where_only_paid_posts_and_pins_are_left():
    section = factories.section()
    paid = factories.article(kind="video", sponsor_name="Firm", section_id=section.pk)
    plan = Plan({"small-1": Pin(paid.pk)})
    page = compose(plan)
    assert (page.lead, page.small, page.paid) == (None, [], [paid])
    news = stories_of(1, section_id=section.pk)[0]
    page = compose(plan)
    assert (page.lead, page.small, page.paid) == (news, [paid], [])
    page = compose(Plan({f"block-{section.pk}-3": Pin(news.pk), f"block-{section.pk}-2": Pin(paid.pk)}))
    assert (page.lead, [block.stories for block in page.blocks]) == (None, [[news, paid]])


def test_blocks_stand_in_the_chosen_order_and_hidden_ones_give_their_stories_back():
    stories_of(11)
    first, second, third = (factories.section(name=name, order=n) for n, name in enumerate("ABC", start=1))
    for section in (first, second, third):
        stories_of(1, at=timezone.now() - 9 * HOUR, section_id=section.pk)
    pinned = stories_of(1)[0]
    page = compose(Plan({f"block-{second.pk}-1": Pin(pinned.pk)}, (third.pk, 999), frozenset([second.pk])))
    assert [block.section for block in page.blocks] == [third, first]
    assert pinned in page.small + page.second + [page.lead]


def test_a_story_of_another_language_does_not_come_by_a_pin():
    arabic = factories.article(language="ar")
    stories = stories_of(3)
    assert compose(Plan({"lead": Pin(arabic.pk)})).lead == stories[0]


@pytest.mark.parametrize("count", [9, 30])
def test_the_page_asks_seven_questions_whatever_is_pinned(client, django_assert_num_queries, count):
    newsroom_of(count)
    stories = list(Article.objects.live().newest_first())
    section = Section.objects.menu("en")[0]
    places = [*TOP, *block_places(section.pk)][: count - 1]
    with django_assert_num_queries(7):  # four of its own, what is due, the strip, newsletters
        client.get("/")
    put_live(Plan({place: Pin(story.pk) for place, story in zip(places, reversed(stories), strict=False)}))
    with django_assert_num_queries(7):  # four of its own, what is due, the strip, newsletters
        assert client.get("/").context["front"].lead == stories[-1]


@pytest.fixture
def cast():
    """Twenty stories in two sections, in every state that matters, and their section numbers."""
    now = timezone.now()
    sections = [factories.section().pk, factories.section().pk]
    made = []
    for n in range(20):
        fields = {"section_id": sections[n % 2], "at": now - timedelta(minutes=n + 1)}
        if n % 5 == 4:
            fields |= {"kind": "video", "sponsor_name": "Firm"}
        if n == 3:
            fields["publish_at"] = now + HOUR
        if n == 6:
            fields["expire_at"] = now + 2 * HOUR
        made.append(factories.article(**fields))
    workflow.withdraw(made[7], by=None, at=now)
    made.append(factories.draft())
    made.append(factories.article(language="ar"))
    return now, sections, made


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_pinned_the_page_keeps_its_rules(cast, data):
    now, sections, made = cast
    names = [*TOP, *(place for pk in sections for place in block_places(pk)), "block-999-1", "nonsense"]
    known = [*(story.pk for story in made), 987654]
    times = st.sampled_from([None, now - HOUR, now + HOUR / 2, now + HOUR, now + 3 * HOUR])
    pin = st.builds(Pin, st.sampled_from(known), times, times)
    plan = Plan(
        data.draw(st.dictionaries(st.sampled_from(names), pin, max_size=len(names))),
        tuple(data.draw(st.lists(st.sampled_from([*sections, 999]), unique=True))),
        data.draw(st.frozensets(st.sampled_from([*sections, 999]))),
    )
    at = now + data.draw(st.sampled_from([0, 1, 2, 4])) * HOUR
    page = compose(plan, at)
    shown = everything(page)
    assert len(shown) == len(set(shown))
    live = set(Article.objects.live(at).in_language("en").values_list("pk", flat=True))
    assert set(shown) <= live
    pinned_now = {(place, pin.story_id) for place, pin in plan.pins.items() if pin.holds(at) and pin.story_id in live}
    for place, story in page.places.items():
        if story.is_sponsored:
            assert not leads(place)
            assert (place, story.pk) in pinned_now
    news = live & set(Article.objects.news().values_list("pk", flat=True))
    on_top = sum(1 for place in page.places if place in TOP)
    elsewhere = sum(1 for place, pk in pinned_now if place not in TOP and pk in news)
    assert on_top == 7 or len(news) - elsewhere < 7
    assert page.lead is not None
    assert not page.lead.is_sponsored
