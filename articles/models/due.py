from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


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
        def unfinished(cls) -> "list[DueAction.State]":
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
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(_("done at"), null=True)

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("due action")
        verbose_name_plural = _("due actions")
        indexes = [
            # What is due now, asked by every worker each second and by the first reader after a scheduled change.
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="due_action_unfinished",
            ),
            # Today's problems: what was given up lately.
            models.Index(fields=["due_at"], condition=models.Q(state="failed"), name="due_action_failed"),
        ]

    def __str__(self) -> str:
        return self.key


class IdempotencyKey(models.Model):
    """A job that was asked for, written in the transaction that asked, so that it is queued once."""

    key = models.CharField(max_length=160, primary_key=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")

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
