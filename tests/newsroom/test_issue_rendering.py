"""An issue as readers have it: mail, text and page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from ads.models import TrackedLink
from articles import workflow
from articles.models import Article
from newsroom.audience import links, rendering
from newsroom.audience.composing import Block
from newsroom.audience.models import Issue, IssueBlock
from tests import factories
from tests.newsroom import issues

pytestmark = pytest.mark.django_db


def rendered(issue: Issue, **options) -> rendering.Rendered:
    return rendering.render(issue, at=timezone.now(), **options)


def hrefs(html: str) -> list[str]:
    return re.findall(r'<a [^>]*href="([^"]*)"', html)


def test_a_mail_has_its_stories_with_counted_links_and_the_readers_own_places():
    issue = issues.issue(issues.story_block(headline="The harbour opens", standfirst="At last."))
    made = rendered(issue)
    story = Article.objects.get()
    assert made.subject == "What the day brings"
    assert made.links == [f"http://testserver{story.get_absolute_url()}"]
    assert "The harbour opens" in made.html
    assert "At last." in made.html
    assert set(hrefs(made.html)) == {
        f"http://testserver/newsletter/{issue.newsletter.slug}/{issue.pk}/",
        "http://testserver/",
        links.click_url(issue.pk, 0),
        links.PREFERENCES,
        links.UNSUBSCRIBE,
        "http://testserver/contact/",
    }
    assert links.find_click(links.click_url(issue.pk, 0).rpartition("/")[2]) == (issue.pk, 0)
    assert made.left_out == []


def test_no_mail_loads_a_script_a_sheet_or_a_picture_that_tells_who_opened_it():
    hero = factories.picture(factories.jpeg(1300, 867))
    made = rendered(issues.issue(issues.story_block(hero_id=hero.pk)))
    assert not re.search(r"<script|<link|@import|url\(|onload=|javascript:", made.html)
    pictures = re.findall(r"<img [^>]*>", made.html)
    assert len(pictures) == 1
    assert re.search(r'src="http://testserver/media/[0-9a-f]{32}/3x2-\d+\.webp"', pictures[0])
    assert 'width="600"' in pictures[0]
    assert 'height="400"' in pictures[0]
    assert 'alt="A harbour at dawn"' in pictures[0]


def test_styles_stand_on_the_elements_and_those_for_dark_and_phones_in_the_head():
    html = rendered(issues.issue()).html
    assert '<h1 class="name" style="' in html
    assert "@media (prefers-color-scheme:dark)" in html
    assert "@media (max-width:480px)" in html
    assert len(re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]) < 8192  # Gmail drops a longer one


def test_the_largest_mail_is_shown_whole_by_gmail():
    hero = factories.picture(factories.jpeg(1300, 867))
    section = factories.section()
    blocks = [
        issues.story_block(
            headline="A headline of usual length, as news has " * 2,
            standfirst="word " * 40,
            hero_id=hero.pk,
            section_id=section.pk,
        )
        for _n in range(30)
    ]
    assert len(rendered(issues.issue(*blocks)).html.encode()) < rendering.MOST_BYTES


def test_an_arabic_mail_runs_from_right_to_left():
    issue = issues.issue(of=issues.newsletter(language="ar", name="نشرة الصباح"))
    made = rendered(issue)
    assert '<html lang="ar" dir="rtl">' in made.html
    assert "إلغاء الاشتراك" in made.html
    assert "/ar/newsletter/" in made.html
    assert translation.get_language() == "en"


def test_what_is_not_live_at_that_moment_is_left_out_and_told():
    gone = issues.story_block(headline="Zanzaranth falls")
    stays = issues.story_block(headline="The harbour opens")
    issue = issues.issue(gone, stays, subject="Zanzaranth falls", preheader="Zanzaranth falls, and more")
    workflow.withdraw(Article.objects.get(pk=gone.article_id), by=None, at=timezone.now())
    made = rendered(issue)
    assert made.left_out == ["“Zanzaranth falls” is not public at that time. It is left out."]
    assert "Zanzaranth" not in made.html + made.text + made.subject + "".join(made.links)
    assert made.subject.startswith(issue.newsletter.name)
    assert "The harbour opens" in made.html


def test_a_story_of_tomorrow_is_in_the_mail_of_tomorrow_only():
    later = timezone.now() + timedelta(days=1)
    story = workflow.publish(factories.draft(headline="Zanzaranth", publish_at=later), by=None, at=timezone.now())
    issue = issues.issue(Block(kind="story", article_id=story.pk), issues.story_block())
    assert "Zanzaranth" not in rendered(issue).html
    assert "Zanzaranth" in rendering.render(issue, at=later + timedelta(minutes=1)).html


def test_paid_blocks_carry_their_label_and_their_links_say_so():
    paid = factories.article(kind="advertorial", sponsor_name="Teneru Mills", headline="How flour is made")
    issue = issues.issue(
        issues.story_block(),
        Block(kind="sponsored", article_id=paid.pk),
        Block(kind="notice", sponsor_name="Kudi Bank", headline="Open an account", url="https://kudi.example/"),
    )
    made = rendered(issue)
    assert re.findall(r"Paid for by <bdi>(.*?)</bdi>", made.html) == ["Teneru Mills", "Kudi Bank"]
    assert made.html.count('rel="sponsored nofollow noopener"') == 3
    assert "[ Paid for by Teneru Mills ]\nHow flour is made\n" in made.text
    assert "[ Advertisement. Paid for by Kudi Bank ]\nOpen an account\n" in made.text


def test_a_link_that_was_sold_is_counted_by_the_ad_desk_and_by_nobody_in_a_preview():
    promise = issues.promise()
    block = Block(kind="sponsored", article_id=issues.story_of(promise).pk, promise_id=promise.pk)
    issue = issues.issue(issues.story_block(), block)
    rendered(issue, is_counted=False)
    assert TrackedLink.objects.count() == 0
    made = rendered(issue)
    link = TrackedLink.objects.get()
    assert link.promise == promise
    assert link.url == "http://testserver" + issues.story_of(promise).get_absolute_url()
    assert any("/s/go/" in href for href in hrefs(made.html))
    assert link.url not in made.links
    rendered(issue)
    assert TrackedLink.objects.count() == 1


def test_artwork_that_is_not_approved_any_more_is_not_shown():
    creative = factories.booking().creatives.get()
    block = Block(kind="notice", sponsor_name="Kudi Bank", headline="Open an account", creative_id=creative.pk)
    issue = issues.issue(issues.story_block(), block)
    assert creative.file.url in rendered(issue).html
    type(creative).objects.filter(pk=creative.pk).update(status="refused", refusal="No")
    made = rendered(issue)
    assert creative.file.url not in made.html
    assert "Open an account" in made.html


def test_words_of_editors_keep_a_few_tags_and_nothing_that_harms():
    text = 'Good <strong>morning</strong><script>x()</script><img src=x onerror=y()> <a href="javascript:z()">a</a>'
    issue = issues.issue(
        issues.story_block(), Block(kind="text", text=text), introduction='See <a href="/contact/">us</a>'
    )
    made = rendered(issue)
    assert "Good <strong" in made.html
    assert not re.search(r"x\(\)|onerror|javascript:", made.html)
    assert "http://testserver/contact/" in made.links
    assert rendering.cleaned(rendering.cleaned(text)) == rendering.cleaned(text)


def test_lines_without_tags_become_paragraphs():
    assert rendering.cleaned("One & two\nthree\n\nFour") == "<p>One &amp; two<br>three</p><p>Four</p>"
    assert rendering.as_typed("<p>One &amp; two<br>three</p><p>Four</p>") == "One & two\nthree\n\nFour"


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("One & <em>two</em>\r\n\r\nThree\nfour", "<p>One &amp; <em>two</em></p><p>Three<br>four</p>"),
        ('<a href="/contact/">Us</a>\n\nFour', '<p><a href="/contact/">Us</a></p><p>Four</p>'),
        ("<strong>One</strong>", "<p><strong>One</strong></p>"),
    ],
)
def test_lines_with_links_and_bold_become_paragraphs_too(typed, html):
    assert rendering.cleaned(typed) == html
    assert rendering.as_typed(html) == typed.replace("\r", "")
    assert rendering.cleaned(html) == html


@pytest.mark.parametrize(
    "typed", ["<em>One\n\ntwo</em> three", "One <ul>\n\n<li>two</ul>", "One<br>\ntwo", "3 < 4\n\n<b"]
)
def test_what_editors_write_is_cleaned_once_and_for_all(typed):
    clean = rendering.cleaned(typed)
    assert rendering.cleaned(clean) == clean
    assert rendering.cleaned(rendering.as_typed(clean)) == clean


def test_the_text_part_reads_well():
    issue = issues.issue(
        issues.story_block(headline="The harbour opens", standfirst="word " * 40),
        Block(kind="heading", headline="More"),
        Block(kind="text", text="<p>One</p><ul><li>two</li></ul>"),
    )
    text = rendered(issue).text
    assert max(len(line) for line in text.splitlines() if "http" not in line) <= 72
    assert f"word\n{links.click_url(issue.pk, 0)}\n" in text
    assert f"Unsubscribe: {links.UNSUBSCRIBE}" in text
    assert "One\n- two" in text
    assert "\n\n\n" not in text
    assert "<" not in text


def test_a_heading_goes_with_the_last_story_under_it():
    gone = issues.story_block()
    issue = issues.issue(issues.story_block(), Block(kind="heading", headline="From the port"), gone)
    workflow.withdraw(Article.objects.get(pk=gone.article_id), by=None, at=timezone.now())
    assert "From the port" not in rendered(issue).html


@pytest.mark.parametrize("stories", [1, 12])
def test_rendering_asks_as_much_for_many_stories_as_for_one(stories, django_assert_num_queries):
    hero = factories.picture()
    issue = issues.issue(*[issues.story_block(hero_id=hero.pk) for _n in range(stories)])
    issue = Issue.objects.select_related("newsletter").get(pk=issue.pk)
    with django_assert_num_queries(2):
        rendered(issue)


# The page.


def page_of(issue: Issue) -> str:
    prefix = "/ar" if issue.newsletter.language == "ar" else ""
    return f"{prefix}/newsletter/{issue.newsletter.slug}/{issue.pk}/"


def test_a_sent_issue_has_a_page_with_plain_links_and_nothing_of_a_reader(client):
    issue = issues.sent(issues.story_block(headline="The harbour opens"), introduction="Good morning")
    response = client.get(page_of(issue))
    said = response.content.decode()
    assert response.status_code == 200
    assert f'href="{Article.objects.get().get_absolute_url()}"' in said
    assert "http://testserver" not in said
    for secret in (links.PREFERENCES, links.UNSUBSCRIBE, "/n/"):
        assert secret not in said
    assert response["X-Robots-Tag"] == "noindex"
    assert 'name="robots" content="noindex' in said
    assert "style=" not in said
    assert not response.cookies
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]


def test_the_page_is_the_same_for_everybody(client):
    issue = issues.sent()
    editor = Client()
    editor.force_login(factories.user("Editor"))
    assert editor.get(page_of(issue)).content == client.get(page_of(issue)).content


@pytest.mark.parametrize("state", ["draft", "scheduled", "cancelled", "paused"])
def test_an_issue_that_did_not_go_out_has_no_page(client, state):
    issue = issues.issue()
    Issue.objects.filter(pk=issue.pk).update(state=state, send_at=timezone.now())
    assert client.get(page_of(issue)).status_code == 404


def test_the_page_stands_under_its_own_language_and_newsletter_only(client):
    issue, other = issues.sent(), issues.newsletter()
    assert client.get("/ar" + page_of(issue)).status_code == 404
    assert client.get(f"/newsletter/{other.slug}/{issue.pk}/").status_code == 404
    assert client.get(f"/newsletter/{issue.newsletter.slug}/99999/").status_code == 404


def test_a_story_that_is_withdrawn_is_gone_from_the_page_with_all_that_names_it(client):
    block = Block(kind="story", article_id=factories.article(headline="Zanzaranth falls").pk, headline="Zanzaranth!")
    issue = issues.sent(block, issues.story_block(), subject="Zanzaranth falls", preheader="Zanzaranth falls")
    assert b"Zanzaranth!" in client.get(page_of(issue)).content
    workflow.withdraw(Article.objects.get(pk=block.article_id), by=None, at=timezone.now())
    assert b"Zanzaranth" not in client.get(page_of(issue)).content
    IssueBlock.objects.filter(issue=issue).exclude(article=block.article_id).delete()
    assert "Nothing of this issue is public any more." in client.get(page_of(issue)).content.decode()
