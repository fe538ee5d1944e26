"""The verbs of the media library: take a picture in, move its focal point, take it out of the world."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from .models import Article, MediaAsset, User
from .uploads import pictures

MAX_BYTES = 25 * 1024 * 1024


def add(data: bytes, *, by: User | None, **fields) -> MediaAsset:
    """Decode a picture, draw its renditions, and keep both. Raises `pictures.PictureRefused`.

    `fields` are those of the asset that a person writes: title, alt, decorative, caption, credit, licence, focal_x,
    focal_y. No row is left without its files: they are written first, and taken away when the row cannot be.
    """
    asset = draw(data, by=by, **fields)
    with discarded_on_failure([asset]), transaction.atomic():
        asset.save(force_insert=True)
    return asset


def draw(data: bytes, *, by: User | None, **fields) -> MediaAsset:
    """The slow half of `add`: every file written, and the row that belongs to them, unsaved. Call it outside a
    transaction; then save the row within `discarded_on_failure`."""
    asset = MediaAsset(uploaded_by=by, **fields)
    drawn = _draw(asset, data)
    asset.sha256 = hashlib.sha256(data).hexdigest()
    try:
        asset.original.save("", ContentFile(data), save=False)
    except BaseException:
        _remove(drawn, default_storage)
        raise
    return asset


@contextmanager
def discarded_on_failure(assets: Iterable[MediaAsset]) -> Iterator[None]:
    """Take the files of drawn pictures away when what is done inside fails."""
    try:
        yield
    except BaseException:
        for asset in assets:
            _remove(_rendition_paths(asset), default_storage)
            _remove([asset.original.name], asset.original.storage)
        raise


def shown_in(asset: MediaAsset) -> QuerySet[Article]:
    """The released stories that lead with a picture or show it in their body."""
    figure = f'data-media-id="{asset.pk}"'
    return Article.objects.released().filter(Q(hero=asset) | Q(body__contains=figure))


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
    renditions, original = _rendition_paths(asset), asset.original.name
    asset.delete()
    _after_commit(set(renditions), original)


def replace_picture(asset: MediaAsset, data: bytes) -> None:
    """Another file in the same place: every story that uses the picture shows the new one, under a new address."""
    old_renditions, old_original = _rendition_paths(asset), asset.original.name
    asset.sha256 = hashlib.sha256(data).hexdigest()
    _draw(asset, data)
    asset.original.save("", ContentFile(data), save=False)
    with discarded_on_failure([asset]), transaction.atomic():
        asset.save()
    _after_commit(set(old_renditions), old_original)


def refocus(asset: MediaAsset) -> None:
    """Draw the renditions again, after the focal point moved."""
    old_renditions = _rendition_paths(asset)
    with asset.original.open("rb") as original:
        drawn = _draw(asset, original.read())
    try:
        with transaction.atomic():
            asset.save()
    except BaseException:
        _remove(drawn, default_storage)
        raise
    _after_commit(set(old_renditions), None)


def _after_commit(renditions: set[str], original: str | None) -> None:
    def clear() -> None:
        _remove(renditions, default_storage)
        if original:
            _remove([original], MediaAsset._meta.get_field("original").storage)

    transaction.on_commit(clear)


def _draw(asset: MediaAsset, data: bytes) -> list[str]:
    """Write the rendition files and the fields that describe them. Returns the paths written.

    Each drawing has a key of its own, so that an address never changes what it shows and browsers may keep it.
    """
    asset.key = uuid.uuid4()
    facts, renditions = pictures.render(data, focal=(asset.focal_x, asset.focal_y), max_bytes=MAX_BYTES)
    asset.format, asset.width, asset.height = facts.format, facts.width, facts.height
    asset.bytes = len(data)
    table: dict[str, list] = {"full": [], "3x2": []}
    written = []
    for r in renditions:
        table[r.crop].append([r.width, r.height, r.format])
        written.append(default_storage.save(asset.path(r.crop, r.width, r.format), ContentFile(r.data)))
    asset.renditions = {crop: sorted(rows) for crop, rows in table.items()}
    return written


def _rendition_paths(asset: MediaAsset) -> list[str]:
    return [
        asset.path(crop, width, format) for crop, rows in asset.renditions.items() for width, _height, format in rows
    ]


def _remove(paths, storage) -> None:
    for path in paths:
        storage.delete(path)
