"""What strangers send as artwork: refused in words, or written anew; never an error page, never stored as it came."""

from __future__ import annotations

import io
import time

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from ads import artwork, artwork_review, sales
from ads.models import Booking, Creative
from articles.uploads import pictures
from articles.uploads.rewriting import Bounds, rewrite_artwork
from tests import factories
from tests.articles.uploads import sample_pictures as sample
from tests.articles.uploads.animations import turning

pytestmark = pytest.mark.django_db

SIZE = (300, 250)
GOOD = {"alt": "Fresh bread, every morning", "click_url": "https://bakery.example/"}


@pytest.fixture
def booking() -> Booking:
    return factories.deal("live").bookings.get()


def post(client, booking: Booking, data: bytes, name: str = "bread.jpg", **fields):
    """Send a file on the private page of its deal."""
    token = factories.deal_token(booking.request)
    values = {f"b{booking.pk}-{field}": value for field, value in (GOOD | fields).items()}
    values[f"b{booking.pk}-art"] = SimpleUploadedFile(name, data, "image/jpeg")
    return client.post(reverse("ads:deal_artwork", args=[token, booking.pk]), values)


def gif_bomb() -> bytes:
    """A little file of many large frames."""
    block = b"\x2c\0\0\0\0\x2c\x01\xfa\0\0\x02" + b"\0"
    return sample.raw_gif(*SIZE, [block] * 10_000)


def animated_webp() -> bytes:
    frames = [sample.photo(*SIZE, seed=n) for n in range(2)]
    return sample.saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=100)


def zip_behind(data: bytes) -> bytes:
    return data + b"PK\x03\x04" + b"canary" * 20


JPEG, GIF = sample.jpeg(*SIZE), turning([50, 50], repeats=0)

REFUSED = {
    "nothing": (b"", "empty"),
    "text": (b"hello", "not a picture"),
    "HTML": (b"<!doctype html><script>alert(1)</script>", "not a picture"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg' width='300' height='250'><script>1</script></svg>", "SVG"),
    "SVG behind an XML line": (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
    "PNG called .jpg": (sample.saved(Image.new("RGB", SIZE), "PNG"), "PNG"),
    "animated WebP called .gif": (animated_webp(), "WebP"),
    "PDF": (b"%PDF-1.7\n", "PDF"),
    "a program": (b"MZ" + b"\0" * 500, "not a picture"),
    "one pixel too narrow": (sample.jpeg(299, 250), "exactly 300 × 250"),
    "one pixel too tall": (factories.gif(300, 251), "exactly 300 × 250"),
    "turned": (sample.jpeg(250, 300), "exactly 300 × 250"),
    "no width": (sample.raw_gif(0, 250, [sample.gif_block()]), "damaged"),
    "a frame without height": (sample.raw_gif(*SIZE, [b"\x2c\0\0\0\0\x2c\x01\0\0\0\x02\0"]), "damaged"),
    "a frame outside": (sample.raw_gif(*SIZE, [sample.gif_block(left=299, width=2)]), "damaged"),
    "50,000 x 50,000 JPEG": (sample.jpeg_header(50_000, 50_000), "more than can be processed"),
    "50,000 x 50,000 GIF": (sample.raw_gif(50_000, 50_000, [sample.gif_block()]), "more than can be processed"),
    "10,000 frames": (gif_bomb(), "more than 300 frames"),
    "a JPEG's first bytes": (b"\xff\xd8\xff", "damaged"),
    "a huge comment": (
        JPEG[:2] + b"\xff\xfe\xff\xff" + b"x" * 65533 + JPEG[2:] + b"x" * (200 << 10),
        "may weigh at most",
    ),
    "too heavy": (sample.saved(sample.photo(*SIZE), "JPEG", quality=100) + b"\0" * (150 << 10), "may weigh at most"),
    "16 MB": (b"\xff\xd8\xff" + b"\0" * (16 << 20), "at most"),
    "flashing": (turning([10], frames=20), "seizures"),
    "flashing without times": (turning([0], frames=20), "seizures"),
    "too long": (turning([300, 300]), "may take at most 5"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_artwork_is_refused_in_words_and_nothing_is_kept(client, booking, name):
    data, words = REFUSED[name]
    response = post(client, booking, data)
    assert (response.status_code, Creative.objects.count()) == (400, 0)
    assert words in response.context["parts"]["artwork"]["failed"].errors["art"][0] or words == "empty"


TAKEN = {
    "JPEG": JPEG,
    "JPEG with a ZIP behind it": zip_behind(JPEG),
    "JPEG with PHP in a comment": sample.jpeg(*SIZE, comment=b"<?php evil(); ?>"),
    "JPEG and HTML": JPEG + b"<html><script>1</script>",
    "CMYK": sample.saved(sample.photo(*SIZE).convert("CMYK"), "JPEG"),
    "grey": sample.saved(sample.photo(*SIZE).convert("L"), "JPEG"),
    "progressive": sample.saved(sample.photo(*SIZE), "JPEG", progressive=True),
    "GIF": GIF,
    "GIF with a ZIP behind it": zip_behind(GIF),
    "GIF with a script in a comment": GIF[:-1] + b"\x21\xfe\x09<script>x\0\x3b",
    "GIF without times": turning([0, 0], box=(0, 0, 20, 20), repeats=0),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_artwork_is_written_anew(client, booking, name):
    assert post(client, booking, TAKEN[name]).status_code == 302
    creative = Creative.objects.get()
    stored = creative.waiting_file.open("rb").read()
    creative.waiting_file.close()
    assert stored != TAKEN[name]
    assert not any(word in stored for word in (b"canary", b"<script", b"<?php", b"PK\x03\x04"))
    assert creative.bytes == len(stored) <= booking.position.max_kilobytes * 1024
    assert creative.play_seconds <= 5
    with Image.open(io.BytesIO(stored)) as image:
        assert (image.format, image.size) == (creative.format, SIZE)
        assert image.mode in ("RGB", "L", "P")


@pytest.mark.parametrize("data", [JPEG, GIF], ids=["JPEG", "GIF"])
def test_a_file_cut_at_every_hundredth_byte_is_refused_in_words(data):
    codes = set()
    for end in range(100, len(data), 100):
        with pytest.raises(pictures.PictureRefused) as caught:
            rewrite_artwork(data[:end], size=SIZE, bounds=Bounds(150 << 10, 60 << 10, 5000))
        codes.add(caught.value.code)
    assert codes <= {"truncated", "broken"}


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "..\\..\\x.jpg",
        "a\0b.jpg",
        "\u202egpj.exe",
        "x" * 5000 + ".jpg",
        "bread.jpg.html",
        "صورة.jpg",
        "bread.exe",
    ],
)
def test_the_name_of_a_file_decides_nothing(client, booking, name):
    assert post(client, booking, JPEG, name).status_code == 302
    stored = Creative.objects.get().waiting_file.name
    assert (stored.startswith("waiting/"), stored.endswith(".jpg"), len(stored)) == (True, True, 44)


@pytest.mark.parametrize("field", ["alt", "click_url"])
@pytest.mark.parametrize(
    "value", ["", "javascript:alert(1)", "\0", "x" * 100_000, "bread", "<script>alert(1)</script>"]
)
def test_strange_words_and_addresses_are_refused_or_shown_as_text(client, booking, field, value):
    response = post(client, booking, JPEG, **{field: value})
    assert response.status_code in (302, 400)
    if response.status_code == 302:
        assert field == "alt"
        page = client.get(response["Location"].partition("#")[0]).content.decode()
        assert "<script>alert(1)" not in page
    else:
        assert response.context["parts"]["artwork"]["failed"].errors[field]


def test_the_largest_legal_animation_is_judged_within_a_few_seconds(capsys):
    """225 frames of the largest position in five seconds, each changing more than the significant area."""
    place = factories.position("rail-300x1050")
    data = turning([2], size=place.size, frames=225, box=(0, 0, 150, 100))
    started = time.perf_counter()
    checked = artwork.check(place, data)
    seconds = time.perf_counter() - started
    with capsys.disabled():
        print(f" {len(data) // 1024} KB, 225 frames of 300x1050: {1000 * seconds:.0f} ms")
    assert (checked.facts.frames, checked.facts.loops * checked.facts.duration_ms) == (225, 4500)
    assert seconds < 15


def test_thirty_attempts_an_hour_and_link_are_enough(client, booking):
    token = factories.deal_token(booking.request)
    address = reverse("ads:deal_artwork", args=[token, booking.pk])
    answers = [client.post(address, {}).status_code for _attempt in range(31)]
    assert answers == [400] * 30 + [429]
    assert "very often" in client.post(address, {}).content.decode()


def test_nobody_reaches_the_artwork_of_another(client, booking):
    theirs = factories.booking("rail-336x280")
    token = factories.deal_token(booking.request)
    creative = theirs.creatives.get()
    assert client.post(reverse("ads:deal_artwork", args=[token, theirs.pk]), {}).status_code == 404
    assert client.get(reverse("ads:deal_artwork_file", args=[token, creative.pk, "art"])).status_code == 404
    assert client.get(reverse("ads:deal_artwork_file", args=["x" * 43, creative.pk, "art"])).status_code == 404


def test_a_file_under_a_link_is_a_picture_in_a_sandbox(client, booking):
    creative = factories.creative(booking)
    token = factories.deal_token(booking.request)
    response = client.get(reverse("ads:deal_artwork_file", args=[token, creative.pk, "art"]))
    assert b"".join(response).startswith(b"\xff\xd8")
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]
    for which in ("phone_art", "../art", "waiting_file", "x"):
        address = f"/partners/deal/{token}/artwork/{creative.pk}/{which}/"
        assert client.get(address).status_code == 404


def test_all_problems_stand_on_the_page_with_what_was_typed(client, booking):
    response = post(client, booking, sample.jpeg(299, 250), alt="image", click_url="http://127.1/")
    page = response.content.decode()
    assert response.status_code == 400
    for words in (
        "yours is 299 × 250",
        "does not say what the artwork says",
        "and not a number",
        'value="http://127.1/"',
    ):
        assert words in page


def test_the_page_says_where_each_version_stands(client, booking):
    token = factories.deal_token(booking.request)
    address = reverse("ads:deal", args=[token])
    assert "What we need" in client.get(address).content.decode()
    creative = factories.creative(booking)
    assert "Waits for review" in client.get(address).content.decode()
    artwork_review.refuse(creative, by=None, at=timezone.now(), reason="Letters are too small.")
    page = client.get(address).content.decode()
    assert ("Letters are too small." in page, "Refused" in page) == (True, True)
    page = client.get(f"/ar{address}").content.decode()
    assert "يرجى تغيير هذا" in page


def test_a_file_of_the_request_becomes_artwork_of_its_booking(client):
    place = factories.position()
    checked = artwork.check(place, factories.jpeg(*place.size))
    wish = sales.Wish(position=place, file=checked.data, file_name="bread.jpg", file_format="JPEG", size=place.size)
    today = timezone.localdate()
    request = factories.ad_request([wish], first_day=today, last_day=today)
    booking = sales.book(
        position=place,
        first_day=today,
        last_day=today,
        price=place.price_per_week,
        by=None,
        at=timezone.now(),
        request=request,
    )
    client.force_login(factories.user("Ad manager"))
    panel = client.get(reverse("admin:ads_adrequest_change", args=[request.pk])).content.decode()
    address = reverse("admin:ads_creative_send", args=[booking.pk])
    assert f"{address}?material={request.material.get().pk}" in panel
    values = {
        f"b{booking.pk}-{name}": value for name, value in (GOOD | {"material": request.material.get().pk}).items()
    }
    response = client.post(address, values)
    creative = Creative.objects.get()
    assert response["Location"] == reverse("admin:ads_creative_change", args=[creative.pk])
    assert (creative.status, creative.version) == ("waiting", 1)


def test_the_desk_reviews_on_one_page_and_refuses_with_a_reason(client, booking):
    creative = factories.creative(booking, click_url="https://bäcker.example/")
    client.force_login(factories.user("Ad manager"))
    page = client.get(reverse("admin:ads_creative_change", args=[creative.pk])).content.decode()
    for words in ("Waits for review", "bäcker.example", "xn--bcker-gra.example", "decoded to the last one", "Approve"):
        assert words in page
    assert 'href="https://xn--' not in page
    move = reverse("admin:ads_creative_move", args=[creative.pk, "refuse"])
    assert client.post(move, {"reason": ""}).status_code == 200
    assert client.post(move, {"reason": "The price is hidden."}).status_code == 302
    creative.refresh_from_db()
    assert (creative.status, creative.refusal) == ("refused", "The price is hidden.")
    assert client.post(reverse("admin:ads_creative_move", args=[creative.pk, "approve"]), {}).status_code == 302
    creative.refresh_from_db()
    assert creative.status == "approved"


def test_who_may_look_and_not_review_gets_no_buttons(client, booking):
    creative = factories.creative(booking)
    viewer = factories.user()
    viewer.user_permissions.add(Permission.objects.get(codename="view_creative"))
    client.force_login(viewer)
    page = client.get(reverse("admin:ads_creative_change", args=[creative.pk])).content.decode()
    assert "Approve…" not in page
    assert client.post(reverse("admin:ads_creative_move", args=[creative.pk, "approve"]), {}).status_code == 403


def test_the_list_shows_what_waits_first_in_a_constant_number_of_queries(client, booking, django_assert_num_queries):
    factories.booking("rail-336x280")
    waiting = factories.creative(booking)
    client.force_login(factories.user("Ad manager"))
    address = reverse("admin:ads_creative_changelist")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        rows = client.get(address).content.decode().partition("<tbody>")[2]
    assert rows.index(f"/creative/{waiting.pk}/file/") < rows.index("Shown now")
    for number in range(29):
        row = Creative.objects.filter(pk=waiting.pk).values().get()
        Creative.objects.create(**row | {"id": None, "version": number + 2})
    with django_assert_num_queries(len(few)):
        client.get(address)
