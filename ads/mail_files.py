"""Files that come by mail: checked as those of the request form are, and kept as material of a deal."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from articles.uploads import pictures, word

from . import artwork
from .mail_reading import File
from .materials import Checked
from .models import Position

# A check may take seconds; nobody sends more artwork at once.
MOST_CHECKED = 10


@dataclass
class Findings:
    """What is fit to be kept, and a sentence for each file that is not."""

    files: list[Checked] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def check(files: tuple[File, ...]) -> Findings:
    """Look through the files of a mail. Pictures that stand in the text and fit no position, such as the logo of a
    signature, are passed over. Takes a second or more for each file, so not to be called in a transaction."""
    findings = Findings()
    positions = list(Position.objects.filter(is_active=True))
    for number, file in enumerate(files):
        name = file.name or _("a file without a name")
        try:
            if number >= MOST_CHECKED:
                raise _NotTaken(_("Only the first %(count)d files of a mail are looked at.") % {"count": MOST_CHECKED})
            findings.files.append(_checked(file, name, positions))
        except (_NotTaken, pictures.PictureRefused, word.WordRefused) as refusal:
            if not (file.is_inline and file.kind.startswith("image/")):
                findings.refused.append(f"{name}: {refusal}")
    return findings


class _NotTaken(Exception):
    """Raised for a file of a kind that no deal needs; its text is a sentence."""


def _checked(file: File, name: str, positions: list[Position]) -> Checked:
    small = name.lower()
    if (
        small.endswith((".docx", ".doc", ".docm"))
        or "wordprocessingml" in file.kind
        or file.kind == "application/msword"
    ):
        if len(file.content) > word.MAX_BYTES:
            raise _NotTaken(_("It is larger than 10 MB."))
        word.check(file.content)
        return Checked(file.content, name, "DOCX")
    if file.kind.startswith("image/") or small.endswith((".jpg", ".jpeg", ".gif", ".png", ".webp")):
        return _checked_artwork(file, name, positions)
    if small == "winmail.dat" or file.kind == "application/ms-tnef":
        raise _NotTaken(_("Outlook packed the files into it. Ask for them to be sent as plain text or HTML mail."))
    raise _NotTaken(_("Neither a Word file nor a picture. It is kept within the mail."))


def _checked_artwork(file: File, name: str, positions: list[Position]) -> Checked:
    facts = pictures.check(file.content, formats=pictures.ARTWORK_FORMATS, max_bytes=artwork.MAX_UPLOAD_BYTES)
    size = facts.width, facts.height
    fitting = [(place, False) for place in positions if place.size == size]
    fitting += [(place, True) for place in positions if place.phone_size == size]
    if not fitting:
        raise _NotTaken(
            _("It has %(width)d × %(height)d pixels, and no position has.") % {"width": size[0], "height": size[1]}
        )
    # The one that takes the heaviest: what is refused there is refused everywhere.
    place, is_phone = max(fitting, key=lambda found: found[0].max_kilobytes)
    checked = artwork.check(place, file.content, phone=is_phone)
    return Checked(checked.data, name, checked.facts.format, size)
