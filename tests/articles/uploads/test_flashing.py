"""WCAG 2.3.1 over the frames of an animation, and how long it plays."""

import io

import pytest
from PIL import Image, ImageSequence

from articles.uploads import pictures
from articles.uploads.picture_facts import PictureRefused
from tests.articles.uploads import sample_pictures as sample
from tests.articles.uploads.animations import GREEN, RED, turning

SIZE = (300, 250)


def verdict(data, size=SIZE):
    """The code of the refusal, or "taken"."""
    try:
        pictures.artwork(data, size=size, max_bytes=1 << 20, aim_bytes=1 << 16, max_play_ms=5000)
    except PictureRefused as refused:
        return refused.code
    return "taken"


@pytest.mark.parametrize(
    ("name", "data", "wanted"),
    [
        ("three flashes a second", turning([17, 17, 16], frames=19), "taken"),
        ("four flashes a second", turning([12, 13], frames=19), "flashing"),
        ("three and a half", turning([14], frames=19), "flashing"),
        ("four, but only once", turning([12, 13] * 4 + [100]), "flashing"),
        ("three quick ones, then rest", turning([10] * 6 + [100]), "taken"),
        ("no time given: browsers show ten frames a second", turning([0], frames=19), "flashing"),
        ("in a corner", turning([5], frames=19, box=(0, 0, 60, 60)), "taken"),
        ("in just less than a quarter", turning([5], frames=19, box=(0, 0, 299, 62)), "taken"),
        ("in just more than a quarter", turning([5], frames=19, box=(0, 0, 300, 63)), "flashing"),
        ("red and a green as dark", turning([12], frames=19, colours=(RED, GREEN)), "flashing-red"),
        ("slow red", turning([17, 17, 16], frames=19, colours=(RED, GREEN)), "taken"),
        ("still", sample.gif(*SIZE, frames=1), "taken"),
    ],
)
def test_more_than_three_flashes_in_a_second_over_a_large_area_are_refused(name, data, wanted):
    assert verdict(data) == wanted


def test_a_flash_that_only_the_repetition_makes_is_found():
    """Each round turns three times in 0.45 s: four flashes a second only where rounds follow each other."""
    once, again = turning([15, 15, 15, 15]), turning([15, 15, 15, 15], repeats=0)
    assert (verdict(once), verdict(again)) == ("taken", "flashing")


def test_bright_colours_and_small_steps_do_not_flash():
    """Both white enough (0.80 and more), or less than a tenth apart."""
    for shades in ((232, 255), (100, 118)):
        images = [Image.new("RGB", SIZE, (shades[n % 2],) * 3) for n in range(19)]
        data = sample.saved(images[0], "GIF", save_all=True, append_images=images[1:], duration=50)
        assert verdict(data) == "taken"
    images = [Image.new("RGB", SIZE, (shade,) * 3) for shade in (60, 140) * 9]
    data = sample.saved(images[0], "GIF", save_all=True, append_images=images[1:], duration=50)
    assert verdict(data) == "flashing"


def test_the_refusal_says_at_what_second():
    data = turning([100, 100, *[10] * 12])
    with pytest.raises(PictureRefused) as caught:
        pictures.artwork(data, size=SIZE, max_bytes=1 << 20, max_play_ms=5000)
    assert caught.value.facts == {"second": "2.0"}
    assert "from 2.0 seconds on" in str(caught.value)


@pytest.mark.parametrize(
    ("delays", "repeats", "loops", "whole"),
    [
        ([50, 50], 0, 5, 5000),  # for ever: as often as fits
        ([70, 70], 0, 3, 4200),
        ([50, 50], 99, 5, 5000),
        ([50, 50], 1, 2, 2000),  # fits already
        ([50, 50], None, 1, 1000),
        ([250, 250], 0, 1, 5000),
    ],
)
def test_an_animation_repeats_as_often_as_it_ends_within_five_seconds(delays, repeats, loops, whole):
    artwork = pictures.artwork(turning(delays, repeats=repeats), size=SIZE, max_bytes=1 << 20, max_play_ms=5000)
    assert (artwork.facts.loops, artwork.facts.duration_ms * artwork.facts.loops) == (loops, whole)
    with Image.open(io.BytesIO(artwork.data)) as written:
        assert written.info.get("loop") == (loops - 1 or None)
        times = [frame.info["duration"] for frame in ImageSequence.Iterator(written)]
    assert times == [10 * delay for delay in delays]


def test_one_round_that_is_too_long_is_refused_with_its_length():
    with pytest.raises(PictureRefused) as caught:
        pictures.artwork(turning([250, 350]), size=SIZE, max_bytes=1 << 20, max_play_ms=5000)
    assert str(caught.value) == (
        "The animation takes 6.0 seconds and may take at most 5. Please shorten it and send it again."
    )


def test_frames_without_a_time_get_the_one_that_browsers_give_them():
    data = turning([0, 1, 100], box=(0, 0, 9, 9))
    artwork = pictures.artwork(data, size=SIZE, max_bytes=1 << 20, max_play_ms=5000)
    with Image.open(io.BytesIO(artwork.data)) as written:
        assert [frame.info["duration"] for frame in ImageSequence.Iterator(written)] == [100, 100, 1000]


def test_a_heavy_jpeg_comes_out_light_and_a_light_one_as_it_was():
    heavy = sample.saved(sample.photo(300, 600), "JPEG", quality=98)
    light = sample.saved(sample.photo(300, 250), "JPEG", quality=60)
    written = pictures.artwork(heavy, size=(300, 600), max_bytes=1 << 20, aim_bytes=60 << 10).data
    assert (len(heavy) > 100 << 10, len(written) <= 60 << 10) == (True, True)
    kept = pictures.artwork(light, size=(300, 250), max_bytes=1 << 20, aim_bytes=60 << 10).data
    with Image.open(io.BytesIO(kept)) as anew, Image.open(io.BytesIO(light)) as before:
        assert anew.quantization == before.quantization


def test_white_is_the_page_behind_what_is_transparent():
    """Black that comes and goes on a transparent ground flashes against the page."""
    blocks = []
    for number in range(19):
        blocks.append(sample.gif_block(0, 0, *SIZE, delay=10, disposal=2, transparent=1 if number % 2 else None))
    palette = bytes((0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    assert verdict(sample.raw_gif(*SIZE, blocks, palette=palette)) == "flashing"
