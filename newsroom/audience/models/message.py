from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ContactMessage(models.Model):
    """What a reader wrote through the contact form."""

    class Reason(models.TextChoices):
        NEWS_TIP = "tip", _("A news tip")
        CORRECTION = "correction", _("A correction")
        COMMENT = "comment", _("A comment on a story")
        ADVERTISING = "partners", _("Advertising")
        OTHER = "other", _("Something else")

    # One form, one message: the second of two clicks finds the first one's row.
    form_key = models.CharField(max_length=64, unique=True, editable=False)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason, default=Reason.OTHER)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    message = models.TextField(_("message"), max_length=5000)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    suspected = models.CharField(
        _("held back because"), max_length=200, blank=True, help_text=_("Looks like spam; nobody was mailed.")
    )
    received_at = models.DateTimeField(_("received"))
    is_done = models.BooleanField(_("done"), default=False)

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            # The admin's list, newest first.
            models.Index(fields=["-received_at", "-id"], name="message_newest")
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.message[:60]}"
