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


@pytest.mark.django_db
def test_pictures_in_a_row_are_a_gallery_each_with_its_words(django_assert_num_queries):
    one, two, three = (factories.picture(alt=f"Alt {n}", credit=f"Photo: {n}") for n in "ABC")
    body = (
        f'<p>a</p><figure data-media-id="{one.pk}"><figcaption>First</figcaption></figure>\n'
        f'<figure data-media-id="{two.pk}"></figure><p>b</p><figure data-media-id="{three.pk}"></figure>'
    )
    with django_assert_num_queries(1):
        html = figures.draw(body)
    before, rest = html.split('<div class="gallery')
    row, after = rest.split("</div>")
    assert (before.strip(), after.count("<figure"), "gallery" in after) == ("<p>a</p>", 1, False)
    assert (row.count("<figure"), row.count("<figcaption")) == (2, 2)
    for words in ('alt="Alt A"', "First", "Photo: A", 'alt="Alt B"', "Photo: B", 'role="group"', "2 pictures"):
        assert words in row
    assert "gallery" not in figures.draw(body, in_words=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other", ['<figure data-media-id="999"></figure>', '<figure data-embed="https://a.example/"></figure>']
)
def test_one_picture_beside_what_is_none_is_no_gallery(other):
    picture = f'<figure data-media-id="{factories.picture().pk}"></figure>'
    html = figures.draw(picture + other)
    assert ("<img" in html, "gallery" in html) == (True, False)


@pytest.mark.django_db
def test_a_portrait_in_a_gallery_is_shown_whole():
    tall, wide = factories.picture(factories.jpeg(700, 1000)), factories.picture()
    html = figures.draw("".join(f'<figure data-media-id="{one.pk}"></figure>' for one in (wide, tall)))
    assert html.count("figure--tall") == 1


def test_the_first_video_that_plays_leads_and_is_not_told_twice():
    map_ = '<figure data-embed="https://maps.example/place"></figure>'
    film = '<figure data-embed="https://youtu.be/abcdefghijk"><figcaption>The film</figcaption></figure>'
    video, body = figures.lead_video(f"<p>a</p>{map_}{film}<p>b</p>{film}")
    assert (video.embed.host, video.caption) == ("youtu.be", "The film")
    assert body == f"<p>a</p>{map_}<p>b</p>{film}"
    assert figures.lead_video(f"<p>a</p>{map_}") == (None, f"<p>a</p>{map_}")


def test_an_embed_says_where_it_comes_from_before_it_loads():
    html = figures.draw('<figure data-embed="https://vimeo.com/123456789"></figure>')
    assert "It comes from <bdi>vimeo.com</bdi>" in html
