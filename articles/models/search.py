"""What the search knows: the words of stories, words to spell by, and what readers looked for in vain."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Words(models.TextField):
    """The words of a story as its database searches them: a `tsvector` on PostgreSQL, plain text on SQLite."""

    def db_type(self, connection) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"


class SearchText(models.Model):
    """One story that is released, in stems (`articles.search_words`). Newer stories have higher numbers: `id` is made
    of the time of publication and the number of the story, so that the newest matches are found without sorting."""

    id = models.BigIntegerField(primary_key=True)
    article = models.OneToOneField("articles.Article", models.CASCADE, related_name="+")
    head = models.TextField()
    lead = models.TextField()
    names = models.TextField()
    words = Words()
    # By which rules it was written; 0 for what changed since. Indexed for the worker, which looks for old ones.
    method = models.PositiveSmallIntegerField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.article_id)


class SearchWord(models.Model):
    """A word of a headline, a standfirst or a name, as written but folded: what a misspelt word may have meant."""

    language = models.CharField(max_length=2)
    word = models.CharField(max_length=40)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["language", "word"], name="search_word_once_per_language")]

    def __str__(self) -> str:
        return self.word


class SearchMiss(models.Model):
    """How often something was looked for on a day and not found. Nothing of who looked for it."""

    day = models.DateField(_("day"))
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    words = models.CharField(_("words"), max_length=80)
    times = models.PositiveIntegerField(_("times"), default=1)

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("search that found nothing")
        verbose_name_plural = _("searched and not found")
        ordering = ["-day", "-times", "pk"]
        constraints = [models.UniqueConstraint(fields=["day", "language", "words"], name="search_miss_once_a_day")]

    def __str__(self) -> str:
        return self.words
