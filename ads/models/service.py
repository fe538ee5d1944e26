from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .position import site_currency


class Service(models.Model):
    """Work on the rate card that is neither a position nor a post. Its kinds are those of the lines of a quote."""

    class Kind(models.TextChoices):
        NEWSLETTER = "newsletter", _("Newsletter mention")
        SOCIAL = "social", _("Social share")
        DESIGN = "design", _("Design of artwork")

    kind = models.CharField(_("kind"), max_length=12, unique=True, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    name_ar = models.CharField(_("name in Arabic"), max_length=80, blank=True)
    description = models.TextField(_("description"), blank=True)
    description_ar = models.TextField(_("description in Arabic"), blank=True)
    price = models.DecimalField(
        _("price"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Empty: a quote for each."),
    )
    currency = models.CharField(_("currency"), max_length=3, default=site_currency)
    is_example_price = models.BooleanField(
        _("example price"),
        default=False,
        help_text=_("The rate card says so until you set your own and clear this."),
    )
    is_active = models.BooleanField(_("on sale"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("service")
        verbose_name_plural = _("services")
        constraints = [
            models.CheckConstraint(
                condition=Q(price=None) | Q(price__gte=0),
                name="service_price_not_negative",
                violation_error_message=_("Prices cannot be negative."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["newsletter", "social", "design"]), name="service_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return (self.name_ar if get_language() == "ar" else "") or self.name

    @property
    def display_description(self) -> str:
        return (self.description_ar if get_language() == "ar" else "") or self.description
