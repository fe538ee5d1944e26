"""Who gets an issue: a row for each, made in one statement before the first mail leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from .models import Delivery, Issue, Newsletter, Subscriber

WEEK = timedelta(days=7)

State, MostOften = Delivery.State, Subscriber.MostOften


def of(newsletter: Newsletter, *, at: datetime) -> QuerySet[Subscriber]:
    """Who would get an issue of it at this moment: who said yes to it, and has not had as much as they want.

    "At most one a day" is a day of the publisher's zone, "one a week" seven times 24 hours. Breaking news is what a
    reader ticked by its name: it comes when it breaks, and takes no edition's place.
    """
    readers = Subscriber.objects.reachable().filter(newsletters=newsletter)
    if newsletter.rhythm == Newsletter.Rhythm.BREAKING:
        return readers
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    editions = Delivery.objects.filter(subscriber=OuterRef("pk")).exclude(
        issue__newsletter__rhythm=Newsletter.Rhythm.BREAKING
    )
    gone = Q(state__in=State.gone())
    # What waits in an issue that is going out will come today.
    coming = Q(state=State.WAITING, issue__state__in=[Issue.State.SENDING, Issue.State.PAUSED])
    for wish, since in ((MostOften.DAILY, midnight), (MostOften.WEEKLY, at - WEEK)):
        had_enough = Exists(editions.filter(gone & Q(sent_at__gte=since) | coming))
        readers = readers.exclude(had_enough, most_often=wish)
    return readers


def write_down(issue: Issue, *, at: datetime) -> int:
    """Make the rows of an issue, in the transaction of the caller; who has one already keeps it. Returns how many are
    to be sent. 100,000 take seconds."""
    Delivery.objects.filter(issue=issue, state=State.SKIPPED).delete()
    facts = {"issue_id": issue.pk, "state": State.WAITING.value, "attempts": 0, "message_id": "", "error": ""}
    readers = of(issue.newsletter, at=at).order_by("pk")
    select, values = (
        readers.values_list(F("pk"), *map(Value, facts.values())).query.get_compiler(connection=connection).as_sql()
    )
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, ("subscriber_id", *facts)))
    with connection.cursor() as cursor:
        table = quote(Delivery._meta.db_table)
        cursor.execute(f"INSERT INTO {table} ({columns}) {select} ON CONFLICT DO NOTHING", values)
    return Delivery.objects.filter(issue=issue, state=State.WAITING).count()
