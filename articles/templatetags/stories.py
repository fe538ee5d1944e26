"""What story templates draw with. Every tag only wraps Python that lives elsewhere."""

import json
import re
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import figures, html
from ..models import Article, Author, LiveEntry, MediaAsset

register = template.Library()

# The last paragraph of a quotation that has others, when it only says whose it is: a citation, or a dash and a name.
_SOURCE = re.compile(
    r"(</p>\s*)<p[^>]*>(?:<cite>((?:(?!</cite>).)*)</cite>|[—–-]\s*([^<]{1,120}[^<»”\"]))</p>\s*</blockquote>"
)

OWN_HOSTS = {urlsplit(settings.SITE_URL).hostname or ""}


@register.inclusion_tag("articles/_sponsored_label.html")
def sponsored_label(article: Article) -> dict:
    """The label of a paid story, everywhere it is named; nothing for news."""
    return {"article": article}


@register.inclusion_tag("articles/_picture.html")
def picture(asset: MediaAsset, crop: str = "3x2", sizes: str = "100vw", eager: bool = False, alt: str | None = None):
    """A picture of the library at the width the reader needs. `eager` for the one a page leads with."""
    webp, avif = asset.drawn(crop), asset.drawn(crop, "avif")
    # AVIF begins at 640 pixels: for thumbnails the smaller WebP is the lighter file.
    is_large = eager or crop == "full"
    shown = next((row for row in webp if row[0] >= 640), webp[-1] if webp else None)
    width, height, src = shown or (None, None, "")
    return {
        "avif": _srcset(avif) if is_large else "",
        "webp": _srcset(webp),
        "src": src,
        "width": width,
        "height": height,
        "alt": asset.display_alt if alt is None else alt,
        "sizes": sizes,
        "eager": eager,
    }


def _srcset(drawn: list[tuple[int, int, str]]) -> str:
    return ", ".join(f"{url} {width}w" for width, _height, url in drawn)


@register.filter
def picture_address(asset: MediaAsset) -> str:
    """The path of the widest rendition that other sites show beside a link; empty where there is none."""
    return asset.url("3x2", 10_000)


@register.filter
def share_title(article: Article) -> str:
    """The headline as it leaves the site, in titles and share links: with the label of a paid story."""
    headline = article.search_title or article.headline
    if not article.is_sponsored:
        return headline
    return _("Paid for by %(sponsor)s: %(headline)s") % {"sponsor": article.sponsor_name, "headline": headline}


@register.simple_tag
def story_body(article: Article) -> SafeString:
    """The body as readers get it: figures drawn, outside links marked for what they are, wide tables in a box that
    scrolls, and without the video that `lead_video` draws."""
    mark = html.with_sponsored_links if article.is_sponsored else html.with_plain_links
    body = figures.lead_video(article.body)[1] if article.kind == Article.Kind.VIDEO else article.body
    return _dressed(figures.draw(mark(body, OWN_HOSTS), is_paid=article.is_sponsored))


@register.simple_tag
def lead_video(article: Article) -> figures.Video | None:
    """The video that stands where others have their picture; None for a story that is no video, or has none."""
    return figures.lead_video(article.body)[0] if article.kind == Article.Kind.VIDEO else None


@register.simple_tag
def authors_told(article: Article) -> list[Author]:
    """Those of its authors who have a biography in the language of the page, in the order of the byline."""
    return [byline.author for byline in article.bylines.all() if byline.author.display_bio]


@register.simple_tag
def entry_body(entry: LiveEntry, assets: dict[int, MediaAsset]) -> SafeString:
    """The same for an entry of a live blog, with the pictures of all entries of the page."""
    return _dressed(figures.draw(html.with_plain_links(entry.body, OWN_HOSTS), assets))


# A number of each grammatical kind that a language may tell apart, by the names browsers have for them.
_KINDS = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}


@register.simple_tag
def live_words() -> str:
    """What the script of a live blog says, as JSON; of "new" a form for every kind of number."""
    new = {kind: ngettext("%(count)d new entry", "%(count)d new entries", n) for kind, n in _KINDS.items()}
    words = {
        "new": new,
        "waiting": _("New entries are announced here."),
        "changed": _("Something was changed."),
        "gone": _("This entry was taken out."),
        "over": _("The live coverage is over."),
        "lost": _("No connection. We keep trying."),
    }
    return conditional_escape(json.dumps(words, ensure_ascii=False))


@register.inclusion_tag("articles/_live_pill.html")
def live_pill(article: Article) -> dict:
    """Says that a story is being covered as it happens, until its time is over; nothing for others."""
    return {"is_live": article.is_covered_live(timezone.now())}


@register.simple_tag
def story_in_words(article: Article) -> SafeString:
    """The body for the light edition: the same text and links, with pictures told by what they show."""
    mark = html.with_sponsored_links if article.is_sponsored else html.with_plain_links
    return _dressed(figures.draw(mark(article.body, OWN_HOSTS), in_words=True, is_paid=article.is_sponsored))


@register.simple_tag
def entry_in_words(entry: LiveEntry) -> SafeString:
    """An entry of a live blog for the light edition."""
    return _dressed(figures.draw(html.with_plain_links(entry.body, OWN_HOSTS), in_words=True))


def _dressed(body: str) -> SafeString:
    """Each table in a region that the keyboard reaches too, and who said it under a quotation. The sanitiser writes
    `<table` for nothing but a table."""
    label = conditional_escape(_("Table"))
    opening = f'<div class="scroller" role="region" tabindex="0" aria-label="{label}"><table'
    body = body.replace("<table", opening).replace("</table>", "</table></div>")
    return mark_safe(_SOURCE.sub(_source, body))


def _source(found: re.Match[str]) -> str:
    before, cited, named = found.groups()
    return f'{before}<p class="source"><cite>{cited or named}</cite></p></blockquote>'


@register.filter
def halves(body: str, after: int = 4) -> list[str]:
    """A drawn body in two parts, cut after that many paragraphs where at least twice as many stand; else in one."""
    parts = body.split("</p>")
    if len(parts) - 1 < after * 2:
        return [body]
    first = "</p>".join(parts[:after]) + "</p>"
    if first.count("<blockquote") != first.count("</blockquote") or first.count("<table") != first.count("</table"):
        return [body]
    if first.count("<li") != first.count("</li") or first.count("<figure") != first.count("</figure"):
        return [body]
    return [mark_safe(first), mark_safe("</p>".join(parts[after:]))]
