from __future__ import annotations

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from articles.models import Article

from .position import site_currency


class PostProduct(models.Model):
    """One kind of sponsored post on the rate card. It stays online for as long as the site exists."""

    kind = models.CharField(
        _("kind"), max_length=20, unique=True, choices=[(k.value, k.label) for k in Article.Kind.sponsored()]
    )
    name = models.CharField(_("name"), max_length=80)
    name_ar = models.CharField(_("name in Arabic"), max_length=80, blank=True)
    description = models.TextField(_("description"), blank=True)
    description_ar = models.TextField(_("description in Arabic"), blank=True)
    price = models.DecimalField(
        _("price when the client writes it"),
        max_digits=10,
        decimal_places=2,
        validators=[MinValueValidator(0)],
    )
    newsroom_price = models.DecimalField(
        _("price when the newsroom writes it"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Empty: a quote for each."),
    )
    # What is promised with it beside the page itself (`ads.promises`).
    newsletter_mentions = models.PositiveSmallIntegerField(_("newsletter mentions included"), default=1)
    social_shares = models.PositiveSmallIntegerField(_("social shares included"), default=1)
    currency = models.CharField(_("currency"), max_length=3, default=site_currency)
    is_active = models.BooleanField(_("on sale"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    # Set by `ads.prices.products_on_card`, as for positions.
    rate: Any
    coming: Any

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("sponsored-post product")
        verbose_name_plural = _("sponsored-post products")
        constraints = [
            models.CheckConstraint(
                condition=Q(price__gte=0) & (Q(newsroom_price=None) | Q(newsroom_price__gte=0)),
                name="product_prices_not_negative",
                violation_error_message=_("Prices cannot be negative."),
            )
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return (self.name_ar if get_language() == "ar" else "") or self.name

    @property
    def display_description(self) -> str:
        return (self.description_ar if get_language() == "ar" else "") or self.description
