"""The verbs of the media library: take a picture in, move its focal point, take it out of the world."""

from __future__ import annotations

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from .models import MediaAsset, User
from .uploads import pictures


def add(data: bytes, *, by: User | None, **fields) -> MediaAsset:
    """Decode a picture, draw its renditions, and keep both. Raises `pictures.PictureRefused`.

    `fields` are those of the asset that a person writes: title, alt, decorative, caption, credit, licence, focal_x,
    focal_y. No row is left without its files: they are written first, and taken away when the row cannot be.
    """
    asset = MediaAsset(uploaded_by=by, **fields)
    drawn = _draw(asset, data)
    asset.sha256 = hashlib.sha256(data).hexdigest()
    asset.original.save("", ContentFile(data), save=False)
    try:
        with transaction.atomic():
            asset.save(force_insert=True)
    except BaseException:
        _remove([asset.original.name], asset.original.storage)
        _remove(drawn, default_storage)
        raise
    return asset


def replace_picture(asset: MediaAsset, data: bytes) -> None:
    """Another file in the same place: every story that uses the picture shows the new one."""
    gone, old = _rendition_paths(asset), asset.original.name
    asset.sha256 = hashlib.sha256(data).hexdigest()
    drawn = _draw(asset, data)
    asset.original.save("", ContentFile(data), save=False)
    asset.save()
    _after_commit(set(gone) - set(drawn), old)


def refocus(asset: MediaAsset) -> None:
    """Draw the renditions again, after the focal point moved."""
    gone = _rendition_paths(asset)
    with asset.original.open("rb") as original:
        drawn = _draw(asset, original.read())
    asset.save()
    _after_commit(set(gone) - set(drawn), None)


def _after_commit(renditions: set[str], original: str | None) -> None:
    def clear() -> None:
        _remove(renditions, default_storage)
        if original:
            _remove([original], MediaAsset._meta.get_field("original").storage)

    transaction.on_commit(clear)


def _draw(asset: MediaAsset, data: bytes) -> list[str]:
    """Write the rendition files and the fields that describe them. Returns the paths written."""
    facts, renditions = pictures.render(data, focal=(asset.focal_x, asset.focal_y))
    asset.format, asset.width, asset.height = facts.format, facts.width, facts.height
    asset.bytes = len(data)
    table: dict[str, list] = {"full": [], "3x2": []}
    written = []
    for r in renditions:
        table[r.crop].append([r.width, r.height, r.format])
        path = asset.path(r.crop, r.width, r.format)
        default_storage.delete(path)
        written.append(default_storage.save(path, ContentFile(r.data)))
    asset.renditions = {crop: sorted(rows) for crop, rows in table.items()}
    return written


def _rendition_paths(asset: MediaAsset) -> list[str]:
    return [
        asset.path(crop, width, format) for crop, rows in asset.renditions.items() for width, _height, format in rows
    ]


def _remove(paths, storage) -> None:
    for path in paths:
        storage.delete(path)
