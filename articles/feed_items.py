"""What a feed tells of a story, whatever the form it is written in. Everything is absolute: it is read elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from . import figures, html
from .feeds import Page, changed
from .figures import Embed
from .models import Article, Brand, Correction, MediaAsset, Section, Tag
from .templatetags.stories import OWN_HOSTS, share_title

# Of a summary that is made from the text itself.
SUMMARY_WORDS = 50
# Wide enough for a reader's column, and light enough for a phone.
WIDTH, THUMBNAIL = 1200, 320
KEPT_SIZES = 30 * 24 * 3600


@dataclass(frozen=True)
class Writer:
    name: str
    address: str


@dataclass(frozen=True)
class Category:
    """A section or a subject: `scheme` is the address of all of its kind, `address` its own page."""

    name: str
    slug: str
    scheme: str
    address: str


@dataclass(frozen=True)
class Picture:
    """The picture that a story leads with. `bytes` is the exact length of its file."""

    address: str
    bytes: int
    width: int
    height: int
    alt: str
    caption: str
    credit: str
    thumbnail: tuple[int, int, str]

    type = "image/webp"


@dataclass(frozen=True)
class Item:
    """A story in a feed. `text` is its whole HTML, empty where feeds carry summaries; `summary` is plain text."""

    id: str
    address: str
    title: str
    summary: str
    text: str
    language: str
    published: datetime
    changed: datetime
    writers: list[Writer]
    categories: list[Category]
    picture: Picture | None


def items(page: Page) -> list[Item]:
    """What the stories of a page tell, in the language that is active. One query for the texts, if any is needed."""
    wanted = [one.pk for one in page.stories if settings.FEED_TEXT == "full" or not _told(one)]
    bodies = dict(Article.objects.filter(pk__in=wanted).values_list("pk", "body")) if wanted else {}
    sizes = _sizes(one.hero for one in page.stories if one.hero)
    return [_item(story, bodies.get(story.pk, ""), page, sizes) for story in page.stories]


def story_id(story: Article) -> str:
    """A name for ever, whatever becomes of the address (RFC 4151)."""
    return f"tag:{settings.FEED_AUTHORITY},{story.created_at:%Y-%m-%d}:story/{story.pk}"


def _item(story: Article, body: str, page: Page, sizes: dict[str, int]) -> Item:
    address = settings.SITE_URL + story.get_absolute_url()
    assert story.publish_at is not None  # noqa: S101  # every live story has one, by a constraint
    return Item(
        id=story_id(story),
        address=address,
        title=share_title(story),
        summary=_summary(story, body),
        text=_text(story, body, page, address) if settings.FEED_TEXT == "full" else "",
        language=story.language,
        published=story.publish_at,
        changed=changed(story),
        writers=_writers(story),
        categories=_categories(story),
        picture=_picture(story.hero, sizes) if story.hero else None,
    )


def _writers(story: Article) -> list[Writer]:
    names = [
        Writer(one.author.display_name, settings.SITE_URL + one.author.get_absolute_url())
        for one in story.bylines.all()
    ]
    # Nobody of the newsroom wrote what somebody else paid for.
    nobody = story.sponsor_name or Brand.current().said("name", story.language)
    return names or [Writer(nobody, settings.SITE_URL + "/" if not story.is_sponsored else "")]


def _categories(story: Article) -> list[Category]:
    found: list[Section | Tag] = [story.section] if story.section else []
    categories = []
    for one in [*found, *story.tags.all()]:
        address = settings.SITE_URL + one.get_absolute_url()
        scheme = address.rstrip("/").rpartition("/")[0] + "/"
        categories.append(Category(one.name, one.slug, scheme, address))
    return categories


# Pictures


def _rendition(asset: MediaAsset, width: int) -> tuple[int, int, str] | None:
    """The smallest that wide, or the widest: (width, height, path in the storage with its prefix)."""
    drawn = asset.drawn("full")
    return next((one for one in drawn if one[0] >= width), drawn[-1] if drawn else None)


def _sizes(assets: Iterable[MediaAsset]) -> dict[str, int]:
    """The length of the file of each lead picture. Files never change under their name, so it is asked once: a storage
    that is far away would be asked thirty times a feed."""
    paths = {one[2] for asset in assets if (one := _rendition(asset, WIDTH))}
    known = cache.get_many([f"feed-size:{path}" for path in paths])
    sizes = {key.removeprefix("feed-size:"): size for key, size in known.items()}
    new = {}
    for path in paths - sizes.keys():
        try:
            new[path] = default_storage.size(path.removeprefix(settings.MEDIA_URL))
        except OSError:  # gone: no feed promises a file that is not there
            continue
    cache.set_many({f"feed-size:{path}": size for path, size in new.items()}, KEPT_SIZES)
    return sizes | new


def _picture(asset: MediaAsset, sizes: dict[str, int]) -> Picture | None:
    shown, small = _rendition(asset, WIDTH), _rendition(asset, THUMBNAIL)
    if shown is None or small is None or shown[2] not in sizes:
        return None
    width, height, path = shown
    return Picture(
        address=settings.SITE_URL + path,
        bytes=sizes[path],
        width=width,
        height=height,
        alt=asset.display_alt,
        caption=asset.display_caption,
        credit=asset.credit,
        thumbnail=(small[0], small[1], settings.SITE_URL + small[2]),
    )


# Words


def _told(story: Article) -> str:
    return story.standfirst or story.search_description


def _summary(story: Article, body: str) -> str:
    words = _told(story) or Truncator(" ".join(html.text(body).split())).words(SUMMARY_WORDS)
    if not story.is_sponsored:
        return words or story.headline
    return f"{words} {_disclaimer(story)}".strip()


def _disclaimer(story: Article) -> str:
    """What the page of a paid story says of it, as plain words."""
    name = Brand.current().said("name", story.language)
    drawn = render_to_string("articles/_disclaimer.html", {"article": story, "site": {"name": name}})
    return html.entities.unescape(strip_tags(drawn)).strip()


def _text(story: Article, body: str, page: Page, address: str) -> str:
    """The whole story: label and notes first, pictures in full, and what is played elsewhere as a link."""
    mark = html.with_sponsored_links if story.is_sponsored else html.with_plain_links
    rel = "sponsored nofollow noopener" if story.is_sponsored else "nofollow noopener"
    marked = html.with_absolute_links(mark(body, OWN_HOSTS), address)
    parts: list[str] = []
    if story.is_sponsored:
        parts.append(format_html("<p><strong>{}</strong></p>", _disclaimer(story)))
    notes = page.notes.get(story.pk, [])
    parts += [_note(note) for note in notes if note.place == Correction.Place.TOP]
    if story.standfirst:
        parts.append(format_html("<p><strong>{}</strong></p>", story.standfirst))
    if story.hero:
        parts.append(_figure(story.hero, SafeString("")))
    parts.append(figures.told(marked, page.assets, picture=_figure, link=lambda one, words: _link(one, words, rel)))
    parts += [_note(note) for note in notes if note.place == Correction.Place.BOTTOM]
    if story.live_until and not story.is_sponsored:
        more = _("The live coverage stands on our page")
        parts.append(format_html('<p><a href="{}#live">{}</a></p>', address, more))
    direction = "rtl" if story.language == "ar" else "ltr"
    return f'<div lang="{story.language}" dir="{direction}">{"".join(parts)}</div>'


def _note(note: Correction) -> str:
    return format_html("<p><strong>{}:</strong> {}</p>", note.get_kind_display(), note.text)


def _figure(asset: MediaAsset, caption: SafeString) -> str:
    shown = _rendition(asset, WIDTH)
    if shown is None:
        return ""
    width, height, path = shown
    picture = format_html(
        '<img src="{}" width="{}" height="{}" alt="{}">', settings.SITE_URL + path, width, height, asset.display_alt
    )
    words = caption or asset.display_caption
    below = format_html("<figcaption>{} {}</figcaption>", words, asset.credit) if words or asset.credit else ""
    return format_html("<figure>{}{}</figure>", picture, below)


def _link(embed: Embed, caption: SafeString, rel: str) -> str:
    words = caption or _("See it on %(host)s") % {"host": embed.host}
    return format_html('<p><a href="{}" rel="{}">{}</a></p>', embed.url, rel, words)
