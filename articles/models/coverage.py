from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _


class LiveEntryQuerySet(models.QuerySet["LiveEntry"]):
    def standing(self) -> LiveEntryQuerySet:
        """Those that nobody took out."""
        return self.filter(removed_at=None)

    def newest_first(self) -> LiveEntryQuerySet:
        return self.order_by("-number")


class LiveEntry(models.Model):
    """One entry of a live blog: public with its story the moment it is written, changed in place with a visible time.

    `number` is its place in the story and stands in its address. `version` is the number of the last change of any
    entry of the story when this one was changed last, so that readers' pages ask for what is newer than they know.
    Both are drawn from one count a story, by `articles.coverage` alone.
    """

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="live_entries")
    key = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text=_("Of the form it was written in: sent twice, it is one entry.")
    )
    number = models.PositiveIntegerField(editable=False)
    version = models.PositiveIntegerField(editable=False)
    headline = models.CharField(_("headline"), max_length=200, blank=True)
    body = models.TextField(_("text"))
    is_key_event = models.BooleanField(_("key event"), default=False)
    is_pinned = models.BooleanField(_("pinned"), default=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+")
    published_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(null=True, editable=False, help_text=_("When readers last got other words."))
    removed_at = models.DateTimeField(null=True, editable=False)
    earlier = models.JSONField(
        default=list, editable=False, help_text=_("What it said before each change, and who changed it when.")
    )

    objects = LiveEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("live entry")
        verbose_name_plural = _("live entries")
        constraints = [
            # The first two serve queries too: a live blog newest first, and what is newer than a reader's page.
            models.UniqueConstraint(fields=["article", "number"], name="live_entry_number_once"),
            models.UniqueConstraint(fields=["article", "version"], name="live_entry_version_once"),
            models.UniqueConstraint(fields=["article", "key"], name="live_entry_key_once"),
        ]

    def __str__(self) -> str:
        return self.headline or f"{self.number}"

    def get_absolute_url(self) -> str:
        """The page of its story that begins with this entry."""
        article = self.article
        with translation.override(article.language):
            args = [article.month.year, article.month.month, article.slug, self.number]
            return reverse("articles:live_entry", args=args) + f"#{self.anchor}"

    @property
    def anchor(self) -> str:
        return f"e-{self.number}"


class BreakingNewsQuerySet(models.QuerySet["BreakingNews"]):
    def running(self, at: datetime) -> BreakingNewsQuerySet:
        """Those whose time it is, whatever they lead to."""
        return self.filter(starts_at__lte=at, ends_at__gt=at)

    def shown(self, language: str, at: datetime) -> BreakingNews | None:
        """What readers of a language see across the top of every page at a moment. One query.

        A sentence about a story that they may not read, or that somebody paid for, is not shown at all.
        """
        from .article import Article

        readable = Q(article=None) | Q(article__in=Article.objects.live(at).news())
        running = self.running(at).filter(readable, language=language)
        return running.select_related("article").defer("article__body").order_by("-starts_at", "-pk").first()


class BreakingNews(models.Model):
    """One sentence across the top of every page of a language, until a time."""

    text = models.CharField(_("sentence"), max_length=160)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    article = models.ForeignKey(
        "articles.Article", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("story")
    )
    starts_at = models.DateTimeField(_("from"), editable=False)
    ends_at = models.DateTimeField(_("until"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+")

    objects = BreakingNewsQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        verbose_name = _("breaking news")
        verbose_name_plural = _("breaking news")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=models.F("starts_at")),
                name="breaking_news_ends_once_it_started",
                violation_error_message=_("It can end only after it starts."),
            )
        ]
        indexes = [
            # Every page: what runs now in its language.
            models.Index(fields=["language", "ends_at"], name="breaking_news_running"),
        ]

    def __str__(self) -> str:
        return self.text
