"""Nothing typed is lost: two browsers on one story, a session that ends, a server that is gone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import expect

from articles import workflow
from articles.content import head
from articles.models import Article, Autosave, Revision
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

# Without "preload" axe reads style sheets anew, which the content policy of the admin forbids.
AXE = {"preload": False}
STATE = "[data-words-state]"
BODY = ".ProseMirror"


@pytest.fixture
def window(browser, live_server, transactional_db):
    """Another browser, in which somebody is logged in."""
    contexts = []

    def open_for(user=None, context=None):
        if context is None:
            context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
            context.set_default_timeout(15_000)
            contexts.append(context)
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        if user:
            log_in(page, user)
        return page

    yield open_for
    for context in contexts:
        for page in context.pages:
            page.close(run_before_unload=False)
        context.close()


def log_in(page, user) -> None:
    page.goto("/admin/login/")
    page.fill("#id_username", user.username)
    page.fill("#id_password", factories.PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url("**/admin/**")


def open_story(page, story: Article, prefix: str = "") -> None:
    page.goto(f"{prefix}/admin/articles/article/{story.pk}/change/")
    page.wait_for_selector("[role=toolbar]")


def type_body(page, text: str) -> None:
    page.click(BODY)
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


@pytest.fixture
def story():
    return factories.draft(headline="The harbour", body="<p>First.</p><p>Second.</p>")


@pytest.fixture
def amina():
    return factories.user("Editor", first_name="Amina", last_name="B")


@pytest.fixture
def kelo():
    return factories.user("Editor", first_name="Kelo", last_name="M")


def test_two_people_write_clash_and_lose_nothing(window, story, amina, kelo):
    hers, his = window(amina), window(kelo)
    open_story(hers, story)
    open_story(his, story)
    expect(his.locator("[data-words-here]")).to_contain_text("Amina B")
    hers.fill("#id_headline", "Hers")
    type_body(hers, " By Amina.")
    his.fill("#id_headline", "His")
    his.fill("#id_standfirst", "His standfirst")
    his.click("text=Save draft")
    expect(his.locator(".messagelist")).to_contain_text("Saved")
    hers.click("text=Save draft")
    hers.wait_for_url("**settle=3")
    panel = hers.locator(".words-panel--clash")
    expect(panel).to_contain_text("Bring both texts together")
    expect(panel.locator("legend")).to_have_text(["Headline"])
    expect(hers.locator("#id_headline")).to_have_value("Hers")
    expect(hers.locator("#id_standfirst")).to_have_value("His standfirst")
    expect(hers.locator(BODY)).to_contain_text("Second. By Amina.")
    panel.locator("[value=theirs]").check()
    panel.locator("text=Put these choices into the form").click()
    hers.wait_for_url("**take-headline=theirs**")
    hers.wait_for_selector("[role=toolbar]")
    expect(hers.locator("#id_headline")).to_have_value("His")
    hers.fill("#id_headline", "His and hers")
    hers.click("text=Save draft")
    hers.wait_for_url("**/change/")
    expect(hers.locator(".words-panel")).to_have_count(0)
    newest = head(Article.objects.get())
    assert (newest.headline, newest.standfirst, newest.body) == (
        "His and hers",
        "His standfirst",
        "<p>First.</p><p>Second. By Amina.</p>",
    )
    assert [r.content["headline"] for r in story.revisions.order_by("number")] == [
        "The harbour",
        "His",
        "Hers",
        "His and hers",
    ]
    assert not Revision.objects.unsettled().exists()


def test_ones_own_autosave_is_no_conflict_and_leaves_with_the_save(window, story, amina):
    page = window(amina)
    open_story(page, story)
    expect(page.locator(STATE)).to_have_text("")
    type_body(page, " More.")
    expect(page.locator(STATE)).to_contain_text("Kept at")
    assert "Second. More." in Autosave.objects.get().payload["body"][0]
    page.click("text=Save draft")
    expect(page.locator(".messagelist")).to_contain_text("Saved")
    for _ in range(40):
        if not page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('newsroom.words')).length"):
            break
        page.wait_for_timeout(250)
    assert not Autosave.objects.exists()
    assert [r.kind for r in story.revisions.all()] == ["manual", "manual"]
    expect(page.locator("#words-offer section")).to_have_count(0)


def test_words_survive_a_session_that_ended(window, story, amina):
    page = window(amina)
    open_story(page, story)
    Session.objects.all().delete()
    page.fill("#id_headline", "Typed after the session ended")
    type_body(page, " And this.")
    expect(page.locator(STATE)).to_contain_text("Logged out: kept in this browser")
    page.click("text=Save draft")
    page.wait_for_url("**/login/**")
    assert head(Article.objects.get()).headline == "The harbour"
    log_in(page, amina)
    open_story(page, story)
    offer = page.locator("#words-offer section")
    expect(offer).to_contain_text("and did not save it.")
    expect(offer).to_contain_text("Typed after the session ended")
    expect(page.locator("#id_headline")).to_have_value("The harbour")
    offer.locator("text=Bring it back").click()
    page.wait_for_url("**window=**")
    expect(page.locator(BODY)).to_contain_text("Second. And this.")
    expect(page.locator("#id_headline")).to_have_value("Typed after the session ended")
    page.click("text=Save draft")
    page.wait_for_url("**/change/")
    assert head(Article.objects.get()).body == "<p>First.</p><p>Second. And this.</p>"
    expect(offer).to_have_count(0)


def test_a_window_goes_on_after_a_login_in_another_tab(window, story, amina):
    page = window(amina)
    open_story(page, story)
    Session.objects.all().delete()
    log_in(window(context=page.context), amina)
    type_body(page, " Later.")
    expect(page.locator(STATE)).to_contain_text("Kept at")
    page.click("text=Save draft")
    expect(page.locator(".messagelist")).to_contain_text("Saved")
    assert head(Article.objects.get()).body == "<p>First.</p><p>Second. Later.</p>"


def test_somebody_else_who_logs_in_gets_nothing_of_it(window, story, amina, kelo):
    page = window(amina)
    open_story(page, story)
    Session.objects.all().delete()
    log_in(window(context=page.context), kelo)
    page.fill("#id_headline", "Amina's words")
    expect(page.locator(STATE)).to_contain_text("Somebody else is logged in now")
    assert not Autosave.objects.exists()
    page.close(run_before_unload=False)
    his = window(context=page.context)
    open_story(his, story)
    his.wait_for_timeout(500)
    expect(his.locator("#words-offer section")).to_have_count(0)


def test_words_survive_a_dead_server(window, story, amina):
    page = window(amina)
    open_story(page, story)
    page.wait_for_timeout(300)
    page.route("**/autosave/", lambda route: route.abort())
    page.fill("#id_headline", "Typed offline")
    expect(page.locator(STATE)).to_contain_text("Offline: kept in this browser")
    context = page.context
    page.close(run_before_unload=False)
    assert not Autosave.objects.exists()
    page = window(context=context)
    open_story(page, story)
    expect(page.locator("#words-offer section")).to_contain_text("Typed offline")
    page.locator("#words-offer >> text=Throw it away…").click()
    page.locator("#words-offer [value=throw_away]").click()
    expect(page.locator(".messagelist")).to_contain_text("Thrown away.")
    page.wait_for_timeout(500)
    expect(page.locator("#words-offer section")).to_have_count(0)
    assert not Autosave.objects.exists()


def test_two_windows_of_one_person_both_keep_their_words(window, story, amina):
    one = window(amina)
    open_story(one, story)
    one.fill("#id_headline", "First window")
    expect(one.locator(STATE)).to_contain_text("Kept at")
    two = window(context=one.context)
    open_story(two, story)
    expect(two.locator("#words-offer section")).to_contain_text("First window")
    two.fill("#id_headline", "Second window")
    expect(two.locator(STATE)).to_contain_text("Another text of yours waits above")
    two.close(run_before_unload=False)
    one.click("text=Save draft")
    expect(one.locator("#words-offer section")).to_contain_text("Second window")
    assert head(Article.objects.get()).headline == "First window"


def test_leaving_with_unsaved_words_asks_and_sends_the_last_ones(window, story, amina):
    page = window(amina)
    open_story(page, story)
    asked = []
    page.on("dialog", lambda dialog: asked.append(dialog.type))
    page.fill("#id_headline", "Typed a moment before leaving")
    page.goto("/admin/")
    assert asked == ["beforeunload"]
    page.wait_for_timeout(500)
    assert Autosave.objects.get().payload["headline"] == ["Typed a moment before leaving"]


def test_a_new_story_survives_too(window, amina):
    page = window(amina)
    page.goto("/admin/articles/article/add/")
    page.wait_for_selector("[role=toolbar]")
    page.fill("#id_headline", "A new story")
    type_body(page, "Its text.")
    expect(page.locator(STATE)).to_contain_text("Kept at")
    context = page.context
    page.close(run_before_unload=False)
    page = window(context=context)
    page.goto("/admin/articles/article/add/")
    page.locator("text=Bring it back").click()
    page.wait_for_url("**window=**")
    expect(page.locator(BODY)).to_have_text("Its text.")
    page.click("text=Save draft")
    page.wait_for_url("**/change/")
    assert head(Article.objects.get()).headline == "A new story"
    page.goto("/admin/articles/article/add/")
    page.wait_for_timeout(800)
    expect(page.locator("#words-offer section")).to_have_count(0)


@pytest.mark.parametrize("prefix", ["", "/ar"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_screens_are_accessible_and_the_console_is_silent(page, console, log_in, story, amina, kelo, prefix, width):
    page.set_viewport_size({"width": width, "height": 900})
    log_in(amina)
    theirs = factories.content(**vars(head(story)) | {"headline": "His", "body": "<p>His.</p>"})
    workflow.save_draft(story, theirs, base_revision=1, by=kelo, at=timezone.now())
    mine = factories.content(**vars(head(story)) | {"headline": "Hers", "body": "<p>Hers.</p>"})
    with pytest.raises(workflow.StaleRevision):
        workflow.save_draft(story, mine, base_revision=1, by=amina, at=timezone.now())
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{prefix}/admin/articles/article/{story.pk}/change/")
    page.wait_for_selector("[role=toolbar]")
    page.fill("#id_headline", "Typed")
    page.wait_for_timeout(3600)
    for query in ("", "?settle=3"):
        page.goto(f"{prefix}/admin/articles/article/{story.pk}/change/{query}")
        page.wait_for_selector("[role=toolbar]")
        for details in page.locator("#content details").all():
            details.evaluate("(one) => { one.open = true }")
        found = Axe().run(page, context={"include": [[".words-panel"], [".words-lock"], [".desk-status"]]}, options=AXE)
        assert [(v["id"], [n["html"][:150] for n in v["nodes"]]) for v in found.response["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
