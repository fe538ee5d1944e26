"""Files of deals, kept as material once they were checked: with a request, a message, a mail, or for a post."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core.files.base import ContentFile

from .models import AdRequest, DraftFile, Material


class Checked(NamedTuple):
    """A file that may be kept. Pictures are written anew, without metadata; a Word file stays as it came."""

    data: bytes
    name: str
    format: str
    size: tuple[int, int] | None = None


def new(
    request: AdRequest, data: bytes, *, name: str, format: str, size: tuple[int, int] | None = None, **links: Any
) -> Material:
    """Material with what is known of a checked file, not kept yet; `links` are what it came with and is for."""
    return Material(
        request=request,
        kind=Material.Kind.WORD if format == "DOCX" else Material.Kind.ARTWORK,
        original_name=name[-200:],
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        format=format,
        width=size and size[0],
        height=size and size[1],
        **links,
    )


def keep(material: Material, data: bytes, stored: list[Material]) -> None:
    """Write its file and its row. It stands in `stored` before that, for `discard` if the transaction fails."""
    stored.append(material)
    material.file.save("", ContentFile(data), save=False)
    material.save()


def keep_all(request: AdRequest, files: Iterable[Checked], stored: list[Material], **links: Any) -> None:
    for file in files:
        material = new(request, file.data, name=file.name, format=file.format, size=file.size, **links)
        keep(material, file.data, stored)


def adopt(kept: DraftFile, request: AdRequest, **links: Any) -> None:
    """A file of a draft is material of its request from now on. It stays where it lies, so there is no moment in which
    it could get lost."""
    Material.objects.create(
        request=request,
        kind=Material.Kind.WORD if kept.format == "DOCX" else Material.Kind.ARTWORK,
        file=kept.file.name,
        original_name=kept.original_name,
        bytes=kept.bytes,
        sha256=kept.sha256,
        format=kept.format,
        width=kept.width,
        height=kept.height,
        **links,
    )
    kept.delete()


def discard(stored: Iterable[Material]) -> None:
    """Take files off the disk whose rows were rolled back."""
    for material in stored:
        if material.file:
            material.file.storage.delete(material.file.name)
