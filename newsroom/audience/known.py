"""What is on file of one reader, for themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .models import Subscriber


def known(subscriber: Subscriber, *, at: datetime) -> dict[str, Any]:
    """Everything, ready for JSON: whom, what they get, what they said and when, and what was sent to them. Times are in
    UTC; the network they came from is on file as a hash, which says where to nobody."""
    sent = subscriber.deliveries.select_related("issue__newsletter").order_by("pk")
    return {
        "made_at": _time(at),
        "email": subscriber.email,
        "new_email": subscriber.new_email,
        "name": subscriber.name,
        "language": subscriber.language,
        "state": subscriber.state,
        "how_often": subscriber.most_often,
        "newsletters": [newsletter.name for newsletter in subscriber.newsletters.all()],
        "asked": _time(subscriber.created_at),
        "confirmed": _time(subscriber.confirmed_at),
        "left": _time(subscriber.left_at),
        "consents": [
            {"what": one.kind, "at": _time(one.at), "words": one.said, "where": one.source, "network": one.network}
            for one in subscriber.consents.order_by("at", "pk")
        ],
        "mails": [
            {
                "newsletter": one.issue.newsletter.name,
                "subject": one.issue.subject,
                "state": one.state,
                "sent": _time(one.sent_at),
            }
            for one in sent
        ],
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
