"""A real browser takes pictures of artwork in its place; nothing on those pages counts."""

from __future__ import annotations

import pytest
from django.core.files.storage import storages
from django.utils import timezone
from PIL import Image

from ads import artwork, plan, sightings
from ads.models import Event, Sighting
from tests import factories
from tests.browser.conftest import CHROMIUM

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(CHROMIUM is None, reason="No Chromium."),
]

RED = (254, 0, 0)


def about(width: int, height: int):
    """A JPEG blurs its edges."""
    return pytest.approx((width, height), abs=4)


@pytest.fixture
def site(settings, live_server):
    settings.SITE_URL, settings.CHROMIUM = live_server.url, CHROMIUM
    sightings._failures.clear()
    plan.forget()
    for number in range(12):
        factories.article(headline=f"Story {number}", standfirst="A few words about it. " * 6)


def rows_of(sighting: Sighting, colour: tuple[int, int, int]) -> tuple[int, int]:
    """The longest row of a colour in a picture, and how many rows have one as long."""
    with sighting.file.open("rb") as file, Image.open(file) as picture:
        assert picture.size == (sighting.width, sighting.height)
        pixels = picture.convert("RGB").load()
        near = [
            sum(max(abs(a - b) for a, b in zip(pixels[x, y], colour, strict=True)) < 24 for x in range(sighting.width))
            for y in range(sighting.height)
        ]
    return max(near), sum(row == max(near) for row in near)


def test_artwork_is_seen_in_its_place_at_both_widths(site, client):
    place = factories.position("top-728x90")
    phone = artwork.check(place, factories.jpeg(320, 100, colour="red"), phone=True)
    wide = artwork.check(place, factories.jpeg(728, 90, colour="red"))
    creative = factories.booking("top-728x90", art=wide, phone_art=phone).creatives.get()
    plan.forget()
    at = timezone.now()
    assert [sightings.take_due(at) for _ in range(3)] == [1, 1, 0]
    desktop, small = sightings.of(creative)
    assert (desktop.is_phone, desktop.width, small.is_phone, small.width) == (False, 1280, True, 360)
    assert rows_of(desktop, RED) == about(728, 90)
    assert rows_of(small, RED) == about(320, 100)
    assert storages["private"].exists(small.file.name)
    assert Event.objects.count() == 0
    client.force_login(factories.user("Ad manager"))
    page = client.get(f"/admin/ads/booking/{creative.booking_id}/change/").content.decode()
    address = f"/admin/ads/booking/{creative.booking_id}/sighting/{small.pk}/"
    assert address in page
    response = client.get(address)
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert b"".join(response.streaming_content).startswith(b"\xff\xd8")
    response.close()


def test_artwork_far_down_the_page_is_found(site):
    place = factories.position()
    art = artwork.check(place, factories.jpeg(*place.size, colour="red"))
    creative = factories.booking(art=art).creatives.get()
    plan.forget()
    sightings.take(creative.pk, is_phone=True, at=timezone.now())
    assert rows_of(sightings.of(creative)[0], RED) == about(300, 250)


def test_what_cannot_be_taken_is_tried_three_times_and_no_more(site, settings, caplog):
    settings.CHROMIUM = "/bin/false"
    factories.booking()
    plan.forget()
    at = timezone.now()
    assert [sightings.take_due(at) for _ in range(8)] == [0] * 8
    assert len(caplog.messages) == 6
    assert "can the worker reach SITE_URL?" in caplog.messages[0]
    assert "not tried again" in caplog.messages[-1]
    assert Sighting.objects.count() == 0


def test_without_a_browser_there_are_no_pictures_and_nobody_complains(site, settings, caplog):
    settings.CHROMIUM = ""
    factories.booking()
    assert sightings.take_due(timezone.now()) == 0
    assert caplog.messages == []
