from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .article import ArticleQuerySet


class Series(models.Model):
    """Stories that belong together and are read in an order: an investigation in parts, a weekly column."""

    title = models.CharField(_("title"), max_length=160)
    slug = models.SlugField(_("slug"), max_length=100, allow_unicode=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    description = models.TextField(_("introduction"), blank=True)

    class Meta:
        ordering = ["title"]
        verbose_name = _("series")
        verbose_name_plural = _("series")
        constraints = [
            models.UniqueConstraint(
                fields=["language", "slug"],
                name="series_slug_unique_per_language",
                violation_error_message=_("Another series in this language already has this slug."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        with translation.override(self.language):
            return reverse("articles:series", args=[self.slug])

    def parts(self, at: datetime) -> ArticleQuerySet:
        """What readers may read of it at a moment, in the order of reading: numbered parts first, others by date.

        News in the language of the series only: nobody buys a place among the parts.
        """
        from .article import Article

        news = Article.objects.live(at).news().in_language(self.language).filter(series=self)
        return news.order_by(F("series_part").asc(nulls_last=True), "publish_at", "pk")
