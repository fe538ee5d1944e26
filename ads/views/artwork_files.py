"""Files of artwork versions, for who may see them before readers do."""

from __future__ import annotations

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponseBase

from .. import artwork
from ..models import Creative, Sighting

CONTENT_TYPES = {"gif": "image/gif", "jpg": "image/jpeg"}


def send_file(creative: Creative, which: str) -> HttpResponseBase:
    """A file of a version as a picture and nothing else: its type from a short list, never guessed, and a sandbox
    around it. Http404 where there is none."""
    stored = artwork.stored(creative, which) if which in ("art", "phone_art") else None
    content_type = CONTENT_TYPES.get(stored.name.rpartition(".")[2]) if stored and stored.name else None
    if stored is None or content_type is None:
        raise Http404
    return _send(stored, content_type)


def send_sighting(sighting: Sighting) -> HttpResponseBase:
    """The same of a picture of artwork in its place."""
    return _send(sighting.file, "image/jpeg")


def _send(stored: FieldFile, content_type: str) -> HttpResponseBase:
    try:
        opened = stored.open("rb")
    except OSError:
        raise Http404 from None
    response = FileResponse(opened, content_type=content_type)
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
