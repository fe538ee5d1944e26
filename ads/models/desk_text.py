from django.db import models
from django.utils.translation import gettext_lazy as _


class DeskText(models.Model):
    """The words of one thing of the desk, folded, as the search finds them. `ads.desk_search` writes it; it can be
    thrown away and written again."""

    kind = models.CharField(max_length=12)
    object_id = models.PositiveBigIntegerField()
    request = models.ForeignKey("ads.AdRequest", models.CASCADE, null=True, related_name="+")
    advertiser = models.ForeignKey("ads.Advertiser", models.CASCADE, null=True, related_name="+")
    words = models.TextField()

    class Meta:
        verbose_name = _("words of the desk")
        verbose_name_plural = _("words of the desk")
        constraints = [
            # Also the newest of a kind first (ads/desk_search.py).
            models.UniqueConstraint(fields=["kind", "object_id"], name="desk_text_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
