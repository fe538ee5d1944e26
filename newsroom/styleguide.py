"""Every component in its states, with words of nobody: what `/styleguide/` draws. Nothing here is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ads import page_map
from ads.card import read
from ads.timeline import Step
from articles.figures import Embed
from articles.models import Article, Author, Byline, Correction, MediaAsset, Section, Tag
from articles.rehearsal import answered
from articles.related import Related

from .audience.forms import ContactForm

# The moment at which all that is shown was published; a style guide looks the same tomorrow.
THEN = datetime(2026, 3, 9, 8, 30, tzinfo=UTC)

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "headline": "Ferry to the islands sails again after eleven weeks",
        "long": "Engineers who looked at every pile of the long jetty found two that had moved, eleven that leak and "
        "one that nobody had drawn on any plan, and say that it may be opened to lorries by the end of the rains",
        "standfirst": "The first boat carried flour, a wedding party and the judge who had ordered the repairs.",
        "section": "Harbour",
        "child": "Ferries",
        "tag": "Lower Quay",
        "author": "Imani Okoro-Lind",
        "role": "Harbour reporter",
        "bio": "Writes about boats, tides and the people who wait for both.",
        "sponsor": "Halden Rope Works",
        "word": "Donaudampfschifffahrtsgesellschaftskapitän",
        "note": "An earlier version said that the ferry carries 300 people. It carries 240.",
        "caption": "The jetty at low tide.",
    },
    "ar": {
        "headline": "العبّارة إلى الجزر تبحر من جديد بعد أحد عشر أسبوعًا",
        "long": "المهندسون الذين فحصوا كل ركيزة في الرصيف الطويل وجدوا اثنتين تحركتا وإحدى عشرة يتسرب منها الماء "
        "وواحدة لم يرسمها أحد على أي مخطط، ويقولون إنه قد يُفتح أمام الشاحنات قبل نهاية موسم الأمطار",
        "standfirst": "حمل القارب الأول دقيقًا وموكب عرس والقاضي الذي أمر بالإصلاح.",
        "section": "الميناء",
        "child": "العبّارات",
        "tag": "الرصيف السفلي",
        "author": "إيماني أوكورو",
        "role": "مراسلة الميناء",
        "bio": "تكتب عن القوارب والمد ومن ينتظرهما.",
        "sponsor": "Halden Rope Works",
        "word": "فأسقيناكموهاوسيستخدمونهاوالاستقلاليات",
        "note": "ذكرت صيغة سابقة أن العبّارة تحمل 300 شخص، وهي تحمل 240.",
        "caption": "الرصيف عند الجزر.",
    },
}


@dataclass(frozen=True)
class Example:
    """A component in one of its states: the partial that draws it, and what it is given."""

    state: str | Promise
    template: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Component:
    name: str
    examples: list[Example]


def components(*, at: datetime) -> Iterator[Component]:
    """All components that readers and advertisers see, with what is drawn for each, in the language of the request."""
    language = get_language() or "en"
    words = WORDS[language]
    hero = MediaAsset.objects.public(at).order_by("-pk").first()
    parent = Section(pk=1, name=words["section"], slug="harbour", language=language)
    section = Section(pk=2, name=words["child"], slug="ferries", language=language, parent=parent)
    author = Author(
        name=words["author"], name_ar=words["author"], slug="sample", role=words["role"], bio=words["bio"], photo=hero
    )
    author.role_ar, author.bio_ar = words["role"], words["bio"]

    def story(headline: str = words["headline"], authors: int = 1, **fields: Any) -> Article:
        shown = Article(
            pk=1,
            headline=headline,
            standfirst=words["standfirst"],
            language=language,
            slug="sample",
            month=THEN.date().replace(day=1),
            publish_at=THEN,
            section=section,
            **fields,
        )
        credits = [Byline(article=shown, author=author) for _number in range(authors)]
        tags = [Tag(name=words["tag"], slug=f"sample-{n}", language=language) for n in range(3)]
        shown._prefetched_objects_cache = {  # type: ignore[attr-defined]
            "bylines": answered(Byline.objects.all(), credits),
            "tags": answered(Tag.objects.all(), tags),
        }
        return shown

    plain, pictured = story(), story(hero=hero, updated_at=THEN + timedelta(hours=3))
    paid = story(kind=Article.Kind.ADVERTORIAL, sponsor_name=words["sponsor"], hero=hero)
    live = story(live_until=at + timedelta(hours=1), hero=hero)
    series_mate = Related(pictured, str(_("From the same series")))
    crumbs = [parent, section]

    yield Component("Breadcrumb", [Example(_("two sections deep"), "articles/_breadcrumb.html", {"crumbs": crumbs})])
    yield Component(
        "Card",
        [
            Example(state, "articles/_card.html", {"article": one, "size": size, "level": 4} | more)
            for state, one, size, more in (
                (_("lead"), pictured, "lead", {"summary": True}),
                (_("medium"), pictured, "medium", {"summary": True}),
                (_("medium, without a picture"), plain, "medium", {"summary": True}),
                (_("small"), pictured, "small", {}),
                (_("small, with a long headline"), story(words["long"], hero=hero), "small", {}),
                (_("small, one long word"), story(words["word"]), "small", {}),
                (_("paid for"), paid, "small", {}),
                (_("covered live"), live, "small", {}),
            )
        ],
    )
    yield Component(
        "ArticleHeader",
        [
            Example(state, "articles/_article_header.html", {"article": one, "crumbs": crumbs})
            for state, one in (
                (_("news"), pictured),
                (_("long headline, twelve authors"), story(words["long"], authors=12)),
                (_("paid for"), paid),
                (_("covered live"), live),
            )
        ],
    )
    yield Component("BylineList", [Example(_("one author"), "articles/_byline_list.html", {"article": plain})])
    yield Component("Timestamps", [Example(_("updated since"), "articles/_timestamps.html", {"article": pictured})])
    yield Component("SponsoredLabel", [Example(_("paid for"), "articles/_sponsored_label.html", {"article": paid})])
    yield Component("LivePill", [Example(_("running"), "articles/_live_pill.html", {"is_live": True})])
    if hero:
        figure = {"asset": hero, "caption": words["caption"], "crop": "3x2"}
        yield Component("Figure", [Example(_("with caption"), "articles/_figure.html", figure)])
    embed = Embed("https://video.example/watch", "video.example", "https://video.example/embed")
    yield Component(
        "Embed",
        [
            Example(_("a video, before the click"), "articles/_embed.html", {"embed": embed}),
            Example(
                _("a link, where there is no player"),
                "articles/_embed.html",
                {"embed": Embed("https://post.example/1", "post.example", ""), "caption": words["caption"]},
            ),
        ],
    )
    note = Correction(pk=1, kind=Correction.Kind.CORRECTION, text=words["note"], place="top", at=THEN)
    yield Component(
        "CorrectionNote",
        [Example(_("above the text"), "articles/_correction_note.html", {"corrections": [note], "place": "top"})],
    )
    yield Component("ShareLinks", [Example(_("of a story"), "articles/_share_links.html", {"article": plain})])
    yield Component("AuthorBox", [Example(_("below a story"), "articles/_author_box.html", {"author": author})])
    yield Component(
        "PrevNext",
        [
            Example(_("both"), "articles/_prev_next.html", {"previous": plain, "next": story(words["long"])}),
            Example(_("the newest story"), "articles/_prev_next.html", {"previous": plain}),
        ],
    )
    yield Component(
        "RelatedList",
        [
            Example(
                _("four"),
                "articles/_related_list.html",
                {"related": [series_mate] * 4, "section": section},
            )
        ],
    )
    yield Component(
        "SectionBlock",
        [
            Example(
                _("with %(count)s stories") % {"count": count},
                "newsroom/_section_block.html",
                {"block": {"section": Section(pk=100 + count, name=words["section"], slug="s"), "stories": stories}},
            )
            for count, stories in ((n, [pictured, plain, pictured, pictured][:n]) for n in (1, 2, 3, 4))
        ],
    )
    yield Component(
        "MostRead",
        [
            Example(_("five"), "newsroom/_most_read.html", {"popular": [plain, story(words["long"])] * 2}),
            Example(_("nothing was read"), "newsroom/_most_read.html", {"newest": [plain, story(words["long"])]}),
        ],
    )
    pages = Paginator(range(180), 20)
    yield Component(
        "Pager",
        [
            Example(_("the first page"), "articles/_pager.html", {"page": pages.page(1)}),
            Example(_("in the middle"), "articles/_pager.html", {"page": pages.page(2)}),
            Example(_("the last"), "articles/_pager.html", {"page": pages.page(9)}),
        ],
    )
    yield Component("SearchForm", [Example(_("empty"), "articles/_search_form.html", {"id": "sample-search", "q": ""})])
    offered = {"has_newsletters": True}
    yield Component("NewsletterForm", [Example(_("where any is on offer"), "audience/_newsletter_form.html", offered)])
    refused = ContactForm({"email": "not an address"})
    yield Component(
        "ErrorSummary", [Example(_("a form with faults"), "newsroom/_error_summary.html", {"form": refused})]
    )
    yield Component("Form", [Example(_("refused"), "newsroom/styleguide/_form.html", {"form": refused})])
    yield Component("TagList", [Example(_("three"), "articles/_tag_list.html", {"article": plain})])
    yield Component(
        "PaidBlock",
        [
            Example(_("one"), "newsroom/_paid_block.html", {"stories": [paid]}),
            Example(_("three"), "newsroom/_paid_block.html", {"stories": [paid] * 3}),
        ],
    )
    yield from _for_advertisers(timezone.localdate(at))


def _for_advertisers(day: date) -> Iterator[Component]:
    """Those of the advertisers' pages, with the positions and prices that are on the rate card on a day."""
    card = read(day)
    maps = page_map.of(card.positions, is_rtl=get_language() == "ar")
    yield Component("SizeDrawings", [Example(_("all on sale"), "ads/_sizes.html", {"rows": card.rows})])
    yield Component("PageMap", [Example(_("pages wide and on phones"), "ads/_page_map.html", {"maps": maps})])
    yield Component("RateCard", [Example(_("today's"), "ads/_rate_card.html", {"card": card, "today": day})])
    names = (_("What"), _("Dates"), _("Material"), _("Check"))
    steps = [
        {"number": n, "name": name, "is_now": n == 3, "is_done": n < 3, "address": "#StepForm" if n < 3 else ""}
        for n, name in enumerate(names, 1)
    ]
    yield Component("StepForm", [Example(_("the third of four"), "ads/_step_form.html", {"steps": steps})])
    yield Component(
        "StatusTimeline",
        [Example(_("half way"), "ads/_status_timeline.html", {"steps": _steps(reached=3), "left": ""})],
    )


def _steps(*, reached: int) -> list[Step]:
    names = (_("Received"), _("Quoted"), _("Accepted"), _("Paid"), _("Live"), _("Done"))
    return [
        Step(name=name, at=THEN + timedelta(days=n), is_reached=n < reached, is_current=n == reached)
        for n, name in enumerate(names)
    ]
