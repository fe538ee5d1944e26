from urllib.parse import unquote

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Redirect(models.Model):
    """An old address. It leads to an article, wherever that lives now, or to a path."""

    old_path = models.CharField(
        _("old address"), max_length=400, unique=True, help_text=_("Begins with /, without the site's name.")
    )
    article = models.ForeignKey(
        "articles.Article",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="redirects",
        verbose_name=_("story"),
    )
    new_path = models.CharField(_("new address"), max_length=400, blank=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        constraints = [
            models.CheckConstraint(
                condition=(Q(article=None) & ~Q(new_path="")) | (Q(article__isnull=False) & Q(new_path="")),
                name="redirect_leads_to_one_place",
                violation_error_message=_("Give either a story or a new address."),
            ),
            models.CheckConstraint(
                condition=~Q(old_path=models.F("new_path")),
                name="redirect_leads_elsewhere",
                violation_error_message=_("This address would lead to itself."),
            ),
            models.CheckConstraint(
                condition=Q(old_path__startswith="/")
                & (Q(new_path="") | (Q(new_path__startswith="/") & ~Q(new_path__startswith="//"))),
                name="redirect_stays_on_this_site",
                violation_error_message=_("Addresses begin with a single /."),
            ),
        ]

    def __str__(self) -> str:
        return self.old_path

    def save(self, *args, **kwargs) -> None:
        """Kept decoded, as requests are compared; people paste addresses percent-encoded."""
        self.old_path = unquote(self.old_path)
        super().save(*args, **kwargs)
