from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .issue import Issue
from .subscriber import Subscriber


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def unanswered(self, at) -> DeliveryQuerySet:
        """Handed over by a worker that is gone, or to a server that fell silent: nobody waits for the answer."""
        is_left = Q(lease_until=None) | Q(lease_until__lte=at)
        return self.filter(is_left, state=Delivery.State.HANDED)

    def claimable(self, at) -> DeliveryQuerySet:
        """Waiting, due, and in no living worker's hands."""
        is_due = Q(try_at=None) | Q(try_at__lte=at)
        is_free = Q(lease_until=None) | Q(lease_until__lte=at)
        return self.filter(is_due, is_free, state=Delivery.State.WAITING)


class Delivery(models.Model):
    """One issue to one reader. The row is there before anything is sent, so nobody is left out and nobody gets two.

    WAITING, then HANDED over: committed right before the last byte of the mail leaves, so that what a killed worker
    leaves as HANDED went out, as far as anybody can know, and is not sent again. SENT: the mail server took it. What
    follows is what providers tell (`newsroom.audience.providers`).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        HANDED = "handed", _("Handed over, no answer")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        BOUNCED = "bounced", _("Came back")
        COMPLAINED = "complained", _("Called spam")
        FAILED = "failed", _("Could not be sent")
        SKIPPED = "skipped", _("Left out")

        @classmethod
        def reached(cls) -> list[Delivery.State]:
            """A mail server took it."""
            return [cls.SENT, cls.DELIVERED, cls.COMPLAINED]

        @classmethod
        def gone(cls) -> list[Delivery.State]:
            """It left, whatever became of it."""
            return [cls.HANDED, cls.SENT, cls.DELIVERED, cls.BOUNCED, cls.COMPLAINED]

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="deliveries")
    # None once the reader was erased; the count stays.
    subscriber = models.ForeignKey(Subscriber, models.SET_NULL, null=True, related_name="deliveries", db_index=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Not before this moment, after a failed attempt; and whose it is until when, while a worker is at it.
    try_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    # When it was handed over.
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["issue", "subscriber"], name="delivery_once_a_reader"),
        ]
        indexes = [
            # What is left to send of an issue, and the figures of its report.
            models.Index(fields=["issue", "state", "id"], name="delivery_by_state"),
            # Who wants at most one mail a day or week: whether they had it. Also what of a reader is erased with them.
            models.Index(fields=["subscriber", "sent_at"], name="delivery_of_reader"),
            # What a provider tells of one mail.
            models.Index(fields=["message_id"], condition=~Q(message_id=""), name="delivery_by_message"),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} > {self.subscriber_id}: {self.state}"


class LinkClick(models.Model):
    """How often a link of an issue was followed on a day: a sum, which says nothing of anybody."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="link_clicks")
    # Its place in `Issue.sent_as["links"]`.
    link = models.PositiveSmallIntegerField()
    day = models.DateField()
    clicks = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["issue", "link", "day"], name="link_click_once_a_day")]

    def __str__(self) -> str:
        return f"{self.issue_id}/{self.link}: {self.clicks}"


class MailServer(models.Model):
    """How the one mail server takes newsletters, as all workers must know it: one row, or none before the first mail.

    Nothing of a newsletter is handed over before `free_at`: the pace, and the wait after the server did not answer.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    free_at = models.DateTimeField()
    # Since when it takes nothing, how often it was tried since, and what it said last.
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(id=1), name="mail_server_is_one")]

    def __str__(self) -> str:
        return f"{self.free_at}: {self.error}"
