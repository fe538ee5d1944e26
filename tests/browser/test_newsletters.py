"""The composer of newsletters with the mouse, by keyboard and without script; and the mail as browsers draw it."""

from __future__ import annotations

import pytest

from newsroom.audience import rendering
from newsroom.audience.composing import Block
from newsroom.audience.models import Issue
from tests import factories
from tests.browser.walking import faults
from tests.newsroom import issues

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def issue() -> Issue:
    hero = factories.picture(factories.jpeg(1300, 867))
    paid = factories.article(headline="Paid story", kind="advertorial", sponsor_name="Teneru Mills")
    return issues.issue(
        issues.story_block(headline="First story", hero_id=hero.pk, standfirst="Words below."),
        Block(kind="heading", headline="Also today"),
        issues.story_block(headline="Second story", hero_id=hero.pk),
        Block(kind="sponsored", article_id=paid.pk),
    )


def titles(page) -> list[str]:
    return [
        row.inner_text().strip() if (row := block.locator(".issue-block__title")).count() else "heading"
        for block in page.locator("[data-block]").all()
    ]


def order(issue: Issue) -> list[str]:
    return [block.article.headline if block.article else block.headline for block in issue.blocks.all()]


def test_blocks_are_dragged_and_moved_by_keyboard_and_the_preview_follows(page, console, log_in, issue):
    log_in(factories.user("Editor"))
    page.goto(f"/admin/audience/issue/{issue.pk}/change/")
    frame = page.frame_locator("iframe[name=issue-preview]")
    assert frame.locator("h2, h3").all_inner_texts() == ["First story", "Also today", "Second story", "Paid story"]
    blocks = page.locator("[data-block]")
    blocks.nth(2).locator(".issue-block__grip").drag_to(blocks.nth(0).locator(".issue-block__grip"))
    assert titles(page) == ["Second story", "First story", "heading", "Paid story"]
    up = page.get_by_role("button", name="Move block 4 up")
    up.focus()
    page.keyboard.press("Enter")
    assert titles(page) == ["Second story", "First story", "Paid story", "heading"]
    assert page.locator("#issue-spoken").inner_text() == "Moved to place 3"
    page.fill("[name=subject]", "Good morning")
    assert "12 of about 60" in page.locator("[data-meter]").inner_text()
    frame.locator("h2", has_text="Second story").wait_for()
    assert order(issue) == ["First story", "Also today", "Second story", "Paid story"]
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_text("Saved.").wait_for()
    issue.refresh_from_db()
    assert order(issue) == ["Second story", "First story", "Paid story", "Also today"]
    assert issue.subject == "Good morning"


def test_what_is_added_stands_in_the_preview_before_it_is_saved(page, console, log_in, issue):
    factories.article(headline="Third story")
    log_in(factories.user("Editor"))
    page.goto(f"/admin/audience/issue/{issue.pk}/change/")
    page.get_by_role("button", name="Add “Third story”").click()
    page.wait_for_url("**/change/#chooser")
    assert page.locator("#chooser").bounding_box()["y"] < 900
    page.frame_locator("iframe[name=issue-preview]").locator("h3", has_text="Third story").wait_for()
    assert "Third story" not in order(issue)


def test_the_preview_goes_dark_narrow_and_to_text(page, console, log_in, issue):
    log_in(factories.user("Editor"))
    page.goto(f"/admin/audience/issue/{issue.pk}/change/")
    frame = page.frame_locator("iframe[name=issue-preview]")
    frame.locator(".sheet").wait_for()
    page.get_by_label("Phone").check()
    assert page.locator("iframe").bounding_box()["width"] <= 364
    page.get_by_label("Dark").check()
    sheet = "getComputedStyle(document.querySelector('.sheet')).backgroundColor"
    page.wait_for_timeout(1500)
    assert page.frame("issue-preview").evaluate(sheet) == "rgb(30, 34, 37)"
    page.get_by_label("Plain text").check()
    frame.locator("pre").wait_for()
    assert "[ Paid for by Teneru Mills ]" in frame.locator("pre").inner_text()


def test_an_issue_is_composed_without_script(browser, live_server, issue):
    editor = factories.user("Editor")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/admin/login/")
    page.fill("#id_username", editor.username)
    page.fill("#id_password", factories.PASSWORD)
    page.click("[type=submit]")
    story = factories.article(headline="Third story")
    page.goto(f"/admin/audience/issue/{issue.pk}/change/")
    page.get_by_role("button", name="Move block 3 up").click()
    page.get_by_role("button", name="Add “Third story”").click()
    page.get_by_role("button", name="Remove block 4").click()
    assert titles(page) == ["First story", "Second story", "heading", "Third story"]
    page.get_by_role("button", name="Save", exact=True).last.click()
    assert order(issue) == ["First story", "Second story", "Also today", story.headline]
    context.close()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_mail_fits_and_can_be_read_in_both_schemes(browser, live_server, settings, language, scheme):
    settings.SITE_URL = live_server.url
    hero = factories.picture(factories.jpeg(1300, 867))
    words = {"en": "A long headline about the harbour at night", "ar": "عنوان طويل عن الميناء في الليل"}[language]
    blocks = [issues.story_block(headline=words, hero_id=hero.pk, language=language, standfirst=words) for _n in "123"]
    made = issues.issue(*blocks, of=issues.newsletter(language=language))
    html = rendering.render(made, at=made.created_at).html
    for width in (360, 600):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, base_url=live_server.url
        )
        page = context.new_page()
        page.goto("/livez")
        page.set_content(html)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        colours = page.evaluate(
            "[...document.querySelectorAll('h1, h3 a')].map((e) => getComputedStyle(e).color)"
            ".concat(getComputedStyle(document.querySelector('.sheet')).backgroundColor)"
        )
        ink, paper = {
            "light": ("rgb(26, 26, 26)", "rgb(255, 255, 255)"),
            "dark": ("rgb(232, 230, 227)", "rgb(30, 34, 37)"),
        }[scheme]
        assert set(colours[:-1]) == {ink}
        assert colours[-1] == paper
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).direction") == (
            "rtl" if language == "ar" else "ltr"
        )
        context.close()


def test_the_pages_around_newsletters_fit_are_silent_and_accessible(page, console, log_in, issue):
    sent = issues.sent(issues.story_block(hero_id=factories.picture(factories.jpeg(1300, 867)).pk))
    wrong = faults(page, f"/newsletter/{sent.newsletter.slug}/{sent.pk}/")
    log_in(factories.user("Publisher"))
    for path in ("", f"{issue.pk}/change/", f"{sent.pk}/change/", f"{issue.pk}/move/send/", "mentions/"):
        for prefix in ("", "/ar"):
            wrong += faults(page, f"{prefix}/admin/audience/issue/{path}")
    assert wrong == []


def test_a_reader_signs_up_from_the_front_page_and_asks_for_their_link(page, console, mailoutbox):
    factories.subscriber(factories.newsletter(name="Harbour mail"), email="lost@mail.example")
    mailoutbox.clear()
    factories.article()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/")
    page.fill("#newsletter-email", "reader@mail.example")
    page.get_by_role("button", name="Choose newsletters").click()
    page.get_by_label("Harbour mail").check()
    page.get_by_role("button", name="Send me the link to confirm").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()
    page.goto("/newsletter/link/")
    page.locator("main").get_by_label("address").fill("lost@mail.example")
    page.get_by_role("button", name="Send me the link").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()
    assert [mail.to for mail in mailoutbox] == [["reader@mail.example"], ["lost@mail.example"]]
