from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .booking import Creative


class CreativeMove(models.Model):
    """One move of an artwork version from a status to another; the first comes from none. No actor: the advertiser."""

    creative = models.ForeignKey(Creative, models.CASCADE, related_name="moves")
    from_status = models.CharField(max_length=8, choices=Creative.Status, blank=True)
    to_status = models.CharField(max_length=8, choices=Creative.Status)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["creative", "-at", "-pk"]
        verbose_name = _("move")
        verbose_name_plural = _("moves")

    def __str__(self) -> str:
        return f"{self.creative_id}: {self.from_status} > {self.to_status}"
