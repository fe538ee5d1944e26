"""What has to be done next for a deal or an advertiser, and by whom."""

from __future__ import annotations

from datetime import date, datetime

from articles.models import User

from .models import AdRequest, Advertiser, NextAction


def add(
    what: str,
    *,
    due_on: date,
    owner: User | None,
    by: User | None,
    at: datetime,
    request: AdRequest | None = None,
    advertiser: Advertiser | None = None,
) -> NextAction:
    """Of a deal or of an advertiser; the database refuses one for both or for neither."""
    return NextAction.objects.create(
        request=request,
        advertiser=advertiser,
        what=what,
        due_on=due_on,
        owner=owner,
        created_by=by,
        created_at=at,
    )


def finish(action: NextAction, *, by: User | None, at: datetime) -> bool:
    """It is done. False when somebody was faster."""
    return bool(NextAction.objects.filter(pk=action.pk, done_at=None).update(done_at=at, done_by=by))
