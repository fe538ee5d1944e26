"""The archive: which months have stories, and what stands in one of them. A month is one of the publisher's zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from django.db import connection
from django.utils import timezone

from .models import Article
from .models.article import ArticleQuerySet

# The months that one question counts: more arms than this a database may refuse.
AT_ONCE = 240


@dataclass(frozen=True)
class Month:
    first_day: date
    stories: int


@dataclass(frozen=True)
class Year:
    number: int
    months: list[Month]

    @property
    def stories(self) -> int:
        return sum(month.stories for month in self.months)


def begins(first_day: date) -> datetime:
    """The moment at which a month begins where the publisher is."""
    return timezone.make_aware(datetime.combine(first_day, time.min))


def month_after(first_day: date) -> date:
    return date(first_day.year + first_day.month // 12, first_day.month % 12 + 1, 1)


def stories_of(language: str, first_day: date, *, at: datetime) -> ArticleQuerySet:
    """The live stories of a month."""
    # The month stands before what `live` asks for, because SQLite takes the first end of a range and no other.
    of_month = Article.objects.filter(publish_at__gte=begins(first_day), publish_at__lt=begins(month_after(first_day)))
    return of_month.live(at).in_language(language)


def months_around(language: str, first_day: date, *, at: datetime) -> tuple[date | None, date | None]:
    """The nearest months with stories, before and after. Two queries."""
    # As above, the month first.
    earlier = Article.objects.filter(publish_at__lt=begins(first_day)).live(at).in_language(language)
    later = Article.objects.filter(publish_at__gte=begins(month_after(first_day))).live(at).in_language(language)
    before = earlier.order_by("-publish_at").values_list("publish_at", flat=True).first()
    after = later.order_by("publish_at").values_list("publish_at", flat=True).first()
    return _month_of(before), _month_of(after)


def _month_of(moment: datetime | None) -> date | None:
    return timezone.localdate(moment).replace(day=1) if moment else None


def years(language: str, *, at: datetime) -> list[Year]:
    """Every year with its months that have stories, newest first, each with how many. Two queries, and one more for
    every twenty years."""
    times = Article.objects.live(at).in_language(language).order_by("publish_at").values_list("publish_at", flat=True)
    oldest = times.first()
    if oldest is None:
        return []
    every = list(months_between(timezone.localdate(oldest).replace(day=1), timezone.localdate(at)))
    counted: dict[int, int] = {}
    for start in range(0, len(every), AT_ONCE):
        counted |= _count(language, every[start : start + AT_ONCE], at=at)
    found = (Month(first_day, counted[key]) for first_day in reversed(every) if counted.get(key := _key(first_day)))
    return [Year(number, list(months)) for number, months in groupby(found, key=lambda month: month.first_day.year)]


def _count(language: str, some: list[date], *, at: datetime) -> dict[int, int]:
    """How many stories each month has that has any. The question for one month is written once, and asked for each with
    its own two ends: writing hundreds of them took a second."""
    of_month = stories_of(language, some[0], at=at).order_by().values("pk")
    arm, (_begin, _end, *others) = of_month.query.sql_with_params()
    arms, given = [], []
    for first_day in some:
        arms.append(f"SELECT {_key(first_day)} AS month, COUNT(*) AS stories FROM ({arm}) AS of_month")  # noqa: S608
        ends = (begins(first_day), begins(month_after(first_day)))
        given += [*map(connection.ops.adapt_datetimefield_value, ends), *others]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(arms), given)
        return {month: stories for month, stories in cursor.fetchall() if stories}


def _key(first_day: date) -> int:
    return first_day.year * 12 + first_day.month


def months_between(first_day: date, until: date) -> Iterator[date]:
    """The first day of each month, from one on until a day."""
    while first_day <= until:
        yield first_day
        first_day = month_after(first_day)
