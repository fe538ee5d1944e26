"""The request form and the page of a deal: in both languages, on three widths, by keyboard alone, in light and dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from ads import conversation
from ads.models import AdRequest
from tests import factories
from tests.ads.test_intake import word_file
from tests.browser.looking import go

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def path() -> str:
    """The page of a paid deal with a conversation."""
    deal = factories.deal("paid")
    at = timezone.now()
    conversation.hear(deal, "هل يمكن أن يكون أخضر؟", name="Ada Example", via="page", at=at)
    conversation.write(deal, "Yes. " + "Send us the artwork as a JPEG. " * 8, by=factories.user("Ad manager"), at=at)
    return f"/partners/deal/{factories.deal_token(deal)}/"


def faults(page, address: str, *, scheme: str, widths=(360, 768, 1280)) -> list[str]:
    """What is wrong with a page, as short lines: sideways at any width, or minded by axe at the first and the last."""
    wrong = []
    page.emulate_media(color_scheme=scheme)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        go(page, address)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{address} {width}: scrolls sideways")
        if width != 768:
            for violation in Axe().run(page).response["violations"]:
                wrong.append(f"{address} {width} {scheme}: {violation['id']} {violation['nodes'][0]['target']}")
    return wrong


@pytest.mark.parametrize("prefix", ["", "/ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_request_and_deal_pages_fit_are_silent_and_accessible(page, console, path, prefix, scheme):
    addresses = [f"{prefix}/partners/request/", f"{prefix}{path}", f"{prefix}/partners/link/"]
    assert [line for address in addresses for line in faults(page, address, scheme=scheme)] == []


def tab_to(page, selector: str, *, most: int = 60) -> None:
    """Move the focus to an element with the Tab key alone."""
    for _n in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement?.matches(s)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def test_a_question_is_asked_by_keyboard_alone(page, console, path):
    page.goto(path)
    tab_to(page, "#ask textarea")
    page.keyboard.type("When does it begin?")
    tab_to(page, "#ask button")
    page.keyboard.press("Enter")
    page.wait_for_url("**said=asked**")
    assert page.locator("#said").inner_text() == "We have your message, and answer within 48 hours."
    assert page.locator(".thread__message").last.inner_text().endswith("When does it begin?")


def test_the_page_works_without_script(browser, live_server, path):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(path)
    page.fill("#ask textarea", "Without script")
    page.click("#ask button")
    assert "Without script" in page.locator(".thread__list").inner_text()
    context.close()


def choose(page, selector: str, name: str, data: bytes) -> str:
    """Choose a file; what is said of it."""
    page.evaluate("(s) => document.querySelector(s).replaceChildren()", f"{selector}_said")
    page.set_input_files(selector, {"name": name, "mimeType": "application/octet-stream", "buffer": data})
    said = page.locator(f"{selector}_said")
    said.locator("p").first.wait_for()
    return said.inner_text()


def test_files_are_looked_at_before_they_are_sent(page, console):
    page.goto("/partners/request/?want=top-728x90&want=press-release")
    page.click(".ask__buttons .button")
    page.click(".ask__buttons .button")
    page.wait_for_url("**/material/")
    top, post = "#id_file_top-728x90", "#id_file_press-release"
    plain = str.maketrans("", "", "\u2066\u2069")
    assert (
        choose(page, top, "a.jpg", factories.jpeg(700, 90)).translate(plain) == "728 × 90 required; yours is 700 × 90."
    )
    assert page.get_attribute(top, "aria-invalid") == "true"
    assert choose(page, top, "a.jpg", word_file()) == "This is not a JPEG, JPG or GIF, whatever its name says."
    assert (
        choose(page, top, "a.gif", factories.gif(728, 90, frames=4))
        .translate(plain)
        .endswith("2 s of animation. It is checked once more when it arrives.")
    )
    assert page.get_attribute(top, "aria-invalid") is None
    page.locator(f"{top}_place canvas").nth(1).wait_for()
    captions = [said.translate(plain) for said in page.locator(f"{top}_place figcaption").all_inner_texts()]
    assert captions == ["On a wide screen (728 × 90)", "On a phone (328 × 41)"]
    phone = "#id_file_top-728x90_phone"
    assert choose(page, phone, "p.jpg", factories.jpeg(320, 100)).startswith("Looks right")
    page.locator(f"{top}_place figcaption", has_text="320 × 100").wait_for()
    assert choose(page, top, "heavy.jpg", factories.jpeg(728, 90) + b"0" * 160_000).startswith("At most 150 KB")
    page.wait_for_function("(s) => document.querySelectorAll(s).length === 1", arg=f"{top}_place canvas")
    assert choose(page, post, "old.doc", b"\xd0\xcf\x11\xe0" + b"0" * 99).startswith("This is an older Word file")
    assert choose(page, post, "story.docx", word_file()).startswith("Looks right")
    assert f"{top[1:]}_said" in page.get_attribute(top, "aria-describedby")


def test_what_the_browser_let_pass_the_server_still_refuses_in_place(page, path):
    page.goto(path)
    page.fill("#ask textarea", "Here it is")
    page.set_input_files("#ask_attached", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8 torn"})
    page.click("#ask button")
    assert page.locator("[role=alert]").first.is_visible()
    assert page.title().startswith("Error:")
    assert page.input_value("#ask textarea") == "Here it is"


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_the_screen_of_a_request_fits_and_is_silent(page, console, path, log_in, prefix):
    deal = AdRequest.objects.get()
    log_in(factories.user("Publisher"))
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for address in (f"{deal.pk}/change/", "add/", f"{deal.pk}/move/cancel/"):
            page.goto(f"{prefix}/admin/ads/adrequest/{address}")
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), (address, width)
