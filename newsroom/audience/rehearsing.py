"""A test of an issue to a few people of the newsroom, as readers will get it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from articles import branding
from articles.models import User

from . import links, rendering
from .composing import IssueRefused
from .models import Issue

MOST_ADDRESSES = 3
MOST_AN_HOUR = 20


def rehearse(issue: Issue, to: list[str], *, by: User, at: datetime) -> None:
    """Queue a test mail to each address. Addresses of staff only, and not without end: nobody makes a mailing of it.
    Raises IssueRefused."""
    wanted = list(dict.fromkeys(address.strip().lower() for address in to if address.strip()))
    if not wanted:
        raise IssueRefused(_("Give the address of somebody who works here."))
    if len(wanted) > MOST_ADDRESSES:
        raise IssueRefused(_("A test goes to at most three addresses."))
    known = {
        email.lower() for email in User.objects.filter(is_staff=True, is_active=True).values_list("email", flat=True)
    }
    if strangers := [address for address in wanted if address not in known]:
        raise IssueRefused(
            _("%(address)s is nobody's who works here. Tests go to staff only.") % {"address": strangers[0]}
        )
    key = f"issue-test:{by.pk}:{at:%Y%m%d%H}"
    try:
        cache.add(key, 0, int(timedelta(hours=1).total_seconds()))
        sent = cache.incr(key, len(wanted))
    except Exception:  # expired between the two calls, or away; a test to three of the staff is no harm
        sent = 0
    if sent > MOST_AN_HOUR:
        raise IssueRefused(_("You sent many tests in this hour. Please wait for the next."))
    deliver_test.enqueue(issue=issue.pk, to=wanted)


@task()
def deliver_test(issue: int, to: list[str]) -> str:
    """One mail to each. Its links are not counted, and those of a reader lead to the page of all newsletters."""
    found = Issue.objects.select_related("newsletter").filter(pk=issue).first()
    if found is None:
        return "gone"
    made = rendering.render(found, at=rehearsal_moment(found, at=timezone.now()), is_counted=False)
    language = found.newsletter.language
    with translation.override(language):
        own = settings.SITE_URL + reverse("newsletters:sign_up")
        subject = branding.one_line(_("Test: %(subject)s") % {"subject": made.subject})
    for address in to:
        message = EmailMultiAlternatives(
            subject=subject,
            body=_without_readers_links(made.text, own),
            from_email=branding.sender(language),
            to=[address],
            headers={"Auto-Submitted": "auto-generated", "Content-Language": language},
        )
        message.attach_alternative(_without_readers_links(made.html, own), "text/html")
        message.send()
    return "sent"


def rehearsal_moment(issue: Issue, *, at: datetime) -> datetime:
    """The moment to draw an issue for: its own time where it has one ahead."""
    return issue.send_at if issue.send_at and issue.send_at > at else at


def _without_readers_links(text: str, own: str) -> str:
    return text.replace(links.PREFERENCES, own).replace(links.UNSUBSCRIBE, own)
