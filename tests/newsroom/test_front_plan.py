"""Two people's decisions about one page, brought together part by part."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from newsroom.front_plan import TOP, Pin, Plan, block_places, changed_parts, leads, merge

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PLACES = [*TOP, *block_places(7)]


@st.composite
def plans(draw) -> Plan:
    """A plan with up to six stories in places of their own."""
    places = draw(st.lists(st.sampled_from(PLACES), unique=True, max_size=6))
    stories = draw(st.permutations(range(1, 9)))
    untils = st.sampled_from([None, NOW + timedelta(hours=1)])
    order = draw(st.sampled_from([(), (7, 8), (8, 7)]))
    hidden = draw(st.frozensets(st.sampled_from([7, 8])))
    return Plan({p: Pin(s, None, draw(untils)) for p, s in zip(places, stories, strict=False)}, order, hidden)


def test_a_plan_comes_back_from_json_as_it_was():
    plan = Plan({"lead": Pin(3, NOW, NOW + timedelta(hours=2)), "small-1": Pin(4)}, (8, 7), frozenset([9]))
    assert Plan.from_json(plan.as_json()) == plan
    assert Plan.of_parts(plan.parts()) == plan
    assert Plan.from_json({}) == Plan()


def test_a_pin_holds_from_its_begin_up_to_its_end():
    pin = Pin(1, NOW, NOW + timedelta(hours=1))
    moments = [NOW - timedelta(seconds=1), NOW, NOW + timedelta(seconds=3599), NOW + timedelta(hours=1)]
    assert [pin.holds(at) for at in moments] == [False, True, True, False]
    assert Plan({"lead": pin}).without_what_is_over(moments[2]) == Plan({"lead": pin})
    assert Plan({"lead": pin}).without_what_is_over(moments[3]) == Plan()


def test_a_pinned_story_that_moves_changes_places_with_the_one_that_is_pinned_there():
    plan = Plan({"lead": Pin(1), "small-1": Pin(2, until=NOW)})
    assert plan.with_story(2, "lead") == Plan({"lead": Pin(2, until=NOW), "small-1": Pin(1)})
    assert plan.with_story(2, "small-2") == Plan({"lead": Pin(1), "small-2": Pin(2, until=NOW)})
    assert plan.with_story(3, "lead") == Plan({"lead": Pin(3), "small-1": Pin(2, until=NOW)})
    assert plan.with_story(1, "lead") == plan


def test_what_leads_are_the_lead_the_second_row_and_the_first_of_a_block():
    assert [place for place in PLACES if leads(place)] == ["lead", "second-1", "second-2", "block-7-1"]
    assert [place for place in block_places(11) if leads(place)] == ["block-11-1"]


def test_different_places_come_together_by_themselves():
    base = Plan({"lead": Pin(1)})
    mine = Plan({"lead": Pin(1), "small-1": Pin(2)}, hidden=frozenset([8]))
    theirs = Plan({"lead": Pin(3)}, order=(8, 7))
    merged = merge(base, mine, theirs)
    assert merged.groups == []
    assert merged.settled() == Plan({"lead": Pin(3), "small-1": Pin(2)}, (8, 7), frozenset([8]))


def test_the_same_place_is_to_be_decided():
    base, mine, theirs = Plan({"lead": Pin(1)}), Plan({"lead": Pin(2)}), Plan({"lead": Pin(3), "small-1": Pin(4)})
    merged = merge(base, mine, theirs)
    assert merged.groups == [("lead",)]
    assert merged.settled() == Plan({"lead": Pin(2), "small-1": Pin(4)})
    assert merged.settled([("lead",)]) == theirs


def test_the_same_decision_twice_is_no_conflict():
    both = Plan({"lead": Pin(2)})
    assert merge(Plan(), both, both).groups == []
    assert merge(Plan(), both, both).settled() == both


def test_one_story_in_two_places_is_one_decision():
    merged = merge(Plan(), Plan({"lead": Pin(5)}), Plan({"small-1": Pin(5)}))
    assert merged.groups == [("lead", "small-1")]
    assert merged.settled() == Plan({"lead": Pin(5)})
    assert merged.settled(merged.groups) == Plan({"small-1": Pin(5)})


@given(base=plans(), mine=plans(), theirs=plans(), data=st.data())
def test_whatever_two_people_do_no_story_stands_twice_and_nothing_undisputed_is_lost(base, mine, theirs, data):
    merged = merge(base, mine, theirs)
    chosen = [group for group in merged.groups if data.draw(st.booleans())]
    settled = merged.settled(chosen)
    stories = [pin.story_id for pin in settled.pins.values()]
    assert len(stories) == len(set(stories))
    disputed = {name for group in merged.groups for name in group}
    result = settled.parts()
    for name in set(changed_parts(base, mine)) - disputed:
        assert result.get(name) == mine.parts().get(name)
    for name in set(changed_parts(base, theirs)) - disputed:
        assert result.get(name) == theirs.parts().get(name)
    for group in merged.groups:
        side = theirs if group in chosen else mine
        assert {name: result.get(name) for name in group} == {name: side.parts().get(name) for name in group}


@given(base=plans(), mine=plans())
def test_nobody_is_in_conflict_with_a_page_that_did_not_change(base, mine):
    assert merge(base, mine, base).groups == []
    assert merge(base, mine, base).settled() == mine
    assert merge(base, base, mine).settled() == mine
