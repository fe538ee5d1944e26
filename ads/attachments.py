"""Files that come with a message: pictures and Word files, checked as those of the request form are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from articles.uploads import pictures, word
from articles.uploads.refusals import Refused

from . import materials
from .artwork import MAX_UPLOAD_BYTES
from .materials import Checked
from .models import AdRequest, DealMessage, Material

MOST_AT_ONCE = 3
# Of one deal, whoever sends them: more is no conversation, and the disk has an end.
MOST_FILES = 100
MOST_BYTES = 200 * 1024 * 1024


class CheckedRefused(Exception):
    """Raised for a file that is not taken; its text is a sentence for who sent it."""


class TooMuch(Exception):
    """Raised when a deal has as many files as it may have; its text is a sentence for who sent one more."""


def check(name: str, data: bytes) -> Checked:
    """A file as it may be kept: JPEG or GIF by decoding, or a Word file. Raises CheckedRefused."""
    try:
        if data.startswith((b"\xff\xd8", b"GIF8")):
            facts = pictures.check(data, formats=("JPEG", "GIF"), max_bytes=MAX_UPLOAD_BYTES)
            drawn = pictures.artwork(data, size=(facts.width, facts.height), max_bytes=MAX_UPLOAD_BYTES)
            return Checked(drawn.data, name, drawn.facts.format, (drawn.facts.width, drawn.facts.height))
        word.check(data)
    except word.WordRefused as refusal:
        if refusal.code != "not-word":
            raise CheckedRefused(f"{name}: {refusal.message}") from None
        raise CheckedRefused(
            _("%(name)s is neither a picture (JPEG, JPG or GIF) nor a Word file (.docx). Send one of these.")
            % {"name": name}
        ) from None
    except Refused as refusal:
        raise CheckedRefused(f"{name}: {refusal.message}") from None
    return Checked(data, name, "DOCX")


def keep(
    deal: AdRequest,
    message: DealMessage,
    files: Sequence[Checked],
    stored: list[Material],
    *,
    at: datetime,
) -> None:
    """Keep checked files with their message, and list them in `stored`, for `materials.discard` if the transaction
    fails. Call it with the row of the deal locked. Raises TooMuch."""
    has = deal.material.aggregate(files=Count("pk"), weight=Sum("bytes"))
    weight = (has["weight"] or 0) + sum(len(file.data) for file in files)
    if has["files"] + len(files) > MOST_FILES or weight > MOST_BYTES:
        raise TooMuch(
            _(
                "This deal has as many files as one can have: %(files)d, or %(megabytes)d MB. Write to us without "
                "files, and we make room."
            )
            % {"files": MOST_FILES, "megabytes": MOST_BYTES // (1024 * 1024)}
        )
    materials.keep_all(deal, files, stored, message=message, received_at=at)
