from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from .article import Article


class RevisionQuerySet(models.QuerySet["Revision"]):
    def unsettled(self) -> RevisionQuerySet:
        """Conflicts that still wait for somebody: nobody brought them together with the story or put them aside."""
        settled = Transition.objects.filter(what=Transition.What.SETTLED, revision=OuterRef("pk"))
        return self.filter(~Exists(settled), kind=Revision.Kind.CONFLICT)


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
    created_at = models.DateTimeField()

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["article", "-number"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_numbered_within_its_article")
        ]
        indexes = [
            # The history of a story, a page at a time.
            models.Index(fields=["article", "-created_at", "-id"], name="revision_newest"),
            # Conflicts that wait for somebody, on the story screen.
            models.Index(fields=["article"], condition=models.Q(kind="conflict"), name="revision_conflicts_of_a_story"),
        ]

    # Of one just saved: what somebody else had saved in between, now part of it.
    merged_with: Revision | None = None

    def __str__(self) -> str:
        return f"{self.article_id} #{self.number}"


class Transition(models.Model):
    """One thing that somebody decided about a story: who, when, and on which revision. Most of them move it from a
    status to another; what concerns the changed draft of a story that readers have leaves the status as it is."""

    class What(models.TextChoices):
        BEGUN = "begun", _("Begun")
        SUBMITTED = "submitted", _("Submitted for review")
        APPROVED = "approved", _("Approved")
        CHANGES_ASKED = "changes-asked", _("Changes asked for")
        APPROVAL_VOID = "approval-void", _("Changed after approval: it needs a new one")
        RETURNED = "returned", _("Back to draft")
        PUBLISHED = "published", _("Published")
        SCHEDULED = "scheduled", _("Scheduled")
        CHANGE_SCHEDULED = "change-scheduled", _("Change scheduled")
        CHANGE_CALLED_OFF = "change-called-off", _("Scheduled change called off")
        TRIED_AGAIN = "tried-again", _("Tried again")
        APPEARED = "appeared", _("Appeared as scheduled")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        SPIKED = "spiked", _("Spiked")
        SETTLED = "settled", _("Conflict settled")

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="transitions")
    revision = models.ForeignKey(Revision, models.CASCADE, null=True, related_name="+")
    what = models.CharField(max_length=20, choices=What, blank=True)
    from_status = models.CharField(max_length=12)
    to_status = models.CharField(max_length=12)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["article", "-at", "-pk"]
        verbose_name = _("move")
        verbose_name_plural = _("moves")
        indexes = [
            # The history of a story, a page at a time; who approved it last.
            models.Index(fields=["article", "-at", "-id"], name="transition_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.from_status} > {self.to_status}"

    @property
    def said(self) -> str:
        """What happened, in words. Moves of before there were words for them say where they led."""
        return str(self.get_what_display() or Article.Status(self.to_status).label)
