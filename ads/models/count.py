from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .booking import midnight
from .event import Facts


class HourCount(Facts):
    """How many events of one kind a closed hour of the publisher's day had. Thrown away and counted again at will."""

    hour = models.DateTimeField()
    number = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("count of an hour")
        verbose_name_plural = _("counts of hours")
        indexes = [
            # Counting an hour again, sealing a day, the forecast (ads/rollups.py, ads/forecast.py).
            models.Index(fields=["hour"], name="hour_count_hour"),
            # Reports and pacing of a line (ads/totals.py).
            models.Index(fields=["line", "hour"], condition=Q(line__gt=0), name="hour_count_line"),
            # Reads of a story (ads/totals.py).
            models.Index(fields=["article", "hour"], condition=Q(article__gt=0), name="hour_count_article"),
            # Traffic and fill of a position (ads/forecast.py, ads/totals.py).
            models.Index(fields=["position", "hour"], condition=Q(position__gt=0), name="hour_count_position"),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H} {self.get_kind_display()}: {self.number}"


class RolledHour(models.Model):
    """An hour that is closed, and how many events it had when it was counted last. Its row is locked by who counts."""

    hour = models.DateTimeField(primary_key=True)
    # Not always an hour later: see `rollups.hour_of`, and the zone of the publisher may change.
    until = models.DateTimeField()
    events = models.PositiveIntegerField(default=0)
    rolled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("rolled hour")
        verbose_name_plural = _("rolled hours")

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}: {self.events}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.until = self.until or self.hour + timedelta(hours=1)
        super().save(*args, **kwargs)


class DayCount(Facts):
    """A row of a sealed day. It never changes, which the database itself holds (`ads.sealing`)."""

    day = models.DateField()
    number = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("count of a day")
        verbose_name_plural = _("counts of days")
        indexes = [
            # Checking a seal, the publisher's overview (ads/rollups.py, ads/totals.py).
            models.Index(fields=["day"], name="day_count_day"),
            # Reports and pacing of a line (ads/totals.py).
            models.Index(fields=["line", "day"], condition=Q(line__gt=0), name="day_count_line"),
            # Reads of a story (ads/totals.py).
            models.Index(fields=["article", "day"], condition=Q(article__gt=0), name="day_count_article"),
            # Traffic and fill of a position (ads/totals.py).
            models.Index(fields=["position", "day"], condition=Q(position__gt=0), name="day_count_position"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}: {self.number}"


class SealedDay(models.Model):
    """A day whose counts stand: how many rows and events, by which method, with a hash of all rows and of the day
    before. Reports cite it. What turns out wrong later is an `Adjustment`."""

    day = models.DateField(primary_key=True)
    # Its first moment is the `until` of the day before.
    until = models.DateTimeField()
    rows = models.PositiveIntegerField()
    events = models.PositiveBigIntegerField()
    method = models.PositiveSmallIntegerField(_("counting method"))
    # The newest adjustment that this seal covers; those before it are covered by the seals before.
    adjusted_to = models.PositiveBigIntegerField(default=0)
    previous = models.CharField(max_length=64, blank=True)
    seal = models.CharField(_("seal"), max_length=64, unique=True)
    sealed_at = models.DateTimeField(_("sealed"))

    class Meta:
        ordering = ["-day"]
        verbose_name = _("sealed day")
        verbose_name_plural = _("sealed days")

    def __str__(self) -> str:
        return str(self.day)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.until = self.until or midnight(self.day + timedelta(days=1))
        super().save(*args, **kwargs)

    @property
    def short_seal(self) -> str:
        """Enough of it to compare two by eye."""
        return self.seal[:12]


class Adjustment(Facts):
    """A correction of a sealed day, signed: so many more or fewer, why and by whom. Never changed, never deleted
    (`ads.sealing`), and covered by the next seal."""

    day = models.DateField(_("day"))
    number = models.IntegerField(_("more or fewer"), help_text=_("Below zero: so many fewer."))
    why = models.CharField(_("why"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        constraints = [
            models.CheckConstraint(
                condition=~Q(number=0),
                name="adjustment_changes_something",
                violation_error_message=_("An adjustment by nothing changes nothing."),
            ),
            models.CheckConstraint(
                condition=~Q(why=""), name="adjustment_has_a_reason", violation_error_message=_("Say why.")
            ),
        ]
        indexes = [
            # Reports of a day (ads/totals.py).
            models.Index(fields=["day"], name="adjustment_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.number:+d}"
