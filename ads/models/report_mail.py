from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.media import private_storage


class ReportMail(models.Model):
    """A report that went to an advertiser: of which days, and when. One row a deal and period, so none goes twice."""

    request = models.ForeignKey("ads.AdRequest", models.CASCADE, related_name="report_mails")
    first_day = models.DateField()
    last_day = models.DateField()
    is_final = models.BooleanField(default=False)
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        verbose_name = _("report sent")
        verbose_name_plural = _("reports sent")
        constraints = [
            models.UniqueConstraint(fields=["request", "last_day", "is_final"], name="report_once_a_period"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.first_day} – {self.last_day}"


def sighting_path(sighting: Sighting, filename: str) -> str:
    return f"sightings/{uuid.uuid4().hex}.{filename.rpartition('.')[2]}"


class Sighting(models.Model):
    """A picture of artwork in its place on our page, as a browser showed it: the proof in a report. Private."""

    creative = models.ForeignKey("ads.Creative", models.CASCADE, related_name="sightings")
    is_phone = models.BooleanField(default=False)
    file = models.FileField(upload_to=sighting_path, storage=private_storage, max_length=100)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["-taken_at", "-pk"]
        verbose_name = _("picture in place")
        verbose_name_plural = _("pictures in place")
        constraints = [models.UniqueConstraint(fields=["creative", "is_phone"], name="sighting_once_a_width")]

    def __str__(self) -> str:
        return f"{self.creative_id} {self.width}×{self.height}"
