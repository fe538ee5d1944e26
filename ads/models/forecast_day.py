from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ForecastDay(models.Model):
    """What was forecast for a position's day before it began, and what came: the forecast's own record."""

    position = models.ForeignKey("ads.Position", models.CASCADE, related_name="forecasts")
    day = models.DateField()
    # Valid opportunities; the second once the day is sealed.
    forecast = models.PositiveIntegerField()
    actual = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("forecast of a day")
        verbose_name_plural = _("forecasts of days")
        constraints = [models.UniqueConstraint(fields=["position", "day"], name="forecast_once_a_day")]

    def __str__(self) -> str:
        return f"{self.position_id} {self.day}: {self.forecast}"
