from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _


class SectionQuerySet(models.QuerySet["Section"]):
    def menu(self, language: str) -> list["Section"]:
        """Top sections of one language in their order, each with its `subsections` (a list). One query."""
        every = list(self.filter(language=language, is_active=True).order_by("order", "name"))
        for section in every:
            section.subsections = [child for child in every if child.parent_id == section.pk]
        return [section for section in every if section.parent_id is None]


class Section(models.Model):
    """A desk of the paper in one language. Nested one level: Business > Markets."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("slug"), max_length=80, allow_unicode=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
        help_text=_("Leave empty for a top section. A section inside a section cannot hold another."),
    )
    translation_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="translations",
        verbose_name=_("translation of"),
    )
    description = models.TextField(_("description"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in the menu"), default=True)

    objects = SectionQuerySet.as_manager()

    # Filled by `menu()`.
    subsections: list["Section"]

    class Meta:
        ordering = ["language", "order", "name"]
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [
            models.UniqueConstraint(
                fields=["language", "slug"],
                name="section_slug_unique_per_language",
                violation_error_message=_("Another section in this language already has this slug."),
            ),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")),
                name="section_not_its_own_parent",
                violation_error_message=_("A section cannot be part of itself."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        with translation.override(self.language):
            return reverse("articles:section", args=[self.slug])

    def clean(self) -> None:
        if self.parent is None:
            return
        if self.parent.language != self.language:
            raise ValidationError({"parent": _("Choose a section in the same language.")})
        if self.parent.parent_id or (self.pk and self.children.exists()):
            raise ValidationError({"parent": _("Sections nest one level only.")})
