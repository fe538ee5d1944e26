"""Every list of the desk: it fits, it says its name, it says something where it is empty, and axe minds nothing."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib import admin
from django.urls import reverse

from tests import factories
from tests.browser.looking import go

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

# Django's table of jobs is an operator's; the front page and the brand have no list.
ELSEWHERE = {"newsroom.FrontEdition", "articles.Brand", "django_tasks_database.DBTaskResult"}


def lists() -> list[str]:
    return [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
        if model._meta.label not in ELSEWHERE
    ]


@pytest.fixture
def filled(db) -> None:
    """A row in the lists whose rows are wide."""
    booking = factories.booking(advertiser=factories.advertiser(company="A company with a name that goes on and on"))
    factories.creative(booking)
    factories.invoice(factories.deal())
    factories.ad_request(company="Donaudampfschifffahrtselektrizitätenhauptbetriebswerk")
    factories.article(headline="A headline with enough words to wrap over several lines on a narrow phone")
    factories.picture()
    factories.next_action(advertiser=booking.advertiser)
    factories.word_list()
    factories.house(is_active=False)


def look(page, address: str, *, width: int) -> list[str]:
    page.set_viewport_size({"width": width, "height": 900})
    go(page, address)
    wrong = []
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append(f"{address} {width}: scrolls sideways")
    heading = page.locator("h1").all_inner_texts()
    if len(heading) != 1 or heading[0].startswith("Select "):
        wrong.append(f"{address}: {heading}")
    if not page.locator("#result_list, .desk-empty, .picture-wall__empty").count():
        wrong.append(f"{address}: says nothing where it is empty")
    for violation in Axe().run(page).response["violations"]:
        wrong.append(f"{address} {width}: {violation['id']} {violation['nodes'][0]['target']}")
    return wrong


@pytest.mark.parametrize(("prefix", "width", "scheme"), [("", 360, "light"), ("/ar", 1280, "dark")])
def test_every_list_fits_has_its_name_and_is_accessible(page, filled, log_in, prefix, width, scheme):
    page.emulate_media(color_scheme=scheme)
    log_in(factories.user(is_superuser=True))
    assert [line for address in lists() for line in look(page, prefix + address, width=width)] == []


def test_every_list_says_something_where_it_is_empty(page, log_in):
    log_in(factories.user(is_superuser=True))
    page.emulate_media(color_scheme="dark")
    assert [line for address in lists() for line in look(page, address, width=1280)] == []


def test_the_menu_opens_over_a_phone_and_marks_where_one_is(page, console, log_in):
    factories.ad_request()
    log_in(factories.user("Publisher"))
    page.set_viewport_size({"width": 360, "height": 740})
    go(page, "/admin/ads/adrequest/")
    assert page.locator("#desk-nav").is_hidden()
    page.locator(".desk-head__menu").click()
    current = page.locator("#desk-nav [aria-current=page]")
    assert (current.is_visible(), current.inner_text()) == (True, "Requests")
    page.wait_for_selector("[data-waits-for=requests]:not([hidden])")
    assert page.locator("[data-waits-for=requests]").inner_text().split() == ["1", "1", "waiting"]
    page.keyboard.press("Escape")
    assert page.locator("#desk-nav").is_hidden()


def test_a_row_on_a_phone_names_its_columns(page, console, filled, log_in):
    log_in(factories.user("Ad manager"))
    page.set_viewport_size({"width": 360, "height": 740})
    go(page, "/admin/ads/booking/")
    label = page.locator("#result_list .field-firm, #result_list .field-advertiser").first
    assert label.evaluate("(cell) => getComputedStyle(cell, '::before').content") == '"Advertiser"'
