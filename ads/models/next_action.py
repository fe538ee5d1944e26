from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class NextActionQuerySet(models.QuerySet["NextAction"]):
    def open(self) -> "NextActionQuerySet":
        return self.filter(done_at=None)

    def overdue(self, at: datetime) -> "NextActionQuerySet":
        return self.open().filter(due_on__lt=timezone.localdate(at))


class NextAction(models.Model):
    """What somebody of the desk has to do next for a deal or an advertiser, and by which day."""

    request = models.ForeignKey(
        "ads.AdRequest",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="next_actions",
        verbose_name=_("request"),
    )
    advertiser = models.ForeignKey(
        "ads.Advertiser",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="next_actions",
        verbose_name=_("advertiser"),
    )
    what = models.CharField(_("what is to do"), max_length=200)
    due_on = models.DateField(_("due on"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    done_at = models.DateTimeField(_("done"), null=True, editable=False)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False)

    objects = NextActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("next action")
        verbose_name_plural = _("next actions")
        constraints = [
            models.CheckConstraint(
                condition=Q(request__isnull=False, advertiser=None) | Q(request=None, advertiser__isnull=False),
                name="next_action_is_for_a_deal_or_a_firm",
            )
        ]
        indexes = [
            # Whose turn it is: Today and the list (newsroom/today_desk.py, ads/admin/next_actions.py).
            models.Index(fields=["owner", "due_on"], condition=Q(done_at=None), name="next_action_open_of"),
            models.Index(fields=["due_on"], condition=Q(done_at=None), name="next_action_open"),
        ]

    def __str__(self) -> str:
        return self.what

    def is_overdue(self, today: date) -> bool:
        return self.done_at is None and self.due_on < today
