"""Pictures and embeds inside a body. Stored as `<figure data-media-id="7">` and `<figure data-embed="https://...">`
with an optional caption; drawn here, at render time, from what the media library says then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

from .models import MediaAsset

# The sanitiser writes every attribute in double quotes and nests no figure in a figure, so this reads its output
# exactly. It is never used on anything else.
_FIGURE = re.compile(r"<figure ([^>]*)>(.*?)</figure>", re.DOTALL)
_MEDIA_ID = re.compile(r'data-media-id="(\d{1,18})"')
_EMBED = re.compile(r'data-embed="([^"]*)"')
_CAPTION = re.compile(r"<figcaption[^>]*>(.*?)</figcaption>", re.DOTALL)
_YOUTUBE_ID = re.compile(r"^[\w-]{11}$", re.ASCII)
_VIMEO_ID = re.compile(r"^\d{6,12}$", re.ASCII)


@dataclass(frozen=True)
class Embed:
    """Something that lives elsewhere. `player` is an address our content policy lists, or empty for a plain link."""

    url: str
    host: str
    player: str


def media_ids(body: str) -> list[int]:
    """The pictures of a clean body, in reading order."""
    return [int(number) for number in _MEDIA_ID.findall(body)]


def embed(url: str) -> Embed:
    """How to show an address: a player that loads on a click where we know the service, else a link."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return Embed(url=url, host="", player="")
    host = (parts.hostname or "").removeprefix("www.")
    player = ""
    if host in ("youtube.com", "m.youtube.com", "youtu.be", "youtube-nocookie.com"):
        last = parts.path.rstrip("/").rpartition("/")[2]
        video = parse_qs(parts.query).get("v", [last])[0]
        if _YOUTUBE_ID.match(video):
            player = f"https://www.youtube-nocookie.com/embed/{video}?autoplay=1"
    elif host in ("vimeo.com", "player.vimeo.com"):
        video = parts.path.rstrip("/").rpartition("/")[2]
        if _VIMEO_ID.match(video):
            player = f"https://player.vimeo.com/video/{video}?autoplay=1&dnt=1"
    return Embed(url=url, host=host, player=player)


def draw(
    body: str, assets: Mapping[int, MediaAsset] | None = None, *, in_words: bool = False, is_paid: bool = False
) -> SafeString:
    """A clean body with its figures drawn, or told `in_words`; the links of a paid one are marked for what they are.
    Costs one query, or none when `assets` (by id) are given.

    A picture that is gone from the library leaves no hole.
    """
    if assets is None:
        wanted = media_ids(body)
        assets = MediaAsset.objects.in_bulk(wanted) if wanted else {}
    return mark_safe(_FIGURE.sub(_drawer(assets, "lite_" if in_words else "", is_paid), body))


def _drawer(assets: Mapping[int, MediaAsset], edition: str, is_paid: bool) -> Callable[[re.Match[str]], str]:
    def draw_one(match: re.Match[str]) -> str:
        attributes, inner = match.groups()
        found = _CAPTION.search(inner)
        caption = mark_safe(found[1]) if found and strip_tags(found[1]).strip() else ""
        if number := _MEDIA_ID.search(attributes):
            asset = assets.get(int(number[1]))
            if asset is None:
                return ""
            return render_to_string(
                f"articles/_{edition}figure.html", {"asset": asset, "caption": caption, "crop": "full"}
            )
        if address := _EMBED.search(attributes):
            url = address[1].replace("&amp;", "&")
            context = {"embed": embed(url), "caption": caption, "is_paid": is_paid}
            return render_to_string(f"articles/_{edition}embed.html", context)
        return ""

    return draw_one
