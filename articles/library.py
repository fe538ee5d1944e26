"""The verbs of the media library: take a picture in, move its focal point, replace its file and bring it back, take it
out of the world.

Drawing takes up to a second, so it happens outside transactions: SQLite has one writer, and everybody waits for it.
Files are written before the row that names them, under names that were never used, and removed after the row that
named them has changed. So a failure at any moment leaves no row without its files, and no address ever shows two
pictures.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from . import uses
from .models import Article, MediaAsset, PreviousPicture, User
from .models.media import original_path
from .signals import article_changed
from .uploads import pictures
from .uploads.look import are_alike

File = tuple[Storage, str]
# As many of the newest pictures are compared by their look: 70 ms, beside the second that drawing takes.
NEWEST_COMPARED = 100_000
MOST_ALIKE = 4


class LibraryRefused(Exception):
    """Raised for what cannot be done with a picture; its text is a sentence for the person who tried."""


class AlreadyThere(LibraryRefused):
    """Raised by `add` for a file that the library has: `asset` is that picture."""

    def __init__(self, asset: MediaAsset) -> None:
        super().__init__(_("The library has this picture already: %(title)s.") % {"title": asset})
        self.asset = asset


class StillShown(LibraryRefused):
    """Raised by `remove` for a picture that somebody needs."""


class Changed(LibraryRefused):
    """Raised when somebody else replaced or removed the picture meanwhile."""


def add(data: bytes, *, by: User | None, is_wanted_twice: bool = True, **fields) -> MediaAsset:
    """Decode a picture, draw its renditions, and keep both. Raises `pictures.PictureRefused`; and AlreadyThere for a
    file that the library has, unless it `is_wanted_twice`.

    `fields` are those of the asset that a person writes: title, alt, decorative, caption, credit, licence, focal_x,
    focal_y.
    """
    if not is_wanted_twice and (there := _with_content(_digest(data))):
        raise AlreadyThere(there)
    asset = draw(data, by=by, **fields)
    try:
        keep(asset, is_wanted_twice=is_wanted_twice)
    except BaseException:
        discard(asset)
        raise
    return asset


def draw(data: bytes, *, by: User | None, **fields) -> MediaAsset:
    """A picture whose files are written and whose row is not: `keep` it in a transaction, or `discard` it.

    Raises `pictures.PictureRefused`.
    """
    asset = MediaAsset(uploaded_by=by, **fields)
    _take_in(asset, data)
    return asset


def keep(asset: MediaAsset, *, is_wanted_twice: bool = True) -> None:
    """Write the row of a drawn picture. Raises AlreadyThere unless it `is_wanted_twice`."""

    def write() -> None:
        with transaction.atomic():
            asset.save(force_insert=True)

    _settle_content(asset, write, is_wanted_twice=is_wanted_twice)


def discard(asset: MediaAsset) -> None:
    """Remove the files of a drawn picture whose row was never written."""
    _remove(_files(asset))


def look_alikes(asset: MediaAsset) -> list[MediaAsset]:
    """Other pictures of the library that look the same, newest first, at most MOST_ALIKE."""
    if asset.look is None:
        return []
    # Read from an index alone, and compared here: databases do not count bits alike.
    known = MediaAsset.objects.filter(look__isnull=False).order_by("-pk").values_list("pk", "look")
    alike = [pk for pk, look in known[:NEWEST_COMPARED] if look is not None and are_alike(look, asset.look)]
    return list(MediaAsset.objects.filter(pk__in=alike[: MOST_ALIKE + 1]).exclude(pk=asset.pk)[:MOST_ALIKE])


def replace_picture(asset: MediaAsset, data: bytes, *, by: User | None, at: datetime) -> None:
    """Another file in the same place: every story that uses the picture shows the new one, at new addresses. The file
    before it is kept, unseen by readers, for `bring_back`. Raises `pictures.PictureRefused`, Changed."""
    seen, before = asset.key, _previous_of(asset, by=by, at=at)
    asset.key = uuid.uuid4()
    _take_in(asset, data)
    _save_in_place(asset, seen, before)


def bring_back(asset: MediaAsset, *, by: User | None, at: datetime) -> None:
    """Exchange a picture's file for the one before it, at the addresses that it had. Again, it undoes itself.

    Raises Changed when there is none.
    """
    previous = PreviousPicture.objects.filter(asset=asset).first()
    if previous is None:
        raise Changed(_("There is no earlier file any more."))
    seen, before = asset.key, _previous_of(asset, by=by, at=at)
    for name in PreviousPicture.FIELDS:
        setattr(asset, name, getattr(previous, name))
    _save_in_place(asset, seen, before)


def forget_previous(asset: MediaAsset) -> None:
    """Delete the file before the present one for good. It cannot be brought back."""
    with transaction.atomic():
        for previous in PreviousPicture.objects.select_for_update().filter(asset=asset):
            files = _files(previous)
            previous.delete()
            transaction.on_commit(partial(_remove, files))


def refocus(asset: MediaAsset) -> None:
    """Draw the renditions again, at new addresses, after the focal point moved. Raises Changed."""
    with asset.original.open("rb") as original:
        _facts, renditions = pictures.render(original.read(), focal=(asset.focal_x, asset.focal_y))
    seen, asset.key = asset.key, uuid.uuid4()
    _write(asset, renditions)
    _save_in_place(asset, seen)


def describe(asset: MediaAsset, **said) -> None:
    """Save what a person wrote about a picture, and nothing else of it. Raises Changed when it is gone."""
    with transaction.atomic():
        held = MediaAsset.objects.select_for_update().filter(pk=asset.pk).first()
        if held is None:
            raise Changed(_("This picture is not in the library any more."))
        for name, value in said.items():
            setattr(held, name, value)
            setattr(asset, name, value)
        held.save(update_fields=[*said, "search_text"])
        _tell(held)


def shown_in(asset: MediaAsset) -> QuerySet[Article]:
    """The released stories that lead with a picture or show it in their text."""
    return Article.objects.released().showing(asset)


def remove(asset: MediaAsset) -> None:
    """Take a picture out of the library, row and files. Raises StillShown while a story, its draft, a scheduled change,
    an author or somebody's unsaved text needs it."""
    with transaction.atomic():
        # Whoever writes a text with this picture now either has it already noted, or finds the picture gone.
        if not MediaAsset.objects.select_for_update().filter(pk=asset.pk).exists():
            return
        if refusal := needed_by(asset):
            raise StillShown(refusal)
        files = [*_files(asset), *(file for one in PreviousPicture.objects.filter(asset=asset) for file in _files(one))]
        asset.delete()
        transaction.on_commit(lambda: _remove(files))


def needed_by(asset: MediaAsset) -> str:
    """Why a picture cannot be removed now, as a sentence; empty when it can."""
    if stories := list(uses.stories_using(asset)[:3]):
        return _("This picture is shown in: %(stories)s. Take it out of them first.") % {
            "stories": "; ".join(story.headline for story in stories)
        }
    if authors := list(uses.authors_with(asset)[:3]):
        return _("This picture is the photo of: %(authors)s. Choose another photo there first.") % {
            "authors": "; ".join(author.name for author in authors)
        }
    if uses.is_in_unsaved_text(asset):
        return _("Somebody is writing a text with this picture and has not saved it yet. Try again later.")
    return ""


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _with_content(*digests: str) -> MediaAsset | None:
    """The oldest picture with this content, by the bytes that were sent or those that are kept."""
    found = MediaAsset.objects.filter(Q(sha256__in=digests) | Q(upload_sha256__in=digests))
    return found.order_by("pk").first()


def _settle_content(asset: MediaAsset, write: Callable[[], None], *, is_wanted_twice: bool = True) -> None:
    """Write a row that is the first with its content, or a copy of another. The database decides between two who
    write the same content at once; the second is a copy, or raises AlreadyThere."""
    for _attempt in range(2):
        others = MediaAsset.objects.exclude(pk=asset.pk).filter(sha256=asset.sha256)
        if (there := others.order_by("pk").first()) and not is_wanted_twice:
            raise AlreadyThere(there)
        asset.is_copy = there is not None
        try:
            write()
        except IntegrityError:
            if asset.is_copy or not others.exists():
                raise
        else:
            return


def _take_in(asset: MediaAsset, data: bytes) -> None:
    taken = pictures.take_in(data, focal=(asset.focal_x, asset.focal_y))
    facts = taken.facts
    asset.format, asset.width, asset.height, asset.bytes = facts.format, facts.width, facts.height, facts.bytes
    asset.sha256, asset.upload_sha256, asset.look = _digest(taken.original), _digest(data), taken.look
    _write(asset, taken.renditions, taken.original)


def _write(asset: MediaAsset, renditions: list[pictures.Rendition], original: bytes | None = None) -> None:
    """Write the files, all or none, and the fields that name them."""
    table: dict[str, list] = {"full": [], "3x2": []}
    written: list[File] = []
    try:
        for r in renditions:
            table[r.crop].append([r.width, r.height, r.format])
            written.append((default_storage, asset.path(r.crop, r.width, r.format)))
            default_storage.save(written[-1][1], ContentFile(r.data))
        if original is not None:
            written.append((asset.original.storage, original_path(asset, "")))
            asset.original.save("", ContentFile(original), save=False)
    except BaseException:
        _remove(written)
        raise
    asset.renditions = {crop: sorted(rows) for crop, rows in table.items()}


def _save_in_place(asset: MediaAsset, seen: uuid.UUID, before: PreviousPicture | None = None) -> None:
    """Save a row whose files are others now, in place of the ones with the key `seen`, and clear away what nothing
    names any more once that is certain. `before` is what was there, where it shall be kept."""

    def write() -> None:
        with transaction.atomic():
            held = MediaAsset.objects.select_for_update().get(pk=asset.pk)
            if held.key != seen:
                raise Changed(_("Somebody changed this picture after you opened it. Look at it again, then decide."))
            known = _all_files(asset)
            asset.save()
            if before:
                PreviousPicture.objects.filter(asset=asset).delete()
                before.save()
            needed = _all_files(asset)
            transaction.on_commit(lambda: _remove(known - needed))
            _tell(asset)

    drawn = set(_files(asset))
    try:
        _settle_content(asset, write)
    except BaseException:
        _remove(drawn - _all_files(asset))
        raise


def _tell(asset: MediaAsset) -> None:
    """Readers see something else now, wherever the picture is shown."""
    for story in Article.objects.live().showing(asset).defer("body"):
        transaction.on_commit(partial(article_changed.send, Article, article=story))


def _previous_of(asset: MediaAsset, *, by: User | None, at: datetime) -> PreviousPicture:
    """The picture's file as it is stored, as its predecessor to be."""
    stored = MediaAsset.objects.get(pk=asset.pk)
    values = {name: getattr(stored, name) for name in PreviousPicture.FIELDS}
    return PreviousPicture(asset=asset, replaced_by=by, replaced_at=at, **values)


def _all_files(asset: MediaAsset) -> set[File]:
    """The files that the stored row and its predecessor name."""
    rows = [*MediaAsset.objects.filter(pk=asset.pk), *PreviousPicture.objects.filter(asset_id=asset.pk)]
    return {file for row in rows for file in _files(row)}


def _files(picture: MediaAsset | PreviousPicture) -> list[File]:
    drawn = [
        (default_storage, f"{picture.key.hex}/{crop}-{width}.{form}")
        for crop, rows in picture.renditions.items()
        for width, _height, form in rows
    ]
    return [*drawn, (picture.original.storage, picture.original.name)]


def _remove(files: Iterable[File]) -> None:
    for storage, name in files:
        storage.delete(name)
