"""What the head of a public page tells programs: its one address, its other languages, and how it is shown elsewhere.

`templates/articles/_meta.html` draws it, for every page that search engines may keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.encoding import escape_uri_path

from . import share_pictures
from .models import Article, Brand, MediaAsset

# As Open Graph names them; Facebook knows few countries.
LOCALES = {"en": "en_GB", "ar": "ar_AR"}
# Search engines may show as much of a page as they like; a list without stories is nothing to find.
SHOWN = "max-image-preview:large, max-snippet:-1, max-video-preview:-1"
HIDDEN = "noindex"
ICON = 512
SHARE_WIDTH = 1200
# What other sites draw as a wide card; smaller pictures stand small beside the words.
WIDE = 600


@dataclass(frozen=True)
class Head:
    """`canonical` and every other address is absolute. `alternates` is by hreflang and empty where there is only one
    language, `picture` is {"src", "width", "height", "alt"}."""

    canonical: str
    robots: str
    alternates: dict[str, str]
    previous: str
    following: str
    locale: str
    other_locales: list[str]
    picture: dict[str, Any]

    @property
    def picture_address(self) -> str:
        return absolute(self.picture["src"])

    @property
    def is_wide(self) -> bool:
        return self.picture["width"] >= WIDE


def head_of(
    path: str,
    *,
    language: str,
    alternates: Mapping[str, str],
    own: str = "",
    page: Any = None,
    article: Article | None = None,
    shown: MediaAsset | None = None,
) -> Head:
    """The head of the page at a path. `own` is its one address where that is another (the light edition), `page` that
    of a paginator, `article` the story that the page is about, which has one address whatever shows it, `shown` the
    picture of a page that is about somebody.

    Each page of a list is its own; translations are named where one page stands for the other: not in the middle of a
    list, and not on what has its one address elsewhere.
    """
    asked = escape_uri_path(path)
    canonical = own or (article.get_absolute_url() if article else asked)
    number = page.number if page is not None else 1
    others = alternates if canonical == asked and number == 1 and len(alternates) > 1 else {}
    is_empty = page is not None and not page.object_list
    return Head(
        canonical=absolute(canonical + _page(number)),
        robots=HIDDEN if is_empty else SHOWN,
        alternates=_by_language(others),
        previous=absolute(canonical + _page(number - 1)) if number > 1 else "",
        following=absolute(canonical + _page(number + 1)) if page is not None and page.has_next() else "",
        locale=LOCALES[language],
        other_locales=[LOCALES[code] for code in others if code != language],
        picture=(share_picture(article) if article else picture_of(shown)) or site_picture(language),
    )


def absolute(address: str) -> str:
    return urljoin(f"{settings.SITE_URL}/", address)


def _page(number: int) -> str:
    return f"?page={number}" if number > 1 else ""


def _by_language(alternates: Mapping[str, str]) -> dict[str, str]:
    """With the one for readers of any other language, which is the site's own where there is a choice."""
    found = {code: absolute(address) for code, address in alternates.items()}
    if found:
        found["x-default"] = found.get(settings.LANGUAGE_CODE) or next(iter(found.values()))
    return found


def published(article: Article) -> datetime:
    """Since when readers have it; of what they have not, when it was begun."""
    return article.publish_at or article.created_at


def modified(article: Article) -> datetime:
    """When readers last got another text, as the page says it."""
    since = published(article)
    return max(since, article.updated_at or since)


def share_picture(article: Article) -> dict[str, Any] | None:
    """What stands beside a link to a story on other sites; None where nothing can be drawn."""
    src = share_pictures.address(article)
    return _drawn(src, share_pictures.alt(article)) if src else None


def _drawn(src: str, alt: str) -> dict[str, Any]:
    return {"src": src, "width": share_pictures.WIDTH, "height": share_pictures.HEIGHT, "alt": alt}


def picture_of(asset: MediaAsset | None) -> dict[str, Any] | None:
    """A picture in the size that other sites draw beside a link, or the largest there is."""
    drawn = asset.drawn("3x2") if asset else []
    if asset is None or not drawn:
        return None
    width, height, src = next((row for row in drawn if row[0] >= SHARE_WIDTH), drawn[-1])
    return {"src": src, "width": width, "height": height, "alt": asset.display_alt}


def site_picture(language: str) -> dict[str, Any]:
    """The same for pages that are about no story: the publisher's name, or icon where that cannot be drawn."""
    brand = Brand.current()
    if src := share_pictures.site_address(language):
        return _drawn(src, brand.said("name", language))
    src = f"{reverse('icon', args=[ICON])}?v={brand.version}"
    return {"src": src, "width": ICON, "height": ICON, "alt": brand.said("name", language)}
