"""What pages tell programs of themselves, in the words of schema.org: plain dictionaries made from what is public.

What Google asks for stands as a table in tests/articles/test_structured_data.py. Facts that a page does not show are
not told here either, and a paid story says in its headline who paid.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from . import figures, html
from .heads import ICON, absolute, modified, published
from .models import Article, Author, Brand, Correction, LiveEntry, MediaAsset, Series
from .reading import LiveBlog, PlaceInSeries

Thing = dict[str, Any]
# Smaller logos are not shown: https://developers.google.com/search/docs/appearance/structured-data/organization
LEAST_LOGO = 112
# The size in which brands are measured is that of the screen; files have twice as many pixels.
PIXELS = 2
# Of an entry of a live blog: what a program quotes is shorter.
MOST_OF_ENTRY = 1000
MOST_OF_HEADLINE = 110


def graph(*things: Thing | None) -> Thing:
    """Several things of one page, those that are None left out."""
    return {"@context": "https://schema.org", "@graph": [one for one in things if one]}


def moment(at: datetime) -> str:
    """ISO 8601 with the zone of the publisher, as `<time>` has it."""
    return timezone.localtime(at).isoformat(timespec="seconds")


def labelled(article: Article) -> str:
    """The headline as it stands on the page; with its label where somebody paid."""
    if not article.is_sponsored:
        return article.headline
    return _("Paid for by %(sponsor)s: %(headline)s") % {
        "sponsor": article.sponsor_name,
        "headline": article.headline,
    }


# Who publishes


def publisher_id() -> str:
    return absolute("/#publisher")


def publisher(language: str) -> Thing:
    """The publisher, as every page names it."""
    brand = Brand.current()
    return {
        "@type": "NewsMediaOrganization",
        "@id": publisher_id(),
        "name": brand.said("name", language),
        "url": absolute("/"),
        "logo": _logo(brand, language),
    }


def whole_publisher(language: str) -> Thing:
    """All that is known of the publisher, as the front page says it."""
    brand = Brand.current()
    other = brand.said("name", "en" if language == "ar" else "ar")
    found = publisher(language) | {
        "alternateName": other if other != brand.said("name", language) else "",
        "description": brand.said("about", language) or brand.said("tagline", language),
        "email": brand.email,
        "sameAs": [link["url"] for link in brand.links()],
        "correctionsPolicy": absolute(reverse("articles:corrections")),
        "contactPoint": {
            "@type": "ContactPoint",
            "contactType": "newsroom",
            "url": absolute(reverse("contact")),
            "availableLanguage": ["en", "ar"],
        },
    }
    return _filled(found)


def _logo(brand: Brand, language: str) -> Thing:
    """The logo, or the icon where there is none that is large enough to be shown."""
    logo = brand.logo_for(language)
    if logo and min(logo["width"], logo["height"]) * PIXELS >= LEAST_LOGO:
        return _image(logo["src"], logo["width"] * PIXELS, logo["height"] * PIXELS)
    return _image(f"{reverse('icon', args=[ICON])}?v={brand.version}", ICON, ICON)


def website(language: str) -> Thing:
    """The site, and where it is searched."""
    brand = Brand.current()
    return _filled(
        {
            "@type": "WebSite",
            "@id": absolute(f"{reverse('front_page')}#website"),
            "url": absolute(reverse("front_page")),
            "name": brand.said("name", language),
            "description": brand.said("tagline", language),
            "inLanguage": language,
            "publisher": {"@id": publisher_id()},
            "potentialAction": {
                "@type": "SearchAction",
                "target": {
                    "@type": "EntryPoint",
                    "urlTemplate": absolute(reverse("articles:search")) + "?q={search_term_string}",
                },
                "query-input": "required name=search_term_string",
            },
        }
    )


# Stories


def story(
    article: Article,
    *,
    live: LiveBlog | None,
    corrections: Iterable[Correction] = (),
    series: PlaceInSeries | None = None,
) -> Thing:
    """A story, with its bylines, their authors and its tags at hand. `live` is the part of its live blog that the
    page shows, `corrections` the notes that it shows."""
    paid = article.is_sponsored
    address = absolute(article.get_absolute_url())
    words = article.search_description or article.standfirst
    found: Thing = {
        "@type": "AdvertiserContentArticle" if paid else "LiveBlogPosting" if live else "NewsArticle",
        "@id": f"{address}#story",
        "mainEntityOfPage": address,
        "url": address,
        "headline": labelled(article),
        "alternativeHeadline": article.headline if paid else "",
        "description": " ".join(words.split()),
        "image": images(article.hero),
        "datePublished": moment(published(article)),
        "dateModified": moment(_changed(article, live)),
        "author": [author(byline.author) for byline in article.bylines.all()] or _unsigned(article),
        "publisher": publisher(article.language),
        "sponsor": {"@type": "Organization", "name": article.sponsor_name} if paid else None,
        "articleSection": article.section.name if article.section else "",
        "keywords": [tag.name for tag in article.tags.all()],
        "wordCount": html.word_count(article.body),
        "inLanguage": article.language,
        "isAccessibleForFree": True,
        "video": video(article),
        "correction": [_correction(article, note) for note in corrections if note.kind != Correction.Kind.UPDATE],
    }
    if series:
        found |= {"isPartOf": part_of(series.series), "position": series.number}
    if live and not paid:
        found |= _coverage(article, live)
    return _filled(found)


def _unsigned(article: Article) -> list[Thing]:
    """A paid story that nobody signed is told as that of who paid, a text of the newsroom as the newsroom's."""
    if article.is_sponsored:
        return [{"@type": "Organization", "name": article.sponsor_name}]
    return [publisher(article.language)]


def author(of: Author) -> Thing:
    """A name of a byline: a person, or the newsroom itself."""
    if of.is_newsroom:
        return {"@type": "NewsMediaOrganization", "name": of.display_name, "url": absolute(of.get_absolute_url())}
    found = {
        "@type": "Person",
        "name": of.display_name,
        "url": absolute(of.get_absolute_url()),
        "jobTitle": of.display_role,
    }
    return _filled(found)


def images(asset: MediaAsset | None) -> list[Thing]:
    """A picture in each shape that it was drawn in, as large as there is."""
    if asset is None:
        return []
    largest = {drawn[-1][:2]: drawn[-1] for crop in ("full", "3x2") if (drawn := asset.drawn(crop))}
    said = {"caption": asset.display_caption or asset.display_alt, "creditText": asset.credit}
    return [_filled(_image(src, width, height) | said) for width, height, src in largest.values()]


def _image(src: str, width: int, height: int) -> Thing:
    return {"@type": "ImageObject", "url": absolute(src), "width": width, "height": height}


def video(article: Article) -> Thing | None:
    """The video that a story leads with; None where there is none, or no picture to stand for it."""
    lead = figures.lead_video(article.body)[0] if article.kind == Article.Kind.VIDEO else None
    shown = images(article.hero)
    if lead is None or not shown:
        return None
    words = article.search_description or article.standfirst
    return _filled(
        {
            "@type": "VideoObject",
            "name": labelled(article),
            "description": " ".join(words.split()),
            "thumbnailUrl": [one["url"] for one in shown],
            "uploadDate": moment(published(article)),
            "embedUrl": lead.embed.player.partition("?")[0],
        }
    )


def _correction(article: Article, note: Correction) -> Thing:
    return {
        "@type": "CorrectionComment",
        "text": note.text,
        "datePublished": moment(note.at),
        "url": f"{absolute(article.get_absolute_url())}#note-{note.pk}",
    }


def part_of(series: Series) -> Thing:
    return {"@type": "CreativeWorkSeries", "name": series.title, "url": absolute(series.get_absolute_url())}


def _entries(live: LiveBlog) -> list[LiveEntry]:
    return sorted((*live.pinned, *live.entries), key=lambda entry: -entry.number)


def _changed(article: Article, live: LiveBlog | None) -> datetime:
    """When readers last got other words: of the text, or of an entry that stands on the page."""
    times = [modified(article)]
    for entry in _entries(live) if live else ():
        times.append(entry.changed_at or entry.published_at)
    return max(times)


def _coverage(article: Article, live: LiveBlog) -> Thing:
    entries = _entries(live)
    newest = max((entry.published_at for entry in entries), default=published(article))
    return {
        "coverageStartTime": moment(min([published(article), *(entry.published_at for entry in entries)])),
        "coverageEndTime": moment(max(article.live_until or newest, newest)),
        "liveBlogUpdate": [_entry(entry) for entry in entries],
    }


def _entry(entry: LiveEntry) -> Thing:
    words = html.text(entry.body)
    first = words.split("\n")[0]
    return _filled(
        {
            "@type": "BlogPosting",
            "headline": entry.headline or _short(first, MOST_OF_HEADLINE) or entry.article.headline,
            "url": absolute(entry.get_absolute_url()),
            "datePublished": moment(entry.published_at),
            "dateModified": moment(entry.changed_at or entry.published_at),
            "articleBody": _short(words, MOST_OF_ENTRY) or entry.headline or entry.article.headline,
        }
    )


def _short(text: str, most: int) -> str:
    """Cut between words."""
    return text if len(text) <= most else text[: most - 1].rpartition(" ")[0].rstrip() + "…"


# Where a page stands, and lists


def breadcrumb(crumbs: Iterable[tuple[str, str]], last: str) -> Thing:
    """The way from the front page to a page, by the names and addresses between them. The page itself is named, and
    has no link to itself."""
    links = [(_("Home"), reverse("front_page")), *crumbs]
    items: list[Thing] = [
        {"@type": "ListItem", "position": place, "name": name, "item": absolute(address)}
        for place, (name, address) in enumerate(links, start=1)
    ]
    items.append({"@type": "ListItem", "position": len(items) + 1, "name": last})
    return {"@type": "BreadcrumbList", "itemListElement": items}


def collection(
    name: str,
    address: str,
    stories: Iterable[Article],
    *,
    language: str,
    description: str = "",
    first: int = 1,
    about: Thing | None = None,
) -> Thing:
    """A list of stories. `address` is that of the page, `first` the place of its first story in the whole list."""
    items = [
        {"@type": "ListItem", "position": place, "url": absolute(one.get_absolute_url())}
        for place, one in enumerate(stories, start=first)
    ]
    found = {
        "@type": "CollectionPage",
        "url": address,
        "name": name,
        "description": " ".join(description.split()),
        "inLanguage": language,
        "isPartOf": {"@type": "WebSite", "@id": absolute(f"{reverse('front_page')}#website")},
        "about": about,
        "mainEntity": {"@type": "ItemList", "itemListElement": items} if items else None,
    }
    return _filled(found)


def profile(of: Author, *, language: str) -> Thing:
    """The page of an author: who that is, and for whom they work."""
    address = absolute(of.get_absolute_url())
    links = [link for link in of.link_list if link.startswith(("https://", "http://"))]
    photo = of.photo.drawn("full") if of.photo else []
    who = author(of) | {
        "@id": f"{address}#author",
        "description": " ".join(of.display_bio.split()),
        "image": _image(photo[-1][2], photo[-1][0], photo[-1][1]) if photo else None,
        "sameAs": links,
    }
    if of.is_newsroom:
        who |= {"logo": publisher(language)["logo"]}
    else:
        who |= {"worksFor": publisher(language)}
    return {"@type": "ProfilePage", "url": address, "inLanguage": language, "mainEntity": _filled(who)}


def _filled(thing: Thing) -> Thing:
    """Without what is not known."""
    return {name: value for name, value in thing.items() if value not in (None, "", [])}
