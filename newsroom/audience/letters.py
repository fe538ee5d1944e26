"""The mails that readers get because somebody typed their address into a form: one a day at most, in their language.

Nothing else that was typed stands in them, or strangers would have us send their words to anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from articles import mail
from articles.models import Brand

from . import links, suppressing
from .models import Subscriber

ONE_IN = timedelta(hours=24)
KEY = "reader"
# The links of a mail, by the name of their place (`articles.mail.placeholder`): no secret address lies in the queue.
PLACES: dict[str, Callable[[Subscriber], str]] = {
    "reader-confirm": links.confirm_url,
    "reader-mine": links.preferences_url,
    "reader-address": links.address_url,
}


def register() -> None:
    """Tell the mail who fills the places of links."""
    for name, address_of in PLACES.items():
        mail.fill_places(name, _filler(address_of))


def _filler(address_of: Callable[[Subscriber], str]) -> Callable[[str], str]:
    def fill(key: str) -> str:
        reader = Subscriber.objects.filter(pk=int(key)).first() if key.isdecimal() else None
        return address_of(reader) if reader else settings.SITE_URL

    return fill


def may_write(address: str, *, at: datetime) -> bool:
    """Whether an address may get one more of these mails today."""
    return not mail.posted(_key(address), since=at - ONE_IN)


def is_busy(at: datetime) -> bool:
    """Whether so many of these mails left in the last hour that no form makes another: somebody may be at play."""
    return mail.posted(KEY, since=at - timedelta(hours=1)) >= settings.READER_MAILS_PER_HOUR


def ask_to_confirm(subscriber: Subscriber, *, at: datetime) -> bool:
    """The link under which a reader says yes. False when the address had its mail of the day."""
    names = [newsletter.name for newsletter in subscriber.newsletters.all()]
    subject = gettext_lazy("Please confirm: newsletters of %(site)s")
    return _write(subscriber, subscriber.email, subject, "confirm", {"newsletters": names}, "reader-confirm", at=at)


def send_link(subscriber: Subscriber, *, at: datetime) -> bool:
    """The link to a reader's own page. False when the address had its mail of the day."""
    subject = gettext_lazy("Your newsletters of %(site)s")
    return _write(subscriber, subscriber.email, subject, "link", {}, "reader-mine", at=at)


def ask_new_address(subscriber: Subscriber, *, at: datetime) -> bool:
    """To the new address: whether it is theirs. False when it had its mail of the day."""
    subject = gettext_lazy("Please confirm your new address for %(site)s")
    return _write(subscriber, subscriber.new_email, subject, "new_address", {}, "reader-address", at=at)


def _write(
    subscriber: Subscriber,
    to: str,
    subject: str | Promise,
    template: str,
    context: dict[str, Any],
    place: str,
    *,
    at: datetime,
) -> bool:
    if not may_write(to, at=at):
        return False
    with translation.override(subscriber.language):
        site = Brand.current().said("name", subscriber.language)
        link = mail.placeholder(place, f"{subscriber.pk:043d}", to=to)
        said = {"subscriber": subscriber, "site_name": site, "link": link}
        return mail.post(
            subject=str(subject) % {"site": site},
            body=render_to_string(f"audience/mail/{template}.txt", said | context),
            to=[to],
            reply_to=settings.NEWSROOM_EMAIL,
            key=f"{_key(to)}:{at.isoformat()}",
        )


def _key(address: str) -> str:
    """Without the address: keys are kept for 90 days."""
    return f"{KEY}:{suppressing.hashes(address)[0][:32]}"
