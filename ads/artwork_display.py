"""What people see of artwork before readers do: in its place on a drawn page, what was checked, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import artwork, click_address, plan
from .models import Booking, Creative, Position

# The column of a phone 360 pixels wide.
PHONE_COLUMN = 328

Status = Creative.Status


@dataclass(frozen=True)
class Piece:
    """A picture in a drawn page: "art" or "phone_art", at the size it is shown in."""

    field: str
    width: int
    height: int
    is_shrunk: bool = False

    @property
    def display_size(self) -> str:
        return display_size(self.width, self.height)


def display_size(width: int, height: int) -> str:
    """“728×90”, isolated from the direction of the text around it."""
    return f"\u2066{width}×{height}\u2069"


def on_desktop(position: Position) -> Piece:
    return Piece("art", position.width, position.height)


def on_phone(position: Position, *, has_phone_artwork: bool) -> Piece:
    """The phone artwork, or what the other one shrinks to."""
    if has_phone_artwork and position.phone_size:
        return Piece("phone_art", *position.phone_size)
    if position.width <= PHONE_COLUMN:
        return Piece("art", position.width, position.height)
    height = round(position.height * PHONE_COLUMN / position.width)
    return Piece("art", PHONE_COLUMN, height, is_shrunk=True)


def has_phone_artwork(creative: Creative) -> bool:
    return artwork.stored(creative, "phone_art") is not None


def checks(creative: Creative) -> list[str]:
    """What was checked on arrival, as sentences."""
    position = creative.booking.position
    found = [
        _("%(format)s of exactly %(size)s pixels, decoded to the last one and written anew without metadata.")
        % {"format": creative.format, "size": position.display_size},
        _weight(creative, position),
    ]
    if creative.frames > 1:
        found += [play(creative), _("It does not flash more than three times in any second over a large area.")]
    else:
        found.append(_("It does not move."))
    phone = on_phone(position, has_phone_artwork=has_phone_artwork(creative))
    if phone.field == "phone_art":
        found.append(
            _("Phone artwork of exactly %(size)s pixels, %(weight)d KB.")
            % {"size": phone.display_size, "weight": -(-(creative.phone_bytes or 0) // 1024)}
        )
    elif phone.is_shrunk:
        found.append(_("No phone artwork: phones show it shrunk to %(size)s.") % {"size": phone.display_size})
    found.append(_("It leads to a public website, over http or https; nobody opened the address yet."))
    if host := click_address.spoken_host(creative.click_url):
        found.append(
            _("The name of the website is written in other letters: %(host)s") % {"host": f"\u2068{host}\u2069"}
        )
    return found


def _weight(creative: Creative, position: Position) -> str:
    words = {"weight": creative.kilobytes, "limit": position.max_kilobytes}
    if creative.sent_bytes and creative.sent_bytes > creative.bytes:
        return _("It weighs %(weight)d KB, %(sent)d KB when it came; %(limit)d KB are allowed.") % (
            words | {"sent": -(-creative.sent_bytes // 1024)}
        )
    return _("It weighs %(weight)d KB; %(limit)d KB are allowed.") % words


def play(creative: Creative) -> str:
    """How an animation plays, in one sentence."""
    frames = ngettext("%(count)d frame", "%(count)d frames", creative.frames) % {"count": creative.frames}
    once = number_format(creative.duration_ms / 1000, 1)
    if not creative.loops:
        return _("%(frames)s, %(once)s s a round, for ever.") % {"frames": frames, "once": once}
    rounds = ngettext("%(count)d round", "%(count)d rounds", creative.loops) % {"count": creative.loops}
    return _("%(frames)s in %(once)s s, %(rounds)s, %(whole)s s in all; then it stays on its last frame.") % {
        "frames": frames,
        "once": once,
        "rounds": rounds,
        "whole": number_format(creative.play_seconds, 1),
    }


def shown_of(versions: Sequence[Creative]) -> list[Creative]:
    """Of the versions of one booking, the newest first, those that run between its days."""
    return plan.shown_of([version for version in versions if version.status == Status.APPROVED])


def state(creative: Creative, *, shown: Sequence[Creative], at: datetime) -> tuple[str, str]:
    """A name for the style, and a word or two: where a version stands."""
    booking = creative.booking
    if creative.status != Status.APPROVED:
        return creative.status, creative.get_status_display()
    if booking.status == Booking.Status.CANCELLED or at >= booking.ends_at:
        return "ended", _("Approved; its booking is over")
    if creative not in shown:
        return "older", _("Approved; others take turns") if len(shown) > 1 else _("Approved; another version runs")
    if booking.paused_at:
        return "older", _("Approved; paused")
    if at >= booking.starts_at:
        if len(shown) == 1:
            return "live", _("Shown now")
        part = round(100 * (creative.weight or 0) / sum(one.weight or 0 for one in shown))
        return "live", _("Shown now, %(part)d %% of the times") % {"part": part}
    day = date_format(timezone.localtime(booking.starts_at), "j F Y")
    return "approved", _("Approved; runs from %(day)s") % {"day": day}


@dataclass(frozen=True)
class Version:
    """One artwork version as its advertiser sees it."""

    creative: Creative
    style: str
    words: str
    desktop: Piece
    phone: Piece
    checks: Sequence[str] = ()


def versions_of(booking: Booking, *, at: datetime) -> list[Version]:
    """All versions, the newest first. No query where they were fetched with the booking."""
    creatives = list(booking.creatives.all())
    for creative in creatives:
        creative.booking = booking
    shown = shown_of(creatives)
    found = []
    for creative in creatives:
        style, words = state(creative, shown=shown, at=at)
        found.append(
            Version(
                creative=creative,
                style=style,
                words=words,
                desktop=on_desktop(booking.position),
                phone=on_phone(booking.position, has_phone_artwork=has_phone_artwork(creative)),
                checks=checks(creative),
            )
        )
    return found
