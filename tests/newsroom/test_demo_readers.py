"""The demo's fortnight of readers: its figures agree with one another and with the stories that they read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db.models import Min, Sum

from ads import audience, rollups
from ads.models import DayCount, Event, SealedDay
from ads.models.event import Kind
from articles.models import Article
from newsroom.demo import readers
from tests import factories

pytestmark = pytest.mark.django_db

# Half past two in the night, by the publisher's clock or near it: yesterday is sealed, and today has hardly begun.
NOW = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)


@pytest.fixture
def fortnight():
    with time_machine.travel(NOW, tick=False):
        old, new = factories.article(), factories.article()
        Article.objects.filter(pk=old.pk).update(public_since=NOW - timedelta(days=40))
        Article.objects.filter(pk=new.pk).update(public_since=NOW - timedelta(days=3))
        factories.booking(first_day=(NOW - timedelta(days=9)).date(), last_day=(NOW + timedelta(days=9)).date())
        readers.make(NOW)
        yield old, new


def test_its_seals_hold_and_its_figures_agree(fortnight):
    old, new = fortnight
    sealed = list(SealedDay.objects.order_by("day"))
    assert len(sealed) == readers.DAYS
    for day in sealed:
        rollups.check(day)
    first = dict(DayCount.objects.filter(article__gt=0).values_list("article").annotate(Min("day")))
    assert first == {old.pk: sealed[0].day, new.pk: (NOW - timedelta(days=3)).date()}
    in_position = DayCount.objects.filter(position__gt=0)
    numbers = dict(in_position.values_list("kind").annotate(Sum("number")))
    assert numbers[Kind.SERVED] > numbers[Kind.RENDER] > numbers[Kind.VIEW] > numbers[Kind.CLICK] > 0
    line = in_position.filter(line__gt=0).aggregate(Min("day"))
    assert line == {"day__min": (NOW - timedelta(days=9)).date()}
    assert 25_000 < audience.measured().pages < 45_000


def test_it_is_made_once(fortnight):
    days, events = DayCount.objects.count(), Event.objects.count()
    readers.make(NOW)
    assert (DayCount.objects.count(), Event.objects.count()) == (days, events)
