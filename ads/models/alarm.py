from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DeliveryAlarm(models.Model):
    """Something wrong with what runs, from when it was noticed until it was over. One is open for each line or
    position and kind; `ads.delivery_watch` opens and closes them."""

    class Kind(models.TextChoices):
        BEHIND = "behind", _("Behind")
        AHEAD = "ahead", _("Ahead")
        SILENT = "silent", _("Nothing shown for half an hour")
        OVERSOLD = "oversold", _("More promised than comes")
        SHORT = "short", _("Will end short of its number")

    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    booking = models.ForeignKey("ads.Booking", models.CASCADE, null=True, blank=True, related_name="alarms")
    position = models.ForeignKey("ads.Position", models.CASCADE, related_name="alarms")
    # What was expected by then and what came, or what is missing in the end.
    expected = models.PositiveIntegerField(default=0)
    delivered = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(_("since"))
    looked_at = models.DateTimeField()
    over_at = models.DateTimeField(_("over"), null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-since", "-pk"]
        verbose_name = _("delivery alarm")
        verbose_name_plural = _("delivery alarms")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "booking"],
                condition=Q(over_at=None, booking__isnull=False),
                name="alarm_open_once_a_line",
            ),
            models.UniqueConstraint(
                fields=["kind", "position"],
                condition=Q(over_at=None, booking=None),
                name="alarm_open_once_a_position",
            ),
        ]
        indexes = [
            # Today and the watch: what is wrong now (ads/delivery_watch.py).
            models.Index(fields=["since"], condition=Q(over_at=None), name="alarm_open")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.booking or self.position}"


class MakeGood(models.Model):
    """What makes up for impressions that a line will miss: prepared while it runs, booked by a person, at no price."""

    class Status(models.TextChoices):
        PREPARED = "prepared", _("Prepared")
        BOOKED = "booked", _("Booked")
        DISMISSED = "dismissed", _("Not needed")

    MOVES: dict[str, set[str]] = {
        Status.PREPARED: {Status.BOOKED, Status.DISMISSED},
        Status.BOOKED: set(),
        Status.DISMISSED: set(),
    }

    booking = models.ForeignKey("ads.Booking", models.PROTECT, related_name="make_goods", verbose_name=_("booking"))
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.PREPARED, editable=False)
    impressions = models.PositiveIntegerField(_("impressions"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    # The booking that was made of it.
    made = models.OneToOneField("ads.Booking", models.PROTECT, null=True, blank=True, related_name="made_good_for")
    prepared_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-prepared_at", "-pk"]
        verbose_name = _("make-good")
        verbose_name_plural = _("make-goods")
        constraints = [
            models.UniqueConstraint(
                fields=["booking"], condition=Q(status="prepared"), name="make_good_prepared_once_a_line"
            ),
            models.CheckConstraint(
                condition=Q(status="booked", made__isnull=False) | (~Q(status="booked") & Q(made=None)),
                name="make_good_booked_has_a_booking",
            ),
            models.CheckConstraint(condition=Q(last_day__gte=models.F("first_day")), name="make_good_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.booking}: {self.impressions}"
