"""The newsroom's own artwork: hung at the desk, stands where no advertiser does, replaced and taken away."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ads import click_address, decision, plan
from ads.models import Event, HouseCreative
from ads.models.event import Kind
from tests import factories

pytestmark = pytest.mark.django_db

ADD = "/admin/ads/housecreative/add/"


@pytest.fixture
def desk(client):
    client.force_login(factories.user("Ad manager"))
    return client


def upload(width: int, height: int, colour: str = "teal") -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", factories.jpeg(width, height, colour), "image/jpeg")


def filled(code: str = "foot-300x250", **changes):
    place = factories.position(code)
    values = {
        "position": place.pk,
        "art": upload(*place.size),
        "name": "Newsletter",
        "alt": "Read us every morning",
        "click_url": "/contact/",
        "language": "",
        "weight": "10",
        "is_active": "on",
    }
    return values | changes


def errors(response) -> dict[str, list[str]]:
    return {name: [str(e) for e in found] for name, found in response.context["adminform"].errors.items()}


def stands(code: str = "foot-300x250") -> list[str]:
    plan.forget()
    choices = decision.decide([code], decision.View(at=timezone.now()))
    return [choice.art.alt for choice in choices if choice.art]


def test_own_artwork_stands_where_nobody_bought_and_leads_into_the_site(desk, settings):
    assert desk.post(ADD, filled()).status_code == 302
    own = HouseCreative.objects.get()
    assert (own.click_url, own.phone_file.name) == (f"{settings.SITE_URL}/contact/", "")
    assert stands() == ["Read us every morning"]
    html = desk.get(f"/admin/ads/housecreative/{own.pk}/change/").content.decode()
    assert html.count(f'src="{own.file.url}"') == 2
    factories.booking()
    assert stands() == ["Fresh bread, every morning"]


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"art": ""}, "art", "This field is required."),
        ({"art": SimpleUploadedFile("a.jpg", b"no picture")}, "art", "JPEG"),
        ({"alt": "banner"}, "alt", "does not say what the artwork says"),
        ({"click_url": "//evil.example"}, "click_url", "must begin with https:// or http://"),
        ({"click_url": "javascript:alert(1)"}, "click_url", "must begin with https:// or http://"),
        ({"click_url": "http://[x/"}, "click_url", "is not the address"),
        ({"weight": "0"}, "weight", "greater than or equal to 1"),
        ({"weight": "101"}, "weight", "less than or equal to 100"),
    ],
)
def test_what_cannot_be_shown_is_refused_by_its_field(desk, changes, field, says):
    found = errors(desk.post(ADD, filled(**changes)))
    assert list(found) == [field]
    assert says in found[field][0]
    assert not HouseCreative.objects.exists()


def test_artwork_of_another_size_is_refused_and_phone_artwork_where_phones_need_none(desk):
    found = errors(desk.post(ADD, filled(art=upload(300, 251), phone_art=upload(320, 100))))
    assert found["art"] == ["This position takes artwork of exactly 300 × 250 pixels; yours is 300 × 251."]
    assert found["phone_art"] == ["This position shows the same artwork on phones."]


def test_the_wide_positions_take_phone_artwork(desk):
    place = factories.position("top-728x90")
    assert desk.post(ADD, filled(place.code, phone_art=upload(*place.phone_size))).status_code == 302
    assert HouseCreative.objects.get().phone_file.name


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("/partners/", "http://127.0.0.1:8000/partners/"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/"),
        ("books.example/new", "https://books.example/new"),
    ],
)
def test_own_addresses_are_those_of_this_site_wherever_it_stands(settings, typed, stored):
    settings.SITE_URL = "http://127.0.0.1:8000"
    assert click_address.normalise_own(typed) == stored


def test_replacing_makes_a_new_one_and_switches_the_old_one_off(desk):
    old = factories.house(alt="Read us at noon", language="en", weight=30)
    page = desk.get(f"{ADD}?replaces={old.pk}")
    assert page.context["adminform"].form.initial["weight"] == 30
    values = filled(art=upload(300, 250, "red"), weight="30", language="en", replaces=str(old.pk))
    assert desk.post(ADD, values).status_code == 302
    old.refresh_from_db()
    new = HouseCreative.objects.latest("pk")
    assert (old.is_active, new.is_active, new.file.name != old.file.name) == (False, True, True)
    assert stands() == ["Read us every morning"]


def test_words_and_weight_change_and_the_picture_and_its_position_do_not(desk):
    own = factories.house()
    before = own.file.name
    values = filled(weight="70", is_active="", position=factories.position("top-728x90").pk)
    assert desk.post(f"/admin/ads/housecreative/{own.pk}/change/", values).status_code == 302
    own.refresh_from_db()
    assert (own.weight, own.is_active, own.file.name, own.position.code) == (70, False, before, "foot-300x250")
    assert stands() == []


def test_what_is_shown_is_switched_off_before_it_is_deleted_and_its_counts_stay(
    desk, django_capture_on_commit_callbacks
):
    own = factories.house()
    factories.event(at=timezone.now(), house=own.pk, position=own.position_id)
    address = f"/admin/ads/housecreative/{own.pk}/delete/"
    assert desk.post(address, {"post": "yes"}).status_code == 403
    HouseCreative.objects.update(is_active=False)
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.post(address, {"post": "yes"}).status_code == 302
    assert not default_storage.exists(own.file.name)
    assert (HouseCreative.objects.count(), Event.objects.filter(house=own.pk).count()) == (0, 1)


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_shows_what_was_counted_in_seven_days(desk, django_assert_num_queries, count):
    own = factories.house()
    row = HouseCreative.objects.filter(pk=own.pk).values().get()
    HouseCreative.objects.bulk_create(HouseCreative(**row | {"id": None}) for _ in range(count - 1))
    for kind in (Kind.RENDER, Kind.RENDER, Kind.CLICK):
        factories.event(kind, at=timezone.now(), house=own.pk, position=own.position_id)
    with django_assert_num_queries(10):
        response = desk.get("/admin/ads/housecreative/")
    found = {one.pk: (one.week.renders, one.week.clicks) for one in response.context["cl"].result_list if one.week}
    assert found == {own.pk: (2, 1)}
