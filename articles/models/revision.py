from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RevisionQuerySet(models.QuerySet["Revision"]):
    def open_conflicts(self) -> RevisionQuerySet:
        """Texts of people who were overtaken, which nobody has brought together with the story yet."""
        return self.filter(kind=Revision.Kind.CONFLICT, settled_at=None)


class Revision(models.Model):
    """What somebody wrote, once and for ever. The article row says what readers see.

    `content` is `articles.content.Content` as JSON, in the shape that `schema_version` names.
    """

    class Kind(models.TextChoices):
        MANUAL = "manual", _("saved")
        PUBLISH = "publish", _("published")
        RESTORE = "restore", _("restored")
        IMPORT = "import", _("imported")
        CORRECTION = "correction", _("correction")
        CONFLICT = "conflict", _("conflict")

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.MANUAL)
    content = models.JSONField()
    schema_version = models.PositiveSmallIntegerField(default=1)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    session_key = models.CharField(
        max_length=32, blank=True, help_text=_("The window that saved it: no window is in conflict with itself.")
    )
    base_number = models.PositiveIntegerField(
        null=True, help_text=_("Of a conflict: the revision that its writer began with.")
    )
    settled_at = models.DateTimeField(
        null=True, help_text=_("Of a conflict: when its words went into the story, or were put aside.")
    )
    created_at = models.DateTimeField()

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["article", "-number"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_numbered_within_its_article")
        ]

    # Of one just saved: what somebody else had saved in between, now part of it.
    merged_with: Revision | None = None

    def __str__(self) -> str:
        return f"{self.article_id} #{self.number}"


class Transition(models.Model):
    """One move of a story from a status to another: who, when, and on which revision."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="transitions")
    revision = models.ForeignKey(Revision, models.CASCADE, null=True, related_name="+")
    from_status = models.CharField(max_length=12)
    to_status = models.CharField(max_length=12)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["article", "-at", "-pk"]
        verbose_name = _("move")
        verbose_name_plural = _("moves")

    def __str__(self) -> str:
        return f"{self.article_id}: {self.from_status} > {self.to_status}"
