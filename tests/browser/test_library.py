"""The media library as a person uses it: many uploads, the focal point by keyboard, many pictures changed at once."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from articles.models import MediaAsset
from tests import factories
from tests.browser.looking import go

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

LIST = "/admin/articles/mediaasset/"


def a_file(name: str, data: bytes) -> dict:
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


def wait_for_all(page) -> None:
    """Until no file waits any more. The policy of the admin keeps Playwright's own waiting in scripts out."""
    for _ in range(300):
        if not page.locator("[data-arrivals] progress").count():
            return
        page.wait_for_timeout(100)
    raise AssertionError("some file is still on its way")


def outcomes(page) -> dict[str, int]:
    return {kind: page.locator(f".arrival--{kind}").count() for kind in ("added", "twin", "refused")}


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_ten_files_come_in_with_one_broken_and_one_that_is_there(page, console, log_in, prefix):
    there = factories.picture(factories.photo(900, 600, seed=50), title="Harbour")
    log_in(factories.user("Reporter"))
    page.goto(f"{prefix}{LIST}upload/")
    files = [a_file(f"photo_{n}.jpg", factories.photo(600, 400, seed=100 + n)) for n in range(8)]
    files[3:3] = [a_file("broken.jpg", b"\xff\xd8\xff broken"), a_file("again.jpg", factories.photo(900, 600, seed=50))]
    page.set_input_files("#id_files", files)
    assert page.locator("[data-arrivals] li").count() == 10
    wait_for_all(page)
    assert outcomes(page) == {"added": 8, "twin": 1, "refused": 1}
    assert MediaAsset.objects.count() == 9
    digits = re.findall(r"\d+", page.locator("[data-summary]").inner_text())
    assert digits == ["10", "10", "8"]
    assert str(there.pk) in page.locator(".arrival--twin a").get_attribute("href")
    page.click("[data-keep-both]")
    wait_for_all(page)
    assert outcomes(page) == {"added": 9, "twin": 0, "refused": 1}
    page.fill("#fill-credit", "Photo: Amina Bello")
    page.click("[data-fill-now]")
    page.locator("[name$='-alt']").first.fill("Boats")
    page.click("[data-save] [type=submit]")
    page.wait_for_url(f"**{LIST}")
    mine = MediaAsset.objects.exclude(pk=there.pk)
    assert set(mine.values_list("credit", flat=True)) == {"Photo: Amina Bello"}
    assert mine.filter(alt="Boats").count() == 1


def test_a_file_whose_sending_failed_is_sent_again(page, log_in):
    log_in(factories.user("Reporter"))
    page.goto(f"{LIST}upload/")
    page.route("**/mediaasset/upload/", lambda route: route.abort())
    page.set_input_files("#id_files", [a_file("photo.jpg", factories.photo(600, 400))])
    page.locator(".arrival__refusal").wait_for()
    assert page.locator(".arrival__refusal").inner_text() == "The network failed. Please try again."
    page.unroute("**/mediaasset/upload/")
    page.get_by_role("button", name="Try again").click()
    page.locator(".arrival--added").wait_for()
    assert MediaAsset.objects.get().title == "photo"


def test_who_was_logged_out_meanwhile_is_told_and_goes_on_after_a_login(page, log_in):
    user = factories.user("Reporter")
    log_in(user)
    page.goto(f"{LIST}upload/")
    kept = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.set_input_files("#id_files", [a_file("photo.jpg", factories.photo(600, 400))])
    page.locator(".arrival__refusal").wait_for()
    assert page.locator(".arrival__refusal").inner_text().startswith("You are logged out")
    page.context.add_cookies(kept)
    page.get_by_role("button", name="Try again").click()
    page.locator(".arrival--added").wait_for()


def test_uploading_needs_no_script(browser, live_server):
    user = factories.user("Reporter")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/admin/login/")
    page.fill("#id_username", user.username)
    page.fill("#id_password", factories.PASSWORD)
    page.click("[type=submit]")
    page.goto(f"{LIST}upload/")
    files = [
        a_file("one.jpg", factories.photo(600, 400)),
        a_file("two.jpg", factories.photo(600, 400)),
        a_file("three.jpg", b"x"),
    ]
    page.set_input_files("#id_files", files)
    page.click("[data-send] [type=submit]")
    assert outcomes(page) == {"added": 1, "twin": 1, "refused": 1}
    page.locator("[name$='-alt']").fill("Boats")
    page.click("[data-save] [type=submit]")
    assert MediaAsset.objects.get().alt == "Boats"
    context.close()


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_the_focal_point_moves_by_arrow_keys_and_by_dragging_and_the_crops_follow(page, console, log_in, prefix):
    asset = factories.picture(factories.photo(1200, 400))
    log_in(factories.user("Editor"))
    page.goto(f"{prefix}{LIST}{asset.pk}/change/")
    marker = page.locator("[data-marker]")
    square = page.locator(".focal-point__crop--square")
    marker.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    assert (page.input_value("#id_focal_x"), page.input_value("#id_focal_y")) == ("0.590", "0.510")
    said = page.locator("[data-said]").inner_text()
    assert ("59" in said, "51" in said) == (True, True)
    # A square of 400 in 1200 pixels: 0.59 is 708, so it begins at 508 of 800.
    assert float(square.evaluate("(e) => parseFloat(e.style.objectPosition)")) == pytest.approx(63.5, abs=0.1)
    box = page.locator("[data-picture] img").bounding_box()
    at = marker.bounding_box()
    page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.75, steps=4)
    page.mouse.up()
    assert float(page.input_value("#id_focal_x")) == pytest.approx(0.25, abs=0.01)
    page.click("[name=_save]")
    page.wait_for_url(f"**{LIST}")
    asset.refresh_from_db()
    assert asset.focal_y == pytest.approx(0.75, abs=0.02)


def test_many_pictures_get_one_credit_and_each_says_what_happened(page, console, log_in):
    for n in range(3):
        factories.picture(factories.photo(600, 400, seed=n), title=f"Picture {n}")
    log_in(factories.user("Editor"))
    page.goto(LIST)
    for n in range(2):
        page.locator("input.action-select").nth(n).check()
    page.select_option("select[name=action]", "set_credit")
    page.click("button[name=index]")
    page.fill("#id_credit", "Photo: Amina Bello")
    page.click("#content [type=submit]")
    assert page.locator("[role=status]").inner_text() == "2 of 2 pictures."
    assert page.locator(".bulk-list__item").all_inner_texts() == ["Picture 2\nChanged.", "Picture 1\nChanged."]
    assert MediaAsset.objects.filter(credit="Photo: Amina Bello").count() == 2


def test_another_file_is_shown_beside_the_present_one_and_comes_back(page, console, log_in):
    asset = factories.picture(factories.photo(900, 600, seed=1))
    factories.article(headline="The harbour opens", hero_id=asset.pk)
    log_in(factories.user("Editor"))
    page.goto(f"{LIST}{asset.pk}/replace/")
    warning = page.locator("[data-warning]")
    assert not warning.is_visible()
    page.set_input_files("#id_file", [a_file("square.jpg", factories.photo(500, 500, seed=2))])
    warning.wait_for(state="visible")
    assert page.locator("[data-size]").inner_text() == "500×500"
    page.check("#id_other_shape")
    page.click("#content [type=submit]")
    page.get_by_role("button", name="Bring the file before back").click()
    page.wait_for_url(f"**{LIST}{asset.pk}/change/")
    asset.refresh_from_db()
    assert (asset.width, asset.height) == (900, 600)


def test_a_picture_that_the_library_has_is_used_from_within_a_story(page, log_in):
    there = factories.picture(factories.photo(900, 600, seed=1), title="Harbour")
    log_in(factories.user("Editor"))
    page.goto("/admin/articles/article/add/")
    page.locator("[data-picture-field] button").first.click()
    page.locator(".chooser__upload summary").click()
    page.set_input_files(".chooser__form [type=file]", [a_file("again.jpg", factories.photo(900, 600, seed=1))])
    page.fill(".chooser__form [name=alt]", "Boats")
    page.click(".chooser__form [type=submit]")
    page.get_by_role("button", name="Use that one").click()
    expect(page.locator("#id_hero")).to_have_value(str(there.pk))
    assert MediaAsset.objects.count() == 1


@pytest.mark.parametrize(("width", "scheme", "prefix"), [(360, "dark", ""), (1280, "light", "/ar"), (1280, "dark", "")])
def test_the_screens_of_the_library_fit_are_silent_and_accessible(page, console, log_in, width, scheme, prefix):
    used, spare = (
        factories.picture(factories.photo(900, 600, seed=1)),
        factories.picture(factories.photo(400, 900, seed=2), alt=""),
    )
    factories.article(hero_id=used.pk)
    log_in(factories.user("Editor"))
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)

    def wrong(name: str) -> list[str]:
        found = [f"{name}: sideways"] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []
        found += console
        # What Django's own frame does is not this part's. Axe itself sets styles, which the policy refuses.
        axe = Axe().run(page, context="#content")
        console.clear()
        return found + [f"{name}: {v['id']} {v['nodes'][0]['target']}" for v in axe.response["violations"]]

    problems = []
    for path in (LIST, f"{LIST}{used.pk}/change/", f"{LIST}{spare.pk}/replace/", f"{LIST}upload/"):
        go(page, prefix + path)
        problems += wrong(path)
    page.set_input_files(
        "#id_files", [a_file("new.jpg", factories.photo(600, 400, seed=3)), a_file("broken.jpg", b"x")]
    )
    wait_for_all(page)
    problems += wrong("uploaded")
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(prefix + LIST)
    page.locator("input.action-select").first.check()
    page.select_option("select[name=action]", "set_licence")
    page.click("button[name=index]")
    page.wait_for_load_state("networkidle")
    problems += wrong("bulk")
    assert problems == []
