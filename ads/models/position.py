from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def site_currency() -> str:
    return settings.CURRENCY


class Position(models.Model):
    """A place on the page with one size, as the rate card sells it. The publisher sets the prices."""

    class Place(models.TextChoices):
        TOP = "top", _("End of the header")
        HOME = "home", _("Under the header of the front page")
        RAIL = "rail", _("Side column")
        FOOT = "foot", _("Below the page")

    class Pages(models.TextChoices):
        HOME = "home", _("Front page")
        EVERY = "every", _("Front page and every other page")

    code = models.SlugField(_("code"), unique=True, help_text=_("Stands in addresses and reports. Keep it."))
    name = models.CharField(_("name"), max_length=80)
    name_ar = models.CharField(_("name in Arabic"), max_length=80, blank=True)
    where = models.CharField(_("where it appears"), max_length=200)
    where_ar = models.CharField(_("where it appears, in Arabic"), max_length=200, blank=True)
    width = models.PositiveSmallIntegerField(_("width in pixels"))
    height = models.PositiveSmallIntegerField(_("height in pixels"))
    phone_width = models.PositiveSmallIntegerField(_("width of phone artwork"), null=True, blank=True)
    phone_height = models.PositiveSmallIntegerField(_("height of phone artwork"), null=True, blank=True)
    max_kilobytes = models.PositiveSmallIntegerField(_("heaviest file, in KB"), default=150)
    place = models.CharField(_("place"), max_length=8, choices=Place)
    pages = models.CharField(_("pages"), max_length=8, choices=Pages)
    price_per_week = models.DecimalField(
        _("price per week"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)]
    )
    price_per_thousand = models.DecimalField(
        _("price per thousand impressions"),
        max_digits=10,
        decimal_places=2,
        validators=[MinValueValidator(0)],
    )
    # What is sold by number from until a week of traffic was counted (`ads.forecast`); empty: not sold before that.
    weekly_impressions = models.PositiveIntegerField(
        _("impressions a week, estimated"),
        null=True,
        blank=True,
        help_text=_("Your own estimate of how often it is shown, for as long as nothing was counted. May be empty."),
    )
    currency = models.CharField(_("currency"), max_length=3, default=site_currency)
    is_example_price = models.BooleanField(
        _("example price"),
        default=False,
        help_text=_("The rate card says so until you set your own and clear this."),
    )
    is_active = models.BooleanField(_("on sale"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    # Set by `ads.prices.positions_on_card`: prices of the day, and the row of those to come, if any.
    rate: Any
    coming: Any

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        constraints = [
            models.CheckConstraint(
                condition=Q(price_per_week__gte=0, price_per_thousand__gte=0),
                name="position_prices_not_negative",
                violation_error_message=_("Prices cannot be negative."),
            ),
            models.CheckConstraint(
                condition=Q(phone_width=None, phone_height=None)
                | Q(phone_width__isnull=False, phone_height__isnull=False),
                name="position_phone_size_is_whole",
                violation_error_message=_("Phone artwork has a width and a height, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(place__in=["top", "home", "rail", "foot"]), name="position_place_is_known"
            ),
            models.CheckConstraint(condition=Q(pages__in=["home", "every"]), name="position_pages_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.display_name} {self.width}×{self.height}"

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def phone_size(self) -> tuple[int, int] | None:
        return (self.phone_width, self.phone_height) if self.phone_width and self.phone_height else None

    @property
    def display_size(self) -> str:
        """“728×90”, isolated, so that Arabic text around it does not turn it into 90×728."""
        return f"\u2066{self.width}×{self.height}\u2069"

    @property
    def display_name(self) -> str:
        return (self.name_ar if get_language() == "ar" else "") or self.name

    @property
    def display_where(self) -> str:
        return (self.where_ar if get_language() == "ar" else "") or self.where
