from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .subscriber import Subscriber


class Consent(models.Model):
    """One thing that happened between a reader and the list: proof of the yes, and of the no. Never changed.

    `said` is the sentence that the reader agreed to, or what an import gave as proof. It outlives nobody: erasing a
    subscriber takes these rows along, and leaves a `Suppression`.
    """

    class Kind(models.TextChoices):
        ASKED = "asked", _("Asked for mail")
        CONFIRMED = "confirmed", _("Confirmed")
        CHANGED = "changed", _("Changed what they get")
        IMPORTED = "imported", _("Imported")
        LEFT = "left", _("Unsubscribed")
        BOUNCED = "bounced", _("Mail came back")
        COMPLAINED = "complained", _("Called it spam")
        SUPPRESSED = "suppressed", _("Put on hold by the newsroom")

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="consents")
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    said = models.TextField(_("in words"), blank=True)
    # The page or file that it came from, and the network it came from, hashed (`articles.public_forms.network`).
    source = models.CharField(_("where"), max_length=120, blank=True)
    network = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.subscriber_id}: {self.kind}"


class Suppression(models.Model):
    """An address that is never written to again, whoever imports it: as a keyed hash, so that it outlives erasure."""

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("Mail comes back")
        COMPLAINT = "complaint", _("Called our mail spam")
        ERASED = "erased", _("Asked to be forgotten")
        STAFF = "staff", _("By the newsroom")

    address_hash = models.CharField(max_length=64, unique=True, editable=False)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    at = models.DateTimeField(_("time"))
    note = models.CharField(_("note"), max_length=240, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        default_permissions = ("view", "delete")

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.address_hash[:8]})"
