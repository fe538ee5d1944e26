from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Turn(models.Model):
    """One stretch of time in which an advertiser waits for our answer: the 48-hour clock. `ads.clock` writes it."""

    request = models.ForeignKey("ads.AdRequest", models.CASCADE, related_name="turns")
    started_at = models.DateTimeField(_("since"))
    due_at = models.DateTimeField(_("due"))
    stopped_at = models.DateTimeField(_("answered"), null=True)
    # How many of the reminders (24 h before, 6 h before, overdue) were sent.
    reminded = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["request", "-started_at", "-pk"]
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(stopped_at=None), name="turn_one_open_a_request")
        ]
        indexes = [
            # Reminders: open turns by the time of their end (ads/clock.py).
            models.Index(fields=["due_at"], condition=Q(stopped_at=None), name="turn_open_due")
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.started_at} – {self.stopped_at or self.due_at}"
