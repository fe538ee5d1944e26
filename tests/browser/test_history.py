"""History, differences, notes and the review in Chromium: in both languages, wide and narrow, silent and accessible."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from articles import workflow
from articles.content import head
from articles.models import Article, Note
from tests import factories
from tests.browser.looking import go

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

BODY = (
    "<p>The harbour opens at night from Monday.</p><h2>Cranes</h2><p>They work until four.</p>"
    "<table><tbody><tr><th>Ship</th><th>Days</th></tr><tr><td>Aisha</td><td>9</td></tr></tbody></table>"
    "<ul><li>One</li><li>Two</li></ul>" + "<p>A paragraph that stays.</p>" * 4
)


@pytest.fixture
def editor(log_in):
    user = factories.user("Editor", username="amina", first_name="Amina", last_name="Bello")
    log_in(user)
    return user


@pytest.fixture
def reporter(db):
    return factories.user("Reporter", username="kelo", first_name="Kelo", email="kelo@news.example")


@pytest.fixture
def story(db, reporter) -> Article:
    """A live story with a changed draft, which was submitted, and a conflict."""
    picture = factories.picture()
    figure = f'<figure data-media-id="{picture.pk}"><figcaption>Dawn</figcaption></figure>'
    article = factories.article(headline="The harbour opens", body=BODY + figure)
    article.created_by = reporter
    article.save()
    changed = BODY.replace("four", "<strong>five</strong>").replace("<td>9</td>", "<td>11</td>")
    factories.edit(article, by=reporter, headline="الميناء يفتح ليلًا", body=changed + figure.replace("Dawn", "Dusk"))
    workflow.submit(article, by=reporter, at=timezone.now(), note="With the union")
    factories.conflict(article, by=reporter, headline="Lost the race")
    return article


def address(story: Article, more: str) -> str:
    return f"/admin/articles/article/{story.pk}/{more}"


@pytest.mark.parametrize("prefix", ["", "/ar"])
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_the_screens_fit_are_silent_and_accessible(page, console, editor, story, reporter, prefix, width, scheme):
    note = factories.note(story, "Where is this from? @kelo", by=editor)
    factories.note(story, "من الميناء", by=reporter, reply_to=note)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    wrong = []
    for more in ("history/", "history/compare/", "history/1/", "history/1/restore/", "notes/", "move/approve/"):
        go(page, prefix + address(story, more))
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{more}: scrolls sideways")
        for violation in Axe().run(page).response["violations"]:
            wrong.append(f"{more}: {violation['id']} {violation['nodes'][0]['target']}")
    page.goto(prefix + address(story, "change/#notes"))
    page.wait_for_selector("[role=toolbar]")
    # Without its own look at the style sheets, which the content policy of the form's editor complains of.
    found = Axe().run(page, "#notes, .desk-status", {"preload": False}).response["violations"]
    wrong += [f"change/: {violation['id']} {violation['nodes'][0]['target']}" for violation in found]
    assert wrong == []


def test_two_revisions_are_chosen_compared_and_the_older_one_brought_back(page, console, editor, story):
    page.goto(address(story, "history/"))
    page.locator("input[name=from][value='1']").check()
    page.locator("input[name=to][value='2']").check()
    page.get_by_role("button", name="Compare the chosen").click()
    page.locator("del", has_text="four").wait_for()
    page.locator("ins", has_text="five").wait_for()
    page.get_by_role("link", name="Bring back revision 1").click()
    page.get_by_role("button", name="Bring back revision 1").click()
    page.wait_for_url("**/change/")
    assert page.locator("#id_headline").input_value() == "The harbour opens"
    story.refresh_from_db()
    assert (story.head_number, story.live_number, head(story).headline) == (4, 1, "The harbour opens")


def test_a_conflict_is_put_aside(page, console, editor, story):
    page.goto(address(story, "history/"))
    page.get_by_role("button", name="Put aside revision 3").click()
    page.wait_for_selector(".messagelist")
    assert page.get_by_text("Texts that wait for somebody").count() == 0
    assert story.revisions.unsettled().count() == 0


def test_a_note_calls_a_colleague_without_leaving_the_story_or_its_unsaved_words(page, console, editor, story):
    page.goto(address(story, "change/"))
    page.wait_for_selector("[role=toolbar]")
    page.locator("#id_headline").fill("Unsaved words")
    page.get_by_role("tab", name="Notes").click()
    page.locator("#note-text").press_sequentially("Look at this, @ke")
    page.wait_for_selector(".story-mentions button")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("#note-text").input_value() == "Look at this, @kelo "
    page.locator("#note-text").press_sequentially("<b>please</b>")
    page.get_by_role("button", name="Keep the note").click()
    page.wait_for_selector(".story-note")
    assert page.locator(".story-note__text").inner_text() == "Look at this, @kelo <b>please</b>"
    assert page.locator("[data-said]").inner_text() == "Your note is kept."
    assert page.locator("#id_headline").input_value() == "Unsaved words"
    assert [person.username for person in Note.objects.get().mentioned.all()] == ["kelo"]
    page.locator(".story-note summary").click()
    page.locator(".story-note textarea").fill("Done")
    page.locator(".story-note").get_by_role("button", name="Answer").click()
    page.wait_for_selector(".story-note__replies")
    page.locator(".story-note").get_by_role("button", name="Resolve").click()
    page.wait_for_selector(".story-note--resolved", state="attached")
    assert page.locator("#id_headline").input_value() == "Unsaved words"


def test_a_note_written_while_the_session_was_lost_stays_in_its_field(page, editor, story):
    page.goto(address(story, "notes/"))
    page.locator("#note-text").fill("Long and thought out")
    page.context.clear_cookies()
    page.get_by_role("button", name="Keep the note").click()
    page.wait_for_function("() => document.querySelector('[data-said]').textContent")
    assert "logged out" in page.locator("[data-said]").inner_text()
    assert page.locator("#note-text").input_value() == "Long and thought out"
    assert not Note.objects.exists()


def test_notes_are_written_without_script(browser, live_server, story, reporter):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/admin/login/")
    page.fill("#id_username", reporter.username)
    page.fill("#id_password", factories.PASSWORD)
    page.click("[type=submit]")
    page.goto(address(factories.draft(by=reporter), "notes/"))
    page.locator("#note-text").fill("Without script")
    page.get_by_role("button", name="Keep the note").click()
    assert page.locator(".story-note__text").inner_text() == "Without script"
    context.close()


def test_an_editor_asks_for_changes_with_a_note(page, console, editor, story):
    page.goto(address(story, "change/"))
    page.wait_for_selector("[role=toolbar]")
    page.locator("[data-more] summary").click()
    page.get_by_role("link", name="Ask for changes").click()
    page.locator("[name=note]").fill("Name the source")
    page.get_by_role("button", name="Ask for changes").click()
    page.wait_for_url("**/change/")
    story.refresh_from_db()
    assert (story.status, story.submitted_number) == ("live", None)
    assert story.transitions.first().note == "Name the source"
