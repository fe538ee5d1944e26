"""Who publishes, and how it is said: changing the brand, and the name that mail comes from."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from . import contrast
from .models import Brand, BrandChange, User
from .uploads import pictures

WORDS = ("name", "name_ar", "tagline", "tagline_ar", "about", "about_ar", "copyright", "copyright_ar", "email")
COLOURS = ("accent", "accent_dark", "accent_on_links")


class BrandRefused(Exception):
    """What cannot be saved; its text is a sentence for the person who tried."""


class ChangedMeanwhile(BrandRefused):
    """Raised when somebody else saved the brand since the person opened it. Nothing was changed."""


@dataclass(frozen=True)
class Drawn:
    """A picture of the brand written anew, in memory: the facts that its field will hold, and its files by name."""

    facts: dict[str, Any]
    files: dict[str, bytes]


def draw(field: str, data: bytes) -> Drawn:
    """A logo or the icon, from a file that somebody sent. Raises `pictures.PictureRefused`."""
    key = uuid.uuid4().hex
    if field == "icon":
        return Drawn({"key": key}, {f"b/{key}.png": pictures.icon(data)})
    made = pictures.logo(data)
    files = {f"b/{key}.webp": made.light, f"b/{key}.png": made.paper}
    if made.dark:
        files[f"b/{key}-dark.webp"] = made.dark
    return Drawn({"key": key, "width": made.width, "height": made.height, "has_dark": bool(made.dark)}, files)


def refusal(colour: str, mode: str, *, links: bool = False) -> str:
    """Why a colour cannot be the accent in a mode, as a sentence with the nearest shade that can; empty when it can."""
    reached = contrast.least_ratio(colour, mode, links=links)
    if reached >= contrast.LEAST:
        return ""
    sentence = (
        _("%(colour)s reaches a contrast of %(reached)s : 1 in dark mode, and text needs 4.5 : 1. %(shade)s does.")
        if mode == "dark"
        else _(
            "%(colour)s reaches a contrast of %(reached)s : 1 in light mode, and text needs 4.5 : 1. %(shade)s does."
        )
    )
    shade = contrast.nearest(colour, mode, links=links)
    return sentence % {"colour": colour, "reached": f"{reached:.2f}", "shade": shade}


def typed(brand: Brand, values: Mapping[str, Any]) -> Brand:
    """A copy of the brand with other values, which is not saved."""
    names = [field.attname for field in Brand._meta.concrete_fields]
    new = Brand(**{name: getattr(brand, name) for name in names})
    for name, value in values.items():
        setattr(new, name, value.facts if isinstance(value, Drawn) else value)
    return new


def change(values: Mapping[str, Any], *, seen: int, by: User | None, at: datetime) -> Brand:
    """Save what is said of the brand: texts, colours and links as they are, pictures as `Drawn`, {} to take one away.
    `seen` is the version that the person had before them. Every process follows within Brand.KNOWN_FOR seconds.

    Raises BrandRefused, ChangedMeanwhile.
    """
    for mode, field in (("light", "accent"), ("dark", "accent_dark")):
        if (colour := values.get(field)) and (
            sentence := refusal(colour, mode, links=bool(values.get("accent_on_links")))
        ):
            raise BrandRefused(sentence)
    # Before the row that names them; a row without its files would be a page without its logo.
    for value in values.values():
        for name, data in value.files.items() if isinstance(value, Drawn) else ():
            default_storage.save(name, ContentFile(data))
    with transaction.atomic():
        Brand.objects.get_or_create(pk=Brand.ONLY)
        held = Brand.objects.select_for_update().get(pk=Brand.ONLY)
        if held.version != seen:
            raise ChangedMeanwhile(
                _("Somebody else changed the brand since you opened it. Look at it anew, then change it.")
            )
        new = typed(held, values)
        changes = {
            name: [getattr(held, name), getattr(new, name)]
            for name in values
            if getattr(held, name) != getattr(new, name)
        }
        if changes:
            new.version += 1
            new.save(force_update=True)
            BrandChange.objects.create(at=at, by=by, changes=changes)
            transaction.on_commit(Brand.forget)
    return new


def sender(language: str) -> str:
    """Who mail is from: the publisher's name before the address, unless DEFAULT_FROM_EMAIL has a name of its own."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return (
        settings.DEFAULT_FROM_EMAIL if name else formataddr((one_line(Brand.current().said("name", language)), address))
    )


def one_line(text: str) -> str:
    """Without line breaks and other signs that would end a header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def paper_logo(facts: Mapping[str, Any]) -> bytes | None:
    """The PNG of a logo for papers; None where there is no logo, or its file is gone."""
    return _read(f"b/{facts['key']}.png") if facts else None


def icon_file(brand: Brand) -> bytes | None:
    return _read(f"b/{brand.icon['key']}.png") if brand.icon else None


def _read(name: str) -> bytes | None:
    try:
        with default_storage.open(name, "rb") as file:
            return file.read()
    except OSError:
        return None
