"""The page of a story says who wrote it, whose words it quotes, and what it leads with."""

from __future__ import annotations

import re

import pytest

from articles.content import Credit
from tests import factories

pytestmark = pytest.mark.django_db


def page_of(client, **fields) -> str:
    return client.get(factories.article(**fields).get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("count", "shown", "others"), [(1, 1, ""), (5, 5, ""), (6, 3, "and 3 others"), (12, 3, "and 9 others")]
)
def test_of_many_authors_three_are_named_and_the_rest_on_request(client, count, shown, others):
    names = [factories.author(name=f"Author {n}", bio="") for n in range(count)]
    html = page_of(client, bylines=[Credit(author_id=one.pk) for one in names])
    head = html[html.index('class="story__meta"') : html.index('class="timestamps"')]
    first, _, rest = head.partition("<details")
    assert first.count('rel="author"') == shown
    assert rest.count('rel="author"') == count - shown
    assert others in rest


def test_authors_with_a_biography_are_told_once_three_openly(client):
    names = [factories.author(bio=f"Life {n}") for n in range(5)]
    html = page_of(client, bylines=[Credit(author_id=one.pk) for one in names])
    foot = html[html.index("About the authors") :]
    first, rest = foot.split('<details class="author-boxes">')
    assert re.findall(r"Life \d", first) == ["Life 0", "Life 1", "Life 2"]
    assert re.findall(r"Life \d", rest) == ["Life 3", "Life 4"]


@pytest.mark.parametrize("last", ["<cite>Mama Diti</cite>", "— Mama Diti", "– Mama Diti"])
def test_the_last_line_of_a_quotation_that_only_names_somebody_is_its_source(client, last):
    html = page_of(client, body=f"<blockquote><p>Rain.</p><p>{last}</p></blockquote>")
    assert '<p>Rain.</p><p class="source"><cite>Mama Diti</cite></p></blockquote>' in html


@pytest.mark.parametrize(
    "words", ["<p>— Rain.</p>", "<p>a</p><p><cite>The River</cite> is a book.</p>", "<p>a</p><p>— “Rain.”</p>"]
)
def test_other_last_lines_of_a_quotation_are_part_of_it(client, words):
    assert f"<blockquote>{words}</blockquote>" in page_of(client, body=f"<blockquote>{words}</blockquote>")


def test_a_video_story_leads_with_its_video_in_place_of_the_picture(client):
    picture = factories.picture()
    html = page_of(
        client,
        kind="video",
        sponsor_name="Teneru Mills",
        hero_id=picture.pk,
        body='<p>Words.</p><figure data-embed="https://youtu.be/abcdefghijk"></figure>',
    )
    hero, body = html[html.index('class="story__hero"') :].split('class="story__body"')
    assert hero.count("data-player") == 1
    assert "<img" not in hero
    assert "data-player" not in body


def test_a_portrait_leads_whole_and_a_landscape_cut_to_three_by_two(client):
    tall, wide = factories.picture(factories.jpeg(700, 1000)), factories.picture(factories.jpeg(1300, 867))
    assert 'figure--tall"' in page_of(client, hero_id=tall.pk)
    assert "figure--tall" not in page_of(client, hero_id=wide.pk)


def test_the_address_of_a_story_is_there_for_print(client):
    story = factories.article()
    html = client.get(story.get_absolute_url()).content.decode()
    assert f'<p class="story__address" dir="ltr">http://testserver{story.get_absolute_url()}</p>' in html
