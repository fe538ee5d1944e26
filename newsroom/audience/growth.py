"""How a newsletter grows: who joined and who left, week by week."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from .models import Consent, Newsletter, Subscriber

WEEKS = 12


@dataclass(frozen=True)
class Week:
    """From a Monday on. `joined` are those of today's readers who confirmed in it."""

    monday: date
    joined: int
    left: int

    @property
    def change(self) -> int:
        return self.joined - self.left


def with_readers(newsletters):
    """Newsletters with `readers`: how many may be written to. Part of the same query."""
    return newsletters.annotate(
        readers=Count("subscribers", filter=Q(subscribers__state=Subscriber.State.CONFIRMED), distinct=True)
    )


def answer_the_desk(sender, **_kw) -> int:
    """How many readers get a newsletter now. Receiver of `ads.audience.asking_who_gets_mail`."""
    return Subscriber.objects.reachable().filter(newsletters__isnull=False).distinct().count()


def weeks(newsletter: Newsletter, *, at: datetime) -> list[Week]:
    """The last twelve weeks, the newest first. Two queries."""
    today = timezone.localdate(at)
    monday = today - timedelta(days=today.weekday())
    since = timezone.make_aware(datetime.combine(monday - timedelta(weeks=WEEKS - 1), datetime.min.time()))
    readers = Subscriber.objects.reachable().filter(newsletters=newsletter, confirmed_at__gte=since)
    confirmed = readers.values_list("confirmed_at", flat=True)
    joined = Counter(_monday(moment) for moment in confirmed.iterator() if moment)
    # What somebody left stands in the words of it: newsletters come and go, what was said stays.
    told = Consent.objects.filter(kind=Consent.Kind.LEFT, at__gte=since, said__contains=newsletter.name)
    left = Counter(
        _monday(moment)
        for moment, said in told.values_list("at", "said").iterator()
        if newsletter.name in said.split(", ")
    )
    mondays = [monday - timedelta(weeks=number) for number in range(WEEKS)]
    return [Week(one, joined[one], left[one]) for one in mondays]


def _monday(moment: datetime) -> date:
    day = timezone.localdate(moment)
    return day - timedelta(days=day.weekday())
