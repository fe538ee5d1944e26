"""What stands on the front page, by rule: the newest news leads, sections follow, paid posts have their own place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, prefetch_related_objects

from articles.models import Article, Byline, Section

NEWEST = 12
PER_SECTION = 4
PAID = 3


@dataclass(frozen=True)
class SectionBlock:
    section: Section
    stories: list[Article]


@dataclass(frozen=True)
class FrontPage:
    """The stories of the page in their places. `lead` is None on a site without stories."""

    lead: Article | None
    second: list[Article]
    small: list[Article]
    latest: list[Article]
    blocks: list[SectionBlock]
    paid: list[Article]


def compose(language: str, sections: Iterable[Section], *, at: datetime) -> FrontPage:
    """Four queries, whatever the number of stories and sections. No story stands twice in the upper part."""
    live = Article.objects.live(at).in_language(language)
    cards = live.select_related("section", "hero").defer("body")
    newest = list(cards.news().newest_first()[:NEWEST])
    shown = {story.pk for story in newest[:7]}
    blocks = _blocks(live, cards, list(sections), shown)
    paid = list(cards.sponsored().newest_first()[:PAID])
    every = [*newest, *(story for block in blocks for story in block.stories)]
    prefetch_related_objects(every, _bylines())
    return FrontPage(
        lead=newest[0] if newest else None,
        second=newest[1:3],
        small=newest[3:7],
        latest=newest[7:],
        blocks=blocks,
        paid=paid,
    )


def _blocks(live, cards, sections: list[Section], shown: set[int]) -> list[SectionBlock]:
    """The newest of each section that do not lead the page already."""
    members = {section.pk: [section.pk, *(s.pk for s in section.subsections)] for section in sections}
    arms = [
        # Wrapped once more, because SQLite takes no LIMIT inside an arm of a UNION.
        Article.objects.filter(
            pk__in=live.news().filter(section__in=ids).exclude(pk__in=shown).newest_first().values("pk")[:PER_SECTION]
        ).values_list("pk", "section_id")
        for ids in members.values()
    ]
    if not arms:
        return []
    found = arms[0].union(*arms[1:], all=True)
    stories = cards.filter(pk__in=[pk for pk, _section in found]).newest_first()
    home = {child: top for top, ids in members.items() for child in ids}
    by_section: dict[int, list[Article]] = {}
    for story in stories:
        by_section.setdefault(home[story.section_id], []).append(story)
    return [SectionBlock(section, by_section[section.pk]) for section in sections if by_section.get(section.pk)]


def _bylines():
    return Prefetch("bylines", queryset=Byline.objects.select_related("author").order_by("order"))
