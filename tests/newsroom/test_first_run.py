"""The first steps of a newsroom: told from facts, to those who hire, until they are done or put away."""

from __future__ import annotations

import pytest
from django.utils import timezone

from ads.models import Position
from articles.models import Section, User
from newsroom import first_run
from newsroom.models import FirstRunDone
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher() -> User:
    return factories.user("Publisher")


@pytest.fixture
def connected(db, settings):
    """A newsroom that is set up: it has a name, a bank account and mail."""
    factories.brand()
    settings.SELLER_ADDRESS, settings.BANK_DETAILS = "1 Quay Road", "Account 12345"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def open_steps(user: User) -> list[str]:
    return [step.name for step in first_run.steps(user, at=timezone.now()) if not step.is_done]


def test_a_new_newsroom_has_everything_before_it(publisher, settings):
    settings.BANK_DETAILS = ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    Section.objects.all().delete()
    Position.objects.update(is_example_price=True)
    assert open_steps(publisher) == ["name", "section", "colleague", "story", "prices", "bank", "mail"]


def test_what_was_done_is_known_by_itself(publisher, connected):
    Position.objects.update(is_example_price=False)
    factories.section()
    assert open_steps(publisher) == ["colleague", "story"]
    factories.user("Editor")
    assert open_steps(publisher) == ["story"]
    factories.article()
    assert first_run.steps(publisher, at=timezone.now()) == []


@pytest.mark.parametrize("role", ["Reporter", "Editor", "Ad manager"])
def test_only_who_hires_is_told(role):
    assert first_run.steps(factories.user(role), at=timezone.now()) == []


def test_the_list_is_put_away_for_everybody_and_twice_is_once(client, publisher):
    client.force_login(publisher)
    assert "First steps" in client.get("/admin/").content.decode()
    for _n in range(2):
        assert client.post("/admin/first-steps/away/").headers["Location"] == "/admin/"
    assert "First steps" not in client.get("/admin/").content.decode()
    assert first_run.steps(factories.user("Publisher"), at=timezone.now()) == []
    assert FirstRunDone.objects.get().by == publisher


def test_it_is_one_question(publisher, django_assert_num_queries):
    publisher.has_perm("articles.add_user")
    with django_assert_num_queries(1):
        first_run.steps(publisher, at=timezone.now())
