"""What a list of stories may be asked for, and how each question narrows it. Nothing here looks at a story that readers
may not see: a question about one finds what a question about nothing finds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from .. import search as searching
from .. import search_query
from ..models import Article, Author, Byline, Section, Series, Tag
from ..models.article import CHANGED_SINCE, FEW_BYLINES, ArticleQuerySet
from .paging import Arm, CursorText
from .parameters import Choice, Ids, Moment, Names, Number, Parameter, Reference, Text
from .problems import bad
from .shapes import CODES
from .shelves import Shelf
from .stories import FIELDS, OFFERED_IN_LISTS

LIMIT, MOST = 20, 100
ORDERS = ("published", "updated")
KINDS = ("news", "sponsored", *Article.Kind.values)

_LIMIT = Parameter("limit", Number(1, MOST), f"How many of them, at most {MOST}; {LIMIT} when nobody says.")
_CURSOR = Parameter("cursor", CursorText(), "Where to go on: taken from `next` or `previous` of an answer, as it is.")
_LANGUAGE = Parameter("language", Choice(tuple(CODES)), "Those in one language.")
_FORMAT = Parameter("format", Choice(("json", "ninjs")), "`ninjs`: as IPTC ninjs 2.1, with every field it has.")
_FIELDS_SAID = "Only these. The label of a paid story always comes along."

STORIES = (
    _LANGUAGE,
    Parameter("section", Reference(), "Those of a section and of the sections in it."),
    Parameter("tag", Reference(), "Those that carry a tag."),
    Parameter("author", Reference(), "Those with an author's name above them."),
    Parameter("series", Reference(), "The parts of a series."),
    Parameter("kind", Choice(KINDS), "`news`, `sponsored` for all that was paid for, or one kind; all by default."),
    Parameter("q", Text(search_query.LONGEST), "Those that the search of the site finds, newest first."),
    Parameter("since", Moment(), "Published at this moment or later."),
    Parameter("until", Moment(), "Published before this moment."),
    Parameter("updated_since", Moment(), "Published or changed at this moment or later, by the time of the change."),
    Parameter("ids", Ids(), "These, as far as readers have them."),
    Parameter("sort", Choice(ORDERS), "By which time; `published`, or `updated` where `updated_since` is asked."),
    Parameter("fields", Names(OFFERED_IN_LISTS), _FIELDS_SAID),
    _LIMIT,
    _CURSOR,
    _FORMAT,
)
ONE_STORY = (Parameter("fields", Names(tuple(FIELDS)), _FIELDS_SAID), _FORMAT)


@dataclass(frozen=True)
class Narrowed:
    """The live stories that answer what was asked, as the arms of a list. `is_complete` is False where more stories
    have the words than the search looked at."""

    arms: list[Arm]
    order: str
    is_complete: bool = True


def narrowed(asked: dict[str, Any], at: datetime) -> Narrowed:
    """Raises Problem where two questions do not go together."""
    since = asked.get("updated_since")
    order = asked.get("sort", "updated" if since else "published")
    if since and order != "updated":
        raise bad("updated_since goes with sort=updated. Leave sort out, or say updated.")
    conditions, is_complete = Q(), True
    for name, condition in _CONDITIONS.items():
        if name in asked:
            conditions &= condition(asked[name])
    if "q" in asked:
        found, is_complete = _with_words(asked, at)
        conditions &= Q(pk__in=found)

    def arm(by: str, also: Q) -> Arm:
        def rows(place: Q) -> ArticleQuerySet:
            # The place stands before what `live` asks for, because SQLite takes the first end of a range and no other.
            return Article.objects.filter(place).filter(also, conditions).live(at)

        return Arm(rows, by)

    # An arm a language and an arm for each of the two times, because that is how the indexes are ordered. One question
    # over all would sort every story there is.
    arms = []
    for code in [asked["language"]] if "language" in asked else CODES:
        of_language = Q(language=code)
        if order == "published":
            arms.append(arm("publish_at", of_language))
            continue
        published, changed = (Q(publish_at__gte=since), Q(updated_at__gte=since)) if since else (Q(), Q())
        changed &= Q(updated_at__lte=at)  # true of each, and without it SQLite would not take the index of the changed
        arms.append(arm("publish_at", published & of_language & ~CHANGED_SINCE))
        arms.append(arm("updated_at", changed & of_language & CHANGED_SINCE))
    return Narrowed(arms, order, is_complete)


def _number_or_slug(value: int | str) -> Q:
    """A slug may look like a number too: a tag called 2027."""
    return Q(pk=value) | Q(slug=str(value)) if isinstance(value, int) else Q(slug=value)


def _in_section(value: int | str) -> Q:
    here = list(Section.objects.filter(_number_or_slug(value)).values_list("pk", flat=True))
    return Q(section__in=list(Section.objects.filter(Q(pk__in=here) | Q(parent__in=here)).values_list("pk", flat=True)))


def _with_tag(value: int | str) -> Q:
    tags = list(Tag.objects.filter(_number_or_slug(value)).values_list("pk", flat=True))
    return _carrying(Article.tags.through.objects.filter(tag__in=tags))


def _by_author(value: int | str) -> Q:
    authors = list(Author.objects.filter(_number_or_slug(value)).values_list("pk", flat=True))
    return _carrying(Byline.objects.filter(author__in=authors).order_by())


def _carrying(links: QuerySet[Any]) -> Q:
    """Stories with one of these links. What is quick for a hundred of them is slow for half a million, and the other
    way round (as `signed_by`)."""
    if links[:FEW_BYLINES].count() < FEW_BYLINES:
        return Q(pk__in=links.values("article"))
    return Q(Exists(links.filter(article=OuterRef("pk"))))


def _in_series(value: int | str) -> Q:
    """The parts that the page of the series has: news, in its language."""
    series = list(Series.objects.filter(_number_or_slug(value)).values_list("pk", flat=True))
    parts = Article.objects.filter(series__in=series, language=F("series__language"))
    return Q(pk__in=parts.news().order_by().values("pk"))


def _of_kind(value: str) -> Q:
    """News is most of what there is, and everything else little: the one is filtered, the other listed."""
    if value in ("news", Article.Kind.STORY):
        return Q(kind=Article.Kind.STORY)
    kinds = Article.Kind.sponsored() if value == "sponsored" else [value]
    return Q(pk__in=Article.objects.filter(kind__in=kinds).order_by().values("pk"))


_CONDITIONS: dict[str, Callable[[Any], Q]] = {
    "since": lambda moment: Q(publish_at__gte=moment),
    "until": lambda moment: Q(publish_at__lt=moment),
    "section": _in_section,
    "tag": _with_tag,
    "author": _by_author,
    "series": _in_series,
    "kind": _of_kind,
    "ids": lambda numbers: Q(pk__in=numbers),
}


def _with_words(asked: dict[str, Any], at: datetime) -> tuple[set[int], bool]:
    """What the search finds, in every language that is asked for. It looks at the newest matches of the days asked
    for, so that an older part of a long answer is found by its days."""
    question = searching.read(asked["q"])
    zone = timezone.get_current_timezone()
    since, until = asked.get("since"), asked.get("until")
    try:
        filters = searching.Filters(
            since=since and since.astimezone(zone).date(), until=until and until.astimezone(zone).date()
        )
    except OverflowError:  # the first or the last day there is
        filters = searching.Filters()
    found: set[int] = set()
    is_complete = True
    for code in [asked["language"]] if "language" in asked else CODES:
        answer = searching.find(question, language=code, at=at, filters=filters)
        found.update(answer.numbers)
        is_complete = is_complete and answer.is_all
    return found, is_complete


def of_shelf(kind: Shelf) -> tuple[Parameter, ...]:
    """What a list of things that stories belong to may be asked for."""
    return (_LANGUAGE, _LIMIT, _CURSOR) if kind.has_language else (_LIMIT, _CURSOR)
