"""With no worker alive, the first reader after its time sees a scheduled change, on every page that shows the story."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from articles import workflow
from articles.content import Content, head
from articles.models import Article, DueAction
from tests import factories

pytestmark = pytest.mark.django_db
OLD, NEW = "The harbour is closed", "The harbour is open"


@pytest.fixture
def story():
    """Live for an hour, with a new headline due in another."""
    article = factories.article(headline=OLD, slug="harbour")
    content = head(article)
    values = {name: getattr(content, name) for name in Content.__dataclass_fields__} | {"headline": NEW}
    now = timezone.now()
    workflow.save_draft(article, Content(**values), base_revision=1, by=None, at=now)
    workflow.schedule_change(article, now + timedelta(hours=1), by=None, at=now)
    return Article.objects.get()


def text(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("page", ["article", "front page", "section", "author"])
def test_the_first_read_after_its_time_shows_the_change(client, story, page):
    path = {
        "article": story.get_absolute_url(),
        "front page": "/",
        "section": story.section.get_absolute_url(),
        "author": story.bylines.get().author.get_absolute_url(),
    }[page]
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        assert OLD in text(client, path)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        page = text(client, path)
    assert NEW in page
    assert OLD not in page


@pytest.mark.parametrize("path", ["/s/fill", "/livez", "/readyz", "/media/nothing.jpg", "/admin/login/"])
def test_what_shows_no_story_leaves_it_to_readers(client, story, path):
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        client.get(path)
    assert DueAction.objects.get(kind="change").state == "waiting"


def test_a_change_that_cannot_be_made_costs_readers_nothing_but_the_new_text(client, story, caplog):
    DueAction.objects.filter(kind="change").update(revision=None)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert OLD in text(client, story.get_absolute_url())
    assert DueAction.objects.get(kind="change").attempts == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_pages_go_out_while_another_process_holds_the_database(client, story):
    import threading

    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Article.objects.filter(pk=story.pk).update(search_title="held")
            held.set()
            go.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert OLD in text(client, story.get_absolute_url())
        go.set()
        holder.join()
        assert NEW in text(client, story.get_absolute_url())
