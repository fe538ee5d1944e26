"""The publisher's colours and logo in a browser: let in by the policy, in both modes, without moving a page."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from articles import branding
from articles.models import Brand
from tests import factories
from tests.browser.looking import go

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

SCREEN = "/admin/articles/brand/"
SHIFTS = (
    "window.shift = 0;"
    "new PerformanceObserver((list) => { for (const e of list.getEntries()) window.shift += e.value })"
    ".observe({type: 'layout-shift', buffered: true})"
)


def accent(page) -> str:
    return page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()")


def test_the_accent_is_there_in_both_modes_and_the_logo_moves_nothing(page, console):
    factories.article()
    factories.brand(accent="#9a3412", accent_dark="#ffb08f", logo=branding.draw("logo", factories.logo((464, 112))))
    page.add_init_script(SHIFTS)
    for path in ("/", "/ar/", "/contact/"):
        for scheme, colour in (("light", "#9a3412"), ("dark", "#ffb08f")):
            page.emulate_media(color_scheme=scheme)
            go(page, path)
            assert accent(page) == colour
            logo = page.locator("header img").first
            assert logo.evaluate("image => [image.complete, image.naturalWidth]") == [True, 464]
            assert ("-dark.webp" in logo.evaluate("image => image.currentSrc")) == (scheme == "dark")
            assert page.evaluate("window.shift") == 0


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_the_screen_fits_and_is_accessible(page, log_in, prefix):
    log_in(factories.user("Publisher"))
    for width, scheme in ((360, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        go(page, prefix + SCREEN)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        # Its own way of reading style sheets is refused by the policy, which the console would tell.
        wrong = Axe().run(page, context="#content").response["violations"]
        assert [(one["id"], one["nodes"][0]["target"]) for one in wrong] == []


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_the_screen_measures_while_somebody_types_and_proposes_what_the_server_proposes(page, console, log_in, prefix):
    log_in(factories.user("Publisher"))
    go(page, prefix + SCREEN)
    page.fill("#id_name", "Typed")
    page.fill("#id_accent", "#f80")
    button = page.locator("[data-mode=light] [data-shade]")
    assert "2.17" in page.locator("[data-mode=light] [data-verdict]").inner_text()
    assert button.get_attribute("value") == "#ab5b00"
    assert "#ab5b00 " in branding.refusal("#ff8800", "light")
    button.click()
    frame = page.frame_locator("iframe[name=brand-preview]")
    frame.locator(".tone--dark bdi", has_text="Typed").first.wait_for()
    shown = frame.locator(".tone--light .panel__accent").first.evaluate("one => getComputedStyle(one).color")
    assert shown == "rgb(171, 91, 0)"
    page.click("[data-brand] button.default")
    page.wait_for_load_state()
    brand = Brand.objects.get()
    assert (brand.name, brand.accent) == ("Typed", "#ab5b00")
