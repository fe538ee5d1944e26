"""The light edition: the same words in few bytes, and nothing that is not public."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

from ads import plan
from ads.models import QuietStory, Targeting
from articles import workflow
from tests import factories

pytestmark = pytest.mark.django_db

KB = 1024


def test_a_story_is_told_in_words_with_a_way_to_the_full_page(client):
    picture = factories.picture(alt="A crane at night", credit="Photo: Amina")
    story = factories.article(
        headline="The harbour opens",
        standfirst="At night.",
        hero_id=picture.pk,
        body=f'<p>Words.</p><figure data-media-id="{picture.pk}"><figcaption>The crane</figcaption></figure>'
        '<figure data-embed="https://www.youtube.com/watch?v=abcdefghijk"></figure>',
    )
    html = client.get("/lite" + story.get_absolute_url()).content.decode()
    for words in ("The harbour opens", "At night.", "Words.", "Picture: A crane at night", "The crane", "Photo: Amina"):
        assert words in html
    for absent in ("<img", "<script", "<iframe", "<figure", "data-slot", "/s/"):
        assert absent not in html
    assert 'href="https://www.youtube.com/watch?v=abcdefghijk"' in html
    assert f'<link rel="canonical" href="http://testserver{story.get_absolute_url()}">' in html
    assert f'<a href="{story.get_absolute_url()}">Read this story with its pictures</a>' in html


def test_a_paid_story_keeps_its_label_its_disclaimer_and_its_marked_links(client):
    story = factories.article(
        kind="advertorial", sponsor_name="Teneru Mills", body='<p><a href="https://teneru.example/">Flour</a></p>'
    )
    for path in ("/lite" + story.get_absolute_url(), "/lite/"):
        assert "Paid for by <bdi>Teneru Mills</bdi>" in client.get(path).content.decode()
    html = client.get("/lite" + story.get_absolute_url()).content.decode()
    assert html.count("paid for this article to appear here") == 2
    assert 'rel="sponsored nofollow noopener"' in html


def test_a_long_story_and_a_full_front_page_weigh_little(client):
    words = " ".join(f"word{n % 97}{n % 31}" for n in range(1800))
    sections = [factories.section() for _ in range(8)]
    for n in range(40):
        story = factories.article(
            headline=f"A headline of an ordinary length, number {n}, about something else",
            section_id=sections[n % 8].pk,
            body=f"<p>{words}</p>",
        )
    style = Path(finders.find("lite.css")).stat().st_size
    for path in ("/lite/", "/lite" + story.get_absolute_url()):
        assert len(client.get(path).content) + style <= 25 * KB


def test_the_other_language_leads_to_the_translation_or_the_story_itself(client):
    english = factories.article(slug="port")
    arabic = factories.article(slug="ميناء", language="ar", translation_of_id=english.pk)
    alone = factories.article(slug="alone")
    assert client.get(arabic.get_lite_url()).content.decode().count('dir="rtl"') == 1
    assert client.get("/ar" + english.get_lite_url())["Location"] == arabic.get_lite_url()
    assert client.get("/ar" + alone.get_lite_url())["Location"] == alone.get_lite_url()
    assert f'href="{arabic.get_lite_url()}" lang="ar"' in client.get(english.get_lite_url()).content.decode()


def test_only_live_stories_have_a_light_edition(client):
    now = timezone.now()
    stories = [
        factories.draft(),
        factories.article(publish_at=now + timedelta(days=1)),
        factories.article(at=now - timedelta(days=2), expire_at=now - timedelta(days=1)),
    ]
    gone = factories.article()
    workflow.withdraw(gone, by=None, at=now)
    assert {client.get(story.get_lite_url()).status_code for story in [*stories, gone]} == {404}
    assert "No stories yet." in client.get("/lite/").content.decode()


@pytest.mark.parametrize("count", [9, 30])
def test_light_pages_ask_the_same_number_of_questions(client, django_assert_num_queries, count):
    section = factories.section()
    for _ in range(count):
        story = factories.article(section_id=section.pk)
    client.get("/lite/")  # the plan of advertising is read once a minute
    with django_assert_num_queries(5):
        assert client.get(story.get_lite_url()).status_code == 200
    with django_assert_num_queries(5):
        assert client.get("/lite/").status_code == 200


LINE = "top-728x90"


def line_of(client, path: str) -> str:
    """The element with the advertising of a light page; empty where it has none."""
    found = re.search(r'<aside class="line".*?</aside>', client.get(path).content.decode(), re.DOTALL)
    return found[0] if found else ""


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_what_runs_at_the_top_stands_there_in_words_and_leads_on_without_script(client, prefix):
    booking = factories.booking(LINE, alt="Flour for the week")
    line = line_of(client, f"{prefix}/lite/")
    label = {"": "Advertisement", "/ar": "إعلان"}[prefix]
    assert f"<span>{label}</span>" in line
    assert f"<bdi>{booking.advertiser.company}</bdi>: <bdi>Flour for the week</bdi>" in line
    address = re.search(r'href="([^"]+)"', line)[1]
    assert client.get(address)["Location"] == booking.creatives.get().click_url
    assert 'rel="sponsored nofollow noopener"' in line
    assert "<img" not in line


def test_an_advertiser_named_in_the_words_is_not_named_twice(client):
    firm = factories.advertiser(company="Teneru Mills")
    factories.booking(LINE, advertiser=firm, alt="Teneru Mills: flour")
    assert line_of(client, "/lite/").count("Teneru Mills") == 1


def test_a_story_has_the_line_too_and_a_quiet_one_has_none(client):
    booking = factories.booking(LINE)
    story, quiet = factories.article(), factories.article()
    QuietStory.objects.create(article=quiet, at=timezone.now())
    plan.forget()
    assert booking.creatives.get().alt in line_of(client, story.get_lite_url())
    assert line_of(client, quiet.get_lite_url()) == ""


@pytest.mark.parametrize(("prefix", "words"), [("", "Advertise here"), ("/ar", "أعلن هنا")])
def test_where_nothing_is_sold_there_is_room_for_somebody(client, prefix, words):
    assert f'<a href="{prefix}/partners/">{words}</a>' in line_of(client, f"{prefix}/lite/")


def test_a_line_with_limits_is_not_told_in_words(client):
    booking = factories.booking(LINE)
    Targeting.objects.create(booking=booking, language="en")
    plan.forget()
    assert "Advertise here" in line_of(client, "/lite/")
