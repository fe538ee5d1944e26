import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LiveEntry(models.Model):
    """One entry of a live blog: public the moment it is written, changed in place with a visible time, taken out whole.

    `key` stands in its address, `version` moves with every change, so that readers' pages ask for what is new.
    """

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="live_entries")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    headline = models.CharField(_("headline"), max_length=200, blank=True)
    body = models.TextField(_("text"))
    is_key_event = models.BooleanField(_("key event"), default=False)
    is_pinned = models.BooleanField(_("pinned"), default=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)
    published_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name = _("live entry")
        verbose_name_plural = _("live entries")
        indexes = [
            # A live blog, newest first.
            models.Index(fields=["article", "-published_at"], name="live_entry_newest"),
            # What changed since a reader's page last asked.
            models.Index(fields=["article", "changed_at"], name="live_entry_changed"),
        ]

    def __str__(self) -> str:
        return self.headline or str(self.key)


class BreakingNews(models.Model):
    """One sentence across the top of every page of a language, until a time."""

    text = models.CharField(_("sentence"), max_length=160)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    article = models.ForeignKey(
        "articles.Article", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("story")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+")

    class Meta:
        ordering = ["-starts_at", "-pk"]
        verbose_name = _("breaking news")
        verbose_name_plural = _("breaking news")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")),
                name="breaking_news_ends_after_it_starts",
                violation_error_message=_("It can end only after it starts."),
            )
        ]
        indexes = [
            # Every page: what runs now in its language.
            models.Index(fields=["language", "ends_at"], name="breaking_news_running"),
        ]

    def __str__(self) -> str:
        return self.text
