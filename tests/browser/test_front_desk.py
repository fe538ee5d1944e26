"""The front page's desk as editors use it: by mouse, by keyboard, without script, and two of them at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from newsroom import front_desk, frontpage
from newsroom.front_plan import Pin, Plan
from tests import factories
from tests.browser.looking import go

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

DESK = "/admin/newsroom/frontedition/page/en/"


@pytest.fixture
def stories(db):
    """Fourteen stories of two sections, the newest first, with pictures and long words."""
    hero = factories.picture(factories.jpeg(1300, 867))
    sections = [factories.section(name=name, order=n) for n, name in enumerate(["Harbour", "Markets"])]
    now = timezone.now()
    return [
        factories.article(
            headline=f"Story {n} of the harbour opens at night",
            at=now - timedelta(minutes=n + 1),
            section_id=sections[n % 2].pk,
            hero_id=hero.pk if n % 3 else None,
        )
        for n in range(14)
    ]


def lead_of(page) -> str:
    page.goto("/")
    return page.locator(".front h2").first.inner_text()


def press(page, key: str) -> None:
    """A button by its key, with the keyboard alone; waits for the desk that answers."""
    button = page.locator(f"[data-key='{key}']").first
    button.focus()
    before = page.locator("[name=version]").first.input_value()
    page.keyboard.press("Enter")
    page.wait_for_function("(n) => document.querySelector('[name=version]').value !== n", arg=before)
    page.wait_for_selector("#front-desk:not([aria-busy])")


def drag(page, story, place: str) -> None:
    """A story to a place, as a hand does it: both in view, and more than one step of the mouse."""
    target = page.locator(f"[data-place={place}]")
    story.scroll_into_view_if_needed()
    story.hover()
    page.mouse.down()
    box = target.bounding_box()
    for part in (0.3, 0.5):
        page.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] / 2)
    page.mouse.up()
    page.wait_for_selector(f"[data-place={place}].front-place--pinned")


def test_a_story_is_dragged_to_the_lead_previewed_and_put_live(page, console, stories, log_in):
    page.set_viewport_size({"width": 1280, "height": 1600})
    log_in(factories.user("Editor"))
    page.goto("/admin/")
    page.get_by_role("link", name="Front page", exact=True).first.click()
    page.wait_for_selector("[draggable=true]")
    wanted = stories[9].headline
    found = page.locator(".front-found .front-story", has_text=wanted)
    drag(page, found, "lead")
    assert wanted in page.locator("[data-place=lead]").inner_text()
    drag(page, page.locator("[data-place=lead] .front-story"), "small-2")
    assert "by rule" in page.locator("[data-place=lead]").inner_text()
    press(page, "undo")
    assert wanted in page.locator("[data-place=lead]").inner_text()
    page.get_by_role("link", name="Preview").click()
    for width in (360, 768, 1280):
        page.locator(f"a[href*='width={width}']").click()
        frame = page.frame_locator("iframe")
        assert frame.locator(".front h2").first.inner_text() == wanted
        assert "not for readers" in frame.locator(".front-strip").inner_text()
        assert page.locator("iframe").bounding_box()["width"] == width
    assert lead_of(page) == stories[0].headline
    page.goto(DESK)
    page.fill("#front-note", "Moved up")
    page.locator("[data-key=live]").click()
    page.wait_for_selector("text=Readers see it now.")
    assert lead_of(page) == wanted
    page.goto(DESK + "versions/")
    assert "Moved up" in page.locator(".front-versions").inner_text()


def test_everything_is_done_by_keyboard_and_the_focus_stays_with_the_story(page, console, stories, log_in):
    log_in(factories.user("Editor"))
    page.goto(DESK)
    second = stories[2]
    press(page, f"up-{second.pk}")
    assert page.evaluate("document.activeElement.dataset.key") == f"up-{second.pk}"
    press(page, f"up-{second.pk}")
    assert second.headline in page.locator("[data-place=lead]").inner_text()
    assert page.evaluate("document.activeElement.textContent") == "Lead"
    assert page.locator("#front-spoken").inner_text() == "Pinned."
    press(page, "pin-lead")
    assert "by rule" in page.locator("[data-place=lead]").inner_text()
    section = stories[1].section_id
    press(page, f"block-up-{section}")
    assert page.locator(".front-row h2").all_inner_texts() == ["Top of the page", "Markets", "Harbour"]
    press(page, f"block-{section}")
    assert "Hidden from readers." in page.locator(".front-row--hidden").inner_text()
    # A story is chosen for a place by typing.
    page.locator("[data-place=small-1] .front-choose").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Story 11")
    page.wait_for_function("() => document.querySelectorAll('.front-found > li').length === 1")
    assert page.locator(".front-found button").inner_text().split() == ["Pin:", "Small", "card", "1"]
    press(page, f"choose-{stories[11].pk}")
    assert stories[11].headline in page.locator("[data-place=small-1]").inner_text()
    # Its time.
    page.locator("[data-place=small-1] summary").focus()
    page.keyboard.press("Enter")
    until = timezone.localtime() + timedelta(hours=3)
    page.locator("[data-place=small-1] [name=until]").fill(until.strftime("%Y-%m-%dT%H:%M"))
    press(page, "times-small-1")
    assert f"Pinned until {until:%-d %b %Y, %H:%M}" in page.locator("[data-place=small-1]").inner_text()


def test_the_desk_works_without_script(browser, live_server, stories):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    editor = factories.user("Editor")
    page.goto("/admin/login/?next=" + DESK)
    page.fill("#id_username", editor.username)
    page.fill("#id_password", factories.PASSWORD)
    page.click("[type=submit]")
    page.locator(f"[data-key=up-{stories[1].pk}]").first.click()
    assert page.url.endswith("#lead")
    assert stories[1].headline in page.locator("[data-place=lead]").inner_text()
    page.locator("[data-place=small-4] .front-choose").click()
    page.fill("#front-q", "Story 12")
    page.locator(".front-search button").click()
    page.locator(f"[data-key=choose-{stories[12].pk}]").click()
    assert stories[12].headline in page.locator("[data-place=small-4]").inner_text()
    page.locator("[data-place=small-4]").get_by_role("link", name="to another place").click()
    page.locator("#front-move-to").select_option("second-2")
    page.get_by_role("button", name="in the chosen place").click()
    assert stories[12].headline in page.locator("[data-place=second-2]").inner_text()
    page.locator("[data-key=live]").click()
    assert lead_of(page) == stories[1].headline
    context.close()


def test_two_browsers_that_change_the_same_place_are_both_shown(page, browser, live_server, console, stories, log_in):
    other = browser.new_context(base_url=live_server.url).new_page()
    bello = factories.user("Editor", first_name="Bello", last_name="Ade")
    other.goto("/admin/login/?next=" + DESK)
    other.fill("#id_username", bello.username)
    other.fill("#id_password", factories.PASSWORD)
    other.click("[type=submit]")
    log_in(factories.user("Editor"))
    page.goto(DESK)
    press(page, f"up-{stories[1].pk}")
    press(page, f"down-{stories[5].pk}")
    for _ in range(2):
        press(other, f"up-{stories[2].pk}")
    press(other, "live")
    page.locator("[data-key=live]").click()
    page.wait_for_selector(".front-choices")
    console[:] = [said for said in console if "409 (Conflict)" not in said]
    said = page.locator(".front-state").inner_text()
    assert "Bello Ade and you changed the same place" in said
    assert stories[1].headline in said
    assert stories[2].headline in said
    for fieldset in page.locator(".front-choices fieldset").all():
        fieldset.locator("[value=mine]").check()
    press(page, "settle")
    press(page, "live")
    plan = frontpage.newest_edition("en").plan
    assert plan.pins["lead"] == Pin(stories[1].pk)
    assert plan.place_of(stories[5].pk) is not None
    other.context.close()


def test_a_note_that_is_not_sent_is_asked_for_before_leaving_and_survives_a_move(page, stories, log_in):
    log_in(factories.user("Editor"))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(DESK)
    press(page, f"up-{stories[1].pk}")
    page.locator("#front-note").press_sequentially("Because")
    press(page, f"up-{stories[4].pk}")
    assert page.input_value("#front-note") == "Because"
    page.goto("/admin/")
    assert asked == ["beforeunload"]
    page.goto(DESK)
    page.goto("/admin/")
    assert asked == ["beforeunload"]


def test_a_session_that_ended_and_a_dead_server_are_said_in_words(page, stories, log_in):
    log_in(factories.user("Editor"))
    page.goto(DESK)
    page.route("**/page/en/**", lambda route: route.abort())
    page.locator(f"[data-key=up-{stories[1].pk}]").first.click()
    page.wait_for_selector("text=The network failed. Please try again.")
    page.unroute("**/page/en/**")
    page.context.clear_cookies(name="sessionid")
    page.locator(f"[data-key=up-{stories[1].pk}]").first.click()
    page.wait_for_selector("text=You are logged out.")


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light"), (1280, "dark")])
@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_the_desk_fits_is_silent_and_accessible(page, console, stories, log_in, prefix, width, scheme):
    editor, other = factories.user("Editor"), factories.user("Editor")
    at = timezone.now()
    who = {"by": editor, "at": at}
    later = factories.article(publish_at=at + timedelta(hours=2))
    paid = factories.article(kind="video", sponsor_name="Teneru Mills")
    front_desk.put_live("en", Plan({"lead": Pin(stories[3].pk)}), base_number=0, by=other, at=at, note="First")
    for story, place in ((later, "second-1"), (paid, "small-2"), (stories[8], "lead")):
        front_desk.place("en", story.pk, place, seen=front_desk.desk("en", **who).seen, **who)
    front_desk.hold(
        "en", "small-2", since=None, until=at + timedelta(days=1), seen=front_desk.desk("en", **who).seen, **who
    )
    front_desk.put_live("en", Plan({"lead": Pin(stories[4].pk)}), base_number=1, by=other, at=at)
    log_in(editor)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    wrong = []
    for path in (DESK, DESK + "preview/?width=360", DESK + "versions/"):
        go(page, prefix + path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{prefix}{path} scrolls sideways")
        found = Axe().run(page, context="#content").response["violations"]
        wrong += [f"{prefix}{path} {v['id']} {v['nodes'][0]['target']}" for v in found]
    assert wrong == []
