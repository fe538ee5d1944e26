"""The publish page and the agenda in a browser: the button follows the choice, and nothing is out of reach."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from articles.models import Article, DueAction, Heartbeat
from tests import factories
from tests.articles.test_timing import changed, edit

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def complaints(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{violation['id']}: {violation['nodes'][0]['html']}" for violation in found]


def test_the_button_follows_the_choice_and_schedules_the_change(page, console, log_in):
    now = timezone.now()
    story = factories.article(headline="Old")
    edit(story, headline="New", at=now)
    log_in(factories.user("Editor"))
    page.goto(f"/admin/articles/article/{story.pk}/move/publish/")
    button = page.locator(".desk-buttons button")
    assert (button.inner_text(), page.is_visible("#id_change_at")) == ("Publish the change", False)
    page.check("input[name=when][value=later]")
    assert (button.inner_text(), page.is_visible("#id_change_at")) == ("Schedule the change", True)
    page.fill("#id_change_at", f"{timezone.localtime(now) + timedelta(days=1):%Y-%m-%dT%H:%M}")
    page.check("input[name=when][value=now]")
    page.check("input[name=when][value=later]")
    button.click()
    page.wait_for_selector(".success")
    assert DueAction.objects.get(kind="change").state == "waiting"
    assert Article.objects.get().headline == "Old"


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_agenda_and_publish_page_are_accessible_and_fit(page, log_in, width, prefix):
    now = timezone.now()
    Heartbeat.objects.create(name="worker", at=now - timedelta(minutes=9))
    story = factories.article()
    action = changed(story, "New", now + timedelta(hours=1), at=now)
    edit(story, headline="Newer", at=now)
    log_in(factories.user("Editor"))
    page.set_viewport_size({"width": width, "height": 900})
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for path in (
            "/admin/articles/dueaction/",
            f"/admin/articles/dueaction/{action.pk}/move/cancel/",
            f"/admin/articles/article/{story.pk}/move/publish/",
        ):
            page.goto(prefix + path)
            assert complaints(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
