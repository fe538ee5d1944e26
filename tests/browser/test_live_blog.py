"""A live blog written in one browser and read in another; the strip, the pill and the notes at every width."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import coverage
from articles.models import Article, LiveEntry
from tests import factories
from tests.browser.walking import faults

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

SHIFT = (
    "window.shift = 0;"
    "new PerformanceObserver((list) => {"
    "  for (const e of list.getEntries()) if (!e.hadRecentInput) window.shift += e.value"
    "}).observe({type: 'layout-shift', buffered: true})"
)


def covered(language: str = "en") -> Article:
    story, now = factories.article(language=language), timezone.now()
    coverage.go_live(story, now + timedelta(hours=1), by=None, at=now)
    return story


@pytest.fixture
def reader(browser, live_server):
    """Another browser, of somebody who reads on a phone. Its clock is moved by hand."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 360, "height": 700})
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.add_init_script(SHIFT)
    page.clock.install()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def wait_for_news(reader, story: Article) -> None:
    with reader.expect_response(f"**/live/{story.pk}/since/**"):
        reader.clock.fast_forward(21_000)


def test_an_entry_written_in_one_browser_appears_in_another_and_nothing_moves(page, console, reader, log_in):
    story = covered()
    factories.live_entry(story, headline="Kick-off", is_key_event=True)
    log_in(factories.user("Editor"))
    reader.goto(story.get_absolute_url())
    assert reader.locator(".live__news p").inner_text() == "New entries are announced here."
    assert reader.locator(".live__news button").is_hidden()
    page.goto(f"/admin/articles/article/{story.pk}/live/")
    page.fill("#id_headline", "One nil")
    page.locator(".ProseMirror").click()
    page.keyboard.type("A header from the corner.")
    page.check("#id_is_key_event")
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".messagelist .success")
    entry = LiveEntry.objects.get(headline="One nil")
    assert (entry.body, entry.is_key_event) == ("<p>A header from the corner.</p>", True)
    assert page.locator("#id_headline").input_value() == ""
    wait_for_news(reader, story)
    reader.get_by_text("1 new entry").wait_for()
    assert reader.locator(".entry").count() == 1
    assert reader.evaluate("window.shift") == 0
    reader.get_by_role("button", name="Show").click()
    headlines = reader.locator(".live__entries h3").all_inner_texts()
    assert headlines == ["One nil", "Kick-off"]
    assert reader.locator(".live__events a").all_inner_texts() == ["One nil", "Kick-off"]
    assert reader.evaluate("document.activeElement.id") == entry.anchor
    assert reader.evaluate("window.shift") == 0
    assert reader.locator(".live__news button").is_hidden()


def test_changes_pins_and_removals_reach_a_page_that_stands_open(reader):
    story, now = covered(), timezone.now()
    entries = [factories.live_entry(story, headline=f"Entry {n}") for n in (1, 2, 3)]
    reader.goto(story.get_absolute_url())
    coverage.change(
        entries[0], coverage.Words(headline="Entry 1, put right", body="<p>B</p>", is_pinned=True), by=None, at=now
    )
    coverage.remove(entries[1], by=None, at=now)
    wait_for_news(reader, story)
    reader.get_by_text("This entry was taken out.").wait_for()
    assert reader.evaluate("window.shift") == 0
    assert reader.locator(".entry").count() == 3
    reader.get_by_role("button", name="Show").click()
    assert reader.locator(".entry h3").all_inner_texts() == ["Entry 1, put right", "Entry 3"]
    coverage.end_live(story, by=None, at=timezone.now())
    wait_for_news(reader, story)
    reader.get_by_text("The live coverage is over.").wait_for()
    asked: list[str] = []
    reader.on("request", lambda request: asked.append(request.url) if "/live/" in request.url else None)
    reader.clock.fast_forward(120_000)
    assert asked == []


def test_a_page_in_the_background_asks_nothing_and_a_lost_network_is_said(reader):
    story = covered()
    factories.live_entry(story)
    reader.goto(story.get_absolute_url())
    asked: list[str] = []
    reader.on("request", lambda request: asked.append(request.url) if "/live/" in request.url else None)
    hide = "Object.defineProperty(document, 'visibilityState', {value: '%s', configurable: true});"
    tell = "document.dispatchEvent(new Event('visibilitychange'))"
    reader.evaluate(hide % "hidden" + tell)
    reader.clock.fast_forward(120_000)
    assert asked == []
    factories.live_entry(story)
    with reader.expect_response(f"**/live/{story.pk}/since/**"):
        reader.evaluate(hide % "visible" + tell)
        reader.clock.fast_forward(100)
    reader.get_by_text("1 new entry").wait_for()


def test_arabic_says_the_number_of_new_entries_in_its_own_forms(reader):
    story = covered("ar")
    factories.live_entry(story)
    reader.goto(story.get_absolute_url())
    for said in ("مدخل جديد واحد", "مدخلان جديدان", "3 مدخلات جديدة"):
        factories.live_entry(story)
        wait_for_news(reader, story)
        reader.get_by_text(said).wait_for()


def test_words_that_were_not_posted_come_back(page, console, log_in):
    story = covered()
    log_in(factories.user("Editor"))
    address = f"/admin/articles/article/{story.pk}/live/"
    page.goto(address)
    page.fill("#id_headline", "Half a thought")
    page.locator(".ProseMirror").click()
    page.keyboard.type("Not posted yet")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/admin/")
    page.goto(address)
    assert page.locator("#id_headline").input_value() == "Half a thought"
    assert page.locator(".ProseMirror").inner_text() == "Not posted yet"
    page.get_by_role("button", name="Post").click()
    page.wait_for_selector(".messagelist .success")
    assert page.locator("#id_headline").input_value() == ""
    page.goto(address)
    assert page.locator("#id_headline").input_value() == ""
    assert LiveEntry.objects.get().headline == "Half a thought"


def test_a_live_blog_reads_without_script(browser, live_server):
    story = covered()
    for n in range(40):
        factories.live_entry(story, headline=f"Entry {n}")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(story.get_absolute_url())
    assert page.locator(".entry").count() == 30
    assert "Reload the page" in page.locator(".live__news").inner_text()
    page.get_by_role("link", name="Older entries").click()
    assert page.locator(".entry").count() == 10
    context.close()


@pytest.fixture
def pages(db) -> list[str]:
    """Every public page of this room, in both languages."""
    found = []
    for language, words in (("en", "The harbour"), ("ar", "الميناء")):
        series = factories.series(title=words, description=words, language=language)
        story = covered(language)
        asset = factories.picture(factories.jpeg(1300, 867))
        for n in range(33):
            factories.live_entry(
                story,
                headline=words if n % 2 else "",
                body=f'<p>{words * 9}</p><figure data-media-id="{asset.pk}"></figure>',
                is_key_event=n % 8 == 1,
                is_pinned=n == 20,
            )
        part = [
            factories.article(language=language, series_id=series.pk, series_part=n, headline=f"{words} {n}")
            for n in (1, 2, 3)
        ][1]
        for place in ("top", "bottom"):
            factories.correction(part, text=words * 20, place=place)
        factories.breaking_news(text=words * 10, language=language, article=story)
        prefix = "" if language == "en" else "/ar"
        found += [
            f"{prefix}/",
            story.get_absolute_url(),
            f"{story.get_absolute_url()}live/3/",
            part.get_absolute_url(),
            series.get_absolute_url(),
            f"{prefix}/corrections/",
        ]
    return found


def test_what_readers_are_owed_fits_is_silent_and_accessible(page, console, pages):
    assert [line for path in pages for line in faults(page, path)] == []


@pytest.fixture
def desk(log_in) -> dict[str, str]:
    """The screens of the desk: our own, and those that Django draws."""
    story = covered()
    entry = factories.live_entry(story, headline="Entry", is_key_event=True)
    coverage.change(entry, coverage.Words(body="<p>B</p>", is_pinned=True), by=None, at=timezone.now())
    note, news = factories.correction(story), factories.breaking_news()
    log_in(factories.user("Editor"))
    return {
        "live": f"/admin/articles/article/{story.pk}/live/",
        "entry": f"/admin/articles/article/{story.pk}/live/{entry.number}/",
        "publish": f"/admin/articles/article/{story.pk}/move/publish/",
        "break news": "/admin/articles/breakingnews/add/",
        "breaking": f"/admin/articles/breakingnews/{news.pk}/change/",
        "corrections": "/admin/articles/correction/",
        "correction": f"/admin/articles/correction/{note.pk}/change/",
        "series": "/admin/articles/series/add/",
    }


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_the_desk_of_what_readers_are_owed_fits_is_silent_and_accessible(page, console, desk, prefix):
    assert [line for path in desk.values() for line in faults(page, prefix + path)] == []
