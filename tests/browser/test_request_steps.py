"""The request in steps as people meet it: narrow and wide, in both directions, by keyboard, and without script."""

from __future__ import annotations

import pytest

from ads.models import AdRequest, RequestDraft
from tests import factories
from tests.ads.steps import WHO
from tests.browser.test_deal import faults

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.mark.parametrize("prefix", ["", "/ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_step_fits_is_silent_and_accessible(page, console, prefix, scheme):
    token = factories.request_draft()
    pages = ["what", "dates", "material", "check", "save"]
    addresses = [f"{prefix}/partners/request/{token}/{name}/" for name in pages]
    assert [line for address in addresses for line in faults(page, address, scheme=scheme, widths=(320, 1280))] == []


def test_the_whole_request_is_made_without_script(browser, live_server):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/partners/request/?want=foot-300x250")
    on = page.locator(".ask__buttons .button")
    on.click()
    page.locator(".week-pick").first.click()
    assert page.input_value("[name='first_foot-300x250']") != ""
    on.click()
    art = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": factories.jpeg(300, 250)}
    page.set_input_files("[name='file_foot-300x250']", art)
    on.click()
    RequestDraft.objects.update(created_at=RequestDraft.objects.get().created_at.replace(year=2020))
    for name in ("name", "email", "company", "website"):
        page.fill(f"[name={name}]", WHO[name])
    on.click()
    assert page.locator("[name=company]").input_value() == WHO["company"]
    assert page.locator("[role=alert] li").all_inner_texts() == ["Choose your country."]
    page.select_option("[name=country]", "NG")
    on.click()
    deal = AdRequest.objects.get()
    assert deal.reference in page.locator("main").inner_text()
    assert (deal.material.count(), deal.items.get().first_day is None) == (1, False)
    context.close()


def test_what_is_wrong_is_reached_by_keyboard_from_the_summary(page, console):
    page.goto(f"/partners/request/{factories.request_draft()}/check/")
    page.keyboard.press("Tab")
    page.locator(".ask__buttons .button").press("Enter")
    page.wait_for_selector("[role=alert]")
    console[:] = [said for said in console if "400 (Bad Request)" not in said]
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "name"
