from django.db import models
from django.utils.translation import gettext_lazy as _


class MediaUse(models.Model):
    """One picture in one story: where it stands, and in which text. `articles.uses` keeps it.

    A story has two texts: its row, which readers have or would get, and its newest draft. Photos of authors are not
    here, because `Author.photo` says it.
    """

    class Place(models.TextChoices):
        HERO = "hero", _("lead picture")
        BODY = "body", _("in the text")
        ENTRY = "entry", _("in the live blog")

    class Version(models.TextChoices):
        ROW = "row", _("as readers have it, or would")
        DRAFT = "draft", _("as it is drafted")

    asset = models.ForeignKey("articles.MediaAsset", models.CASCADE, related_name="uses", db_index=False)
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="media_uses", db_index=False)
    place = models.CharField(max_length=5, choices=Place)
    version = models.CharField(max_length=5, choices=Version)

    class Meta:
        verbose_name = _("use of a picture")
        verbose_name_plural = _("uses of pictures")
        constraints = [
            # Also what a save asks: the uses of one text.
            models.UniqueConstraint(fields=["article", "version", "place", "asset"], name="media_use_once"),
        ]
        indexes = [
            # Whether readers see a picture, asked for every picture they load; where it is used.
            models.Index(fields=["asset", "version", "article"], name="media_use_of_asset"),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id} in {self.article_id}, {self.place}, {self.version}"
