"""An issue as a mail, as text and as a page: one template for all three ways that readers have it.

What is not live at the moment of rendering is left out, and so is what the subject says of it. Links to stories are
counted by issue (`links.click_url`), those that were sold by the ad desk's own addresses.
"""

from __future__ import annotations

import html as entities
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import css_inline
import nh3
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ads import mail_links, seller
from ads.models import Creative
from articles.models import Article, Brand, MediaAsset

from . import links
from .models import Issue, IssueBlock

Kind = IssueBlock.Kind
# Gmail shows the first 102 KB of a mail and hides the rest, with the way to unsubscribe, behind a link.
MOST_BYTES = 102 * 1024
WIDTH = 600
TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li"}
_BY_A_PERSON, _PAID = "noopener", "sponsored nofollow noopener"
_PARAGRAPH = re.compile(r"</(?:p|li|ul|ol)>|<br>", re.IGNORECASE)
_LIST = re.compile(r"<(?:ul|ol|li)\b")
_BLOCK = re.compile(r"<(?:p|br|ul|ol|li)\b")
_LINK = re.compile(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


@dataclass(frozen=True)
class Rendered:
    """What readers get. `links` are the counted addresses by their place; `left_out` says in sentences what is not in
    it that the issue has, `mentions` are the numbers of the promises that it keeps."""

    subject: str
    html: str
    text: str
    links: list[str]
    left_out: list[str]
    mentions: list[int]

    def as_json(self) -> dict[str, Any]:
        """As it is kept in `Issue.sent_as`."""
        return {"subject": self.subject, "html": self.html, "text": self.text, "links": self.links}


@dataclass(frozen=True)
class Paid:
    """For the tag that draws the label of everything that was paid for."""

    sponsor_name: str
    is_sponsored: bool = True


@dataclass
class Item:
    """A block as the templates draw it. `label` is what the label is drawn from, None for news; `picture` is {"src",
    "width", "height", "alt"}."""

    kind: str
    headline: str = ""
    text: str = ""
    html: SafeString = field(default_factory=SafeString)
    url: str = ""
    rel: str = _BY_A_PERSON
    section: str = ""
    label: Article | Paid | None = None
    picture: dict[str, Any] | None = None
    is_lead: bool = False
    promise: int | None = None

    @property
    def wrapped(self) -> str:
        return wrap(self.text)


@dataclass
class _Links:
    """Gives each address of an issue its place, and the address that a mail has for it. A page has the plain one."""

    issue: Issue
    is_counted: bool
    found: list[str] = field(default_factory=list)

    def address(self, url: str) -> str:
        if not self.is_counted:
            return url
        if url not in self.found:
            self.found.append(url)
        return links.click_url(self.issue.pk, self.found.index(url))

    def sold(self, block: IssueBlock, url: str, *, at: datetime) -> str:
        """An address that an advertiser pays for: their report counts it. One that the desk cannot count is counted
        as the others are."""
        if self.is_counted and block.promise is not None:
            try:
                link = mail_links.track(promise=block.promise, url=url, by=None, at=at)
            except (mail_links.LinkRefused, ValidationError):
                return self.address(url)
            return mail_links.address(link)
        return self.address(url)


def web_address(issue: Issue) -> str:
    """Where everybody can read a sent issue in a browser."""
    with translation.override(issue.newsletter.language):
        return settings.SITE_URL + reverse("newsletters:issue", args=[issue.newsletter.slug, issue.pk])


def render(
    issue: Issue,
    *,
    at: datetime,
    blocks: Iterable[IssueBlock] | None = None,
    is_counted: bool = True,
    known: Iterable[str] = (),
) -> Rendered:
    """The mail at a moment. `blocks` in the place of those that are saved, for a preview, which counts nothing. `known`
    are links that keep their places, because mails with them are gone."""
    language = issue.newsletter.language
    with translation.override(language):
        counted = _Links(issue, is_counted, list(known))
        items, missing = _items(issue, blocks, counted, at=at)
        day = _day(issue, at)
        subject, preheader = _said(issue, missing, day)
        context = _surroundings(issue, day) | {
            "items": items,
            "subject": subject,
            "preheader": preheader,
            "introduction": rich(issue.introduction, counted),
            "web_url": web_address(issue),
            "preferences_url": links.PREFERENCES,
            "unsubscribe_url": links.UNSUBSCRIBE,
        }
        page = render_to_string("audience/issue/mail.html", context)
        words = {"introduction": wrap(plain(issue.introduction, counted)), "rule": "-" * 60}
        text = render_to_string("audience/issue/mail.txt", context | words)
        left_out = [
            _("“%(headline)s” is not public at that time. It is left out.") % {"headline": headline}
            for headline in missing
        ]
    mentions = [item.promise for item in items if item.promise]
    return Rendered(subject, _inlined(page), _tidy(text), counted.found, left_out, mentions)


def page(issue: Issue, *, at: datetime) -> str:
    """A sent issue for everybody: its stories as far as they are live now, plain links, nothing of any reader. Neither
    its subject nor its preview line, which may name a story that is withdrawn since."""
    with translation.override(issue.newsletter.language):
        plainly = _Links(issue, is_counted=False)
        items, _missing = _items(issue, None, plainly, at=at)
        day = _day(issue, issue.started_at or at)
        context = _surroundings(issue, day) | {
            "items": items,
            "subject": _("%(newsletter)s, %(day)s") % {"newsletter": issue.newsletter.name, "day": day},
            "introduction": rich(issue.introduction, plainly),
            "is_page": True,
            "sign_up_url": reverse("newsletters:sign_up"),
        }
        whole = render_to_string("audience/issue/mail.html", context)
    # A page stands where it stands; a mail must say where that is.
    return re.sub(rf'(src|href)="{re.escape(settings.SITE_URL)}/', r'\1="/', whole)


def _day(issue: Issue, at: datetime) -> str:
    moment = issue.started_at or (issue.send_at if issue.state == Issue.State.SCHEDULED else None) or at
    return date_format(timezone.localtime(moment), "l, j F Y")


def _said(issue: Issue, missing: list[str], day: str) -> tuple[str, str]:
    """Subject and preview line, without one that names what readers may not see."""

    def is_safe(text: str) -> bool:
        return bool(text) and not any(headline in text for headline in missing)

    subject = issue.subject if is_safe(issue.subject) else f"{issue.newsletter.name}, {day}"
    return " ".join(subject.split()), issue.preheader if is_safe(issue.preheader) else ""


def _surroundings(issue: Issue, day: str) -> dict[str, Any]:
    """Who publishes, and how it looks."""
    language = issue.newsletter.language
    brand = Brand.current()
    logo = brand.logo_for(language)
    if logo:
        logo = logo | {key: urljoin(settings.SITE_URL, logo[key]) for key in ("src", "dark_src")}
    sold_by = seller.now(language)
    return {
        "newsletter": issue.newsletter,
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "start": "right" if language == "ar" else "left",
        "end": "left" if language == "ar" else "right",
        "site": {
            "name": brand.said("name", language),
            "url": settings.SITE_URL,
            "front": settings.SITE_URL + reverse("front_page"),
            "contact": settings.SITE_URL + reverse("contact"),
            "logo": logo,
            "about": brand.said("about", language),
            "address": [sold_by.name, *sold_by.details.splitlines()] if sold_by.details else [sold_by.name],
        },
        "accent": brand.accents(),
        "day": day,
        "width": WIDTH,
    }


def _items(
    issue: Issue, blocks: Iterable[IssueBlock] | None, counted: _Links, *, at: datetime
) -> tuple[list[Item], list[str]]:
    """What is drawn, and the headlines of what is not live at that moment. Four queries, or fewer."""
    if blocks is None:
        blocks = issue.blocks.select_related("promise", "creative__booking__position")
    listed = list(blocks)
    wanted = [block.article_id for block in listed if block.article_id]
    live = Article.objects.live(at).select_related("section", "hero").defer("body").in_bulk(wanted) if wanted else {}
    gone = [pk for pk in wanted if pk not in live]
    missing = [h for h in Article.objects.filter(pk__in=gone).values_list("headline", flat=True) if h] if gone else []
    items: list[Item] = []
    for block in listed:
        item = _item(block, live, counted, at=at)
        if item is None:
            if block.headline and block.kind in (Kind.STORY, Kind.SPONSORED):
                missing.append(block.headline)
            continue
        item.is_lead = item.kind == Kind.STORY and not any(other.kind == Kind.STORY for other in items)
        items.append(item)
    # A heading that nothing stands under any more says something of what is gone.
    kept = [
        item
        for place, item in enumerate(items)
        if item.kind != Kind.HEADING or (items[place + 1 : place + 2] and items[place + 1].kind != Kind.HEADING)
    ]
    return (kept if missing else items), missing


def _item(block: IssueBlock, live: dict[int, Article], counted: _Links, *, at: datetime) -> Item | None:
    if block.kind == Kind.HEADING:
        return Item(block.kind, headline=block.headline)
    if block.kind == Kind.TEXT:
        return Item(
            block.kind, headline=block.headline, html=rich(block.text, counted), text=plain(block.text, counted)
        )
    if block.kind == Kind.NOTICE:
        return _notice(block, counted, at=at)
    story = live.get(block.article_id or 0)
    if story is None:
        return None
    url = settings.SITE_URL + story.get_absolute_url()
    return Item(
        block.kind,
        headline=block.headline or story.headline,
        text=block.text or story.standfirst,
        url=counted.sold(block, url, at=at),
        rel=_PAID if story.is_sponsored else _BY_A_PERSON,
        section=story.section.name if story.section and not story.is_sponsored else "",
        label=story if story.is_sponsored else None,
        picture=picture(story.hero) if story.hero else None,
        promise=block.promise_id,
    )


def _notice(block: IssueBlock, counted: _Links, *, at: datetime) -> Item | None:
    """An advertisement: its artwork as long as it is approved, else its words; None where it has none."""
    art = block.creative if block.creative and block.creative.status == Creative.Status.APPROVED else None
    if art is None and not (block.headline or block.text):
        return None
    url = block.url or (art.click_url if art else "")
    drawn = None
    if art:
        width, height = art.booking.position.size
        # As wide as the mail at most, whole.
        shown = min(width, WIDTH - 48)
        drawn = {
            "src": urljoin(settings.SITE_URL, art.file.url),
            "width": shown,
            "height": round(height * shown / width),
            "alt": art.alt,
        }
    return Item(
        block.kind,
        headline=block.headline,
        text=block.text,
        url=counted.sold(block, url, at=at) if url else "",
        rel=_PAID,
        label=Paid(block.sponsor_name),
        picture=drawn,
        promise=block.promise_id,
    )


def picture(asset: MediaAsset) -> dict[str, Any] | None:
    """A published size of a picture that looks right on screens of twice as many pixels, by its whole address."""
    drawn = asset.drawn("3x2")
    if not drawn:
        return None
    width, height, url = next((row for row in drawn if row[0] >= WIDTH), drawn[-1])
    return {
        "src": urljoin(settings.SITE_URL, url),
        "width": WIDTH,
        "height": round(height * WIDTH / width),
        "alt": asset.display_alt,
    }


# Words that editors write into an issue: a few tags, or none.


def cleaned(text: str) -> str:
    """What an introduction or a text may hold. Lines become paragraphs unless these are written as tags."""
    if "<" not in text:
        parts = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
        return "".join(
            str(format_html("<p>{}</p>", part)).replace("\n", "<br>") for part in (p.replace("\r", "") for p in parts)
        )
    clean = _allowed(text)
    if not clean or clean.startswith(("<p", "<ul", "<ol")):
        return clean
    if _BLOCK.search(clean):
        return _allowed(f"<p>{clean}</p>")
    parts = [part.strip().replace("\n", "<br>") for part in re.split(r"\n\s*\n", clean) if part.strip()]
    # Once more, for tags that began in one paragraph and ended in another.
    return _allowed("".join(f"<p>{part}</p>" for part in parts))


def _allowed(html: str) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        clean_content_tags={"script", "style"},
    ).strip()


def as_typed(html: str) -> str:
    """The other way: paragraphs as lines, for those who wrote them so; with the links and the bold in them as tags."""
    if "\n" in html or _LIST.search(html):
        return html
    lines = re.sub(r"</?p>", "", html.replace("</p><p>", "\n\n").replace("<br>", "\n"))
    return re.sub(r"&amp;(?=\s)", "&", lines) if "<" in lines else entities.unescape(lines)


def rich(text: str, counted: _Links) -> SafeString:
    """As HTML, with links by their counted addresses."""

    def lead_on(found: re.Match[str]) -> str:
        url = _absolute(entities.unescape(found[1]))
        address = url if url.startswith("mailto:") else counted.address(url)
        return f'<a href="{entities.escape(address)}" rel="{_BY_A_PERSON}">{found[2]}</a>'

    return mark_safe(_LINK.sub(lead_on, cleaned(text)))


def plain(text: str, counted: _Links) -> str:
    """As text, each link after its words."""

    def told(found: re.Match[str]) -> str:
        url = _absolute(entities.unescape(found[1]))
        return f"{found[2]} ({url if url.startswith('mailto:') else counted.address(url)})"

    clean = _LINK.sub(told, cleaned(text))
    return entities.unescape(re.sub(r"<[^>]*>", "", _PARAGRAPH.sub("\n", clean.replace("<li>", "- ")))).strip()


def _absolute(url: str) -> str:
    return settings.SITE_URL + url if url.startswith("/") and not url.startswith("//") else url


def wrap(text: str) -> str:
    """For mail programs that show letters as they come: lines of at most 72 characters, addresses whole."""
    lines = (
        textwrap.fill(line, 72, break_long_words=False, break_on_hyphens=False) if line.strip() else ""
        for line in text.splitlines()
    )
    return "\n".join(lines)


def _tidy(text: str) -> str:
    """Without the gaps that tags of a template leave."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def _inlined(page: str) -> str:
    """Styles where each mail program finds them: on the elements, and the rules for dark and phones in the head."""
    inlined = css_inline.inline(page, keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)
    return re.sub(r"\n\s*\n+", "\n", inlined)
