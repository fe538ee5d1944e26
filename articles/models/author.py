from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def validate_links(text: str) -> None:
    check = URLValidator(schemes=["https", "http", "mailto"])
    for line in text.split():
        if line.startswith("mailto:"):
            continue
        try:
            check(line)
        except ValidationError:
            raise ValidationError(
                _("“%(line)s” is not an address. Write one full address a line, such as https://example.org/me."),
                params={"line": line},
            ) from None


class Author(models.Model):
    """A name that stands above a story: a colleague, a guest without login, or the newsroom itself."""

    name = models.CharField(_("name"), max_length=120)
    name_ar = models.CharField(_("name in Arabic"), max_length=120, blank=True)
    slug = models.SlugField(_("slug"), max_length=120, unique=True, allow_unicode=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="author",
        verbose_name=_("login"),
        help_text=_("Empty for guests and for the newsroom itself."),
    )
    is_newsroom = models.BooleanField(
        _("the newsroom itself"),
        default=False,
        help_text=_("The byline of stories nobody signs. There is one."),
    )
    role = models.CharField(_("role"), max_length=120, blank=True)
    role_ar = models.CharField(_("role in Arabic"), max_length=120, blank=True)
    bio = models.TextField(_("biography"), blank=True)
    bio_ar = models.TextField(_("biography in Arabic"), blank=True)
    photo = models.ForeignKey("articles.MediaAsset", models.SET_NULL, null=True, blank=True, verbose_name=_("photo"))
    links = models.TextField(
        _("links"), blank=True, validators=[validate_links], help_text=_("One full address a line.")
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        constraints = [
            models.UniqueConstraint(
                fields=["is_newsroom"],
                condition=models.Q(is_newsroom=True),
                name="author_one_newsroom",
                violation_error_message=_("The newsroom itself is already an author."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("articles:author", args=[self.slug])

    def _in_reader_language(self, field: str) -> str:
        value = getattr(self, f"{field}_ar") if get_language() == "ar" else ""
        return value or getattr(self, field)

    @property
    def display_name(self) -> str:
        """The name in the reader's language, in the other where there is none."""
        return self._in_reader_language("name")

    @property
    def display_role(self) -> str:
        return self._in_reader_language("role")

    @property
    def display_bio(self) -> str:
        return self._in_reader_language("bio")

    @property
    def link_list(self) -> list[str]:
        return self.links.split()
