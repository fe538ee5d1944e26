from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Presence(models.Model):
    """Who has a story open, in which window. Advice only: the version check of a save is the law."""

    # A window that was silent for so long is taken for closed.
    LASTS = timedelta(seconds=45)

    class Mode(models.TextChoices):
        EDITING = "editing", _("editing")
        LOOKING = "looking", _("looking")

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=32)
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.LOOKING)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [
            models.UniqueConstraint(fields=["article", "user", "session_key"], name="presence_one_per_window"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.article_id}"


class EditLock(models.Model):
    """Somebody asked to have a story to themselves, for a reason and until a time. Anybody who may edit may take over,
    visibly; what the other had typed is kept first."""

    article = models.OneToOneField("articles.Article", models.CASCADE, related_name="edit_lock")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("locked by"))
    reason = models.CharField(_("reason"), max_length=200)
    taken_at = models.DateTimeField()
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("lock")
        verbose_name_plural = _("locks")

    def __str__(self) -> str:
        return f"{self.article_id}: {self.owner_id}"

    def holds(self, at: datetime) -> bool:
        return self.until > at
