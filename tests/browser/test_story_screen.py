"""The story screen as a person uses it: tabs by keyboard, checks that follow the text, one row of buttons."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from articles.models import Article
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def story():
    tag = factories.tag()
    return factories.draft(
        headline="The harbour opens at night",
        body="<p>First.</p>",
        tag_ids=[tag.pk],
        hero_id=factories.picture().pk,
    )


@pytest.fixture
def editor(page, log_in):
    log_in(factories.user("Editor"))
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def open_story(page, story: Article, prefix: str = "") -> None:
    page.goto(f"{prefix}/admin/articles/article/{story.pk}/change/")
    page.wait_for_selector("[role=toolbar]")


def test_tabs_are_walked_by_keyboard_and_remembered(editor, console, story):
    open_story(editor, story)
    editor.get_by_role("tab", name="Status").focus()
    editor.keyboard.press("ArrowRight")
    expect(editor.get_by_role("tab", name="Checks")).to_be_focused()
    assert (editor.is_visible("#checks"), editor.is_visible("#standing")) == (True, False)
    editor.reload()
    editor.wait_for_selector("[role=toolbar]")
    assert (editor.is_visible("#checks"), editor.is_visible("#standing")) == (True, False)


def test_a_check_leads_to_its_field_and_follows_what_is_typed(editor, console, story):
    open_story(editor, story)
    editor.get_by_role("tab", name="Checks").click()
    checks = editor.locator("[data-checks]")
    expect(checks).to_contain_text("No standfirst.")
    checks.locator("li", has_text="No standfirst.").locator("a").click()
    expect(editor.locator("#id_standfirst")).to_be_focused()
    editor.keyboard.type("Cranes work until four.")
    expect(checks).not_to_contain_text("No standfirst.", timeout=15_000)


def test_a_refused_save_opens_the_tab_with_the_mistake(editor, story):
    open_story(editor, story)
    editor.get_by_role("tab", name="Taxonomy").click()
    editor.select_option("#id_language", "ar")
    editor.get_by_role("tab", name="Status").click()
    editor.get_by_role("button", name="Save draft").click()
    expect(editor.locator("[data-errors][role=alert]")).to_be_focused()
    assert (editor.is_visible("#places"), editor.is_visible("#standing")) == (True, False)


def test_fields_stand_there_only_when_they_make_sense(editor, story):
    open_story(editor, story)
    editor.get_by_role("tab", name="Sponsor").click()
    assert editor.is_visible("#id_sponsor_name") is False
    editor.select_option("#id_kind", "advertorial")
    assert editor.is_visible("#id_sponsor_name") is True


def test_a_name_is_added_to_the_byline_and_the_keys_save(editor, console, story):
    second = factories.author(name="Kelo Mandruwe")
    open_story(editor, story)
    editor.get_by_role("button", name="Add a name").click()
    editor.locator("[data-rows] select").last.select_option(str(second.pk))
    editor.keyboard.press("Control+s")
    expect(editor.locator(".messagelist")).to_contain_text("Saved")
    assert list(Article.objects.get().bylines.order_by("order").values_list("author_id", flat=True))[-1] == second.pk


@pytest.mark.parametrize("prefix", ["", "/ar"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_whole_screen_fits_is_silent_and_accessible(editor, console, story, prefix, width):
    editor.set_viewport_size({"width": width, "height": 900})
    for scheme in ("light", "dark"):
        editor.emulate_media(color_scheme=scheme)
        open_story(editor, story, prefix)
        for tab in editor.get_by_role("tab").all():
            tab.click()
            found = Axe().run(editor, options={"preload": False}).response["violations"]
            assert [(v["id"], [n["html"][:150] for n in v["nodes"]]) for v in found] == []
            assert editor.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_script_every_part_stands_on_the_page(browser, live_server, page, log_in, story):
    log_in(factories.user("Editor"))
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(f"/admin/articles/article/{story.pk}/change/")
    parts = ("standing", "checks", "found", "places", "paid", "said", "past")
    assert [plain.is_visible(f"#{name}") for name in parts] == [True] * 7
    assert plain.locator("#found [data-meter-said]").all_inner_texts() == ["short: there is room to say more", "empty"]
    plain.fill("#id_search_title", "Night harbour")
    plain.get_by_role("button", name="Save draft").click()
    expect(plain.locator(".messagelist")).to_contain_text("Saved")
    assert Article.objects.get().revisions.first().content["search_title"] == "Night harbour"
    context.close()


def test_the_search_tab_draws_meters_and_previews_while_somebody_types(editor, console, story):
    open_story(editor, story)
    editor.get_by_role("tab", name="Search").click()
    panel = editor.locator("#found")
    title = panel.locator("[data-meter=search_title]")
    expect(title).to_contain_text("Characters: 26 (best: 30 to 60) · short: there is room to say more")
    editor.get_by_label("Title for search engines").fill("Night work at the harbour of Amaya")
    expect(title).to_contain_text("Characters: 34 (best: 30 to 60) · fits")
    expect(panel.locator("[data-shown-title]")).to_have_text(["Night work at the harbour of Amaya"] * 3)
    # Few letters, but wide ones.
    editor.get_by_label("Title for search engines").fill("W" * 40)
    expect(title).to_contain_text("Characters: 40 (best: 30 to 60) · too long: it is cut off")
    editor.get_by_label("Title for search engines").fill("")
    editor.get_by_label("Headline").fill("Cranes")
    expect(panel.locator("[data-shown-title]")).to_have_text(["Cranes"] * 3)
    editor.get_by_label("Description for search engines").fill("م" * 170)
    expect(panel.locator("[data-meter=search_description]")).to_contain_text(
        "Characters: 170 (best: 70 to 160) · too long"
    )
    assert len(panel.locator("[data-shown-text=cut]").inner_text()) == 160
    expect(panel.locator("[data-shown-picture] img")).to_have_count(2)
    editor.locator(".field-hero").get_by_role("button", name="Remove").click()
    expect(panel.locator("[data-shown-picture] img")).to_have_count(0)


def test_the_search_tab_names_who_paid_before_the_title(editor, console):
    paid = factories.draft(kind="advertorial", sponsor_name="Teneru Mills", headline="Bread for all")
    open_story(editor, paid)
    editor.get_by_role("tab", name="Search").click()
    shown = editor.locator("#found [data-shown-title]")
    expect(shown).to_have_text(["Paid for by Teneru Mills: Bread for all"] * 3)
    editor.get_by_role("tab", name="Sponsor").click()
    editor.get_by_label("Paid for by").fill("Mill $& Co")
    expect(shown.first).to_have_text("Paid for by Mill $& Co: Bread for all")
