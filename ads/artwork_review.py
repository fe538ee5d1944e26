"""A person looks at artwork and says yes or no. Only a yes makes its files public, and only then is it shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from articles.models import User

from . import artwork, artwork_letters, plan, rotation
from .models import Booking, Creative, CreativeMove

Status = Creative.Status


class ReviewRefused(Exception):
    """Raised when a version cannot be approved or refused; its text is a sentence for the person who tried."""


def approve(creative: Creative, *, by: User | None, at: datetime, note: str = "", beside: int | None = None) -> None:
    """Show this version instead of those before it, from its booking's first day on; or, where versions take turns,
    `beside` them with that weight. The advertiser gets a mail. Raises ReviewRefused, also when somebody else was
    faster."""
    _check_move(creative, Status.APPROVED)
    if beside and not rotation.weighted(creative.booking):
        raise ReviewRefused(_("No versions take turns any more. Reload the page to see where they stand."))
    names = _publish(creative)
    try:
        with transaction.atomic():
            _move(creative, Status.APPROVED, by=by, at=at, note=note, refusal="", weight=beside, **names)
            if not beside:
                rotation.take_place(creative)
            artwork_letters.approved(creative, at=at)
            transaction.on_commit(plan.forget)
            # Somebody who refused it a moment ago may just have taken its files off.
            transaction.on_commit(lambda: _publish(creative))
    except BaseException:
        _take_off_unless_approved(creative, list(names.values()))
        raise


def refuse(creative: Creative, *, by: User | None, at: datetime, reason: str) -> Creative | None:
    """Refuse a version, also one that runs: it is down within a minute. The advertiser is told by mail what to change.
    Returns what is shown instead, None for nothing. Raises ReviewRefused."""
    reason = " ".join(reason.split())
    if not reason:
        raise ReviewRefused(_("Say what should change; the advertiser gets this by mail."))
    _check_move(creative, Status.REFUSED)
    _keep_privately(creative)
    with transaction.atomic():
        was_shown = is_shown(creative, at=at)
        _move(creative, Status.REFUSED, by=by, at=at, note=reason, refusal=reason, weight=None)
        instead = next(iter(artwork.all_shown(creative.booking)), None)
        artwork_letters.refused(creative, reason=reason, instead=instead, was_shown=was_shown, at=at)
        public = [file.name for file in (creative.file, creative.phone_file) if file]
        transaction.on_commit(plan.forget)
        transaction.on_commit(lambda: _take_off_unless_approved(creative, public))
    return instead


def is_shown(creative: Creative, *, at: datetime) -> bool:
    """Whether readers see this version now."""
    booking = creative.booking
    runs = booking.status == Booking.Status.BOOKED and booking.starts_at <= at < booking.ends_at
    return runs and creative in artwork.all_shown(booking)


def after(creative: Creative) -> Creative | None:
    """What is shown when this version is not: of the others that are approved, the newest that is."""
    approved = creative.booking.creatives.filter(status=Status.APPROVED).order_by("-version")
    return next(iter(plan.shown_of([one for one in approved if one != creative])), None)


def _check_move(creative: Creative, target: str) -> None:
    if target not in Creative.MOVES[creative.status]:
        raise ReviewRefused(_moved_meanwhile(creative))


def _move(creative: Creative, target: str, *, by: User | None, at: datetime, note: str, **values: Any) -> None:
    """The one way through `Creative.MOVES`: from the status that the person saw, and never past a newer version."""
    origin = creative.status
    rows = Creative.objects.filter(pk=creative.pk, status=origin)
    if target == Status.APPROVED and not values["weight"]:
        newer = Creative.objects.filter(
            booking=OuterRef("booking"), version__gt=OuterRef("version"), status=Status.APPROVED
        )
        if Creative.objects.filter(Exists(newer), pk=creative.pk).exists():
            raise ReviewRefused(_("A newer version is approved already. Refuse that one first to show this one again."))
    if not rows.update(status=target, reviewed_by=by, reviewed_at=at, **values):
        raise ReviewRefused(_moved_meanwhile(Creative.objects.get(pk=creative.pk)))
    CreativeMove.objects.create(creative=creative, from_status=origin, to_status=target, actor=by, note=note, at=at)
    creative.status, creative.reviewed_by, creative.reviewed_at = target, by, at
    for name, value in values.items():
        setattr(creative, name, value)


def _moved_meanwhile(creative: Creative) -> str:
    return _("This version is “%(status)s” now. Reload the page to see where it stands.") % {
        "status": creative.get_status_display()
    }


def _publish(creative: Creative) -> dict[str, str]:
    """Copies of the private files where readers get them. Returns their names by field; a version that was public once
    gets its names back, because they belong to it for ever."""
    names = {}
    for private, public in (("waiting_file", "file"), ("waiting_phone_file", "phone_file")):
        source, target = getattr(creative, private), getattr(creative, public)
        if not source:
            continue
        with source.open("rb") as opened:
            content = ContentFile(opened.read())
        if not target:
            name = target.field.generate_filename(creative, f"a.{source.name.rpartition('.')[2]}")
            names[public] = default_storage.save(name, content)
        elif not default_storage.exists(target.name):
            names[public] = default_storage.save(target.name, content)
    return names


def _keep_privately(creative: Creative) -> None:
    """What the desk hung itself has public files alone: they are kept before they are taken off."""
    values = {}
    for private, public in (("waiting_file", "file"), ("waiting_phone_file", "phone_file")):
        source, target = getattr(creative, public), getattr(creative, private)
        if source and not target and default_storage.exists(source.name):
            with source.open("rb") as opened:
                target.save(f"a.{source.name.rpartition('.')[2]}", ContentFile(opened.read()), save=False)
            values[private] = target.name
    if values:
        Creative.objects.filter(pk=creative.pk).update(**values)


def _take_off_unless_approved(creative: Creative, names: list[str]) -> None:
    """Remove public files, unless the version is approved by now: then they are its own."""
    if not names:
        return
    current = Creative.objects.filter(pk=creative.pk, status=Status.APPROVED).first()
    kept = {current.file.name, current.phone_file.name} if current else set()
    for name in names:
        if name not in kept:
            default_storage.delete(name)
