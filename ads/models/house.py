from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .. import click_address
from .booking import creative_path


class HouseCreative(models.Model):
    """The newsroom's own artwork for a position: stands where no advertiser does, by weight. Its picture never
    changes; a new picture is a new one."""

    position = models.ForeignKey(
        "ads.Position", models.CASCADE, related_name="house_creatives", verbose_name=_("position")
    )
    name = models.CharField(_("name"), max_length=80)
    file = models.FileField(upload_to=creative_path, max_length=100, editable=False)
    phone_file = models.FileField(upload_to=creative_path, max_length=100, blank=True, editable=False)
    alt = models.CharField(_("alternative text"), max_length=200)
    # No URLField: this site may stand where that sees no website, in a house or on one machine.
    click_url = models.CharField(_("leads to"), max_length=600, validators=[click_address.validate_own])
    # Empty: pages of every language.
    language = models.CharField(
        _("language"), max_length=2, blank=True, choices=[("en", _("English")), ("ar", _("Arabic"))]
    )
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=10, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    is_active = models.BooleanField(_("shown"), default=True)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["position", "-weight", "pk"]
        verbose_name = _("own artwork")
        verbose_name_plural = _("own artwork")
        constraints = [
            models.CheckConstraint(condition=Q(weight__range=(1, 100)), name="house_weight_is_from_1_to_100"),
            models.CheckConstraint(condition=~Q(alt=""), name="house_is_described"),
            models.CheckConstraint(
                condition=Q(click_url__startswith="https://") | Q(click_url__startswith="http://"),
                name="house_leads_to_the_web",
            ),
        ]

    def __str__(self) -> str:
        return self.name
