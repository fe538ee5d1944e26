"""The oEmbed provider."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ..api.answers import JSON, door, written
from ..api.parameters import Number
from ..api.problems import Problem, bad
from ..oembed import as_xml, said_of, story_at

XML = "text/xml"
FORMATS = ("json", "xml")
LONGEST = 2048
SIZE = Number(1, 10_000)


@door(JSON, XML)
def oembed(request: HttpRequest) -> HttpResponse:
    """A live story of this site for the page of another. Parameters that we do not know are left alone, because
    programs that ask everybody send some."""
    for name, texts in request.GET.lists():
        if name in ("url", "format", "maxwidth", "maxheight") and len(texts) > 1:
            raise bad(f"{name} stands in the address {len(texts)} times. Say it once.")
    kind = request.GET.get("format", "json")
    if kind not in FORMATS:
        raise Problem(501, f"format is one of: {', '.join(FORMATS)}.")
    address = request.GET.get("url", "")
    if not address or len(address) > LONGEST:
        raise bad(f"url is the address of a story, of at most {LONGEST} characters.")
    sizes = {name: SIZE.read(name, request.GET[name]) for name in ("maxwidth", "maxheight") if name in request.GET}
    story = story_at(address, timezone.now())
    if story is None:
        raise Problem(404, "No story that readers may see has this address.")
    said = said_of(story, most_width=sizes.get("maxwidth"), most_height=sizes.get("maxheight"))
    if kind == "xml":
        return HttpResponse(as_xml(said), content_type=f"{XML}; charset=utf-8")
    return HttpResponse(written(said), content_type=JSON)
