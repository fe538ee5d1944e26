"""What a typed time means on the publisher's clock, at both edges of daylight saving."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django import forms
from django.utils import timezone

from articles.models import Article
from articles.zoned_times import ZonedDateTimeField, ZonedSplitDateTimeField, ZonedTimesMixin, in_words
from tests import factories


class SomeForm(ZonedTimesMixin, forms.Form):
    at = ZonedDateTimeField()


@pytest.fixture
def london(settings):
    settings.TIME_ZONE = "Europe/London"
    with timezone.override("Europe/London"):
        yield


def typed(value: str, **initial) -> SomeForm:
    form = SomeForm({"at": value}, initial=initial)
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-03-29T00:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("2026-03-29T02:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("2026-07-01T12:00", datetime(2026, 7, 1, 11, 0, tzinfo=UTC)),
        ("2026-10-25T00:59", datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        ("2026-10-25T02:00", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_an_ordinary_time_is_taken_without_a_remark(london, value, moment):
    form = typed(value)
    assert (form.cleaned_data["at"], form.remarks) == (moment, [])


def test_a_time_that_the_clock_skips_is_refused_in_words(london):
    assert typed("2026-03-29T01:30").errors["at"] == [
        "There is no 01:30 on 29 March 2026 in Europe/London: the clocks go forward over it. Choose an earlier or a "
        "later time."
    ]


def test_a_time_that_comes_twice_is_taken_as_the_first_and_said(london):
    form = typed("2026-10-25T01:30")
    assert form.cleaned_data["at"] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert form.remarks == [
        "The clocks go back that night, so this time comes twice. It was taken as the first: "
        "Sun 25 Oct 2026, 01:30 (Europe/London, UTC+0100)."
    ]


def test_a_time_that_nobody_touched_stays_the_moment_it_was(london):
    second = datetime(2026, 10, 25, 1, 30, 12, 345678, tzinfo=UTC)
    form = typed("2026-10-25T01:30", at=second)
    assert (form.cleaned_data["at"], form.remarks) == (second, [])


@pytest.mark.parametrize("value", ["0001-01-01T00:00", "9999-12-31T23:59", "2026-02-30T10:00", "tomorrow"])
def test_an_impossible_time_is_refused_in_words(london, value):
    assert list(typed(value).errors) == ["at"]


def test_two_inputs_mean_the_same_as_one(london):
    field = ZonedSplitDateTimeField()
    assert field.clean(["2026-07-01", "12:00"]) == datetime(2026, 7, 1, 11, 0, tzinfo=UTC)
    with pytest.raises(forms.ValidationError, match="clocks go forward"):
        field.clean(["2026-03-29", "01:30"])


def test_times_are_said_with_their_zone():
    assert in_words(datetime(2026, 11, 24, 8, 0, tzinfo=UTC)) == "Tue 24 Nov 2026, 09:00 (Africa/Lagos)"


@pytest.mark.django_db
def test_the_story_form_refuses_and_says_it(client, london):
    from tests.articles.test_admin_story import ADD
    from tests.articles.test_admin_story import typed as story

    client.force_login(factories.user("Editor"))
    skipped = client.post(ADD, story(publish_at_0="2027-03-28", publish_at_1="01:30"))
    assert "There is no 01:30 on 28 March 2027" in skipped.content.decode()
    twice = client.post(ADD, story(embargo_until_0="2027-10-31", embargo_until_1="01:30"), follow=True)
    assert "It was taken as the first" in twice.content.decode()
    assert Article.objects.get().embargo_until == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
