from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PreviewLink(models.Model):
    """A draft shown to somebody without an account, by an address that only they have. The token itself is not stored.

    `revision_number` None follows the newest draft.
    """

    LASTS = timedelta(days=7)
    ANSWERED_WITHIN = timedelta(days=1)

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="preview_links")
    revision_number = models.PositiveIntegerField(_("revision"), null=True, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    label = models.CharField(_("for whom"), max_length=120)
    can_comment = models.BooleanField(_("may comment"), default=True)
    can_approve = models.BooleanField(_("may approve"), default=False)
    max_views = models.PositiveIntegerField(_("views at most"), null=True, blank=True)
    views = models.PositiveIntegerField(_("views"), default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")

    def __str__(self) -> str:
        return self.label

    @property
    def is_spent(self) -> bool:
        """Whether it was opened as often as it may be."""
        return self.max_views is not None and self.views >= self.max_views

    def is_open(self, at: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > at and not self.is_spent

    def may_answer(self, at: datetime) -> bool:
        """Whether its holder may still look at the pictures of what they opened, and say something: also the one who
        opened it last, for a day."""
        is_read = self.last_seen_at is not None and self.last_seen_at + self.ANSWERED_WITHIN > at
        return self.is_open(at) or (self.revoked_at is None and self.expires_at > at and is_read)


class PreviewComment(models.Model):
    """What a guest wrote below a preview, and on which revision."""

    link = models.ForeignKey(PreviewLink, models.CASCADE, related_name="comments")
    revision_number = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=120)
    text = models.TextField(_("comment"), max_length=4000)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("comment on a preview")
        verbose_name_plural = _("comments on previews")

    def __str__(self) -> str:
        return f"{self.name}: {self.text[:60]}"


class PreviewApproval(models.Model):
    """A guest's sign-off: who said yes, to which revision, when. Never changed, and once for a link and revision."""

    link = models.ForeignKey(PreviewLink, models.PROTECT, related_name="approvals")
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="preview_approvals")
    revision_number = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("approval of a preview")
        verbose_name_plural = _("approvals of previews")
        constraints = [
            models.UniqueConstraint(fields=["link", "revision_number"], name="preview_approval_once_per_revision")
        ]

    def __str__(self) -> str:
        return f"{self.name}, revision {self.revision_number}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise TypeError("A sign-off is written once.")
        super().save(*args, **kwargs)
