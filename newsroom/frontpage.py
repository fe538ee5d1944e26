"""What stands on the front page: first what editors pinned, then, by rule, the newest news. Paid posts have their own
place and come into another only by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import Value

from articles.models import Article, Section
from articles.models.article import ArticleQuerySet

from .front_plan import PER_SECTION, SECOND, SMALL, TOP, Plan, block_places, leads, reading_order
from .models import FrontEdition

LATEST = 5
PAID = 3
# As many as stand above the blocks, so that a block still fills when all of them are of its section.
NEWEST = 1 + SECOND + SMALL + LATEST

_PINNED, _NEWEST, _PAID, _FIRST_BLOCK = range(4)


@dataclass(frozen=True)
class SectionBlock:
    section: Section
    stories: list[Article]


@dataclass(frozen=True)
class FrontPage:
    """The stories of the page in their places, no story twice. `lead` is None on a site without stories.

    `places` says by the names of `front_plan` what stands where, `pinned` which of these are pins and not the rule.
    """

    lead: Article | None
    second: list[Article]
    small: list[Article]
    latest: list[Article]
    blocks: list[SectionBlock]
    paid: list[Article]
    places: dict[str, Article]
    pinned: frozenset[str]


def newest_edition(language: str) -> FrontEdition | None:
    """The one that readers see."""
    return FrontEdition.objects.filter(language=language).order_by("-number").first()


def compose(language: str, sections: Iterable[Section], *, at: datetime, plan: Plan | None = None) -> FrontPage:
    """The page at a moment, by a plan or by the one that is live. Three queries, two with a plan, whatever the number
    of stories, pins and sections. A pin on what is not live leaves its place to the rule until it is."""
    if plan is None:
        edition = newest_edition(language)
        plan = edition.plan if edition else Plan()
    by_id = {section.pk: section for section in sections}
    shown = [by_id[pk] for pk in plan.arranged(by_id) if pk not in plan.hidden]
    pins: dict[str, int] = {}
    for place in reading_order(section.pk for section in shown):
        pin = plan.pins.get(place)
        if pin and pin.holds(at) and pin.story_id not in pins.values():
            pins[place] = pin.story_id
    found = _Found(language, shown, set(pins.values()), at)
    laid = _lay(found, shown, pins)
    wanted = {*laid.places.values(), *laid.latest, *laid.paid}
    # By their numbers, which are of the language: asked for that too, SQLite goes through all that the language has.
    cards = Article.objects.live(at).select_related("section", "hero").defer("body").in_bulk(wanted)
    # What was withdrawn between the two questions is left out.
    places = {place: cards[pk] for place, pk in laid.places.items() if pk in cards}
    blocks = [
        SectionBlock(section, [places[place] for place in block_places(section.pk) if place in places])
        for section in shown
    ]
    return FrontPage(
        lead=places.get("lead"),
        second=[places[place] for place in TOP[1 : 1 + SECOND] if place in places],
        small=[places[place] for place in TOP[1 + SECOND :] if place in places],
        latest=[cards[pk] for pk in laid.latest if pk in cards],
        blocks=[block for block in blocks if block.stories],
        paid=[cards[pk] for pk in laid.paid if pk in cards],
        places=places,
        pinned=frozenset(place for place in places if pins.get(place) == places[place].pk),
    )


class _Found:
    """The stories that may stand on the page, by number: pinned and live, and by rule, newest first. One query."""

    def __init__(self, language: str, shown: Sequence[Section], pinned: set[int], at: datetime) -> None:
        self.live: ArticleQuerySet = Article.objects.live(at).in_language(language)
        rest = self.live.exclude(pk__in=pinned).newest_first() if pinned else self.live.newest_first()
        arms = [
            _arm(_PINNED, self.live.filter(pk__in=pinned)) if pinned else None,
            _arm(_NEWEST, rest.news()[:NEWEST]),
            _arm(_PAID, _paid(language, at).exclude(pk__in=pinned)[:PAID]),
        ]
        for number, section in enumerate(shown, _FIRST_BLOCK):
            members = [section.pk, *(child.pk for child in section.subsections)]
            arms.append(_arm(number, rest.news().filter(section__in=members)[: PER_SECTION + NEWEST]))
        first, *others = [arm for arm in arms if arm is not None]
        rows = sorted(first.union(*others, all=True), key=lambda row: (row[2], row[1]), reverse=True)
        self.is_paid = {pk: kind != Article.Kind.STORY for _number, pk, _when, kind in rows}
        self._arms: dict[int, list[int]] = {}
        for number, pk, _when, _kind in rows:
            self._arms.setdefault(number, []).append(pk)
        self.pinned = set(self._arms.get(_PINNED, ()))
        self.newest = self._arms.get(_NEWEST, [])

    def in_block(self, number: int) -> list[int]:
        return self._arms.get(_FIRST_BLOCK + number, [])

    def paid(self) -> list[int]:
        """Newest first, with those among the pinned ones."""
        return [pk for pk in self.is_paid if self.is_paid[pk]]


def _paid(language: str, at: datetime) -> ArticleQuerySet:
    """What somebody paid for, newest first. By a list of numbers, which one index has: where it is less than the page
    wants, SQLite would walk through all stories in order."""
    numbers = Article.objects.sponsored().in_language(language).order_by().values("pk")
    return Article.objects.live(at).filter(pk__in=numbers).newest_first()


def _arm(number: int, stories: ArticleQuerySet):
    # Wrapped once more, because SQLite takes no LIMIT inside an arm of a UNION.
    inner = Article.objects.filter(pk__in=stories.values("pk")).order_by()
    return inner.annotate(arm=Value(number)).values_list("arm", "pk", "publish_at", "kind")


@dataclass(frozen=True)
class _Laid:
    places: dict[str, int]
    latest: list[int]
    paid: list[int]


def _lay(found: _Found, shown: Sequence[Section], pins: dict[str, int]) -> _Laid:
    """Which story stands where: the pins that may, the rule in the places between them."""
    held = {place: pk for place, pk in pins.items() if pk in found.pinned and not (found.is_paid[pk] and leads(place))}
    newest = iter(found.newest)
    places = _row(TOP, held, newest, found)
    latest = list(islice(newest, LATEST))
    used = {*places.values(), *latest, *held.values()}
    for number, section in enumerate(shown):
        spare = (pk for pk in found.in_block(number) if pk not in used)
        row = _row(block_places(section.pk), held, spare, found)
        used.update(row.values())
        places |= row
    stands = set(places.values())
    return _Laid(places, latest, [pk for pk in found.paid() if pk not in stands][:PAID])


def _row(row: Sequence[str], held: dict[str, int], spare: Iterator[int], found: _Found) -> dict[str, int]:
    """One row of places. News leads it: where the rule has nothing left for its first place, the first pinned news
    moves up, and without any the row stays empty."""
    filled = {place: held[place] if place in held else next(spare, None) for place in row}
    stories = {place: pk for place, pk in filled.items() if pk is not None}
    if row[0] not in stories:
        first = next((place for place in row if place in stories and not found.is_paid[stories[place]]), None)
        if first is None:
            return {}
        stories[row[0]] = stories.pop(first)
    return stories
