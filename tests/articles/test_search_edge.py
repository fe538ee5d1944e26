"""PostgreSQL looks at the newest stories first and by the index among the rest: readers see one list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import search, search_index
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(monkeypatch):
    """The numbers of six stories about the same, newest first; two of them lie among the newest."""
    monkeypatch.setattr(search, "NEAR", 2)
    now = timezone.now()
    made = [factories.article(headline="Harbour fees", at=now - timedelta(hours=n)).pk for n in range(1, 7)]
    search_index.take_in(made)
    return made


def found(text: str, **filters) -> list[int]:
    return search.find(search.read(text), language="en", at=timezone.now(), filters=search.Filters(**filters)).numbers


def test_stories_on_both_sides_of_the_edge_are_found_once_in_their_order(ids):
    assert found("harbour fees") == ids
    assert found("harbour -fees") == []
    assert found("harbour", until=timezone.localdate() - timedelta(days=2)) == []


def test_no_more_are_taken_than_are_weighed_and_those_are_the_newest(ids, monkeypatch):
    monkeypatch.setattr(search, "MOST_BY_HEADLINE", 0)
    for most in (1, 2, 3, 5):
        monkeypatch.setattr(search, "MOST", most)
        assert found("harbour") == ids[:most]
