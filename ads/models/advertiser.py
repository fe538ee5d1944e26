from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField


class Advertiser(models.Model):
    """A firm that buys from us. It has no login; its people are reached by mail."""

    company = models.CharField(_("company"), max_length=160)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"))
    website = models.URLField(_("website"), blank=True)
    country = CountryField(_("country"), blank=True)
    notes = models.TextField(_("notes"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["company"]
        verbose_name = _("advertiser")
        verbose_name_plural = _("advertisers")
        constraints = [
            models.UniqueConstraint(
                Lower("company"),
                Lower("email"),
                name="advertiser_once_per_company_and_email",
                violation_error_message=_("This company is already on file with this e-mail address."),
            )
        ]

    def __str__(self) -> str:
        return self.company
