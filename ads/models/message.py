from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DealMessage(models.Model):
    """What one side wrote to the other about a deal. Never changed. `ads.conversation` writes it."""

    class Direction(models.TextChoices):
        IN = "in", _("From the advertiser")
        OUT = "out", _("From us")

    class Via(models.TextChoices):
        FORM = "form", _("Request form")
        PAGE = "page", _("Private link")
        MAIL = "mail", _("E-mail")
        DESK = "desk", _("Ad desk")

    request = models.ForeignKey("ads.AdRequest", models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction)
    via = models.CharField(max_length=4, choices=Via)
    name = models.CharField(_("name"), max_length=160)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("message"), max_length=20_000)
    # Of the mail that it came or went by, so that a thread finds its deal; empty where there was none.
    message_id = models.CharField(max_length=250, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["message_id"], condition=~Q(message_id=""), name="message_id_once")
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.text[:60]}"
