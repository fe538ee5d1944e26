from __future__ import annotations

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .channel import Channel


def new_uid() -> str:
    return f"msg_{secrets.token_urlsafe(18)}"


class Delivery(models.Model):
    """One event on its way to a webhook, and what was answered last. The body is made when it leaves, of what readers
    have then. `articles.webhooks` writes it; it is forgotten after 30 days."""

    class Event(models.TextChoices):
        PUBLISHED = "story.published", pgettext_lazy("event", "published")
        UPDATED = "story.updated", pgettext_lazy("event", "updated")
        WITHDRAWN = "story.withdrawn", pgettext_lazy("event", "withdrawn")
        TEST = "test", pgettext_lazy("event", "test")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Given up")
        VOID = "void", _("Not sent")

    # The same in every attempt, so that who gets it twice knows it for one.
    uid = models.CharField(max_length=40, unique=True, default=new_uid, editable=False)
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="deliveries")
    article = models.ForeignKey("articles.Article", models.CASCADE, null=True, related_name="+")
    event = models.CharField(max_length=16, choices=Event)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    made_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    # The last answer: None and a sentence where there was none.
    answered_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-made_at", "-pk"]
        indexes = [
            # The log of a channel, newest first.
            models.Index(fields=["channel", "-made_at", "-id"], name="delivery_newest_of_channel"),
            # What is old enough to be forgotten.
            models.Index(fields=["made_at"], name="delivery_by_age"),
        ]

    def __str__(self) -> str:
        return self.uid
