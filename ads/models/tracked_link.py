from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import click_address


class TrackedLink(models.Model):
    """An address in a newsletter whose clicks are counted, of a mention that was promised a sponsor. Where it leads
    stands here and never changes; the mail holds a token of its number (`ads.mail_links`)."""

    url = models.URLField(_("leads to"), max_length=600, validators=[click_address.validate])
    label = models.CharField(_("label"), max_length=120, blank=True)
    promise = models.ForeignKey("ads.Promise", models.CASCADE, related_name="links")
    created_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("counted link")
        verbose_name_plural = _("counted links")
        constraints = [
            models.UniqueConstraint(fields=["promise", "url"], name="link_once_a_promise"),
        ]

    def __str__(self) -> str:
        return self.label or self.url
