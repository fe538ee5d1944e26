from django.db import models
from django.utils.translation import gettext_lazy as _

from .request import AdRequestItem


class SponsoredPost(models.Model):
    """What the desk knows of a paid story: who ordered it, on which request, and who wrote it."""

    article = models.OneToOneField("articles.Article", models.CASCADE, related_name="sponsored_post")
    item = models.ForeignKey(AdRequestItem, models.PROTECT, null=True, blank=True, related_name="posts")
    # The order: the line of an accepted quote.
    line = models.ForeignKey(
        "ads.QuoteLine", models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("order line")
    )
    advertiser = models.ForeignKey("ads.Advertiser", models.PROTECT, related_name="posts")
    written_by = models.CharField(
        _("written by"),
        max_length=8,
        choices=AdRequestItem.WrittenBy,
        default=AdRequestItem.WrittenBy.CLIENT,
    )

    class Meta:
        verbose_name = _("sponsored post")
        verbose_name_plural = _("sponsored posts")

    def __str__(self) -> str:
        return str(self.article)
