"""Artwork for a position: checked, written anew, and kept as an immutable version of its booking.

What somebody outside sends is a version that waits, its files private, until a person approves it
(`ads.artwork_review`). What the desk hangs itself is approved by that.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.db.models.fields.files import FieldFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from articles.models import User
from articles.uploads import pictures

from . import alternative, artwork_letters, click_address, plan, rotation
from .models import Booking, Creative, CreativeMove, Position

MAX_UPLOAD_BYTES = 15 * 1024 * 1024
# What a JPEG is compressed to where its quality allows: the reader pays for every byte.
AIM_KILOBYTES, PHONE_AIM_KILOBYTES = 120, 60
PHONE_KILOBYTES = 150
# All rounds of an animation together.
PLAY_MS = 5000
MOST_VERSIONS = 30

Status = Creative.Status


class ArtworkRefused(Exception):
    """Raised when artwork cannot be taken. `problems` holds a sentence by field: "art", "phone_art", "alt",
    "click_url", or "" for the whole."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class TooMany(ArtworkRefused):
    """Raised when a booking has as many versions as one may have."""


def check(position: Position, data: bytes, *, phone: bool = False) -> pictures.Artwork:
    """Artwork as it may be shown: JPEG or GIF by decoding, exact pixels, not too heavy, over in five seconds, not
    flashing, without what a picture does not need. Raises `pictures.PictureRefused`."""
    size = position.phone_size if phone and position.phone_size else position.size
    most = min(position.max_kilobytes, PHONE_KILOBYTES) if phone else position.max_kilobytes
    # What has no phone artwork of its own is what phones load.
    aim = PHONE_AIM_KILOBYTES if phone or not position.phone_size else AIM_KILOBYTES
    return pictures.artwork(
        data, size=size, max_bytes=most * 1024, aim_bytes=min(aim, most) * 1024, max_play_ms=PLAY_MS
    )


def submit(
    booking: Booking,
    data: bytes | None,
    phone_data: bytes | None = None,
    *,
    alt: str,
    click_url: str,
    at: datetime,
    by: User | None = None,
    names: Iterable[str] = (),
) -> Creative:
    """Add a version that waits for review; `by` is None for the advertiser. Without `data` it has the picture of the
    version before it, so that a text or an address alone can change. Sent twice, it is there once.

    Raises ArtworkRefused with every problem at once. `names` are the files' names, which no alternative text may be.
    """
    newest = booking.creatives.first()
    _check_open(booking, newest, at)
    checked, alt, click_url = _checked(booking, data, phone_data, alt, click_url, names, newest)
    files = {key: artwork.data for key, artwork in checked.items()}
    same = newest is not None and (newest.alt, newest.click_url) == (alt, click_url)
    if newest and data is None:
        files = _files_of(newest) | files
        if same and not phone_data:
            raise ArtworkRefused({"": _("This is what we have already. Choose a file, or change the text or address.")})
    if newest and same and newest.status == Status.WAITING and _files_of(newest) == files:
        return newest
    creative = Creative(
        booking=booking,
        status=Status.WAITING,
        alt=alt,
        click_url=click_url,
        created_at=at,
        created_by=by,
        sent_bytes=len(data) if data else newest.sent_bytes if newest else None,
        phone_bytes=len(files["phone_art"]) if "phone_art" in files else None,
        **(_facts(checked["art"]) if "art" in checked else _facts_of(newest)),
    )
    phone_kind = checked["phone_art"].extension if "phone_art" in checked else _extension(newest, "phone_art")
    with _files_or_nothing(creative):
        creative.waiting_file.save(f"a.{_ending(creative.format)}", ContentFile(files["art"]), save=False)
        if "phone_art" in files:
            creative.waiting_phone_file.save(f"a.{phone_kind}", ContentFile(files["phone_art"]), save=False)
        with transaction.atomic():
            _number(creative)
            _replace_waiting(creative, by=by, at=at)
            CreativeMove.objects.create(creative=creative, to_status=Status.WAITING, actor=by, at=at)
            if by is None:
                artwork_letters.arrived(creative)
    return creative


def hang(
    booking: Booking,
    artwork: pictures.Artwork,
    *,
    alt: str,
    click_url: str,
    at: datetime,
    by: User | None = None,
    phone: pictures.Artwork | None = None,
) -> Creative:
    """Add artwork of the desk to a booking as its next version, which is the one shown from now on: where versions took
    turns, in place of all of them."""
    creative = Creative(
        booking=booking,
        alt=alt,
        click_url=click_url,
        created_at=at,
        created_by=by,
        reviewed_by=by,
        reviewed_at=at,
        phone_bytes=len(phone.data) if phone else None,
        **_facts(artwork),
    )
    with _files_or_nothing(creative):
        creative.file.save(f"a.{artwork.extension}", ContentFile(artwork.data), save=False)
        if phone:
            creative.phone_file.save(f"a.{phone.extension}", ContentFile(phone.data), save=False)
        with transaction.atomic():
            _number(creative)
            rotation.take_place(creative)
            CreativeMove.objects.create(creative=creative, to_status=Status.APPROVED, actor=by, at=at)
    return creative


def hang_again(creative: Creative, booking: Booking, *, by: User | None, at: datetime) -> Creative:
    """The approved artwork of one booking, hung in another of the same position, with files of its own."""
    copy = Creative(
        booking=booking,
        alt=creative.alt,
        click_url=creative.click_url,
        created_at=at,
        created_by=by,
        reviewed_by=creative.reviewed_by,
        reviewed_at=creative.reviewed_at,
        phone_bytes=creative.phone_bytes,
        weight=creative.weight,
        **_facts_of(creative),
    )
    files = _files_of(creative)
    with _files_or_nothing(copy):
        copy.file.save(f"a.{_ending(creative.format)}", ContentFile(files["art"]), save=False)
        if "phone_art" in files:
            ending = _extension(creative, "phone_art")
            copy.phone_file.save(f"a.{ending}", ContentFile(files["phone_art"]), save=False)
        with transaction.atomic():
            _number(copy)
            CreativeMove.objects.create(creative=copy, to_status=Status.APPROVED, actor=by, at=at)
    return copy


def all_shown(booking: Booking) -> list[Creative]:
    """The versions that run between the days of a booking, the newest first: several where they take turns."""
    return plan.shown_of(list(booking.creatives.filter(status=Status.APPROVED).order_by("-version")))


def shown(booking: Booking) -> Creative | None:
    """The newest of the versions that run between the days of a booking, None where none is approved."""
    return next(iter(all_shown(booking)), None)


def _check_open(booking: Booking, newest: Creative | None, at: datetime) -> None:
    if booking.status != Booking.Status.BOOKED:
        raise ArtworkRefused({"": _("This booking was cancelled, so it takes no artwork.")})
    if at >= booking.ends_at:
        raise ArtworkRefused({"": _("This booking is over, so it takes no artwork.")})
    if newest and newest.version >= MOST_VERSIONS:
        raise TooMany(
            {
                "": _("This booking has %(count)d versions of its artwork, which is the most it can have. Write to us.")
                % {"count": newest.version}
            }
        )


def _checked(
    booking: Booking,
    data: bytes | None,
    phone_data: bytes | None,
    alt: str,
    click_url: str,
    names: Iterable[str],
    newest: Creative | None,
) -> tuple[dict[str, pictures.Artwork], str, str]:
    """The files written anew, and both texts as they are stored. Raises ArtworkRefused."""
    problems: dict[str, str] = {}
    checked: dict[str, pictures.Artwork] = {}
    if data is None and newest is None:
        problems["art"] = _("Choose the file with the artwork.")
    for field, content in (("art", data), ("phone_art", phone_data)):
        if content is None:
            continue
        if field == "phone_art" and not booking.position.phone_size:
            problems[field] = _("This position shows the same artwork on phones.")
        elif len(content) > MAX_UPLOAD_BYTES:
            problems[field] = too_large(len(content))
        else:
            try:
                checked[field] = check(booking.position, content, phone=field == "phone_art")
            except pictures.PictureRefused as refusal:
                problems[field] = str(refusal.message)
    texts = {}
    for field, text, normalise in (
        ("alt", alt, lambda text: alternative.normalise(text, names)),
        ("click_url", click_url, click_address.normalise),
    ):
        try:
            texts[field] = normalise(text)
        except ValidationError as refusal:
            problems[field] = refusal.messages[0]
    if problems:
        raise ArtworkRefused(problems)
    return checked, texts["alt"], texts["click_url"]


def too_large(size: int) -> str:
    return _("This file has %(size)s; at most %(most)s is taken. Make it smaller and choose it again.") % {
        "size": filesizeformat(size),
        "most": filesizeformat(MAX_UPLOAD_BYTES),
    }


def _facts(artwork: pictures.Artwork) -> dict[str, Any]:
    facts = artwork.facts
    return {
        "format": facts.format,
        "bytes": len(artwork.data),
        "frames": facts.frames,
        "duration_ms": facts.duration_ms,
        "loops": facts.loops,
    }


def _facts_of(creative: Creative | None) -> dict[str, Any]:
    return {name: getattr(creative, name) for name in ("format", "bytes", "frames", "duration_ms", "loops")}


def _ending(kind: str) -> str:
    return "gif" if kind == "GIF" else "jpg"


def stored(creative: Creative, field: str) -> FieldFile | None:
    """Where a file of a version lies, private or public; `field` is "art" or "phone_art"."""
    private, public = (
        (creative.waiting_phone_file, creative.phone_file)
        if field == "phone_art"
        else (creative.waiting_file, creative.file)
    )
    return private or public or None


def _extension(creative: Creative | None, field: str) -> str:
    file = stored(creative, field) if creative else None
    return file.name.rpartition(".")[2] if file and file.name else ""


def _files_of(creative: Creative) -> dict[str, bytes]:
    found = {}
    for field in ("art", "phone_art"):
        if file := stored(creative, field):
            with file.open("rb") as opened:
                found[field] = opened.read()
    return found


class _files_or_nothing:
    """What fails inside leaves no file behind."""

    def __init__(self, creative: Creative) -> None:
        self.creative = creative

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        if kind is None:
            return
        creative = self.creative
        for file in (creative.file, creative.phone_file, creative.waiting_file, creative.waiting_phone_file):
            if file:
                file.storage.delete(file.name)


def _replace_waiting(creative: Creative, *, by: User | None, at: datetime) -> None:
    """Older versions that nobody looked at need no review any more."""
    older = Creative.objects.filter(booking=creative.booking_id, status=Status.WAITING, version__lt=creative.version)
    for other in older:
        if Creative.objects.filter(pk=other.pk, status=Status.WAITING).update(status=Status.REPLACED):
            CreativeMove.objects.create(
                creative=other, from_status=Status.WAITING, to_status=Status.REPLACED, actor=by, at=at
            )


def _number(creative: Creative) -> None:
    """Save as the version after the newest. Two who hang at once want the same number; the later tries once more."""
    for is_last_try in (False, True):
        newest = creative.booking.creatives.aggregate(newest=Max("version"))["newest"] or 0
        creative.version = newest + 1
        try:
            with transaction.atomic():
                creative.save(force_insert=True)
            return
        except IntegrityError:
            if is_last_try:
                raise
