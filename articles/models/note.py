from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Note(models.Model):
    """What colleagues say to each other about a story. Never public. Open until somebody resolves it."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reply_to = models.ForeignKey("self", models.CASCADE, null=True, related_name="replies")
    text = models.TextField(_("note"), max_length=4000)
    mentioned: models.ManyToManyField = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="mentioned_in"
    )
    revision_number = models.PositiveIntegerField(help_text=_("The revision that the writer saw."))
    created_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [
            # Today and the story list: how many open notes a story has.
            models.Index(fields=["article"], condition=models.Q(resolved_at=None), name="note_open_of_a_story"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
