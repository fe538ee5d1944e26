from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DealLink(models.Model):
    """The private address of a deal. `ads.links` makes the token from `key` and the site's secret; only its hash is
    stored, so what stands in the database opens nothing."""

    LASTS = timedelta(days=180)

    request = models.ForeignKey("ads.AdRequest", models.CASCADE, related_name="links")
    key = models.CharField(max_length=43, unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    # Whose it is: mails of the deal go there.
    email = models.EmailField(_("sent to"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("private link")
        verbose_name_plural = _("private links")

    def __str__(self) -> str:
        return f"{self.request_id}: {self.email}"

    def is_open(self, at: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > at
