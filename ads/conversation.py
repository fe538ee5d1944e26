"""What the two sides of a deal write to each other: on the private link, by mail, from the desk."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy

from articles import mail
from articles.models import User

from . import clock, deals, letters
from .models import AdRequest, DealMessage


def hear(
    request: AdRequest,
    text: str,
    *,
    name: str,
    via: str,
    at: datetime,
    message_id: str = "",
    is_silent: bool = False,
) -> DealMessage:
    """Keep what an advertiser wrote; they wait for us now, and the desk gets a mail unless `is_silent`. The same mail
    again, by its `message_id`, is the same message."""
    with transaction.atomic():
        if message_id and (first := DealMessage.objects.filter(message_id=message_id).first()):
            return first
        message = DealMessage.objects.create(
            request=request,
            direction=DealMessage.Direction.IN,
            via=via,
            name=name[:160],
            text=text,
            message_id=message_id,
            at=at,
        )
        clock.start(request, at=at)
        if not is_silent:
            letters.message_for_desk(request, text, name)
    return message


def write(request: AdRequest, text: str, *, by: User, at: datetime) -> DealMessage:
    """Write to the advertiser: kept, mailed with their private link, and the clock stops."""
    with transaction.atomic():
        message_id = mail.new_message_id()
        message = DealMessage.objects.create(
            request=request,
            direction=DealMessage.Direction.OUT,
            via=DealMessage.Via.DESK,
            name=str(by)[:160],
            author=by,
            text=text,
            message_id=message_id,
            at=at,
        )
        letters.to_advertiser(
            request,
            gettext_lazy("A message about your request"),
            "message",
            {"text": text},
            at=at,
            message_id=message_id,
        )
        if request.status == AdRequest.Status.RECEIVED or request.answer_due_at:
            deals.answer(request, by=by, at=at)
    return message
