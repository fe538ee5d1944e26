"""Showing a draft, in a browser: staff in a frame of every width, and a guest on a phone who comments and approves."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from articles import previews
from articles.content import Credit
from articles.models import PreviewApproval, PreviewComment
from tests import factories
from tests.browser.looking import go

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def drafted(language: str):
    words = {"en": "The mill at Teneru opens", "ar": "مطحنة تينيرو تفتح أبوابها 2026"}[language]
    return factories.draft(
        headline=words,
        standfirst=words,
        body=f"<p>{words}. </p>" * 9,
        language=language,
        section_id=factories.section(language=language).pk,
        hero_id=factories.picture(factories.jpeg(1300, 867)).pk,
        bylines=[Credit(author_id=factories.author(name="Kelo Mandruwe").pk)],
    )


def faults(page, where: str) -> list[str]:
    wrong = [f"{where}: {v['id']} {v['nodes'][0]['target']}" for v in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append(f"{where}: scrolls sideways")
    return wrong


@pytest.mark.parametrize("language", ["en", "ar"])
def test_staff_see_the_page_at_every_width_in_light_and_in_the_other_language(page, console, log_in, language):
    factories.booking("top-728x90")
    story, prefix = drafted(language), {"en": "", "ar": "/ar"}[language]
    editor = factories.user("Editor")
    log_in(editor)
    link, _token = factories.preview_link(story, by=editor, can_approve=True)
    previews.comment(link, revision_number=1, name="Ada", text="Good.", at=timezone.now())
    screen = f"{prefix}/admin/articles/article/{story.pk}/preview/"
    wrong, widths = [], {}
    page.goto(screen)
    for show in ("tablet", "desktop", "lite", "phone"):
        page.locator(f"[data-show={show}]").focus()
        page.keyboard.press("Enter")
        page.wait_for_load_state("networkidle")
        frame = page.frame_locator("iframe")
        assert frame.locator("h1").inner_text() == story.headline
        assert frame.locator(".preview-strip").is_visible()
        assert frame.locator("[data-slot]").count() == 0
        widths[show] = page.frames[1].evaluate("innerWidth")
        if show != "lite":
            assert page.frames[1].evaluate("document.querySelector('.story__hero img').naturalWidth > 0")
    assert widths == {"tablet": 768, "desktop": 1280, "lite": 360, "phone": 360}
    for chrome, direction in (("ar", "rtl"), ("en", "ltr")):
        go(page, f"{screen}?show=desktop&chrome={chrome}")
        assert page.frames[1].evaluate("document.documentElement.dir") == direction
    for width, scheme in ((360, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        for path in (screen, screen + "page/", screen + "page/?show=lite", screen + "links/"):
            go(page, path)
            wrong += faults(page, f"{path} {width} {scheme}")
    assert wrong == []


def test_what_is_typed_is_shown_in_a_tab_of_its_own_and_stays_unsaved(page, console, log_in):
    story = drafted("en")
    log_in(factories.user("Editor"))
    page.goto(f"/admin/articles/article/{story.pk}/change/")
    page.fill("#id_headline", "As typed")
    with page.context.expect_page() as opened:
        page.click("[data-preview]")
    assert opened.value.locator("h1").inner_text() == "As typed"
    assert page.url.endswith("/change/")
    story.refresh_from_db()
    assert story.head_number == 1


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_guest_reads_comments_and_approves(page, browser, live_server, console, log_in, language):
    story, prefix = drafted(language), {"en": "", "ar": "/ar"}[language]
    factories.booking("top-728x90")
    log_in(factories.user("Editor"))
    page.goto(f"{prefix}/admin/articles/article/{story.pk}/preview/links/")
    page.fill("#id_label", "Teneru Mills")
    page.check("#id_can_approve")
    page.click(".preview-new [type=submit]")
    page.click("[data-copy]")
    address = re.sub(r"^https?://[^/]+", "", page.input_value("#address"))
    assert address.startswith(f"{prefix}/preview/")

    context = browser.new_context(base_url=live_server.url, viewport={"width": 360, "height": 780})
    guest, said, asked = context.new_page(), [], []
    guest.on("console", lambda one: said.append(one.text) if one.type in ("error", "warning") else None)
    guest.on("request", lambda request: asked.append((request.url, request.headers.get("referer", ""))))
    wrong = []
    for width, scheme in ((1280, "dark"), (320, "light"), (360, "light")):
        guest.set_viewport_size({"width": width, "height": 780})
        guest.emulate_media(color_scheme=scheme)
        go(guest, address)
        wrong += faults(guest, f"{width} {scheme}")
    assert guest.evaluate("document.querySelector('.story__hero img').naturalWidth > 0")
    guest.click(".preview-strip a")
    guest.wait_for_timeout(3100)  # faster than people type
    guest.fill("#id_comment-name", "Ada Teneru")
    guest.fill("#id_comment-text", "Please name the mill.")
    guest.click("form:has(#id_comment-text) [type=submit]")
    guest.wait_for_url("**/received/**")
    wrong += faults(guest, "received")
    guest.click("main a[href*='/preview/']")
    guest.fill("#id_approve-name", "Ada Teneru")
    guest.check("#id_approve-agreed")
    guest.click("form:has(#id_approve-name) [type=submit]")
    guest.wait_for_url("**/received/**")
    assert guest.locator(".receipt").inner_text().count("Ada Teneru") == 1
    assert wrong == []
    assert said == []
    token = address.split("/")[-2]
    assert [url for url, referer in asked if token in referer] == []
    assert [url for url, _referer in asked if "/s/" in url] == []
    assert context.cookies() == []
    context.close()
    assert (PreviewComment.objects.get().name, PreviewApproval.objects.get().revision_number) == ("Ada Teneru", 1)

    page.goto(f"{prefix}/admin/articles/article/{story.pk}/preview/links/")
    assert page.locator(".preview-approval").inner_text().startswith(("Ada Teneru", "وافق"))
    page.click(".preview-revoke")
    assert page.goto(address).status == 404
    console.clear()  # the browser says of a 404 that it is one
    page.goto("/admin/")


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_the_light_edition_fits_and_is_accessible(page, console, prefix):
    language = "ar" if prefix else "en"
    story = factories.article(
        language=language,
        headline="The mill opens" if language == "en" else "المطحنة تفتح",
        section_id=factories.section(language=language).pk,
        body="<p>Words</p><table><tr>" + "<td>1,234,567</td>" * 9 + "</tr></table>",
    )
    wrong = []
    for width, scheme in ((320, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        for path in (f"{prefix}/lite/", story.get_lite_url()):
            page.goto(path)
            wrong += faults(page, f"{path} {width} {scheme}")
    assert wrong == []
