"""The archive by month: what stands in it, for whom, at what cost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from articles import archive, workflow
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def lagos(settings):
    """One hour before UTC's midnight it is the next day there."""
    settings.TIME_ZONE = "Africa/Lagos"
    with timezone.override("Africa/Lagos"):
        yield


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)


def months(years: list[archive.Year]) -> list[tuple[int, list[tuple[int, int]]]]:
    return [(year.number, [(month.first_day.month, month.stories) for month in year.months]) for year in years]


def test_months_are_counted_where_the_publisher_is_the_newest_first(lagos):
    for when in (at(2025, 3, 4), at(2026, 10, 31, 22, 59), at(2026, 10, 31, 23), at(2026, 11, 20)):
        factories.article(at=when)
    assert months(archive.years("en", at=NOW)) == [(2026, [(11, 2), (10, 1)]), (2025, [(3, 1)])]
    assert [year.stories for year in archive.years("en", at=NOW)] == [3, 1]


def test_without_stories_there_are_no_months():
    assert archive.years("en", at=NOW) == []


def test_only_live_stories_of_the_language_count():
    factories.article(at=at(2026, 9, 1))
    factories.article(at=at(2026, 8, 1), language="ar")
    factories.article(at=at(2026, 7, 1), expire_at=at(2026, 7, 9))
    factories.article(at=at(2026, 6, 1), publish_at=at(2026, 12, 1))
    workflow.withdraw(factories.article(at=at(2026, 5, 1)), by=None, at=at(2026, 5, 2))
    factories.draft()
    assert months(archive.years("en", at=NOW)) == [(2026, [(9, 1)])]
    assert months(archive.years("ar", at=NOW)) == [(2026, [(8, 1)])]


def test_a_hundred_years_are_counted_in_several_questions_and_none_is_lost(django_assert_num_queries):
    for year in (1930, 1951, 1990, 2026):
        factories.article(at=at(year, 1, 15))
    with django_assert_num_queries(1 + 5):
        found = archive.years("en", at=NOW)
    assert months(found) == [(year, [(1, 1)]) for year in (2026, 1990, 1951, 1930)]


def test_a_month_lists_its_stories_by_day_and_leads_to_the_months_around_it(client, lagos):
    early = factories.article(headline="Still October in London", at=at(2026, 10, 31, 23, 30))
    late = factories.article(headline="Last of November", at=at(2026, 11, 24, 22))
    factories.article(at=at(2026, 2, 3))
    page = client.get("/2026/11/")
    assert page.context["days"] == [(date(2026, 11, 24), [late]), (date(2026, 11, 1), [early])]
    assert (page.context["before"], page.context["after"]) == (date(2026, 2, 1), None)
    assert client.get("/2026/02/").context["after"] == date(2026, 11, 1)
    assert "2 stories" in page.content.decode()


def test_a_paid_story_carries_its_label_in_the_archive(client):
    when = timezone.now() - timedelta(minutes=5)
    factories.article(kind="advertorial", sponsor_name="Teneru Mills", at=when)
    month = timezone.localdate(when)
    assert "Paid for by <bdi>Teneru Mills</bdi>" in client.get(f"/{month:%Y/%m}/").content.decode()


@pytest.mark.parametrize(
    "path", ["/2026/10/", "/2031/01/", "/9999/12/", "/1000/01/", "/2026/13/", "/2026/00/", "/2026/11/?page=2"]
)
def test_a_month_without_stories_does_not_exist(client, path):
    factories.article(at=at(2026, 11, 20))
    assert client.get(path).status_code == 404


def test_every_page_names_the_same_page_in_the_other_language(client):
    when = timezone.now() - timedelta(minutes=5)
    factories.article(at=when)
    path = f"/{timezone.localdate(when):%Y/%m}/"
    assert client.get(path).context["alternates"] == {"en": path}
    factories.article(at=when, language="ar")
    assert client.get(path).context["alternates"] == {"en": path, "ar": f"/ar{path}"}
    assert client.get("/archive/").context["alternates"] == {"en": "/archive/", "ar": "/ar/archive/"}


@pytest.mark.parametrize("count", [1, 30])
def test_the_archive_asks_the_same_number_of_questions_whatever_the_number_of_stories(
    client, django_assert_num_queries, count
):
    section = factories.section()
    now = timezone.now()
    for n in range(count):
        factories.article(at=now - timedelta(minutes=n + 1), section_id=section.pk)
    client.get("/archive/")
    month = timezone.localdate(now)
    with django_assert_num_queries(5):
        assert client.get("/archive/").status_code == 200
    with django_assert_num_queries(8):
        assert client.get(f"/{month:%Y/%m}/").status_code == 200


def test_a_long_month_is_paged(client):
    section = factories.section()
    for n in range(60):
        factories.article(at=at(2026, 11, 2) + timedelta(minutes=n), section_id=section.pk)
    sizes = [len(client.get(f"/2026/11/?page={number}").context["page"].object_list) for number in (1, 2)]
    assert sizes == [50, 10]
