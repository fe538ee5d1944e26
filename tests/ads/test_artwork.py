from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.db.models.signals import pre_save
from django.utils import timezone

from ads import artwork
from ads.models import Booking, Creative
from tests import factories

pytestmark = pytest.mark.django_db


def files() -> set[str]:
    return {path.name for path in Path(default_storage.location, "p").glob("*")}


def hang(booking: Booking, **fields) -> Creative:
    art = artwork.check(booking.position, factories.jpeg(*booking.position.size))
    values = {"alt": "Bread", "click_url": "https://bakery.example/", "at": timezone.now()}
    return artwork.hang(booking, art, **values | fields)


def test_artwork_hung_in_the_same_moment_as_another_is_tried_once_more():
    booking = factories.booking()

    def overtake(sender, instance, **kwargs):
        """Somebody else hangs theirs between our look at the newest version and our row. On this one connection, theirs
        goes back together with our first attempt."""
        pre_save.disconnect(overtake, Creative)
        other = {**instance.__dict__, "file": "p/other.jpg"}
        Creative.objects.bulk_create(
            [Creative(**{f.attname: other[f.attname] for f in Creative._meta.concrete_fields})]
        )

    pre_save.connect(overtake, Creative)
    creative = hang(booking)
    assert (creative.version, booking.creatives.first()) == (2, creative)
    assert list(booking.creatives.values_list("version", flat=True)) == [2, 1]
    assert default_storage.exists(creative.file.name)


def test_artwork_that_the_database_refuses_leaves_no_files():
    booking = factories.booking()
    before = files()
    with pytest.raises(IntegrityError, match="creative_is_described"):
        hang(booking, alt="")
    assert files() == before


def test_a_disk_that_is_full_at_the_second_file_leaves_no_first(monkeypatch):
    booking = factories.booking()
    before, save = files(), default_storage.save

    def full_soon(name, content, **options):
        if len(files()) > len(before):
            raise OSError(28, "No space left on device")
        return save(name, content, **options)

    monkeypatch.setattr(default_storage, "save", full_soon)
    phone = artwork.check(booking.position, factories.jpeg(*booking.position.size))
    with pytest.raises(OSError, match="No space left"):
        hang(booking, phone=phone)
    assert files() == before
    assert booking.creatives.count() == 1
