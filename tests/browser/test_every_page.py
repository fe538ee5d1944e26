"""Every public page and the main admin screens: nothing sideways, nothing in the console, nothing that axe minds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from ads.models import Booking
from articles import coverage, webhooks
from articles.content import Credit
from articles.models import Article
from newsroom.audience import links
from newsroom.audience.composing import Block
from tests import factories
from tests.browser.walking import faults, keyboard_faults
from tests.newsroom import issues, mailing

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

BODY = (
    "<p>First paragraph with enough words to wrap over several lines on a narrow phone, as paragraphs do.</p>"
    "<h2>Subheading</h2><blockquote><p>“A quotation”</p></blockquote><ul><li>one</li><li>two</li></ul>"
    "<table><thead><tr>"
    + "<th>A wide heading</th>" * 9
    + "</tr></thead><tbody><tr>"
    + "<td>1,234,567</td>" * 9
    + "</tr></tbody>"
    "</table><p>" + "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk " * 3 + "</p>"
    '<figure data-embed="https://www.youtube.com/watch?v=abcdefghijk"></figure>' + "<p>More text.</p>" * 8
)


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


@pytest.fixture
def newsroom(db) -> dict[str, str]:
    """A small newsroom in both languages, with every kind of story; the paths of its pages, English first."""
    hero = factories.picture(factories.jpeg(1300, 867))
    author = factories.author(name="Kelo Mandruwe", name_ar="كيلو ماندرويه", bio="Covers the port.", role="Reporter")
    paths: dict[str, str] = {}
    for language, words in (
        ("en", "The harbour opens at night"),
        ("ar", "الميناء يعمل ليلًا مع شركة Teneru Mills 2026"),
    ):
        section = factories.section(language=language, name={"en": "Harbour", "ar": "الميناء"}[language])
        tag = factories.tag(language=language, name={"en": "Cranes", "ar": "رافعات"}[language])
        common = {"language": language, "section_id": section.pk, "tag_ids": [tag.pk], "body": BODY}
        for n in range(8):
            story = factories.article(
                headline=f"{words} {n}",
                standfirst=words,
                hero_id=hero.pk if n % 3 else None,
                bylines=[Credit(author_id=author.pk)],
                **common,
            )
        paid = factories.article(headline=words, kind="advertorial", sponsor_name="Teneru Mills", **common)
        series = factories.series(language=language)
        part = factories.article(headline=f"{words}, part 1", **common, series_id=series.pk)
        factories.correction(part)
        covered = factories.article(headline=f"{words}, live", **common)
        coverage.go_live(covered, timezone.now() + timedelta(hours=1), by=None, at=timezone.now())
        factories.live_entry(covered)
        prefix = "" if language == "en" else "/ar"
        letter = factories.newsletter(language=language, name={"en": "Harbour", "ar": "الميناء"}[language])
        reader = factories.subscriber(letter, language=language)
        asked = factories.subscriber(letter, language=language, state="pending")
        paths |= {
            f"{language} front page": f"{prefix}/",
            f"{language} article": story.get_absolute_url(),
            f"{language} sponsored": paid.get_absolute_url(),
            f"{language} section": section.get_absolute_url(),
            f"{language} tag": tag.get_absolute_url(),
            f"{language} author": f"{prefix}/author/{author.slug}/",
            f"{language} rate card": f"{prefix}/partners/",
            f"{language} request": f"{prefix}/partners/request/",
            f"{language} what is free": f"{prefix}/partners/free/",
            f"{language} series": f"{prefix}/series/{series.slug}/",
            f"{language} part": part.get_absolute_url(),
            f"{language} live": covered.get_absolute_url(),
            f"{language} corrections": f"{prefix}/corrections/",
            f"{language} archive": f"{prefix}/archive/",
            f"{language} month": f"{prefix}/{story.publish_at:%Y/%m}/",
            f"{language} search": f"{prefix}/search/?q={words.split()[0]}",
            f"{language} nothing found": f"{prefix}/search/?q=zzyzx",
            f"{language} light front page": f"{prefix}/lite/",
            f"{language} light article": paid.get_lite_url(),
            f"{language} how we count": f"{prefix}/partners/counting/",
            f"{language} lost link": f"{prefix}/partners/link/",
            f"{language} newsletter": _newsletter(language, story, paid),
            f"{language} for developers": f"{prefix}/api/",
            f"{language} contact": f"{prefix}/contact/",
            f"{language} sent": f"{prefix}/contact/sent/",
            f"{language} newsletters": f"{prefix}/newsletter/",
            f"{language} newsletter asked": f"{prefix}/newsletter/asked/",
            f"{language} newsletter link": f"{prefix}/newsletter/link/",
            f"{language} newsletter confirm": path_of(links.confirm_url(asked)),
            f"{language} newsletter mine": path_of(links.preferences_url(reader)),
            f"{language} newsletter forget": path_of(links.preferences_url(reader)) + "forget/",
            f"{language} newsletter leave": path_of(links.unsubscribe_url(reader, letter)),
            f"{language} newsletter dead": f"{prefix}/newsletter/mine/nothing/",
        }
    for number, language in enumerate(("en", "ar")):
        prefix = "" if language == "en" else "/ar"
        deal = factories.post_deal(company="Teneru Mills")
        factories.offered_post(deal)
        week = timezone.localdate() + timedelta(days=60 + 7 * number)
        days = {"first_day": week, "last_day": week + timedelta(days=6)}
        open_offer = factories.quote(factories.ad_request(**days)).request
        later = {name: day + timedelta(days=30) for name, day in days.items()}
        bought = factories.invoice(factories.deal(request=factories.ad_request(**later))).request
        factories.creative(bought.bookings.get())
        paths |= {
            f"{language} deal with {what}": f"{prefix}/partners/deal/{factories.deal_token(one)}/"
            for what, one in (("post", deal), ("offer", open_offer), ("invoice", bought))
        }
    for code in ("top-728x90", "home-970x250", "rail-336x280", "rail-300x600", "foot-300x250"):
        factories.booking(code)
    return paths


def _newsletter(language: str, *stories: Article) -> str:
    """The page of an issue that went out with some stories."""
    blocks = [Block(kind="sponsored" if story.is_sponsored else "story", article_id=story.pk) for story in stories]
    issue = issues.sent(*blocks, of=issues.newsletter(language=language))
    return f"{'' if language == 'en' else '/ar'}/newsletter/{issue.newsletter.slug}/{issue.pk}/"


# The main screens of the admin; {story}, {deal} and {booking} stand for rows that the fixture makes.
SCREENS = (
    "/admin/",
    "/admin/articles/article/",
    "/admin/articles/article/add/",
    "/admin/articles/article/{story}/change/",
    "/admin/articles/article/{story}/history/",
    "/admin/articles/article/{story}/move/withdraw/",
    "/admin/articles/mediaasset/",
    "/admin/articles/section/",
    "/admin/articles/author/",
    "/admin/articles/dueaction/",
    "/admin/newsroom/frontedition/",
    "/admin/calendar/",
    "/admin/ads/adrequest/",
    "/admin/ads/adrequest/{deal}/change/",
    "/admin/ads/quote/",
    "/admin/ads/booking/",
    "/admin/ads/booking/add/",
    "/admin/ads/booking/{booking}/change/",
    "/admin/ads/creative/",
    "/admin/ads/invoice/",
    "/admin/ads/position/",
    "/admin/ads/advertiser/",
    "/admin/ads/overview/",
    "/admin/ads/report/",
    "/admin/ads/counting/",
    "/admin/audience/contactmessage/",
    "/admin/audience/newsletter/",
    "/admin/audience/newsletter/add/",
    "/admin/audience/subscriber/",
    "/admin/audience/subscriber/files/",
    "/admin/audience/suppression/",
    "/admin/audience/issue/",
    "/admin/audience/issue/{issue}/change/",
    "/admin/audience/issue/mentions/",
    "/admin/articles/article/{story}/channels/",
    "/admin/articles/channel/",
    "/admin/articles/channel/add/",
    "/admin/articles/channel/{hook}/change/",
    "/admin/articles/share/",
    "/admin/audience/issue/{mailed}/report/",
    "/admin/articles/user/",
)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_public_pages_fit_are_silent_and_accessible(page, console, newsroom, language):
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    paths = [path for name, path in newsroom.items() if name.startswith(language)]
    assert len(paths) > 25
    wrong = [line for path in paths for line in faults(page, path)]
    assert wrong == []
    # The page of a dead link is a 404, which the browser says of itself.
    refused = [said for said in console if "404 (Not Found)" in said]
    assert len(refused) == 1
    console.remove(refused[0])
    assert len(hosts) == 1, hosts


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ar", 360)])
def test_public_pages_are_walked_by_keyboard_in_order_with_the_focus_in_sight(page, newsroom, language, width):
    paths = [path for name, path in newsroom.items() if name.startswith(language)]
    assert [line for path in paths for line in keyboard_faults(page, path, width=width)] == []


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_admin_screens_fit_are_silent_and_accessible(page, console, newsroom, log_in, prefix):
    deal = factories.ad_request()
    factories.edit(story := Article.objects.newest_first().first(), headline="Another headline")
    rows = {"story": story.pk, "deal": deal.pk, "booking": Booking.objects.latest("pk").pk}
    rows["issue"] = issues.issue().pk
    hook = factories.channel("webhook", name="Archive", is_active=False)
    webhooks.test(hook, at=timezone.now())
    rows["hook"] = hook.pk
    factories.channel("x", name="The Courier on X")
    factories.channel("hand", name="Instagram")
    mailed = mailing.issue(state="paused", trouble="The mail server refuses every address: 550 no")
    mailing.delivered(mailed)
    rows["mailed"] = mailed.pk
    log_in(factories.user("Publisher"))
    wrong = [line for screen in SCREENS for line in faults(page, prefix + screen.format(**rows))]
    assert wrong == []


def test_artwork_appears_without_moving_the_page(page, console, newsroom):
    page.add_init_script(
        "window.shift = 0;"
        "new PerformanceObserver((list) => { for (const e of list.getEntries()) window.shift += e.value })"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("/")
        page.wait_for_selector("[data-slot='top-728x90'] img")
        page.wait_for_load_state("networkidle")
        page.mouse.wheel(0, 3000)
        page.wait_for_timeout(300)
        assert page.evaluate("window.shift") <= 0.01
    box = page.locator("[data-slot='top-728x90'] img").bounding_box()
    assert (round(box["width"]), round(box["height"])) == (728, 90)
    link = page.locator("[data-slot='top-728x90'] a")
    assert "sponsored" in link.get_attribute("rel")
    assert link.get_attribute("href").startswith("/s/go/")
    label = page.locator("[data-slot='top-728x90']").inner_text()
    assert "Advertisement" in label


def test_pages_read_without_script_and_with_delivery_blocked(browser, live_server, newsroom):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(newsroom["en article"])
    assert page.locator("h1").is_visible()
    assert "First paragraph" in page.locator("main").inner_text()
    assert page.locator("[data-slot='top-728x90'] img").count() == 1
    context.close()
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.route("**/s/**", lambda route: route.abort())
    page.goto("/")
    assert page.locator("h2").first.is_visible()
    assert page.locator("[data-slot] img").count() == 0
    context.close()


def test_an_embed_loads_after_a_click_and_not_before(page, newsroom):
    page.route(
        "https://www.youtube-nocookie.com/**", lambda route: route.fulfill(body="player", content_type="text/html")
    )
    page.goto(newsroom["en article"])
    assert page.locator("iframe").count() == 0
    page.locator("[data-player]").first.click()
    frame = page.locator("iframe").first
    assert frame.get_attribute("src").startswith("https://www.youtube-nocookie.com/embed/abcdefghijk")
    assert frame.get_attribute("title")


def test_leaving_with_unsaved_words_asks_first(page, newsroom, log_in):
    log_in(factories.user("Editor"))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/admin/articles/article/add/")
    page.goto("/admin/")
    assert asked == []
    page.goto("/admin/articles/article/add/")
    page.locator("#id_headline").press_sequentially("Unsaved")
    page.goto("/admin/")
    assert asked == ["beforeunload"]
