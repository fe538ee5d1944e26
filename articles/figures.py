"""Pictures and embeds inside a body. Stored as `<figure data-media-id="7">` and `<figure data-embed="https://...">`
with an optional caption; drawn here, at render time, from what the media library says then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
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
# Figures with nothing between them.
_RUN = re.compile(r"(?:<figure [^>]*>.*?</figure>\s*)+", re.DOTALL)
_CAPTION = re.compile(r"<figcaption[^>]*>(.*?)</figcaption>", re.DOTALL)
_YOUTUBE_ID = re.compile(r"^[\w-]{11}$", re.ASCII)
_VIMEO_ID = re.compile(r"^\d{6,12}$", re.ASCII)


# A picture of the library with the words below it in this text.
Picture = tuple[MediaAsset, SafeString]


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


@dataclass(frozen=True)
class Video:
    """The video that a story leads with, and its caption."""

    embed: Embed
    caption: SafeString


def lead_video(body: str) -> tuple[Video | None, str]:
    """The first video of a clean body that plays in a page, and the body without it; None and the whole body where
    there is none."""
    for match in _FIGURE.finditer(body):
        address = _EMBED.search(match[1])
        if address and (found := embed(_plain(address[1]))).player:
            return Video(found, _caption(match[2])), body[: match.start()] + body[match.end() :]
    return None, body


def draw(
    body: str, assets: Mapping[int, MediaAsset] | None = None, *, in_words: bool = False, is_paid: bool = False
) -> SafeString:
    """A clean body with its figures drawn, or told `in_words`; the links of a paid one are marked for what they are.
    Pictures that follow one another are drawn as a gallery. Costs one query, or none when `assets` (by id) are given.

    A picture that is gone from the library leaves no hole.
    """
    if assets is None:
        wanted = media_ids(body)
        assets = MediaAsset.objects.in_bulk(wanted) if wanted else {}
    return mark_safe(_RUN.sub(lambda run: "".join(_drawn(run[0], assets, in_words, is_paid)), body))


def written(
    body: str,
    assets: Mapping[int, MediaAsset],
    *,
    draw_picture: Callable[[MediaAsset, SafeString], str],
    draw_embed: Callable[[Embed, SafeString], str],
) -> str:
    """A clean body with each figure as two functions write it, who get its caption too. `assets` by number."""

    def figure(found: re.Match[str]) -> str:
        if number := _MEDIA_ID.search(found[1]):
            asset = assets.get(int(number[1]))
            return draw_picture(asset, _caption(found[2])) if asset else ""
        address = _EMBED.search(found[1])
        return draw_embed(embed(_plain(address[1])), _caption(found[2])) if address else ""

    return _FIGURE.sub(figure, body)


def _drawn(run: str, assets: Mapping[int, MediaAsset], in_words: bool, is_paid: bool) -> Iterator[str]:
    """Figures that follow one another: pictures together, the rest one by one."""
    edition = "lite_" if in_words else ""
    row: list[Picture] = []
    for attributes, inner in _FIGURE.findall(run):
        if number := _MEDIA_ID.search(attributes):
            if asset := assets.get(int(number[1])):
                row.append((asset, _caption(inner)))
        elif address := _EMBED.search(attributes):
            yield from _pictures(row, edition)
            row = []
            context = {"embed": embed(_plain(address[1])), "caption": _caption(inner), "is_paid": is_paid}
            yield render_to_string(f"articles/_{edition}embed.html", context)
    yield from _pictures(row, edition)


def told(
    body: str,
    assets: Mapping[int, MediaAsset],
    *,
    picture: Callable[[MediaAsset, SafeString], str],
    link: Callable[[Embed, SafeString], str],
) -> str:
    """A clean body for places where our pages' styles are not: each figure as the caller writes it, from the picture
    or the embed and its caption. A picture that is not among `assets` (by id) leaves no hole."""

    def one(figure: re.Match[str]) -> str:
        attributes, inner = figure.groups()
        if number := _MEDIA_ID.search(attributes):
            asset = assets.get(int(number[1]))
            return picture(asset, _caption(inner)) if asset else ""
        address = _EMBED.search(attributes)
        return link(embed(_plain(address[1])), _caption(inner)) if address else ""

    return _FIGURE.sub(one, body)


def _pictures(row: list[Picture], edition: str) -> Iterator[str]:
    """A gallery of two or more; in words, and alone, each is told by itself."""
    if len(row) > 1 and not edition:
        yield render_to_string("articles/_gallery.html", {"pictures": row, "shape": len(row) % 3})
        return
    for asset, caption in row:
        context = {"asset": asset, "caption": caption, "crop": "full"}
        yield render_to_string(f"articles/_{edition}figure.html", context)


def _caption(inner: str) -> SafeString:
    found = _CAPTION.search(inner)
    return mark_safe(found[1] if found and strip_tags(found[1]).strip() else "")


def _plain(address: str) -> str:
    return address.replace("&amp;", "&")
