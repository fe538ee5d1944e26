"""Today, the calendar, the list and the keys as a browser shows them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from articles import workflow
from articles.models import Article
from tests import factories
from tests.browser.looking import go

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

AXE = Axe()


def noon(days: int):
    """Noon of the publisher's zone, some days from now."""
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 12))


@pytest.fixture
def desk(db):
    """Some stories of every kind, in both languages."""
    now = timezone.now()
    section = factories.section(name="Harbour")
    for n in range(3):
        factories.article(headline=f"The harbour opens at night, part {n}", section_id=section.pk)
    arabic = factories.section(language="ar", name="الميناء")
    factories.draft(headline="الميناء يعمل ليلًا", language="ar", section_id=arabic.pk, publish_at=noon(1))
    factories.draft(headline="Paid words", kind="video", sponsor_name="Teneru Mills", publish_at=noon(1))
    waiting = factories.draft(headline="Donaudampfschifffahrtselektrizitätenhauptbetriebswerk " * 2)
    workflow.submit(waiting, by=None, at=now)
    story = factories.draft(headline="Night ferries", publish_at=noon(2))
    factories.ad_request()
    factories.booking()
    return workflow.publish(story, by=None, at=now)


PAGES = ["/admin/", "/admin/calendar/", "/admin/calendar/?view=week", "/admin/articles/article/"]


@pytest.mark.parametrize("role", ["Reporter", "Publisher"])
@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_the_screens_fit_are_silent_and_accessible(page, console, desk, log_in, prefix, role):
    log_in(factories.user(role))
    wrong = []
    move = f"/admin/calendar/move/{desk.pk}/"
    for width, scheme in ((360, "light"), (768, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        for path in [*PAGES, *([move] if role == "Publisher" else [])]:
            go(page, prefix + path)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{path} {width}: scrolls sideways")
            for violation in AXE.run(page).response["violations"]:
                nodes = [node["target"] for node in violation["nodes"][:3]]
                wrong.append(f"{path} {width} {scheme}: {violation['id']} {nodes}")
    assert wrong == []


def test_a_story_is_dragged_to_another_day_and_moves_after_a_yes(page, console, desk, log_in):
    log_in(factories.user("Editor"))
    day = noon(2).date()
    page.goto(f"/admin/calendar/?view=week&day={day}")
    shown = [cell.get_attribute("data-day") for cell in page.locator("[data-day]").all()]
    other = next(other for other in reversed(shown) if other != str(day) and other > str(timezone.localdate()))
    entry = page.locator("[data-move]", has_text="Night ferries")
    entry.drag_to(page.locator(f"[data-day='{other}']"))
    page.wait_for_url(f"**/admin/calendar/move/{desk.pk}/?to={other}")
    assert "Move it from" in page.locator("main").inner_text()
    assert Article.objects.get(pk=desk.pk).publish_at == noon(2)
    page.locator("button", has_text="Move").click()
    page.wait_for_url("**/admin/calendar/?day=*")
    moved = Article.objects.get(pk=desk.pk)
    assert f"{timezone.localtime(moved.publish_at):%Y-%m-%d %H}" == f"{other} 12"
    assert moved.status == "scheduled"


def test_a_story_is_moved_by_the_keyboard_alone(page, console, desk, log_in):
    log_in(factories.user("Editor"))
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/admin/calendar/")
    page.goto(f"/admin/calendar/?view=week&day={noon(2).date()}")
    link = page.locator(".cal-entry__move", has_text="Night ferries")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/move/{desk.pk}/")
    page.locator("#id_day").fill(str(noon(9).date()))
    page.locator("#id_clock").fill("06:30")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/calendar/?day=*")
    moved = timezone.localtime(Article.objects.get(pk=desk.pk).publish_at)
    assert (moved.date(), moved.hour, moved.minute) == (noon(9).date(), 6, 30)


def test_keys_lead_everywhere_and_keep_quiet_while_somebody_types(page, console, desk, log_in):
    log_in(factories.user("Editor"))
    for keys, path in (("gs", "/admin/articles/article/"), ("gm", "/admin/articles/mediaasset/"), ("gt", "/admin/")):
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_url(f"**{path}")
    page.keyboard.press("?")
    assert page.locator("#desk-keys").is_visible()
    page.keyboard.press("n")
    assert page.url.endswith("/admin/")  # the list of keys is open, so no other key counts
    page.keyboard.press("Escape")
    assert page.locator("#desk-keys").is_hidden()
    page.keyboard.press("n")
    page.wait_for_url("**/article/add/")
    page.locator("#id_headline").press_sequentially("gc n/? are words")
    assert page.locator("#id_headline").input_value() == "gc n/? are words"
    page.locator("#id_headline").press("Control+s")
    page.wait_for_url("**/change/")
    assert Article.objects.get(headline="gc n/? are words").status == "draft"
    page.goto("/admin/articles/article/")
    page.keyboard.press("/")
    page.keyboard.type("ferries")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=ferries**")
    assert page.locator(".story-link").all_inner_texts() == ["Night ferries"]


def test_keys_that_are_switched_off_stay_off_and_can_be_switched_on(page, console, desk, log_in):
    log_in(factories.user("Editor"))
    page.locator(".desk-account > summary").click()
    page.locator("[data-desk-keys]").click()
    page.locator("#desk-keys-on").uncheck()
    page.locator("#desk-keys button").click()
    page.reload()
    for key in "?gc":
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert (page.locator("#desk-keys").is_hidden(), page.url.endswith("/admin/")) == (True, True)
    page.locator(".desk-account > summary").click()
    page.locator("[data-desk-keys]").click()
    page.locator("#desk-keys-on").check()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/admin/calendar/")


def test_filters_come_first_on_a_phone_and_actions_ask(page, console, desk, log_in):
    log_in(factories.user("Editor"))
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/admin/articles/article/")
    search, first = page.locator("#searchbar").bounding_box(), page.locator(".story-link").first.bounding_box()
    assert search["y"] < first["y"]
    page.locator("#filter-state").select_option("needs-review")
    page.locator(".story-filters button").click()
    page.wait_for_url("**state=needs-review**")
    assert page.locator(".story-link").count() == 1
    page.locator("#result_list .action-select").check()
    page.locator("select[name=action]").select_option("approve")
    page.locator(".actions button").click()
    page.locator("button", has_text="Approve").click()
    page.wait_for_url("**state=needs-review**")
    assert "Approve: 1 story done." in page.locator(".messagelist").inner_text()
    assert Article.objects.filter(status="approved").count() == 1
