from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _


class Tag(models.Model):
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("slug"), max_length=80, allow_unicode=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    description = models.TextField(_("introduction"), blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.UniqueConstraint(
                fields=["language", "slug"],
                name="tag_slug_unique_per_language",
                violation_error_message=_("Another tag in this language already has this slug."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        with translation.override(self.language):
            return reverse("articles:tag", args=[self.slug])
