"""Pictures, as files: their type from a short list, never guessed, and never anything else of the folder.

A picture of the library is public while readers see it on a page. Before and after that it is for staff who may see the
library. Nothing of who asks is looked at for what is public, so those answers are the same for everybody.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from ..models import MediaAsset

CONTENT_TYPES = {".webp": "image/webp", ".avif": "image/avif", ".jpg": "image/jpeg", ".gif": "image/gif"}
# Artwork of the positions.
ARTWORK = "p/"
# The publisher's logo. Everything else in the public storage is a picture of the library, by its key.
LOGOS = "b/"
# Names are random, and another picture gets another name. A story can be withdrawn, so a browser keeps a picture for a
# day, and a cache that many share asks us again after a minute, which costs no more than the answer "not modified".
FOR_EVER, FOR_STAFF = "public, max-age=31536000, immutable", "private, no-store"
A_DAY = "public, max-age=86400, s-maxage=60"
_KEY = re.compile(r"[0-9a-f]{32}")
_RANGE = re.compile(r"^bytes=(\d{0,15})-(\d{0,15})$")


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the public storage, whole or the one range asked for."""
    how_long = FOR_EVER if path.startswith((ARTWORK, LOGOS)) else A_DAY if _is_public(path) else FOR_STAFF
    if how_long == FOR_STAFF and not request.user.has_perm("articles.view_mediaasset"):
        raise Http404
    return send(request, path, how_long)


def send(request: HttpRequest, path: str, how_long: str) -> HttpResponseBase:
    """A file of the public storage to somebody who may see it. Http404 for what is no picture, or not there."""
    content_type = CONTENT_TYPES.get(PurePosixPath(path).suffix)
    if content_type is None or ".." in path or "\\" in path or "\0" in path:
        raise Http404
    try:
        file = default_storage.open(path, "rb")
    except (OSError, ValueError, SuspiciousFileOperation):
        raise Http404 from None
    size = file.size
    headers = {
        "Cache-Control": how_long,
        "Accept-Ranges": "bytes",
        # Feeds, mail, the content API and oEmbed point at what is public, from pages of other sites.
        "Cross-Origin-Resource-Policy": "same-origin" if how_long == FOR_STAFF else "cross-origin",
        "ETag": quote_etag(path),  # another picture has another name
    }
    if get_conditional_response(request, etag=headers["ETag"]):
        file.close()
        return HttpResponse(status=304, headers=headers)
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


def _is_public(path: str) -> bool:
    """Whether readers see the picture of this path now: in a live story, or beside an author's name. Asked anew each
    time, so that no worker shows a picture that another has taken away."""
    key = path.partition("/")[0]
    return bool(_KEY.fullmatch(key)) and MediaAsset.objects.is_public(key)


def _range_of(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked for; first after last where nothing of it exists; None for the whole file."""
    match = _RANGE.match(header)
    if not match or match.groups() == ("", ""):
        return None
    start, end = match.groups()
    if start == "":
        return max(size - int(end), 0), size - 1
    return int(start), min(int(end), size - 1) if end else size - 1
