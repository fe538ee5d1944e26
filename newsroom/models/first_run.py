from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FirstRunDone(models.Model):
    """That somebody put the list of first steps away, for the whole newsroom. One row, or none."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("first steps put away")
        verbose_name_plural = _("first steps put away")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at}"
