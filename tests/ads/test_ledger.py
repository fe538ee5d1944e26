import threading
from datetime import date

import pytest
from django.db import connection
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


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_many_sellers_at_once_exactly_one_gets_the_last_week():
    place = factories.position()
    won, lost, gate = [], [], threading.Barrier(20)

    def sell() -> None:
        gate.wait()
        try:
            ledger.take(place, FIRST, LAST)
            won.append(1)
        except ledger.SoldOut:
            lost.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=sell) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 19)
    assert set(place.days.values_list("used", flat=True)) == {100}


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
