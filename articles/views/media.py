"""Pictures, as files: their type from a short list, never guessed, and never anything else of the folder."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

CONTENT_TYPES = {".webp": "image/webp", ".avif": "image/avif", ".jpg": "image/jpeg", ".gif": "image/gif"}
_RANGE = re.compile(r"^bytes=(\d{0,15})-(\d{0,15})$")


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the public storage, whole or the one range asked for."""
    content_type = CONTENT_TYPES.get(PurePosixPath(path).suffix)
    if content_type is None or ".." in path or "\\" in path or "\0" in path:
        raise Http404
    try:
        file = default_storage.open(path, "rb")
    except (OSError, ValueError, SuspiciousFileOperation):
        raise Http404 from None
    size = file.size
    # Names are random and never used twice; a day at most, so that a picture taken down is soon gone everywhere.
    headers = {
        "Cache-Control": "public, max-age=86400, immutable",
        "Accept-Ranges": "bytes",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    wanted = _range_of(request.headers.get("Range", ""), size)
    if wanted is None:
        response = FileResponse(file, content_type=content_type, headers=headers)
        response["Content-Length"] = str(size)
        return response
    first, last = wanted
    if first > last:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(first)
    data = file.read(last - first + 1)
    file.close()
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return HttpResponse(data, status=206, content_type=content_type, headers=headers)


def _range_of(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked for; first after last where nothing of it exists; None for the whole file."""
    match = _RANGE.match(header)
    if not match or match.groups() == ("", ""):
        return None
    start, end = match.groups()
    if start == "":
        return max(size - int(end), 0), size - 1
    return int(start), min(int(end), size - 1) if end else size - 1
