"""The newsroom's own artwork: hung, replaced, and taken away. What was counted of it stays."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from articles.uploads import pictures

from . import totals
from .models import HouseCreative, Position
from .models.event import Kind

# How many days, today included, the list counts.
DAYS = 7


def hang(
    *,
    position: Position,
    art: pictures.Artwork,
    at: datetime,
    name: str,
    alt: str,
    click_url: str,
    phone_art: pictures.Artwork | None = None,
    language: str = "",
    weight: int = 10,
    is_active: bool = True,
    instead_of: HouseCreative | None = None,
) -> HouseCreative:
    """A new picture for a position; the one that it comes `instead_of` is switched off. Texts are normalised before."""
    made = HouseCreative(
        position=position,
        name=name,
        alt=alt,
        click_url=click_url,
        language=language,
        weight=weight,
        is_active=is_active,
        created_at=at,
    )
    try:
        made.file.save(f"a.{art.extension}", ContentFile(art.data), save=False)
        if phone_art:
            made.phone_file.save(f"a.{phone_art.extension}", ContentFile(phone_art.data), save=False)
        with transaction.atomic():
            made.save(force_insert=True)
            if instead_of:
                instead_of.is_active = False
                instead_of.save(update_fields=["is_active"])
    except BaseException:
        _drop(_files_of(made))
        raise
    return made


def remove(house: HouseCreative) -> None:
    """Delete own artwork with its files. Its counts go by its number, and stay."""
    files = _files_of(house)
    with transaction.atomic():
        house.delete()
        transaction.on_commit(lambda: _drop(files))


def week_of(numbers: list[int], *, at: datetime) -> dict[int, totals.Figures]:
    """Shown, seen and clicked in the last seven days, by number."""
    if not numbers:
        return {}
    first = timezone.localdate(at) - timedelta(days=DAYS - 1)
    kinds = [Kind.RENDER, Kind.CLICK]
    found = totals.figures("house", first_day=first, house__in=numbers, kind__in=kinds)
    return {number: one for (number,), one in found.items()}


def _files_of(house: HouseCreative) -> list[str]:
    return [file.name for file in (house.file, house.phone_file) if file and file.name]


def _drop(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)
