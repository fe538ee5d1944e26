"""A text as it leaves the site: every address whole, pictures as plain figures, players as links to what they play.

What other sites and apps show has none of our style and script, so nothing in it needs any.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.conf import settings
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .. import figures, html
from ..models import Article, LiveEntry, MediaAsset
from ..templatetags.stories import OWN_HOSTS

# Wide enough for a phone and a page, light enough for both.
WIDTH = 1280
_LINK = re.compile(r'(<a(?: [a-z-]+="[^"]*")*? href=")([/#][^"]*)(")')


def whole(path: str) -> str:
    """The absolute address of a path of this site."""
    return settings.SITE_URL + path


def body_of(story: Article, assets: Mapping[int, MediaAsset]) -> str:
    """The body of a story; links of a paid one keep saying so. `assets` by number; no query."""
    mark = html.with_sponsored_links if story.is_sponsored else html.with_plain_links
    return _outside(mark(story.body, OWN_HOSTS), whole(story.get_absolute_url()), assets, is_paid=story.is_sponsored)


def entry_of(entry: LiveEntry, assets: Mapping[int, MediaAsset]) -> str:
    """The body of an entry of a live blog."""
    address = whole(entry.article.get_absolute_url())
    return _outside(html.with_plain_links(entry.body, OWN_HOSTS), address, assets, is_paid=False)


def _outside(body: str, address: str, assets: Mapping[int, MediaAsset], *, is_paid: bool) -> str:
    def link(found: re.Match[str]) -> str:
        base = settings.SITE_URL if found[2].startswith("/") else address
        return f"{found[1]}{escape(base)}{found[2]}{found[3]}"

    def embed(one: figures.Embed, caption: SafeString) -> str:
        return _embed(one, caption, is_paid=is_paid)

    return figures.written(_LINK.sub(link, body), assets, draw_picture=_picture, draw_embed=embed)


def _picture(asset: MediaAsset, caption: SafeString) -> str:
    drawn = asset.drawn("full")
    if not drawn:
        return ""
    width, height, path = next((one for one in drawn if one[0] >= WIDTH), drawn[-1])
    image = format_html('<img src="{}" width="{}" height="{}" alt="{}">', whole(path), width, height, asset.display_alt)
    words = caption or escape(asset.display_caption)
    credit = format_html("<small>{}</small>", asset.credit) if asset.credit else ""
    said = " ".join(part for part in (words, credit) if part)
    return f"<figure>{image}{f'<figcaption>{said}</figcaption>' if said else ''}</figure>"


def _embed(one: figures.Embed, caption: SafeString, *, is_paid: bool) -> str:
    rel = "sponsored nofollow noopener" if is_paid else "nofollow noopener"
    words = _("Watch on %(host)s") if one.player else _("See it on %(host)s")
    link = format_html('<a href="{}" rel="{}">{}</a>', one.url, rel, words % {"host": one.host})
    return mark_safe(f"<figure><figcaption>{caption}{' ' if caption else ''}{link}</figcaption></figure>")
