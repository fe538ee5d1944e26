"""What is judged when an hour is counted: by the events alone, so that it comes out the same every time."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ads import counting, judging, tokens, visitors
from ads.counting import Told
from ads.models import Event
from ads.models.event import Kind, Reason, Source
from ads.tokens import Token

pytestmark = pytest.mark.django_db

HOUR = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
END = HOUR + timedelta(hours=1)
SECOND = timedelta(seconds=1)
# Two browsers of one network, and one of another.
PHONE, TABLET, FAR = (7 << visitors.BITS) + 1, (7 << visitors.BITS) + 2, (8 << visitors.BITS) + 1


def page(n: int, *, visitor: int = PHONE, kinds: str = "s", source: Source = Source.PAGE, **facts):
    """The events of a page view or, with a position, of artwork in it: letters as pages tell, clicks a second later."""
    at = HOUR + n * timedelta(milliseconds=100)
    token = Token(tokens.decision_id(at), visitor=visitor, **facts)
    told = {"s": Kind.SERVED, "r": Kind.RENDER, "v": Kind.VIEW, "c": Kind.CLICK}
    for letter in kinds:
        later = at + SECOND if letter == "c" else at
        yield counting.event(Told(token, told[letter], source), Reason.VALID, at=later)


def tally(*by: str) -> dict:
    found: Counter = Counter()
    for facts, number in judging.counted(HOUR, END):
        found[tuple(Reason(facts[name]) if name == "reason" else facts[name] for name in by)] += number
    return dict(found)


def write(*views) -> None:
    Event.objects.bulk_create(row for view in views for row in view)


BOX = {"position": 1, "line": 5, "creative": 9}


def test_a_click_on_what_was_shown_counts_and_on_what_was_not_does_not():
    write(page(1, kinds="src", **BOX), page(2, kinds="sc", **BOX))
    assert tally("kind", "reason")[Kind.CLICK, Reason.VALID] == 1
    assert tally("kind", "reason")[Kind.CLICK, Reason.UNSEEN] == 1


def test_a_click_may_arrive_before_the_message_that_tells_of_the_showing():
    shown, click = page(1, kinds="rc", **BOX)
    shown.at = click.at + timedelta(seconds=5)
    write([shown, click])
    assert tally("kind", "reason") == {(Kind.RENDER, Reason.VALID): 1, (Kind.CLICK, Reason.VALID): 1}


def test_a_showing_told_in_the_next_hour_still_makes_a_click_count():
    shown, click = page(1, kinds="rc", **BOX)
    click.at, shown.at = END - SECOND, END + SECOND
    write([shown, click])
    assert tally("kind", "reason") == {(Kind.CLICK, Reason.VALID): 1}


@pytest.mark.parametrize(("after", "reason"), [(499, Reason.FAST), (500, Reason.VALID)])
def test_nobody_clicks_within_half_a_second_of_the_decision(after, reason):
    shown, click = page(1, kinds="rc", **BOX)
    click.at = tokens.decided_at(click.key) + timedelta(milliseconds=after)
    write([shown, click])
    assert tally("kind", "reason")[Kind.CLICK, reason] == 1


def test_ten_clicks_an_hour_on_one_line_count_and_fifty_on_all():
    write(*(page(n, kinds="rc", **BOX) for n in range(12)))
    write(*(page(n, kinds="rc", **BOX | {"line": 6 + n % 7}) for n in range(100, 170)))
    write(page(200, kinds="rc", visitor=TABLET, **BOX))
    found = tally("kind", "reason", "line")
    assert (found[Kind.CLICK, Reason.VALID, 5], found[Kind.CLICK, Reason.CLICKS, 5]) == (11, 2)
    assert sum(n for (kind, reason, _line), n in found.items() if kind == Kind.CLICK and not reason) == 50 + 1


def test_a_network_that_changes_its_browser_with_every_click_is_one_network():
    write(*(page(n, kinds="rc", visitor=(7 << visitors.BITS) + n, **BOX) for n in range(210)))
    write(page(300, kinds="rc", visitor=FAR, **BOX))
    found = tally("kind", "reason")
    assert (found[Kind.CLICK, Reason.VALID], found[Kind.CLICK, Reason.CLICKS]) == (201, 10)


def test_clicks_of_nobody_are_not_one_visitors():
    write(*(page(n, kinds="rc", visitor=0, **BOX) for n in range(60)))
    assert tally("kind", "reason")[Kind.CLICK, Reason.VALID] == 60


def test_clicks_in_a_paid_story_need_its_page_and_have_the_same_limits():
    write(*(page(n, kinds="sc", source=Source.STORY, article=3) for n in range(12)))
    write(page(50, kinds="c", source=Source.STORY, article=4))
    found = tally("kind", "reason", "article")
    assert (found[Kind.CLICK, Reason.VALID, 3], found[Kind.CLICK, Reason.CLICKS, 3]) == (10, 2)
    assert found[Kind.CLICK, Reason.UNSEEN, 4] == 1


def test_a_visitor_with_more_than_a_thousand_pages_is_a_program(monkeypatch):
    write(*(page(n) for n in range(1001)), page(2000, kinds="src", **BOX), page(2001, visitor=FAR))
    assert tally("kind", "reason") == {
        (Kind.SERVED, Reason.RATE): 1002,
        (Kind.SERVED, Reason.VALID): 1,
        (Kind.RENDER, Reason.RATE): 1,
        (Kind.CLICK, Reason.RATE): 1,
    }


def test_a_carriers_door_is_none_where_it_has_a_small_part_of_all_pages(monkeypatch):
    monkeypatch.setattr(judging, "MOST_PAGES", 10)
    write(*(page(n, visitor=PHONE) for n in range(11)))
    write(*(page(n, visitor=(100 + n << visitors.BITS)) for n in range(300)))
    assert tally("reason") == {(Reason.VALID,): 311}
    write(*(page(n, visitor=PHONE) for n in range(500, 510)))
    assert tally("reason") == {(Reason.VALID,): 300, (Reason.RATE,): 21}


def test_a_network_with_most_of_all_pages_is_a_program_whatever_it_calls_itself(monkeypatch):
    monkeypatch.setattr(judging, "MOST_PAGES", 10)
    monkeypatch.setattr(judging, "MOST_PAGES_OF_NETWORK", 20)
    write(*(page(n, visitor=(7 << visitors.BITS) + n) for n in range(21)))
    write(*(page(n, visitor=(100 + n << visitors.BITS)) for n in range(20)))
    assert tally("reason") == {(Reason.VALID,): 20, (Reason.RATE,): 21}


EVENTS = st.lists(
    st.builds(
        Event,
        key=st.builds(
            tokens.key,
            st.builds(
                Token,
                decision=st.integers(-2000, 3_700_000).map(
                    lambda ms: tokens.decision_id(HOUR + timedelta(milliseconds=ms))[:6] + bytes(8)
                ),
                position=st.integers(0, 2),
            ),
            st.sampled_from(Kind),
            reason=st.sampled_from(Reason),
            link=st.integers(0, 15),
        ),
        at=st.integers(-1000, 3_601_000).map(lambda ms: HOUR + timedelta(milliseconds=ms)),
        kind=st.sampled_from([Kind.SERVED, Kind.SERVED, Kind.RENDER, Kind.CLICK]),
        source=st.sampled_from(Source),
        reason=st.sampled_from([Reason.VALID, Reason.VALID, Reason.BOT]),
        visitor=st.sampled_from([0, PHONE, TABLET, FAR]),
        position=st.integers(0, 2),
        line=st.integers(0, 2),
        article=st.integers(0, 1),
    ),
    max_size=40,
    unique_by=lambda row: row.key,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=EVENTS)
def test_whatever_the_events_are_all_are_counted_once_and_the_same_every_time(monkeypatch, rows):
    for name, limit in {
        "MOST_PAGES": 2,
        "MOST_PAGES_OF_NETWORK": 3,
        "MOST_CLICKS_ON_ONE": 1,
        "MOST_CLICKS": 2,
        "MOST_CLICKS_OF_NETWORK": 3,
    }.items():
        monkeypatch.setattr(judging, name, limit)
    Event.objects.all()._raw_delete("default")
    Event.objects.bulk_create(rows)
    first = sorted((sorted(facts.items()), number) for facts, number in judging.counted(HOUR, END))
    assert first == sorted((sorted(facts.items()), number) for facts, number in judging.counted(HOUR, END))
    assert sum(number for _facts, number in first) == sum(HOUR <= row.at < END for row in rows)
    assert all(number > 0 for _facts, number in first)
    # No reason of arrival is changed, and nothing of one kind becomes another.
    arrived = Counter((row.kind, row.reason) for row in rows if HOUR <= row.at < END and row.reason)
    found = Counter()
    for facts, number in first:
        values = dict(facts)
        if values["reason"] and values["reason"] < Reason.RATE:
            found[values["kind"], values["reason"]] += number
    assert found == arrived


def test_counting_asks_as_little_for_many_clicks_as_for_few(django_assert_max_num_queries):
    write(*(page(n, kinds="rc", visitor=n << visitors.BITS, **BOX) for n in range(1, 1500)))
    with django_assert_max_num_queries(6):
        assert tally("kind", "reason")[Kind.CLICK, Reason.VALID] == 1499
