from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from ads import ledger
from ads.models import PositionDay
from tests import factories

FIRST, LAST = date(2026, 12, 7), date(2026, 12, 13)


@pytest.mark.django_db
def test_a_taken_week_cannot_be_taken_again_and_names_the_day():
    place = factories.position()
    ledger.take(place, FIRST, LAST)
    with pytest.raises(
        ledger.SoldOut, match="is already taken on 13 December 2026 and free again from 14 December 2026"
    ):
        ledger.take(place, LAST, date(2026, 12, 20))
    assert PositionDay.objects.filter(position=place, used=100).count() == 7
    assert not PositionDay.objects.filter(position=place, day__gt=LAST, used__gt=0).exists()


@pytest.mark.django_db
def test_giving_back_frees_the_week():
    place = factories.position()
    ledger.take(place, FIRST, LAST)
    ledger.give_back(place, FIRST, LAST)
    ledger.take(place, FIRST, LAST)
    assert set(place.days.values_list("used", flat=True)) == {100}


@pytest.mark.django_db
def test_shares_add_up_to_the_whole_and_no_further():
    place = factories.position()
    for _ in range(4):
        ledger.take(place, FIRST, FIRST, share=25)
    with pytest.raises(ledger.SoldOut):
        ledger.take(place, FIRST, FIRST, share=1)


@pytest.mark.django_db
def test_more_than_was_taken_is_never_given_back():
    place = factories.position()
    ledger.take(place, FIRST, LAST, share=40)
    for wrong in ({"share": 50}, {"share": 40, "is_held": True}):
        with pytest.raises(ledger.Unbalanced):
            ledger.give_back(place, FIRST, LAST, **wrong)
    with pytest.raises(ledger.Unbalanced):
        ledger.give_back(place, FIRST, date(2026, 12, 14), share=40)
    assert set(place.days.values_list("used", "held")) == {(40, 0)}


class LedgerProperties(HypothesisTestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.tuples(st.integers(0, 9), st.integers(0, 5), st.sampled_from([10, 25, 50, 100]), st.booleans()),
            max_size=25,
        )
    )
    def test_no_day_is_ever_oversold_and_what_is_given_back_is_whole(self, steps):
        place = factories.position()
        held = []
        for start, length, share, give in steps:
            first = date(2027, 1, 1 + start)
            last = date(2027, 1, 1 + start + length)
            if give and held:
                first, last, share = held.pop()
                ledger.give_back(place, first, last, share=share)
                continue
            try:
                ledger.take(place, first, last, share=share)
                held.append((first, last, share))
            except ledger.SoldOut:
                pass
        expected = {}
        for first, last, share in held:
            for day in ledger.days_between(first, last):
                expected[day] = expected.get(day, 0) + share
        assert all(used <= 100 for used in expected.values())
        assert dict(place.days.filter(used__gt=0).values_list("day", "used")) == expected
