from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def public(self, at: datetime) -> CorrectionQuerySet:
        """The notes that readers may see at a moment: those of live stories, once their own time has come."""
        from .article import Article

        # Asked story by story: a list of all that is live is long.
        return self.filter(Exists(Article.objects.live(at).filter(pk=OuterRef("article"))), at__lte=at)


class Correction(models.Model):
    """What readers are told about a change: a public note with its date, at the top or the bottom of the story."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("Correction")
        CLARIFICATION = "clarification", _("Clarification")
        UPDATE = "update", _("Update")

    class Place(models.TextChoices):
        TOP = "top", _("above the text")
        BOTTOM = "bottom", _("below the text")

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="corrections", verbose_name=_("story"))
    kind = models.CharField(_("kind"), max_length=13, choices=Kind, default=Kind.CORRECTION)
    text = models.TextField(_("note to readers"), max_length=1000)
    place = models.CharField(_("place"), max_length=6, choices=Place, default=Place.BOTTOM)
    revision_number = models.PositiveIntegerField(null=True, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+")
    at = models.DateTimeField(_("date"), editable=False)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        indexes = [
            # The corrections page, newest first.
            models.Index(fields=["-at", "-id"], name="correction_newest"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
