from __future__ import annotations

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .channel import Channel


class ShareQuerySet(models.QuerySet["Share"]):
    def in_trouble(self) -> ShareQuerySet:
        """Those that a person must look at."""
        return self.filter(state__in=Share.State.in_trouble())


class Share(models.Model):
    """A story on a channel, once: what somebody decided beforehand, where it stands, and the link that proves it.
    `articles.sharing` writes it."""

    class State(models.TextChoices):
        CHOSEN = "chosen", _("When it is live")
        WAITING = "waiting", _("Waits for you")
        QUEUED = "queued", _("On its way")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Shared")
        FAILED = "failed", _("Failed")
        UNSURE = "unsure", _("Maybe shared")
        SKIPPED = "skipped", _("Not shared")

        @classmethod
        def in_trouble(cls) -> list[Share.State]:
            return [cls.FAILED, cls.UNSURE]

        @classmethod
        def undecided(cls) -> list[Share.State]:
            """Of which the text can still be changed."""
            return [cls.CHOSEN, cls.WAITING, cls.FAILED, cls.SKIPPED]

    # Every move that a share can make; `articles.sharing` makes them, and nothing else does.
    MOVES: dict[str, set[str]] = {
        State.CHOSEN: {State.SKIPPED, State.WAITING, State.QUEUED},
        State.WAITING: {State.QUEUED, State.SENT, State.SKIPPED},
        State.QUEUED: {State.SENDING, State.SKIPPED, State.SENT, State.FAILED},
        State.SENDING: {State.SENT, State.FAILED, State.UNSURE, State.QUEUED, State.SKIPPED},
        State.SENT: set(),
        State.FAILED: {State.QUEUED, State.SENT, State.SKIPPED},
        State.UNSURE: {State.QUEUED, State.SENT, State.SKIPPED},
        State.SKIPPED: {State.CHOSEN, State.WAITING, State.QUEUED, State.SENT},
    }

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="shares", verbose_name=_("story"))
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="shares", verbose_name=_("channel"))
    state = models.CharField(_("state"), max_length=8, choices=State)
    # What somebody wrote for this story, with the same places as the channel's; empty: the channel's.
    wording = models.TextField(_("text"), blank=True, max_length=4000)
    # As it was sent, and where it stands.
    text = models.TextField(blank=True, editable=False)
    link = models.URLField(_("link"), blank=True, max_length=500, validators=[URLValidator(schemes=["http", "https"])])
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    # The last answer, in words.
    answer = models.CharField(_("last answer"), max_length=500, blank=True, editable=False)
    made_at = models.DateTimeField(editable=False)
    # When it was taken to be sent: last, and first of the attempts of which nobody knows what came.
    claimed_at = models.DateTimeField(null=True, editable=False)
    tried_since = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(_("shared"), null=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False, verbose_name=_("by")
    )

    objects = ShareQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(fields=["article", "channel"], name="share_once_a_channel"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="share_sent_has_a_time",
            ),
        ]
        indexes = [
            # The admin's list, newest first.
            models.Index(fields=["-made_at", "-id"], name="share_newest"),
            # Today and the worker's round: the few that are not over.
            models.Index(
                fields=["state", "claimed_at"],
                condition=Q(state__in=["sending", "failed", "unsure", "waiting"]),
                name="share_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} – {self.channel}"
