from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from .newsletter import Newsletter


def new_key() -> str:
    return secrets.token_urlsafe(24)


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def reachable(self) -> SubscriberQuerySet:
        """Who said yes and may be written to."""
        return self.filter(state=Subscriber.State.CONFIRMED)

    def of(self, address: str) -> SubscriberQuerySet:
        """The one with an address, in capitals or not."""
        return self.alias(lowered=Lower("email")).filter(lowered=address.lower())


class Subscriber(models.Model):
    """A reader who gets mail, or asked for it. `newsroom.audience.subscribing` changes them, and nothing else does."""

    class State(models.TextChoices):
        PENDING = "pending", _("Asked, not confirmed")
        CONFIRMED = "confirmed", _("Subscribed")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        SUPPRESSED = "suppressed", _("Not written to")

    class MostOften(models.TextChoices):
        EACH = "each", _("Every edition")
        DAILY = "daily", _("At most one a day")
        WEEKLY = "weekly", _("At most one a week")

    MOVES: dict[str, set[str]] = {
        State.PENDING: {State.CONFIRMED, State.UNSUBSCRIBED, State.SUPPRESSED},
        State.CONFIRMED: {State.UNSUBSCRIBED, State.SUPPRESSED},
        State.UNSUBSCRIBED: {State.PENDING, State.CONFIRMED, State.SUPPRESSED},
        State.SUPPRESSED: {State.PENDING, State.CONFIRMED, State.UNSUBSCRIBED},
    }

    # As the reader wrote it, but for the host in lower case; looked for without regard to case.
    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PENDING, editable=False)
    most_often = models.CharField(_("how often"), max_length=6, choices=MostOften, default=MostOften.EACH)
    newsletters = models.ManyToManyField(
        Newsletter, blank=True, related_name="subscribers", verbose_name=_("newsletters")
    )
    # What the links in this reader's mails are signed with; another one makes all of them dead.
    key = models.CharField(max_length=40, default=new_key, editable=False)
    created_at = models.DateTimeField(_("asked"))
    # When the last mail went out that asks for the yes. Its link is good for a week.
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Why nobody was mailed: an English phrase for staff, empty for people.
    suspected = models.CharField(_("held back because"), max_length=200, blank=True, editable=False)
    # Where they want their mail instead, until they say so from there.
    new_email = models.EmailField(_("new address, not confirmed"), max_length=254, blank=True, editable=False)
    new_email_at = models.DateTimeField(null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    left_at = models.DateTimeField(_("left"), null=True, blank=True, editable=False)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        permissions = [("export_subscriber", _("Can export and import subscribers"))]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="subscriber_email_once",
                violation_error_message=_("Somebody with this address is here already."),
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False), name="subscriber_said_yes_some_time"
            ),
        ]
        indexes = [
            # The admin's list, newest first.
            models.Index(fields=["-created_at", "-id"], name="subscriber_newest"),
            # The admin's list by state, and who may be written to, in the order in which an issue takes them.
            models.Index(fields=["state", "id"], name="subscriber_by_state"),
        ]

    def __str__(self) -> str:
        return self.email
