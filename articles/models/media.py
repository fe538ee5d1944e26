import uuid

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def private_storage():
    return storages["private"]


def original_path(asset: "MediaAsset", filename: str) -> str:
    """Where the picture is kept as it was rewritten on upload. The uploader's file name is never used."""
    return f"originals/{asset.key.hex[:2]}/{asset.key.hex}"


class MediaAsset(models.Model):
    """A picture of the media library: the original, what it shows, who made it, and the sizes readers get.

    `renditions` is written by `articles.library` alone: {"full" | "3x2": [[width, height, "webp" | "avif"], ...]},
    ascending by width. A rendition's file is `<key>/<crop>-<width>.<format>`. The key changes whenever the files do.
    `format`, `bytes` and `sha256` are those of the original as it is stored.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    original = models.FileField(_("file"), upload_to=original_path, storage=private_storage)
    title = models.CharField(_("name in the library"), max_length=200, blank=True)
    alt = models.CharField(
        _("alternative text"),
        max_length=300,
        blank=True,
        help_text=_("What the picture shows, for people who cannot see it."),
    )
    decorative = models.BooleanField(
        _("decorative"),
        default=False,
        help_text=_("Nothing is lost by not seeing it: no alternative text needed."),
    )
    caption = models.CharField(_("caption"), max_length=500, blank=True)
    alt_ar = models.CharField(_("alternative text in Arabic"), max_length=300, blank=True)
    caption_ar = models.CharField(_("caption in Arabic"), max_length=500, blank=True)
    credit = models.CharField(
        _("credit"), max_length=200, blank=True, help_text=_("As it shall read, such as: Photo: Amina Bello")
    )
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    focal_x = models.FloatField(_("focal point, from the left (0 to 1)"), default=0.5)
    focal_y = models.FloatField(_("focal point, from the top (0 to 1)"), default=0.5)
    format = models.CharField(max_length=8, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    bytes = models.PositiveBigIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    renditions = models.JSONField(default=dict, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.CheckConstraint(
                condition=Q(focal_x__range=(0, 1)) & Q(focal_y__range=(0, 1)),
                name="media_focal_point_inside_the_picture",
                violation_error_message=_("The focal point lies between 0 and 1 in both directions."),
            ),
            models.CheckConstraint(
                condition=Q(decorative=False) | Q(alt=""),
                name="media_decorative_without_alt",
                violation_error_message=_("A decorative picture has no alternative text. Clear one of the two."),
            ),
        ]
        indexes = [
            # The library's own list and the editor's picture chooser, newest first.
            models.Index(fields=["-created_at", "-id"], name="media_newest"),
        ]

    def __str__(self) -> str:
        return self.title or self.alt or f"#{self.pk}"

    def _in_reader_language(self, field: str) -> str:
        value = getattr(self, f"{field}_ar") if get_language() == "ar" else ""
        return value or getattr(self, field)

    @property
    def display_alt(self) -> str:
        """The alternative text in the reader's language, in the other where there is none."""
        return self._in_reader_language("alt")

    @property
    def display_caption(self) -> str:
        return self._in_reader_language("caption")

    @property
    def is_described(self) -> bool:
        return self.decorative or bool(self.alt)

    def path(self, crop: str, width: int, format: str) -> str:
        return f"{self.key.hex}/{crop}-{width}.{format}"

    def drawn(self, crop: str, format: str = "webp") -> list[tuple[int, int, str]]:
        """(width, height, address) of its renditions in a format, ascending. "3x2" or "full", whichever there is."""
        crop = crop if self.renditions.get(crop) else "full"
        return [
            (width, height, settings.MEDIA_URL + self.path(crop, width, form))
            for width, height, form in self.renditions.get(crop) or []
            if form == format
        ]

    def url(self, crop: str, least_width: int) -> str:
        """The address of the smallest WebP rendition at least that wide, or the widest; empty when there is none."""
        drawn = self.drawn(crop)
        return next((url for width, _height, url in drawn if width >= least_width), drawn[-1][2] if drawn else "")
