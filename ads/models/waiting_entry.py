from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _


class WaitingEntry(models.Model):
    """Somebody to be told once when days of a position are free. It holds nothing. `ads.waiting` writes it."""

    class Status(models.TextChoices):
        HELD_BACK = "held-back", _("Held back")
        WAITING = "waiting", _("Waits")
        TOLD = "told", _("Told")
        LEFT = "left", _("Left the list")

    MOVES: dict[str, set[str]] = {
        Status.HELD_BACK: {Status.WAITING, Status.LEFT},
        Status.WAITING: {Status.TOLD, Status.LEFT},
        Status.TOLD: set(),
        Status.LEFT: set(),
    }

    position = models.ForeignKey("ads.Position", models.PROTECT, related_name="waiting", verbose_name=_("position"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    company = models.CharField(_("company"), max_length=160, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    # Who asked on the page of a deal is told with its link.
    deal = models.ForeignKey(
        "ads.AdRequest", models.CASCADE, null=True, blank=True, related_name="waiting", verbose_name=_("request")
    )
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+")
    suspected = models.CharField(
        _("held back because"), max_length=200, blank=True, help_text=_("Looks like spam; nobody was mailed.")
    )
    asked_at = models.DateTimeField(_("asked"), editable=False)
    told_at = models.DateTimeField(_("told"), null=True, editable=False)
    left_at = models.DateTimeField(_("left"), null=True, editable=False)

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name = _("waiting list entry")
        verbose_name_plural = _("waiting list")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=models.F("first_day")),
                name="waiting_ends_after_it_begins",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                "position",
                "first_day",
                "last_day",
                condition=Q(told_at=None, left_at=None),
                name="waiting_once_an_address",
                violation_error_message=_("This address waits for these days already."),
            ),
        ]
        indexes = [
            # Who is to be told, in the order of asking (ads/waiting.py).
            models.Index(fields=["position", "asked_at"], condition=Q(told_at=None, left_at=None), name="waiting_open"),
            # Who was told of a position lately (ads/waiting.py).
            models.Index(fields=["position", "told_at"], condition=Q(told_at__isnull=False), name="waiting_told"),
        ]

    def __str__(self) -> str:
        first, last = (date_format(day, "SHORT_DATE_FORMAT") for day in (self.first_day, self.last_day))
        return f"{self.company or self.name} · {self.position} · {first} – {last}"

    @property
    def status(self) -> str:
        if self.left_at:
            return self.Status.LEFT
        if self.told_at:
            return self.Status.TOLD
        return self.Status.HELD_BACK if self.suspected else self.Status.WAITING

    def get_status_display(self) -> str:
        return str(self.Status(self.status).label)
