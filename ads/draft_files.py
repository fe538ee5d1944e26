"""Files of a request that is being written: checked as they arrive, and kept, so that none has to be chosen twice."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils.html import escape
from django.utils.translation import gettext as _

from articles.uploads import word
from articles.uploads.refusals import Refused

from . import artwork, artwork_display, drafts, intake
from .models import DraftFile, Position, RequestDraft
from .step_forms import Line

# Of one draft, counting those that were replaced; and of all drafts together, because the disk has an end.
MOST_UPLOADS = 100
MOST_BYTES_OF_ALL = 4 * 1024 * 1024 * 1024
# Of a Word file, what its preview shows.
MOST_TEXT = 200_000
PHONE = ".phone"


class FileRefused(Exception):
    """Raised for a file that is not taken; its text is a sentence for who sent it."""


@dataclass(kw_only=True)
class Slot:
    """A place for one file of a line: what it takes, what is kept in it, and what was wrong with the last one."""

    line: Line
    name: str
    label: str
    kept: DraftFile | None = None
    error: str = ""

    @property
    def is_word(self) -> bool:
        return self.line.product is not None

    @property
    def is_phone(self) -> bool:
        return self.name.endswith(PHONE)

    @property
    def field(self) -> str:
        return f"file_{self.name}"

    @property
    def field_id(self) -> str:
        return f"id_{self.field}".replace(".", "_")

    @property
    def size(self) -> tuple[int, int]:
        position = self.line.position
        assert position is not None, "a Word file has no size"  # noqa: S101
        return position.phone_size if self.is_phone and position.phone_size else position.size

    @property
    def display_size(self) -> str:
        return artwork_display.display_size(*self.size)

    @property
    def most_kilobytes(self) -> int:
        position = self.line.position
        if position is None:
            return word.MAX_BYTES // 1024
        return min(position.max_kilobytes, artwork.PHONE_KILOBYTES) if self.is_phone else position.max_kilobytes

    @property
    def counts(self) -> str:
        """“1,240 words, 3 headings, 2 pictures, 4 links”."""
        return intake.counts_in_words(self.kept.report) if self.kept and self.kept.report else ""

    @property
    def left_out(self) -> list[str]:
        return intake.in_words(self.kept.report) if self.kept and self.kept.report else []


@dataclass(kw_only=True)
class Place:
    """A line with its slots, and how its artwork is drawn in its place."""

    line: Line
    slots: list[Slot]
    # The field for what the newsroom should write about.
    brief: Any = None

    @property
    def position(self) -> Position | None:
        return self.line.position

    @property
    def art(self) -> DraftFile | None:
        return self.slots[0].kept if self.slots else None

    @property
    def phone_art(self) -> DraftFile | None:
        return self.slots[1].kept if len(self.slots) > 1 else None

    @property
    def desktop(self) -> artwork_display.Piece:
        assert self.line.position is not None  # noqa: S101
        return artwork_display.on_desktop(self.line.position)

    @property
    def phone(self) -> artwork_display.Piece:
        assert self.line.position is not None  # noqa: S101
        return artwork_display.on_phone(self.line.position, has_phone_artwork=self.phone_art is not None)


def places(draft: RequestDraft, lines: list[Line]) -> list[Place]:
    """What files are asked for: artwork of positions, for phones too where they show another size, and the Word file of
    what the advertiser writes."""
    kept = {file.slot: file for file in draft.files.all()}
    found = []
    for line in lines:
        slots = []
        if line.position:
            slots.append(Slot(line=line, name=line.code, label=_("Artwork")))
            if line.position.phone_size:
                slots.append(Slot(line=line, name=line.code + PHONE, label=_("Artwork for phones (optional)")))
        elif not line.is_written_here:
            slots.append(Slot(line=line, name=line.code, label=_("Word file")))
        for slot in slots:
            slot.kept = kept.get(slot.name)
        found.append(Place(line=line, slots=slots))
    return found


def take(draft: RequestDraft, slot: Slot, upload: Any, *, at: datetime) -> DraftFile:
    """Check a file that was sent for a slot and keep it in place of the one before. Raises FileRefused."""
    most = word.MAX_BYTES if slot.is_word else artwork.MAX_UPLOAD_BYTES
    if upload.size > most:
        raise FileRefused(
            _("This file has %(size)s; at most %(most)s is taken. Make it smaller and choose it again.")
            % {"size": filesizeformat(upload.size), "most": filesizeformat(most)}
        )
    weight = DraftFile.objects.aggregate(all=Sum("bytes"))["all"] or 0
    if drafts.uploaded(draft) > MOST_UPLOADS or weight + upload.size > MOST_BYTES_OF_ALL:
        raise FileRefused(_("No more files can be kept with this request. Send it without, and the files later."))
    data = upload.read()
    kept = DraftFile(draft=draft, slot=slot.name, original_name=upload.name[-200:], kept_at=at)
    try:
        if slot.is_word:
            story = word.convert(data)
            kept.format, kept.report = "DOCX", intake.report_of(story, name=upload.name, at=at)
            title = f"<h2>{escape(story.title)}</h2>" if story.title else ""
            kept.text = title + word.place_pictures(story.html, {}) if len(story.html) <= MOST_TEXT else ""
        else:
            assert slot.line.position is not None  # noqa: S101
            checked = artwork.check(slot.line.position, data, phone=slot.is_phone)
            data, kept.format = checked.data, checked.facts.format
            kept.width, kept.height = slot.size
    except Refused as refusal:
        raise FileRefused(str(refusal.message)) from None
    kept.bytes, kept.sha256 = len(data), hashlib.sha256(data).hexdigest()
    _keep(kept, data)
    slot.kept = kept
    return kept


def _keep(kept: DraftFile, data: bytes) -> None:
    """Its file, its row, and no more of the one before."""
    kept.file.save("", ContentFile(data), save=False)
    try:
        with transaction.atomic():
            draft = RequestDraft.objects.select_for_update(of=("self",)).get(pk=kept.draft_id)
            if draft.request_id:
                raise FileRefused(_("This request was sent already. Send the file from your private page."))
            for older in draft.files.filter(slot=kept.slot):
                _remove(older)
            kept.save()
    except BaseException:
        kept.file.storage.delete(kept.file.name)
        raise


def remove(draft: RequestDraft, name: str) -> bool:
    """Take out what is kept in a slot. False where there is nothing."""
    with transaction.atomic():
        held = RequestDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        found = list(held.files.filter(slot=name)) if held.request_id is None else []
        for kept in found:
            _remove(kept)
    return bool(found)


def _remove(kept: DraftFile) -> None:
    storage, name = kept.file.storage, kept.file.name
    kept.delete()
    transaction.on_commit(lambda: storage.delete(name))
