from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Autosave(models.Model):
    """What one person has typed into one story since the last save: a single buffer, overwritten, never history.

    `payload` is the form as the browser sends it, by field name. `article` is None for a story that was never saved.
    `session_key` names the open window it came from, `base_number` the revision that window began with.
    """

    article = models.ForeignKey("articles.Article", models.CASCADE, null=True, related_name="autosaves")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="autosaves")
    session_key = models.CharField(max_length=32)
    base_number = models.PositiveIntegerField(default=0)
    payload = models.JSONField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("autosaved text")
        verbose_name_plural = _("autosaved texts")
        constraints = [
            models.UniqueConstraint(fields=["article", "user"], name="autosave_one_per_person_and_story"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(article=None), name="autosave_one_new_story_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.article_id or 'a new story'}"
