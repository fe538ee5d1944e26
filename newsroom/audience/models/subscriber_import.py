from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.media import private_storage

from .newsletter import Newsletter


class SubscriberImport(models.Model):
    """A file of addresses that somebody brings, with the proof that they agreed. `newsroom.audience.importing` reads
    it; the file goes once it is read, and what stays says nothing of anybody."""

    class State(models.TextChoices):
        CHECKED = "checked", _("Waits for your word")
        RUNNING = "running", _("Being read in")
        DONE = "done", _("Read in")
        CANCELLED = "cancelled", _("Not read in")

    MOVES: dict[str, set[str]] = {
        State.CHECKED: {State.RUNNING, State.CANCELLED},
        State.RUNNING: {State.DONE, State.CANCELLED},
        State.DONE: set(),
        State.CANCELLED: set(),
    }

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CHECKED)
    name = models.CharField(_("file"), max_length=120)
    # The rows as we wrote them anew: UTF-8, commas, our columns.
    file = models.FileField(upload_to="imports/", storage=private_storage, max_length=200, blank=True)
    encoding = models.CharField(max_length=20)
    # For rows that name none of their own.
    newsletters = models.ManyToManyField(Newsletter, related_name="+", verbose_name=_("newsletters"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    statement = models.TextField(_("proof of consent"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("time"))
    finished_at = models.DateTimeField(null=True)
    # What is in the file, and how far it was read.
    rows = models.PositiveIntegerField()
    rows_read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    # [row of the file, why] of the first that were skipped.
    reasons = models.JSONField(default=list)

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
