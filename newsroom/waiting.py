"""How much waits for a person, in one query: the small numbers beside the pages of the bar at the side."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import IntegerField, QuerySet, Subquery

from ads.models import AdRequest, Booking, Creative, DeliveryAlarm, NextAction
from articles.models import Article, User
from newsroom.audience.models import ContactMessage

# No number is counted further: what is more is "99+" to a person.
MOST = 100
# Messages are counted by the index of their time.
LATELY = timedelta(days=30)


class _HowMany(Subquery):
    """The number of rows of a query, where a value may stand."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS waiting)"
    output_field = IntegerField()


def counts(user, *, at: datetime) -> dict[str, int]:
    """For each thing that this person may look after, how much of it waits, MOST at most. By indexes alone."""
    waits: dict[str, tuple[str, QuerySet]] = {
        "review": ("articles.publish_article", Article.objects.visible_to(user).awaiting_review()),
        "requests": ("ads.view_adrequest", AdRequest.objects.filter(answer_due_at__isnull=False, suspected="")),
        "next": ("ads.view_nextaction", NextAction.objects.open().filter(owner=user)),
        "artwork": (
            "ads.view_creative",
            Creative.objects.filter(status=Creative.Status.WAITING, booking__status=Booking.Status.BOOKED),
        ),
        "alarms": ("ads.view_deliveryalarm", DeliveryAlarm.objects.filter(over_at=None)),
        "messages": (
            "audience.view_contactmessage",
            ContactMessage.objects.filter(received_at__gt=at - LATELY, is_done=False),
        ),
    }
    mine = {
        name: _HowMany(rows.order_by().values("pk")[:MOST])
        for name, (permission, rows) in waits.items()
        if user.has_perm(permission)
    }
    # One alias a number, none of which is a field of the row that they hang on.
    named = {f"waits_{name}": number for name, number in mine.items()}
    if not named:
        return {}
    found = User.objects.filter(pk=user.pk).values_list(*named.values()).get()
    return dict(zip(mine, found, strict=True))
