from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Promise(models.Model):
    """A mention that a deal includes, in the newsletter or on a social channel, and the proof that it was made.
    `ads.promises` writes it."""

    class Kind(models.TextChoices):
        NEWSLETTER = "newsletter", _("Newsletter mention")
        SOCIAL = "social", _("Social share")

    line = models.ForeignKey("ads.QuoteLine", models.PROTECT, related_name="promises", verbose_name=_("order line"))
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    # Which of those of its kind that the line holds, from 1 on.
    place = models.PositiveSmallIntegerField(default=1)
    # None: once the post is public, or nobody said.
    due = models.DateField(_("due"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, editable=False)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False)
    channel = models.CharField(
        _("where"), max_length=80, blank=True, help_text=_("The channel: the Friday newsletter, Facebook, X.")
    )
    link = models.URLField(_("link"), blank=True, max_length=500, validators=[URLValidator(schemes=["http", "https"])])
    note = models.CharField(_("note"), max_length=300, blank=True)
    reminded_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["line", "kind", "place"]
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        permissions = [("keep_promise", "Can tick promises off")]
        constraints = [
            models.UniqueConstraint(fields=["line", "kind", "place"], name="promise_once"),
            models.CheckConstraint(
                condition=Q(done_at=None) | (~Q(channel="") & ~Q(link="", note="")),
                name="promise_done_is_proved",
                violation_error_message=_("Say where, and give the link or a note."),
            ),
        ]
        indexes = [
            # Reminders: open ones by their day (ads/promises.py).
            models.Index(fields=["due"], condition=Q(done_at=None), name="promise_open_due")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.line}"
