"""Mails of the ad desk: to advertisers in their language with their private link, to the desk in English.

The reference in brackets in the subject leads an answer back to its deal (`ads.mailbox`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import mail
from articles.models import User

from . import links
from .models import AdRequest, DealLink, Quote, SponsoredPost


def to_advertiser(
    request: AdRequest,
    subject: str | Promise,
    template: str,
    context: dict[str, Any],
    *,
    at: datetime,
    message_id: str = "",
    key: str = "",
    link: DealLink | None = None,
    paper: str = "",
) -> bool:
    """One mail to who asked, or to who has `link`; with a `key` once and no more. Returns whether it was queued now.
    `subject` is translated here, where the language is theirs; `template` is the name of a text under `ads/mail/`,
    which gets `request` and `link` besides `context`; `paper` is attached when it leaves (`articles.mail`)."""
    link = link or links.for_mail(request, at=at)
    with translation.override(request.language):
        said = {"request": request, "link": links.placeholder(link), "now": at}
        return mail.post(
            subject=f"[{request.reference}] {subject}",
            body=render_to_string(f"ads/mail/{template}.txt", said | context),
            to=[link.email],
            reply_to=settings.ADVERTISING_EMAIL,
            message_id=message_id,
            key=key,
            paper=paper,
        )


def to_desk(
    request: AdRequest, subject: str | Promise, template: str, context: dict[str, Any], *, key: str = ""
) -> None:
    """One mail to the owner of a deal, or to the desk where it has none."""
    with translation.override("en"):
        mail.post(
            subject=f"[{request.reference}] {subject}: {request.company}",
            body=render_to_string(
                f"ads/mail/{template}.txt", {"request": request, "site_url": settings.SITE_URL} | context
            ),
            to=[_at_the_desk(request)],
            reply_to=request.email,
            key=key,
        )


def about_post(
    post: SponsoredPost, subject: str | Promise, template: str, context: dict[str, Any], *, at: datetime
) -> None:
    """One mail to who looks after a post's deal, or to the desk, about something that happened at a moment: once."""
    with translation.override("en"):
        mail.post(
            subject=f"{subject}: {post.article or post}",
            body=render_to_string(f"ads/mail/{template}.txt", {"post": post, "site_url": settings.SITE_URL} | context),
            to=[_at_the_desk(post.deal)],
            key=f"{template}-{post.pk}-{at.isoformat()}",
        )


def _at_the_desk(request: AdRequest | None) -> str:
    """The address of who looks after a deal; of the desk, where nobody does or can be reached."""
    owner = request.owner if request else None
    return owner.email if owner and owner.is_active and owner.email else settings.ADVERTISING_EMAIL


def quote_sent(quote: Quote, *, by: User | None, at: datetime) -> None:
    _of_quote(quote, gettext_lazy("Our offer"), "quote_sent", at=at)


def quote_expires_soon(quote: Quote, *, at: datetime) -> None:
    _of_quote(quote, gettext_lazy("Our offer expires soon"), "quote_expires_soon", at=at, key=f"quote-soon:{quote.pk}")


def quote_accepted(quote: Quote, *, at: datetime) -> None:
    _of_quote(quote, gettext_lazy("Thank you, it is agreed"), "quote_accepted", at=at)
    to_desk(quote.request, gettext_lazy("Offer accepted"), "quote_accepted_desk", {"quote": quote})


def quote_expired(quote: Quote, *, at: datetime) -> None:
    _of_quote(quote, gettext_lazy("Our offer has expired"), "quote_expired", at=at)


def quote_withdrawn(quote: Quote, *, note: str, at: datetime) -> None:
    _of_quote(quote, gettext_lazy("We took our offer back"), "quote_withdrawn", at=at, note=note)


def _of_quote(quote: Quote, subject: Promise, template: str, *, at: datetime, key: str = "", note: str = "") -> None:
    """With the lines, which a mail sums up."""
    lines = quote.lines.select_related("position", "product")
    context = {"quote": quote, "lines": lines, "totals": quote.totals(), "note": note}
    to_advertiser(quote.request, subject, template, context, at=at, key=key)


def message_for_desk(request: AdRequest, text: str, name: str) -> None:
    to_desk(request, _("Message"), "message_for_desk", {"text": text, "name": name})
