from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .article import Article

# What should have been done this long ago is overdue, and a worker silent for so long is gone.
LATE = timedelta(minutes=5)


class DueActionQuerySet(models.QuerySet["DueAction"]):
    def unfinished(self) -> DueActionQuerySet:
        return self.filter(state__in=DueAction.State.unfinished())

    def failed(self) -> DueActionQuerySet:
        return self.filter(state=DueAction.State.FAILED)

    def overdue(self, at: datetime) -> DueActionQuerySet:
        """What nobody has done five minutes after its time."""
        return self.unfinished().filter(due_at__lt=at - LATE)

    def changes_ahead(self, article) -> DueActionQuerySet:
        """The scheduled changes of a story that readers do not have yet, in their order."""
        changes = self.unfinished().filter(article=article, kind=DueAction.Kind.CHANGE)
        return changes.select_related("revision").defer("revision__content")

    def visible_to(self, user) -> DueActionQuerySet:
        """What is due for stories that somebody may open; all of it for editors."""
        if user.is_active and user.has_perm("articles.publish_article"):
            return self
        return self.filter(article__in=Article.objects.visible_to(user))


class DueAction(models.Model):
    """Something to be done once, at a time: announce a story, put a scheduled change before readers, see a story out.

    Written in the transaction of the verb that causes it, claimed by a conditional UPDATE, done in a transaction of its
    own. `key` says what it is about, so that the same thing is never asked for twice. Whether readers see a story never
    waits for it, only its consequences do.
    """

    class Kind(models.TextChoices):
        PUBLISH = "publish", _("publish")
        CHANGE = "change", _("scheduled change")
        EXPIRE = "expire", _("expire")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("being done")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

        @classmethod
        def unfinished(cls) -> list[DueAction.State]:
            return [cls.WAITING, cls.RUNNING]

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="due_actions", verbose_name=_("story"))
    revision = models.ForeignKey("articles.Revision", models.CASCADE, null=True, related_name="+")
    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    due_at = models.DateTimeField(_("due at"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    key = models.CharField(max_length=120, unique=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    said = models.JSONField(
        default=dict, help_text=_("For a scheduled change: whether it is editorial, and what readers are told of it.")
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(_("done at"), null=True)

    objects = DueActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("due action")
        verbose_name_plural = _("agenda")
        indexes = [
            # What is due now, asked by every worker each second and by every reader; what failed, for the red line.
            models.Index(fields=["state", "due_at"], name="due_action_by_state_and_time"),
        ]

    def __str__(self) -> str:
        return self.key

    def what(self) -> str:
        """What will be done, with the revision that it is about."""
        if self.kind == self.Kind.CHANGE and self.revision:
            return gettext("scheduled change to revision %(number)d") % {"number": self.revision.number}
        return self.get_kind_display()

    def is_overdue(self, at: datetime) -> bool:
        return self.state in self.State.unfinished() and self.due_at < at - LATE


class IdempotencyKey(models.Model):
    """A job that was asked for, written in the transaction that asked, so that it is queued once."""

    key = models.CharField(max_length=160, primary_key=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        # Counting the mails of the last hour, and taking out what is old: SQLite's LIKE goes by no index.
        indexes = [models.Index(fields=["created_at"], name="idempotency_by_time")]

    def __str__(self) -> str:
        return self.key


class Heartbeat(models.Model):
    """When something that should always run was last seen running."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
