"""The verbs of the inbox: keep what a reader wrote, and tell the newsroom."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from articles import mail

from .models import ContactMessage


def receive(
    *,
    reason: str,
    name: str,
    email: str,
    text: str,
    form_key: str,
    language: str,
    suspicion: str,
    at: datetime,
    is_silent: bool = False,
) -> ContactMessage:
    """Store a message and mail it to the newsroom, both or neither. The same `form_key` again changes nothing; a
    suspected message is stored and not mailed, and so is a silent one, which a command brings in."""
    try:
        with transaction.atomic():
            message = ContactMessage.objects.create(
                form_key=form_key,
                reason=reason,
                name=name,
                email=email,
                message=text,
                language=language,
                suspected=suspicion,
                received_at=at,
            )
            if not (suspicion or is_silent):
                _tell_newsroom(message)
    except IntegrityError:
        if first := ContactMessage.objects.filter(form_key=form_key).first():
            return first
        raise  # not a second click
    return message


def _tell_newsroom(message: ContactMessage) -> None:
    to = settings.ADVERTISING_EMAIL if message.reason == ContactMessage.Reason.ADVERTISING else settings.NEWSROOM_EMAIL
    with translation.override("en"):
        mail.post(
            subject=_("Message from %(name)s: %(reason)s")
            % {"name": message.name, "reason": message.get_reason_display()},
            body=render_to_string("audience/mail/message.txt", {"message": message, "site_url": settings.SITE_URL}),
            to=[to],
            reply_to=message.email,
        )
