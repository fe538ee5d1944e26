"""What a colleague who reads over your shoulder would say of a story: what is missing, what is odd, what is fine.

`articles.readiness` knows what stands in the way of publication; the rest here is advice. Each check names the field of
the story's form in which it is mended, or the picture of the library.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.db.models import Q
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import appearance, html
from .content import Content
from .models import Article, MediaAsset, Redirect
from .readiness import clashing, missing, objections, pictures_of, publication_time

ERROR, WARNING, GOOD = "error", "warning", "good"
LEVELS = (ERROR, WARNING, GOOD)

# What fits: a headline in at most four lines of a phone.
HEADLINE = 110
SHORT, WORDS_A_MINUTE = 120, 220
# Letters of the other script in a text that is mostly in one: a name and a quotation are less.
FOREIGN = 0.5

_LINK = re.compile(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_STORY = re.compile(r"/([12]\d{3})/(0[1-9]|1[0-2])/([-\w]+)/?")
_ARABIC = re.compile(r"[\u0621-\u064a]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_EMPTY_WORDS = {
    "here",
    "click here",
    "link",
    "this link",
    "read more",
    "more",
    "هنا",
    "اضغط هنا",
    "انقر هنا",
    "الرابط",
    "المزيد",
}


@dataclass(frozen=True)
class Check:
    """One finding. `field` is a field of the story's form, `picture` the number of a picture to be looked at."""

    level: str
    said: str
    field: str = ""
    picture: int | None = None


def check(
    content: Content, *, article: Article | None, number: int | None, at: datetime, own_hosts: Collection[str] = ()
) -> list[Check]:
    """Every finding about a text, errors first. `article` is the row as readers have it, None for one that was never
    saved; `number` the revision that holds the text. Seven queries at most, and those of the floors above."""
    pictures = pictures_of(content)
    found = [Check(ERROR, said, field) for field, said in missing(content, pictures)]
    found += [Check(ERROR, said) for said in objections(article, content, number=number, at=at)]
    when = publication_time(article, content, at=at) if article else content.publish_at or at
    found += [Check(ERROR, said, field) for field, said in clashing(content, when, at=at)]
    found += _of_length(content)
    found += _of_pictures(content, pictures, at)
    found += _of_links(content, own_hosts, at)
    found += _of_search(content, article, at)
    found += _of_sharing(content, pictures)
    found += _of_language(content)
    found += _of_label(content)
    return sorted(found, key=lambda one: LEVELS.index(one.level))


def _of_length(content: Content) -> list[Check]:
    found = []
    if len(content.headline) > HEADLINE:
        said = _("The headline has %(count)d characters. Above %(most)d it fills half a phone: say it shorter.")
        found.append(Check(WARNING, said % {"count": len(content.headline), "most": HEADLINE}, "headline"))
    if not content.standfirst.strip():
        said = _("No standfirst. Front page, search results and newsletters show nothing below the headline.")
        found.append(Check(WARNING, said, "standfirst"))
    count = html.word_count(content.body)
    if 0 < count < SHORT:
        said = ngettext("The text is short: %(count)d word.", "The text is short: %(count)d words.", count)
        found.append(Check(WARNING, said % {"count": count}, "body"))
    elif count:
        minutes = max(1, round(count / WORDS_A_MINUTE))
        said = ngettext(
            "%(words)d words, about %(count)d minute to read.",
            "%(words)d words, about %(count)d minutes to read.",
            minutes,
        )
        found.append(Check(GOOD, said % {"words": count, "count": minutes}))
    return found


def _of_pictures(content: Content, pictures: Mapping[int, MediaAsset], at: datetime) -> list[Check]:
    found = []
    if not content.hero_id:
        said = _("No lead picture. On the front page and when somebody shares it the story stands as text alone.")
        found.append(Check(WARNING, said, "hero"))
    today = timezone.localdate(at)
    for number, picture in pictures.items():
        if not picture.is_described:
            said = _("“%(picture)s” has no alternative text.") % {"picture": picture}
            found.append(Check(WARNING, said, picture=number))
        if not picture.credit:
            said = _("“%(picture)s” has no credit.") % {"picture": picture}
            found.append(Check(WARNING, said, picture=number))
        if picture.is_licence_over(today):
            said = _("The licence of “%(picture)s” has ended.") % {"picture": picture}
            found.append(Check(WARNING, said, picture=number))
    if pictures and all(one.is_described and one.credit for one in pictures.values()):
        said = ngettext(
            "%(count)d picture, described and credited.",
            "%(count)d pictures, all described and credited.",
            len(pictures),
        )
        found.append(Check(GOOD, said % {"count": len(pictures)}))
    return found


# Links


def _of_links(content: Content, own_hosts: Collection[str], at: datetime) -> list[Check]:
    """Links that lead nowhere in this house, or where no reader should be sent. Other sites are not asked."""
    found, inside = [], {}
    links = [
        (html.entities.unescape(address), strip_tags(said).strip()) for address, said in _LINK.findall(content.body)
    ]
    own = {host.lower() for host in own_hosts}
    for address, said in links:
        if path := _own_path(address, own):
            inside[path] = address
        elif address.lower().startswith("http://"):
            told = _("“%(address)s” is not encrypted. Most sites answer at https:// too.")
            found.append(Check(WARNING, told % {"address": address}, "body"))
        if said.casefold().strip(" .:→…»") in _EMPTY_WORDS:
            told = _(
                "A link says only “%(words)s”. Say where it leads: some readers hear links without their sentence."
            )
            found.append(Check(WARNING, told % {"words": said}, "body"))
        elif not said:
            told = _("The link to %(address)s has no words.")
            found.append(Check(WARNING, told % {"address": address}, "body"))
    for path in _dead(inside, at):
        told = _("The link to %(address)s leads to no page that readers have.")
        found.append(Check(WARNING, told % {"address": unquote(inside[path])}, "body"))
    if links and not found:
        told = ngettext("%(count)d link, nothing odd about it.", "%(count)d links, nothing odd about them.", len(links))
        found.append(Check(GOOD, told % {"count": len(links)}))
    return found


def _own_path(address: str, own: Collection[str]) -> str:
    """The path of an address of this site, empty for others."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if address.startswith("/") or (parts.scheme in ("http", "https") and host in own):
        return unquote(parts.path or "/")
    return ""


def _dead(paths: Collection[str], at: datetime) -> list[str]:
    """Those at which readers find nothing, or which are not for them. Two queries at most."""
    stories = {path: found for path in paths if (found := _STORY.fullmatch(path.removeprefix("/ar")))}
    others = [path for path in paths if path not in stories and not _is_page(path)]
    if not stories:
        return others
    wanted = Q()
    for year, month, slug in (found.groups() for found in stories.values()):
        wanted |= Q(month__year=int(year), month__month=int(month), slug=slug)
    live = set(Article.objects.live(at).filter(wanted).values_list("month__year", "month__month", "slug"))
    lost = [path for path, found in stories.items() if (int(found[1]), int(found[2]), found[3]) not in live]
    moved = set(Redirect.objects.filter(old_path__in=lost).values_list("old_path", flat=True)) if lost else set()
    return [*others, *(path for path in lost if path not in moved)]


def _is_page(path: str) -> bool:
    if path.removeprefix("/ar").startswith(("/admin/", "/preview/")):
        return False
    if path.startswith("/media/"):
        return True
    with translation.override("ar" if path.startswith("/ar/") else "en"):
        try:
            resolve(path)
        except Resolver404:
            return False
    return True


# Search engines, languages, labels


def _of_search(content: Content, article: Article | None, at: datetime) -> list[Check]:
    found = []
    title = content.search_title or content.headline
    if len(title) > appearance.TITLE.most:
        said = _("Search results cut the title after about %(most)d characters; it has %(count)d.")
        found.append(Check(WARNING, said % {"most": appearance.TITLE.most, "count": len(title)}, "search_title"))
    text = content.search_description or content.standfirst
    if len(text) > appearance.TEXT.most:
        said = _("Search results cut the description after about %(most)d characters; it has %(count)d.")
        found.append(Check(WARNING, said % {"most": appearance.TEXT.most, "count": len(text)}, "search_description"))
    if other := appearance.twin(content, article, at):
        said = _("Another live story has this title for search engines too, “%(headline)s”: they may show only one.")
        found.append(Check(WARNING, said % {"headline": other.headline}, "search_title"))
    if len(content.slug) > appearance.SLUG:
        said = _("The address is long: its slug has %(count)d characters. Above %(most)d, results and mails cut it.")
        found.append(Check(WARNING, said % {"count": len(content.slug), "most": appearance.SLUG}, "slug"))
    if not found and text.strip():
        found.append(Check(GOOD, _("Title and description fit into a search result.")))
    return found


def _of_sharing(content: Content, pictures: Mapping[int, MediaAsset]) -> list[Check]:
    hero = pictures.get(content.hero_id or 0)
    if hero is None or not appearance.is_picture_small(hero):
        return []
    said = _("The lead picture is %(width)d pixels wide. Large cards on other sites need %(least)d: use a larger file.")
    return [Check(WARNING, said % {"width": hero.width, "least": appearance.SHARE_WIDTH}, "hero")]


def _of_language(content: Content) -> list[Check]:
    """Whether headline and text are in the language that the story says it is in."""
    found = []
    for field, text in (("headline", content.headline), ("body", html.text(content.body))):
        arabic, latin = len(_ARABIC.findall(text)), len(_LATIN.findall(text))
        if arabic + latin < 12:
            continue
        foreign = (latin if content.language == "ar" else arabic) / (arabic + latin)
        if foreign > FOREIGN:
            said = (
                _("The headline does not look like the story's language. Change one of the two.")
                if field == "headline"
                else _("Most of the text does not look like the story's language. Change one of the two.")
            )
            found.append(Check(WARNING, said, "language"))
    return found


def _of_label(content: Content) -> list[Check]:
    if content.kind == Article.Kind.STORY:
        return []
    found = [
        Check(GOOD, _("Readers see “Paid for by %(sponsor)s” wherever it stands.") % {"sponsor": content.sponsor_name})
    ]
    if not content.sponsor_name.strip():
        found = [Check(ERROR, _("Say who paid for it: that is its label."), "sponsor_name")]
    outside = [address for address in html.links(content.body) if address.lower().startswith("http")]
    if outside:
        said = ngettext(
            "%(count)d link leads elsewhere; search engines are told that it was paid for.",
            "%(count)d links lead elsewhere; search engines are told that they were paid for.",
            len(outside),
        )
        found.append(Check(GOOD, said % {"count": len(outside)}))
    return found
