import pytest

from articles import figures
from tests import factories


@pytest.mark.django_db
def test_a_picture_in_a_body_is_drawn_with_sizes_alt_caption_and_credit(django_assert_num_queries):
    one, two = factories.picture(caption="From the library", credit="Photo: A"), factories.picture(alt="Second")
    body = (
        f'<p>a</p><figure data-media-id="{one.pk}"></figure>'
        f'<figure data-media-id="{two.pk}"><figcaption>Of the story</figcaption></figure>'
    )
    with django_assert_num_queries(1):
        html = figures.draw(body)
    assert html.count("srcset=") >= 2
    for piece in (
        'width="640"',
        'alt="A harbour at dawn"',
        "From the library",
        "Photo: A",
        "Of the story",
        'alt="Second"',
    ):
        assert piece in html


@pytest.mark.django_db
def test_a_picture_that_is_gone_leaves_no_hole():
    assert figures.draw('<p>a</p><figure data-media-id="999"></figure><p>b</p>') == "<p>a</p><p>b</p>"


@pytest.mark.django_db
def test_words_of_the_library_cannot_break_out_of_their_place():
    evil = '"><script>alert(1)</script>'
    asset = factories.picture(alt=evil, caption=evil, credit=evil)
    html = figures.draw(f'<figure data-media-id="{asset.pk}"></figure>')
    assert "<script" not in html


@pytest.mark.parametrize(
    ("url", "player"),
    [
        (
            "https://www.youtube.com/watch?v=abcdefghijk&t=3",
            "https://www.youtube-nocookie.com/embed/abcdefghijk?autoplay=1",
        ),
        ("https://youtu.be/abcdefghijk", "https://www.youtube-nocookie.com/embed/abcdefghijk?autoplay=1"),
        ("https://www.youtube.com/shorts/abcdefghijk", "https://www.youtube-nocookie.com/embed/abcdefghijk?autoplay=1"),
        ("https://vimeo.com/123456789", "https://player.vimeo.com/video/123456789?autoplay=1&dnt=1"),
        ("https://www.youtube.com/watch?v=short", ""),
        ("https://youtube.com.evil.example/watch?v=abcdefghijk", ""),
        ("https://maps.example/place", ""),
        ("https://[bad", ""),
    ],
)
def test_an_embed_has_a_player_only_where_the_service_is_known(url, player):
    assert figures.embed(url).player == player


def test_an_embed_loads_nothing_by_itself():
    html = figures.draw('<figure data-embed="https://youtu.be/abcdefghijk"></figure>')
    assert "<iframe" not in html
    assert 'href="https://youtu.be/abcdefghijk"' in html
