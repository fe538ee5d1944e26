import contextlib
import io
import resource
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageSequence

from articles.uploads import pictures
from articles.uploads.decoding import inspect
from articles.uploads.picture_facts import Facts, PictureRefused
from articles.uploads.rewriting import Bounds, rewrite_artwork
from tests.articles.uploads import sample_pictures as sample

LIBRARY = ("JPEG", "GIF", "PNG", "WEBP")
ARTWORK = ("JPEG", "GIF")


def memory():
    """The most this process, and any of its children, ever took, in KB."""
    return [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]


def composed(data):
    """What is seen of an animation: (pixels, milliseconds) of every frame."""
    with Image.open(io.BytesIO(data)) as image:
        return [
            (frame.convert("RGBA").tobytes(), frame.info.get("duration", 0)) for frame in ImageSequence.Iterator(image)
        ]


def code_of(call, *args, **options):
    with pytest.raises(PictureRefused) as caught:
        call(*args, **options)
    assert str(caught.value).endswith(".")
    return caught.value.code


@pytest.mark.parametrize(
    ("data", "facts"),
    [
        (sample.jpeg(60, 40), ("JPEG", 60, 40, 1, 0, 1)),
        (sample.png(60, 40), ("PNG", 60, 40, 1, 0, 1)),
        (sample.saved(sample.photo(60, 40), "WEBP"), ("WEBP", 60, 40, 1, 0, 1)),
        (sample.gif(60, 40, frames=3, loop=0, duration=100), ("GIF", 60, 40, 3, 300, 0)),
        (sample.gif(60, 40, frames=3, loop=2, duration=100), ("GIF", 60, 40, 3, 300, 3)),
        (sample.gif(60, 40, frames=3, loop=None, duration=100), ("GIF", 60, 40, 3, 300, 1)),
        (sample.gif(60, 40, frames=1), ("GIF", 60, 40, 1, 0, 1)),
    ],
)
def test_the_facts_of_a_good_picture(data, facts):
    assert pictures.check(data, formats=LIBRARY, max_bytes=1 << 20) == Facts(*facts, len(data))


def test_a_picture_taken_sideways_has_the_size_it_is_shown_in():
    exif = Image.Exif()
    exif[0x0112] = 6
    facts = inspect(sample.jpeg(60, 40, exif=exif), formats=("JPEG",), max_bytes=1 << 20)
    assert (facts.width, facts.height) == (40, 60)


PSD = b"8BPS\0\x01" + b"\0" * 6 + b"\0\x03\0\0\0\x10\0\0\0\x10\0\x08\0\x03" + b"\0" * 64


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("nothing", b"", "empty"),
        ("text", b"hello", "not-a-picture"),
        ("HTML", b"<!doctype html><script>alert(1)</script>", "not-a-picture"),
        ("SVG", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "wrong-format"),
        ("PDF", b"%PDF-1.7\n%....", "wrong-format"),
        ("PSD", PSD, "wrong-format"),
        ("FPX", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "not-a-picture"),
        ("BMP", sample.saved(sample.photo(20, 20), "BMP"), "wrong-format"),
        ("TIFF", sample.saved(sample.photo(20, 20), "TIFF"), "wrong-format"),
        ("PNG where artwork is wanted", sample.png(), "wrong-format"),
        ("EPS", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "not-a-picture"),
        ("only a JPEG's first bytes", b"\xff\xd8\xff", "broken"),
    ],
)
def test_what_is_called_jpg_and_is_something_else_is_refused(name, data, code):
    assert code_of(pictures.check, data, formats=ARTWORK, max_bytes=1 << 20) == code


def test_the_child_registers_no_decoder_but_ours():
    from articles.uploads import isolation
    from tests.articles.uploads import misbehaving

    formats = isolation.run(misbehaving.registered_after, PSD, seconds=10, megabytes=300)
    # Pillow itself always registers BMP and PPM; `formats=` keeps them from being tried.
    assert set(formats) <= {"BMP", "DIB", "GIF", "JPEG", "PNG", "PPM", "WEBP"}


@pytest.mark.parametrize(
    ("name", "data", "codes"),
    [
        ("50,000 x 50,000 PNG", sample.png_header(50_000, 50_000), {"too-many-pixels"}),
        ("50,000 x 50,000 JPEG", sample.jpeg_header(50_000, 50_000), {"too-many-pixels"}),
        ("50,000 x 50,000 GIF", sample.raw_gif(50_000, 50_000, [sample.gif_block()]), {"too-many-pixels"}),
        ("12,000 x 12,000 PNG", sample.png_header(12_000, 12_000), {"too-many-pixels"}),
        ("10,000 frames", sample.raw_gif(8, 8, [sample.gif_block()] * 10_000), {"too-many-frames"}),
        (
            "300 frames of 7000 x 7000",
            sample.raw_gif(7000, 7000, [sample.gif_block(width=1, height=1)])[:-1]
            + b"\x2c\0\0\0\0\x58\x1b\x58\x1b\0\x02\0" * 299
            + b"\x3b",
            {"too-much-animation"},
        ),
        ("half a JPEG", sample.jpeg()[:9000], {"truncated"}),
        ("half a PNG", sample.png()[:9000], {"truncated", "broken"}),
        ("half a WebP", sample.saved(sample.photo(), "WEBP")[:4000], {"truncated", "broken"}),
        ("half a GIF", sample.gif()[:900], {"truncated"}),
        ("a GIF without its end", sample.gif()[:-1], {"truncated"}),
        ("a PNG of 30,000 x 1,000 with no pixels", sample.png_header(30_000, 1_000), {"truncated", "broken"}),
    ],
)
def test_hostile_pictures_are_refused_within_a_second_and_without_memory(name, data, codes):
    before = memory()
    started = time.perf_counter()
    code = code_of(pictures.check, data, formats=LIBRARY, max_bytes=10 << 20)
    assert code in codes
    assert time.perf_counter() - started < 1
    assert all(now - then < 100 * 1024 for then, now in zip(before, memory(), strict=True))


def test_a_file_heavier_than_allowed_is_refused_with_both_weights():
    data = sample.jpeg()
    with pytest.raises(PictureRefused) as caught:
        pictures.check(data, formats=LIBRARY, max_bytes=10 * 1024)
    assert caught.value.facts == {"kilobytes": -(-len(data) // 1024), "limit": 10}
    assert "may weigh at most 10 KB" in str(caught.value)


SMALL = {
    "JPEG": sample.jpeg(48, 32),
    "PNG": sample.png(48, 32),
    "GIF": sample.gif(48, 32, frames=3),
    "WEBP": sample.saved(sample.photo(48, 32), "WEBP"),
}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_files_are_decoded_or_refused_and_nothing_else(data):
    kind = data.draw(st.sampled_from(sorted(SMALL)))
    broken = bytearray(SMALL[kind])
    for at in data.draw(st.lists(st.integers(0, len(broken) - 1), min_size=1, max_size=12)):
        broken[at] = data.draw(st.integers(0, 255))
    broken = broken[: data.draw(st.integers(1, len(broken)))]
    for call in (
        lambda: inspect(bytes(broken), formats=LIBRARY, max_bytes=1 << 20),
        lambda: rewrite_artwork(bytes(broken), size=(48, 32), bounds=Bounds(1 << 20, 1 << 16, 5000)),
    ):
        with contextlib.suppress(PictureRefused):
            call()


# Artwork


def test_artwork_of_another_size_is_refused_in_a_sentence_with_both_sizes():
    with pytest.raises(PictureRefused) as caught:
        pictures.artwork(sample.jpeg(700, 90), size=(728, 90), max_bytes=1 << 20)
    assert caught.value.code == "wrong-size"
    assert str(caught.value) == ("This position takes artwork of exactly 728 × 90 pixels; yours is 700 × 90.")


def test_a_jpeg_is_written_anew_without_metadata_and_looks_the_same():
    exif = Image.Exif()
    exif[0x010E] = "GPS canary"
    data = sample.jpeg(728, 90, exif=exif, comment=b"comment canary") + b"PK\x03\x04 trailing canary <script>"
    artwork = pictures.artwork(data, size=(728, 90), max_bytes=1 << 20)
    assert artwork.extension == "jpg"
    assert artwork.facts == Facts("JPEG", 728, 90, 1, 0, 1, len(artwork.data))
    assert b"canary" not in artwork.data
    assert b"<script" not in artwork.data
    with Image.open(io.BytesIO(artwork.data)) as written, Image.open(io.BytesIO(data)) as original:
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(written.info)
        difference = ImageChops.difference(written.convert("RGB"), original.convert("RGB"))
        assert max(high for _, high in difference.getextrema()) <= 16


def test_a_jpeg_shown_upright_is_measured_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    artwork = pictures.artwork(sample.jpeg(250, 300, exif=exif), size=(300, 250), max_bytes=1 << 20)
    with Image.open(io.BytesIO(artwork.data)) as written:
        assert written.size == (300, 250)
        assert dict(written.getexif()) == {}


def test_a_cmyk_jpeg_becomes_rgb():
    data = sample.saved(sample.photo(200, 200).convert("CMYK"), "JPEG")
    with Image.open(io.BytesIO(pictures.artwork(data, size=(200, 200), max_bytes=1 << 20).data)) as written:
        assert written.mode == "RGB"


@pytest.mark.parametrize("loop", [None, 0, 5])
@pytest.mark.parametrize("disposal", [0, 1, 2, 3])
def test_an_animation_is_seen_exactly_as_before(loop, disposal):
    data = sample.gif(300, 250, frames=6, loop=loop, duration=[50, 120, 90, 300, 70, 10], disposal=disposal)
    artwork = pictures.artwork(data, size=(300, 250), max_bytes=1 << 20)
    assert artwork.extension == "gif"
    assert composed(artwork.data) == composed(data)
    assert artwork.facts._replace(bytes=0) == inspect(data, formats=("GIF",), max_bytes=1 << 20)._replace(bytes=0)
    assert len(artwork.data) < 1.1 * len(data)


def test_frames_that_pillow_would_merge_or_move_stay_as_they_are():
    blocks = [
        sample.gif_block(0, 0, 20, 20, delay=10),
        sample.gif_block(0, 0, 20, 20, delay=10),
        sample.gif_block(5, 5, 3, 3, delay=0, disposal=3),
        sample.gif_block(9, 2, 4, 8, delay=700, disposal=2, transparent=1),
    ]
    data = sample.raw_gif(20, 20, blocks)
    artwork = pictures.artwork(data, size=(20, 20), max_bytes=1 << 20)
    assert composed(artwork.data) == composed(data)
    assert artwork.facts.frames == 4
    assert artwork.facts.duration_ms == 7200


def test_colours_of_each_frame_survive():
    frames = [sample.photo(60, 60, seed=n).quantize(64) for n in range(3)]
    data = sample.saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0)
    assert composed(pictures.artwork(data, size=(60, 60), max_bytes=1 << 20).data) == composed(data)


def test_comments_unknown_extensions_and_trailing_bytes_of_a_gif_are_gone():
    hidden = b"\x21\xfe\x07<script\0" + b"\x21\xff\x0bXMP DataXMP\x06canary\0"
    data = sample.raw_gif(20, 20, [sample.gif_block(0, 0, 20, 20)], extra=hidden) + b"<script>canary</script>"
    written = pictures.artwork(data, size=(20, 20), max_bytes=1 << 20).data
    assert b"<script" not in written
    assert b"canary" not in written
    assert written.endswith(b"\0\x3b")


def test_text_in_unused_colours_is_wiped():
    data = sample.raw_gif(20, 20, [sample.gif_block(0, 0, 20, 20)], palette=b"abc\xff\xff\xffalert!")
    assert b"alert!" not in pictures.artwork(data, size=(20, 20), max_bytes=1 << 20).data


def test_a_palette_that_spells_a_program_is_refused():
    image = Image.new("P", (20, 20))
    image.putdata([n % 4 for n in range(400)])
    pixels = image.tobytes("gif", ("P", 2, 0)) + b"\0"
    block = b"\x2c\0\0\0\0\x14\0\x14\0\0\x02" + pixels
    data = sample.raw_gif(20, 20, [block], palette=b"/*<script>*/")
    assert code_of(pictures.artwork, data, size=(20, 20), max_bytes=1 << 20) == "broken"


@pytest.mark.parametrize(
    "data",
    [
        sample.gif(20, 20) + b"PK\x03\x04zip",
        sample.jpeg(20, 20) + b"<html><script>1</script>",
        sample.jpeg(20, 20, comment=b"<?php evil(); ?>"),
    ],
)
def test_files_of_two_kinds_come_out_as_one(data):
    written = pictures.artwork(data, size=(20, 20), max_bytes=1 << 20).data
    assert written != data
    assert not any(word in written for word in (b"<script", b"<?php", b"PK\x03\x04"))
