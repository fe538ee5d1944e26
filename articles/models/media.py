from __future__ import annotations

import unicodedata
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .article import Article
from .author import Author
from .media_use import MediaUse

# Letters that people write for one another in Arabic.
_ALIKE = str.maketrans("أإآٱىة", "اااايه", "ـ")


def private_storage():
    return storages["private"]


def folded(text: str) -> str:
    """A text as the library searches it: small letters without accents or vowel signs, alef and its like as one."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.translate(_ALIKE)) if not unicodedata.combining(c))
    return plain.casefold()


def original_path(asset: MediaAsset, filename: str) -> str:
    """Where the picture is kept as it was rewritten on upload. The uploader's file name is never used."""
    return f"originals/{asset.key.hex[:2]}/{asset.key.hex}"


class MediaAssetQuerySet(models.QuerySet["MediaAsset"]):
    def public(self, at: datetime | None = None) -> MediaAssetQuerySet:
        """Those that readers see at a moment (now, by default): in a live story, or beside an author's name."""
        shown = Article.objects.live(at).filter(
            media_uses__asset=OuterRef("pk"), media_uses__version=MediaUse.Version.ROW
        )
        return self.filter(Exists(shown) | Exists(Author.objects.filter(photo=OuterRef("pk"))))

    def is_public(self, key: str, at: datetime | None = None) -> bool:
        """Whether `public` has the picture with a key. Asked for every picture that a reader loads, so in the cheapest
        way: half of what `public` costs, in one query for pictures of stories and two for photos of authors."""
        shown = Article.objects.live(at).filter(media_uses__asset__key=key, media_uses__version=MediaUse.Version.ROW)
        return shown.exists() or Author.objects.filter(photo__key=key).exists()

    def unused(self) -> MediaAssetQuerySet:
        """In no story, as readers have it or as it is drafted, and beside no name."""
        used = MediaUse.objects.filter(asset=OuterRef("pk"))
        return self.filter(~Exists(used), ~Exists(Author.objects.filter(photo=OuterRef("pk"))))

    def uncredited(self) -> MediaAssetQuerySet:
        return self.filter(credit="")

    def undescribed(self) -> MediaAssetQuerySet:
        return self.filter(alt="", decorative=False)

    def matching(self, text: str) -> MediaAssetQuerySet:
        """Those in which every word stands, whatever its accents and capitals. No word matches everything."""
        found = self
        for word in folded(text[:200]).split()[:8]:
            found = found.filter(search_text__contains=word)
        return found


class MediaAsset(models.Model):
    """A picture of the media library: the original, what it shows, who made it, and the sizes readers get.

    `renditions` is written by `articles.library` alone: {"full" | "3x2": [[width, height, "webp" | "avif"], ...]},
    ascending by width. A rendition's file is `<key>/<crop>-<width>.<format>`. The key changes whenever the files do.
    `format`, `bytes` and `sha256` are those of the original as it is stored, `upload_sha256` is that of the file as it
    was sent. `look` tells how the picture looks in 64 bits (`articles.uploads.look`).
    """

    # Somebody should look at a licence that ends within these days.
    RUNS_OUT = timedelta(days=30)

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
    licence_until = models.DateField(
        _("licence until"), null=True, blank=True, help_text=_("The last day on which we may show it. Empty: for ever.")
    )
    focal_x = models.FloatField(_("focal point, from the left (0 to 1)"), default=0.5)
    focal_y = models.FloatField(_("focal point, from the top (0 to 1)"), default=0.5)
    format = models.CharField(max_length=8, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    bytes = models.PositiveBigIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    upload_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    is_copy = models.BooleanField(
        default=False,
        editable=False,
        help_text=_("Kept beside another picture with the same content, because somebody wanted both."),
    )
    look = models.BigIntegerField(null=True, editable=False)
    search_text = models.TextField(blank=True, editable=False)
    renditions = models.JSONField(default=dict, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    objects = MediaAssetQuerySet.as_manager()

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
            # Two people who upload one file at the same moment: the second is told.
            models.UniqueConstraint(fields=["sha256"], condition=Q(is_copy=False), name="media_content_once"),
        ]
        indexes = [
            # The library's own list and the editor's picture chooser, newest first.
            models.Index(fields=["-created_at", "-id"], name="media_newest"),
            # Upload: is this very file here already?
            models.Index(fields=["sha256"], name="media_content"),
            models.Index(fields=["upload_sha256"], name="media_upload"),
            # Upload: does another look like it? Reads the newest from this index alone.
            models.Index(fields=["-id", "look"], condition=Q(look__isnull=False), name="media_look"),
            # Filters of the library's list, newest first. Each finds few among many.
            models.Index(fields=["-created_at", "-id"], condition=Q(credit=""), name="media_uncredited"),
            models.Index(
                fields=["-created_at", "-id"], condition=Q(alt="", decorative=False), name="media_undescribed"
            ),
            models.Index(fields=["uploaded_by", "-created_at", "-id"], name="media_of_somebody"),
            models.Index(fields=["-created_at", "-id"], condition=Q(height__gt=F("width")), name="media_portrait"),
            models.Index(fields=["-created_at", "-id"], condition=Q(width=F("height")), name="media_square"),
            models.Index(
                fields=["licence_until"], condition=Q(licence_until__isnull=False), name="media_licence_until"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.alt or f"#{self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        said = (self.title, self.alt, self.alt_ar, self.caption, self.caption_ar, self.credit, self.licence)
        self.search_text = folded("\n".join(filter(None, said)))
        super().save(*args, **kwargs)

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
    def thumb(self) -> str:
        """The address of its smallest size, uncropped."""
        return self.url("full", 0)

    @property
    def is_described(self) -> bool:
        return self.decorative or bool(self.alt)

    def is_licence_over(self, today: date) -> bool:
        return self.licence_until is not None and self.licence_until < today

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
