"""What the two sides of a deal write to each other: on the private link, by mail, from the desk."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from articles import mail
from articles.models import User

from . import attachments, clock, deals, letters, materials
from .materials import Checked
from .models import AdRequest, DealMessage, Material


def hear(
    request: AdRequest,
    text: str,
    *,
    name: str,
    via: str,
    at: datetime,
    message_id: str = "",
    is_silent: bool = False,
    files: Sequence[Checked] = (),
) -> DealMessage:
    """Keep what an advertiser wrote, with the checked files that came along; they wait for us now, and the desk gets a
    mail unless `is_silent`. The same mail again, by its `message_id`, is the same message, and so is the same text sent
    twice from the private page with nothing between. Raises `attachments.TooMuch`."""
    stored: list[Material] = []
    try:
        with transaction.atomic():
            AdRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
            if first := _heard_already(request, text, via, message_id, files):
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
            attachments.keep(request, message, files, stored, at=at)
            clock.start(request, at=at)
            if not is_silent:
                letters.message_for_desk(request, text, name)
    except BaseException:
        materials.discard(stored)
        raise
    return message


def _heard_already(
    request: AdRequest, text: str, via: str, message_id: str, files: Sequence[Checked]
) -> DealMessage | None:
    if message_id:
        return DealMessage.objects.filter(message_id=message_id).first()
    last = request.messages.last()
    if via != DealMessage.Via.PAGE or not last or (last.direction, last.via, last.text) != ("in", via, text):
        return None
    sent = sorted(hashlib.sha256(file.data).hexdigest() for file in files)
    return last if sorted(last.material.values_list("sha256", flat=True)) == sent else None


def write(request: AdRequest, text: str, *, by: User, at: datetime) -> DealMessage:
    """Write to the advertiser: kept, mailed with their private link, and the clock stops."""
    with transaction.atomic():
        message = say(request, text, gettext_lazy("A message about your request"), "message", by=by, at=at)
        if request.status == AdRequest.Status.RECEIVED or request.answer_due_at:
            deals.answer(request, by=by, at=at)
    return message


def say(
    request: AdRequest,
    text: str,
    subject: str | Promise,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    by: User | None,
    at: datetime,
) -> DealMessage:
    """Keep what we tell an advertiser, and mail it in the frame of `template`, which gets it as `text`."""
    message_id = mail.new_message_id()
    message = DealMessage.objects.create(
        request=request,
        direction=DealMessage.Direction.OUT,
        via=DealMessage.Via.DESK,
        name=str(by)[:160] if by else "",
        author=by,
        text=text,
        message_id=message_id,
        at=at,
    )
    letters.to_advertiser(request, subject, template, {"text": text} | (context or {}), at=at, message_id=message_id)
    return message
