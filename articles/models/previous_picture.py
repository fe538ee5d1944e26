from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .media import private_storage


class PreviousPicture(models.Model):
    """The file that stood in a picture's place before it was replaced, with its sizes: what undo brings back.

    One for each picture. Its addresses answer to staff alone.
    """

    # What a picture and its predecessor exchange.
    FIELDS = (
        "key",
        "original",
        "format",
        "width",
        "height",
        "bytes",
        "sha256",
        "upload_sha256",
        "is_copy",
        "look",
        "renditions",
        "focal_x",
        "focal_y",
    )

    asset = models.OneToOneField("articles.MediaAsset", models.CASCADE, related_name="previous")
    key = models.UUIDField()
    original = models.FileField(storage=private_storage)
    format = models.CharField(max_length=8)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    upload_sha256 = models.CharField(max_length=64, blank=True)
    is_copy = models.BooleanField(default=False)
    look = models.BigIntegerField(null=True)
    renditions = models.JSONField(default=dict)
    focal_x = models.FloatField(default=0.5)
    focal_y = models.FloatField(default=0.5)
    replaced_at = models.DateTimeField()
    replaced_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("previous file of a picture")
        verbose_name_plural = _("previous files of pictures")

    def __str__(self) -> str:
        return f"{self.asset_id}: {self.key}"

    @property
    def thumb(self) -> str:
        """The address of its smallest size, which answers to staff."""
        widths = [width for width, _height, form in self.renditions.get("full") or [] if form == "webp"]
        return f"{settings.MEDIA_URL}{self.key.hex}/full-{min(widths)}.webp" if widths else ""
