"""The style guide draws every component, for staff alone, and stores nothing."""

import pytest

from articles.models import Article, Author, Section, Tag
from tests import factories
from tests.test_look import COMPONENTS

pytestmark = pytest.mark.django_db

# Drawn on every page round the examples, or where its own page shows it in all its states.
ELSEWHERE = {"SkipLinks", "SiteHeader", "SectionNav", "BreakingStrip", "AdSlot"}


def test_every_component_has_its_place_in_the_style_guide(client):
    factories.article(hero_id=factories.picture(factories.jpeg(1300, 867)).pk)
    client.force_login(factories.user("Reporter"))
    page = client.get("/styleguide/").content.decode()
    assert [name for name in sorted(COMPONENTS.keys() - ELSEWHERE) if f'id="{name}"' not in page] == []


def test_the_style_guide_stores_nothing(client):
    client.force_login(factories.user("Reporter"))
    for prefix in ("", "/ar"):
        assert client.get(f"{prefix}/styleguide/").status_code == 200
    assert [model.objects.count() for model in (Article, Author, Section, Tag)] == [0, 0, 0, 0]


def test_readers_do_not_see_the_style_guide(client):
    assert client.get("/styleguide/").headers["Location"] == "/admin/login/?next=/styleguide/"
