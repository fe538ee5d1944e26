"""The verbs of the media library: take a picture in, move its focal point, take it out of the world.

Drawing takes up to a second, so it happens outside transactions: SQLite has one writer, and everybody waits for it.
Files are written before the row that names them, under names that were never used, and removed after the row that
named them has changed. So a failure at any moment leaves no row without its files, and no address ever shows two
pictures.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from .models import Article, MediaAsset, User
from .models.media import original_path
from .uploads import pictures

File = tuple[Storage, str]


def add(data: bytes, *, by: User | None, **fields) -> MediaAsset:
    """Decode a picture, draw its renditions, and keep both. Raises `pictures.PictureRefused`.

    `fields` are those of the asset that a person writes: title, alt, decorative, caption, credit, licence, focal_x,
    focal_y.
    """
    asset = draw(data, by=by, **fields)
    try:
        keep(asset)
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


def keep(asset: MediaAsset) -> None:
    """Write the row of a drawn picture."""
    with transaction.atomic():
        asset.save(force_insert=True)


def discard(asset: MediaAsset) -> None:
    """Remove the files of a drawn picture whose row was never written."""
    _remove(_files(asset))


def replace_picture(asset: MediaAsset, data: bytes) -> None:
    """Another file in the same place: every story that uses the picture shows the new one, at new addresses."""
    asset.key = uuid.uuid4()
    _take_in(asset, data)
    _save_in_place(asset)


def refocus(asset: MediaAsset) -> None:
    """Draw the renditions again, at new addresses, after the focal point moved."""
    with asset.original.open("rb") as original:
        _facts, renditions = pictures.render(original.read(), focal=(asset.focal_x, asset.focal_y))
    asset.key = uuid.uuid4()
    _write(asset, renditions)
    _save_in_place(asset)


def shown_in(asset: MediaAsset) -> QuerySet[Article]:
    """The released stories that lead with a picture or show it in their body."""
    return Article.objects.released().showing(asset)


class StillShown(Exception):
    """Raised by `remove` for a picture that readers see; its text is a sentence for the person who tried."""


def remove(asset: MediaAsset) -> None:
    """Take a picture out of the library, row and files. Raises StillShown while a story needs it."""
    stories = list(shown_in(asset)[:3]) or list(asset.hero_of.all()[:3])
    if stories:
        raise StillShown(
            _("This picture is shown in: %(stories)s. Take it out of them first.")
            % {"stories": "; ".join(story.headline for story in stories)}
        )
    files = _files(asset)
    with transaction.atomic():
        asset.delete()
        transaction.on_commit(lambda: _remove(files))


def _take_in(asset: MediaAsset, data: bytes) -> None:
    facts, original, renditions = pictures.take_in(data, focal=(asset.focal_x, asset.focal_y))
    asset.format, asset.width, asset.height, asset.bytes = facts.format, facts.width, facts.height, facts.bytes
    asset.sha256 = hashlib.sha256(original).hexdigest()
    _write(asset, renditions, original)


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


def _save_in_place(asset: MediaAsset) -> None:
    """Save a row whose files were drawn anew, and clear the old ones once that is certain."""
    try:
        with transaction.atomic():
            # Asked again: somebody else may have replaced the picture while this one was drawn.
            before = _files(MediaAsset.objects.select_for_update().get(pk=asset.pk))
            asset.save()
            transaction.on_commit(lambda: _remove(set(before) - set(_files(asset))))
    except BaseException:
        stored = MediaAsset.objects.filter(pk=asset.pk).first()
        _remove(set(_files(asset)) - set(_files(stored) if stored else []))
        raise


def _files(asset: MediaAsset) -> list[File]:
    drawn = [(default_storage, asset.path(crop, w, f)) for crop, rows in asset.renditions.items() for w, _h, f in rows]
    return [*drawn, (asset.original.storage, asset.original.name)]


def _remove(files: Iterable[File]) -> None:
    for storage, name in files:
        storage.delete(name)
