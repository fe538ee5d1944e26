"""The week, and the month: what stands on which day, as far as a person may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import F, Prefetch, Q, Value
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import gettext as _

from ads.models import Booking
from articles.models import Article, Byline, DueAction
from articles.models.article import ArticleQuerySet
from articles.rescheduling import may_move

Status = Article.Status

# More than a calendar of five weeks can hold, and a bound for one that is asked too much.
MOST_MARKS = 20_000

EMBARGO, CHANGE, EXPIRY, STORY = "embargo", "change", "expiry", "story"


@dataclass(frozen=True)
class Entry:
    """One thing on a day: a story at its time of publication, the end of an embargo, a change, an expiry. `at` is
    local."""

    at: datetime
    kind: str
    article: Article
    is_movable: bool
    is_missed: bool

    @property
    def words(self) -> str:
        """What it is, said in words: colours only repeat it."""
        if self.kind == STORY:
            label = self.article.get_status_display()
            return _("%(status)s, its time has passed") % {"status": label} if self.is_missed else label
        return {EMBARGO: _("Embargo ends"), CHANGE: _("Change appears"), EXPIRY: _("Expires")}[self.kind]


@dataclass
class Day:
    """One day of the publisher's zone: the entries it shows, and how many more it has."""

    day: date
    entries: list[Entry] = field(default_factory=list)
    more: int = 0
    is_outside: bool = False
    is_today: bool = False


def midnight(day: date) -> datetime:
    """When a day begins in the publisher's zone; a day lasts to the next one's midnight, 23, 24 or 25 hours later."""
    return timezone.make_aware(datetime.combine(day, time.min))


def week_of(day: date) -> list[date]:
    """The seven days around a day, from the first day of the week in this language."""
    first = day - timedelta(days=(day.isoweekday() - get_format("FIRST_DAY_OF_WEEK")) % 7)
    return [first + timedelta(days=n) for n in range(7)]


def weeks_of_month(day: date) -> list[list[date]]:
    """The whole weeks that the month of a day lies in."""
    first = day.replace(day=1)
    weeks = [week_of(first)]
    while (following := weeks[-1][-1] + timedelta(days=1)).month == first.month:
        weeks.append(week_of(following))
    return weeks


def plan(
    stories: ArticleQuerySet, days: Iterable[date], *, per_day: int, at: datetime, user, month: int | None = None
) -> list[Day]:
    """What the given days hold of some stories, at most `per_day` entries each: what lies ahead first, then the
    latest. Three queries, whatever there is. Days outside `month` are marked."""
    today = timezone.localdate(at)
    planned = {
        day: Day(day, is_outside=month is not None and day.month != month, is_today=day == today) for day in days
    }
    marks: dict[date, list[tuple[int, datetime, str]]] = {day: [] for day in planned}
    for number, moment, kind in _marks(stories, midnight(min(planned)), midnight(max(planned) + timedelta(days=1))):
        local = timezone.localtime(moment)
        marks[local.date()].append((number, local, kind))
    chosen = {day: _most_telling(found, per_day, at) for day, found in marks.items()}
    shown = _with_names({number for found in chosen.values() for number, _moment, _kind in found})
    for day, found in chosen.items():
        planned[day].more = len(marks[day]) - len(found)
        for number, moment, kind in found:
            if article := shown.get(number):  # it may be gone since the first query
                planned[day].entries.append(_entry(article, moment, kind, user, at))
    return list(planned.values())


def _marks(stories: ArticleQuerySet, begin: datetime, end: datetime):
    """(story, moment, kind) of everything from `begin` until before `end`, in one query."""
    stories = stories.order_by()
    ahead = stories.exclude(status__in=[Status.SPIKED, Status.WITHDRAWN])
    changes = DueAction.objects.order_by().filter(kind=DueAction.Kind.CHANGE, state__in=DueAction.State.unfinished())
    arms = [
        ahead.filter(embargo_until__gte=begin, embargo_until__lt=end).values_list(
            "pk", "embargo_until", Value(EMBARGO)
        ),
        changes.filter(due_at__gte=begin, due_at__lt=end, article__in=ahead.values("pk")).values_list(
            "article", "due_at", Value(CHANGE)
        ),
        ahead.filter(expire_at__gte=begin, expire_at__lt=end).values_list("pk", "expire_at", Value(EXPIRY)),
    ]
    published = stories.filter(publish_at__gte=begin, publish_at__lt=end).values_list("pk", "publish_at", Value(STORY))
    return published.union(*arms, all=True)[:MOST_MARKS]


def _most_telling(found: list, most: int, at: datetime) -> list:
    if len(found) > most:
        coming = sorted((mark for mark in found if mark[1] > at), key=lambda mark: mark[1])
        past = sorted((mark for mark in found if mark[1] <= at), key=lambda mark: mark[1], reverse=True)
        found = [*coming, *past][:most]
    return sorted(found, key=lambda mark: (mark[1], mark[0]))


def _with_names(numbers: set[int]) -> dict[int, Article]:
    names = Prefetch("bylines", queryset=Byline.objects.select_related("author").order_by("order"))
    stories = Article.objects.filter(pk__in=numbers).select_related("section").prefetch_related(names)
    return {story.pk: story for story in stories.defer("body", "standfirst")}


def _entry(article: Article, moment: datetime, kind: str, user, at: datetime) -> Entry:
    is_planned = kind == STORY and may_move(article, at=at)
    return Entry(
        at=moment,
        kind=kind,
        article=article,
        is_movable=is_planned and may_plan(user, article),
        is_missed=is_planned and moment <= at,
    )


def may_plan(user, article: Article) -> bool:
    """Who sets the time of a story: editors, and the ad desk for what is paid for."""
    return user.has_perm("articles.publish_article") or (
        article.is_sponsored and user.has_perm("articles.handle_sponsored")
    )


def chosen_stories(user, *, section: int | None, author: int | None, status: str) -> ArticleQuerySet:
    """The stories of a person's calendar: those with a section (or one inside it), an author, a status. Without a
    status, what was withdrawn or spiked is left out."""
    stories = Article.objects.visible_to(user)
    if section:
        stories = stories.filter(Q(section=section) | Q(section__parent=section))
    if author:
        stories = stories.signed_by(author)
    if status:
        return stories.filter(status=status)
    return stories.exclude(status__in=[Status.SPIKED, Status.WITHDRAWN])


def lanes(first_day: date, last_day: date) -> list[tuple[str, list[Booking]]]:
    """The bookings that run between two days, by position in the order of the rate card. One query."""
    running = Booking.objects.filter(
        status=Booking.Status.BOOKED, first_day__lte=last_day, last_day__gte=first_day
    ).select_related("position", "advertiser")
    by_position: dict[str, list[Booking]] = {}
    for booking in running.order_by(F("position__order"), F("position_id"), "first_day", "pk"):
        by_position.setdefault(str(booking.position), []).append(booking)
    return list(by_position.items())
