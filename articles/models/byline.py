from django.db import models
from django.utils.translation import gettext_lazy as _


class Byline(models.Model):
    """One name above a story, in its order, with what that person did for it."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="bylines")
    author = models.ForeignKey("articles.Author", models.PROTECT, related_name="bylines", verbose_name=_("author"))
    role = models.CharField(_("role"), max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["article", "order"]
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")
        constraints = [models.UniqueConstraint(fields=["author", "article"], name="byline_names_an_author_once")]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.author_id}"
