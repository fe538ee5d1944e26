from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ForecastDay(models.Model):
    """What was forecast for a position's day before it began, and what came: the forecast's own record, and all that
    it reads. `ads.forecast` writes it.

    Opportunities are valid boxes that readers had before them. Some of them got an artwork (`filled`), and most of
    those were shown (`renders`).
    """

    position = models.ForeignKey("ads.Position", models.CASCADE, related_name="forecasts")
    day = models.DateField()
    # Opportunities; empty for a day before there was anything to forecast from.
    forecast = models.PositiveIntegerField(null=True)
    # Opportunities, once the day is sealed; with them the rest.
    actual = models.PositiveIntegerField(null=True)
    # The same by the hour of the publisher's clock: 24 numbers.
    hours = models.JSONField(null=True)
    filled = models.PositiveIntegerField(default=0)
    renders = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("forecast of a day")
        verbose_name_plural = _("forecasts of days")
        constraints = [
            models.UniqueConstraint(fields=["position", "day"], name="forecast_once_a_day"),
            models.CheckConstraint(
                condition=Q(actual=None, hours=None) | Q(actual__isnull=False, hours__isnull=False),
                name="forecast_came_as_a_whole",
            ),
        ]
        indexes = [
            # Traffic of all positions, and which days are taken in (ads/forecast.py).
            models.Index(fields=["day"], name="forecast_day")
        ]

    def __str__(self) -> str:
        return f"{self.position_id} {self.day}: {self.forecast}"
