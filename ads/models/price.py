from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PositionPrice(models.Model):
    """What a position costs from a day on. Before the first of these the position's own prices hold. `ads.prices` picks
    the one of a day."""

    position = models.ForeignKey(
        "ads.Position", models.CASCADE, related_name="dated_prices", verbose_name=_("position")
    )
    from_day = models.DateField(_("from"), help_text=_("For flights that begin on this day or later."))
    price_per_week = models.DecimalField(
        _("price per week"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)]
    )
    price_per_thousand = models.DecimalField(
        _("price per thousand impressions"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)]
    )

    class Meta:
        ordering = ["position", "from_day"]
        verbose_name = _("price from a day")
        verbose_name_plural = _("prices from a day")
        constraints = [
            models.UniqueConstraint(
                fields=["position", "from_day"],
                name="position_price_once_a_day",
                violation_error_message=_("There is a price from this day already. Change that one."),
            ),
            models.CheckConstraint(
                condition=Q(price_per_week__gte=0, price_per_thousand__gte=0),
                name="position_price_not_negative",
                violation_error_message=_("Prices cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_day}: {self.price_per_week}"


class PostPrice(models.Model):
    """What a kind of sponsored post costs from a day on; before the first of these the product's own prices hold."""

    product = models.ForeignKey(
        "ads.PostProduct", models.CASCADE, related_name="dated_prices", verbose_name=_("sponsored-post product")
    )
    from_day = models.DateField(_("from"), help_text=_("For posts that are offered on this day or later."))
    price = models.DecimalField(
        _("price when the client writes it"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)]
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

    class Meta:
        ordering = ["product", "from_day"]
        verbose_name = _("price from a day")
        verbose_name_plural = _("prices from a day")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "from_day"],
                name="post_price_once_a_day",
                violation_error_message=_("There is a price from this day already. Change that one."),
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0) & (Q(newsroom_price=None) | Q(newsroom_price__gte=0)),
                name="post_price_not_negative",
                violation_error_message=_("Prices cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_day}: {self.price}"
